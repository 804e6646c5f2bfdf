"""Rendering one project with worker processes of its own, and handing its film out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Sum

from pipeline.media.timeline import ms_at
from pipeline.models import Attempt
from pipeline.runner import sweep
from projects.flow.inputs import profile, scene_lyrics
from projects.flow.status import Status, frames_done, project_status
from projects.models import FPS, FinalVideo, Pick, Project, Scene

LOOK_S = 1.5
MAX_RESTARTS = 6
Child = subprocess.Popen[bytes]


def render(project: Project, tell: Callable[[Status, tuple[int, int]], None]) -> Status:
    """Run the project's jobs in as many processes as there are cores until none is left; returns the last status.

    A process that dies is replaced, and what it held is taken back at once; after MAX_RESTARTS the jobs' own limit
    decides.
    """
    workers = [start_worker(project) for _ in range(settings.OMVEE_CPU_WORKERS)]
    restarts = 0
    try:
        while True:
            status = project_status(project)
            tell(status, frames_done(project))
            if not status.busy:
                return status
            sweep.reap()
            for index, worker in enumerate(workers):
                if worker.poll() is not None and restarts < MAX_RESTARTS * len(workers):
                    restarts += bool(worker.returncode)
                    workers[index] = start_worker(project)
            if all(worker.poll() is not None for worker in workers):
                return project_status(project)
            time.sleep(LOOK_S)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()


def start_worker(project: Project) -> Child:
    """A process that runs jobs of this project until none is left."""
    env = {**os.environ, "OMVEE_DOORBELL": "0"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_jobs", str(project.pk)]
    return subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def copy_film(project: Project, out: Path) -> Path:
    """Copy the finished film to `out`; it appears whole or not at all. Raises OSError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    try:
        with default_storage.open(_final(project).file, "rb") as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return out


def _final(project: Project) -> FinalVideo:
    rendition = project.renditions.select_related("final").order_by("pk")[0]
    if rendition.final is None:
        raise FinalVideo.DoesNotExist
    return rendition.final


def film_facts(project: Project, film: Path) -> dict[str, Any]:
    """What make_video --json prints."""
    rendition = project.renditions.select_related("final").order_by("pk")[0]
    final, shape = _final(project), profile(rendition)
    cost = Attempt.objects.filter(project_code=project.code).aggregate(cost=Sum("cost_microusd"))["cost"] or 0
    return {
        "project": str(project.code),
        "file": str(film),
        "width": shape.width,
        "height": shape.height,
        "fps": shape.fps,
        "frames": final.frames,
        "duration_ms": final.duration_ms,
        "scenes": _scenes(project, rendition.aspect),
        "certificate": final.certificate,
        "cost_microusd": cost,
    }


def _scenes(project: Project, aspect: str) -> list[dict[str, Any]]:
    project.refresh_from_db()
    lyrics = project.lyrics()
    picks = Pick.objects.filter(content__project=project, aspect=aspect).select_related("image", "clip")
    by_content = {pick.content_id: pick for pick in picks}
    scenes = Scene.objects.filter(project=project).select_related("content__prompt")
    return [_scene(scene, by_content.get(scene.content_id), scene_lyrics(lyrics, scene)) for scene in scenes]


def _scene(scene: Scene, pick: Pick | None, lyrics: str) -> dict[str, Any]:
    image, clip = (pick.image, pick.clip) if pick is not None else (None, None)
    return {
        "start_ms": ms_at(scene.start_frame, FPS),
        "end_ms": ms_at(scene.end_frame, FPS),
        "start_frame": scene.start_frame,
        "section": scene.section,
        "lyrics": lyrics,
        "prompt": scene.content.prompt.text if scene.content.prompt else "",
        "image_provider": image.provider if image else "",
        "clip_provider": clip.provider if clip else "",
    }
