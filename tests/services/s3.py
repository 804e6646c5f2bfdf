"""A private S3 server on loopback: moto's, in a process of its own, so that worker processes see it too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from tests.services import free_port, listens, wait_until


def found() -> bool:
    """True if moto's server is installed."""
    return find_spec("moto") is not None and find_spec("flask") is not None


@contextmanager
def server() -> Iterator[str]:
    """Start the server, yield its address, end it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port), what="the S3 server")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def environment(endpoint: str, bucket: str) -> dict[str, str]:
    """The variables with which a process keeps its media in `bucket` on this server."""
    return {
        "BUCKET_NAME": bucket,
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def make_bucket(endpoint: str, bucket: str) -> None:
    """Create an empty bucket."""
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=bucket)
