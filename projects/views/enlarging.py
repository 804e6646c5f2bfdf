"""A picture that is smaller than its film shows, made larger by a model at the price that its button says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.models import Job
from pipeline.states import LIVE, JobState
from projects.actions import enlarging as actions
from projects.flow import inputs
from projects.flow.enlarging import STEP, enlarging_estimate, enlargings, failed_enlarging, moves_again, too_small
from projects.flow.estimates import PriceList
from projects.flow.makers import maker, maker_named, offered_for
from projects.flow.status import STANDING
from projects.models import Pick, Project, Rendition, Scene
from projects.views.acts import act
from projects.views.prices import price_text
from projects.views.review_cards import IMAGE, enlarging_words
from projects.views.reviews import board_url, owned_pick
from projects.views.vendor_cards import model_words


def enlarge_context(project: Project, scene: Scene, aspect: str) -> dict[str, Any]:
    """Who may make the standing picture larger, each with its price; what is under way, why the last one failed. {}
    where the picture is large enough or nobody can.
    """
    rows = Pick.objects.select_related("image", "clip", "content__prompt", "content__scene")
    pick = rows.filter(content=scene.content_id, aspect=aspect).first()
    models = offered_for(STEP)
    if pick is None or pick.image is None:
        return {}
    live, failed = enlargings(pick).filter(state__in=LIVE).order_by("pk").last(), failed_enlarging(pick)
    renditions = list(project.renditions.all())
    wanted = project.is_active and live is None and too_small(pick, renditions)
    if not (live or failed or (models and wanted)):
        return {}
    width, height = inputs.picture_size(renditions, aspect)
    prices = PriceList()
    return {
        "offers": [_offer(project, pick, renditions, row.key, prices) for row in models] if wanted else [],
        "doing": _under_way(live) if live else "",
        "asks": live is not None and live.state == JobState.NEEDS_CONSENT,
        "failed": enlarging_words(failed) if failed and not live else "",
        "seen": str(pick.image.code),
        "size": _pixels(pick.image.width, pick.image.height),
        "film": _pixels(width, height),
        "clip": moves_again(pick) and maker(project, "generate_clip", pick.content, pick).hosted,
        "url": reverse("image-enlarge", args=[scene.code]),
    }


def _under_way(job: Job) -> str:
    """What it waits for, where it does not move; else what becomes of it."""
    if job.state in STANDING or job.held:
        return enlarging_words(job)
    return _("The larger picture takes its place as soon as it is there. This one is kept.")


def _pixels(width: int, height: int) -> str:
    """A size that no line breaks in."""
    return f"{width}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{height}"


def _offer(project: Project, pick: Pick, renditions: list[Rendition], key: str, prices: PriceList) -> dict[str, Any]:
    who = maker_named(key)
    estimate = enlarging_estimate(project, pick, renditions, who, prices)
    return {
        "value": f"{key} {estimate.mark}",
        "label": model_words(who.provider, who.model),
        "price": price_text(estimate),
        "seconds": estimate.seconds,
        "known": estimate.is_priced,
    }


@act
def image_enlarge(request: HttpRequest, code: UUID) -> HttpResponse:
    """`maker` is the key and, after a blank, the mark of its price; `seen` is the code of the take that was shown."""
    scene, pick = owned_pick(request, code)
    key, _blank, price = request.POST.get("maker", "").partition(" ")
    by: Any = request.user
    if not key:
        return HttpResponse(_("This form was not complete. Load the page again."), status=400)
    actions.enlarge_image(pick, key, by=by, seen=request.POST.get("seen", ""), price=price)
    messages.success(request, _("The picture is being made larger. The one that you have stays until it is there."))
    return redirect(f"{board_url(scene.project, IMAGE)}?aspect={pick.aspect}#card-{scene.code}")
