"""How soon an animatic of a three-minute song is there: pictures at hand, and pictures still to be drawn.

Run with `python -m bench.animatic`. The yardstick in the same run is a bare encode of as many gray frames with the same
song and encoder settings; the ratio says what moving, blending and writing words cost on top.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from pipeline.media.animatic import FPS, AnimaticShot, AnimaticSpec, animatic_profile, render_animatic
from pipeline.media.captions import CaptionTrack
from pipeline.media.lyrics.values import Line
from pipeline.media.motion import Motion
from pipeline.media.painting import paint
from pipeline.media.planes import load_rgb
from pipeline.media.profile import encoder_args, raw_input
from pipeline.media.run import FramePipe, guarded_input
from pipeline.media.timeline import Slot, Transition
from pipeline.tests.films import tone, write_wav

SCENE_FRAMES, FILM_FPS = 150, 30
CAMERAS = ("push_in", "pull_out", "pan_left", "pan_right", "drift")
WORDS = ("a boat in the harbor at night", "a singer on a stage", "a mountain road in the rain", "a city street at dusk")


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Wall and CPU seconds of `work`, its threads and its processes."""

    def spent() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in both)

    cpu, wall = spent(), time.monotonic()
    work()
    return {"wall_s": round(time.monotonic() - wall, 2), "cpu_s": round(spent() - cpu, 2)}


def spec_of(seconds: int) -> AnimaticSpec:
    count = seconds * FILM_FPS // SCENE_FRAMES
    shots = tuple(
        AnimaticShot(
            slot=Slot(start_frame=at * SCENE_FRAMES, end_frame=(at + 1) * SCENE_FRAMES),
            motion=Motion(camera=CAMERAS[at % len(CAMERAS)], pulse=0, parallax=False),  # type: ignore[arg-type]
            transition=Transition(kind="crossfade", frames=18) if at % 3 == 0 else Transition(),
        )
        for at in range(count)
    )
    lines = tuple(
        Line(text=f"{WORDS[n % len(WORDS)]} and {n}", start_ms=n * 5000 + 400, end_ms=n * 5000 + 3800)
        for n in range(seconds // 5)
    )
    captions = CaptionTrack(lines=lines, mode="subtitle", look="clean")
    return AnimaticSpec(profile=animatic_profile("16:9"), shots=shots, captions=captions)


def bare_encode(seconds: int, song: Path, folder: Path) -> None:
    """Gray frames through the same pipe and encoder: what nobody can go below."""
    profile = animatic_profile("16:9")
    encode = [word for word in encoder_args(profile) if word != "-an"]
    args = [*raw_input(profile), *guarded_input(song), "-map", "0:v", "-map", "1:a:0", "-c:a", "aac", "-b:a", "128k"]
    gray = np.full(profile.frame_bytes, 128, np.uint8)
    with FramePipe([*args, *encode, "bare.mp4"], folder=folder) as pipe:
        for _ in range(seconds * FPS):
            pipe.write(gray)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=180)
    seconds = parser.parse_args().seconds
    spec = spec_of(seconds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        song = write_wav(folder / "song.wav", tone(seconds))
        files = []
        for n, words in enumerate(WORDS):
            drawn = paint(words, seed=n, width=1920, height=1080).image
            files.append(folder / f"{n}.jpg")
            cv2.imwrite(str(files[-1]), cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
        size = (spec.profile.width, spec.profile.height)

        def at_hand() -> None:
            work = folder / "at-hand"
            work.mkdir()
            render_animatic(spec, lambda n: load_rgb(files[n % 4]), song=song, out=folder / "a.mp4", folder=work)

        def drawn_first() -> None:
            work = folder / "drawn"
            work.mkdir()
            draw = lambda n: paint(WORDS[n % 4], seed=n, width=size[0], height=size[1]).image  # noqa: E731
            render_animatic(spec, draw, song=song, out=folder / "b.mp4", folder=work)

        bare, ready, drawn_now = (
            measured(lambda: bare_encode(seconds, song, folder)), measured(at_hand), measured(drawn_first)
        )  # fmt: skip
        found = {
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "song_s": seconds,
            "scenes": len(spec.shots),
            "bare": bare,
            "pictures_at_hand": ready,
            "pictures_drawn_first": drawn_now,
            "cpu_over_bare": round(ready["cpu_s"] / bare["cpu_s"], 2),
            "bytes": (folder / "a.mp4").stat().st_size,
        }
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
