"""How one clip moves and how it is bought: its price is known, and agreed to, before it is saved."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import get_args

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.motion import Camera
from pipeline.models import Job
from projects import flow
from projects.actions import verdicts
from projects.actions.makers import agree_to, retract_unbegun
from projects.actions.review import want_clip
from projects.flow.estimates import Estimate, PriceList
from projects.flow.subjects import image_subject
from projects.flow.upgrades import clip_wishes
from projects.models import FPS, Event, Pick, Quality, Scene
from projects.states import IllegalMove, LostRace

CAMERAS: tuple[str, ...] = get_args(Camera)


@dataclass(frozen=True)
class ClipSettings:
    """What is decided for one clip alone. `camera` "" is the scene's own, `strength` None follows the mood.

    `seconds` (0: the whole slot) and `quality` are for hosted models; what is made on this server has any length.
    """

    camera: str = ""
    strength: int | None = None
    seconds: int = 0
    quality: str = Quality.FINAL

    @classmethod
    def of(cls, pick: Pick) -> ClipSettings:
        return cls(pick.clip_camera, pick.clip_strength, pick.clip_seconds, pick.clip_quality)

    @property
    def mark(self) -> str:
        """What the form posts to say which settings it showed."""
        strength = "" if self.strength is None else self.strength
        return f"{self.camera}:{strength}:{self.seconds}:{self.quality}"

    def on(self, pick: Pick) -> Pick:
        """A copy of the row, not saved, as if these were its settings."""
        wanted = copy.copy(pick)
        wanted.clip_camera, wanted.clip_strength = self.camera, self.strength
        wanted.clip_seconds, wanted.clip_quality = self.seconds, self.quality
        return wanted


def next_take(pick: Pick, settings: ClipSettings) -> Estimate:
    """What the next take of this clip costs at worst with these settings. Raises IllegalMove."""
    _check_settings(pick, settings)
    project = pick.content.project
    return PriceList().estimate(clip_wishes(project, pick.content, settings.on(pick)))


def makes_take(pick: Pick, settings: ClipSettings) -> bool:
    """Whether these settings make a take by themselves: another camera or strength does, once there is a clip."""
    return pick.clip_id is not None and (settings.camera, settings.strength) != (pick.clip_camera, pick.clip_strength)


def set_clip(pick: Pick, settings: ClipSettings, *, by: User | None, seen: str, price: str = "") -> None:
    """Decide how one clip moves. `seen` is the mark of the settings that the form showed, `price` that of the price of
    the take that they make.

    Another camera or strength makes a new take; seconds and quality are kept for hosted models. Raises LostRace where
    the settings or the price are others now; then nothing is saved.
    """
    _check_settings(pick, settings)
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        pick = Pick.objects.select_related("clip", "image", "content__prompt", "content__scene").get(pk=pick.pk)
        old = ClipSettings.of(pick)
        if old.mark != seen:
            raise LostRace(_("These settings were changed meanwhile. Look at them again."))
        if settings == old:
            return
        another = makes_take(pick, settings)
        if another:
            agree_to(project, next_take(pick, settings), by=by, seen=price)
        pick = settings.on(pick)
        pick.save(update_fields=["clip_camera", "clip_strength", "clip_seconds", "clip_quality"])
        Event.objects.create(project=project, verb="clip_set", by=by, data={"settings": settings.mark})
        if another:
            want_clip(pick)
        if (settings.seconds, settings.quality) != (old.seconds, old.quality):  # what is asked for is priced by them
            subject = image_subject(pick.content, pick.aspect)
            retract_unbegun(Job.objects.filter(project=project, step="generate_clip", subject=subject))
        verdicts.changed(project, [pick.content_id])


def _check_settings(pick: Pick, settings: ClipSettings) -> None:
    scene = Scene.objects.filter(content=pick.content_id).first()
    longest = -(-scene.frames // FPS) if scene is not None else 0
    if settings.camera and settings.camera not in CAMERAS:
        raise IllegalMove(_("There is no such camera move."))
    if settings.strength is not None and not 0 <= settings.strength <= 100:
        raise IllegalMove(_("The strength is between 0 and 100 percent."))
    if not 0 <= settings.seconds <= longest:
        raise IllegalMove(_("This scene is %(seconds)s seconds long at most.") % {"seconds": longest})
    if settings.quality not in Quality.values:
        raise IllegalMove(_("There is no such quality."))
