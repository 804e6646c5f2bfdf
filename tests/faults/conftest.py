"""Workers that are ended with the test, and projects for them to work on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile

from pipeline import audit
from pipeline.runner import hooks
from pipeline.steps import STEPS
from tests.committing import committing_db, quick_flush
from tests.faults import steps
from tests.faults.paid import Shop
from tests.faults.studio import Worker, clean_env
from tests.vendor import Vendor, server

__all__ = ["committing_db", "quick_flush"]


@pytest.fixture
def start(committing_db: None, studio_env: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts a worker that is ready; whatever it leaves is killed afterwards."""
    workers: list[Worker] = []

    def start_worker(*, grace: float = 10, wait: bool = True, **extra: object) -> Worker:
        worker = Worker(clean_env(studio_env, tmp_path, **extra), tmp_path / f"worker-{len(workers)}.log", grace=grace)
        workers.append(worker)
        return worker.wait_until_ready() if wait else worker

    yield start_worker
    for worker in workers:
        worker.kill_tree()
    # The quick steps name files that nobody has made; all else has to be true after every kill.
    wrong = [finding for finding in audit.findings() if finding.invariant != "I5"]
    assert not wrong, "\n".join(map(str, wrong))


@pytest.fixture
def start_real(committing_db: None, studio_env: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts a worker with the site's own settings and steps."""
    workers: list[Worker] = []

    def start_worker(**extra: object) -> Worker:
        env = {**studio_env, **{name: str(value) for name, value in extra.items()}}
        workers.append(Worker(env, tmp_path / f"real-{len(workers)}.log"))
        return workers[-1].wait_until_ready()

    yield start_worker
    for worker in workers:
        worker.kill_tree()


@pytest.fixture
def shop(committing_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A project that buys from a vendor on loopback, which breaks a connection that hangs after two seconds."""
    monkeypatch.setattr(server, "HANG_S", 2)
    with Vendor(work_s=0.3) as vendor:
        for name, value in vendor.environment.items():
            setattr(settings, name, value)
        yield Shop(vendor)


@pytest.fixture
def start_buying(start: Callable[..., Worker], shop: Shop) -> Callable[..., Worker]:
    """Starts a worker with the real steps and adapters, that asks the shop's vendor."""

    def start_one(*, grace: float = 5, wait: bool = True, **extra: object) -> Worker:
        quick = {"OMVEE_TEST_PAID": 1, "OMVEE_FIND_WINDOW_S": 4, "OMVEE_IO_WORKERS": 3, "OMVEE_CPU_WORKERS": 1}
        deadlines = {f"OMVEE_{name}_DEADLINE_S": 60 for name in ("TEXT", "TRANSCRIPTION", "IMAGE", "VIDEO")}
        return start(grace=grace, wait=wait, **{**shop.vendor.environment, **quick, **deadlines, **extra})

    return start_one


@pytest.fixture
def project(committing_db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A project that naps are ordered for; its own flow asks for nothing."""
    from projects.models import Project

    for step in (steps.NAP, steps.LONG_NAP):
        monkeypatch.setitem(STEPS, step.name, step)
        monkeypatch.setitem(hooks.receivers, step.name, steps.napped)
    return Project.objects.create(owner=get_user_model().objects.create_user("owner"), title="Naps", style="film")


@pytest.fixture
def new_film(committing_db: None) -> Callable[[], Any]:
    """Creates a project with a song, whose first job is submitted."""
    from projects.actions.create import create_music_video
    from projects.models import Asset

    def create() -> Any:
        owner, _ = get_user_model().objects.get_or_create(username="maker")
        fields = {"kind": "song", "extension": "wav", "content_type": "audio/wav", "sha256": "a" * 64, "size_bytes": 4}
        asset = Asset(owner=owner, name="a.wav", **fields)
        asset.file.save("", ContentFile(b"RIFF"), save=False)
        asset.save()
        return create_music_video(asset, by=owner, title="Harbor")

    return create
