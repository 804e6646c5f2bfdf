"""What every receiver shares: whose job it was, how its output was made, and what goes on from there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from pipeline.models import Job
from projects.flow.due import advance
from projects.flow.revision import touch
from projects.flow.subjects import subject_code
from projects.models import Project, Scene


def project_of(job: Job) -> Project:
    """The project that a job was for. Raises Project.DoesNotExist."""
    return Project.objects.select_related("transcript").get(jobs=job)


def scenes_of(job: Job) -> list[int]:
    """Primary keys of the scenes that a job works on, none for a project-wide one."""
    if job.project_id is None or not job.subject.startswith(("content:", "scene:")):
        return []
    code = subject_code(job.subject)
    scenes = Scene.objects.filter(Q(code=code) | Q(content__code=code), project_id=job.project_id)
    return list(scenes.values_list("pk", flat=True))


def go_on(project: Project, scenes: Iterable[int] | None = None) -> None:
    """What hangs on these scenes (primary keys; None: all of them) is shown anew and made."""
    touched = None if scenes is None else list(scenes)
    touch(project, touched if touched is not None else project.scenes.values_list("pk", flat=True))
    advance(project, touched)


def how_made(job: Job) -> dict[str, Any]:
    """How it was made: recorded, never compared."""
    return {name: job.input[name] for name in ("provider", "model", "seed") if job.input.get(name, "") != ""}
