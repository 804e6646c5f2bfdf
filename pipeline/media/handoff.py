"""The cut of a film as an OpenTimelineIO file: what any editor needs to build it again from its parts.

Written as the JSON that the format is (https://opentimelineio.readthedocs.io, schemas as of 0.17); the tests read it
back with the `opentimelineio` package. Nothing of that package is needed to run.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline.media.timeline import Transition, handles
from pipeline.media.values import Value

Json = dict[str, Any]


class HandoffShot(Value):
    """One clip in film order: its file holds `file_frames`, of which the film shows `frames` from `first` on.

    `transition` leads to the next shot.
    """

    name: str
    path: str
    first: int
    frames: int
    file_frames: int
    transition: Transition
    words: str = ""
    prompt: str = ""


class HandoffMark(Value):
    """A named part of the film, in its frames."""

    name: str
    first: int
    frames: int


def timeline_otio(
    title: str,
    shots: tuple[HandoffShot, ...],
    *,
    fps: int,
    audio_path: str = "",
    audio_frames: int = 0,
    marks: tuple[HandoffMark, ...] = (),
    metadata: Json | None = None,
) -> str:
    """The text of an .otio file with a picture track, a sound track and the song's parts as markers."""
    video: list[Json] = []
    for shot in shots:
        video.append(_clip(shot, fps))
        if shot.transition.frames and shot is not shots[-1]:
            video.append(_transition(shot.transition, fps))
    tracks = [_track("Picture", "Video", video)]
    frames = sum(shot.frames for shot in shots)
    if audio_path:
        sound = _reference(audio_path, max(audio_frames, frames), fps)
        tracks.append(_track("Sound", "Audio", [_item("Clip.2", "Sound", 0, frames, fps) | _media(sound)]))
    stack = _item("Stack.1", "tracks", None, 0, fps)
    stack |= {"children": tracks, "markers": [_marker(mark, fps) for mark in marks]}
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": metadata or {},
        "name": title,
        "global_start_time": None,
        "tracks": stack,
    }
    return json.dumps(timeline, ensure_ascii=False, indent=1)


def _clip(shot: HandoffShot, fps: int) -> Json:
    item = _item("Clip.2", shot.name, shot.first, shot.frames, fps)
    said = {name: text for name, text in (("words", shot.words), ("prompt", shot.prompt)) if text}
    item["metadata"] = {"omvee": said} if said else {}
    return item | _media(_reference(shot.path, shot.file_frames, fps))


def _transition(transition: Transition, fps: int) -> Json:
    after, before = handles(transition)  # the left shot runs on, the right one begins early
    return {
        "OTIO_SCHEMA": "Transition.1",
        "metadata": {"omvee": {"kind": transition.kind}},
        "name": transition.kind,
        "in_offset": _time(before, fps),
        "out_offset": _time(after, fps),
        "transition_type": "SMPTE_Dissolve" if transition.kind == "crossfade" else "Custom_Transition",
    }


def _item(schema: str, name: str, first: int | None, frames: int, fps: int) -> Json:
    return {
        "OTIO_SCHEMA": schema,
        "metadata": {},
        "name": name,
        "source_range": None if first is None else _range(first, frames, fps),
        "effects": [],
        "markers": [],
        "enabled": True,
    }


def _track(name: str, kind: str, children: list[Json]) -> Json:
    return _item("Track.1", name, None, 0, 1) | {"children": children, "kind": kind}


def _media(reference: Json) -> Json:
    return {"media_references": {"DEFAULT_MEDIA": reference}, "active_media_reference_key": "DEFAULT_MEDIA"}


def _reference(path: str, frames: int, fps: int) -> Json:
    return {
        "OTIO_SCHEMA": "ExternalReference.1",
        "metadata": {},
        "name": path.rsplit("/", 1)[-1],
        "available_range": _range(0, frames, fps),
        "available_image_bounds": None,
        "target_url": path,
    }


def _marker(mark: HandoffMark, fps: int) -> Json:
    return {
        "OTIO_SCHEMA": "Marker.2",
        "metadata": {},
        "name": mark.name,
        "color": "GREEN",
        "marked_range": _range(mark.first, mark.frames, fps),
        "comment": "",
    }


def _range(first: int, frames: int, fps: int) -> Json:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(first, fps), "duration": _time(frames, fps)}


def _time(frames: int, fps: int) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(fps), "value": float(frames)}
