"""What the list of scenes, its timeline and its editor are given, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.timeline import KINDS
from pipeline.providers.local.moods import MOODS
from projects.actions.places import Place, marks, order_mark, place_of, whole_mark
from projects.actions.revise import allowance
from projects.actions.scene_history import last_edit
from projects.actions.scenes import CAMERAS, SHORTEST_SCENE_FRAMES
from projects.flow.guides import Guides
from projects.models import FPS, Project, Rendition, Scene, Skip, Song
from projects.views import cards
from projects.views.guides import GuideCards

CAMERA_LABELS = {
    "push_in": gettext_lazy("Push in"),
    "pull_out": gettext_lazy("Pull out"),
    "pan_left": gettext_lazy("Pan left"),
    "pan_right": gettext_lazy("Pan right"),
    "tilt_up": gettext_lazy("Tilt up"),
    "tilt_down": gettext_lazy("Tilt down"),
    "orbit": gettext_lazy("Orbit"),
    "drift": gettext_lazy("Drift"),
    "hold": gettext_lazy("Hold still"),
}
TRANSITION_LABELS = {
    "cut": gettext_lazy("Cut"),
    "crossfade": gettext_lazy("Crossfade"),
    "dissolve": gettext_lazy("Dissolve"),
    "fade_black": gettext_lazy("Through black"),
    "fade_white": gettext_lazy("Through white"),
    "wipe_left": gettext_lazy("Wipe to the left"),
    "wipe_right": gettext_lazy("Wipe to the right"),
    "slide_left": gettext_lazy("Slide to the left"),
    "slide_right": gettext_lazy("Slide to the right"),
    "slide_up": gettext_lazy("Slide up"),
    "zoom": gettext_lazy("Zoom through"),
    "blur": gettext_lazy("Through a blur"),
}
MOOD_LABELS = {
    "joyful": gettext_lazy("Joyful"),
    "tender": gettext_lazy("Tender"),
    "longing": gettext_lazy("Longing"),
    "melancholy": gettext_lazy("Melancholy"),
    "dark": gettext_lazy("Dark"),
    "furious": gettext_lazy("Furious"),
    "hopeful": gettext_lazy("Hopeful"),
    "dreamy": gettext_lazy("Dreamy"),
    "calm": gettext_lazy("Calm"),
    "nostalgic": gettext_lazy("Nostalgic"),
    "free": gettext_lazy("Free"),
    "euphoric": gettext_lazy("Euphoric"),
    "mysterious": gettext_lazy("Mysterious"),
}
LENGTHS = (6, 9, 12, 15, 18, 24, 30, 45, 60, 90)
"""Frames of a transition that can be chosen."""
PEAK = 127
NO_SCENES = "none"
"""The mark of a page without scenes."""


def work_context(project: Project, rendition: Rendition) -> dict[str, Any]:
    """The list of scenes, whole."""
    scenes = list(cards.scenes_of(project))
    skipped = set(Skip.objects.filter(scene__project=project, undone_at=None).values_list("scene", flat=True))
    places = [place_of(scene, skipped=scene.pk in skipped) for scene in scenes]
    shown = cards.SceneCards(project, rendition).cards(scenes)
    by = GuideCards(Guides(project), rendition.aspect)
    rows = [_row(scenes, places, at, card | _goes_by(by, scenes[at], rendition)) for at, card in enumerate(shown)]
    edit = last_edit(project)
    return {
        "project": project,
        "rows": rows,
        "order": order_mark(places),
        "work_mark": whole_mark(places) if places else NO_SCENES,
        "last_edit": edit.data["undo"] if edit else "",
        "total_frames": scenes[-1].end_frame if scenes else 0,
        "shortest": SHORTEST_SCENE_FRAMES,
    }


def _row(scenes: Sequence[Scene], places: Sequence[Place], at: int, card: dict[str, Any]) -> dict[str, Any]:
    scene, last = scenes[at], at + 1 == len(scenes)
    return card | {
        "start_frame": scene.start_frame,
        "end_frame": scene.end_frame,
        "seconds": round(scene.frames / FPS, 1),
        "description": scene.content.description,
        "mood": MOOD_LABELS.get(scene.content.mood, scene.content.mood),
        "camera": CAMERA_LABELS.get(scene.content.camera, scene.content.camera),
        "cut": scene.transition == "cut",
        "transition": "" if last else TRANSITION_LABELS.get(scene.transition, scene.transition),
        "transition_s": round(scene.transition_frames / FPS, 1),
        "reasoning": scene.content.reasoning,
        "mark": places[at].mark,
        "seen_next": "" if last else marks(places[at : at + 2]),
        "can_split": scene.frames >= 2 * SHORTEST_SCENE_FRAMES,
        "last": last,
        "only": len(scenes) == 1,
    }


def _goes_by(by: GuideCards, scene: Scene, rendition: Rendition) -> dict[str, Any]:
    pick = next((pick for pick in scene.content.picks.all() if pick.aspect == rendition.aspect), None)
    return by.of(scene.content, pick.image if pick else None)


def editor_context(scene: Scene, given: dict[str, str] | None = None) -> dict[str, Any]:
    """The form of one scene, with what is saved or, after a refusal, with what was typed."""
    skipped = Skip.objects.filter(scene=scene, undone_at=None).exists()
    place = place_of(scene, skipped=skipped)
    starts = Scene.objects.filter(project=scene.project_id).order_by("start_frame").values_list("pk", "end_frame")
    order = list(starts)
    now = {name: str(getattr(place, name)) for name in ("description", "mood", "camera", "transition", "caption")}
    now["transition_frames"] = str(place.transition_frames or LENGTHS[2])
    shown = now | (given or {})
    prompt = scene.content.prompt
    return {
        "code": scene.code,
        "number": [pk for pk, _ in order].index(scene.pk) + 1,
        "count": len(order),
        "seen": place.mark,
        "now": now,
        "given": shown,
        "last": order[-1][0] == scene.pk,
        "song_led": scene.project.song_led,
        "allowance": allowance(scene.project),
        "seconds": f"{scene.frames / FPS:.2f}".rstrip("0").rstrip("."),
        "own_prompt": bool(prompt and prompt.edited),
        "moods": _choices(MOOD_LABELS, MOODS, shown["mood"]),
        "cameras": _choices(CAMERA_LABELS, CAMERAS, shown["camera"]),
        "transitions": _choices(TRANSITION_LABELS, KINDS, shown["transition"]),
        "lengths": _lengths(shown["transition_frames"]),
    }


def _choices(labels: dict[str, Any], known: Any, chosen: str) -> list[tuple[str, Any, bool]]:
    names = [*known, *([] if chosen in known else [chosen])]
    return [(name, labels.get(name, name.replace("_", " ").capitalize()), name == chosen) for name in names]


def _lengths(chosen: str) -> list[tuple[int, str, bool]]:
    wanted = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else 0
    frames = sorted({*LENGTHS, *([wanted] if wanted else [])})
    return [(count, f"{count / FPS:.1f}", count == wanted) for count in frames]


def timeline_context(song: Song | None) -> dict[str, Any] | None:
    """The drawing under the timeline: waveform, sections, beats. None until somebody has listened."""
    try:
        heard = song.heard() if song is not None and song.analysis is not None else None
    except ValidationError:
        heard = None
    if song is None or heard is None:
        return None
    length, bars = max(1, heard.duration_ms), set(heard.downbeats_ms)
    return {
        "audio_url": cards.media_url("song", song.asset.code),
        "duration_ms": length,
        "beats": ",".join(str(beat) for beat in heard.beats_ms),
        "wave": _wave(heard),
        "wave_width": len(heard.peaks),
        "ticks": "".join(f"M{beat} {70 if beat in bars else 85}V100" for beat in heard.beats_ms),
        "sections": [
            {
                "name": section.label,
                "label": cards.SECTION_LABELS[section.label],
                "x": f"{100 * section.start_ms / length:.3f}%",
                "width": f"{100 * section.duration_ms / length:.3f}%",
            }
            for section in heard.sections
        ],
    }


def _wave(heard: SongAnalysis) -> str:
    """One upright stroke per peak, mirrored around 50 of 100 units."""
    strokes = []
    for at, peak in enumerate(heard.peaks):
        half = max(0.8, 50 * peak / PEAK)
        strokes.append(f"M{at + 0.5:g} {50 - half:.1f}V{50 + half:.1f}")
    return "".join(strokes)


def cut_marks(rows: Sequence[dict[str, Any]], total_frames: int) -> list[str]:
    """Where the cuts are, in percent of the film, for the drawing that needs no script."""
    return [f"{100 * row['start_frame'] / max(1, total_frames):.3f}%" for row in rows[1:]]


def undo_url(project: Project) -> str:
    return reverse("scenes-undo", args=[project.code])
