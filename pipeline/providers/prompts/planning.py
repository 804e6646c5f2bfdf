"""Planning with a model: slots are ours and stay ours, what they show is the model's.

Cuts fall on downbeats because the local planner made them; a model is only asked what is seen in each slot. So an
answer with too many, too few, doubled or shuffled scenes can never make a film with a hole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, get_args

from pipeline.media.motion import Motion
from pipeline.media.painting.words import PALETTES
from pipeline.providers.capabilities import LyricReading, PlannedScene, PlanRequest
from pipeline.providers.local.moods import MOODS
from pipeline.providers.local.sentences import CAMERA_PHRASES
from pipeline.providers.local.styles import style_named
from pipeline.providers.prompts import instructions, plain_words, strict_object

MAX_LYRIC = 20_000
DESCRIPTION, REASONING, READING = 400, 240, 400
TOKENS_PER_SCENE, TOKENS_BESIDE = 170, 4000  # some models count their thoughts as well
ENOUGH_PERCENT = 60
"""So many slots have to be filled by the answer for the rest to be filled by rules, without asking again."""

CAMERAS = tuple(name for name in get_args(Motion.model_fields["camera"].annotation) if name in CAMERA_PHRASES)
SCHEMA_NAME = "film_plan"


def planning_schema() -> dict[str, Any]:
    """The answer's shape, strict: every property required, choices from our own lists."""
    scene = {
        "index": {"type": "integer"},
        "description": {"type": "string"},
        "mood": {"type": "string", "enum": list(MOODS)},
        "camera": {"type": "string", "enum": list(CAMERAS)},
        "palette": {"type": "string", "enum": list(PALETTES)},
        "reasoning": {"type": "string"},
    }
    reading = {
        "theme": {"type": "string"},
        "story": {"type": "string"},
        "images": {"type": "array", "items": {"type": "string"}},
    }
    return strict_object(
        {"reading": strict_object(reading), "scenes": {"type": "array", "items": strict_object(scene)}}
    )


def planning_messages(request: PlanRequest, slots: Sequence[PlannedScene]) -> list[dict[str, str]]:
    """The question: our instructions, and the song or the idea as data."""
    energies = request.energy
    song: dict[str, Any] = {
        "title": request.title[:200],
        "look": style_named(request.style).words,
        "seconds": request.duration_ms // 1000,
        "lyric": "\n".join(line.text for line in request.lines)[:MAX_LYRIC],
        "slots": [
            {
                "index": index,
                "seconds": round((slot.end_frame - slot.start_frame) / request.fps, 1),
                "section": slot.section,
                "energy": _energy_words(energies, slot, request.fps),
                "caption" if request.idea else "sung": (slot.caption if request.idea else slot.lyrics)[:600],
            }
            for index, slot in enumerate(slots)
        ],
    }
    if request.idea:
        song = {
            "idea": request.idea[:MAX_LYRIC],
            **{name: song[name] for name in ("title", "look", "seconds", "slots")},
        }
    what = "idea" if request.idea else "song"
    return [
        {"role": "system", "content": instructions("planning")},
        {"role": "user", "content": f"The {what}, as data:\n{json.dumps(song, ensure_ascii=False)}"},
    ]


def _energy_words(energy: Sequence[int], slot: PlannedScene, fps: int) -> str:
    part = energy[slot.start_frame * 10 // fps : max(slot.start_frame * 10 // fps + 1, slot.end_frame * 10 // fps)]
    if not part:
        return "medium"
    mean = sum(part) // len(part)
    return "high" if mean > 650 else "low" if mean < 350 else "medium"


def planning_tokens(slots: int) -> int:
    """How long an answer may be."""
    return TOKENS_BESIDE + TOKENS_PER_SCENE * slots


def planned_scenes(slots: Sequence[PlannedScene], data: dict[str, Any]) -> tuple[tuple[PlannedScene, ...], str]:
    """The scenes with what the model shows in them, and what is wrong with the answer, for the model.

    Of doubled indices the first counts, strange ones are left out. Where few slots are missing, the local planner's
    scene stays; where many are, the answer is a problem.
    """
    found: dict[int, dict[str, Any]] = {}
    entries = data.get("scenes")
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and plain_words(entry.get("description"), DESCRIPTION):
            index = entry.get("index", position)
            if isinstance(index, int) and 0 <= index < len(slots):
                found.setdefault(index, entry)
    if len(found) * 100 < len(slots) * ENOUGH_PERCENT:
        missing = [str(index) for index in range(len(slots)) if index not in found]
        return (), (
            f"It had a usable scene for {len(found)} of {len(slots)} slots. Missing: {', '.join(missing[:40])}. "
            "Give one scene for every slot."
        )
    return tuple(_scene(slot, found.get(index)) for index, slot in enumerate(slots)), ""


def _scene(slot: PlannedScene, entry: dict[str, Any] | None) -> PlannedScene:
    if entry is None:
        return slot
    description = plain_words(entry.get("description"), DESCRIPTION)
    return slot.model_copy(
        update={
            "description": description,
            "mood": _chosen(entry.get("mood"), MOODS, slot.mood),
            "camera": _chosen(entry.get("camera"), CAMERAS, slot.camera),
            "palette": _chosen(entry.get("palette"), PALETTES, slot.palette),
            "reasoning": plain_words(entry.get("reasoning"), REASONING) or slot.reasoning,
            "imagery": description[:80],
        }
    )


def _chosen(value: object, choices: Any, otherwise: str) -> str:
    """The choice meant by a value: endpoints exist that ignore the schema and answer "Push In" or "slow push in"."""
    if not isinstance(value, str):
        return otherwise
    bare = value.strip().lower().replace("-", "_").replace(" ", "_")
    if bare in choices:
        return bare
    return next((str(name) for name in choices if str(name) in bare), otherwise)


def lyric_reading(data: dict[str, Any]) -> LyricReading | None:
    """What the model read in the lyric, if it said so."""
    found = data.get("reading")
    if not isinstance(found, dict):
        return None
    images = found.get("images")
    return LyricReading(
        theme=plain_words(found.get("theme"), READING),
        story=plain_words(found.get("story"), READING),
        images=tuple(filter(None, (plain_words(item, 80) for item in images[:8])) if isinstance(images, list) else ()),
    )
