"""Where bytes rest: media on a local disk that survives a power cut, and hashed static files."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible
from whitenoise.storage import CompressedManifestStaticFilesStorage


@deconstructible(path="omvee.storage.DurableFileStorage")
class DurableFileStorage(FileSystemStorage):
    """Private media on this disk: a key is either absent, its old bytes, or all of its new bytes.

    Keys are unique by construction (`projects.paths`), so saving an existing key overwrites it and never invents
    another name. Once `save` returns, the bytes outlive a crash: the row that names them may be written.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: what is there already is replaced."""
        if max_length is not None and len(name) > max_length:
            raise ValueError(f"A storage key is longer than {max_length} letters.")
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk if isinstance(chunk, bytes) else str(chunk).encode())
                out.flush()
                os.fsync(out.fileno())
            os.replace(draft, target)
        except BaseException:
            with suppress(OSError):  # the first error is the one to tell
                draft.unlink()
            raise
        _sync_folder(target.parent)
        return name.replace("\\", "/")

    def url(self, name: str | None) -> str:
        """Empty, because a view that checks the owner serves media; the admin asks for an address all the same."""
        return ""


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable; file systems that cannot (some network mounts) are left as they are."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Hashed, compressed static files; imports between JavaScript modules point to hashed names too."""

    support_js_module_import_aggregation = True
