"""The Clips board: every scene as it moves, with its verdict, its takes and how its camera goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from projects.actions import review
from projects.actions.review import ClipSettings
from projects.models import FPS, Clip, Pick, Quality, Scene
from projects.states import IllegalMove
from projects.views import judging, reviews
from projects.views.answers import number
from projects.views.cards import media_url
from projects.views.finding import owned_scene
from projects.views.prices import bought_again, refused_context, upgrades
from projects.views.review_cards import CLIP
from projects.views.reviews import Desk, decide, owned_pick
from projects.views.scene_rows import CAMERA_LABELS


@require_safe
@never_cache
def clips(request: HttpRequest, code: UUID) -> HttpResponse:
    """The board, whole; `?aspect=` is the shape, `?show=` the filter."""
    return reviews.board_page(request, code, CLIP)


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
    return {
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
        "history": reviews.history(CLIP, scene.content_id, desk.aspect),
        "page_url": reviews.board_url(desk.project, CLIP),
    }


def _take(desk: Desk, scene: Scene, row: Clip, stands: Clip | None) -> dict[str, Any]:
    shot = desk.shelf.player.shot_of_take(scene, row) if desk.shelf.player else None
    motion = row.motion or {}
    return {
        "code": row.code,
        "number": row.take,
        "thumb_url": media_url("thumb" if row.image.thumb_file else "image", row.image.code) if row.image else "",
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
    """Decide how this clip moves; `seen` says which settings the form showed."""
    scene, pick = owned_pick(request, code)
    post = request.POST

    def do() -> None:
        strength = post.get("strength", "").strip()
        seconds = post.get("seconds", "").strip() or "0"
        if not _is_count(seconds) or (strength and not _is_count(strength)):
            raise IllegalMove(_("Strength and seconds are whole numbers."))
        settings = ClipSettings(
            camera=post.get("camera", ""),
            strength=int(strength) if strength else None,
            seconds=int(seconds),
            quality=post.get("quality") or Quality.FINAL,
        )
        review.set_clip(pick, settings, by=_user(request), seen=post.get("seen", ""))

    return decide(request, scene.project, CLIP, do, _("Settings saved."), scene=scene, aspect=pick.aspect)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5


def _user(request: HttpRequest) -> Any:
    return request.user
