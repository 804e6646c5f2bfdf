"""Prices on the buttons of a board, and what a press on one of them agrees to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.actions.makers import buy_again
from projects.actions.milder import refused_jobs, softening_estimate
from projects.flow import board as boards
from projects.flow.estimates import Estimate, PriceList
from projects.flow.guides import Guides
from projects.flow.makers import chosen, maker, maker_named, offered_for
from projects.flow.spending import uses_vendors
from projects.flow.upgrades import again_wishes, upgrade_estimate
from projects.models import Pick, Project, Scene
from projects.templatetags.ui import at_most
from projects.views.vendor_cards import model_words

STEPS = {"image": "generate_image", "clip": "generate_clip"}


class Prices:
    """What one more take of each scene costs. Nothing is asked where all is made on this server."""

    def __init__(self, guides: Guides, kind: str) -> None:
        self._guides, self._step = guides, STEPS[kind]
        self._list = PriceList() if uses_vendors(guides.project) else None
        self._renditions = list(guides.project.renditions.all()) if self._list else []

    def of(self, scene: Scene, pick: Pick | None, redo_url: str) -> dict[str, Any]:
        """`price` in words, whether it is one, its mark, and the redo button's address, which carries the mark."""
        estimate = Estimate()
        if self._list is not None and pick is not None:
            wishes = again_wishes(self._guides, self._renditions, scene, pick, self._step)
            estimate = self._list.estimate(wishes)
        if estimate.total == 0:
            return {"price": _("free"), "priced": False, "price_mark": "", "redo_url": redo_url}
        return {
            "price": price_text(estimate),
            "price_short": at_most(estimate.total),
            "priced": True,
            "price_mark": estimate.mark,
            "redo_url": f"{redo_url}?price={estimate.mark}",
        }


def price_text(estimate: Estimate) -> str:
    """For example "$0.03 at most"; "free" for nothing, and the truth for what is not known."""
    if estimate.total in (None, 0):
        return at_most(estimate.total)
    return _("%(sum)s at most") % {"sum": at_most(estimate.total)}


def bought_again(request: HttpRequest, pick: Pick, kind: str, do: Callable[[], object]) -> None:
    """Do it, and agree to the price that the button carried. Raises LostRace, IllegalMove."""
    by: Any = request.user
    seen = request.POST.get("price") or request.GET.get("price") or ""
    buy_again(pick, STEPS[kind], do, by=by, seen=seen)


def upgrades(project: Project, scene: Scene, kind: str, aspect: str) -> list[dict[str, Any]]:
    """Who else may make this scene's picture or clip, each with its price and the mark of it."""
    step, board, prices = STEPS[kind], boards.load(project, [scene.pk]), PriceList()
    rows = [row for row in board.scenes if row.pk == scene.pk]
    now = maker(project, step, scene.content)
    keys = [row.key for row in offered_for(step)] + ["local"]
    found = []
    for key in keys if len(keys) > 1 else ():
        estimate = upgrade_estimate(board, rows, {step: key}, [aspect], prices)
        one = maker_named(key)
        label = model_words(one.provider, one.model)
        found.append(
            {
                "value": f"{key} {estimate.mark}",
                "label": label[:1].upper() + label[1:],
                "price": price_text(estimate),
                "seconds": estimate.seconds,
                "now": one == now,
                "known": estimate.is_priced,
            }
        )
    return found


def own_maker(project: Project, scene: Scene, kind: str) -> dict[str, Any]:
    """Who makes this scene's pictures or clips by its own choice, and who makes the film's; {} where they are one."""
    step, own = STEPS[kind], chosen(scene.content.providers, STEPS[kind])
    if not own:
        return {}
    who, film = maker_named(own), maker(project, step)
    words = {"who": model_words(who.provider, who.model), "film": model_words(film.provider, film.model)}
    return words | {"url": reverse("scene-follow", args=[scene.code])}


def refused_context(project: Project, scene: Scene) -> dict[str, Any]:
    """Why a vendor refused this scene, and what milder words cost; {} where none did."""
    job = refused_jobs(project).get(str(scene.content.code))
    if job is None or scene.content.prompt is None:
        return {}
    estimate = softening_estimate(project, scene.content)
    by = maker(project, "soften_prompt")
    return {
        "error": job.error,
        "why": job.error_detail[:300],
        "price": price_text(estimate),
        "priced": estimate.total != 0,
        "mark": estimate.mark,
        "by": model_words(by.provider, by.model),
        "url": reverse("scene-milder", args=[scene.code]),
    }
