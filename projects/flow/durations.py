"""How long work takes: what was measured in the project, else what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Avg, F

from pipeline.models import Job
from pipeline.states import JobState
from projects.models import Project

WORKERS: Final = 2
# Seconds a step takes where this project has not measured it yet.
USUAL_S: Final = {"generate_image": 2.0, "render_shot": 8.0, "assemble_video": 20.0}
QUICK_S: Final = 0.5
"""What a step takes that is not worth measuring."""


def seconds_for(project: Project, counts: Mapping[str, int]) -> int:
    """About how long so many runs of these steps take: each as long as here so far, side by side, and at the end the
    films one after another.
    """
    took = Job.objects.filter(project=project, state=JobState.DONE, step__in=USUAL_S, finished_at__isnull=False)
    measured = {
        step: mean.total_seconds()
        for step, mean in took.values_list("step").annotate(mean=Avg(F("finished_at") - F("started_at")))
        if mean
    }
    each = {step: measured.get(step, USUAL_S.get(step, QUICK_S)) for step in counts}
    side_by_side = sum(count * each[step] for step, count in counts.items() if step != "assemble_video") / WORKERS
    return int(side_by_side + counts.get("assemble_video", 0) * each.get("assemble_video", 0) + 0.5)
