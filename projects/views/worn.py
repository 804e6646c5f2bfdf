"""The pictures of a film as its shots wear them: in the color look of the ad, under captions, logo and cards.

Pictures are kept plain, because a look is changed with one press and a shot lays it over them while it is rendered
(`pipeline/media/grades`). What people judge is shown in it: laid over the small picture when a browser asks for it.
"""

from __future__ import annotations

import io
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from PIL import Image as Pillow

from pipeline.media.grades import LOOKS, Grade, in_look
from projects.models import Content, Image, Project
from projects.views.media import owned_by

SIDES = {"thumb": 640, "image": 1600}
"""The longest side, in pixels, of what is shown on a card and on a sheet."""


class Worn:
    """The addresses of a project's pictures. Reads the look of each beat once."""

    def __init__(self, project: Project) -> None:
        self._ad = project.ad if project.kind == Project.Kind.AD else None
        self._grades: dict[str, Grade | None] = {}

    def url(self, image: Image, content: Content, kind: str = "thumb") -> str:
        """Where the picture of a scene is shown; `kind` is "thumb" or "image"."""
        return worn_url(image, self._grade(content), kind)

    def _grade(self, content: Content) -> Grade | None:
        if self._ad is None:
            return None
        if content.imagery not in self._grades:
            self._grades[content.imagery] = self._ad.grade_of(content.imagery)
        return self._grades[content.imagery]


def worn_url(image: Image, grade: Grade | None, kind: str = "thumb") -> str:
    """Where a picture is shown in a look, or as it is kept."""
    if grade is not None:
        return reverse("worn", args=[kind, image.code, grade.name, grade.percent])
    return reverse("media", args=[kind if image.thumb_file else "image", image.code])


@require_safe
def worn(request: HttpRequest, kind: str, code: UUID, look: str, percent: int) -> HttpResponse:
    """A picture of the signed-in user in a look; its address says all, so a browser may keep it."""
    rows = Image.objects.filter(owned_by(request.user.pk)("content__project"), code=code)
    image = rows.only("file", "thumb_file").first()
    if image is None or kind not in SIDES or look not in LOOKS or not 1 <= percent <= 100:
        raise Http404
    try:
        with (
            default_storage.open(image.thumb_file if kind == "thumb" and image.thumb_file else image.file) as source,
            Pillow.open(source, formats=("JPEG", "PNG", "WEBP")) as opened,
        ):
            opened.draft("RGB", (SIDES[kind], SIDES[kind]))  # a JPEG is decoded no larger than it is shown
            picture = opened.convert("RGB")
    except FileNotFoundError as error:
        raise Http404 from error
    picture.thumbnail((SIDES[kind], SIDES[kind]), Pillow.Resampling.LANCZOS)
    data = io.BytesIO()
    in_look(picture, Grade(name=look, percent=percent).table()).save(data, "JPEG", quality=88)
    response = HttpResponse(data.getvalue(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
