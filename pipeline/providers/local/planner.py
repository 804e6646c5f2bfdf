"""Planning without a model: a song's shape and words become scenes.

Deterministic: the same request (seed included) plans the same film for ever. The steps are modules of their own:
`parts` (what returns), `cuts` (where scenes end), `lexicon` and `moods` (what the words show), `imagery` (which
picture), `camera`, `sentences`.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.media.lyrics.values import Line
from pipeline.media.timeline import CUT, Slot, Transition, frame_at, ms_at, slots
from pipeline.providers.local.ads import ad_scenes
from pipeline.providers.local.camera import camera_move, move_into
from pipeline.providers.local.cuts import cut_frames, mean_energy
from pipeline.providers.local.ideas import idea_scenes
from pipeline.providers.local.imagery import Imagery, Imagination, Moment
from pipeline.providers.local.lexicon import Reading, reading_of, shown_by
from pipeline.providers.local.moods import mood_of
from pipeline.providers.local.parts import Part, song_parts
from pipeline.providers.local.plan_values import PlannedScene, PlanRequest, PromptText
from pipeline.providers.local.sentences import described, pace_words, reasoned, write_prompt
from pipeline.providers.local.styles import Style, style_named

__all__ = ["PlanRequest", "PlannedScene", "PromptText", "plan_scenes", "write_prompt"]

_SEASONS = ("spring", "summer", "autumn")
_HEROES = ("person", "couple", "dancer", "child", "umbrella")


@dataclass(frozen=True)
class _Scene:
    """A slot and what is known of it before its picture is chosen."""

    slot: Slot
    part: int
    label: str
    theme: int
    place_in_part: int
    lyrics: tuple[str, ...]
    energy: int
    near: Reading
    mood: str = ""


def plan_scenes(request: PlanRequest) -> tuple[PlannedScene, ...]:
    """The film's scenes: they tile [0, frames) exactly.

    Cuts fall on downbeats where there are any, scenes last min_ms to max_ms (a song under two shortest scenes is one
    scene), part borders are cuts, returning choruses return to their places.
    """
    if request.beats:
        return ad_scenes(request)
    if request.idea:
        return idea_scenes(request)
    request = _with_times(request)
    parts = song_parts(request)
    style = style_named(request.style)
    scenes = _scenes(request, parts)
    whole = reading_of("\n".join((request.title, *(line.text for line in request.lines))))
    words_of = [
        reading_of("\n".join(text for scene in scenes if scene.part == index for text in scene.lyrics))
        for index in range(len(parts))
    ]
    moods = [
        mood_of(
            scene.near,
            words_of[scene.part],
            whole,
            label=scene.label,
            energy=scene.energy,
            turn=_turn(request, "mood", scene.part),
        )
        for scene in scenes
    ]
    images = _images(request, style, scenes, words_of, moods, whole)
    cameras = _cameras(request, scenes, images)
    transitions = _transitions(request, style, scenes)
    return tuple(
        PlannedScene(
            start_frame=scene.slot.start_frame,
            end_frame=scene.slot.end_frame,
            section=scene.label,
            lyrics="\n".join(scene.lyrics),
            description=described(image, _turn(request, "words", index)),
            mood=image.mood,
            camera=cameras[index],
            transition=transitions[index],
            reasoning=_reason(request, scenes, index, image, cameras[index]),
            imagery=image.key,
            palette=image.palette,
        )
        for index, (scene, image) in enumerate(zip(scenes, images, strict=True))
    )


def _turn(request: PlanRequest, *names: object) -> int:
    return int.from_bytes(hashlib.blake2b("|".join(map(str, (request.seed, *names))).encode(), digest_size=4).digest())


def _with_times(request: PlanRequest) -> PlanRequest:
    """Words without times still say what is shown: they are spread evenly over the song."""
    lines = request.lines
    if not lines or any(line.end_ms > 0 for line in lines):
        return request
    count = len(lines)
    spread = tuple(
        line.model_copy(
            update={
                "start_ms": request.duration_ms * index // count,
                "end_ms": request.duration_ms * (index + 1) // count,
            }
        )
        for index, line in enumerate(lines)
    )
    return request.model_copy(update={"lines": spread})


def _scenes(request: PlanRequest, parts: Sequence[Part]) -> list[_Scene]:
    cuts = cut_frames(request, [part.start_ms for part in parts[1:]])
    starts = [part.start_ms for part in parts]
    places = slots(cuts, request.frames)
    owned = _lines_of(request, places)
    scenes: list[_Scene] = []
    for slot, lines in zip(places, owned, strict=True):
        middle = ms_at((slot.start_frame + slot.end_frame) // 2, request.fps)
        index = max(0, bisect_right(starts, middle) - 1)
        part = parts[index]
        place = scenes[-1].place_in_part + 1 if scenes and scenes[-1].part == index else 0
        texts = tuple(line.text for line in lines)
        energy = mean_energy(request, slot.start_frame, slot.end_frame)
        scenes.append(_Scene(slot, index, part.label, part.theme, place, texts, energy, reading_of("\n".join(texts))))
    return scenes


def _lines_of(request: PlanRequest, places: Sequence[Slot]) -> list[list[Line]]:
    """Every line to the scene in which most of it is sung."""
    owned: list[list[Line]] = [[] for _ in places]
    starts = [slot.start_frame for slot in places]
    for line in request.lines:
        first = frame_at(line.start_ms, request.fps)
        last = max(first + 1, frame_at(line.end_ms, request.fps))
        low, high = max(0, bisect_right(starts, first) - 1), max(0, bisect_right(starts, last) - 1)
        best = max(
            range(low, high + 1), key=lambda at: min(last, places[at].end_frame) - max(first, places[at].start_frame)
        )
        owned[best].append(line)
    return owned


def _images(
    request: PlanRequest,
    style: Style,
    scenes: Sequence[_Scene],
    words_of: Sequence[Reading],
    moods: Sequence[str],
    whole: Reading,
) -> list[Imagery]:
    named = [name for name, weight in whole.foregrounds.ranked() if name in _HEROES and weight >= 3]
    hero = named[0] if named else _usual_heroes(whole)[_turn(request, "hero") % 3]
    seasons = [name for name, weight in whole.seasons.ranked() if weight >= 3]
    season = style.season or (seasons[0] if seasons else _SEASONS[_turn(request, "season") % len(_SEASONS)])
    mind = Imagination(style=style, seed=request.seed, hero=hero, season=season, whole=whole)
    for index, scene in enumerate(scenes):
        following = scenes[index + 1] if index + 1 < len(scenes) else None
        coming = mind.first_kind_of(following.theme) if following and following.part != scene.part else ""
        moment = Moment(
            index=index,
            position=1000 * scene.slot.start_frame // request.frames,
            part=scene.part,
            theme=scene.theme,
            place_in_part=scene.place_in_part,
            mood=moods[index],
            energy=scene.energy,
            near=scene.near,
            around=words_of[scene.part],
            following=following.near if following else Reading(),
        )
        mind.imagine(moment, coming=coming)
    return mind.shown


def _usual_heroes(whole: Reading) -> tuple[str, str, str]:
    """Who may walk through a film whose words name nobody: nobody dances through a sad song."""
    bright, sad = (
        sum(whole.moods[mood] for mood in moods)
        for moods in (("joyful", "euphoric", "free"), ("melancholy", "longing", "dark", "nostalgic"))
    )
    return ("person", "couple", "dancer" if bright > sad else "person")


def _cameras(request: PlanRequest, scenes: Sequence[_Scene], images: Sequence[Imagery]) -> list[str]:
    cameras: list[str] = []
    for index, (scene, image) in enumerate(zip(scenes, images, strict=True)):
        here = [camera for camera, other in zip(cameras, images, strict=False) if other.key == image.key]
        turn = _turn(request, "camera", index)
        cameras.append(
            camera_move(
                mood=image.mood, label=scene.label, energy=scene.energy, recent=cameras, before_here=here, turn=turn
            )
        )
    return cameras


def _transitions(request: PlanRequest, style: Style, scenes: Sequence[_Scene]) -> list[Transition]:
    found = []
    for index in range(len(scenes) - 1):
        left, right = scenes[index], scenes[index + 1]
        found.append(
            move_into(
                style=style,
                left=left.slot,
                right=right.slot,
                fps=request.fps,
                label=right.label,
                energy=right.energy,
                rising=right.energy - left.energy,
                border=left.part != right.part,
                turn=_turn(request, "transition", index),
            )
        )
    return [*found, CUT]


def _reason(request: PlanRequest, scenes: Sequence[_Scene], index: int, image: Imagery, camera: str) -> str:
    scene = scenes[index]
    seen = {image.kind, image.time, image.weather, image.sky, *image.figures} - {""}
    found = [word for word, name in scene.near.found.items() if seen & shown_by(name)]
    tenths = (scene.slot.frames * 20 + request.fps) // (2 * request.fps)
    rising = scene.energy - scenes[index - 1].energy if index else 0
    pace = pace_words(tenths, scene.energy, rising, _start_words(request, scene.slot.start_frame))
    return reasoned(image, label=scene.label, found=found, pace=pace, camera=camera)


def _start_words(request: PlanRequest, frame: int) -> str:
    if frame == 0:
        return "the first note"
    for times, words in ((request.downbeats_ms, "a downbeat"), (request.beats_ms, "a beat")):
        at = bisect_right(times, ms_at(frame, request.fps))
        if any(frame_at(time, request.fps) == frame for time in times[max(0, at - 2) : at + 2]):
            return words
    return "a quiet moment"
