"""A whole film, with the real steps, on PostgreSQL and S3, by two workers that share nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.files.storage import default_storage

from omvee.buckets import bucket_storage
from pipeline.media.audio.synth.songs import test_song as short_song
from pipeline.media.audio.synth.songs import write_wav
from pipeline.models import Attempt, Job
from projects.models import FinalVideo, Image, Shot
from tests.faults.studio import Worker, wait_for
from tests.services import s3

pytestmark = [pytest.mark.postgres(only=True), pytest.mark.s3, pytest.mark.faults, pytest.mark.long]
BUCKET = "films"
LYRICS = "[00:00.60]Rain on the harbor\n[00:03.10]Neon on the bay\n[00:06.10]Home\n"


@pytest.fixture
def bucket(s3_endpoint: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The test's own storage in a bucket, and the environment that leads a worker there."""
    env = s3.environment(s3_endpoint, BUCKET)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    s3.make_bucket(s3_endpoint, BUCKET)
    storage = bucket_storage(BUCKET, endpoint=s3_endpoint, region=env["AWS_REGION"])
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return env


def new_film(tmp_path: Path) -> Any:
    from projects.actions.create import create_music_video
    from projects.actions.upload import save_song

    write_wav(short_song(120, 9.0, seed=3), tmp_path / "song.wav")
    owner = get_user_model().objects.create_user("maker")
    with (tmp_path / "song.wav").open("rb") as source:
        asset, _ = save_song(File(source), "song.wav", by=owner)
    return create_music_video(asset, by=owner, title="Harbor", resolution="480p", lyrics=LYRICS, lyrics_name="song.lrc")


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def pid_of(job: Job) -> int:
    return int(job.worker.rsplit(":", 2)[1])


def failures() -> list[Any]:
    return list(Job.objects.exclude(state="done").values_list("step", "state", "tries", "error", "error_detail"))


def test_two_workers_with_empty_disks_make_a_film(
    committing_db: None,
    studio_env: dict[str, str],
    bucket: dict[str, str],
    start_real: Callable[..., Worker],
    tmp_path: Path,
) -> None:
    disks = [tmp_path / "one", tmp_path / "two"]
    workers = []
    for disk in disks:
        (disk / "work").mkdir(parents=True)
        folders = {"DATA_DIR": disk / "data", "OMVEE_WORK_DIR": disk / "work"}
        workers.append(start_real(**folders, OMVEE_CPU_WORKERS=1, OMVEE_IO_WORKERS=1, **bucket))
    new_film(tmp_path)
    heard = Job.objects.filter(step="analyze_song", state="done")
    wait_for(heard.exists, what=failures)
    (first,) = [worker for worker in workers if pid_of(heard.get()) in {process.pid for process in worker.tree()}]
    first.process.terminate()  # what it leaves is for the other one
    ended = lambda: FinalVideo.objects.exists() or Job.objects.filter(state="failed").exists()  # noqa: E731
    wait_for(ended, within_s=600, what=failures)
    assert failures() == []
    other = {process.pid for worker in workers if worker is not first for process in worker.tree()}
    assert pid_of(Job.objects.get(step="assemble_video")) in other
    final = FinalVideo.objects.get()
    with default_storage.open(final.file) as film:
        assert hashlib.sha256(film.read()).hexdigest() == final.sha256
    for key in (*Image.objects.values_list("file", flat=True), *Shot.objects.values_list("file", flat=True)):
        assert default_storage.exists(key)
    assert Attempt.objects.exclude(state="done").count() == 0
    assert not [name for disk in disks for name in files_in(disk) if not name.startswith(("secret_key", "db."))]
