"""Media on a local disk: whole or absent, private, and never under another name."""

from __future__ import annotations

import os
from pathlib import Path

import boto3
import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File

from omvee.buckets import bucket_storage
from omvee.storage import DurableFileStorage
from tests.services import s3


@pytest.fixture
def storage(tmp_path: Path) -> DurableFileStorage:
    return DurableFileStorage(location=tmp_path / "media")


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_it_saves_under_exactly_the_key_and_overwrites_it(storage, tmp_path):
    assert storage.save("p/1/image/a.png", ContentFile(b"old")) == "p/1/image/a.png"
    assert storage.save("p/1/image/a.png", ContentFile(b"new")) == "p/1/image/a.png"
    assert storage.open("p/1/image/a.png").read() == b"new"
    assert files_in(tmp_path / "media") == ["p/1/image/a.png"]


def test_it_keeps_media_for_its_own_user(storage, tmp_path):
    storage.save("p/1/a.png", ContentFile(b"x"))
    assert (tmp_path / "media/p/1/a.png").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "media/p/1").stat().st_mode & 0o777 == 0o700


class Breaking(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError(28, "No space left on device")


def test_it_leaves_the_old_file_when_a_write_breaks_off(storage, tmp_path):
    storage.save("p/1/a.png", ContentFile(b"old"))
    with pytest.raises(OSError, match="No space"):
        storage.save("p/1/a.png", Breaking(b""))
    assert storage.open("p/1/a.png").read() == b"old"
    assert files_in(tmp_path / "media") == ["p/1/a.png"]


def test_it_is_on_disk_before_it_has_its_name(storage, monkeypatch):
    done: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr("omvee.storage.os.fsync", lambda handle: (done.append("fsync"), fsync(handle)))
    monkeypatch.setattr("omvee.storage.os.replace", lambda old, new: (done.append("replace"), replace(old, new)))
    storage.save("a.png", ContentFile(b"x"))
    assert done == ["fsync", "replace", "fsync"]


def test_it_copies_a_large_file_whole(storage, tmp_path):
    source = tmp_path / "film.mp4"
    source.write_bytes(os.urandom(1 << 20))
    with source.open("rb") as opened:
        storage.save("p/1/final/a.mp4", File(opened))
    assert (tmp_path / "media/p/1/final/a.mp4").read_bytes() == source.read_bytes()
    assert source.exists()


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "p/../../x"])
def test_it_refuses_keys_that_lead_outside(storage, key):
    with pytest.raises(SuspiciousFileOperation):
        storage.save(key, ContentFile(b"x"))


def test_it_gives_no_public_address(storage):
    assert storage.url("p/1/a.png") == ""


@pytest.mark.s3
def test_it_keeps_media_in_a_private_bucket_with_links_that_expire(s3_endpoint, monkeypatch):
    from django.utils.module_loading import import_string

    environment = s3.environment(s3_endpoint, "storage-alone")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    s3.make_bucket(s3_endpoint, "storage-alone")
    entry = bucket_storage("storage-alone", endpoint=s3_endpoint, region="us-east-1")
    bucket = import_string(entry["BACKEND"])(**entry["OPTIONS"])
    assert bucket.save("p/1/a.png", ContentFile(b"old")) == "p/1/a.png"
    assert bucket.save("p/1/a.png", ContentFile(b"new")) == "p/1/a.png"
    assert bucket.open("p/1/a.png").read() == b"new"
    assert "X-Amz-Expires=900" in bucket.url("p/1/a.png")
    client = boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1")
    listed = client.list_objects_v2(Bucket="storage-alone")
    assert [item["Key"] for item in listed["Contents"]] == ["p/1/a.png"]
