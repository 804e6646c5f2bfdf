"""Refining a finished film, and the looks that people bring along."""

from __future__ import annotations

import hashlib

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.base import File as AnyFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.grades import LOOKS, cube_text, read_cube
from pipeline.media.grades.cube import MAX_BYTES
from pipeline.media.run import MediaError
from pipeline.models import Job
from pipeline.runner.submit import Order, retract, submit
from pipeline.states import LIVE, JobState
from projects import flow, paths
from projects.actions.upload import shown_name
from projects.flow import refinements
from projects.flow.refinements import Choices
from projects.models import Asset, Event, FinalVideo, Look, Rendition
from projects.states import IllegalMove, LostRace

MOST_LOOKS = 40


def refine_film(film: FinalVideo, choices: Choices, *, by: User | None) -> Job | FinalVideo:
    """Make a finer version of this film; the job that does, or the version where it was made just so before.

    A film that is a refined one already is refined from the version that it came from. Raises IllegalMove in words.
    """
    if not choices.any:
        raise IllegalMove(_("Choose something to be done to the film."))
    if choices.grade and choices.grade not in LOOKS:
        raise IllegalMove(_("There is no such look."))
    with transaction.atomic():
        project = flow.lock(film.rendition.project_id)
        if not project.is_active:
            raise IllegalMove(_("The project is canceled. Go on with it first."))
        film = FinalVideo.objects.select_related("rendition__project", "refined_from__rendition__project").get(
            pk=film.pk
        )
        root = refinements.root_of(film)
        try:
            wanted = refinements.refine_input(root, choices)
        except (Look.DoesNotExist, Asset.DoesNotExist) as error:
            raise IllegalMove(_("What you chose is not there any more. Choose again.")) from error
        order = Order(refinements.STEP, refinements.subject(root.rendition), wanted)
        made = FinalVideo.objects.filter(rendition=root.rendition, recipe=order.recipe).first()
        if made is not None:
            _let_stand(made, by)
            return made
        earlier = Job.objects.filter(project=project, step=order.step, subject=order.subject)
        retract(earlier.filter(state__in=LIVE).exclude(recipe=order.recipe))
        earlier.filter(state=JobState.FAILED).update(dismissed=True)
        jobs = submit(project.pk, paths.project_place(project), [order])
        Event.objects.create(project=project, verb="refinement_asked", by=by, data={"version": root.version})
        flow.touch(project)
        return jobs[0] if jobs else earlier.filter(state__in=LIVE).latest("pk")


def refine_again(rendition: Rendition, *, by: User | None, seen: int) -> Job | FinalVideo:
    """Refine the film that stands as the last refined version was made. `seen` is the version that the button named.

    Raises IllegalMove where there is nothing to repeat, LostRace where another film stands by now.
    """
    rendition = Rendition.objects.select_related("final", "project").get(pk=rendition.pk)
    if rendition.final is None or rendition.final.version != seen:
        raise LostRace(_("Another version stands by now. Look at it first."))
    found = refinements.again(rendition)
    if found is None:
        raise IllegalMove(_("There is no refinement to repeat for this version."))
    return refine_film(found.film, found.choices, by=by)


def _let_stand(made: FinalVideo, by: User | None) -> None:
    rendition = made.rendition
    rendition.final = made
    rendition.save(update_fields=["final"])
    project = rendition.project
    Event.objects.create(project=project, verb="version_picked", by=by, data={"version": made.version})
    flow.touch(project)


def cancel_refinement(film: FinalVideo, *, by: User | None) -> None:
    """End the work on a finer version of this shape, or put its failure aside."""
    with transaction.atomic():
        project = flow.lock(film.rendition.project_id)
        jobs = Job.objects.filter(project=project, step=refinements.STEP, subject=refinements.subject(film.rendition))
        retract(jobs.filter(state__in=LIVE))
        jobs.filter(state=JobState.FAILED).update(dismissed=True)
        Event.objects.create(project=project, verb="refinement_canceled", by=by)
        flow.touch(project)


def add_look(upload: AnyFile[bytes], name: str, *, by: User) -> Look:
    """Take in a .cube file; kept as we write it. The same one is kept once. Raises MediaError in the user's words."""
    if (upload.size or 0) > MAX_BYTES:
        raise MediaError(_("This look is larger than %(size)s MB, which is the limit.") % {"size": MAX_BYTES >> 20})
    table = read_cube(upload.read())
    title = shown_name(name).rsplit(".", 1)[0][:80] or _("Look")
    data = cube_text(table).encode()
    sha256 = hashlib.sha256(data).hexdigest()
    known = Look.objects.filter(owner=by, sha256=sha256).first()
    if known is not None:
        return known
    if Look.objects.filter(owner=by).count() >= MOST_LOOKS:
        raise MediaError(_("You have %(count)s looks already. Delete one first.") % {"count": MOST_LOOKS})
    look = Look(owner=by, name=title, sha256=sha256)
    look.file = default_storage.save(paths.look_key(by.pk, look.code), ContentFile(data))
    look.save()
    return look


def delete_look(look: Look) -> None:
    """Take it out of the list. Films that were graded with it stay as they are."""
    key = look.file
    look.delete()
    default_storage.delete(key)
