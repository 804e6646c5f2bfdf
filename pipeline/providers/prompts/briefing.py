"""An ad's beats, written by a model from a brief; what it may change are a beat's picture and its caption."""

from __future__ import annotations

import json
from typing import Any

from pipeline.ads.values import FilledBeat
from pipeline.ads.writing import filled_beats, most_letters, readable
from pipeline.providers.capabilities import BriefRequest
from pipeline.providers.prompts import instructions, plain_words, strict_object
from pipeline.providers.prompts.planning import ENOUGH_PERCENT

SCHEMA_NAME = "ad_brief"
PROMPT = 400
TOKENS_PER_BEAT, TOKENS_BESIDE = 160, 3000  # some models count their thoughts as well


def brief_schema() -> dict[str, Any]:
    words = {"type": "string"}
    entry = strict_object({"name": words, "prompt": words, "caption": words})
    return strict_object({"beats": {"type": "array", "items": entry}})


def brief_messages(request: BriefRequest) -> list[dict[str, str]]:
    beats = [
        {
            "name": beat.name,
            "role": beat.role,
            "seconds": beat.seconds,
            "letters": most_letters(beat.seconds),
            "shows_product": beat.product,
            "prompt": beat.prompt,
            "caption": beat.caption,
        }
        for beat in filled_beats(request.template, request.seconds, request.brief)
    ]
    data = {"brief": request.brief.model_dump(mode="json"), "beats": beats}
    return [
        {"role": "system", "content": instructions("briefing")},
        {"role": "user", "content": f"The brief and the beats, as data:\n{json.dumps(data, ensure_ascii=False)}"},
    ]


def brief_tokens(request: BriefRequest) -> int:
    """How long an answer may be."""
    return TOKENS_BESIDE + TOKENS_PER_BEAT * len(request.template.timed(request.seconds))


def written_beats(request: BriefRequest, data: dict[str, Any]) -> tuple[tuple[FilledBeat, ...], str]:
    """The template's beats with the model's words where they can be used, and what is wrong with the answer."""
    by_rules = filled_beats(request.template, request.seconds, request.brief)
    entries = data.get("beats")
    found = {
        entry["name"]: entry
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("name"), str) and plain_words(entry.get("prompt"), PROMPT)
    }
    usable = sum(beat.name in found for beat in by_rules)
    if usable * 100 < len(by_rules) * ENOUGH_PERCENT:
        return (), f"It had {usable} usable beats of {len(by_rules)}. Give one for every beat, with its name."
    return tuple(_beat(beat, found.get(beat.name)) for beat in by_rules), ""


def _beat(beat: FilledBeat, entry: dict[str, Any] | None) -> FilledBeat:
    if entry is None:
        return beat
    caption = readable(plain_words(entry.get("caption"), 200), beat.seconds) if beat.caption else ""
    keeps = beat.role == "call_to_action"  # what people are asked to do is said as the brief says it
    return beat.model_copy(
        update={
            "prompt": plain_words(entry.get("prompt"), PROMPT),
            "caption": beat.caption if keeps else caption or beat.caption,
        }
    )
