"""What commands that hand files out share: finding the project, waiting for jobs, writing the file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db.models import Q

from pipeline.models import Job
from pipeline.states import LIVE
from projects.management.own_workers import OwnWorkers
from projects.models import Project

LOOK_S = 0.5


def found_project(name: str) -> Project:
    """By its code, the beginning of its code, or its title. CommandError where none or several fit."""
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
    """Run the project's jobs in processes of our own until `done()`, or nothing or nobody is left to do it."""
    with OwnWorkers(project) as workers:
        while not done():
            tell()
            if not workers.tend() or not Job.objects.filter(project=project, state__in=LIVE).exists():
                return
            workers.wait(LOOK_S)


def copy_out(key: str, out: Path) -> Path:
    """Copy a stored file to `out`; it appears whole or not at all. CommandError in words."""
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with default_storage.open(key, "rb") as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        os.replace(part, out)
    except OSError as error:
        raise CommandError(f"It is made, but could not be written to {out}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return out
