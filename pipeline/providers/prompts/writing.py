"""Prompts for pictures and motion, written by a model, and refused ones said in a milder way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipeline.providers.capabilities import PromptAsk, PromptText, RewriteRequest
from pipeline.providers.local.planner import write_prompt
from pipeline.providers.local.sentences import CAMERA_PHRASES, PALETTE_PHRASES
from pipeline.providers.local.styles import style_named
from pipeline.providers.prompts import instructions, plain_words, strict_object
from pipeline.providers.prompts.planning import ENOUGH_PERCENT

TEXT, MOTION, NEGATIVE = 900, 260, 240
TOKENS_PER_PROMPT, TOKENS_BESIDE = 260, 3000  # some models count their thoughts as well
PROMPTS_NAME, MILDER_NAME = "scene_prompts", "milder_prompt"


def prompts_schema() -> dict[str, Any]:
    words = {"type": "string"}
    entry = strict_object({"index": {"type": "integer"}, "text": words, "negative": words, "motion": words})
    return strict_object({"prompts": {"type": "array", "items": entry}})


def milder_schema() -> dict[str, Any]:
    return strict_object({"text": {"type": "string"}})


def prompts_messages(asks: Sequence[PromptAsk]) -> list[dict[str, str]]:
    scenes = [
        {
            "index": index,
            "description": ask.description[:1200],
            "mood": ask.mood[:60],
            "camera": CAMERA_PHRASES.get(ask.camera, ask.camera[:60]),
            "look": style_named(ask.style).words,
            **({"colors": PALETTE_PHRASES[ask.palette]} if ask.palette in PALETTE_PHRASES else {}),
        }
        for index, ask in enumerate(asks)
    ]
    return [
        {"role": "system", "content": instructions("writing")},
        {"role": "user", "content": f"The scenes, as data:\n{json.dumps(scenes, ensure_ascii=False)}"},
    ]


def milder_messages(request: RewriteRequest) -> list[dict[str, str]]:
    data = {"prompt": request.text[:2000], "refused_because": request.reason[:500]}
    return [
        {"role": "system", "content": instructions("milder")},
        {"role": "user", "content": f"The prompt, as data:\n{json.dumps(data, ensure_ascii=False)}"},
    ]


def prompts_tokens(asks: int) -> int:
    """How long an answer may be."""
    return TOKENS_BESIDE + TOKENS_PER_PROMPT * asks


def written_prompts(asks: Sequence[PromptAsk], data: dict[str, Any]) -> tuple[tuple[PromptText, ...], str]:
    """One prompt per ask in their order, and what is wrong with the answer, for the model.

    The palette is the one our own rules choose, so that the local painter can take over at any time; a missing entry is
    written by rules.
    """
    found: dict[int, dict[str, Any]] = {}
    entries = data.get("prompts")
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and plain_words(entry.get("text"), TEXT):
            index = entry.get("index", position)
            if isinstance(index, int) and 0 <= index < len(asks):
                found.setdefault(index, entry)
    if not asks or len(found) * 100 < len(asks) * ENOUGH_PERCENT:
        return (), f"It had {len(found)} usable prompts for {len(asks)} scenes. Give one for every scene."
    return tuple(_prompt(ask, found.get(index)) for index, ask in enumerate(asks)), ""


def _prompt(ask: PromptAsk, entry: dict[str, Any] | None) -> PromptText:
    by_rules = write_prompt(ask.description, mood=ask.mood, style=ask.style, camera=ask.camera, palette=ask.palette)
    if entry is None:
        return by_rules
    return PromptText(
        text=plain_words(entry.get("text"), TEXT),
        negative=plain_words(entry.get("negative"), NEGATIVE) or by_rules.negative,
        motion=plain_words(entry.get("motion"), MOTION) or by_rules.motion,
        palette=by_rules.palette,
    )


def milder_text(request: RewriteRequest, data: dict[str, Any]) -> tuple[str, str]:
    """The milder prompt, and what is wrong with the answer."""
    text = plain_words(data.get("text"), TEXT)
    if not text:
        return "", "It had no text."
    return (text, "") if text != plain_words(request.text, TEXT) else ("", "It was the same prompt again.")
