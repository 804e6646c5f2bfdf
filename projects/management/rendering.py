"""Rendering one project with worker processes of its own, and the facts of its film."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Sum

from pipeline.media.timeline import ms_at
from pipeline.models import Attempt
from projects.flow.inputs import profile, scene_lyrics
from projects.flow.status import Status, frames_done, project_status
from projects.management.own_workers import OwnWorkers
from projects.models import FPS, FinalVideo, Pick, Project, Scene

LOOK_S = 1.5
ROOM_BYTES = 16 << 20
"""Whose work stands still with less stands still because of it."""
NO_ROOM_BYTES = 1 << 20
"""With less nothing can be written down, and every new worker would only fail again."""


def render(project: Project, tell: Callable[[Status, tuple[int, int]], None]) -> Status:
    """Run the project's jobs in processes of our own until none is left; returns the last status."""
    with OwnWorkers(project) as workers:
        while True:
            status = project_status(project)
            tell(status, frames_done(project))
            if not status.busy or _full_disk(NO_ROOM_BYTES):
                return status
            if not workers.tend():
                return project_status(project)
            workers.wait(LOOK_S)


def why_it_stands() -> str:
    """A sentence for work that is left though nobody does it any more."""
    full = _full_disk(ROOM_BYTES)
    if full is not None:
        return f"The disk is full: {full} takes no more. Make room and call it again: it goes on where it was."
    return "The workers ended unexpectedly; the lines above say why. Call it again: it goes on where it was."


def _full_disk(least_bytes: int) -> Path | None:
    """The folder of ours that has less room than this, if one has."""
    folders = (settings.DATA_DIR, Path(settings.OMVEE_WORK_DIR or tempfile.gettempdir()))
    return next((folder for folder in folders if shutil.disk_usage(folder).free < least_bytes), None)


def film_key(project: Project) -> str:
    """The stored file of the finished film."""
    return _final(project).file


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
