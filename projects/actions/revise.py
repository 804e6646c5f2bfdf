"""Changing one scene by a few words."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.providers.local.revising import CannotRevise, SceneWords, revised_words
from projects import flow
from projects.actions.places import Place, places_of
from projects.actions.scene_history import put
from projects.actions.scenes import check_seen, index_of, plain_line
from projects.actions.verdicts import newest_take
from projects.flow import inputs
from projects.flow.makers import maker
from projects.flow.standing import is_kept
from projects.models import Content, Event, Pick, Project, Scene
from projects.states import IllegalMove

VERB = "scene_revised"
MAX_LETTERS = 500


@dataclass(frozen=True)
class Allowance:
    """How many changes by words a project may have, and has had. One that was taken back counts all the same."""

    most: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)


def allowance(project: Project) -> Allowance:
    """What is left of the project's changes by words."""
    return Allowance(settings.OMVEE_REVISIONS, Event.objects.filter(project=project, verb=VERB).count())


def revise_scene(scene: Scene, change: str, *, by: User | None, seen: str = "") -> Event:
    """Change what a few words name and make the picture anew, also where it was judged or chosen.

    Where a hosted model writes the prompts, it is told the change as it stands; here rules change one thing at a time.
    Raises IllegalMove in words where it cannot be done, which does not count.
    """
    change = plain_line(change)
    if not change:
        raise IllegalMove(_("Say what should be different, for example “make it night, keep the boat”."))
    if len(change) > MAX_LETTERS:
        raise IllegalMove(_("That is too long: say the change in at most %(count)s letters.") % {"count": MAX_LETTERS})
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        left = allowance(project)
        if not left.left:
            raise IllegalMove(
                _("All %(count)s changes by words of this film are used. The description can still be edited.")
                % {"count": left.most}
            )
        places = places_of(project)
        place = places[index_of(places, scene)]
        check_seen([place], seen)
        after = _revised(project, place, change)
        if after.description != place.description:
            _want_picture(project, place)
        return put(project, VERB, [place], [after], by=by, change=change)


def _revised(project: Project, place: Place, change: str) -> Place:
    content = Content.objects.get(project=project, code=place.content)
    if maker(project, "write_prompts", content).hosted:
        return place.model_copy(update={"description": f"{place.description.rstrip('. ')}. {change}", "edited": True})
    words = SceneWords(
        description=place.description, mood=place.mood, camera=place.camera, palette=inputs.palette(project, content)
    )
    try:
        found = revised_words(words, change, style=project.style)
    except CannotRevise as error:
        raise IllegalMove(str(error)) from error
    return place.model_copy(update={**found.model_dump(), "edited": True})


def _want_picture(project: Project, place: Place) -> None:
    """Who asks for a change wants to see it: words that were written by hand, and pictures that are held, give way."""
    content = Content.objects.select_related("prompt").get(project=project, code=place.content)
    if content.prompt is not None and content.prompt.edited:
        content.prompt = None
        content.save(update_fields=["prompt"])
    for pick in Pick.objects.filter(content=content).select_related("image", "content"):
        if pick.image is not None and is_kept(pick, pick.image):
            pick.image_take, pick.image_chosen, pick.clip_chosen = newest_take(pick, "image") + 1, False, False
            pick.save(update_fields=["image_take", "image_chosen", "clip_chosen"])
