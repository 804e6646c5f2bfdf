"""The finished film: its renditions, which version stands, and setting going what waits."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline.models import Job
from pipeline.runner.submit import retract
from pipeline.states import LIVE, JobState
from projects import flow
from projects.actions.crops import crop_pictures
from projects.actions.verdicts import keep_all, newest_take
from projects.flow import board as boards
from projects.flow import outlook
from projects.models import Aspect, Captions, Event, FinalVideo, Project, Rendition, Resolution
from projects.states import IllegalMove, LostRace

MOST_RENDITIONS = 8
BEAT_PULSE = 60
"""Percent, where the switch is on."""


def add_rendition(
    project: Project, aspect: str, resolution: str, captions: str, *, by: User | None, crop: bool = False
) -> Rendition:
    """One more shape of the film. Pictures for a new aspect ratio are composed anew, or with `crop` those of the first
    shape are cropped; uploads always are. One that was removed comes back with its pictures, shots and versions.

    Raises IllegalMove where there is one like it already.
    """
    if aspect not in Aspect.values or resolution not in Resolution.values or captions not in Captions.values:
        raise IllegalMove(_("There is no such shape, size or kind of captions."))
    shape = {"aspect": aspect, "resolution": resolution, "captions": captions}
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.renditions.filter(**shape).exists():
            raise IllegalMove(_("You have the film in this shape already."))
        if project.renditions.count() >= MOST_RENDITIONS:
            raise IllegalMove(_("A film has at most %(count)s shapes. Remove one first.") % {"count": MOST_RENDITIONS})
        rendition = Rendition.everything.filter(project=project, **shape).order_by("-removed_at").first()
        if rendition is None:
            rendition = Rendition.objects.create(project=project, **shape)
        else:
            rendition.removed_at = None
            rendition.save(update_fields=["removed_at"])
        first = project.renditions.order_by("pk")[0].aspect
        if aspect != first:
            crop_pictures(project, first, aspect, every=crop)
        Event.objects.create(project=project, verb="rendition_added", by=by, data=shape)
        flow.changed(project, None)
    return rendition


def remove_rendition(rendition: Rendition, *, by: User | None) -> None:
    """Take a shape out of the project, never the last one. Its work ends; what it had is kept and can come back."""
    with transaction.atomic():
        project = flow.lock(rendition.project_id)
        rows = project.renditions.filter(pk=rendition.pk)
        if not rows.exists():
            raise LostRace(_("This shape has been removed meanwhile."))
        if project.renditions.count() == 1:
            raise IllegalMove(_("A film keeps at least one shape."))
        rows.update(removed_at=timezone.now())
        works = Q(subject__endswith=str(rendition.code))
        if not project.renditions.filter(aspect=rendition.aspect).exists():
            works |= Q(subject__startswith="content:", subject__endswith=f":{rendition.aspect}")
        jobs = Job.objects.filter(works, project=project)
        retract(jobs.filter(state__in=LIVE))
        jobs.filter(state=JobState.FAILED).update(dismissed=True)
        Event.objects.create(project=project, verb="rendition_removed", by=by, data={"rendition": str(rendition.code)})
        _changed(project)


def set_captions(rendition: Rendition, captions: str, *, by: User | None, seen: str | None = None) -> None:
    """Other captions, or none: only shots that show some are rendered again. `seen`: those that the form showed."""
    if captions not in Captions.values:
        raise IllegalMove(_("There are no captions of this kind."))
    with transaction.atomic():
        project, rendition = _locked(rendition)
        if seen is not None and seen != rendition.captions:
            raise LostRace(_("The captions have been changed meanwhile. Look at them again."))
        if captions == rendition.captions:
            return
        twin = project.renditions.filter(aspect=rendition.aspect, resolution=rendition.resolution, captions=captions)
        if twin.exists():
            raise IllegalMove(_("There is already a version of the film like this."))
        Rendition.objects.filter(pk=rendition.pk).update(captions=captions)
        Event.objects.create(project=project, verb="captions_changed", by=by, data={"captions": captions})
        flow.changed(project, None)


def set_pulse(rendition: Rendition, pulse: int, *, by: User | None, seen: int | None = None) -> None:
    """How far pictures pulse with the beat, in percent; 0 is off. `seen`: what the button showed."""
    if not 0 <= pulse <= 100:
        raise IllegalMove(_("The beat moves pictures by 0 to 100 percent."))
    with transaction.atomic():
        project, rendition = _locked(rendition)
        if seen is not None and seen != rendition.pulse:
            raise LostRace(_("The beat switch has been changed meanwhile. Look at it again."))
        if pulse == rendition.pulse:
            return
        Rendition.objects.filter(pk=rendition.pk).update(pulse=pulse)
        Event.objects.create(project=project, verb="pulse_changed", by=by, data={"pulse": pulse})
        flow.changed(project, None)


def pick_version(final: FinalVideo, *, by: User | None, seen: int) -> None:
    """Let an older version stand; a newer one does not replace it. `seen`: the version that the page showed as
    standing. The version of everything as it is now is followed again.
    """
    with transaction.atomic():
        project, rendition = _locked(final.rendition)
        if seen != _standing(rendition):
            raise LostRace(_("Another version stands meanwhile. Look at it again."))
        current = outlook.wanted_recipe(boards.load(project, None), rendition)
        newest = rendition.finals.order_by("-version")[0]
        follows = final.recipe == current if current else final.pk == newest.pk
        Rendition.objects.filter(pk=rendition.pk).update(final=final, final_chosen=not follows)
        Event.objects.create(project=project, verb="version_picked", by=by, data={"version": final.version})
        _changed(project)


def follow_newest(rendition: Rendition, *, by: User | None) -> None:
    """Let the newest version stand, and every newer one after it."""
    with transaction.atomic():
        project, rendition = _locked(rendition)
        newest = rendition.finals.order_by("-version").first()
        Rendition.objects.filter(pk=rendition.pk).update(final=newest, final_chosen=False)
        Event.objects.create(project=project, verb="newest_followed", by=by)
        _changed(project)


def rebuild(project: Project, *, by: User | None, seen: str) -> None:
    """Set going all that waits for one word: a halt, failures, pictures and clips that are held but out of date.
    `seen` is the mark of the list that the page showed (`outlook.Standstill.mark`).
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        board = boards.load(project, None)
        waits = outlook.standstill(project, board)
        if seen != waits.mark:
            raise LostRace(_("What is to be rendered has changed meanwhile. Look at the list again."))
        if not waits.any:
            raise IllegalMove(_("Nothing waits: the film is as it should be."))
        if waits.stopped:
            project.stopped_at = None
            project.save(update_fields=["stopped_at"])
        Job.objects.filter(pk__in=waits.failures).update(dismissed=True)
        for pick in waits.held.picture_picks:
            pick.image_take, pick.image_chosen, pick.clip_chosen = newest_take(pick, "image") + 1, False, False
            pick.save(update_fields=["image_take", "image_chosen", "clip_chosen"])
        for pick in waits.held.clip_picks:
            pick.clip_take, pick.clip_chosen = newest_take(pick, "clip") + 1, False
            pick.save(update_fields=["clip_take", "clip_chosen"])
        project.renditions.update(final_chosen=False)
        Event.objects.create(project=project, verb="rebuilt", by=by)
        flow.changed(project, None)


def keep_held(project: Project, *, by: User | None, seen: str) -> Event:
    """Let all held pictures and clips stay for what their scenes say now. `seen` is the mark as for `rebuild`."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        waits = outlook.standstill(project, boards.load(project, None))
        if seen != waits.mark or not waits.held.any:
            raise LostRace(_("What is out of date has changed meanwhile. Look at the list again."))
        return keep_all(project, waits.held.takes, by=by)


def _locked(rendition: Rendition) -> tuple[Project, Rendition]:
    project = flow.lock(rendition.project_id)
    found = project.renditions.select_related("final").filter(pk=rendition.pk).first()
    if found is None:
        raise LostRace(_("This shape has been removed meanwhile."))
    return project, found


def _standing(rendition: Rendition) -> int:
    return rendition.final.version if rendition.final is not None else 0


def _changed(project: Project) -> None:
    """Pages hear of it, and what is due for no scene in particular is looked for."""
    flow.touch(project, project.scenes.values_list("pk", flat=True))
    flow.advance(project, [])
