"""Refining a finished film, and the looks that people bring along."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.base import File as AnyFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pipeline.media.grades import LOOKS, cube_text, read_cube
from pipeline.media.grades.cube import MAX_BYTES
from pipeline.media.run import MediaError
from pipeline.models import Job
from pipeline.runner.submit import Order, retract, submit
from pipeline.states import LIVE, JobState
from projects import flow, paths
from projects.actions.makers import agree_to, retract_unbegun
from projects.actions.upload import shown_name
from projects.flow import refinements
from projects.flow.makers import maker_named
from projects.flow.refinements import Choices
from projects.models import Asset, Event, FinalVideo, Look, Project, Rendition
from projects.states import IllegalMove, LostRace

MOST_LOOKS = 40


def refine_film(film: FinalVideo, choices: Choices, *, by: User | None, seen: str = "") -> Job | FinalVideo:
    """Make a finer version of this film; the job that does, or the version where it was made just so before.

    A film that is a refined one already is refined from the version that it came from. Where a vendor's model is to
    enlarge it, that is bought first: `seen` is the mark of the price that was shown. Raises IllegalMove in words,
    LostRace where the price is another one now.
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
        if not (choices.upscale and refinements.can_grow(root)):
            choices = replace(choices, upscale_by="")
        enlarged = refinements.enlarged_before(root, choices.upscale_by) if choices.upscale_by else None
        if choices.upscale_by and enlarged is None:
            return _have_enlarged(project, root, choices, by=by, seen=seen)
        enlarging = refinements.jobs_of(root.rendition, refinements.ENLARGING)
        _make_way(enlarging)
        try:
            wanted = refinements.refine_input(root, choices, enlarged)
        except (Look.DoesNotExist, Asset.DoesNotExist) as error:
            raise IllegalMove(_("What you chose is not there any more. Choose again.")) from error
        order = Order(refinements.STEP, refinements.subject(root.rendition), wanted)
        made = FinalVideo.objects.filter(rendition=root.rendition, recipe=order.recipe).first()
        if made is not None:
            _let_stand(made, by)
            return made
        earlier = refinements.jobs_of(root.rendition, order.step)
        retract(earlier.filter(state__in=LIVE).exclude(recipe=order.recipe))
        earlier.filter(state=JobState.FAILED).update(dismissed=True)
        enlarging.filter(state=JobState.FAILED).update(dismissed=True)
        jobs = submit(project.pk, paths.project_place(project), [order])
        Event.objects.create(project=project, verb="refinement_asked", by=by, data={"version": root.version})
        flow.touch(project)
        return jobs[0] if jobs else earlier.filter(state__in=LIVE).latest("pk")


def _make_way(enlarging: QuerySet[Job]) -> None:
    """Take back what nobody was asked for yet. Raises IllegalMove where a vendor is at work: that is paid for."""
    retract_unbegun(enlarging)
    if enlarging.filter(state__in=LIVE).exists():
        raise IllegalMove(
            _("A model is enlarging this film already, which is paid for. Wait until it is there, or cancel it first.")
        )


def _have_enlarged(project: Project, root: FinalVideo, choices: Choices, *, by: User | None, seen: str) -> Job:
    """Buy the enlargement; the refinement goes on from it by itself. Pressed twice, it is bought once, and what was
    chosen last is done.
    """
    if not refinements.is_offered(root, choices.upscale_by):
        raise IllegalMove(_("This model is not offered any more. Choose another one."))
    if choices != refinements.still_there(choices, project.owner_id):
        raise IllegalMove(_("What you chose is not there any more. Choose again."))
    order = Order(
        refinements.ENLARGING, refinements.subject(root.rendition), refinements.enlarging_input(root, choices)
    )
    mine, who = refinements.jobs_of(root.rendition, refinements.ENLARGING), maker_named(choices.upscale_by)
    same = mine.filter(state__in=LIVE, recipe=order.recipe, provider=who.provider, model=who.model)
    alive = same.exclude(state=JobState.NEEDS_CONSENT).first()
    if alive is not None:
        Job.objects.filter(pk=alive.pk).update(input={**alive.input, "then": asdict(choices)})
        return alive
    _make_way(mine)
    agree_to(project, refinements.enlarging_estimate(root, choices), by=by, seen=seen)
    refining = refinements.jobs_of(root.rendition, refinements.STEP)
    retract(refining.filter(state__in=LIVE))
    for rows in (mine, refining):
        rows.filter(state=JobState.FAILED).update(dismissed=True)
    data = {"version": root.version, "maker": choices.upscale_by}
    Event.objects.create(project=project, verb="enlargement_bought", by=by, data=data)
    jobs = submit(project.pk, paths.project_place(project), [order])
    flow.touch(project)
    return jobs[0]


def refine_again(rendition: Rendition, *, by: User | None, seen: int, price: str | None = None) -> Job | FinalVideo:
    """Refine the film that stands as the last refined version was made. `seen` is the version that the button named,
    `price` the mark of the price that it showed; without one nothing is bought, and this server enlarges it.

    Raises IllegalMove where there is nothing to repeat, LostRace where another film or another price stands by now.
    """
    rendition = Rendition.objects.select_related("final", "project").get(pk=rendition.pk)
    if rendition.final is None or rendition.final.version != seen:
        raise LostRace(_("Another version stands by now. Look at it first."))
    found = refinements.again(rendition)
    if found is None:
        raise IllegalMove(_("There is no refinement to repeat for this version."))
    choices = found.choices if price is not None else replace(found.choices, upscale_by="")
    return refine_film(found.film, choices, by=by, seen=price or "")


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
        jobs = refinements.jobs_of(film.rendition)
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
