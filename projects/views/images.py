"""The Images board: every picture with its verdict, its takes and its words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from pipeline.media.probe import MAX_IMAGE_BYTES
from pipeline.media.run import MediaError
from pipeline.providers.local.styles import STYLES
from projects.actions import crops, review
from projects.flow.standing import is_kept
from projects.models import CROP, ENLARGED, Event, Image, Pick, Project, Scene
from projects.states import IllegalMove, LostRace
from projects.views import judging, reviews
from projects.views.answers import number
from projects.views.enlarging import enlarge_context
from projects.views.finding import owned_project, owned_scene
from projects.views.new_films import style_choices
from projects.views.prices import bought_again, own_maker, refused_context, upgrades
from projects.views.review_cards import IMAGE
from projects.views.reviews import Desk, decide, owned_pick, owned_take
from projects.views.uploads import saved_picture
from projects.views.worn import Worn

MAX_PROMPT = 4000
PICTURE_ACCEPT = "image/png,image/jpeg,image/webp"


@require_safe
@never_cache
def images(request: HttpRequest, code: UUID) -> HttpResponse:
    """The board, whole; `?aspect=` is the shape, `?show=` the filter."""
    return images_page(request, owned_project(request.user, code))


def images_page(request: HttpRequest, project: Project, *, status: int = 200, refusal: str = "") -> HttpResponse:
    """The board with the style of the whole film; `refusal`: why that could not be changed."""
    style = STYLES.get(project.style)
    film_style = {
        "label": style.label if style else project.style,
        "wished": request.POST.get("style", project.style),
        "choices": style_choices(),
        "refusal": refusal,
    }
    return Desk(request, project, IMAGE).page(status=status, film_style=film_style)


@require_GET
@never_cache
def images_changes(request: HttpRequest, code: UUID) -> HttpResponse:
    """The board's one poll."""
    return reviews.board_changes(request, code, IMAGE)


@require_safe
@never_cache
def image(request: HttpRequest, code: UUID, scene: UUID) -> HttpResponse:
    """One scene's picture, large, with its takes, words and history; a fragment for a script, else a page."""
    row = _scene_of(request, code, scene)
    desk = Desk(request, row.project, IMAGE)
    return _sheet(request, desk, row)


def _scene_of(request: HttpRequest, code: UUID, scene: UUID) -> Scene:
    row = owned_scene(request.user, scene)
    if row.project.code != code:
        raise Http404
    return row


def _sheet(request: HttpRequest, desk: Desk, scene: Scene, *, status: int = 200, **more: Any) -> HttpResponse:
    fragment = request.htmx and status == 200  # type: ignore[attr-defined]  # django-htmx
    context = desk.context() if not fragment else {"project": desk.project, "code": desk.project.code}
    context |= _sheet_context(request, desk, scene) | more
    return render(request, "projects/_image_sheet.html" if fragment else "projects/image.html", context, status=status)


def _sheet_context(request: HttpRequest, desk: Desk, scene: Scene) -> dict[str, Any]:
    card = desk.shelf.card(scene)
    prompt = scene.content.prompt
    stands = card["take"]
    rows = Image.objects.filter(content=scene.content_id, aspect=desk.aspect).order_by("take")
    worn = desk.shelf.worn
    takes = [_take(row, stands, worn, scene) for row in rows]
    other = number(request.GET.get("with"))
    return {
        "kind": IMAGE,
        "card": card,
        "aspect": desk.aspect,
        "image_url": worn.url(stands, scene.content, "image") if stands else "",
        "takes": takes,
        "compared": next((take for take in takes if take["number"] == other and not take["stands"]), None),
        "prompt": prompt,
        "prompt_held": card["held"],
        "max_prompt": MAX_PROMPT,
        "styles": style_choices(),
        "project_style": desk.project.style,
        "refused": refused_context(desk.project, scene),
        "upgrades": upgrades(desk.project, scene, IMAGE, desk.aspect),
        "own_maker": own_maker(desk.project, scene, IMAGE),
        "enlarge": enlarge_context(desk.project, scene, desk.aspect),
        "history": reviews.history(IMAGE, scene.content_id, desk.aspect),
        "accept": PICTURE_ACCEPT,
        "max_bytes": MAX_IMAGE_BYTES,
        "max_megabytes": MAX_IMAGE_BYTES // 2**20,
        "page_url": reviews.board_url(desk.project, IMAGE),
        "neighbors": desk.neighbors(scene),
        "other_shapes": _other_shapes(scene, desk),
    }


def _other_shapes(scene: Scene, desk: Desk) -> list[dict[str, Any]]:
    """The standing pictures of the scene in the film's other shapes, which may be cropped for this one."""
    used = {row.aspect for row in desk.renditions} - {desk.aspect}
    picks = Pick.objects.filter(content=scene.content_id, aspect__in=used, image__isnull=False)
    return [
        {"aspect": pick.aspect, "code": pick.image.code, "thumb_url": desk.shelf.worn.url(pick.image, scene.content)}
        for pick in picks.select_related("image").order_by("aspect")
        if pick.image is not None and pick.image.provider != CROP
    ]


def _take(row: Image, stands: Image | None, worn: Worn, scene: Scene) -> dict[str, Any]:
    return {
        "code": row.code,
        "number": row.take,
        "thumb_url": worn.url(row, scene.content),
        "image_url": worn.url(row, scene.content, "image"),
        "state": {"pending": "review"}.get(row.verdict, row.verdict),
        "style": str(STYLES[row.style].label) if row.style in STYLES else "",
        "upload": row.provider == "upload",
        "cropped": row.provider == CROP,
        "enlarged": ENLARGED in row.how,
        "stands": stands is not None and row.pk == stands.pk,
    }


@require_POST
def image_approve(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.approve(request, code, IMAGE)


@require_POST
def image_reject(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.reject(request, code, IMAGE)


@require_POST
def image_keep(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.keep(request, code, IMAGE)


@require_POST
def image_pick(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.pick(request, code, IMAGE)


@require_POST
def images_approve_all(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.approve_all(request, code, IMAGE)


@require_POST
def image_undo(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.undo(request, code, IMAGE)


@require_POST
def image_retry(request: HttpRequest, code: UUID) -> HttpResponse:
    return judging.retry(request, code, IMAGE)


@require_POST
def image_focus(request: HttpRequest, code: UUID) -> HttpResponse:
    """Move the focal point: x and y in permille, with those that the form showed."""
    scene, take = owned_take(request, code, IMAGE)
    names = ("x", "y", "seen_x", "seen_y")
    given = [request.POST.get(name, "") for name in names]
    if not all(text.isascii() and text.isdigit() and len(text) < 6 for text in given):
        return HttpResponse(_("This form was not complete. Load the page again."), status=400)
    x, y, seen_x, seen_y = (int(text) for text in given)

    def do() -> None:
        review.set_focus(take, x, y, by=_user(request), seen=(seen_x, seen_y))

    return decide(request, scene.project, IMAGE, do, _("The eye goes there now."), scene=scene, aspect=take.aspect)


@require_POST
def image_redraw(request: HttpRequest, code: UUID) -> HttpResponse:
    """Ask for one more take; `seen_take` is the newest that the page showed."""
    scene, pick = owned_pick(request, code)
    seen = number(request.POST.get("seen_take"))

    def do() -> None:
        bought_again(request, pick, IMAGE, lambda: review.redraw_image(pick, by=_user(request), seen_take=seen))

    return decide(request, scene.project, IMAGE, do, _("Drawing another take."), scene=scene, aspect=pick.aspect)


@require_POST
def prompt_edit(request: HttpRequest, code: UUID) -> HttpResponse:
    """Save other words for the picture; `seen_take` is the prompt's that the form showed."""
    scene, pick = owned_pick(request, code)
    text, seen = request.POST.get("text", ""), number(request.POST.get("seen_take"))
    redraw = "redraw" in request.POST

    def do() -> None:
        if len(text) > MAX_PROMPT:
            raise IllegalMove(_("Words for a picture have at most %(count)s letters.") % {"count": MAX_PROMPT})

        def reword() -> None:
            review.reword_image(pick, text, by=_user(request), seen_take=seen, redraw=redraw)

        if redraw or (pick.image is not None and not is_kept(pick, pick.image)):
            bought_again(request, pick, IMAGE, reword)
        else:
            reword()

    return decide(request, scene.project, IMAGE, do, _("Your words are saved."), scene=scene, aspect=pick.aspect)


@require_POST
def style_try(request: HttpRequest, code: UUID) -> HttpResponse:
    """One more take in another style's words; the project keeps its style."""
    scene, pick = owned_pick(request, code)
    style, seen = request.POST.get("style", ""), number(request.POST.get("seen_take"))
    label = STYLES[style].label if style in STYLES else style

    def do() -> None:
        bought_again(request, pick, IMAGE, lambda: review.try_style(pick, style, by=_user(request), seen_take=seen))

    toast = _("Drawing a take in “%(style)s”.") % {"style": label}
    return decide(request, scene.project, IMAGE, do, toast, scene=scene, aspect=pick.aspect)


@require_POST
def image_replace(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let an uploaded picture stand. Refused with the reason beside the file; else back to the board at its card."""
    scene, pick = owned_pick(request, code)
    upload = request.FILES.get("picture")
    try:
        _replace(request, pick, upload)
    except (MediaError, IllegalMove) as error:
        return _sheet_refused(request, scene, pick.aspect, str(error), 422)
    except LostRace as error:
        return _sheet_refused(request, scene, pick.aspect, str(error), 409)
    url = reviews.board_url(scene.project, IMAGE)
    return redirect(f"{url}?aspect={pick.aspect}&card={scene.code}")


@require_POST
def image_crop(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let another shape's picture stand, cropped; `from` is its code, `seen_take` the newest take that was shown."""
    scene, pick = owned_pick(request, code)
    which, seen = request.POST.get("from", ""), number(request.POST.get("seen_take"))
    source = next((row for row in pick.content.images.all() if str(row.code) == which), None)
    if source is None:
        raise Http404

    def do() -> Event:
        return crops.crop_image(pick, source, by=_user(request), seen_take=seen)

    toast = _("Cropped. Drag the focal point to what matters.")
    return decide(request, scene.project, IMAGE, do, toast, scene=scene, aspect=pick.aspect)


def _replace(request: HttpRequest, pick: Pick, upload: Any) -> None:
    asset, probe, thumb = saved_picture(upload, _user(request))
    review.replace_image(
        pick,
        asset,
        by=_user(request),
        width=probe.width,
        height=probe.height,
        thumb_key=thumb,
        focus=(probe.focus_x, probe.focus_y),
        seen_take=number(request.POST.get("seen_take")),
    )


def _sheet_refused(request: HttpRequest, scene: Scene, aspect: str, words: str, status: int) -> HttpResponse:
    project = Project.objects.select_related("transcript", "song__asset").get(pk=scene.project_id)
    return _sheet(request, Desk(request, project, IMAGE, aspect), scene, status=status, upload_error=words)


def _user(request: HttpRequest) -> Any:
    return request.user
