"""Agreeing to spend, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline import budget
from pipeline.models import Job
from pipeline.runner.submit import resume
from projects import flow
from projects.models import Consent, Event, Project
from projects.states import IllegalMove, LostRace


def give_consent(
    project: Project,
    steps: Collection[str],
    ceiling_microusd: int,
    *,
    by: User | None,
    prices: Mapping[str, str] | None = None,
    seen: str = "",
    scenes: int = 0,
) -> Consent:
    """Allow these steps to spend up to the ceiling, and let the work go on that waits for it.

    `prices` (model -> version of its price, see pricebook.price_stamp) is what was agreed to; what waits now counts as
    agreed to as well. `scenes`: for how many it is, where it is for a whole film. `seen` is the version of the
    `budget.outstanding` that was shown: raises LostRace if that is another one now.
    """
    if not steps:
        raise IllegalMove(_("Choose what the money is for."))
    if ceiling_microusd <= 0:
        raise IllegalMove(_("Enter how much may be spent: more than nothing."))
    with transaction.atomic():
        project = flow.lock(project.pk)
        waits = budget.outstanding(project.pk, steps)
        if seen and waits.version != seen:
            raise LostRace(_("What this costs has changed meanwhile. Look at the new sum before you agree to it."))
        consent = Consent.objects.create(
            project=project,
            steps=sorted(steps),
            ceiling_microusd=ceiling_microusd,
            prices={**dict(waits.prices), **(prices or {})},
            by=by,
        )
        resume(Job.objects.filter(project=project, step__in=list(steps)))
        data = {"consent": consent.pk, "steps": consent.steps, "ceiling_microusd": ceiling_microusd, "scenes": scenes}
        Event.objects.create(project=project, verb="consented", by=by, data=data)
        flow.touch(project, project.scenes.values_list("pk", flat=True))
    return consent


def withdraw_consent(consent: Consent, *, by: User | None) -> None:
    """Nothing more is bought on it. What has been sent is paid and kept."""
    with transaction.atomic():
        project = flow.lock(consent.project_id)
        if not Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            return
        Event.objects.create(project=project, verb="consent_withdrawn", by=by, data={"consent": consent.pk})
        flow.touch(project)
