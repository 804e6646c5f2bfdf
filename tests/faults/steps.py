"""What the steps do in a worker under test: at once, through the real door to a provider and the real storage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django_q.conf import Conf
from django_q.signals import post_spawn

from pipeline.media.run import Stopped
from pipeline.media.values import Value
from pipeline.models import Job
from pipeline.providers.base import Work
from pipeline.providers.fake import FakeReply, FakeRequest, RepeatableFakeProvider, Script
from pipeline.recipes import how
from pipeline.runner import hooks, lease
from pipeline.steps import STEPS
from pipeline.steps.base import Context, Step


class NapInput(Value):
    """`mode`: sleep, held (until a test lets it go), deaf (never asks to stop), poison (kills its process)."""

    name: str
    seconds: int = how(0)
    mode: str = how("sleep")


class NapOutput(Value):
    name: str


def nap(input: NapInput, ctx: Context) -> NapOutput:
    note("begin", input.name)
    if input.mode == "poison":
        os._exit(9)
    ends = time.monotonic() + input.seconds
    while time.monotonic() < ends or (input.mode == "held" and not gate(_log().parent, input.name).exists()):
        if input.mode != "deaf" and ctx.stop():
            raise Stopped
        time.sleep(0.02)
    note("end", input.name)
    return NapOutput(name=input.name)


NAP = Step("nap", NapInput, NapOutput, nap, queue="io", deadline_s=2)
LONG_NAP = replace(NAP, name="long_nap", deadline_s=600)


def napped(job: Job, output: NapOutput) -> None:
    """One event per nap: the effect that must not happen twice."""
    from projects.models import Event

    Event.objects.create(project_id=job.project_id, verb="napped", text=output.name)


def gate(folder: Path, name: str) -> Path:
    """The file whose coming lets go what is held under this name, in a test's folder."""
    return folder / f"go-{name}"


def note(*words: object) -> None:
    """Write a line that outlives the process, whatever the database does."""
    with _log().open("a") as out:
        out.write(" ".join(map(str, (*words, os.getpid()))) + "\n")


def _log() -> Path:
    return Path(os.environ.get("OMVEE_TEST_LOG") or os.devnull)


def install() -> None:
    """Put the quick steps in the place of the real ones, with as many tries as there are kills."""
    from projects.tests.quick_steps import runs

    tries = int(os.environ.get("OMVEE_TEST_TRIES", "3"))
    for name, run in runs(int(os.environ.get("OMVEE_TEST_SCENES", "6"))).items():
        STEPS[name] = replace(STEPS[name], run=_asking(name, run), max_tries=tries, backoff_s=(1,))
    for step in (NAP, LONG_NAP):
        STEPS[step.name] = step
        hooks.receivers[step.name] = napped
    lease.END_GRACE_S = 0.5


def note_workers() -> None:
    """Let each worker note its process and queue, so that tests can kill it by name."""
    post_spawn.connect(_note_worker)


def _note_worker(**_: Any) -> None:
    note("worker", Conf.CLUSTER_NAME)


def _answer(request: Any, work: Work) -> FakeReply:
    note("asked", request.text)
    file = work.folder / "work.txt"
    file.write_text(request.text)
    work.store(file, "work")
    return FakeReply(text=request.text)


class NotingProvider(RepeatableFakeProvider):
    """Notes what arrives and puts a file into storage, as a painter does."""

    script = Script(lines=[_answer])


def _asking(name: str, run: Callable[[Any, Any], Value]) -> Callable[[Any, Any], Value]:
    seconds, held = float(os.environ.get("OMVEE_TEST_SECONDS", "0")), os.environ.get("OMVEE_TEST_HELD") == name

    def work(input: Any, ctx: Any) -> Value:
        ctx.once("work", NotingProvider(), FakeRequest(text=f"{name} {ctx.job.code}"))
        ends = time.monotonic() + seconds
        while time.monotonic() < ends or (held and not gate(_log().parent, name).exists()):
            if ctx.stop():
                raise Stopped
            time.sleep(0.01)
        return run(input, ctx)

    return work
