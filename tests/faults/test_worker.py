"""What happens to a worker: told to end, killed in part and as a whole, paused, raced."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from pipeline.models import Job, WorkerHeartbeat
from projects.models import Event, FinalVideo, Project
from tests.faults.studio import WITHIN_S, Worker, kill, lives, order_nap, state_of, wait_done, wait_for

pytestmark = [pytest.mark.postgres(long=True), pytest.mark.faults]
Start = Callable[..., Worker]


def naps() -> list[str]:
    """The effects: one event for each nap that was committed."""
    return sorted(Event.objects.filter(verb="napped").values_list("text", flat=True))


def left_folders(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "work").glob("omvee-*"))


def end_in_order(worker: Worker, send: Callable[[], None], *, let_go: tuple[str, ...] = ()) -> None:
    """Send the signal, let go what is held once it has been heard, and see it end with nothing left of it."""
    whole(worker)
    tree, pushers_and_monitors = worker.tree(), len(worker.helpers())
    send()
    if let_go:  # a pusher has left: from here on nothing more is begun
        wait_for(lambda: len(worker.helpers()) < pushers_and_monitors, what=worker.words)
        worker.let_go(*let_go)
    assert worker.process.wait(WITHIN_S) == 0, worker.words()
    wait_for(lambda: not [process for process in tree if lives(process)])


def whole(worker: Worker) -> Worker:
    """Once all of it is up: main, two sentinels, four workers, two pushers, two monitors."""
    up = lambda: (len(worker.workers()), len(worker.helpers()), len(worker.sentinels())) == (4, 4, 2)  # noqa: E731
    wait_for(up, what=worker.words)
    return worker


@pytest.mark.parametrize("whole_group", [pytest.param(False, marks=pytest.mark.long), True], ids=["main", "group"])
def test_sigterm_finishes_what_runs_and_begins_nothing(
    start: Start, project: Any, tmp_path: Path, whole_group: bool
) -> None:
    worker = start(grace=WITHIN_S)
    running = order_nap(project, "a", "b", mode="held")
    waiting = order_nap(project, *"cdefgh")
    for name in "ab":
        worker.begun(name)
    taken_in = OrmQ.objects.filter(key="io", lock__gt=timezone.now() + timedelta(hours=1))
    wait_for(lambda: taken_in.count() > 2, what="bells were taken in beforehand")
    tell = os.killpg if whole_group else os.kill
    end_in_order(worker, lambda: tell(worker.pid, signal.SIGTERM), let_go=("a", "b"))
    assert [state_of(job) for job in running] == ["done"] * 2
    assert {state_of(job) for job in waiting} == {"queued"}, "it must not begin what merely waits"
    assert (naps(), WorkerHeartbeat.objects.count(), left_folders(tmp_path)) == (["a", "b"], 0, [])
    again = start()
    wait_done(*waiting)
    end_in_order(again, lambda: os.kill(again.pid, signal.SIGINT))


def test_grace_ends_and_the_work_is_done_again(start: Start, project: Any) -> None:
    worker = start(grace=1)
    (job,) = order_nap(project, "long", mode="held")
    worker.begun("long")
    end_in_order(worker, worker.process.terminate)
    assert state_of(job) == "running"
    Job.objects.filter(pk=job.pk).update(input={"name": "long"})
    start()
    assert [done.tries for done in wait_done(job)] == [2]
    assert naps() == ["long"]


def test_a_killed_main_process_leaves_nobody_and_its_work_goes_on_at_once(
    start: Start, project: Any, tmp_path: Path
) -> None:
    worker = start(OMVEE_LEASE_S=3600)
    jobs = order_nap(project, "a", "b", "c", "d", mode="held")
    for name in "ab":
        worker.begun(name)
    tree = whole(worker).tree()
    worker.process.kill()
    worker.process.wait(WITHIN_S)
    wait_for(lambda: not [process for process in tree if lives(process)])
    assert (state_of(jobs[0]), len(left_folders(tmp_path))) == ("running", 2)
    for job in jobs:
        Job.objects.filter(pk=job.pk).update(input={"name": job.subject})
    start()  # its lease would last for another hour
    assert [job.tries for job in wait_done(*jobs)] == [2, 2, 1, 1]
    assert naps() == ["a", "b", "c", "d"]
    wait_for(lambda: not left_folders(tmp_path), what="the folders of the dead are removed")


@pytest.mark.long
def test_one_worker_survives_what_may_happen_to_its_children(start: Start, project: Any) -> None:
    """One process tree goes through all of it, as a real one would."""
    worker = start()
    kill_a_busy_worker(worker, project)
    kill_the_idle_workers(worker, project)
    poison(worker, project)
    deafness(worker, project)
    deletion(worker, project)
    kill_helpers(worker, project)
    end_in_order(worker, worker.process.terminate)


def kill_a_busy_worker(worker: Worker, project: Any) -> None:
    """Its job is taken back at once; what runs beside it is not disturbed, nothing is started again."""
    killed, other = order_nap(project, "busy", "beside", mode="held")
    pid = worker.begun("busy")
    worker.begun("beside")
    Job.objects.filter(pk=killed.pk).update(input={"name": "busy"})
    psutil.Process(pid).kill()
    wait_done(killed)
    assert state_of(other) == "running"
    worker.let_go("beside")
    assert [(job.subject, job.tries) for job in wait_done(killed, other)] == [("busy", 2), ("beside", 1)]
    assert worker.heals() == 0


def kill_the_idle_workers(worker: Worker, project: Any) -> None:
    """One of them holds the lock of the queue's pipe: django-q2's own answer would hang for ever."""
    before = worker.heals()
    for process in whole(worker).pool():
        kill(process)
    jobs = order_nap(project, "after-1", "after-2", "after-3")
    wait_done(*jobs)
    assert worker.heals() == before + 1


def poison(worker: Worker, project: Any) -> None:
    """It ends failed after its tries, in words; the rest lives on."""
    (bad,) = order_nap(project, "poison", mode="poison")
    (good,) = order_nap(project, "antidote")
    wait_for(
        lambda: state_of(bad) == "failed",
        what=lambda: list(Job.objects.values_list("subject", "state", "tries")),
    )
    bad.refresh_from_db()
    assert (bad.tries, "again and again" in bad.error) == (3, True)
    assert Event.objects.filter(verb="step_failed", data__job=str(bad.code)).count() == 1
    wait_done(good)


def deafness(worker: Worker, project: Any) -> None:
    """A step that is over its deadline and does not ask is ended with its process, and the creator is told."""
    (deaf,) = order_nap(project, "deaf", seconds=600, mode="deaf", step="nap")
    pid = worker.begun("deaf")
    wait_for(lambda: state_of(deaf) == "failed")
    deaf.refresh_from_db()
    assert deaf.error == "This step took longer than 1 min and was ended."
    wait_for(lambda: not psutil.pid_exists(pid) or not lives(psutil.Process(pid)))
    assert deaf.tries == 1
    wait_done(*order_nap(project, "hearing"))


def deletion(worker: Worker, project: Any) -> None:
    """Work for a project that is gone ends as a fence."""
    other = Project.objects.create(owner=project.owner, title="Gone", style="film")
    stumbles = worker.words().count("Traceback")
    order_nap(other, "gone-1", "gone-2", mode="held")
    for name in ("gone-1", "gone-2"):
        worker.begun(name)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=other.pk)
        other.delete()
    worker.let_go("gone-1", "gone-2")
    jobs = order_nap(project, "goes-on-1", "goes-on-2", mode="held")
    for job in jobs:
        worker.begun(job.subject)  # both workers at once: they are through with what is gone
    assert not {"gone-1", "gone-2"} & set(naps())
    worker.let_go("goes-on-1", "goes-on-2")
    wait_done(*jobs)
    assert worker.words().count("Traceback") == stumbles


def kill_helpers(worker: Worker, project: Any) -> None:
    """The pusher, the monitor and a sentinel: each is replaced, and what was ordered meanwhile is done."""
    for name, find in (("helper", worker.helpers), ("sentinel", worker.sentinels)):
        before = whole(worker).heals()
        for process in find():
            kill(process)
        wait_for(lambda before=before: worker.heals() > before, what=worker.words)
        wait_done(*order_nap(project, f"{name}-1", f"{name}-2", f"{name}-3"))


def test_a_paused_worker_past_its_lease_is_fenced(start: Start, project: Any, tmp_path: Path) -> None:
    worker = start(OMVEE_LEASE_S=3600, OMVEE_BEAT_S=1200)  # it must not be paused while it locks the database
    (job,) = order_nap(project, "paused", mode="held")
    paused = psutil.Process(worker.begun("paused"))
    paused.suspend()
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    worker.let_go("paused")
    done = wait_done(job)[0]
    assert (done.tries, naps()) == (2, ["paused"])
    assert int(done.worker.split(":")[1]) != paused.pid
    paused.resume()
    wait_done(*order_nap(project, "next-1", "next-2", "next-3", "next-4"))
    wait_for(lambda: "no longer ours" in worker.words(), what=worker.words)
    job.refresh_from_db()
    assert (job.state, job.tries, naps().count("paused")) == ("done", 2, 1)


def test_two_workers_on_one_queue_do_each_job_once(start: Start, project: Any) -> None:
    worker = start(wait=False).wait_until_ready()
    start()
    jobs = order_nap(project, *"abcd", mode="held")
    for name in "abcd":
        worker.begun(name)  # all four at once, so both workers are at it
    jobs += order_nap(project, *[f"{number:02}" for number in range(36)])
    worker.let_go(*"abcd")
    done = wait_done(*jobs)
    assert {job.tries for job in done} == {1}
    assert naps() == [*[f"{number:02}" for number in range(36)], *"abcd"]
    assert len({job.worker for job in done}) > 2


@pytest.mark.long
def test_work_that_is_due_later_and_bells_that_are_lost_are_found(start: Start, project: Any) -> None:
    start()
    with transaction.atomic():
        later, lost = order_nap(project, "later", "lost")
        Job.objects.filter(pk=later.pk).update(not_before=later.not_before + timedelta(seconds=1))
        Job.objects.filter(pk=lost.pk).update(rung_at=later.not_before)
    wait_done(later, lost)


@pytest.mark.long
def test_a_film_that_is_stopped_and_resumed_is_whole(start: Start, new_film: Callable[[], Project]) -> None:
    from projects.actions.control import resume_project, stop_project
    from tests.faults.test_kill_points import SCENES

    worker = start(OMVEE_TEST_HELD="generate_image", OMVEE_TEST_SCENES=SCENES)
    film = new_film()
    wait_for(Job.objects.filter(step="generate_image", state="running").exists)
    stop_project(film, by=None)
    assert not Job.objects.exclude(state__in=("done", "canceled")).exists()
    resume_project(film, by=None)
    worker.let_go("generate_image")
    wait_for(FinalVideo.objects.exists, what=lambda: list(Job.objects.values_list("step", "state")))
    assert FinalVideo.objects.count() == 1
    assert Project.objects.get().scenes.filter(shots__isnull=False).count() == SCENES


def test_it_heals_when_a_sentinel_is_killed_before_it_is_up(start: Start, project: Any) -> None:
    worker = start(wait=False)
    while not (first := worker.sentinels()):  # without a pause: it is up some milliseconds after it appears
        assert worker.process.poll() is None, worker.words()
    kill(first[0])
    worker.wait_until_ready()
    wait_done(*order_nap(project, "after"))
    assert worker.heals() >= 1
