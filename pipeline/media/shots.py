"""One scene as one file: exact frames in the one encoder profile, with motion, captions and card in the same encode.

The file holds the handle before the slot, the slot and the handle after it, with key frames where the body begins and
ends. The film's clock runs through the filters, so that both sides of a cut draw the same captions in the same place.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.media.brand import Brand, BrandFiles
from pipeline.media.captions import CaptionTrack
from pipeline.media.cards import Card
from pipeline.media.containers import VIDEO_FORMATS, file_digest, open_media, publish
from pipeline.media.grades import Grade, grade_filters, graded_picture
from pipeline.media.living import Life
from pipeline.media.motion import Motion, camera_path
from pipeline.media.particles import particle_field
from pipeline.media.planes import Frames, load_depth, load_life, load_rgb
from pipeline.media.profile import Analysis, Profile, encoder_args, raw_input
from pipeline.media.run import FramePipe, MediaError, Progress, Stop, guarded_input, never, run_ffmpeg
from pipeline.media.shot_graph import EDGE_HEIGHT, EDGE_WIDTH, Overlay, clip_filters, overlays, shot_graph
from pipeline.media.timeline import ShotSpan, Slot
from pipeline.media.values import Value

SHOT, EDGES = "shot.mp4", "edges.gray"


class ShotSpec(Value):
    """All that decides the pixels of a shot besides its picture.

    `beats_ms` and `captions` are in song time; give only what reaches this shot (beats of one second before it on,
    `captions.captions_within`), or unrelated edits would make the shot stale.
    """

    profile: Profile
    span: ShotSpan
    motion: Motion = Motion()
    beats_ms: tuple[int, ...] = ()
    captions: CaptionTrack | None = None
    card: Card | None = None
    brand: Brand | None = None
    grade: Grade | None = None
    """The look of the picture; captions, card and brand keep their own colors."""

    @property
    def slot(self) -> Slot:
        return self.span.slot

    @property
    def head(self) -> int:
        return self.span.head

    @property
    def tail(self) -> int:
        return self.span.tail

    @property
    def film_frames(self) -> range:
        """The film's frame numbers in this file."""
        return range(self.span.start_frame, self.span.start_frame + self.span.frames)


class Edge(Value):
    """A fingerprint of one frame as it was handed to the encoder: 32x18 area-averaged luma, in base64.

    `frame` counts in the film. A decoded frame scaled in the same way differs by a step or two.
    """

    frame: int
    luma: str

    def pixels(self) -> NDArray[np.uint8]:
        """The fingerprint as an (18, 32) array."""
        return np.frombuffer(base64.b64decode(self.luma), dtype=np.uint8).reshape(EDGE_HEIGHT, EDGE_WIDTH)


class ShotFacts(Value):
    """What is known of a finished shot file.

    `body_sha256` digests the packets of the body one after another, which the film holds unchanged; `header_sha256` the
    decoder's set-up (SPS and PPS), which must agree in all shots of a film.
    """

    frames: int = Field(gt=0)
    file_sha256: str
    size_bytes: int
    header_sha256: str
    body_sha256: str
    edges: tuple[Edge, ...]


def render_shot(
    spec: ShotSpec,
    *,
    image: Path,
    depth: Path | None = None,
    out: Path,
    folder: Path,
    brand: BrandFiles | None = None,
    threads: int = 1,
    stop: Stop = never,
    progress: Progress | None = None,
) -> ShotFacts:
    """Render the scene whose still is `image` into `out` and tell about it.

    `folder` is a private folder for this call. `depth` (gray, 255 near) gives parallax. Raises MediaError or Stopped;
    `out` appears whole or not at all.
    """
    size = (spec.profile.width, spec.profile.height)
    rgb = load_rgb(image)
    if spec.grade is not None:
        rgb = graded_picture(rgb, spec.grade)
    path = camera_path(
        spec.motion,
        slot=spec.slot,
        frames=spec.film_frames,
        fps=spec.profile.fps,
        size=size,
        source=(rgb.shape[1], rgb.shape[0]),
        beats_ms=spec.beats_ms,
    )
    deep = depth if spec.motion.parallax else None
    frames = Frames(rgb, path, size, depth=load_depth(deep), life=_life(spec, deep))
    field = particle_field(spec.motion.particles, seed=spec.motion.seed, size=size, fps=spec.profile.fps)
    added = _overlays(spec, brand, folder)
    args = [*raw_input(spec.profile), *added.inputs, *_outputs(spec, added, "", threads, "camera")]
    with FramePipe(args, folder=folder, env=added.env, stop=stop) as pipe:
        for i, film_frame in enumerate(spec.film_frames):
            picture = frames.frame(i)
            if field is not None:
                field.draw(frames, i, film_frame)
            pipe.write(picture)
            _tell(progress, i + 1, spec.span.frames)
    return _finished(spec, out, folder)


def _life(spec: ShotSpec, depth: Path | None) -> Life | None:
    """What moves by itself, in time with the film, so that it goes on across a handle."""
    masks = load_life(depth)
    if masks is None:
        return None
    middle = (spec.slot.start_frame + spec.slot.end_frame) / 2
    seconds = (np.asarray(spec.film_frames, np.float64) - middle) / spec.profile.fps
    return Life(masks, seconds, wind=1.0 if spec.motion.seed % 2 else -1.0)


def render_shot_from_video(
    spec: ShotSpec,
    *,
    clip: Path,
    out: Path,
    folder: Path,
    brand: BrandFiles | None = None,
    threads: int = 1,
    stop: Stop = never,
    progress: Progress | None = None,
) -> ShotFacts:
    """Render the scene whose source is a video file into `out`, at exactly the frames of `spec`.

    A clip that is too short is slowed down to half its speed at most, then its last frame stays; one that is too long
    is cut at the end. The picture is scaled until it covers the frame and cropped around its middle. The motion of
    `spec` is not used.
    """
    filters = clip_filters(clip_seconds(clip), spec.span.frames, spec.profile)
    if spec.grade is not None:
        filters = f"{filters},{grade_filters(spec.grade, folder)}"
    added = _overlays(spec, brand, folder)
    args = [*guarded_input(clip), *added.inputs, *_outputs(spec, added, filters, threads, "any")]
    on_frame: Callable[[int], None] | None = None
    if progress is not None:
        told = progress

        def on_frame(done: int) -> None:
            told(min(done, spec.span.frames), spec.span.frames)

    run_ffmpeg(args, folder=folder, env=added.env, stop=stop, on_frame=on_frame)
    return _finished(spec, out, folder)


def clip_seconds(clip: Path) -> float:
    """How long a video file plays. Raises MediaError when it holds no video."""
    sentence = "The video of this scene could not be read."
    with open_media(clip, formats=VIDEO_FORMATS, sentence=sentence) as container:
        if not container.streams.video:
            raise MediaError(sentence, detail=f"{clip.name} holds no video")
        stream = container.streams.video[0]
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return float(container.duration or 0) / av.time_base


def edge_frames(span: ShotSpan) -> tuple[int, ...]:
    """The film's frames of a shot whose fingerprints are kept.

    Both ends of the file and of the body, and three frames around each cut (of which a hard cut leaves those inside).
    """
    first, last = span.body
    wanted = {0, span.frames - 1, first, first + 1, last - 2, last - 1}
    begins, ends = span.head, span.head + span.slot.frames
    wanted |= {begins - 1, begins, begins + 1, ends - 2, ends - 1, ends}
    return tuple(sorted(span.start_frame + i for i in wanted if 0 <= i < span.frames))


def _overlays(spec: ShotSpec, files: BrandFiles | None, folder: Path) -> Overlay:
    return overlays(spec.captions, spec.card, spec.profile, spec.film_frames, folder, brand=spec.brand, files=files)


def _outputs(spec: ShotSpec, added: Overlay, source: str, threads: int, analysis: Analysis) -> list[str]:
    start = spec.span.start_frame
    picked = [frame - start for frame in edge_frames(spec.span)]
    graph = shot_graph(source, added, start_frame=start, picked=picked, fps=spec.profile.fps)
    encode = encoder_args(spec.profile, keyframes=spec.span.keyframes, threads=threads, analysis=analysis)
    return [
        *("-filter_complex", graph),
        *("-map", "[film]", "-frames:v", str(spec.span.frames), *encode, SHOT),
        *("-map", "[edges]", "-f", "rawvideo", "-fps_mode", "passthrough", EDGES),
    ]


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None and (done % 10 == 0 or done == total):
        progress(done, total)


def _finished(spec: ShotSpec, out: Path, folder: Path) -> ShotFacts:
    """Check the file that ffmpeg left in `folder`, and give it its name."""
    made = folder / SHOT
    header, body, frames = _packet_digests(made, spec.span, spec.profile.ticks_per_frame)
    if frames != spec.span.frames:
        detail = f"{frames} frames instead of {spec.span.frames}"
        raise MediaError("A scene came out with the wrong length.", detail=detail)
    raw = (folder / EDGES).read_bytes()
    cell = EDGE_WIDTH * EDGE_HEIGHT
    lumas = [base64.b64encode(raw[at : at + cell]).decode() for at in range(0, len(raw), cell)]
    edges = tuple(Edge(frame=f, luma=luma) for f, luma in zip(edge_frames(spec.span), lumas, strict=True))
    facts = ShotFacts(
        frames=frames,
        file_sha256=file_digest(made),
        size_bytes=made.stat().st_size,
        header_sha256=header,
        body_sha256=body,
        edges=edges,
    )
    (folder / EDGES).unlink()
    publish(made, out)
    return facts


def _packet_digests(path: Path, span: ShotSpan, ticks_per_frame: int) -> tuple[str, str, int]:
    """(header digest, body digest, number of frames).

    Raises MediaError where the body's edges are no key frames.
    """
    body, count = hashlib.sha256(), 0
    first, last = span.body
    with open_media(path, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        header = hashlib.sha256(bytes(stream.codec_context.extradata or b"")).hexdigest()
        inside = False
        for packet in container.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue
            frame = packet.pts // ticks_per_frame
            if packet.is_keyframe:
                inside = first <= frame < last
            elif frame in (first, *((last,) if last < span.frames else ())):
                raise MediaError("A scene came out without its key frames.", detail=f"frame {frame} is none")
            count += 1
            if inside:
                body.update(bytes(packet))
    return header, body.hexdigest(), count
