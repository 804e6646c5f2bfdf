"""Collecting static files only when one of them changed, so that a second start takes seconds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_STAMP = ".collected"


def static_fingerprint() -> str:
    """A digest of every static file's name and bytes, and of the storage that hashes them.

    Bytes, not times: an image that was built elsewhere keeps the former only, and reading them all takes milliseconds.
    """
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list(["CVS", ".*", "*~"]):
            content = hashlib.sha256(Path(storage.path(name)).read_bytes()).hexdigest()
            digest.update(f"{name}\0{content}\n".encode())
    return digest.hexdigest()


def collect_static_files() -> bool:
    """Collect, hash and compress what pages link to; False if nothing had changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / _STAMP
    fingerprint = static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)
    return True
