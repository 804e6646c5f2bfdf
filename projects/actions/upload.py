"""Taking in what people upload: decided by decoding, stored under a name of our own."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.base import File as AnyFile
from django.core.files.storage import default_storage

from pipeline.media.captions.typefaces import JOINERS
from pipeline.media.pictures import write_flat, write_preview
from pipeline.media.planes import load_rgb
from pipeline.media.probe import ImageProbe, SongProbe, check_image_upload, check_song_upload
from pipeline.media.saliency import eye_point
from projects import paths
from projects.models import Asset

# container as decoded -> (extension, content type); a user's own extension never counts
SONG_TYPES = {
    "mp3": ("mp3", "audio/mpeg"),
    "wav": ("wav", "audio/wav"),
    "flac": ("flac", "audio/flac"),
    "ogg": ("ogg", "audio/ogg"),
    "mov": ("m4a", "audio/mp4"),
    "aac": ("aac", "audio/aac"),
    "aiff": ("aiff", "audio/aiff"),
    "matroska": ("mka", "audio/x-matroska"),
}


def save_song(upload: AnyFile[bytes], name: str, *, by: User) -> tuple[Asset, SongProbe]:
    """Store an uploaded song. The same song of the same owner is stored once. Raises MediaError in the user's words."""
    with spooled(upload.chunks()) as (path, sha256):
        probe = check_song_upload(
            path, max_seconds=settings.OMVEE_MAX_SONG_SECONDS, max_bytes=settings.OMVEE_MAX_UPLOAD_BYTES
        )
        known = Asset.objects.filter(owner_id=by.pk, kind=Asset.Kind.SONG, sha256=sha256).first()
        if known is not None:
            return known, probe
        extension, content_type = SONG_TYPES[probe.container]
        asset = Asset(
            owner_id=by.pk,
            kind=Asset.Kind.SONG,
            extension=extension,
            content_type=content_type,
            name=shown_name(name),
            sha256=sha256,
            size_bytes=path.stat().st_size,
            duration_ms=probe.duration_ms,
        )
        with path.open("rb") as source:
            asset.file.save("", File(source), save=False)
        asset.save()
    return asset, probe


def save_picture(upload: AnyFile[bytes], name: str, *, by: User) -> tuple[Asset, ImageProbe, str]:
    """Store an uploaded picture as its pixels alone, and a preview of it; returns (asset, probe, key of the preview).

    The probe says where the eye goes, around which other shapes are cropped. Upright, in sRGB, and without
    transparency, which a film does not have. Raises MediaError in the user's words.
    """
    with spooled(upload.chunks()) as (path, _):
        plain, thumb = path.with_name("plain"), path.with_name("thumb.jpg")
        probe = check_image_upload(path, out=plain)
        probe = write_flat(plain, probe)
        write_preview(plain, thumb)
        x, y = eye_point(load_rgb(thumb))
        probe = probe.model_copy(update={"focus_x": x, "focus_y": y})
        with plain.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()  # of what is stored: steps check it
        known = Asset.objects.filter(owner_id=by.pk, kind=Asset.Kind.PICTURE, sha256=sha256).first()
        asset = known or new_picture(plain, probe, sha256, name, by)
        key = paths.asset_key(asset.owner_id, asset.code, "thumb.jpg")
        if not default_storage.exists(key):
            with thumb.open("rb") as source:
                default_storage.save(key, File(source))
    return asset, probe, key


def new_picture(plain: Path, probe: ImageProbe, sha256: str, name: str, by: User) -> Asset:
    """Keep a checked picture as a file of its owner. `plain` is the picture as it was written again."""
    asset = Asset(
        owner_id=by.pk,
        kind=Asset.Kind.PICTURE,
        extension=probe.extension,
        content_type=probe.content_type,
        name=shown_name(name),
        sha256=sha256,
        size_bytes=plain.stat().st_size,
    )
    with plain.open("rb") as source:
        asset.file.save("", File(source), save=False)
    asset.save()
    return asset


def shown_name(name: str) -> str:
    """A user's file name as it may be shown: its last part, without control characters, at most 255 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable() or char in JOINERS)[:255].strip()


def title_from(name: str) -> str:
    """A title from a file name: without the extension, with spaces for underscores."""
    stem = shown_name(name).rsplit(".", 1)[0]
    return " ".join(stem.replace("_", " ").split())[:200]


@contextmanager
def spooled(chunks: Iterable[bytes]) -> Iterator[tuple[Path, str]]:
    """The upload as a private file, and its SHA-256."""
    hasher = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="omvee-upload-", dir=settings.OMVEE_WORK_DIR or None) as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as out:
            for chunk in chunks:
                hasher.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        yield path, hasher.hexdigest()
