"""The Clips board: every scene as it moves, with its verdict, its takes and how its camera goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from projects.actions import review
from projects.actions.clip_settings import ClipSettings, makes_take, next_take, set_clip
from projects.models import FPS, Clip, Pick, Quality, Scene
from projects.states import IllegalMove
from projects.views import judging, reviews
from projects.views.answers import number
from projects.views.cards import media_url
from projects.views.finding import owned_project, owned_scene
from projects.views.prices import bought_again, own_maker, price_text, refused_context, upgrades
from projects.views.rehearsals import sure_page
from projects.views.review_cards import CLIP
from projects.views.reviews import Desk, decide, owned_pick
from projects.views.scene_rows import CAMERA_LABELS

FIELDS = ("aspect", "back", "seen", "camera", "strength", "seconds", "quality")


@require_safe
@never_cache
def clips(request: HttpRequest, code: UUID) -> HttpResponse:
    """The board, whole; `?aspect=` is the shape, `?show=` the filter."""
    return Desk(request, owned_project(request.user, code), CLIP).page()


@require_GET
@never_cache
def clips_changes(request: HttpRequest, code: UUID) -> HttpResponse:
    """The board's one poll."""
    return reviews.board_changes(request, code, CLIP)


@require_safe
@never_cache
def clip(request: HttpRequest, code: UUID, scene: UUID) -> HttpResponse:
    """One scene's clip with a player, its takes, settings and history; a fragment for a script, else a page."""
    row = owned_scene(request.user, scene)
    if row.project.code != code:
        raise Http404
    desk = Desk(request, row.project, CLIP)
    fragment = bool(request.htmx)  # type: ignore[attr-defined]  # django-htmx
    context = desk.context() if not fragment else {"project": desk.project, "code": desk.project.code}
    context |= _sheet_context(request, desk, row)
    return render(request, "projects/_clip_sheet.html" if fragment else "projects/clip.html", context)


def _sheet_context(request: HttpRequest, desk: Desk, scene: Scene) -> dict[str, Any]:
    card = desk.shelf.card(scene)
    pick = Pick.objects.filter(content=scene.content_id, aspect=desk.aspect).first()
    rows = Clip.objects.filter(content=scene.content_id, aspect=desk.aspect).select_related("image").order_by("take")
    takes = [_take(desk, scene, row, card["take"]) for row in rows]
    other = number(request.GET.get("with"))
    now = ClipSettings.of(pick) if pick is not None else ClipSettings()
    costs = _price(pick, _shown(now)) if pick is not None else {}
    return costs | {
        "kind": CLIP,
        "card": card,
        "aspect": desk.aspect,
        "takes": takes,
        "compared": next((take for take in takes if take["number"] == other and not take["stands"]), None),
        "settings": now,
        "cameras": list(CAMERA_LABELS.items()),
        "own_camera": CAMERA_LABELS.get(scene.content.camera, scene.content.camera),
        "qualities": Quality.choices,
        "longest_s": -(-scene.frames // FPS),
        "refused": refused_context(desk.project, scene),
        "upgrades": upgrades(desk.project, scene, CLIP, desk.aspect),
        "own_maker": own_maker(desk.project, scene, CLIP),
        "history": reviews.history(CLIP, scene.content_id, desk.aspect),
        "page_url": reviews.board_url(desk.project, CLIP),
        "neighbors": desk.neighbors(scene),
    }


def _shown(now: ClipSettings) -> dict[str, str]:
    """The form's fields as they stand."""
    strength = "" if now.strength is None else str(now.strength)
    return {"camera": now.camera, "strength": strength, "seconds": str(now.seconds), "quality": now.quality}


def _take(desk: Desk, scene: Scene, row: Clip, stands: Clip | None) -> dict[str, Any]:
    shot = desk.shelf.player.shot_of_take(scene, row) if desk.shelf.player else None
    motion = row.motion or {}
    return {
        "code": row.code,
        "number": row.take,
        "thumb_url": desk.shelf.worn.url(row.image, scene.content) if row.image else "",
        "play_url": media_url("shot", shot.code) if shot else "",
        "state": {"pending": "review"}.get(row.verdict, row.verdict),
        "camera": CAMERA_LABELS.get(motion.get("camera", ""), ""),
        "strength": motion.get("strength"),
        "stands": stands is not None and row.pk == stands.pk,
    }


@require_POST
def clip_approve(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.approve(request, code, CLIP)


@require_POST
def clip_reject(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.reject(request, code, CLIP)


@require_POST
def clip_keep(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.keep(request, code, CLIP)


@require_POST
def clip_pick(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.pick(request, code, CLIP)


@require_POST
def clips_approve_all(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.approve_all(request, code, CLIP)


@require_POST
def clip_undo(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.undo(request, code, CLIP)


@require_POST
def clip_retry(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.retry(request, code, CLIP)


@require_POST
def clip_redo(request: HttpRequest, code: UUID) -> HttpResponse:
    """Ask for one more take of the motion; `seen_take` is the newest that the page showed."""
    scene, pick = owned_pick(request, code)
    seen = number(request.POST.get("seen_take"))

    def do() -> None:
        bought_again(request, pick, CLIP, lambda: review.redo_clip(pick, by=_user(request), seen_take=seen))

    return decide(request, scene.project, CLIP, do, _("Making another take."), scene=scene, aspect=pick.aspect)


@require_POST
def clip_set(request: HttpRequest, code: UUID) -> HttpResponse:
    """Decide how this clip moves; `seen` says which settings the form showed, `price` what their take costs. A browser
    without a script is told the price on a page of its own first.
    """
    scene, pick = owned_pick(request, code)
    seen, price = request.POST.get("seen", ""), request.POST.get("price", "")
    if not request.htmx and not price:  # type: ignore[attr-defined]  # django-htmx
        asked = _asked_first(request, scene, pick)
        if asked is not None:
            return asked

    def do() -> None:
        set_clip(pick, _settings(request.POST), by=_user(request), seen=seen, price=price)

    return decide(request, scene.project, CLIP, do, _("Settings saved."), scene=scene, aspect=pick.aspect)


@require_safe
@never_cache
def clip_price(request: HttpRequest, code: UUID) -> HttpResponse:
    """What saving these settings costs, for the button of the form that asks; nothing is saved."""
    _scene, pick = owned_pick(request, code)
    return render(request, "projects/_clip_price.html", _price(pick, request.GET))


def _price(pick: Pick, data: Any) -> dict[str, Any]:
    """`costs`: whether a take is made at once, what it or the next one costs in words, its mark; or what is wrong."""
    try:
        settings = _settings(data)
        estimate = next_take(pick, settings)
    except IllegalMove as error:
        return {"costs": {"wrong": str(error)}}
    again = makes_take(pick, settings)
    costs = {"again": again, "free": estimate.total == 0, "price": price_text(estimate), "seconds": estimate.seconds}
    return {"costs": costs | {"mark": estimate.mark if again and estimate.total != 0 else ""}}


def _asked_first(request: HttpRequest, scene: Scene, pick: Pick) -> HttpResponse | None:
    """The page that tells a price before it is agreed to; None for what costs nothing, or cannot be."""
    costs = _price(pick, request.POST)["costs"]
    if not costs.get("mark"):
        return None
    fields = [(name, request.POST[name]) for name in FIELDS if name in request.POST] + [("price", costs["mark"])]
    question = _("Make another take for %(price)s?") % {"price": costs["price"]}
    text = _("These settings make a new take of the clip. The old one stays until the new one is there.")
    back_url = reverse("clip", args=[scene.project.code, scene.code])
    return sure_page(request, scene.project, question, text, fields, back_url)


def _settings(data: Any) -> ClipSettings:
    """The settings that a form holds. Raises IllegalMove in words."""
    strength = data.get("strength", "").strip()
    seconds = data.get("seconds", "").strip() or "0"
    if not _is_count(seconds) or (strength and not _is_count(strength)):
        raise IllegalMove(_("Strength and seconds are whole numbers."))
    return ClipSettings(
        camera=data.get("camera", ""),
        strength=int(strength) if strength else None,
        seconds=int(seconds),
        quality=data.get("quality") or Quality.FINAL,
    )


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5


def _user(request: HttpRequest) -> Any:
    return request.user
