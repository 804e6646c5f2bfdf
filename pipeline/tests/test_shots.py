"""Whole shots, small: what is in the file is read back from the file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.media.assembly import assemble_film, film_spec
from pipeline.media.captions import CaptionTrack, captions_within
from pipeline.media.cards import Card
from pipeline.media.grades import Grade, graded_picture
from pipeline.media.joining import profile_header
from pipeline.media.lyrics.values import Line, Word
from pipeline.media.motion import Motion
from pipeline.media.profile import Profile
from pipeline.media.run import MediaError, Stopped, run_ffmpeg
from pipeline.media.shots import (
    EDGES,
    ShotFacts,
    ShotSpec,
    clip_seconds,
    edge_frames,
    render_shot,
    render_shot_from_video,
)
from pipeline.media.timeline import Slot, Transition, shot_span

PROFILE = Profile(width=320, height=180)
HELD = Motion(camera="hold", strength=0, pulse=0, parallax=False)
BLEND = Transition(kind="crossfade", frames=9)
LINE = Line(
    text="hello sunny world",
    start_ms=500,
    end_ms=3500,
    words=(
        Word(text="hello", start_ms=500, end_ms=1400),
        Word(text="sunny", start_ms=1500, end_ms=2400),
        Word(text="world", start_ms=2500, end_ms=3500),
    ),
)
TRACK = CaptionTrack(lines=(LINE,))
LEFT = shot_span(Slot(start_frame=0, end_frame=50), after=BLEND)
RIGHT = shot_span(Slot(start_frame=50, end_frame=110), before=BLEND)


@pytest.fixture(scope="module")
def still(tmp_path_factory) -> Path:
    """A picture with detail, 480x270."""
    random = np.random.default_rng(3)
    coarse = random.integers(30, 200, (12, 20, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (480, 270), interpolation=cv2.INTER_CUBIC)
    cv2.circle(picture, (240, 100), 40, (40, 200, 240), -1)
    path = tmp_path_factory.mktemp("still") / "image.png"
    cv2.imwrite(str(path), picture)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """A vendor's clip of 2 s: another size, 24 frames a second, a counter of brightness."""
    folder = tmp_path_factory.mktemp("clip")
    graph = "color=gray:s=200x200:r=24:d=2,geq=lum='40+3*N':cb=128:cr=128"
    args = ["-f", "lavfi", "-i", graph, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-f", "mp4", "clip.mp4"]
    run_ffmpeg(args, folder=folder)
    return folder / "clip.mp4"


def made(spec: ShotSpec, still: Path, folder: Path, **more) -> tuple[ShotFacts, Path]:
    folder.mkdir(exist_ok=True)
    out = folder.parent / f"{folder.name}.mp4"
    return render_shot(spec, image=still, out=out, folder=folder, **more), out


def lumas(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="yuv420p")[: frame.height].astype(int) for frame in container.decode(video=0)]


def test_it_holds_head_slot_and_tail_with_key_frames_at_the_edges_of_the_body(still, tmp_path):
    span = shot_span(Slot(start_frame=50, end_frame=110), before=BLEND, after=Transition(kind="wipe_left", frames=12))
    facts, out = made(ShotSpec(profile=PROFILE, span=span), still, tmp_path / "a")
    assert facts.frames == 4 + 60 + 6
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.dts is not None]
        assert sorted(p.pts // 1000 for p in packets) == list(range(70))
        keys = {p.pts // 1000 for p in packets if p.is_keyframe}
        assert {0, 9, 58} <= keys
        assert bytes(stream.codec_context.extradata) == profile_header(PROFILE).extradata
        assert facts.header_sha256 == hashlib.sha256(stream.codec_context.extradata).hexdigest()
        frame = next(container.decode(video=0)) if container.seek(0) is None else None
        assert frame is not None
        assert (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range) == (1, 1, 1, 1)
    body = hashlib.sha256()
    inside = False
    for packet in packets:
        if packet.is_keyframe:
            inside = 9 <= packet.pts // 1000 < 58
        if inside:
            body.update(bytes(packet))
    assert facts.body_sha256 == body.hexdigest()
    assert facts.file_sha256 == hashlib.sha256(out.read_bytes()).hexdigest()


def test_it_draws_the_same_frames_on_both_sides_of_a_cut(still, tmp_path):
    # The same still, held: then all that differs between the two files of a blend would be captions at another place.
    hold = Motion(camera="hold", pulse=0, particles="snow", seed=1)
    spec = ShotSpec(profile=PROFILE, span=LEFT, motion=hold)
    left = spec.model_copy(update={"captions": captions_within(TRACK, 0, 1900)})
    right = spec.model_copy(update={"span": RIGHT, "captions": captions_within(TRACK, 1500, 3700)})
    left_frames, right_frames = (lumas(made(s, still, tmp_path / n)[1]) for s, n in ((left, "l"), (right, "r")))
    assert (len(left_frames), len(right_frames)) == (55, 64)
    for frame in range(46, 55):
        difference = np.abs(left_frames[frame] - right_frames[frame - 46])
        assert difference.mean() < 2
        assert np.percentile(difference, 99.9) < 25
    plain = lumas(made(spec.model_copy(update={"span": RIGHT}), still, tmp_path / "p")[1])
    assert np.percentile(np.abs(plain[4] - right_frames[4]), 99.5) > 60  # and there are captions


def test_it_tells_the_edges_as_a_decoder_will_see_them(still, tmp_path):
    spec = ShotSpec(profile=PROFILE, span=RIGHT, motion=Motion(camera="pan_left"), captions=TRACK)
    facts, out = made(spec, still, tmp_path / "a")
    frames = lumas(out)
    assert [edge.frame for edge in facts.edges] == list(edge_frames(RIGHT))
    assert {46, 49, 50, 51, 55, 109} <= {edge.frame for edge in facts.edges}
    for edge in facts.edges:
        seen = cv2.resize(frames[edge.frame - 46].astype(np.float32), (32, 18), interpolation=cv2.INTER_AREA)
        assert np.abs(seen - edge.pixels()).mean() < 1.5
        assert np.abs(seen - edge.pixels()).max() < 8
    assert not (tmp_path / "a" / EDGES).exists()


def test_its_files_join_as_they_are_whether_painted_or_from_a_clip(still, clip, tmp_path):
    _, left = made(ShotSpec(profile=PROFILE, span=LEFT, captions=TRACK), still, tmp_path / "l")
    (tmp_path / "r").mkdir()
    spec = ShotSpec(profile=PROFILE, span=RIGHT, captions=TRACK)
    facts = render_shot_from_video(spec, clip=clip, out=tmp_path / "r.mp4", folder=tmp_path / "r")
    film = film_spec(PROFILE, [LEFT.slot, RIGHT.slot], [BLEND])
    (tmp_path / "film").mkdir()
    out = tmp_path / "film.mp4"
    told = assemble_film(film, [left, tmp_path / "r.mp4"], song=None, out=out, folder=tmp_path / "film", threads=1)
    assert told.reencoded_shots == ()
    assert told.header_sha256 == facts.header_sha256
    assert (told.frames, told.copied_frames) == (110, 101)
    shown, source = lumas(out), lumas(tmp_path / "r.mp4")
    assert np.array_equal(shown[60], source[60 - 46])


def test_it_shows_a_card_in_its_time_only(still, tmp_path):
    card = Card(title="Rivers", subtitle="Band", show_ms=1700, hide_ms=3300)
    spec = ShotSpec(profile=PROFILE, span=RIGHT, motion=Motion(camera="hold", pulse=0), card=card)
    with_card = lumas(made(spec, still, tmp_path / "c")[1])
    without = lumas(made(spec.model_copy(update={"card": None}), still, tmp_path / "n")[1])
    changed = [np.percentile(np.abs(a - b), 98) for a, b in zip(with_card, without, strict=True)]
    assert len(changed) == 64
    first, last = 51 - 46, 99 - 46
    assert max(changed[: first - 1]) < 8
    assert max(changed[last + 1 :]) < 8
    assert changed[(first + last) // 2] > 35
    assert changed[first + 6] < 0.75 * changed[first + 22]


def test_it_goes_on_with_a_card_that_began_before_the_file(still, tmp_path):
    card = Card(title="Rivers", show_ms=0, hide_ms=3000)
    spec = ShotSpec(profile=PROFILE, span=RIGHT, motion=Motion(camera="hold", pulse=0), card=card)
    with_card = lumas(made(spec, still, tmp_path / "c")[1])
    without = lumas(made(spec.model_copy(update={"card": None}), still, tmp_path / "n")[1])
    changed = [np.percentile(np.abs(a - b), 99) for a, b in zip(with_card, without, strict=True)]
    assert min(changed[:20]) > 40
    assert max(changed[46:]) < 8


def test_it_shows_colors_by_the_matrix_of_bt709(tmp_path):
    picture = np.zeros((180, 320, 3), np.uint8)
    picture[:] = (30, 60, 200)  # BGR: a strong red
    cv2.imwrite(str(tmp_path / "red.png"), picture)
    motion = Motion(camera="push_in", pulse=0)
    line = Line(text="MMMMMM", start_ms=0, end_ms=2000, words=(Word(text="MMMMMM", start_ms=0, end_ms=1),))
    track = CaptionTrack(lines=(line,), accent="00C040", look="clean")
    span = shot_span(Slot(start_frame=0, end_frame=30))
    spec = ShotSpec(profile=PROFILE, span=span, motion=motion, captions=track)
    (tmp_path / "f").mkdir()
    render_shot(spec, image=tmp_path / "red.png", out=tmp_path / "o.mp4", folder=tmp_path / "f")
    with av.open(str(tmp_path / "o.mp4")) as container:
        frame = list(container.decode(video=0))[20].to_ndarray(format="yuv420p").astype(float)
    y, u, v = frame[20, 20], frame[180 + 5, 20], frame[225 + 5, 20]
    y, u, v = (y - 16) * 255 / 219, (u - 128) * 255 / 224, (v - 128) * 255 / 224
    rgb = (y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u)
    assert np.abs(np.array(rgb) - (200, 60, 30)).max() < 5
    # The caption's green: 16 + 219 * (0.7152 * 192 + 0.0722 * 64) / 255.
    levels, counts = np.unique(frame[140:172], return_counts=True)
    near = counts[np.abs(levels - 137.9) < 3].sum()
    assert near > 120


@pytest.mark.parametrize(("frames", "slowed"), [(30, False), (70, True), (150, True)])
def test_it_brings_a_clip_to_exact_frames(clip, frames, slowed, tmp_path):
    span = shot_span(Slot(start_frame=10, end_frame=10 + frames))
    heard: list[tuple[int, int]] = []
    facts = render_shot_from_video(
        ShotSpec(profile=PROFILE, span=span, captions=TRACK),
        clip=clip,
        out=tmp_path / "o.mp4",
        folder=tmp_path,
        progress=lambda done, total: heard.append((done, total)),
    )
    shown = lumas(tmp_path / "o.mp4")
    assert facts.frames == len(shown) == frames
    assert shown[0].shape == (180, 320)
    level = [frame[:60].mean() for frame in shown]
    assert np.diff(level).min() > -1.5
    per_frame = (level[20] - level[2]) / 18
    assert (per_frame < 2.25) == slowed  # 3 levels per source frame are 2.4 per film frame at full speed
    if frames == 150:
        assert abs(level[-1] - level[-20]) < 1  # half speed lasts 120 frames, then the last one stays
    assert heard == [] or heard[-1][1] == frames
    assert clip_seconds(clip) == pytest.approx(2.0, abs=0.01)


def test_it_stops_and_leaves_nothing(still, tmp_path):
    (tmp_path / "f").mkdir()
    (tmp_path / "o.mp4").write_bytes(b"the last good one")
    asked = iter(range(1000))
    with pytest.raises(Stopped):
        render_shot(
            ShotSpec(profile=PROFILE, span=shot_span(Slot(start_frame=0, end_frame=3000))),
            image=still,
            out=tmp_path / "o.mp4",
            folder=tmp_path / "f",
            stop=lambda: next(asked) > 3,  # it is asked some ten times a second
        )
    assert (tmp_path / "o.mp4").read_bytes() == b"the last good one"


def test_it_tells_its_progress_and_can_be_run_again(still, tmp_path):
    heard: list[tuple[int, int]] = []
    spec = ShotSpec(profile=PROFILE, span=RIGHT, captions=TRACK, motion=Motion(particles="rain"))
    first, _ = made(spec, still, tmp_path / "a", progress=lambda done, total: heard.append((done, total)))
    again, _ = made(spec, still, tmp_path / "a")
    assert first == again
    assert heard[-1] == (64, 64)
    assert len(heard) > 4


def test_it_says_when_the_picture_or_clip_cannot_be_read(still, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"not a picture")
    spec = ShotSpec(profile=PROFILE, span=RIGHT)
    with pytest.raises(MediaError, match="picture of this scene"):
        render_shot(spec, image=tmp_path / "bad.png", out=tmp_path / "o.mp4", folder=tmp_path)
    with pytest.raises(MediaError, match="video of this scene"):
        render_shot_from_video(spec, clip=tmp_path / "bad.png", out=tmp_path / "o.mp4", folder=tmp_path)
    with pytest.raises(MediaError, match="video of this scene"):
        render_shot_from_video(spec, clip=still, out=tmp_path / "o.mp4", folder=tmp_path)
    assert not (tmp_path / "o.mp4").exists()


def test_its_values_survive_json(still, tmp_path):
    card = Card(title="x", show_ms=0, hide_ms=2000)
    spec = ShotSpec(profile=PROFILE, span=RIGHT, motion=Motion(seed=4), beats_ms=(1, 2), captions=TRACK, card=card)
    assert ShotSpec.model_validate_json(spec.model_dump_json()) == spec


def test_a_grade_colors_the_picture_of_stills_and_clips_alike_and_leaves_captions_alone(tmp_path):
    orange = np.full((180, 320, 3), (40, 110, 200), np.uint8)
    cv2.imwrite(str(tmp_path / "orange.png"), orange)
    colors = ["-f", "lavfi", "-i", "color=0xC86E28:s=320x180:r=30:d=2,scale=out_color_matrix=bt709:out_range=tv"]
    tags = ["-colorspace", "bt709", "-color_range", "tv", "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p"]
    run_ffmpeg([*colors, *tags, "-f", "mp4", "orange.mp4"], folder=tmp_path)
    plain = ShotSpec(profile=PROFILE, span=shot_span(Slot(start_frame=0, end_frame=40)), motion=HELD, captions=TRACK)
    graded = plain.model_copy(update={"grade": Grade(name="noir", percent=100)})
    found = {}
    for name, spec in (("plain", plain), ("graded", graded)):
        _facts, still = made(spec, tmp_path / "orange.png", tmp_path / f"{name}-still")
        folder = tmp_path / f"{name}-clip"
        folder.mkdir()
        render_shot_from_video(spec, clip=tmp_path / "orange.mp4", out=tmp_path / f"{name}.mp4", folder=folder)
        found[name] = [rgb_frame(path, 30) for path in (still, tmp_path / f"{name}.mp4")]
    wanted = graded_picture(orange[..., ::-1], Grade(name="noir"))[60, 160].astype(int)
    for picture in found["graded"]:
        assert np.abs(picture[60, 160] - wanted).max() <= 4
        assert np.ptp(picture[60, 160]) <= 4  # black and white
    for before, after in zip(found["plain"], found["graded"], strict=True):
        assert np.abs(before[60, 160] - (200, 110, 40)).max() <= 4
        ink = (before.min(axis=2) > 235) & (np.indices((180, 320))[0] > 110)
        assert ink.sum() > 30 and np.abs(before[ink] - after[ink]).mean() < 4


def test_a_grade_at_a_part_of_its_strength_lies_between(tmp_path):
    picture = np.full((8, 8, 3), (200, 110, 40), np.uint8)
    full, half = (graded_picture(picture, Grade(name="sepia", percent=share))[0, 0].astype(int) for share in (100, 50))
    assert np.abs(half - (full + picture[0, 0]) / 2).max() <= 2


def test_a_grade_that_there_is_not_is_said(still, tmp_path):
    spec = ShotSpec(profile=PROFILE, span=LEFT, grade=Grade(name="pinkish"))
    with pytest.raises(MediaError, match="no look called pinkish"):
        made(spec, still, tmp_path / "shot")


def rgb_frame(path: Path, number: int) -> np.ndarray:
    """One frame, converted as a player does it."""
    with av.open(str(path)) as container:
        frame = list(container.decode(video=0))[number]
        return frame.to_ndarray(format="rgb24", src_colorspace="ITU709", dst_colorspace="ITU709").astype(int)
