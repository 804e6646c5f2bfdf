"""A template's beats filled from a brief, and what has to be looked at before anything is made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.ads.claims import Topic, claims_of
from pipeline.ads.placeholders import filled
from pipeline.ads.values import MAX_CAPTION, Brief, FilledBeat, Finding, Template
from pipeline.media.captions.phrasing import RESTS, break_price, leads_on

LETTERS_PER_S = 17
"""So fast people read subtitles (a common limit of broadcasters)."""
SHORTEST_CAPTION = 24
_FIELDS = ("product", "what", "audience", "tone", "call_to_action")


def missing_facts(template: Template, seconds: int, brief: Brief) -> tuple[Finding, ...]:
    """What the template speaks of in this length and the brief does not say."""
    found = []
    for field, words in (
        ("product", "Say what the product is called."),
        ("what", "Say in a few words what it is."),
        ("call_to_action", "Say what people should do: the call to action."),
    ):
        if not getattr(brief, field).strip():
            found.append(Finding(kind="missing", place=field, text=words))
    needed, given = template.points_needed(seconds), len(brief.points)
    if given < needed:
        count = "one key point" if needed == 1 else f"{needed} key points"
        text = f"In {seconds} seconds this template speaks of {count}; {given or 'none'} given."
        found.append(Finding(kind="missing", place="points", text=text))
    return tuple(found)


def values_of(brief: Brief) -> dict[str, str]:
    """What stands for each placeholder."""
    named = {name: getattr(brief, name) for name in _FIELDS}
    points = {("point" if at == 0 else f"point_{at + 1}"): text for at, text in enumerate(brief.points)}
    return named | points


def filled_beats(template: Template, seconds: int, brief: Brief) -> tuple[FilledBeat, ...]:
    """The beats of a length by rules: every placeholder filled, captions short enough to be read."""
    values = values_of(brief)
    beats = []
    for beat, lasting in template.timed(seconds):
        caption = sentence(filled(beat.caption, values))
        beats.append(
            FilledBeat(
                name=beat.name,
                role=beat.role,
                seconds=lasting,
                prompt=filled(beat.prompt, values),
                caption=readable(caption, lasting),
                product=beat.shows_product,
                camera=beat.camera,
                transition=beat.transition,
                palette=beat.palette or template.palette,
            )
        )
    return tuple(beats)


def most_letters(seconds: int) -> int:
    """How long a caption may be that is shown for so long."""
    return max(SHORTEST_CAPTION, min(MAX_CAPTION, LETTERS_PER_S * seconds))


def readable(caption: str, seconds: int) -> str:
    """The caption, or as much of it as can be read, cut where the sentence rests."""
    most = most_letters(seconds)
    if len(caption) <= most:
        return caption
    cut = caption[: most + 1]
    first = re.split(r"(?<=[.!?])\s", cut)[0]
    if len(first) < len(cut) and len(first) * 2 > most:
        return first
    rests = [at for at in range(len(cut) // 2, len(cut)) if cut[at - 1] == " " and break_price(caption, at) <= RESTS]
    if rests:
        return cut[: rests[-1]].rstrip(" ,;:-–")
    whole_words = cut.rpartition(" ")[0] or caption[:most]
    while leads_on(whole_words) and " " in whole_words:
        whole_words = whole_words.rpartition(" ")[0].rstrip(" ,;:-–")
    return whole_words.rstrip(" ,;:-–")


def sentence(text: str) -> str:
    """Begins with a capital."""
    return text[:1].upper() + text[1:]


def findings(
    template: Template, seconds: int, brief: Brief, beats: Sequence[FilledBeat], topics: Sequence[Topic]
) -> tuple[Finding, ...]:
    """Missing facts, captions that had to be shortened, and claims that need proof."""
    found = list(missing_facts(template, seconds, brief))
    wished = {beat.name: sentence(filled(beat.caption, values_of(brief))) for beat, _ in template.timed(seconds)}
    captions = {beat.name: beat.caption for beat, _ in template.timed(seconds)}
    for beat in beats:
        if len(beat.caption) > most_letters(beat.seconds):
            words = f"{len(beat.caption)} letters cannot be read in {beat.seconds} s; {most_letters(beat.seconds)} can."
            found.append(Finding(kind="length", place=beat.name, text=words))
        elif not beat.caption and not wished[beat.name] and captions[beat.name]:
            words = "Without words: the brief does not say for whom it is, or in which tone."
            found.append(Finding(kind="missing", place=beat.name, text=words))
        elif wished.get(beat.name, "").startswith(beat.caption) and wished[beat.name] != beat.caption:
            words = f"Shortened, so that it can be read in {beat.seconds} s: “{wished[beat.name]}”"
            found.append(Finding(kind="length", place=beat.name, text=words))
    texts = [(beat.name, beat.caption) for beat in beats]
    return (*found, *claims_of(texts, topics))
