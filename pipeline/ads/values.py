"""What an ad is made from: a template's beats, a brief, and the beats as the brief fills them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.ads.placeholders import needed_points, unknown_placeholders
from pipeline.media.audio.synth.beds import BED_MOODS
from pipeline.media.grades import LOOKS, Grade
from pipeline.media.motion import Camera
from pipeline.media.painting.words import PALETTES
from pipeline.media.timeline import TransitionKind
from pipeline.media.values import Value

Role = Literal["hook", "problem", "moment", "reveal", "benefit", "proof", "offer", "call_to_action"]
Corner = Literal["top_left", "top_right", "top_center"]
SHOWS_PRODUCT: tuple[Role, ...] = ("reveal", "proof", "call_to_action")
"""Roles whose beats always show the product, whatever a template says."""
SHORTEST_S, LONGEST_S = 2, 12
MAX_CAPTION = 84


class Beat(Value):
    """One beat. `after` names the beat before it; the first one names none."""

    name: str = Field(pattern="^[a-z][a-z0-9_]{0,29}$")
    role: Role
    after: str = ""
    prompt: str = Field(min_length=3, max_length=400)
    caption: str = Field(default="", max_length=160)
    product: bool = False
    camera: Camera = "push_in"
    transition: TransitionKind = "cut"
    """How this beat goes over into the next one."""
    palette: str = ""
    """The painter's colors; empty is the template's."""
    grade: str = ""
    """The color look of this beat; empty is the template's."""

    @property
    def shows_product(self) -> bool:
        return self.product or self.role in SHOWS_PRODUCT


class LogoPlace(Value):
    """Where the logo stands while the ad runs: a corner of the safe area, and its share of the frame's shorter side."""

    corner: Corner = "top_right"
    percent: int = Field(default=16, ge=6, le=30)


class EndCard(Value):
    """The last moments: logo, product and call to action on the brand's color."""

    milliseconds: int = Field(default=3000, ge=1800, le=6000)
    logo_percent: int = Field(default=34, ge=10, le=60)


class Template(Value):
    """A kind of ad. `lengths`: seconds of the whole -> seconds of each beat that it has; other beats are left out."""

    name: str = Field(pattern="^[a-z][a-z0-9_]{2,39}$")
    version: int = Field(default=1, ge=1)
    label: str = Field(min_length=2, max_length=60)
    about: str = Field(min_length=10, max_length=300)
    style: str
    music_mood: str
    palette: str
    """The painter's colors, where this studio's own painter makes the pictures."""
    grade: str = ""
    """A color look that ships (a `.cube`): all pictures of the film wear it, whoever made them; empty is none."""
    grade_percent: int = Field(default=100, ge=10, le=100)
    logo: LogoPlace = LogoPlace()
    end_card: EndCard = EndCard()
    snap_milliseconds: int = Field(default=350, ge=0, le=1000)
    """How far a cut may move to fall on a beat of the music."""
    beats: tuple[Beat, ...] = Field(min_length=2, max_length=24)
    lengths: dict[str, dict[str, int]] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for problem in problems(self):
            raise ValueError(problem)
        return self

    @property
    def seconds(self) -> tuple[int, ...]:
        """The lengths that it comes in, the shortest first."""
        return tuple(sorted(int(name) for name in self.lengths))

    def timed(self, seconds: int) -> tuple[tuple[Beat, int], ...]:
        """(beat, its seconds) of a length, in order. Raises KeyError for a length that it does not come in."""
        lasting = self.lengths[str(seconds)]
        return tuple((beat, lasting[beat.name]) for beat in ordered(self.beats) if beat.name in lasting)

    def grade_of(self, beat: str) -> Grade | None:
        """The look of a beat, by its name; the template's own for one that it does not know."""
        own = next((one.grade for one in self.beats if one.name == beat), "") or self.grade
        return Grade(name=own, percent=self.grade_percent) if own else None

    def points_needed(self, seconds: int) -> int:
        """How many key points a length speaks of."""
        return max((needed_points(f"{beat.prompt} {beat.caption}") for beat, _ in self.timed(seconds)), default=0)


def ordered(beats: tuple[Beat, ...]) -> tuple[Beat, ...]:
    """The beats in the order of their chain. Raises ValueError in words for a gap, a fork or a circle."""
    names = [beat.name for beat in beats]
    for beat in beats:
        if names.count(beat.name) > 1:
            raise ValueError(f"The beat “{beat.name}” is there twice.")
        if beat.after and beat.after not in names:
            raise ValueError(f"The beat “{beat.name}” comes after “{beat.after}”, which is missing.")
    following: dict[str, Beat] = {}
    for beat in beats:
        if beat.after in following:
            where = f"after “{beat.after}”" if beat.after else "at the beginning"
            raise ValueError(f"“{following[beat.after].name}” and “{beat.name}” both come {where}.")
        following[beat.after] = beat
    if "" not in following:
        raise ValueError("The beats go round in a circle: none of them is the first.")
    chain = [following[""]]
    while chain[-1].name in following and len(chain) <= len(beats):
        chain.append(following[chain[-1].name])
    if len(chain) != len(beats):
        left = ", ".join(name for name in names if name not in {beat.name for beat in chain})
        raise ValueError(f"These beats go round in a circle: {left}.")
    return tuple(chain)


def problems(template: Template) -> list[str]:
    """All that keeps a template from being used, in words."""
    found: list[str] = []
    try:
        chain = ordered(template.beats)
    except ValueError as error:
        return [str(error)]
    for word, known, names in (
        ("palette", PALETTES, (template.palette, *(beat.palette for beat in template.beats if beat.palette))),
        ("grade", LOOKS, [name for name in (template.grade, *(beat.grade for beat in template.beats)) if name]),
    ):
        found += [
            f"There is no {word} called “{name}”. There are: {', '.join(known)}." for name in names if name not in known
        ]
    if template.music_mood not in BED_MOODS:
        found.append(f"There is no music in the mood “{template.music_mood}”. There are: {', '.join(BED_MOODS)}.")
    found += [
        f"The beat “{beat.name}” has a placeholder that nothing fills: {', '.join(unknown)}."
        for beat in chain
        for text in (beat.prompt, beat.caption)
        if (unknown := unknown_placeholders(text))
    ]
    for seconds, lasting in template.lengths.items():
        found += _length_problems(template, seconds, lasting)
    return found


def _length_problems(template: Template, seconds: str, lasting: dict[str, int]) -> list[str]:
    if not seconds.isdecimal() or not 5 <= int(seconds) <= 120:
        return [f"“{seconds}” is no length in seconds between 5 and 120."]
    known = {beat.name: beat for beat in template.beats}
    missing = [name for name in lasting if name not in known]
    if missing:
        return [f"The length of {seconds} seconds has beats that are missing: {', '.join(missing)}."]
    found = [
        f"In {seconds} seconds, the beat “{name}” lasts {length} s; a beat lasts {SHORTEST_S} to {LONGEST_S}."
        for name, length in lasting.items()
        if not SHORTEST_S <= length <= LONGEST_S
    ]
    if sum(lasting.values()) != int(seconds):
        found.append(f"The beats of {seconds} seconds last {sum(lasting.values())} seconds together.")
    roles = {known[name].role for name in lasting}
    for role, words in (("hook", "hook"), ("call_to_action", "call to action")):
        if role not in roles:
            found.append(f"The length of {seconds} seconds has no {words}.")
    if not any(known[name].shows_product for name in lasting):
        found.append(f"The length of {seconds} seconds never shows the product.")
    return found


class Brief(Value):
    """What an advertiser says about the product."""

    product: str
    what: str
    audience: str = ""
    tone: str = ""
    points: tuple[str, ...] = ()
    call_to_action: str = ""


class FilledBeat(Value):
    """A beat as the brief fills it. Frames follow from `seconds`, whole seconds of a film of whole seconds."""

    name: str
    role: Role
    seconds: int
    prompt: str
    caption: str = ""
    product: bool = False
    camera: Camera = "push_in"
    transition: TransitionKind = "cut"
    palette: str = ""


class Finding(Value):
    """What somebody should look at before anything is made. `phrase` is what was found in `text`'s place."""

    kind: Literal["claim", "missing", "length"]
    place: str
    """A beat's name, or a field of the brief."""
    text: str
    phrase: str = ""
    topic: str = ""
