"""What becomes of a finished job: one receiver per step, called inside the runner's second commit.

The project's row is locked by the runner before any of these runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.models import Job
from pipeline.states import JobState
from projects.flow import beds
from projects.flow.receive import deliveries, films, plans, sound, takes
from projects.flow.receive.going_on import go_on, project_of, scenes_of
from projects.flow.revision import touch
from projects.models import Event

RECEIVERS: dict[str, Callable[[Job, Any], None]] = {
    "analyze_song": sound.song_analyzed,
    "transcribe_song": sound.song_transcribed,
    "compose_music": sound.music_composed,
    "write_brief": plans.brief_written,
    "draw_references": plans.references_drawn,
    "plan_scenes": plans.scenes_planned,
    "write_prompts": plans.prompts_written,
    "soften_prompt": plans.prompt_softened,
    "draw_animatic": films.animatic_drawn,
    "generate_image": takes.image_generated,
    "enlarge_image": takes.image_enlarged,
    "generate_clip": takes.clip_generated,
    "render_shot": films.shot_rendered,
    "assemble_video": films.video_assembled,
    "export_video": deliveries.exported,
    "bundle_project": deliveries.bundled,
    "enlarge_film": deliveries.film_enlarged,
    "refine_video": deliveries.refined,
}


def came_late(job: Job, output: Any) -> None:
    """A picture, clip or music that was paid for arrived when nobody waited for it any more: it is never lost.

    If it is still the take that is wanted, it stands, so that resuming buys nothing again; where other work is under
    way for that take, or has made it, it becomes a further take that nobody has picked. Where its scene is gone, the
    file stays in storage, booked.
    """
    if job.step == beds.STEP:
        sound.music_came_late(job, output)
    elif job.step == "enlarge_image" or (job.step in ("generate_image", "generate_clip") and takes.taken_late(job)):
        RECEIVERS[job.step](job, output)
        # its deadline had passed: what came all the same answers that
        Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(dismissed=True)


def job_failed(job: Job) -> None:
    project = project_of(job)
    Event.objects.create(
        project=project, verb="step_failed", text=job.error, data={"step": job.step, "job": str(job.code)}
    )
    if job.step == "enlarge_image":  # its clip waited for the larger picture
        go_on(project, scenes_of(job))
    else:
        touch(project, scenes_of(job))


def job_progressed(job: Job) -> None:
    touch(project_of(job), scenes_of(job))
