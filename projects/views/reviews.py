"""What the boards of pictures and clips share: the page, the one poll, and the one shape of every answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.actions import verdicts
from projects.actions.review import waiting_clips
from projects.flow.durations import seconds_for
from projects.flow.estimates import Estimate
from projects.flow.spending import remaining, uses_vendors
from projects.flow.status import Status, project_status
from projects.models import Approval, Clip, Event, Image, Pick, Project, Rendition, Scene
from projects.states import IllegalMove, LostRace
from projects.templatetags.ui import takes
from projects.views.animatics import animatic_context, animatic_pace
from projects.views.answers import first_failure, heard_rev, is_idle, load_anew, number, pace
from projects.views.cards import stepper, where_it_waits
from projects.views.finding import owned_project, owned_scene
from projects.views.money import money_context
from projects.views.prices import price_text
from projects.views.review_cards import BUSY, CLIP, IMAGE, ReviewCards, counts_of

PAGES = {IMAGE: "images", CLIP: "clips"}
FILTERS = (
    ("", gettext_lazy("All")),
    ("review", gettext_lazy("To review")),
    ("approved", gettext_lazy("Approved")),
    ("rejected", gettext_lazy("Rejected")),
    ("failed", gettext_lazy("Failed")),
    ("busy", gettext_lazy("Busy")),
)


class Desk:
    """A board as one request sees it: the project, the shape that is looked at, and what everything on it says."""

    def __init__(self, request: HttpRequest, project: Project, kind: str, aspect: str = "") -> None:
        self.request, self.project, self.kind = request, project, kind
        self.renditions = list(project.renditions.order_by("pk"))
        self.rendition = self._chosen(aspect or request.POST.get("aspect") or request.GET.get("aspect") or "")
        self.status: Status = project_status(project)
        self.shelf = ReviewCards(project, self.rendition, kind, self.status)
        self.cards = self.shelf.cards()
        self.animatic = animatic_context(project, self.aspect) if kind == IMAGE else None

    @property
    def aspect(self) -> str:
        return self.rendition.aspect

    def _chosen(self, aspect: str) -> Rendition:
        return next((row for row in self.renditions if row.aspect == aspect), self.renditions[0])

    def context(self) -> dict[str, Any]:
        """What every fragment of a board is given."""
        counts = counts_of(self.cards)
        shown = self.request.GET.get("show", "")
        return {
            "project": self.project,
            "code": self.project.code,
            "status": self.status,
            "stepper": stepper(self.project, self.status),
            "here": PAGES[self.kind],
            "kind": self.kind,
            "aspect": self.aspect,
            "page_url": board_url(self.project, self.kind),
            "show": shown if shown in counts else "",
            "filters": [{"name": name, "label": label, "count": counts[name]} for name, label in FILTERS],
            "cards": self.cards,
            "pulse": self._pulse(counts),
            "dock": self._dock(counts),
            "failed_job": first_failure(self.project),
            "money": money_context(self.project),
            "animatic": self.animatic,
        }

    def _pulse(self, counts: dict[str, int]) -> dict[str, Any]:
        every_s = pace(self.project, self.status)
        if self.animatic is not None:
            every_s = animatic_pace(self.animatic, every_s)
        query = {"since": self.project.rev, "every": every_s, "aspect": self.aspect, "scenes": len(self.cards)}
        url = reverse(f"{PAGES[self.kind]}-changes", args=[self.project.code])
        done = sum(1 for card in self.cards if card["take"] is not None and card["state"] not in BUSY)
        return {
            "url": f"{url}?{urlencode(query)}",
            "every_s": every_s,
            "busy": self.status.busy,
            "message": self.status.message,
            "eta_s": self.status.eta_s,
            "waits_at": where_it_waits(self.project, self.status),
            "done": done,
            # later work is not counted in pictures that are all there
            "total": len(self.cards) if counts["busy"] or done < len(self.cards) else 0,
            "working": counts["busy"],
        }

    def _dock(self, counts: dict[str, int]) -> dict[str, Any]:
        """What is decided, what the next step costs and takes, and the one button."""
        waiting = self._waiting()
        total = sum(1 for card in self.cards if card["state"] != "skipped")
        left = total - counts["approved"]
        if self.kind == IMAGE:
            seconds = seconds_for(self.project, {"render_shot": total})
        else:
            seconds = seconds_for(self.project, {"assemble_video": len(self.renditions)})
        return {
            "approved": counts["approved"],
            "total": total,
            "waiting": len(waiting),
            "mark": verdicts.mark_of(waiting),
            "all": total > 0 and left == 0,
            "seconds": seconds,
            "price": self._clips_price() if self.kind == IMAGE else "",
            "autopilot": self.project.autopilot,
            "next_url": next_url(self.project, self.kind),
        }

    def neighbors(self, scene: Scene) -> list[tuple[str, str, str, str]]:
        """The ways from a scene's sheet to those before and after it: name, address ("" at an end), icon, words."""
        at = next(index for index, card in enumerate(self.cards) if card["code"] == scene.code)
        ways = (
            ("before", at - 1, "arrow-left", _("The scene before (left arrow)")),
            ("after", at + 1, "arrow-right", _("The next scene (right arrow)")),
        )
        shown = range(len(self.cards))
        return [(way, self.cards[to]["url"] if to in shown else "", name, label) for way, to, name, label in ways]

    def _clips_price(self) -> str:
        """What the clips that follow cost at worst and take, in words; "" where they are made here."""
        if not uses_vendors(self.project):
            return ""
        parts = [part for part in remaining(self.project).parts if part.step == "generate_clip"]
        estimate = Estimate(tuple(parts))
        return f"{price_text(estimate)}, {takes(estimate.seconds)}" if parts else ""

    def _waiting(self) -> list[verdicts.Judged]:
        if self.kind == IMAGE:
            return verdicts.waiting_takes(self.project, IMAGE, self.aspect)
        return waiting_clips(self.project, self.aspect, self.shelf.player)

    def page(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """The board, whole, with `more` than every board is given."""
        shapes = list(dict.fromkeys(row.aspect for row in self.renditions))
        card = self.request.GET.get("card", "")
        context = self.context() | {"rendition": self.rendition, "shapes": shapes, "focus_card": card} | more
        return render(self.request, f"projects/{PAGES[self.kind]}.html", context, status=status)

    def changes(self, since: int, only: Scene | None = None, status: int = 200) -> HttpResponse:
        """Everything on the board that changed after revision `since`, all out of band; `only`: of one scene's card."""
        changed = [card for card in self.cards if card["rev"] > since or (only and card["code"] == only.code)]
        context = self.context() | {"oob": True, "changed": changed}
        return render(self.request, "projects/_review_changes.html", context, status=status)


def board_url(project: Project, kind: str) -> str:
    return reverse(PAGES[kind], args=[project.code])


def next_url(project: Project, kind: str) -> str:
    """Where the creator goes when a board is decided."""
    return board_url(project, CLIP) if kind == IMAGE else reverse("final", args=[project.code])


def board_changes(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """The board's poll: 204 while nothing changed (one indexed read), else what changed; it sets the pace."""
    if is_idle(request, code):
        return HttpResponse(status=204)
    desk = Desk(request, owned_project(request.user, code), kind)
    if "scenes" in request.GET and number(request.GET["scenes"]) != len(desk.cards):
        return load_anew()  # other scenes
    return desk.changes(number(request.GET.get("since")))


def decide(
    request: HttpRequest,
    project: Project,
    kind: str,
    do: Callable[[], Event | None],
    toast: str,
    *,
    scene: Scene | None = None,
    aspect: str = "",
) -> HttpResponse:
    """Call an action and answer with what changed; a refusal is a 409 with the card as it is now.

    Where the action returns an event, the toast offers to take it back. A browser without a script gets its page again.
    """
    since = heard_rev(request, project)
    try:
        event = do()
    except (IllegalMove, LostRace) as error:
        return _refused(request, project, kind, scene, aspect, str(error))
    if not request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return redirect(_back(request, project, kind, scene, aspect))
    project.refresh_from_db()
    response = Desk(request, project, kind, aspect).changes(since)
    told: dict[str, Any] = {"text": toast}
    if event is not None:
        url = reverse(f"{kind}-undo", args=[project.code])
        told["undo"] = {"url": f"{url}?{urlencode({'aspect': aspect})}", "to": event.data["token"]}
    response["HX-Trigger"] = json.dumps({"toast": told})
    return response


def _refused(
    request: HttpRequest, project: Project, kind: str, scene: Scene | None, aspect: str, words: str
) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return render(request, "refused.html", {"message": words, "status": 409}, status=409)
    project.refresh_from_db()
    since = heard_rev(request, project) if scene is not None else 0
    response = Desk(request, project, kind, aspect).changes(since, only=scene, status=409)
    response["HX-Trigger"] = json.dumps({"toast": {"text": words, "level": "bad"}})
    return response


def _back(request: HttpRequest, project: Project, kind: str, scene: Scene | None, aspect: str) -> str:
    """The page that a form came from: the board at its card, or the scene's own page."""
    query = f"?{urlencode({'aspect': aspect})}" if aspect else ""
    if scene is not None and request.POST.get("back") == "sheet":
        return reverse(kind, args=[project.code, scene.code]) + query
    return board_url(project, kind) + query + (f"#card-{scene.code}" if scene is not None else "")


def owned_pick(request: HttpRequest, code: UUID) -> tuple[Scene, Pick]:
    """The scene and the pick of the shape that the form names; Http404 where it is not the user's or has none."""
    scene = owned_scene(request.user, code)
    aspect = request.POST.get("aspect") or request.GET.get("aspect") or ""
    picks = Pick.objects.select_related("content", "image", "clip").filter(content=scene.content_id)
    pick = picks.filter(aspect=aspect).first()
    if pick is None:
        raise Http404
    return scene, pick


def owned_take(request: HttpRequest, code: UUID, kind: str) -> tuple[Scene, Any]:
    """The scene and the take (Image or Clip) of this code; Http404 where it is not the user's or in no scene."""
    model: Any = Image if kind == IMAGE else Clip
    whose = {"content__project__owner": request.user.pk, "content__project__trashed_at": None}
    take = model.objects.select_related("content__project").filter(code=code, **whose).first()
    scene = Scene.objects.select_related("project", "content").filter(content=take.content_id).first() if take else None
    if take is None or scene is None:
        raise Http404
    return scene, take


def scene_number(scene: Scene) -> int:
    """The scene's place in the film, from 1."""
    return Scene.objects.filter(project=scene.project_id, start_frame__lte=scene.start_frame).count()


def history(kind: str, content: Any, aspect: str) -> list[dict[str, Any]]:
    """Who decided what about which take of a picture or clip, when and why, the newest first."""
    return verdict_rows(kind, Approval.objects.filter(**{f"{kind}__content": content, f"{kind}__aspect": aspect}))


def verdict_rows(kind: str, approvals: QuerySet[Approval]) -> list[dict[str, Any]]:
    """Verdicts for the list of who decided what; `kind` is the field of what was judged."""
    return [
        {
            "verdict": row.verdict,
            "take": getattr(row, kind).take,
            "by": row.by.get_full_name() or row.by.email or row.by.get_username() if row.by else "",
            "at": row.at,
            "reason": row.reason,
        }
        for row in approvals.order_by("-pk").select_related("by", kind)[:50]
    ]
