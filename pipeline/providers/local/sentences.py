"""Plans in words: the description of a picture, why it was chosen, and the prompt that is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from pipeline.providers.local.imagery import Imagery
from pipeline.providers.local.moods import MOODS
from pipeline.providers.local.plan_values import PromptText
from pipeline.providers.local.scenery import FIGURES, SKY_PHRASES, TIME_PHRASES, WEATHER_PHRASES
from pipeline.providers.local.styles import style_named

# Palette -> words that only the painter's palettes know, so that naming a color never moves the scene to another hour
# or season.
PALETTE_PHRASES: Mapping[str, str] = {
    "sunset": "warm farewell colors",
    "golden": "nostalgic gold",
    "dawn": "gentle, calm colors",
    "night": "quiet lullaby colors",
    "neon": "electric nightlife colors",
    "cyber": "cyberpunk, digital colors",
    "teal": "cinematic teal",
    "storm": "gloomy, sorrowful colors",
    "dream": "dreamy pastel colors",
    "candy": "playful candy colors",
    "fire": "furious, raging reds",
    "verdant": "verdant, natural greens",
    "arctic": "arctic glacier colors",
    "dune": "dry, dusty colors",
    "noir": "monochrome noir",
    "azure": "azure blue",
    "rose": "tender, blushing pink",
    "autumn": "amber and rust",
    "royal": "royal purple and violet",
    "ember": "cozy whiskey colors",
}

CAMERA_PHRASES: Mapping[str, str] = {
    "push_in": "slow push in",
    "pull_out": "slow pull out",
    "pan_left": "slow pan to the left",
    "pan_right": "slow pan to the right",
    "tilt_up": "slow tilt upward",
    "tilt_down": "slow tilt downward",
    "orbit": "slow orbit around the subject",
    "drift": "gentle handheld drift",
    "hold": "locked-off camera",
}

NEGATIVE = (
    "text, letters, captions, watermark, logo, signature, frame, collage, "
    "distorted faces, extra limbs, blurry, low quality"
)

_PEOPLE = frozenset({"person", "couple", "dancer", "crowd", "musician", "child", "umbrella", "deer"})
_THINGS_END = ("in view", "in the foreground", "in silhouette")


def described(image: Imagery, turn: int) -> str:
    """A sentence that the painter shows word by word. `turn` (any number) varies its build."""
    preposition, place = image.place.split("|")
    where = f"{preposition} {place}"
    people = [FIGURES[name][0] for name in image.figures if name in _PEOPLE]
    things = [FIGURES[name][0] for name in image.figures if name not in _PEOPLE]
    weather = _chosen(WEATHER_PHRASES.get(image.weather, ()), turn)
    season = f"an {image.season}" if image.season[0] in "aeiou" else f"a {image.season}"
    time = _chosen(TIME_PHRASES.get(image.time, ()), turn).format(a=season)
    sky = _chosen(SKY_PHRASES.get(image.sky, ()), turn)
    thing = f"{' and '.join(things)} {_THINGS_END[turn % 3]}" if things else ""
    color = f"in {PALETTE_PHRASES[image.palette]}"
    if image.returned:
        time = f"now {time}" if time else "once more"
    if people and turn % 2:
        lead = [f"{' and '.join(people)} {where}", time]
    elif people:
        lead = [f"{f'{time}, ' if time else ''}{where}: {' and '.join(people)}"]
    else:
        lead = [where, time] if image.returned else [f"{where} {time}".strip()]
    view = f"the {image.view} outside" if image.view else ""
    parts = [*lead, view, thing, weather, sky, color]
    sentence = ", ".join(part for part in parts if part)
    return sentence[0].upper() + sentence[1:]


def reasoned(image: Imagery, *, label: str, found: Sequence[str], pace: str, camera: str) -> str:
    """Why the scene looks and moves as it does, in two plain sentences.

    `found` are the lyric's words that the picture shows.
    """
    name = {"intro": "the intro", "outro": "the outro", "instrumental": "the instrumental break"}.get(
        label, f"the {label}"
    )
    quoted = [f"\u201c{word}\u201d" for word in found[:3]]
    if image.returned:
        why = f"{name.capitalize()} returns and so does its place, in another light"
    elif quoted:
        listed = " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
        why = f"{listed} in the lyrics became this picture"
    else:
        why = f"{name.capitalize()} names no picture here, so this one follows its {image.mood} mood"
    return f"{why}. {pace}, with a {CAMERA_PHRASES[camera]}."


def pace_words(tenths: int, energy: int, rising: int, start: str) -> str:
    """The scene's length (tenths of a second) and start, explained by the music."""
    music = "the music is strong" if energy > 650 else "the music is calm" if energy < 350 else "the music flows"
    if rising > 150:
        music = "the music lifts"
    elif rising < -150:
        music = "the music settles"
    return f"{tenths // 10}.{tenths % 10} s from {start}, because {music}"


def write_prompt(
    description: str, *, mood: str = "", style: str = "", camera: str = "", palette: str = ""
) -> PromptText:
    """The text for an image provider: the description in its style's words and colors, what to leave out, and how it
    moves.

    The palette is the one asked for, else the one the description names, else one of the style's that fits the mood.
    """
    look = style_named(style)
    named = next((name for name, phrase in PALETTE_PHRASES.items() if phrase in description), "")
    chosen = palette or named or _palette_for(look.palettes, mood, description)
    words = [description.rstrip(" .")]
    if chosen != named and chosen in PALETTE_PHRASES:
        words.append(f"in {PALETTE_PHRASES[chosen]}")
    words.append(look.words)
    text = ", ".join(words)
    return PromptText(text=text, negative=NEGATIVE, motion=motion_words(description, camera, mood), palette=chosen)


def motion_words(description: str, camera: str, mood: str = "") -> str:
    """How a video provider should move the picture: the camera, and what moves by itself."""
    low = description.lower()
    moves = {
        r"\brain|drizzle": "rain falls steadily",
        r"\bsnow": "snow drifts down",
        r"\bmist|fog|haze|smoke": "mist drifts slowly",
        r"\bwaves?\b|surf|tide|\bsea\b|lake|river": "water moves gently",
        r"\bwind|breeze|grass|wheat|reeds": "grass and leaves sway in the wind",
        r"embers|sparks|campfire|fireflies": "sparks rise",
        r"clouds?\b": "clouds drift",
        r"\bbirds?\b": "birds cross the sky",
        r"starr?y?|stars": "stars twinkle",
    }
    found = [words for pattern, words in moves.items() if re.search(pattern, low)][:2]
    lead = CAMERA_PHRASES.get(camera, CAMERA_PHRASES["drift"])
    tempo = {"furious": "restless", "euphoric": "lively", "joyful": "lively"}.get(mood, "smooth")
    return ", ".join([lead, *found, f"{tempo} motion, no cuts"])


def _palette_for(palettes: Sequence[str], mood: str, description: str) -> str:
    wanted = MOODS[mood].palettes if mood in MOODS else ()
    for name in wanted:
        if name in palettes:
            return name
    return palettes[int.from_bytes(hashlib.sha256(description.encode()).digest()[:4]) % len(palettes)]


def _chosen(phrases: Sequence[str], turn: int) -> str:
    return phrases[turn % len(phrases)] if phrases else ""
