"""Having a picture that is smaller than its film made larger by a model: one more take, which then stands."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.runner.submit import Order, submit
from pipeline.states import LIVE, JobState
from projects import flow, paths
from projects.actions.makers import agree_to, retract_unbegun
from projects.flow.enlarging import STEP, awaits_another, enlarging, enlarging_estimate, enlargings, too_small
from projects.flow.estimates import PriceList
from projects.flow.makers import maker_named, offered_for
from projects.flow.subjects import image_subject
from projects.models import Event, Pick
from projects.states import IllegalMove, LostRace


def enlarge_image(pick: Pick, key: str, *, by: User | None, seen: str, price: str) -> None:
    """Have the standing picture made larger by this maker (a catalogue row's key). `seen` is the code of the take that
    the form showed, `price` the mark of the price that its button showed. Pressed twice, it is bought once.

    Raises IllegalMove, LostRace.
    """
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        if not project.is_active:
            raise IllegalMove(_("The project is canceled. Go on with it first."))
        rows = Pick.objects.select_related("image", "clip", "content__prompt", "content__scene")
        pick = rows.get(pk=pick.pk)
        if pick.image is None or str(pick.image.code) != seen:
            raise LostRace(_("Another take stands now. Look at it again."))
        if awaits_another(pick):
            raise IllegalMove(_("Another take is being drawn. Wait for it, or choose this one."))
        renditions = list(project.renditions.all())
        if not too_small(pick, renditions):
            raise IllegalMove(_("This picture is as large as the film shows it, or it was rejected."))
        if key not in {row.key for row in offered_for(STEP)}:
            raise IllegalMove(_("This model is not offered any more. Choose another one."))
        who = maker_named(key)
        wanted = enlarging(pick.image, renditions, who)
        mine = enlargings(pick)
        retract_unbegun(mine.filter(state__in=(JobState.NEEDS_CONSENT, JobState.PAUSED_BUDGET)))
        if mine.filter(state__in=LIVE, recipe=digest(wanted), take=pick.image.take).exists():
            return
        if mine.filter(state__in=LIVE).exists():
            raise IllegalMove(_("Another take of it is being enlarged. Wait until that is done."))
        agree_to(project, enlarging_estimate(project, pick, renditions, who, PriceList()), by=by, seen=price)
        mine.filter(state=JobState.FAILED).update(dismissed=True)
        data = {"maker": key, "take": pick.image.take, "aspect": pick.aspect}
        Event.objects.create(project=project, verb="larger_image_wanted", by=by, data=data)
        subject = image_subject(pick.content, pick.aspect)
        clips = Job.objects.filter(project=project, step="generate_clip", subject=subject, state__in=LIVE)
        retract_unbegun(clips)  # they are made of the larger picture
        order = Order(STEP, subject, wanted, pick.image.take)
        submit(project.pk, paths.project_place(project), [order])
        flow.touch(project, [pick.content.scene.pk])
