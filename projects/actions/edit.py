"""Changing what was decided. Every edit rebuilds exactly what hangs on it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.models import Job
from pipeline.providers.local.styles import STYLES
from pipeline.states import JobState
from projects import flow
from projects.actions.ideas import plain_text
from projects.flow.numbers import last_number
from projects.flow.subjects import works_on_content
from projects.models import Content, Event, Project, Prompt, Scene
from projects.states import IllegalMove, LostRace


def edit_prompt(content: Content, text: str, *, by: User | None, seen_take: int) -> Prompt:
    """A new take of the picture's words. An unjudged picture is made again; a judged one is held."""
    text = plain_text(text)
    if not text:
        raise IllegalMove(_("Write what the picture should show."))
    with transaction.atomic():
        project = flow.lock(content.project_id)
        content = Content.objects.select_related("prompt").get(pk=content.pk)
        old = content.prompt
        if old is None or old.take != seen_take:
            raise LostRace(_("This prompt has changed meanwhile. Look at it again before you save."))
        content.prompt = Prompt.objects.create(
            content=content,
            take=last_number(content.prompts) + 1,
            recipe=old.recipe,
            text=text,
            negative=old.negative,
            motion=old.motion,
            edited=True,
        )
        content.save(update_fields=["prompt"])
        Event.objects.create(project=project, verb="prompt_edited", by=by)
        # other words are the answer to what was refused for these
        failed = Job.objects.filter(project=project, state=JobState.FAILED, dismissed=False)
        failed.filter(works_on_content(content.code)).update(dismissed=True)
        flow.changed(project, Scene.objects.filter(content=content).values_list("pk", flat=True))
    return content.prompt


def set_style(project: Project, style: str, *, by: User | None, seen: str) -> Event:
    """Another look for the whole film: prompts are written anew, except those that a person has edited.

    `seen` is the style that the person was shown. Raises IllegalMove in words, LostRace where the film has another
    style by now.
    """
    if style not in STYLES:
        raise IllegalMove(_("There is no style called “%(style)s”.") % {"style": style})
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.style != seen:
            raise LostRace(_("The film has got another style meanwhile. Look at it again."))
        if project.style == style:
            raise IllegalMove(_("The film is in this style already."))
        project.style = style
        project.save(update_fields=["style"])
        event = Event.objects.create(project=project, verb="style_changed", by=by, data={"style": style})
        flow.changed(project, None)
    return event
