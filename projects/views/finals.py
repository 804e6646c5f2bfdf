"""What the page of the finished film is given: shapes, what is under way or missing, the film and its chapters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pipeline.media.lyrics.values import Lyrics
from pipeline.media.timeline import ms_at
from projects.actions.final import MOST_RENDITIONS, rebuild
from projects.flow import board as boards
from projects.flow.board import Board
from projects.flow.inputs import profile
from projects.flow.outlook import Failure, Gaps, Outlook, Standstill, blends_beside, gaps, outlooks, standstill
from projects.flow.redrawing import making
from projects.flow.rehearsal import Rehearsal, rehearse, seconds_for
from projects.flow.status import BUSY_WORDS, Status
from projects.flow.versions import Record, pictures, records
from projects.forms import RenditionForm
from projects.models import Aspect, Captions, FinalVideo, Image, Pick, Project, Rendition, Skip
from projects.templatetags.ui import at_most
from projects.views import cards
from projects.views.versions import about_time, numbered, rendition_about, scenes_words

# state of a rendition -> the state that badges know
TAB_STATES = {"working": "running", "failed": "failed", "stopped": "canceled", "done": "done", "waiting": "review"}
MOST_REHEARSED = 12
"""Pictures, clips and shots to be made; each costs the rehearsal about a tenth of a second."""
CAPTION_KINDS = ("vtt", "srt", "lrc", "txt")
# a step at work on some scenes, in words that take them
LIVE_WORDS = {
    "generate_image": gettext_lazy("Drawing %(scenes)s"),
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


def stage_url(project: Project, name: str) -> str:
    """The page of a stage, or the project's where the stage has none."""
    return reverse(name if name in cards.STAGE_PAGES else "project", args=[project.code])


def final_url(rendition: Rendition, version: int = 0) -> str:
    url = f"{reverse('final', args=[rendition.project.code])}?shape={rendition.code}"
    return f"{url}&version={version}" if version else url


def tabs(found: Sequence[Outlook], shown: Rendition) -> list[dict[str, Any]]:
    """One per shape. The state is said only where it is not simply done."""
    return [
        {
            "code": item.rendition.code,
            "aspect": item.rendition.aspect,
            "shape": item.rendition.aspect.replace(":", ""),
            "about": rendition_about(item.rendition).partition(" · ")[2],
            "url": final_url(item.rendition),
            "current": item.rendition.pk == shown.pk,
            "state": TAB_STATES[item.state],
            "percent": item.percent if item.state == "working" else None,
        }
        for item in found
    ]


def live_context(project: Project, status: Status, rendition: Rendition, film: int) -> dict[str, Any]:
    """What the poll keeps up to date: the shapes' states, what is under way, and whether another version is there.

    `film` is the version in the page, 0 for none.
    """
    found = outlooks(project)
    here = next(item for item in found if item.rendition.pk == rendition.pk)
    return {"tabs": tabs(found, rendition), "work": _work(project, here, status), "news": _news(here, film)}


def _news(here: Outlook, film: int) -> dict[str, Any] | None:
    """That another version than the one in the page is there; None where there is nothing to tell."""
    rendition = here.rendition
    newest = rendition.finals.order_by("-version").first()
    standing = rendition.final
    if newest is None or standing is None or not film or here.state == "working":
        return None
    held = rendition.final_chosen and newest.version != standing.version
    target = newest if held else standing
    if target.version == film and not held:
        return None
    return {
        "version": target.version,
        "film": film,
        "standing": standing.version,
        "older": film < target.version,
        "held": held,
        "url": final_url(rendition, target.version if held else 0),
        "watched": target.version == film,
        "newest_url": reverse("rendition-newest", args=[rendition.code]),
    }


def _work(project: Project, here: Outlook, status: Status) -> dict[str, Any]:
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
        words = _(
            "What %(scenes)s should show has changed since you chose the picture, which is kept until you say so."
        )
        parts.append(words % {"scenes": _held_scenes(project, held.pictures, held.picture_picks)})
    if held.clips:
        words = _("The clip of %(scenes)s was chosen by you before something changed; it is kept until you say so.")
        parts.append(words % {"scenes": _held_scenes(project, held.clips, held.clip_picks)})
    return " ".join(parts)


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


def film_context(rendition: Rendition, final: FinalVideo, at_ms: int = 0) -> dict[str, Any]:
    """The player, its tracks, filmstrip, chapters and downloads. What is shown is what this version was made from."""
    record = records([final]).get(final.pk)
    scenes = recorded_scenes(rendition.project, record) if record else _present_scenes(rendition)
    shape = profile(rendition)
    film = cards.media_url("film", final.code)
    return {
        "code": final.code,
        "version": final.version,
        "video_url": f"{film}#t={at_ms / 1000:.3f}" if at_ms else film,
        "poster_url": cards.media_url("poster", final.code) if final.poster_file else "",
        "aspect": rendition.aspect,
        "width": shape.width,
        "height": shape.height,
        "tracks": _tracks(rendition, final, record),
        "downloads": _downloads(final, record),
        "captions": _caption_files(final, record),
        "scenes": scenes,
        "page_url": final_url(rendition, final.version),
    }


def _tracks(rendition: Rendition, final: FinalVideo, record: Record | None) -> list[dict[str, Any]]:
    """Captions are off at first where they are burned in. Chapters are for players that show them."""
    tracks: list[dict[str, Any]] = []
    if final.captions_file:
        burned_in = rendition.captions in (Captions.KARAOKE, Captions.SUBTITLE)
        language = (record.lyrics.language if record else "") or "en"
        url = cards.media_url("captions", final.code)
        tracks.append({"url": url, "lang": language, "label": _("Lyrics"), "default": not burned_in})
    if record:
        chapters = reverse("final-chapters", args=[final.code])
        tracks.append({"url": chapters, "lang": "en", "label": _("Scenes"), "kind": "chapters"})
    return tracks


def _downloads(final: FinalVideo, record: Record | None) -> list[dict[str, Any]]:
    film, poster = cards.media_url("film", final.code), cards.media_url("poster", final.code)
    files = [{"url": f"{film}?download", "label": _("Download the film"), "size_bytes": final.size_bytes}]
    if final.poster_file:
        files.append({"url": f"{poster}?download", "label": _("Poster"), "size_bytes": None})
    return files


def _caption_files(final: FinalVideo, record: Record | None) -> list[dict[str, str]]:
    if record is None or not record.lyrics.lines:
        return []
    return [
        {"url": reverse("final-captions", args=[final.code, kind]), "label": kind.upper()} for kind in CAPTION_KINDS
    ]


def recorded_scenes(project: Project, record: Record) -> list[dict[str, Any]]:
    """The scenes of a version as it was made, with the pictures that they show."""
    images: dict[str, Image] = pictures(project, [record])
    lyrics, scenes = record.lyrics, []
    for number, shot in enumerate(record.shots, 1):
        image = images.get(shot.image)
        start_ms, end_ms = ms_at(shot.start_frame, record.fps), ms_at(shot.end_frame, record.fps)
        scenes.append(
            {
                "number": number,
                "start_ms": start_ms,
                "end_ms": end_ms,
                "section": cards.SECTION_LABELS.get(shot.section, shot.section),
                "words": first_words(lyrics, start_ms, end_ms),
                "thumb_url": cards.media_url("thumb", image.code) if image else "",
            }
        )
    return scenes


def _present_scenes(rendition: Rendition) -> list[dict[str, Any]]:
    """The scenes as they are now, for a version whose record is gone."""
    project = rendition.project
    found = cards.SceneCards(project, rendition).cards(cards.scenes_of(project))
    return [card | {"words": card["lyrics"].split("\n")[0]} for card in found]


def first_words(lyrics: Lyrics, start_ms: int, end_ms: int) -> str:
    """The first line that begins in this stretch; "" for none."""
    lines = (line for line in lyrics.lines if line.end_ms > line.start_ms)
    return next((line.text for line in lines if start_ms <= line.start_ms < end_ms), "")


def add_context(project: Project, rendition: Rendition, form: RenditionForm | None = None) -> dict[str, Any]:
    """The form for one more shape, and how long that takes: pictures in a new aspect ratio are composed or cropped."""
    renditions = list(project.renditions.all())
    used = {item.aspect for item in renditions}
    free = [aspect for aspect in Aspect.values if aspect not in used]
    scenes = project.scenes.count()
    drawn = Counter({"render_shot": scenes, "assemble_video": 1})
    cropped = drawn + Counter({"generate_clip": scenes})
    composed = cropped + Counter({"generate_image": scenes})
    first = free[0] if free else rendition.aspect
    initial = {"aspect": first, "resolution": rendition.resolution, "captions": rendition.captions}
    return {
        "form": form or RenditionForm(initial=initial),
        "full": len(renditions) >= MOST_RENDITIONS,
        "most": MOST_RENDITIONS,
        "scenes": scenes,
        "cropped": about_time(seconds_for(project, cropped)),
        "composed": about_time(seconds_for(project, composed)),
        "rendered": about_time(seconds_for(project, drawn)),
        "used": ", ".join(sorted(used)),
    }


def shape_context(project: Project, rendition: Rendition, beat_pulse: int) -> dict[str, Any]:
    """What may be changed about the shape in the page, and what that renders again."""
    again = Counter({"render_shot": project.scenes.count(), "assemble_video": 1})
    return {
        "captions": Captions.choices,
        "again": about_time(seconds_for(project, again)),
        "on": rendition.pulse > 0,
        "next_pulse": 0 if rendition.pulse else beat_pulse,
        "removable": project.renditions.count() > 1,
    }
