"""Takes and picks: approve, reject, redraw, choose an older take, replace by an upload."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from projects import flow, states
from projects.models import Approval, Asset, Content, Event, Image, Pick, Project, Scene
from projects.states import LostRace


def approve_image(image: Image, *, by: User | None, seen: str) -> None:
    """Let the picture through its gate. `seen` is the verdict that the form showed."""
    _judge(image, states.APPROVED, by=by, seen=seen, reason="")


def reject_image(image: Image, *, by: User | None, seen: str, reason: str = "") -> None:
    """Close the gate for this take; what hangs on it waits for another one."""
    _judge(image, states.REJECTED, by=by, seen=seen, reason=reason)


def _judge(image: Image, verdict: str, *, by: User | None, seen: str, reason: str) -> None:
    with transaction.atomic():
        project = flow.lock(image.content.project_id)
        rows = Image.objects.filter(pk=image.pk, verdict=seen)
        if seen not in states.MOVES[verdict] or not rows.update(verdict=verdict):
            raise LostRace(_("This picture has been judged meanwhile. Look at it again."))
        Approval.objects.create(project=project, image=image, verdict=verdict, reason=reason, by=by)
        Event.objects.create(project=project, verb=f"image_{verdict}", by=by)
        _changed(project, image.content)


def redraw_image(pick: Pick, *, by: User | None, seen_take: int) -> None:
    """Ask for one more take. The form posts the newest take that it saw, so that two presses make one take."""
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        last = _last_take(pick)
        rows = Pick.objects.filter(pk=pick.pk, image_take__lte=seen_take)
        if last != seen_take or not rows.update(image_take=seen_take + 1, image_chosen=False):
            raise LostRace(_("Another take is already there or on its way."))
        Event.objects.create(project=project, verb="image_redrawn", by=by)
        _changed(project, pick.content)


def pick_image(pick: Pick, image: Image, *, by: User | None) -> None:
    """Let an older take stand. It is held from now on, whatever the prompt says."""
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        Pick.objects.filter(pk=pick.pk).update(image=image, image_chosen=True)
        Event.objects.create(project=project, verb="image_picked", by=by, data={"take": image.take})
        _changed(project, pick.content)


def replace_image(pick: Pick, asset: Asset, *, by: User | None, width: int, height: int, thumb_key: str = "") -> Image:
    """Let an uploaded picture stand as a take of its own."""
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        fields: dict[str, Any] = {
            "content": pick.content,
            "aspect": pick.aspect,
            "take": max(_last_take(pick), pick.image_take) + 1,
        }
        image = Image.objects.create(
            **fields,
            recipe=asset.sha256,
            provider="upload",
            file=asset.file.name or "",
            sha256=asset.sha256,
            thumb_file=thumb_key,
            width=width,
            height=height,
        )
        Pick.objects.filter(pk=pick.pk).update(image=image, image_take=image.take, image_chosen=True)
        Event.objects.create(project=project, verb="image_replaced", by=by)
        _changed(project, pick.content)
    return image


def _last_take(pick: Pick) -> int:
    takes = Image.objects.filter(content_id=pick.content_id, aspect=pick.aspect)
    return int(takes.aggregate(last=Max("take"))["last"] or 0)


def _changed(project: Project, content: Content) -> None:
    scenes = list(Scene.objects.filter(content=content).values_list("pk", flat=True))
    flow.touch(project, scenes)
    flow.advance(project, scenes)
