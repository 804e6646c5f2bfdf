"""What is told of the animatic, beside its player."""

from __future__ import annotations

from typing import Any

from pipeline.states import JobState
from projects.flow import animatics
from projects.models import Project
from projects.views import cards

PACE_S = 2


def animatic_context(project: Project, aspect: str) -> dict[str, Any]:
    """The newest animatic of a shape, whether it is out of date, and the job that makes the next one."""
    newest, job = animatics.newest(project, aspect), animatics.job_of(project, aspect)
    failed = job is not None and job.state == JobState.FAILED
    return {
        "aspect": aspect,
        "url": cards.media_url("animatic", newest.code) if newest else "",
        "code": newest.code if newest else "",
        "outdated": newest is not None and animatics.is_outdated(newest),
        "drawn": newest.how.get("drawn", 0) if newest else 0,
        "busy": job is not None and not failed,
        "percent": job.progress_done * 100 // job.progress_total if job and job.progress_total else None,
        "error": job.error if job and failed else "",
    }


def animatic_pace(animatic: dict[str, Any], every_s: int) -> int:
    """The page's pace in seconds, quick enough for an animatic that is being made."""
    return min(every_s or PACE_S, PACE_S) if animatic["busy"] else every_s
