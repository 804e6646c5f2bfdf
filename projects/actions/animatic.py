"""Making the animatic, on demand."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.runner.submit import Order, retract, submit
from pipeline.states import LIVE, JobState
from projects import flow, paths
from projects.flow import animatics
from projects.flow.subjects import animatic_subject
from projects.models import Event, Project
from projects.states import IllegalMove


def make_animatic(project: Project, aspect: str, *, by: User | None) -> Job | None:
    """Put the scenes as they are now on the song; None where the newest animatic shows just that already.

    Raises IllegalMove before there are scenes, in a shape the film is not made in, or while the project is stopped.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        if not project.is_active:
            raise IllegalMove(_("The project is canceled. Go on with it first."))
        if not project.renditions.filter(aspect=aspect).exists():
            raise IllegalMove(_("The film is not made in this shape."))
        wanted = animatics.animatic_input(project, aspect)
        if wanted is None:
            raise IllegalMove(_("There are no scenes yet. The animatic shows them once they are planned."))
        newest = animatics.newest(project, aspect)
        if newest is not None and newest.recipe == digest(wanted) and not animatics.lacks_drawings(project):
            return None
        order = Order(animatics.STEP, animatic_subject(project, aspect), wanted)
        earlier = Job.objects.filter(project=project, step=order.step, subject=order.subject)
        retract(earlier.filter(state__in=LIVE).exclude(recipe=order.recipe))
        earlier.filter(state=JobState.FAILED).update(dismissed=True)
        jobs = submit(project.pk, paths.project_place(project), [order])
        Event.objects.create(project=project, verb="animatic_asked", by=by, data={"aspect": aspect})
        flow.touch(project)
        return jobs[0] if jobs else animatics.job_of(project, aspect)
