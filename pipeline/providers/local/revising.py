"""Changing one scene by a few words, by rules: only what the words name changes.

Seven things can be changed here: time of day, weather (and season), place, figures, colors, mood and framing. What a
sentence asks beyond that is said in words and not guessed. The painter reads the new description back: if it would show
anything else than was asked, the description is built anew from its facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.media.painting import words as painter
from pipeline.media.painting.compose import composed, read_words, scores
from pipeline.media.values import Value
from pipeline.providers.local.ideas import shows
from pipeline.providers.local.imagery import Imagery
from pipeline.providers.local.lexicon import reading_of
from pipeline.providers.local.lexicon_words import MOODS as MOOD_WORDS
from pipeline.providers.local.lexicon_words import SHOWN_AS, SILENT
from pipeline.providers.local.moods import MOODS
from pipeline.providers.local.rewording import reworded
from pipeline.providers.local.scenery import FIGURES, INDOORS, NO_WEATHER, PLACES, TIMELESS, VIEWS
from pipeline.providers.local.sentences import PALETTE_PHRASES, described
from pipeline.providers.local.styles import style_named

WHAT_CAN_BE = "time of day, weather, place, figures, colors, mood or framing"
_CLAUSES = re.compile(r"[,.;:!?\n]+|\b(?:and|but|then|also)\b", re.IGNORECASE)
_KEEP = re.compile(r"\b(?:keep|keeping|leave|same|still with)\b", re.IGNORECASE)
_REMOVE = re.compile(
    r"\b(?:remove|without|no|not|delete|drop|lose|away with|rid of|take out|take away)\b", re.IGNORECASE
)
_INSTEAD = re.compile(r"\b(?:instead of|rather than|in place of)\b(.*)", re.IGNORECASE)
# Orders to the camera: pattern -> move.
_FRAMING: Mapping[str, str] = {
    r"close[- ]?up|closer|nearer|zoom in|move in|push in": "push_in",
    r"wider|further|farther|from afar|zoom out|pull back|pull out|long shot": "pull_out",
    r"pan (?:to the )?left": "pan_left",
    r"pan (?:to the )?right": "pan_right",
    r"tilt up|look(?:ing)? up|upwards?": "tilt_up",
    r"tilt down|look(?:ing)? down|downwards?": "tilt_down",
    r"orbit|circle|circling|turn around": "orbit",
    r"hand ?held|drift": "drift",
    r"stand still|hold still|no movement|locked|steady": "hold",
}
_FEELINGS: Mapping[str, str] = {"sadder": "melancholy", "happier": "joyful", "calmer": "calm", "scary": "dark"}
_LIGHTER: Mapping[str, tuple[str, str]] = {"brighter": ("time", "day"), "darker": ("time", "night")}
_COLORS: Mapping[str, str] = {
    "red": "fire", "reds": "fire", "orange": "sunset", "yellow": "golden", "green": "verdant", "turquoise": "teal",
    "pink": "rose", "purple": "royal", "brown": "autumn", "colorful": "candy", "colourful": "candy", "colder": "arctic",
    "warmer": "sunset", "pastels": "dream",
}  # fmt: skip
_TABLES: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    ("time", painter.TIMES),
    ("weather", painter.WEATHERS),
    ("season", painter.SEASONS),
    ("sky", painter.SKIES),
    ("figure", painter.FOREGROUNDS),
    ("place", painter.KINDS),
)
_NIGHT_SKIES = ("moon", "crescent", "stars", "comet", "aurora", "fireworks")
_ALSO_SILENT = {"sky", "home", "color", "above", "flow", "wake", "hand", "people", "sit", "wait"}
_NO_ORDER = (SILENT - {"clear", "cold", "house", "sand"}) | _ALSO_SILENT


class CannotRevise(Exception):
    """The change cannot be made here; the text says why."""


class SceneWords(Value):
    """What a scene shows and how, as far as a change in words can touch it."""

    description: str
    mood: str = ""
    camera: str = ""
    palette: str = ""


@dataclass
class _Orders:
    """What a sentence asks for: attribute -> entry of the painter's tables."""

    wanted: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.wanted or self.added or self.removed)


def revised_words(scene: SceneWords, change: str, *, style: str = "") -> SceneWords:
    """The scene with what `change` names changed, and nothing else. Raises CannotRevise in words."""
    orders = _read(change)
    if not orders.any:
        raise CannotRevise(
            f"Nothing was changed: on this server {WHAT_CAN_BE} can be changed by words, and none of them was named in "
            "words it knows. Try “make it night” or “snow instead of rain”, or write the description yourself."
        )
    before = facts_of(scene)
    after = _with_figures(_with_weather(_with_place(before, orders), orders), orders)
    mood, camera = orders.wanted.get("mood", scene.mood), orders.wanted.get("framing", scene.camera)
    palette = _palette(scene, orders, style)
    after = replace(after, palette=palette, mood=mood)
    if after == before and camera == scene.camera and palette == scene.palette and mood == scene.mood:
        raise CannotRevise("Nothing was changed: the scene is like that already.")
    same_picture = after == replace(before, palette=palette, mood=mood) and palette == scene.palette
    description = scene.description if same_picture else _said(scene, before, after)
    return SceneWords(description=description, mood=mood, camera=camera, palette=palette)


def facts_of(scene: SceneWords) -> Imagery:
    """What the painter sees in a description; what it does not name is empty."""
    brief = composed(scene.description, scene.palette, np.random.default_rng(0))
    words = read_words(scene.description)
    named = {name: scores(words, table) for name, table in _TABLES}
    view = re.search(r"\bthe (\w+) outside\b", scene.description)
    place = next((place for place in PLACES[brief.kind] if place.split("|")[1] in scene.description), "")
    return Imagery(
        key=brief.kind,
        kind=brief.kind,
        place=place or PLACES[brief.kind][0],
        figures=tuple(name for name in brief.foregrounds if name in brief.asked and name in FIGURES),
        time=brief.time if named["time"] else "",
        weather=brief.weather if named["weather"] else "",
        sky=next((name for name in painter.SKIES if name in brief.skies), ""),
        season=brief.season,
        palette=scene.palette,
        mood=scene.mood,
        view=view[1] if view and view[1] in VIEWS.values() else "",
    )


def _read(change: str) -> _Orders:
    orders = _Orders()
    for clause in _CLAUSES.split(change):
        instead = _INSTEAD.search(clause)
        if instead:
            orders.removed += [item for item in _things(instead[1]) if item[0] in ("figure", "weather", "sky")]
            clause = clause[: instead.start()]  # noqa: PLW2901 - what is left of it is the wish
        if _KEEP.search(clause):
            orders.kept += _things(clause)
        elif _REMOVE.search(clause) and not _framed(clause):
            orders.removed += _things(clause)
        else:
            _wish(clause, orders)
    return orders


def _wish(clause: str, orders: _Orders) -> None:
    move = _framed(clause)
    if move:
        orders.wanted["framing"] = move
    for attribute, name in _things(clause):
        if attribute == "figure":
            orders.added.append(name)
        else:
            orders.wanted.setdefault(attribute, name)
    for word in read_words(clause):
        mood = _FEELINGS.get(word) or next((name for name, known in MOOD_WORDS.items() if word in known.split()), "")
        colors = _COLORS.get(word) or next((name for name, known in painter.PALETTES.items() if word in known), "")
        if word in MOODS:
            orders.wanted["mood"] = word
        elif not _thing(word) and word not in _NO_ORDER:
            if colors or word in PALETTE_PHRASES:
                orders.wanted.setdefault("palette", colors or word)
            elif mood:
                orders.wanted.setdefault("mood", mood)


def _framed(clause: str) -> str:
    return next(
        (move for pattern, move in _FRAMING.items() if re.search(rf"\b(?:{pattern})\b", clause, re.IGNORECASE)), ""
    )


def _things(clause: str) -> list[tuple[str, str]]:
    """(attribute, entry) of every word of a clause that names something the painter shows, in other languages too."""
    found = [thing for word in read_words(clause) if (thing := _thing(word))]
    if not found:  # what songs call up in English ("run" a road) is no order
        foreign = {word: name for word, name in reading_of(clause).found.items() if not _is_called_up(word)}
        found = [thing for name in foreign.values() if (thing := _thing(name))]
    return list(dict.fromkeys(found))


def _is_called_up(word: str) -> bool:
    return any(
        word.startswith(known[:-1]) if known.endswith("*") else word == known
        for words in SHOWN_AS.values()
        for known in words.split()
    )


def _thing(word: str) -> tuple[str, str] | None:
    if word in _LIGHTER:
        return _LIGHTER[word]
    if word in _NO_ORDER:
        return None
    seen_at_night = {name: painter.SKIES[name] for name in _NIGHT_SKIES}  # they tell the hour as well
    for attribute, table in (("sky", seen_at_night), *_TABLES):
        for entry, words in table.items():
            if word == entry or word in words:
                return attribute, entry
    return None


def _with_place(image: Imagery, orders: _Orders) -> Imagery:
    kind = orders.wanted.get("place", image.kind)
    time = orders.wanted.get("time", image.time)
    if kind in TIMELESS and "time" in orders.wanted:
        raise CannotRevise(f"Nothing was changed: this scene has no time of day ({kind}). Name another place as well.")
    if kind == image.kind:
        return replace(image, time=time, season=orders.wanted.get("season", image.season))
    fitting = tuple(name for name in image.figures if kind in FIGURES[name][1])
    lost = [name for attribute, name in orders.kept if attribute == "figure" and name in image.figures]
    for name in lost:
        if name not in fitting:
            raise CannotRevise(f"Nothing was changed: {FIGURES[name][0]} cannot be kept in such a place ({kind}).")
    return replace(
        image,
        kind=kind,
        key=kind,
        place=PLACES[kind][0],
        figures=fitting,
        time="" if kind in TIMELESS else time,
        weather="" if kind in NO_WEATHER else image.weather,
        season=orders.wanted.get("season", image.season),
        view="",
    )


def _with_weather(image: Imagery, orders: _Orders) -> Imagery:
    weather = orders.wanted.get("weather", image.weather)
    sky = orders.wanted.get("sky", image.sky)
    gone = {name for attribute, name in orders.removed if attribute in ("weather", "sky")}
    if "weather" in orders.wanted and image.kind in NO_WEATHER:
        raise CannotRevise(f"Nothing was changed: there is no weather in such a place ({image.kind}).")
    if "sky" in orders.wanted and (image.kind in TIMELESS or image.kind in INDOORS):
        raise CannotRevise(f"Nothing was changed: no sky is seen in such a place ({image.kind}).")
    night = sky in _NIGHT_SKIES
    if "sky" in orders.wanted and "time" not in orders.wanted and night and image.time != "night":
        image = replace(image, time="night")  # stars by day would not be seen
    if "time" in orders.wanted and "sky" not in orders.wanted and sky:
        sky = sky if night == (image.time == "night") else ""
    weather = ("clear" if "weather" not in orders.wanted and weather in gone else weather) or weather
    if image.weather == "snow" and weather != "snow" and image.season == "winter" and "season" not in orders.wanted:
        image = replace(image, season="autumn")  # winter alone lets the painter put snow on the ground
    return replace(image, weather=weather, sky="" if sky in gone else sky)


def _with_figures(image: Imagery, orders: _Orders) -> Imagery:
    gone = {name for attribute, name in orders.removed if attribute == "figure"}
    figures = [name for name in image.figures if name not in gone]
    if gone and not gone & set(image.figures):
        raise CannotRevise("Nothing was changed: what should go is not in this scene.")
    for name in orders.added:
        if name not in FIGURES:
            raise CannotRevise(f"Nothing was changed: {name} is not drawn by itself on this server.")
        if image.kind not in FIGURES[name][1]:
            raise CannotRevise(
                f"Nothing was changed: {FIGURES[name][0]} does not fit such a place ({image.kind}). Name another place "
                "as well."
            )
        if name not in figures:
            figures.append(name)
    return replace(image, figures=tuple(figures[-4:]))


def _palette(scene: SceneWords, orders: _Orders, style: str) -> str:
    """The colors asked for, else those of a new mood, as the look of the film has them."""
    own = style_named(style).palettes
    if "palette" in orders.wanted:
        name = orders.wanted["palette"]
        if name not in own:
            listed = ", ".join(PALETTE_PHRASES[each] for each in own)
            raise CannotRevise(f"Nothing was changed: the look of this film has no such colors. It has {listed}.")
        return name
    if "mood" in orders.wanted:
        return next((name for name in MOODS[orders.wanted["mood"]].palettes if name in own), scene.palette)
    return scene.palette


def _said(scene: SceneWords, before: Imagery, after: Imagery) -> str:
    for text in _candidates(scene.description, before, after):
        if shows(text, after) and _gone(text, before, after):
            return text
    raise CannotRevise("Nothing was changed: this cannot be put into words that are drawn here. Write it yourself.")


def _candidates(text: str, before: Imagery, after: Imagery) -> Iterator[str]:
    """The same words with the change in them; the same beginning over a new picture; the new picture alone."""
    yield reworded(text, before, after)
    scene = described(after, len(text))
    lead, colon, _rest = text.partition(": ")
    if colon:
        yield f"{lead}: {scene[:1].lower()}{scene[1:]}"
    yield scene


def _gone(text: str, before: Imagery, after: Imagery) -> bool:
    """Whether the figures that had to go are gone, and no weather is left that was to end."""
    brief = composed(text, after.palette, np.random.default_rng(0))
    left: Sequence[str] = [name for name in before.figures if name not in after.figures]
    ended = before.weather and after.weather in ("", "clear") and brief.weather == before.weather
    return not ended and not any(name in brief.asked for name in left)
