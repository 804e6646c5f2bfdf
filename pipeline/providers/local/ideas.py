"""Planning from an idea, without a model: about one scene per five seconds, each about its part of the words.

The idea's own words weigh most: a place, an hour, a weather or a figure that it names holds until it names another.
What the lexicon does not know (it knows English best, and common words of seven other languages) cannot be drawn by
rules: the user's words still stand in the description, where a hosted model reads them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.media.painting.compose import composed, read_words
from pipeline.media.timeline import CUT, Slot, Transition, slots
from pipeline.providers.local.camera import camera_move, move_into
from pipeline.providers.local.cuts import cut_frames
from pipeline.providers.local.idea_parts import captions_for, idea_parts, idea_reading, shared
from pipeline.providers.local.imagery import Imagery
from pipeline.providers.local.lexicon import Reading, Votes, shown_by
from pipeline.providers.local.moods import MOODS, mood_of
from pipeline.providers.local.plan_values import PlannedScene, PlanRequest
from pipeline.providers.local.scenery import (
    FIGURES,
    INDOORS,
    NAMED_ONLY,
    NO_WEATHER,
    PLACES,
    TIMELESS,
    fits_weather,
    view_from,
)
from pipeline.providers.local.sentences import CAMERA_PHRASES, described
from pipeline.providers.local.styles import Style, style_named

NAMED = 1.5
"""Votes from which on a thing counts as named by the words."""
_PEOPLE = ("couple", "dancer", "child", "musician", "umbrella", "crowd", "person")
_ABSTRACT = frozenset({"ink", "silk", "geometric", "synthwave", "underwater", "space", "lights", "stage"})
_MOST_QUOTED = 150
_NOBODY = {"empty", "emptiness", "nobody", "no-one", "nowhere", "gone"}
"""Words after which the figures of the other scenes are not there any more."""


@dataclass
class _Story:
    """What holds from one scene to the next."""

    request: PlanRequest
    style: Style
    whole: Reading
    time: str = ""
    weather: str = ""
    shown: list[Imagery] = field(default_factory=list)

    def dice(self, *names: object) -> int:
        return _dice(self.request.seed, *names)


def idea_scenes(request: PlanRequest) -> tuple[PlannedScene, ...]:
    """The scenes of a film about `request.idea`; they tile [0, frames) exactly and cut on beats where there are any."""
    places = slots(cut_frames(request, ()), request.frames)
    parts = idea_parts(request.idea, len(places))
    owned = shared(parts, len(places))
    story = _Story(request, style_named(request.style), idea_reading(request.idea))
    readings = [idea_reading(" ".join(parts[index] for index in own)) for own in owned]
    images = [_imagined(story, index, near) for index, near in enumerate(readings)]
    captions = captions_for(parts, owned, [slot.frames / request.fps for slot in places])
    cameras: list[str] = []
    found = []
    for index, (slot, image, near) in enumerate(zip(places, images, readings, strict=True)):
        label, energy = _music_at(request, slot)
        turn = story.dice("camera", index)
        camera = camera_move(mood=image.mood, label=label, energy=energy, recent=cameras, before_here=(), turn=turn)
        cameras.append(camera)
        quoted = " ".join(parts[at] for at in owned[index])
        found.append(
            PlannedScene(
                start_frame=slot.start_frame,
                end_frame=slot.end_frame,
                section="",
                lyrics="",
                description=_description(image, quoted, story.dice("words", index)),
                mood=image.mood,
                camera=camera,
                transition=_transition(request, story, places, owned, index),
                reasoning=_reason(image, near, camera, slot.frames / request.fps),
                imagery=image.key,
                palette=image.palette,
                caption=captions[index],
            )
        )
    return tuple(found)


def _dice(*names: object) -> int:
    return int.from_bytes(hashlib.blake2b("|".join(map(str, names)).encode(), digest_size=6).digest())


def _imagined(story: _Story, index: int, near: Reading) -> Imagery:
    whole = story.whole
    mood = mood_of(near, near, whole, label="verse", energy=500, turn=story.dice("mood", index // 2))
    wanted = _figures_named(near) or ([] if near.found.keys() & _NOBODY else _figures_named(whole))
    kind = _kind(story, index, near, mood, wanted)
    time = story.time = _top(near.times, 2.5) or story.time or _top(whole.times, 2.5)
    weather = story.weather = _weather(story, near)
    if not time:
        times = story.style.times
        time = times[index // 4 % len(times)]
    if not weather:
        usual = story.style.weathers[story.dice("weather") % len(story.style.weathers)]
        weather = usual if fits_weather(kind, usual) else "clear"
    weather = "" if kind in NO_WEATHER else weather
    time = "" if kind in TIMELESS else time
    image = Imagery(
        key=kind,
        kind=kind,
        place=_place(story, kind, near),
        figures=_figures(story, index, kind, wanted),
        time=time,
        weather=weather,
        sky=_sky(story, near, kind, time, weather),
        season=_season(story, near, weather),
        palette=_palette(story, mood),
        mood=mood,
        view=view_from(kind, story.whole.kinds, NAMED),
    )
    story.shown.append(image)
    return image


def _weather(story: _Story, near: Reading) -> str:
    """What the words name; a weather holds until another one comes or they grow calm."""
    named = _top(near.weathers, NAMED)
    if not named and story.shown and (near.moods["calm"] or near.moods["hopeful"]):
        return "clear"
    return named or story.weather or _top(story.whole.weathers, NAMED)


def _top(votes: Votes, least: float) -> str:
    ranked = votes.ranked()
    return ranked[0][0] if ranked and ranked[0][1] >= least else ""


def _figures_named(reading: Reading) -> list[str]:
    """Figures that the words name, people first; "person" gives way to anybody more definite."""
    named = [name for name, weight in reading.foregrounds.ranked() if weight >= NAMED and name in FIGURES]
    people = [name for name in _PEOPLE if name in named]
    return [*people[:1], *(name for name in named if name not in _PEOPLE)]


def _kind(story: _Story, index: int, near: Reading, mood: str, wanted: Sequence[str]) -> str:
    """The place that the words name, that can hold what they name, and that suits mood and style."""
    whole, last = story.whole, [image.kind for image in story.shown[-2:]]
    named_somewhere = any(weight >= NAMED for weight in whole.kinds.values())
    scores = {}
    for kind in PLACES:
        near_votes, whole_votes = min(4.0, near.kinds[kind]), min(3.0, whole.kinds[kind])
        score = 1.2 * near_votes + 0.7 * whole_votes
        score += 0.5 if kind in story.style.kinds else -0.4 if kind in _ABSTRACT else 0.0
        score += 0.5 if kind in MOODS[mood].kinds else 0.0
        score += sum(1.1 for name in wanted[:2] if kind in FIGURES[name][1])
        used = sum(image.kind == kind for image in story.shown)
        tired = min(1.0, 0.45 * used) if named_somewhere else 0.9 * used
        score -= tired + (1.2 if last and kind == last[-1] else 0.0)
        scores[kind] = score + story.dice("kind", kind, index) % 1000 / 2500
    return max(scores, key=lambda kind: scores[kind])


def _place(story: _Story, kind: str, near: Reading) -> str:
    """The kind's phrase that says most of the idea's own words and was shown least; the seed decides among equals."""
    said = set(read_words(" ".join(near.found))) | set(read_words(" ".join(story.whole.found)))
    used = [image.place for image in story.shown]
    turn = story.dice("place", kind)
    phrases = PLACES[kind]

    def worth(place: str) -> tuple[float, int]:
        words = set(read_words(place.split("|")[1]))
        return len(words & said) - 1.6 * used.count(place), (phrases.index(place) + turn) % len(phrases)

    return max(phrases, key=worth)


def _figures(story: _Story, index: int, kind: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """Who and what the words name, where this place can hold them; else now and then something of the place."""
    fitting = [name for name in wanted if kind in FIGURES[name][1]]
    people = [name for name in fitting if name in _PEOPLE][:1]
    things = [name for name in fitting if name not in _PEOPLE][:1]
    if people or things:
        return (*people, *things)
    if wanted or story.dice("alone", index) % 100 < 55:
        return ()
    strange = NAMED_ONLY.union(_PEOPLE[:-1], *(image.figures for image in story.shown[-2:]))
    others = [name for name, (_, kinds) in FIGURES.items() if kind in kinds and name not in strange]
    return (others[story.dice("other", index) % len(others)],) if others else ()


def _sky(story: _Story, near: Reading, kind: str, time: str, weather: str) -> str:
    if kind in TIMELESS or kind in INDOORS or kind == "street" or weather not in {"clear", "wind", "embers"}:
        return ""
    fitting = {"night": ("moon", "stars", "crescent", "comet", "aurora", "fireworks")}.get(
        time, ("sun", "rays", "rainbow")
    )
    for reading in (near, story.whole):
        named = [name for name, weight in reading.skies.ranked() if weight >= NAMED and name in fitting]
        if named:
            return named[0]
    common = {"night": ("moon", "stars", ""), "day": ("", "rays")}.get(time, ("sun", "", ""))
    return common[story.dice("sky", len(story.shown)) % len(common)]


def _season(story: _Story, near: Reading, weather: str) -> str:
    named = _top(near.seasons, 2.5) or _top(story.whole.seasons, 2.5)
    if named:
        return named
    return "winter" if weather == "snow" else story.style.season or ("spring", "summer", "autumn")[story.dice("s") % 3]


def _palette(story: _Story, mood: str) -> str:
    own, wanted = story.style.palettes, MOODS[mood].palettes
    return min(own, key=lambda name: (wanted.index(name) if name in wanted else 9, story.dice("palette", name)))


def _music_at(request: PlanRequest, slot: Slot) -> tuple[str, int]:
    """(part of the music, energy) in the middle of a scene."""
    middle = (slot.start_frame + slot.end_frame) * 500 // request.fps
    label = next((part.label for part in request.sections if part.start_ms <= middle < part.end_ms), "verse")
    return label, {"chorus": 700, "intro": 300, "outro": 300}.get(label, 500)


def _transition(
    request: PlanRequest, story: _Story, places: Sequence[Slot], owned: Sequence[Sequence[int]], index: int
) -> Transition:
    """A blend where the idea goes on to its next part, at every other cut or where a part of the music begins too; else
    a hard cut.
    """
    if index + 1 == len(places):
        return CUT
    (here, _e), (label, energy) = _music_at(request, places[index]), _music_at(request, places[index + 1])
    border = owned[index] != owned[index + 1] and (index % 2 == 1 or here != label)
    return move_into(
        style=story.style,
        left=places[index],
        right=places[index + 1],
        fps=request.fps,
        label=label,
        energy=energy,
        rising=0,
        border=border,
        turn=story.dice("transition", index),
    )


def _description(image: Imagery, quoted: str, turn: int) -> str:
    """What is seen: the idea's own words, then the place in words that the painter shows.

    The painter reads all of it. Where the quoted words would lead it to another place, hour or weather, they stand
    behind, or are left out.
    """
    scene = described(image, turn)
    words = " ".join(quoted.split())
    if len(words) > _MOST_QUOTED:
        words = words[:_MOST_QUOTED].rpartition(" ")[0] or words[:_MOST_QUOTED]
    words = re.sub(r"[\s,;:.!?。！？]+$", "", words)
    if not words:
        return scene
    lead = words[:1].upper() + words[1:]
    for text in (f"{lead}: {scene[:1].lower()}{scene[1:]}", f"{scene}. {lead}"):
        if shows(text, image):
            return text
    return scene


def shows(text: str, image: Imagery) -> bool:
    """Whether the painter sees the image's place, hour, weather and figures in these words; nothing out of place."""
    brief = composed(text, image.palette, np.random.default_rng(0))
    asked = {name for name in brief.foregrounds if name in brief.asked}
    figures = set(image.figures) <= asked and all(_belongs(name, image.kind) for name in asked)
    time = not image.time or brief.time == image.time
    weather = image.weather in ("", "clear") or brief.weather == image.weather
    return brief.kind == image.kind and figures and time and weather


def _belongs(figure: str, kind: str) -> bool:
    """Whether a figure may stand in a place: a house on the open sea may not."""
    return kind in FIGURES[figure][1] if figure in FIGURES else kind in ("meadow", "village", "mountains", "road")


def _reason(image: Imagery, near: Reading, camera: str, seconds: float) -> str:
    seen = {image.kind, image.time, image.weather, image.sky, *image.figures} - {""}
    words = [f"“{word}”" for word, name in near.found.items() if seen & shown_by(name)][:3]
    if words:
        listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
        why = f"{listed} in the idea became this picture"
    elif near.found:
        why = f"The idea's {image.mood} mood became this picture"
    else:
        why = "The planner of this server knows none of these words, so this picture follows mood and look alone"
    return f"{why}. {seconds:.1f} s, with a {CAMERA_PHRASES[camera]}."


def known_words(idea: str) -> bool:
    """Whether rules can show anything of an idea."""
    return bool(idea_reading(idea).found)
