"""What motion, parallax, particles and captions cost on top of encoding, and how still the motion is.

Run with `python -m bench.motion`. All variants take turns in one run; a ratio compares CPU time (user and system, of
this process and of ffmpeg) within a round, because wall time on a busy machine means little.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np

from pipeline.media.captions import CaptionTrack
from pipeline.media.lyrics.values import Line, Word
from pipeline.media.motion import CameraPath, Motion, camera_path
from pipeline.media.planes import BT709, Frames
from pipeline.media.profile import Profile, color_filter, encoder_args, raw_input
from pipeline.media.run import FFMPEG
from pipeline.media.shots import ShotSpec, render_shot
from pipeline.media.timeline import ShotSpan, Slot

LIMITS = {"motion": 1.9, "parallax": 2.2, "captions": 1.25, "jitter": 0.1}


def picture(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """A busy still (detail at all scales, hard edges) and a depth map with steps."""
    random = np.random.default_rng(7)
    layers = np.zeros((height, width, 3), np.float32)
    for cells, weight in ((6, 70), (24, 50), (120, 30), (480, 14)):
        noise = random.normal(0, 1, (cells * height // width + 1, cells, 3)).astype(np.float32)
        layers += weight * cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    rgb = np.clip(layers + 110, 0, 255).astype(np.uint8)
    depth = np.full((height, width), 40, np.uint8)
    for _ in range(40):
        x, y = int(random.integers(0, width)), int(random.integers(height // 3, height))
        color = tuple(int(c) for c in random.integers(0, 255, 3))
        corner = (x + int(random.integers(30, 200)), height)
        cv2.rectangle(rgb, (x, y), corner, color, -1)
        cv2.rectangle(depth, (x, y), corner, 80 + 170 * y // height, -1)
    return rgb, depth


def captions(frames: int, fps: int) -> CaptionTrack:
    """A karaoke line that is up all the time."""
    words = ["neon", "rivers", "under", "endless", "rain", "tonight"]
    length = frames * 1000 // fps // len(words)
    times = [Word(text=word, start_ms=i * length, end_ms=(i + 1) * length) for i, word in enumerate(words)]
    line = Line(text=" ".join(words), start_ms=0, end_ms=times[-1].end_ms, words=tuple(times))
    return CaptionTrack(lines=(line,))


def cpu_seconds(work: Callable[[], object]) -> float:
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def encode_raw(raw: Path, profile: Profile, folder: Path) -> None:
    """The baseline: the same frames from a file through the same encoder."""
    args = [*raw_input(profile), "-vf", color_filter(), *encoder_args(profile), "raw.mp4"]
    with raw.open("rb") as frames:
        subprocess.run([FFMPEG(), "-y", "-loglevel", "error", *args], stdin=frames, cwd=folder, check=True)


def jitter(film: Path, rgb: np.ndarray, path: CameraPath, size: tuple[int, int]) -> tuple[float, float]:
    """(rms, worst) change of the offset from an ideal Lanczos warp between neighboring frames, in pixels."""
    width, height = size
    luma = cv2.transform(rgb, BT709)[..., 0].astype(np.float32)
    window = cv2.createHanningWindow((width // 2, height // 2), cv2.CV_32F)
    middle = (slice(height // 4, height // 4 + height // 2), slice(width // 4, width // 4 + width // 2))
    offsets = []
    with av.open(str(film)) as container:
        for i, frame in enumerate(container.decode(video=0)):
            shown = frame.to_ndarray(format="yuv420p")[:height].astype(np.float32)
            zoom = path.zoom[i]
            left = path.center_x[i] - (width / 2 - 0.5) / zoom - 0.5
            top = path.center_y[i] - (height / 2 - 0.5) / zoom - 0.5
            matrix = np.array([[1 / zoom, 0, left], [0, 1 / zoom, top]])
            flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
            ideal = cv2.warpAffine(luma, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
            parts = [(part - cv2.GaussianBlur(part, (0, 0), 12))[middle] for part in (ideal, shown)]
            offsets.append(cv2.phaseCorrelate(parts[0], parts[1], window)[0])
    steps = np.diff(np.array(offsets), axis=0)
    return float(np.sqrt((steps**2).sum(axis=1).mean())), float(np.abs(steps).max())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=int, default=120)
    options.add_argument("--rounds", type=int, default=2)
    chosen = options.parse_args()
    profile = Profile(width=1920, height=1080)
    size, frames = (profile.width, profile.height), chosen.frames
    slot = Slot(start_frame=0, end_frame=frames)
    beats = tuple(range(0, frames * 1000 // profile.fps, 500))
    rgb, depth = picture(*size)
    still = Motion(camera="push_in", parallax=False)

    def spec(motion: Motion, track: CaptionTrack | None = None) -> ShotSpec:
        return ShotSpec(profile=profile, span=ShotSpan(slot=slot), motion=motion, beats_ms=beats, captions=track)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cv2.imwrite(str(folder / "image.png"), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        cv2.imwrite(str(folder / "depth.png"), depth)
        path = camera_path(
            still, slot=slot, frames=range(frames), fps=profile.fps, size=size, source=size, beats_ms=beats
        )
        made = Frames(rgb, path, size)
        with (folder / "raw.yuv").open("wb") as raw:
            for i in range(frames):
                raw.write(made.frame(i).data)

        def shot(chosen_spec: ShotSpec) -> Callable[[], object]:
            return lambda: render_shot(
                chosen_spec,
                image=folder / "image.png",
                depth=folder / "depth.png",
                out=folder / "shot-out.mp4",
                folder=folder,
            )

        variants: dict[str, Callable[[], object]] = {
            "encode": lambda: encode_raw(folder / "raw.yuv", profile, folder),
            "motion": shot(spec(still)),
            "captions": shot(spec(still, captions(frames, profile.fps))),
            "parallax": shot(spec(Motion(camera="push_in"))),
            "rain": shot(spec(Motion(camera="push_in", parallax=False, particles="rain"))),
            "snow": shot(spec(Motion(camera="push_in", parallax=False, particles="snow"))),
            "everything": shot(spec(Motion(camera="pan_left", particles="rain"), captions(frames, profile.fps))),
        }
        rounds = [{name: cpu_seconds(work) for name, work in variants.items()} for _ in range(chosen.rounds)]
        shot(spec(still))()
        rms, worst = jitter(folder / "shot-out.mp4", rgb, path, size)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {frames} frames of 1080p30")
    for name in variants:
        base = "motion" if name == "captions" else "encode"
        ratio = statistics.median(each[name] / each[base] for each in rounds)
        each_ms = statistics.median(each[name] for each in rounds) / frames * 1000
        limit = f"  (limit {LIMITS[name]})" if name in LIMITS else ""
        print(f"{name:12} {each_ms:6.1f} ms CPU per frame   {ratio:5.2f} x {base}{limit}")
    print(f"jitter       {rms:.3f} px rms, {worst:.3f} worst  (limit {LIMITS['jitter']})")


if __name__ == "__main__":
    main()
