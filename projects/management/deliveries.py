"""What commands that hand files out share: finding the project, waiting for jobs, writing the file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db.models import Q

from pipeline.models import Job
from pipeline.states import LIVE
from projects.management.first_use import ready_database
from projects.management.own_workers import OwnWorkers
from projects.models import Project

LOOK_S = 0.5
_CHUNK = 1 << 20


def found_project(name: str) -> Project:
    """By its code, the beginning of its code, or its title. CommandError where none or several fit."""
    ready_database()
    rows = Project.objects.filter(trashed_at=None)
    try:
        fitting = list(rows.filter(code=UUID(name)))
    except ValueError:
        titled = rows.filter(title__iexact=name)
        start = name.lower()
        fitting = list(titled) or [row for row in rows.filter(~Q(title="")) if str(row.code).startswith(start)]
    if not fitting:
        raise CommandError(f"There is no project {name}.")
    if len(fitting) > 1:
        codes = ", ".join(str(row.code)[:8] for row in fitting[:5])
        raise CommandError(f"Several projects are called {name}: {codes}. Name one by its code.")
    return fitting[0]


def run_until(project: Project, done: Callable[[], bool], tell: Callable[[], None]) -> None:
    """Run the project's jobs in processes of our own until `done()`, or nothing or nobody is left to do it.

    CommandError where somebody presses Ctrl-C.
    """
    try:
        with OwnWorkers(project) as workers:
            while not done():
                tell()
                if not workers.tend() or not Job.objects.filter(project=project, state__in=LIVE).exists():
                    return
                workers.wait(LOOK_S)
    except KeyboardInterrupt as interrupt:
        raise CommandError("Ended. Call it again to go on where it was.", returncode=130) from interrupt


def checked_target(out: Path, sources: Iterable[Path] = ()) -> Path:
    """`out` made absolute, where a file can be written and none of `sources` would be lost.

    CommandError in words, before the work instead of after it.
    """
    out = out.resolve()
    if out.is_dir():
        raise CommandError(f"{out} is a folder. Name a file in it, for example {out / 'film.mp4'}.")
    if out.exists() and any(source.exists() and out.samefile(source) for source in sources):
        raise CommandError(f"{out} is what the film is made from, and would be overwritten. Name another file.")
    folder = next(parent for parent in out.parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise CommandError(f"Nothing can be written to {folder}. Name another place.")
    return out


def free_target(wanted: Path, key: str) -> Path:
    """`wanted`, or the same name with a number, so that no other file is overwritten that nobody has named."""
    number, found = 1, wanted.resolve()
    while found.exists() and not (found.is_file() and _holds(found, key)):
        number += 1
        found = wanted.resolve().with_stem(f"{wanted.stem}-{number}")
    return found


def _holds(path: Path, key: str) -> bool:
    """Whether a file is the stored one, byte by byte."""
    if path.stat().st_size != default_storage.size(key):
        return False
    with path.open("rb") as ours, default_storage.open(key, "rb") as theirs:
        while chunk := ours.read(_CHUNK):
            if chunk != theirs.read(len(chunk)):
                return False
    return True


def copy_out(key: str, out: Path) -> Path:
    """Copy a stored file to `out`; it appears whole or not at all. CommandError in words."""
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with default_storage.open(key, "rb") as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, _CHUNK)
        os.replace(part, out)
    except OSError as error:
        raise CommandError(f"It is made, but could not be written to {out}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return out
