"""Which picture belongs to which scene: kind of place, figure, light and weather, by words, mood, style and what came
before.

The choice is a scoring: the lyric's words weigh most, then the part's words, the mood and the style's taste, less
whatever was just seen. A returning part takes its places again, at another hour and in other weather.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.providers.local.lexicon import Reading
from pipeline.providers.local.moods import MOODS
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
from pipeline.providers.local.styles import Style

_ABSTRACT = frozenset({"ink", "silk", "geometric", "synthwave", "underwater", "space", "lights", "stage"})
_PATTERNS = frozenset({"ink", "silk", "geometric"})
_TOWN = frozenset({"skyline", "street", "rooftops"})
_WILD = frozenset({"mountains", "lake", "ocean", "harbor", "forest", "desert", "meadow", "village"})
_FAR_FROM: Mapping[str, tuple[str, ...]] = {
    "desert": ("ocean", "harbor", "lake", "forest", "garden", "meadow", "village", "underwater"),
    "ocean": ("desert", "rails", "forest", "street"),
    "harbor": ("desert", "rails", "forest"),
    "forest": ("desert", "ocean", "harbor", "skyline", "street"),
    "village": ("desert", "ocean", "skyline", "street"),
    "skyline": ("desert", "meadow", "forest"),
    "street": ("desert", "meadow", "forest"),
}
"""What a song is about -> the places that do not lie there."""
_NAMED, _CALLED_UP = 2.5, 1.5
"""From this weight on the words name a thing; below it they only call it up."""
_HOLDS = {
    **{name: kinds for name, (_, kinds) in FIGURES.items() if name != "birds"},
    "house": ("village", "meadow"),
}
"""Thing -> the places that have room for it; birds fly everywhere."""
_PEOPLE = ("person", "couple", "dancer", "child", "musician", "umbrella")


@dataclass(frozen=True)
class Imagery:
    """One picture in the painter's names. `key` names the place; `returned` counts how often it was seen before."""

    key: str
    kind: str
    place: str
    figures: tuple[str, ...]
    time: str
    weather: str
    sky: str
    season: str
    palette: str
    mood: str
    returned: int = 0
    view: str = ""
    """What is seen through its window."""


@dataclass(frozen=True)
class Moment:
    """What is known of one scene when its picture is chosen. `near` are its own words, `around` those of its part."""

    index: int
    position: int
    """Where the scene begins, in permille of the film."""
    part: int
    theme: int
    place_in_part: int
    mood: str
    energy: int
    near: Reading
    around: Reading
    following: Reading = field(default_factory=Reading)
    """The words of the scene after it, whose place it leaves to that scene."""


@dataclass
class Imagination:
    """Chooses pictures one after the other and remembers them. `whole` is what all of the song's words show."""

    style: Style
    seed: int
    hero: str
    season: str
    whole: Reading = field(default_factory=Reading)
    shown: list[Imagery] = field(default_factory=list)
    themes: dict[int, list[Imagery]] = field(default_factory=dict)
    visits: Counter[int] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    part: int = -1

    def imagine(self, moment: Moment, *, coming: str = "") -> Imagery:
        """The next scene's picture. `coming` is a kind to avoid, because the scene after this one has it."""
        if moment.part != self.part:
            self.part = moment.part
            self.visits[moment.theme] += moment.theme > 0
        known = self._known(moment)
        image = self._seen_again(known, moment) if known else self._new(moment, coming)
        if moment.theme and not known:
            self.themes.setdefault(moment.theme, []).append(image)
        self.shown.append(image)
        return image

    def first_kind_of(self, theme: int) -> str:
        """The kind with which a theme will return, "" when it is new."""
        images = self.themes.get(theme)
        return images[0].kind if images else ""

    def _known(self, moment: Moment) -> Imagery | None:
        """The theme's place for this scene, when the theme was seen before; never the place just shown."""
        if moment.theme == 0 or self.visits[moment.theme] < 2:
            return None
        images = self.themes.get(moment.theme, [])
        if moment.place_in_part >= len(images):
            return None
        image = images[moment.place_in_part]
        if self.shown and self.shown[-1].kind == image.kind:
            return next((other for other in images if other.kind != image.kind), None)
        return image

    def _new(self, moment: Moment, coming: str) -> Imagery:
        kind = self._kind(moment, coming)
        place = self._place(kind)
        time, weather = self._time(kind, moment), self._weather(kind, moment)
        return Imagery(
            key=f"{kind}-{PLACES[kind].index(place) + 1}",
            kind=kind,
            place=place,
            figures=self._figures(kind, moment),
            time=time,
            weather=weather,
            sky=self._sky(kind, time, weather, moment),
            season=self._season(weather, moment),
            palette=self._palette(moment),
            mood=moment.mood,
            view=view_from(kind, self.whole.kinds, _NAMED),
        )

    def _seen_again(self, image: Imagery, moment: Moment) -> Imagery:
        """The same place at another hour, in other weather, with another figure."""
        again = self.visits[moment.theme] - 1
        time, weather = image.time, image.weather
        if image.kind not in TIMELESS:
            times = [name for name in dict.fromkeys((*self.style.times, "night", "dawn", "dusk")) if name != image.time]
            time = times[self._dice("hour", moment.theme, again) % len(times)]
        if image.kind not in NO_WEATHER | INDOORS:
            usual = dict.fromkeys((*self.style.weathers, "clear", "wind"))
            weathers = [name for name in usual if name != image.weather and fits_weather(image.kind, name)]
            weather = weathers[(self._dice("weather", moment.theme) + again) % len(weathers)]
        return replace(
            image,
            figures=self._figures(image.kind, moment, avoid=image.figures),
            time=time,
            weather=weather,
            season=self._season(weather, moment),
            sky=self._sky(image.kind, time, weather, moment),
            palette=self._palette(moment, again),
            mood=moment.mood,
            returned=again,
        )

    def _kind(self, moment: Moment, coming: str) -> str:
        used = Counter(image.kind for image in self.shown)
        last = [image.kind for image in self.shown[-3:]]
        together = {image.kind for image in self.themes.get(moment.theme, [])}
        mood = MOODS[moment.mood]
        in_town = any(moment.near.kinds[kind] >= _NAMED for kind in _TOWN)
        scores = {}
        for kind in PLACES:
            named = moment.near.kinds[kind] >= (_NAMED if self._share(kind) < 0.7 else _CALLED_UP)
            if kind == coming or (kind in last[-1:] and (not named or kind in last[-2:-1])):
                continue
            score = min(4.0, moment.near.kinds[kind]) + 0.3 * min(3.0, moment.around.kinds[kind])
            score += self._at_home(kind, silent=not moment.near.kinds) + _room_for(moment.near, kind)
            score += 1.0 if named else -2.6 if self._is_strange(kind) else 0.0
            score -= 2.0 if moment.following.kinds[kind] >= _NAMED and not named else 0.0
            score += 1.9 if kind in self.style.kinds else 0.0
            score -= 1.6 if kind in _WILD and in_town and not named else 0.0
            score -= (1.8 if kind in _PATTERNS else 0.6) if kind in _ABSTRACT - {*self.style.kinds} else 0.0
            score += 0.7 if kind in mood.kinds else 0.0
            # What the song is about tires less than what came by.
            fresh = 1 - 0.6 * self._share(kind)
            score -= fresh * (0.7 * used[kind] + (1.2 if kind in last else 0.0)) + (2.0 if kind in together else 0.0)
            scores[kind] = score + self._dice(kind, moment.index) % 1000 / 1000
        return max(scores, key=lambda kind: scores[kind])

    def _is_strange(self, kind: str) -> bool:
        """Whether a kind that the song hardly names cannot lie where the song is."""
        return self._share(kind) < 0.3 and any(
            kind in _FAR_FROM.get(own, ()) for own in PLACES if self._share(own) == 1
        )

    def _at_home(self, kind: str, *, silent: bool) -> float:
        """How much a kind belongs to the song's own world: a sea ballad stays by the sea where its words are silent,
        and a song that never names a town keeps out of it.
        """
        votes = self.whole.kinds
        score = (2.4 if silent else 1.5) * self._share(kind)
        for here, there in ((_TOWN, _WILD), (_WILD, _TOWN)):
            own, other = (sum(votes[name] for name in realm - {"rooftops"}) for realm in (here, there))
            if kind in here and other >= 2 * _NAMED and own < other / 4 and votes[kind] < _NAMED:
                score -= 1.6
        return score

    def _share(self, kind: str) -> float:
        """How much of the song's words is about a kind: from 0 to 1 for the kind that they name most."""
        most = max(self.whole.kinds.values(), default=0.0)
        return self.whole.kinds[kind] / most if most >= _NAMED else 0.0

    def _place(self, kind: str) -> str:
        """The kind's places in turn, starting somewhere by the seed."""
        turn = self._dice("place", kind) + self.places[kind]
        self.places[kind] += 1
        return PLACES[kind][turn % len(PLACES[kind])]

    def _figures(self, kind: str, moment: Moment, avoid: Sequence[str] = ()) -> tuple[str, ...]:
        """What the words name and the place can hold.

        Else the film's hero now and then, else something of the place, else nobody.
        """
        fitting = [name for name, (_, kinds) in FIGURES.items() if kind in kinds]
        strange = NAMED_ONLY.union(avoid, _PEOPLE[1:])
        last = {name for image in self.shown[-1:] for name in image.figures}
        recent = last | {name for image in self.shown[-2:-1] for name in image.figures}
        votes = moment.near.foregrounds.ranked()
        named = [
            name
            for name, weight in votes
            if name in fitting and (weight >= 2.5 or (weight >= 1.5 and name not in recent))
        ]
        if named:
            people = [name for name in named if name in _PEOPLE][:1]
            things = [name for name in named if name not in _PEOPLE][:2]
            return tuple(people + things)
        chance = self._dice("figure", moment.index) % 100
        if chance < 50 and self.hero in fitting and self.hero not in avoid and self.hero not in last:
            return (self.hero,)
        others = [name for name in fitting if name not in recent | strange]
        return (others[self._dice("other", moment.index) % len(others)],) if others and chance < 85 else ()

    def _time(self, kind: str, moment: Moment) -> str:
        if kind in TIMELESS:
            return ""
        named = moment.near.times.ranked()
        if named and named[0][1] >= 2.5:
            return named[0][0]
        return self.style.times[min(len(self.style.times) - 1, moment.position * len(self.style.times) // 1000)]

    def _weather(self, kind: str, moment: Moment) -> str:
        if kind in NO_WEATHER:
            return ""
        named = moment.near.weathers.ranked()
        if named and named[0][1] >= 1.5:
            return named[0][0]
        usual = self.style.weathers[(self._dice("weather") + moment.part) % len(self.style.weathers)]
        return usual if fits_weather(kind, usual) else "clear"

    def _sky(self, kind: str, time: str, weather: str, moment: Moment) -> str:
        """What hangs in the sky, where the sky is open and seen."""
        if kind in TIMELESS or kind in INDOORS or kind == "street" or weather not in {"clear", "wind", "embers"}:
            return ""
        fitting = {"night": ("moon", "stars", "crescent", "comet", "aurora", "fireworks")}.get(
            time, ("sun", "rays", "rainbow")
        )
        named = [name for name, weight in moment.near.skies.ranked() if weight >= 1.5 and name in fitting]
        if named:
            return named[0]
        common = {"night": ("moon", "stars", "crescent", ""), "day": ("", "rays")}.get(time, ("sun", "", ""))
        return common[self._dice("sky", moment.index) % len(common)]

    def _season(self, weather: str, moment: Moment) -> str:
        """The film's season, unless the words name another one or it snows."""
        named = moment.near.seasons.ranked()
        if named and named[0][1] >= 2.5:
            return named[0][0]
        return "winter" if weather == "snow" else self.season

    def _palette(self, moment: Moment, again: int = 0) -> str:
        """A returning theme wears the style's own palette first.

        Other parts take turns among those nearest to their mood.
        """
        own = self.style.palettes
        if moment.theme and not again:
            return own[0]
        wanted = MOODS[moment.mood].palettes
        ranked = sorted(
            own,
            key=lambda name: (wanted.index(name) if name in wanted else 9, self._dice("palette", name, moment.part)),
        )
        return ranked[0]

    def _dice(self, *names: object) -> int:
        """A number from the seed and some names; the same for ever."""
        return int.from_bytes(hashlib.blake2b("|".join(map(str, (self.seed, *names))).encode(), digest_size=6).digest())


def _room_for(words: Reading, kind: str) -> float:
    """What a kind gains by offering room for the things that the words name: a boat wants water, a train rails.

    Of two places that are named, the one that holds more of what is named wins.
    """
    named = (name for name, weight in words.foregrounds.items() if weight >= _NAMED and name not in _PEOPLE)
    held = sum(kind in _HOLDS.get(name, ()) for name in named)
    return 2.2 + 1.6 * (held - 1) if held else 0.0
