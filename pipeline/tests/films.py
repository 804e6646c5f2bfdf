"""Small films whose every frame says which shot and which frame it is: the ground truth of exactness tests."""

from __future__ import annotations

import base64
import tempfile
import wave
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.assembly import FilmSpec, film_spec
from pipeline.media.containers import file_digest
from pipeline.media.profile import Profile, color_filter, encoder_args, raw_input
from pipeline.media.run import FramePipe
from pipeline.media.shots import Edge, ShotFacts, edge_frames
from pipeline.media.timeline import CUT, ShotSpan, Transition, TransitionKind, fitted_transition, slots

PROFILE = Profile(width=320, height=180)
BITS, SHOT_BITS, CELL = 16, 6, 16
SAMPLE_RATE = 48_000


def coded_frame(shot: int, frame: int, profile: Profile = PROFILE) -> NDArray[np.uint8]:
    """A picture of its own for every shot, with a moving bar and a row of bright and dark cells: `shot`, `frame`."""
    height, width = profile.height, profile.width
    y = np.asarray(_ground(shot, height, width)).copy()
    bar = (frame * 3) % (width - 8)
    y[height // 2 :, bar : bar + 8] = 200
    code = shot << (BITS - SHOT_BITS) | frame
    for bit in range(BITS):
        y[:CELL, bit * CELL : (bit + 1) * CELL] = 210 if code >> bit & 1 else 40
    chroma = np.full((height // 2, width), 128, np.uint8)
    chroma[: height // 4] = 100 + shot * 23 % 60
    return np.vstack([y, chroma])


def decoded_code(frame: NDArray[np.uint8]) -> tuple[int, int]:
    """(shot, frame) of a decoded picture (its luma plane is enough)."""
    cells = [frame[4 : CELL - 4, b * CELL + 4 : (b + 1) * CELL - 4].mean() > 125 for b in range(BITS)]
    code = sum(int(cell) << bit for bit, cell in enumerate(cells))
    return code >> (BITS - SHOT_BITS), code & ((1 << (BITS - SHOT_BITS)) - 1)


@lru_cache(maxsize=64)
def _ground(shot: int, height: int, width: int) -> NDArray[np.uint8]:
    dice = np.random.default_rng(shot)
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    waves = sum(np.sin(across * dice.uniform(0.01, 0.05) + down * dice.uniform(-0.08, 0.08) + n) for n in range(3))
    return np.asarray(np.clip(110 + 22 * waves + dice.integers(-30, 30), 20, 230), np.uint8)


def write_shot(path: Path, span: ShotSpan, shot: int, profile: Profile = PROFILE, **changes: object) -> Path:
    """Encode the shot `span` as the product would; `changes` reach the profile (to make one that does not fit)."""
    path.write_bytes(_encoded_shot(span, shot, Profile(**{**profile.model_dump(), **changes})))
    return path


@lru_cache(maxsize=512)
def _encoded_shot(span: ShotSpan, shot: int, profile: Profile) -> bytes:
    """The file of a shot; many tests build on the same ones."""
    args = [*raw_input(profile), "-vf", color_filter(), *encoder_args(profile, keyframes=span.keyframes), "shot.mp4"]
    with tempfile.TemporaryDirectory() as folder:
        with FramePipe(args, folder=Path(folder)) as pipe:
            for n in range(span.frames):
                pipe.write(coded_frame(shot, span.start_frame + n, profile))
        return (Path(folder) / "shot.mp4").read_bytes()


def small_film(
    folder: Path, cuts: Sequence[int], frames: int, kinds: Sequence[tuple[TransitionKind, int]] = ()
) -> tuple[FilmSpec, list[Path]]:
    """A spec and its shots: `kinds` are (kind, frames) per cut, hard cuts when left out."""
    places = slots(cuts, frames)
    wishes = [Transition(kind=kind, frames=n) for kind, n in kinds] or [CUT] * len(cuts)
    fitted = [fitted_transition(t, places[n], places[n + 1]) for n, t in enumerate(wishes)]
    spec = film_spec(PROFILE, places, fitted)
    return spec, [write_shot(folder / f"shot{n}.mp4", span, n) for n, span in enumerate(spec.shots)]


def shot_facts(path: Path, span: ShotSpan, shot: int) -> ShotFacts:
    """What `render_shot` would tell of a shot that `write_shot` wrote."""
    edges = []
    for frame in edge_frames(span):
        small = cv2.resize(coded_frame(shot, frame)[: PROFILE.height], (32, 18), interpolation=cv2.INTER_AREA)
        edges.append(Edge(frame=frame, luma=base64.b64encode(small.tobytes()).decode()))
    digest = file_digest(path)
    return ShotFacts(
        frames=span.frames,
        file_sha256=digest,
        size_bytes=path.stat().st_size,
        header_sha256=digest,
        body_sha256=digest,
        edges=tuple(edges),
    )


def write_wav(path: Path, samples: NDArray[np.float64], rate: int = SAMPLE_RATE) -> Path:
    """Mono or (n, 2) samples in -1..1 as 16-bit WAV."""
    data = np.asarray(np.clip(samples, -1, 1) * 32767, "<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if data.ndim == 1 else data.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data.tobytes())
    return path


def tone(seconds: float, rate: int = SAMPLE_RATE, pitch: float = 220.0) -> NDArray[np.float64]:
    return 0.3 * np.sin(np.arange(round(seconds * rate)) * 2 * np.pi * pitch / rate)


def decoded(path: Path) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(pts, yuv420p array) of every frame of a file."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield int(frame.pts or 0), np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)
