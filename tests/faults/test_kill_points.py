"""A kill at every named point in every kind of step: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.models import Attempt, Job
from pipeline.runner.crash import POINTS
from projects.models import Clip, Event, FinalVideo, Image, Prompt, Scene, Shot, Transcript
from tests.faults.studio import WITHIN_S, Worker, wait_for

pytestmark = [pytest.mark.postgres(long=True), pytest.mark.faults]
STEPS = (
    "analyze_song",
    "transcribe_song",
    "plan_scenes",
    "write_prompts",
    "generate_image",
    "generate_clip",
    "render_shot",
    "assemble_video",
)
SCENES = 6


def assert_exactly_once(scenes: int = SCENES) -> None:
    """The whole film is there, each part of it once, by jobs that are consistent with their attempts."""
    each, once = (
        ("generate_image", "generate_clip", "render_shot"),
        ("analyze_song", "transcribe_song", "plan_scenes", "write_prompts", "assemble_video"),
    )
    jobs = Job.objects.values_list("step", "state")
    assert Counter(jobs) == {**{(step, "done"): 1 for step in once}, **{(step, "done"): scenes for step in each}}
    rows = {
        model.__name__: model.objects.count() for model in (Transcript, Scene, Prompt, Image, Clip, Shot, FinalVideo)
    }
    assert rows == {
        "Transcript": 1,
        "Scene": scenes,
        "Prompt": scenes,
        "Image": scenes,
        "Clip": scenes,
        "Shot": scenes,
        "FinalVideo": 1,
    }
    assert Event.objects.filter(verb="film_finished").count() == 1
    assert not Event.objects.filter(verb="step_failed").exists()
    paid = Attempt.objects.filter(state="done").values_list("job_code", flat=True)
    assert sorted(paid) == sorted(Job.objects.values_list("code", flat=True))
    assert set(Attempt.objects.exclude(state="done").values_list("state", flat=True)) <= {"failed"}


def wait_for_film() -> None:
    """Until nothing is left to do."""
    ended = lambda: FinalVideo.objects.exists() or Job.objects.filter(state="failed").exists()  # noqa: E731
    wait_for(ended, within_s=3 * WITHIN_S, what=film_states)
    wait_for(lambda: not Job.objects.exclude(state__in=("done", "failed")).exists(), what=film_states)
    assert not Job.objects.filter(state="failed").exists(), film_states()


def film_states() -> Any:
    return Counter(Job.objects.values_list("step", "state", "error_detail"))


def test_a_kill_at_every_point_of_every_step_is_as_if_it_had_not_been(
    start: Callable[..., Worker], new_film: Callable[[], Any], tmp_path: Path
) -> None:
    marker = tmp_path / "killed"
    worker = start(OMVEE_CRASH="*:*", OMVEE_CRASH_ONCE=marker, OMVEE_TEST_TRIES=20, OMVEE_TEST_SCENES=SCENES)
    new_film()
    Job.objects.update(max_tries=20)
    wait_for_film()
    killed = {path.name.removeprefix("killed.") for path in tmp_path.glob("killed.*")}
    assert killed == {f"{point}.{step}" for point in POINTS for step in STEPS}
    assert_exactly_once()
    asked = Counter(line.split()[2] for line in (tmp_path / "steps.log").read_text().splitlines())
    # Asked again only if the answer was not kept: killed after the file was stored, or after it was sent.
    assert max(asked.values()) <= 3
    assert worker.process.poll() is None
    assert worker.heals() == 0, "a worker that dies at work does not disturb the others"
