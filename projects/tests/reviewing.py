"""Projects at their gates: quick steps, no autopilot, and what a test asks of them."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture

from projects.actions import lyrics, review
from projects.models import Clip, Image, Pick, Project, Scene
from projects.tests.conftest import drain
from projects.tests.remembered import remembered

HTMX = {"HX-Request": "true"}


def at_images(project: Project) -> Project:
    """The project without autopilot, all its pictures drawn and none judged."""
    remembered("at images", project, lambda: _draw(project))
    return project


def _draw(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(autopilot=False)
    drain()
    project.refresh_from_db()
    lyrics.approve_lyrics(project, by=project.owner, seen_take=project.transcript.take)
    drain()


def at_clips(project: Project) -> Project:
    """As `at_images`, with all pictures approved and all clips rendered."""
    remembered("at clips", project, lambda: _animate(project))
    return project


def _animate(project: Project) -> None:
    at_images(project)
    review.approve_images(project, "16:9", by=project.owner)
    drain()


def scenes(project: Project) -> list[Scene]:
    return list(project.scenes.select_related("content__prompt").order_by("start_frame"))


def pick_of(project: Project, index: int, aspect: str = "16:9") -> Pick:
    rows = Pick.objects.select_related("image", "clip", "content")
    return rows.get(content=scenes(project)[index].content, aspect=aspect)


def image_of(project: Project, index: int) -> Image:
    image = pick_of(project, index).image
    assert image is not None
    return image


def clip_of(project: Project, index: int) -> Clip:
    clip = pick_of(project, index).clip
    assert clip is not None
    return clip


def toast(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response["HX-Trigger"])["toast"]
    return found


def picture(size: tuple[int, int] = (640, 360), kind: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture in memory: a shade that no compression reduces to nothing."""
    out = io.BytesIO()
    color: Any = {"RGB": (200, 40, 40), "RGBA": (200, 40, 40, 120), "CMYK": (10, 200, 200, 30), "L": 128}[mode]
    Picture.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def picture_file(data: bytes | None = None, name: str = "mine.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if data is None else data, content_type="image/png")
