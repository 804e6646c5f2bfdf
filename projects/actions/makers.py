"""Who makes what, and agreeing to its price. A choice alone spends nothing: it needs consent to a sum that was seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pipeline import pricebook
from pipeline.models import Attempt, Job
from pipeline.runner.submit import retract
from pipeline.states import OPEN_OR_PAID, JobState
from projects import flow
from projects.actions import verdicts
from projects.actions.consent import give_consent
from projects.flow import board as boards
from projects.flow import spending
from projects.flow.asking import expected_scenes
from projects.flow.estimates import Estimate, PriceList
from projects.flow.guides import Guides
from projects.flow.makers import CAPABILITIES, LOCAL, PER_SCENE, offered_for
from projects.flow.subjects import image_subject, works_on_content
from projects.flow.upgrades import again_wishes, upgrade_estimate
from projects.models import Consent, Content, Event, Pick, Project, Scene
from projects.states import IllegalMove, LostRace

_FOR_A_PERSON = (JobState.NEEDS_CONSENT, JobState.PAUSED_BUDGET)


def checked_choices(choices: Mapping[str, str], kept: Collection[str] = ()) -> dict[str, str]:
    """step -> maker, hosted ones alone. `kept`: keys that stand already and may stay. Raises IllegalMove in words."""
    found = {}
    for step, key in choices.items():
        if step not in CAPABILITIES:
            raise IllegalMove(_("Nobody can be chosen for this step."))
        if key in ("", LOCAL):
            continue
        if key not in kept and key not in {row.key for row in offered_for(step)}:
            raise IllegalMove(_("This model is not offered any more. Choose another one."))
        found[step] = key
    return found


def choose_makers(project: Project, choices: Mapping[str, str], *, fallback: bool, by: User | None) -> None:
    """Say who makes what from now on; what is made already stays. Nothing is spent before a consent.

    Work that waits for its price is asked of the new maker, and failures of the steps that change are tried again.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        old = dict(project.providers)
        project.providers = checked_choices(choices, set(old.values()))
        project.fallback = fallback
        project.save(update_fields=["providers", "fallback"])
        steps = [step for step in CAPABILITIES if _said(old, step) != _said(project.providers, step)]
        _ask_anew(project, Q(step__in=steps))
        Event.objects.create(project=project, verb="makers_chosen", by=by, data={"makers": project.providers})
        flow.touch(project, project.scenes.values_list("pk", flat=True))
        flow.advance(project)


def _said(choices: Mapping[str, str], step: str) -> str:
    return choices.get(step) or choices.get(CAPABILITIES[step]) or LOCAL


def _ask_anew(project: Project, which: Q) -> None:
    """Take back what was not begun, and answer failures: another maker is about to be asked."""
    jobs = Job.objects.filter(which, project=project)
    retract_unbegun(jobs)
    jobs.filter(state=JobState.FAILED, dismissed=False).update(dismissed=True)


def retract_unbegun(jobs: QuerySet[Job]) -> None:
    """Take back what waits for its turn or for a person, and what runs but has sent nothing to its vendor yet. What has
    bought a part already and only waits for its turn goes on: that part would be paid for nothing.

    Under the project's lock, as every intent is written: what is taken back here can send nothing any more.
    """
    attempts = Attempt.objects.filter(job__in=jobs, state__in=OPEN_OR_PAID).values("job")
    bought = attempts.exclude(estimate_microusd=0, cost_microusd=0)
    waits = Q(state__in=_FOR_A_PERSON) | Q(state=JobState.QUEUED) & ~Q(pk__in=bought)
    unsent = Q(state=JobState.RUNNING) & ~Q(provider="") & ~Q(pk__in=attempts)
    retract(jobs.filter(waits | unsent))


def follow_film(content: Content, step: str, *, by: User | None) -> None:
    """Have this scene's pictures or clips made from now on by whoever makes the film's. Nothing that is made becomes
    stale, and nothing is bought.
    """
    if step not in PER_SCENE:
        raise IllegalMove(_("Nobody can be chosen for this step."))
    with transaction.atomic():
        project = flow.lock(content.project_id)
        content = Content.objects.get(pk=content.pk)
        kept = {name: key for name, key in content.providers.items() if name not in (step, CAPABILITIES[step])}
        if kept == content.providers:
            return
        content.providers = kept
        content.save(update_fields=["providers"])
        _ask_anew(project, works_on_content(content.code) & Q(step=step))
        Event.objects.create(project=project, verb="film_followed", by=by, data={"step": step})
        verdicts.changed(project, [content.pk])


def agree(project: Project, *, by: User | None, seen: str) -> Consent | None:
    """Agree to all that the film still has to buy, at the prices that were shown. `seen`: the estimate's mark."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        estimate = spending.remaining(project)
        scenes = expected_scenes(project, estimate)
        consent = agree_to(project, estimate, by=by, seen=seen, scenes=scenes)
        flow.advance(project)
    return consent


def agree_to(project: Project, estimate: Estimate, *, by: User | None, seen: str, scenes: int = 0) -> Consent | None:
    """Consent to this sum, if it is the one that was seen. None for what costs nothing. `scenes` as in `give_consent`.

    Raises IllegalMove where a price is not known, LostRace where the sum is another one now.
    """
    if not estimate.is_priced:
        unknown = next(part for part in estimate.parts if part.microusd is None)
        raise IllegalMove(
            _("The price of %(model)s is not known, so nothing is bought. Ask the operator to enter it.")
            % {"model": unknown.model or unknown.provider}
        )
    if estimate.microusd == 0:
        return None
    if seen != estimate.mark:
        raise LostRace(_("What this costs has changed meanwhile. Look at the new sum before you agree to it."))
    prices = estimate.prices | (_stand_ins(estimate) if project.fallback else {})
    return give_consent(project, estimate.steps, estimate.microusd, by=by, prices=prices, scenes=scenes)


def _stand_ins(estimate: Estimate) -> dict[str, str]:
    """Prices of the models that may stand in for those agreed to."""
    capabilities = {CAPABILITIES[step] for step in estimate.steps}
    rows = [row for capability in capabilities for row in pricebook.offered(capability)]
    stamps = (pricebook.price_stamp(row.provider, row) for row in rows if row.price_microusd is not None)
    return dict(stamp.rpartition("@")[::2] for stamp in stamps)


def upgrade_scenes(
    project: Project,
    scenes: Sequence[Scene],
    choices: Mapping[str, str],
    *,
    by: User | None,
    seen: str,
    aspects: Collection[str] = (),
) -> Estimate:
    """Have these scenes made again by the makers chosen (step -> maker), which stays their choice; the old takes stay.

    One press agrees to the price and starts: `seen` is the mark of the estimate that was shown. Raises IllegalMove,
    LostRace.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        board = boards.load(project, None)
        wanted = {scene.pk for scene in scenes}
        rows = [scene for scene in board.scenes if scene.pk in wanted]
        found = checked_choices(choices)
        makers = {step: found.get(step, LOCAL) for step in choices}
        if not rows or not makers or not set(makers) <= set(PER_SCENE):
            raise IllegalMove(_("Choose what is to be made again, and by whom."))
        shapes = list(aspects) or board.aspects
        estimate = upgrade_estimate(board, rows, makers, shapes, PriceList())
        agree_to(project, estimate, by=by, seen=seen)
        contents = [_wanted_again(scene.content, makers, shapes) for scene in rows]
        data = {"makers": makers, "scenes": [str(scene.code) for scene in rows], "microusd": estimate.microusd}
        Event.objects.create(project=project, verb="scenes_upgraded", by=by, data=data)
        verdicts.changed(project, contents)
    return estimate


def _wanted_again(content: Content, makers: Mapping[str, str], aspects: Collection[str]) -> int:
    """One more take of the picture or of the clip is wanted, in each of these shapes."""
    content.providers = {**content.providers, **makers}
    content.save(update_fields=["providers"])
    step = "generate_image" if "generate_image" in makers else "generate_clip"
    subjects = [image_subject(content, aspect) for aspect in aspects]
    _ask_anew(content.project, Q(step__in=(step, "generate_clip"), subject__in=subjects))
    for pick in Pick.objects.filter(content=content, aspect__in=aspects):
        kind = "image" if step == "generate_image" else "clip"
        take = max(verdicts.newest_take(pick, kind), getattr(pick, f"{kind}_take") - 1) + 1
        fields = {f"{kind}_take": take, f"{kind}_chosen": False, "clip_chosen": False}
        Pick.objects.filter(pk=pick.pk).update(**fields)
    return content.pk


def buy_again(pick: Pick, step: str, do: Callable[[], object], *, by: User | None, seen: str) -> None:
    """Agree to the price of one more take, and ask for it. `seen` is the mark of the price that the button showed.

    Raises LostRace where it costs something else now, and whatever `do` raises; then nothing is agreed to.
    """
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        pick = Pick.objects.select_related("image", "clip", "content__prompt", "content__scene").get(pk=pick.pk)
        renditions = list(project.renditions.all())
        wishes = again_wishes(Guides(project), renditions, pick.content.scene, pick, step)
        agree_to(project, PriceList().estimate(wishes), by=by, seen=seen)
        do()
