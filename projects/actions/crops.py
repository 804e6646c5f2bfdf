"""Pictures of one shape of the film in another: the same file, cropped around its focal point when it is rendered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from projects import flow
from projects.actions import verdicts
from projects.models import BY_HAND, CROP, ENLARGED, SEEN_IN_PICTURE, Event, Image, Pick, Project
from projects.states import IllegalMove, LostRace

TAKEN_OVER = (*SEEN_IN_PICTURE, "file", "sha256", "thumb_file", "width", "height")


def crop_image(pick: Pick, source: Image, *, by: User | None, seen_take: int) -> Event:
    """Let another shape's picture of the same scene stand here, cropped, as a take of its own.

    `seen_take` is the newest take that the form saw. Raises LostRace where there is a newer one.
    """
    if source.content_id != pick.content_id or source.aspect == pick.aspect:
        raise IllegalMove(_("This picture belongs to another scene, or to this shape already."))
    with transaction.atomic():
        flow.lock(pick.content.project_id)
        pick = Pick.objects.select_related("image", "content").get(pk=pick.pk)
        last = verdicts.newest_take(pick, "image")
        if last != seen_take:
            raise LostRace(_("Another take has come meanwhile. Look at it before you replace it."))
        image = _cropped(source, pick.aspect, max(last, pick.image_take) + 1)
        image.save()
        event = verdicts.choose(pick, image, by=by, seen="")
        Pick.objects.filter(pk=pick.pk).update(image_take=image.take)
    return event


def crop_pictures(project: Project, source: str, aspect: str, *, every: bool) -> int:
    """Give a new shape the standing pictures of another one; returns how many. Scenes that have a picture in it keep
    theirs. `every` False: only those that no words can compose anew, such as uploads. Inside the caller's transaction.
    """
    taken = set(
        Pick.objects.filter(content__scene__project=project, aspect=aspect, image__isnull=False).values_list(
            "content", flat=True
        )
    )
    standing = Pick.objects.filter(content__scene__project=project, aspect=source, image__isnull=False)
    if not every:
        standing = standing.filter(image__provider__in=BY_HAND)
    picks = [pick for pick in standing.select_related("image") if pick.content_id not in taken]
    last = _last_takes([pick.content_id for pick in picks], aspect)
    images = Image.objects.bulk_create(
        _cropped(pick.image, aspect, last.get(pick.content_id, 0) + 1) for pick in picks if pick.image is not None
    )
    rows = [
        Pick(content_id=image.content_id, aspect=aspect, image=image, image_take=image.take, image_chosen=True)
        for image in images
    ]
    fields = ["image", "image_take", "image_chosen"]
    Pick.objects.bulk_create(rows, update_conflicts=True, unique_fields=["content", "aspect"], update_fields=fields)
    return len(images)


def _last_takes(contents: Iterable[int], aspect: str) -> dict[int, int]:
    rows = Image.objects.filter(content__in=contents, aspect=aspect).values_list("content")
    return dict(rows.annotate(last=Max("take")))


def _cropped(source: Image, aspect: str, take: int) -> Image:
    """A take that shows another shape's file; its recipe is the file itself, as an upload's is."""
    facts: dict[str, Any] = {name: getattr(source, name) for name in TAKEN_OVER}
    how = {"aspect": source.aspect, "image": str(source.code)}
    how |= {ENLARGED: source.how[ENLARGED]} if ENLARGED in source.how else {}
    provider = source.provider if source.provider in BY_HAND else CROP
    return Image(
        content_id=source.content_id,
        aspect=aspect,
        take=take,
        recipe=source.sha256,
        provider=provider,
        how=how,
        **facts,
    )
