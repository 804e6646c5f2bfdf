"""What is under way for a film, what it lacks, and what one press would render, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.actions.final import rebuild
from projects.flow import board as boards
from projects.flow.board import Board
from projects.flow.outlook import Failure, Gaps, Held, Outlook, Standstill, blends_beside, gaps, standstill
from projects.flow.redrawing import making
from projects.flow.rehearsal import Rehearsal, rehearse
from projects.flow.status import BUSY_WORDS, Status
from projects.models import Pick, Project, Skip
from projects.templatetags.ui import at_most
from projects.views import cards
from projects.views.versions import about_time, numbered, scenes_words

MOST_REHEARSED = 12
"""Pictures, clips and shots to be made; each costs the rehearsal about a tenth of a second."""
# a step at work on some scenes, in words that take them
LIVE_WORDS = {
    "generate_image": gettext_lazy("Drawing %(scenes)s"),
    "enlarge_image": gettext_lazy("Enlarging %(scenes)s"),
    "generate_clip": gettext_lazy("Setting %(scenes)s in motion"),
    "render_shot": gettext_lazy("Rendering %(scenes)s"),
}
# what is missing: the sentence, the page where it is decided, and what that page's link says
MISSING: dict[str, tuple[Any, str, Any]] = {
    "pictures_rejected": (gettext_lazy("Rejected pictures: %(scenes)s."), "images", gettext_lazy("Images")),
    "pictures_to_review": (gettext_lazy("Pictures that wait for you: %(scenes)s."), "images", gettext_lazy("Images")),
    "pictures": (gettext_lazy("Not drawn yet: %(scenes)s."), "images", gettext_lazy("Images")),
    "clips_rejected": (gettext_lazy("Rejected clips: %(scenes)s."), "clips", gettext_lazy("Clips")),
    "clips_to_review": (gettext_lazy("Clips that wait for you: %(scenes)s."), "clips", gettext_lazy("Clips")),
    "clips": (gettext_lazy("No clip yet: %(scenes)s."), "clips", gettext_lazy("Clips")),
    "shots": (gettext_lazy("Not rendered yet: %(scenes)s."), "", ""),
}


def work(project: Project, here: Outlook, status: Status) -> dict[str, Any]:
    """What is under way, or what stands in the way of the film, for the shape in the page."""
    work: dict[str, Any] = {
        "state": here.state,
        "percent": here.percent,
        "live": live_lines(here) if here.state == "working" else [],
        "failures": [_failure(failure) for failure in _told(here.failures)],
        "skipped": _skipped(project),
        "missing": [],
        "rebuild": None,
        "busy": status.busy,
    }
    if here.state == "working":
        return work
    board = boards.load(project, None)
    lacks = gaps(board, here.rendition)
    waits = standstill(project, board)
    work["missing"] = missing_lines(project, lacks, here.rendition.aspect, everything=not waits.any)
    if waits.any:
        plan = _plan(project, board, waits)
        blends = blends_beside(board, plan.shots)
        work["rebuild"] = {
            "why": _why(project, waits),
            "lines": rebuild_lines(plan, blends) or _nothing_rendered(waits),
            "cost": f"{capfirst(about_time(plan.seconds))}, {at_most(plan.cost_microusd)}",
            "mark": waits.mark,
            "only_failures": not (waits.stopped or waits.held.any),
            "stopped": waits.stopped,
            "keeps": _keeps(waits.held),
            "waits": plan.waits,
        }
    return work


def _plan(project: Project, board: Board, waits: Standstill) -> Rehearsal:
    """What the button would make: tried out, or where it is so much that this takes long, counted."""
    lacks = {item: gaps(board, item) for item in board.renditions}
    held = len(waits.held.picture_picks) + len(waits.held.clip_picks)
    if held + sum(found.to_make for found in lacks.values()) > MOST_REHEARSED:
        return making(board, waits.held, lacks)
    return rehearse(project, lambda: rebuild(project, by=None, seen=waits.mark))


def live_lines(here: Outlook) -> list[dict[str, Any]]:
    """What is being made for this shape, step by step, with the scenes' numbers; `now` is false for what follows."""
    lines = []
    for step, numbers in here.live.items():
        words = LIVE_WORDS.get(step)
        lines.append(
            str(words) % {"scenes": scenes_words(numbers)} if words and numbers else str(BUSY_WORDS.get(step, ""))
        )
    found: list[dict[str, Any]] = [{"text": line, "now": True} for line in lines if line]
    if "assemble_video" not in here.live and "render_shot" in here.live:
        found.append({"text": _("Then the film is joined and checked frame by frame"), "now": False})
    return found


def _told(failures: Sequence[Failure]) -> list[Failure]:
    """The first failure of every scene: more of them have the same cause, and one press answers all."""
    return list({failure.number: failure for failure in reversed(failures)}.values())[::-1]


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "number": failure.number,
        "scene": failure.scene,
        "error": failure.error,
        "what": BUSY_WORDS.get(failure.step, failure.step),
        "drawn": failure.step not in ("generate_image", "write_prompts"),
    }


def _skipped(project: Project) -> list[dict[str, Any]]:
    """Scenes that go without their own clip."""
    skips = dict(Skip.objects.filter(scene__project=project, undone_at=None).values_list("scene", "still"))
    if not skips:
        return []
    rows = project.scenes.order_by("start_frame").values_list("pk", "code")
    return [
        {"number": number, "scene": code, "still": skips[pk]}
        for number, (pk, code) in enumerate(rows, 1)
        if pk in skips
    ]


def missing_lines(project: Project, lacks: Gaps, aspect: str, *, everything: bool) -> list[dict[str, str]]:
    """What is missing, each with where to see to it. Without `everything` only what a person has to decide."""
    if lacks.song and not project.song_led:
        return [_line(_("The music is not there yet."), stage_url(project, "song"), _("Idea and music"))]
    if lacks.song:
        return [_line(_("The song has not been understood yet."), stage_url(project, "song"), _("Song"))]
    if lacks.words or lacks.scenes:
        text = (
            _("The words wait for you: the scenes are planned after them.")
            if lacks.words
            else _("There are no scenes yet.")
        )
        return [_line(text, stage_url(project, "song"), _("Song"))]
    lines = []
    for name, (words, page, label) in MISSING.items():
        numbers = getattr(lacks, name)
        if numbers and (everything or name.endswith(("_rejected", "_to_review"))):
            text = str(words) % {"scenes": scenes_words(numbers)}
            lines.append(_line(text, f"{stage_url(project, page)}?aspect={aspect}" if page else "", str(label)))
    return lines


def _line(text: str, url: str, label: str) -> dict[str, str]:
    return {"text": text, "url": url, "label": label}


def stage_url(project: Project, name: str) -> str:
    """The page of a stage, or the project's where the stage has none."""
    return reverse(name if name in cards.STAGE_PAGES else "project", args=[project.code])


def _why(project: Project, waits: Standstill) -> str:
    """Why nothing goes on by itself."""
    held, parts = waits.held, []
    if waits.stopped:
        parts.append(_("The work was canceled."))
    if waits.failures:
        count = len(waits.failures)
        parts.append(
            ngettext("%(count)s step did not work.", "%(count)s steps did not work.", count) % {"count": count}
        )
    if held.pictures:
        words = _("What %(scenes)s should show has changed since you chose the picture, which stays until you say so.")
        parts.append(words % {"scenes": _held_scenes(project, held.pictures, held.picture_picks)})
    if held.clips:
        words = _("The clip of %(scenes)s was chosen by you before something changed; it stays until you say so.")
        parts.append(words % {"scenes": _held_scenes(project, held.clips, held.clip_picks)})
    return " ".join(parts)


def _keeps(held: Held) -> str:
    """What the button says that lets all of these stay; "" where there are none."""
    if held.clips:
        return _("Keep what stands") if held.pictures else _("Keep the clips")
    return ngettext("Keep the picture", "Keep the pictures", len(held.picture_picks)) if held.pictures else ""


def _held_scenes(project: Project, numbers: Sequence[int], picks: Sequence[Pick]) -> str:
    """The scenes, and of which aspect ratio where the film has more than one."""
    shapes = {item.aspect for item in project.renditions.all()}
    said = scenes_words(numbers)
    return f"{said} ({', '.join(sorted({pick.aspect for pick in picks}))})" if len(shapes) > 1 else said


def rebuild_lines(plan: Rehearsal, blends: Sequence[int]) -> list[str]:
    """The exact list of what one press renders."""
    lines = [_("Plan the scenes, then draw and render all of them")] if plan.plans else []
    if plan.images:
        lines.append(_("Draw %(scenes)s") % {"scenes": scenes_words(plan.images)})
    if plan.waits:
        lines.append(_("Wait for you: what is new is approved on Images and Clips first"))
    if plan.shots:
        lines.append(_("Render %(scenes)s") % {"scenes": scenes_words(plan.shots)})
    if blends:
        said = ngettext("Blend %(count)s transition", "Blend %(count)s transitions", len(blends)) % {
            "count": len(blends)
        }
        where = numbered(blends)
        lines.append(f"{said} ({_('after scene %(numbers)s') % {'numbers': where}})" if where else said)
    if plan.films:
        joined = ngettext(
            "Join the film and check it frame by frame", "Join the film in %(count)s shapes and check each", plan.films
        )
        lines.append(joined % {"count": plan.films})
    return lines


def _nothing_rendered(waits: Standstill) -> list[str]:
    """What a press does that renders nothing of any scene."""
    return [_("Do again what did not work")] if waits.failures else [_("Go on: nothing has to be made")]
