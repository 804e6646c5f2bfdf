"""What every edit ends with."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.models import Job
from pipeline.runner.submit import retract
from pipeline.states import LIVE
from projects.flow.due import advance
from projects.flow.revision import touch
from projects.models import Project


def changed(project: Project, scenes: Iterable[int] | None) -> None:
    """The film under way is stale, the pages hear of it, work is looked for. `scenes` are primary keys; None: all."""
    touched = None if scenes is None else list(scenes)
    retract(Job.objects.filter(project=project, step="assemble_video", state__in=LIVE))
    touch(project, touched if touched is not None else project.scenes.values_list("pk", flat=True))
    advance(project, touched)
