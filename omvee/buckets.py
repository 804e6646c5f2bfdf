"""S3-compatible storage from the variables that hosts set: BUCKET_NAME and AWS_*."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config

LINK_LASTS_S = 900


def bucket_storage(bucket: str, *, endpoint: str, region: str) -> dict[str, Any]:
    """Django's STORAGES entry for a private bucket; keys and secrets are read from AWS_* by django-storages.

    Checksums only when required: newer boto3 sends trailers that several S3-compatible services refuse
    (github.com/jschneier/django-storages/issues/1482).
    """
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": region,
            "default_acl": None,
            "file_overwrite": True,  # keys are unique by construction (projects.paths)
            "querystring_auth": True,
            "querystring_expire": LINK_LASTS_S,
            "client_config": Config(
                signature_version="s3v4",
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=10,
                read_timeout=60,
                retries={"mode": "standard", "total_max_attempts": 4},  # storage calls are safe to repeat
                s3={"addressing_style": os.environ.get("AWS_S3_ADDRESSING_STYLE", "auto")},
            ),
        },
    }


def bucket_origins(bucket: str, *, endpoint: str, region: str) -> list[str]:
    """Where signed links lead, for the content policy: the bucket's own host, and the endpoint's for path style."""
    if not endpoint:
        return [f"https://{bucket}.s3.amazonaws.com", f"https://{bucket}.s3.{region}.amazonaws.com"]
    parts = urlsplit(endpoint)
    return [f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{bucket}.{parts.netloc}"]
