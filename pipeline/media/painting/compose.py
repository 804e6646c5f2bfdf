"""From words to choices: reads a prompt into a `Brief`; what the words leave open the generator decides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.media.painting.brief import Brief
from pipeline.media.painting.palettes import natural_times
from pipeline.media.painting.words import FOREGROUNDS, HINTS, KINDS, PALETTES, SEASONS, SKIES, TIMES, WEATHERS, Words

Rng = np.random.Generator
_INDOOR = frozenset({"stage", "lights", "ink", "silk", "geometric", "space", "underwater", "synthwave"})
_MAX_READ = 4000  # characters; what a longer prompt says later changes nothing
_MAX_FOREGROUNDS = 4

# The palettes that a kind takes when no word asks for one.
_SUITS: Mapping[str, str] = {
    "mountains": "sunset golden dawn teal dream rose autumn royal arctic night fire azure",
    "lake": "sunset golden dawn teal dream rose night arctic verdant autumn",
    "ocean": "sunset azure teal night golden rose storm dawn candy royal",
    "harbor": "sunset teal night golden storm dawn ember azure",
    "skyline": "night neon sunset cyber royal golden ember teal rose noir",
    "street": "neon night ember cyber royal noir sunset storm rose",
    "rooftops": "sunset night rose golden dream ember teal royal",
    "window": "ember night storm dawn rose teal golden neon",
    "space": "royal neon night cyber dream fire teal arctic",
    "forest": "verdant dawn autumn teal golden night dream arctic",
    "desert": "dune sunset golden rose fire night dream",
    "synthwave": "neon cyber royal sunset rose",
    "meadow": "golden verdant sunset dawn azure candy rose dream autumn",
    "garden": "rose candy verdant dawn dream golden azure",
    "village": "arctic night ember dawn royal dream teal",
    "underwater": "azure teal cyber night royal verdant",
    "road": "sunset golden teal neon dune night autumn dawn storm",
    "rails": "golden sunset teal dawn autumn storm night ember",
    "stage": "neon royal fire cyber rose ember azure",
    "lights": "ember rose royal neon golden dream candy",
    "clouds": "dream dawn sunset rose azure golden royal night",
    "ink": "dream teal neon fire royal noir azure autumn rose",
    "silk": "rose royal dream golden neon teal azure ember",
    "geometric": "candy golden rose teal autumn azure neon dream",
}

# Palettes that may stand in for one that the words only hint at, so that scenes of one mood are not all of one hue.
_KIN: Mapping[str, str] = {
    "sunset": "rose ember golden fire",
    "golden": "autumn dune sunset ember",
    "dawn": "dream rose golden teal",
    "night": "royal arctic cyber ember",
    "neon": "royal cyber",
    "teal": "storm dawn azure",
    "storm": "teal noir night",
    "dream": "rose dawn royal",
    "candy": "azure golden dream",
    "fire": "ember sunset",
    "verdant": "golden dawn azure",
    "arctic": "night teal",
    "azure": "teal candy dawn",
    "rose": "sunset dream ember",
    "autumn": "golden ember sunset",
    "royal": "dream neon night",
    "ember": "autumn golden night",
}

# What the seed may add in front when the prompt names nothing: name and weight ("" adds nothing).
_ADDS: Mapping[str, str] = {
    "mountains": "-3 birds-2 person-2 tree-1 deer-1 couple-1 fence-1 balloon-1 house-1 wires-1",
    "lake": "-2 boat-3 birds-2 person-1 couple-1 tree-2 grass-1 deer-1 house-1",
    "ocean": "-2 boat-3 birds-3 person-2 couple-1 palm-1 lighthouse-1 child-1",
    "harbor": "-1 birds-2 boat-2 person-1 couple-1 lamp-1",
    "skyline": "-4 bridge-2 person-1 couple-1 birds-1 plane-1 boat-1",
    "street": "-1 umbrella-2 person-3 couple-2 car-3 lamp-2 bicycle-1 dancer-1",
    "rooftops": "-1 couple-2 person-2 birds-2 musician-1 wires-2 plane-1",
    "window": "-1",
    "space": "-1",
    "forest": "-3 deer-2 person-2 birds-1 child-1",
    "desert": "-2 person-2 cactus-3 birds-1 car-1 couple-1",
    "synthwave": "-2 palm-3 car-3 birds-1 person-1",
    "meadow": "-1 tree-3 windmill-1 house-1 person-2 couple-1 child-2 birds-2 fence-2 balloon-1 deer-1 wires-1",
    "garden": "-2 birds-1 couple-1 bench-1 person-1 fence-1",
    "village": "-3 person-1 deer-1 tree-2 fence-1 lamp-2 couple-1",
    "underwater": "-1",
    "road": "-1 car-3 wires-3 person-1 birds-2 tree-1 couple-1 cactus-1",
    "rails": "-1 train-2 wires-2 person-2 birds-1 couple-1",
    "stage": "musician-3 crowd-2 dancer-1",
    "lights": "couple-2 dancer-2 -4",
    "clouds": "-2 birds-3 plane-2 balloon-2 lanterns-1",
    "ink": "-1",
    "silk": "-1",
    "geometric": "-1",
}
# Names that are also everyday words count for less than the others, which count 2.
_OWN = {"lights": 0.6, "window": 1.5, "road": 1.6, "clouds": 1.4}
_FLOCKS = ("birds", "plane", "lanterns", "balloon")


def read_words(prompt: str) -> list[str]:
    """The words of a prompt in order, lower case, each followed by its singular where it looks like a plural."""
    found: list[str] = []
    for word in re.findall(r"[^\W_]+", prompt[:_MAX_READ].lower()):
        found.append(word)
        if not word.isascii() and (plain := without_accents(word)) != word:
            found.append(plain)
        if len(word) > 3 and word.endswith("ies"):
            found.append(word[:-3] + "y")
        elif len(word) > 3 and word.endswith("es"):
            found += [word[:-1], word[:-2]]
        elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
            found.append(word[:-1])
    return found


def without_accents(word: str) -> str:
    """As people write it who have no such keys: "cafe" for "café"."""
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


def scores(words: Sequence[str], table: Mapping[str, Words]) -> dict[str, float]:
    """How strongly the words call each name of a table: its own name counts double, earlier words a little more."""
    total: dict[str, float] = {}
    text = " ".join(words)
    for name, calls in table.items():
        score = sum(1.5 for call in calls if " " in call and call in text)
        for place, word in enumerate(words):
            weight = _OWN.get(name, 2.0) if word == name else 1.0 if word in calls else 0.0
            score += weight * (1.0 - 0.3 * place / len(words))
        if score > 0:
            total[name] = score
    return total


def _best(found: Mapping[str, float]) -> str:
    return max(found, key=lambda name: found[name]) if found else ""


def composed(prompt: str, palette: str, rng: Rng, *, bare: bool = False) -> Brief:
    """The choices for a prompt; `palette` is a name that must hold, or more words for the mood. `bare`: nobody and
    nothing is put in that the words do not name.
    """
    words = read_words(prompt)
    kind = _kind(words, rng)
    weather = _best(scores(words, WEATHERS))
    time = _best(scores(words, TIMES))
    skies = {name for name in SKIES if name in scores(words, SKIES)}
    color = _palette(kind, words, palette, time, weather, rng)
    if not time:
        time = _time(color, skies, rng, held=palette in PALETTES)
    if "moon" in skies and "sun" not in skies and time == "day":
        time = "dusk"
    season = _best(scores(words, SEASONS))
    if weather == "snow" or (kind == "village" and not season):
        season = "winter"
    cold = color in ("arctic", "night", "dream", "noir", "teal", "royal", "storm", "dawn")
    season = season or str(
        rng.choice(
            ["spring", "summer", "autumn", "winter"], p=[0.2, 0.35, 0.2, 0.25] if cold else [0.27, 0.45, 0.28, 0.0]
        )
    )
    if not weather:
        weather = _weather(kind, season, time, skies, rng)
    asked = _asked(words, kind)
    added = () if asked or bare else _added(kind, rng)
    return Brief(
        kind,
        color,
        time,
        season,
        weather,
        (*asked, *added),
        frozenset(skies),
        frozenset((*asked, *skies)),
        frozenset(words),
    )


def _kind(words: Sequence[str], rng: Rng) -> str:
    found = scores(words, KINDS)
    if found:
        return _best(found)
    for word in words:
        if word in HINTS:
            return str(rng.choice(HINTS[word]))
    return str(rng.choice(list(KINDS)))


def _palette(kind: str, words: Sequence[str], palette: str, time: str, weather: str, rng: Rng) -> str:
    if palette in PALETTES:
        return palette
    found = scores(words, PALETTES)
    for name, score in scores(read_words(palette), PALETTES).items():
        found[name] = found.get(name, 0.0) + 0.8 * score
    # "Forest" names a place first and a mood second: it shall not paint every forest green.
    bound = found and not all(word in KINDS[kind] or word == kind for word in _callers(words, found))
    if bound or (found and rng.random() < 0.4):
        return _mood(found, words, time, rng)
    suits = _SUITS[kind].split()
    if weather in ("rain", "storm") and rng.random() < 0.5:
        return str(rng.choice(["storm", "teal", "night"]))
    if time:
        suits = [name for name in suits if time in natural_times(name)] or suits
    # The first ones suit the kind best.
    weights = np.linspace(1.6, 0.7, len(suits))
    return str(rng.choice(suits, p=weights / weights.sum()))


def _callers(words: Sequence[str], found: Mapping[str, float]) -> set[str]:
    """The words that called up the strongest palette."""
    best = _best(found)
    return {word for word in words if word == best or word in PALETTES[best]}


def _mood(found: Mapping[str, float], words: Sequence[str], time: str, rng: Rng) -> str:
    """One of the strongest palettes, or now and then one of its kin where the words only hint at it."""
    best = max(found.values())
    name = str(rng.choice([name for name, score in found.items() if score > best - 0.25]))
    kin = [other for other in _KIN.get(name, "").split() if not time or time in natural_times(other)]
    chance = 0.4 if name not in words else 0.45 if name == time else 0.0
    return str(rng.choice(kin)) if kin and rng.random() < chance else name


def _time(palette: str, skies: set[str], rng: Rng, *, held: bool) -> str:
    natural = natural_times(palette)
    if skies & {"stars", "moon", "crescent", "comet", "fireworks"}:
        return "night"
    if "rainbow" in skies:
        return "day"
    if held and rng.random() < 0.3:
        return str(rng.choice(list(TIMES)))
    return str(rng.choice(natural))


def _weather(kind: str, season: str, time: str, skies: set[str], rng: Rng) -> str:
    if kind in _INDOOR or skies & {"stars", "moon", "sun", "aurora", "comet", "fireworks"}:
        return "clear" if rng.random() < 0.4 else ""
    if season == "winter" and rng.random() < 0.4:
        return "snow"
    wet = 0.35 if kind in ("street", "window") else 0.06
    if rng.random() < wet:
        return "rain"
    return str(rng.choice(["clear", "", "cloudy", "fog", "wind"], p=[0.24, 0.42, 0.14, 0.10, 0.10]))


def _asked(words: Sequence[str], kind: str) -> tuple[str, ...]:
    found = scores(words, FOREGROUNDS)
    if "couple" in found:
        found.pop("person", None)
        found.pop("dancer", None)
    if "umbrella" in found or "dancer" in found or "musician" in found or "child" in found:
        found.pop("person", None)
    if kind == "rails":
        found.pop("rails", None)
    if kind == "garden":
        found.pop("flowers", None)
    if kind in ("village", "window"):
        found.pop("house", None)
    if "child" in found and not {"airballoon", "zeppelin", "hot"} & set(words):
        found.pop("balloon", None)  # the one in its hand is not the one that flies
    ranked = sorted(found, key=lambda name: -found[name])
    return tuple(ranked[:_MAX_FOREGROUNDS])


def _added(kind: str, rng: Rng) -> tuple[str, ...]:
    names, weights = [], []
    for entry in _ADDS[kind].split():
        name, weight = entry.rsplit("-", 1)
        names.append(name)
        weights.append(float(weight))
    chance = np.asarray(weights) / sum(weights)
    first = str(rng.choice(names, p=chance))
    if not first:
        return ()
    second = str(rng.choice(names, p=chance))
    if rng.random() < 0.25 and second and second != first and (second in _FLOCKS) != (first in _FLOCKS):
        return first, second
    return (first,)
