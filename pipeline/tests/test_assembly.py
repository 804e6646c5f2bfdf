from __future__ import annotations

import hashlib
import resource
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.media.assembly import ChapterMark, FilmSpec, assemble_film, film_spec
from pipeline.media.joining import file_header, profile_header
from pipeline.media.profile import color_filter, encoder_args, raw_input
from pipeline.media.run import FramePipe, MediaError, Stopped, guarded_input, run_ffmpeg
from pipeline.media.timeline import CUT, Slot, Transition, slots
from pipeline.media.transitions import blended
from pipeline.tests.films import (
    PROFILE,
    SAMPLE_RATE,
    coded_frame,
    decoded,
    decoded_code,
    small_film,
    tone,
    write_shot,
    write_wav,
)

CUTS = [31, 60, 64, 100]
MIXED = [("crossfade", 15), ("fade_black", 4), ("cut", 0), ("slide_left", 12)]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "song.wav", tone(5.0))


def mixed_film(folder: Path) -> tuple[FilmSpec, list[Path]]:
    return small_film(folder, CUTS, 150, MIXED)  # type: ignore[arg-type]


def packet_times(path: Path) -> tuple[list[int], list[int]]:
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(video=0) if p.pts is not None]
        assert container.streams.video[0].time_base == Fraction(1, 30_000)
        return [p.pts for p in packets], [p.dts for p in packets]


def test_it_shows_every_frame_of_the_plan_at_its_time(tmp_path: Path, song: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    facts = assemble_film(spec, shots, song=song, out=tmp_path / "film.mp4", folder=tmp_path)
    assert (facts.frames, facts.blended_frames, facts.copied_frames) == (150, 14 + 2 + 12, 122)
    film = list(decoded(tmp_path / "film.mp4"))
    assert [pts for pts, _ in film] == [n * 1000 for n in range(150)]
    blends = {n for first, last in spec.blends for n in range(first, last)}
    for n, (_, picture) in enumerate(film):
        if n not in blends:
            assert decoded_code(picture) == (sum(cut <= n for cut in CUTS), n)


def test_it_steps_decoding_times_by_one_frame(tmp_path: Path, song: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    assemble_film(spec, shots, song=song, out=tmp_path / "film.mp4", folder=tmp_path)
    pts, dts = packet_times(tmp_path / "film.mp4")
    assert sorted(pts) == [n * 1000 for n in range(150)]
    assert np.unique(np.diff(dts)).tolist() == [1000]


def test_it_copies_bodies_bit_for_bit(tmp_path: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
    film = [hashlib.sha256(picture.tobytes()).digest() for _, picture in decoded(tmp_path / "film.mp4")]
    compared = 0
    for span, path in zip(spec.shots, shots, strict=True):
        for n, (_, picture) in enumerate(decoded(path)):
            if span.body[0] <= n < span.body[1]:
                assert film[span.start_frame + n] == hashlib.sha256(picture.tobytes()).digest()
                compared += 1
    assert compared == 122


def test_it_blends_both_handles_in_step(tmp_path: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
    film = [picture for _, picture in decoded(tmp_path / "film.mp4")]
    for (first, last), kind, left in zip(
        spec.blends, ["crossfade", "fade_black", "slide_left"], [0, 1, 3], strict=True
    ):
        for step in range(last - first):
            frame = first + step
            ideal = blended(kind, coded_frame(left, frame), coded_frame(left + 1, frame), step, last - first)
            assert np.abs(film[frame].astype(int) - ideal).mean() < 2.5, (kind, step)


def test_it_cuts_where_one_frame_lies_between_transitions(tmp_path: Path) -> None:
    spec, shots = small_film(tmp_path, [20, 29], 60, [("crossfade", 4), ("wipe_left", 4)])
    assert spec.shots[1].body == (4, 9)
    tight = film_spec(
        PROFILE, slots([20, 25], 60), [Transition(kind="zoom", frames=2), Transition(kind="blur", frames=2)]
    )
    assert [span.body[1] - span.body[0] for span in tight.shots] == [19, 3, 34]
    paths = [write_shot(tmp_path / f"tight{n}.mp4", span, n) for n, span in enumerate(tight.shots)]
    for plan, files in ((spec, shots), (tight, paths)):
        assemble_film(plan, files, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
        pictures = [picture for _, picture in decoded(tmp_path / "film.mp4")]
        assert len(pictures) == 60
        assert decoded_code(pictures[22 if plan is tight else 24])[0] == 1


def test_it_keeps_bodies_of_one_frame_and_none(tmp_path: Path) -> None:
    two = Transition(kind="crossfade", frames=2)
    spec = film_spec(PROFILE, slots([20, 23, 25], 60), [two, two, CUT])
    assert [span.body[1] - span.body[0] for span in spec.shots] == [19, 1, 1, 35]
    empty = film_spec(PROFILE, slots([20, 24], 60), [Transition(kind="crossfade", frames=4)] * 2)
    assert empty.shots[1].body == (4, 4)
    for name, plan in (("one", spec), ("none", empty)):
        paths = [write_shot(tmp_path / f"{name}{n}.mp4", span, n) for n, span in enumerate(plan.shots)]
        assemble_film(plan, paths, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
        blends = {n for first, last in plan.blends for n in range(first, last)}
        film = list(decoded(tmp_path / "film.mp4"))
        assert [pts for pts, _ in film] == [n * 1000 for n in range(60)]
        for n, (_, picture) in enumerate(film):
            if n not in blends:
                assert decoded_code(picture)[1] == n


def test_it_seeks_exactly(tmp_path: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
    straight = [picture for _, picture in decoded(tmp_path / "film.mp4")]
    with av.open(str(tmp_path / "film.mp4")) as container:
        stream = container.streams.video[0]
        for target in np.random.default_rng(1).integers(0, 150, 40):
            container.seek(int(target) * 1000, stream=stream)
            frame = next(f for f in container.decode(stream) if f.pts >= target * 1000)
            assert frame.pts == target * 1000
            assert np.array_equal(frame.to_ndarray(format="yuv420p"), straight[target])


def test_it_decodes_without_a_complaint(tmp_path: Path, song: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    assemble_film(spec, shots, song=song, out=tmp_path / "film.mp4", folder=tmp_path)
    strict = ["-xerror", "-err_detect", "explode"]
    assert run_ffmpeg([*guarded_input("film.mp4", *strict), "-f", "null", "-"], folder=tmp_path) == ""


@pytest.mark.parametrize("codec", ["wav", "m4a", "mp3", "aac"])
def test_it_keeps_flash_and_click_together(tmp_path: Path, codec: str) -> None:
    spec, shots = small_film(tmp_path, [40, 80], 120, [("crossfade", 8), ("cut", 0)])
    flashes = [10, 55, 100]
    for n, span in enumerate(spec.shots):
        _flash(shots[n], span.start_frame, n, span.frames, span.keyframes, flashes)
    clicks = np.zeros(4 * SAMPLE_RATE)
    for frame in flashes:
        at = frame * SAMPLE_RATE // 30
        clicks[at : at + 200] = np.sin(np.arange(200) * 0.6) * np.exp(-np.arange(200) / 60)
    song = write_wav(tmp_path / "click.wav", clicks)
    if codec != "wav":
        run_ffmpeg([*guarded_input(song), "-b:a", "192k", f"click.{codec}"], folder=tmp_path)
        song = tmp_path / f"click.{codec}"
    facts = assemble_film(spec, shots, song=song, out=tmp_path / "film.mp4", folder=tmp_path)
    assert facts.audio_copied == (codec in ("m4a", "aac"))
    seen = [pts / 30_000 for pts, picture in decoded(tmp_path / "film.mp4") if picture[:180].mean() > 200]
    heard = _click_times(tmp_path / "film.mp4")
    assert seen == [frame / 30 for frame in flashes]
    assert len(heard) == 3
    offset = heard[0] - seen[0]
    assert max(abs(h - s - offset) for h, s in zip(heard, seen, strict=True)) < 0.001
    # A bare ADTS stream has no place to say that its encoder began 1024 samples early; every other offset is ours.
    assert abs(offset) < (0.0225 if codec == "aac" else 0.005)


def _flash(path: Path, start: int, shot: int, frames: int, keyframes: tuple[int, ...], flashes: list[int]) -> None:
    args = [*raw_input(PROFILE), "-vf", color_filter(), *encoder_args(PROFILE, keyframes=keyframes), path.name]
    with FramePipe(args, folder=path.parent) as pipe:
        for n in range(frames):
            frame = coded_frame(shot, start + n)
            if start + n in flashes:
                frame[:180] = 235
            pipe.write(frame)


def _click_times(path: Path) -> list[float]:
    """Where clicks begin, in seconds of the film's clock."""
    times: list[float] = []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = np.abs(frame.to_ndarray()[0])
            for at in np.flatnonzero(samples > 0.3):
                moment = float(frame.pts * frame.time_base) + at / frame.sample_rate
                if not times or moment - times[-1] > 0.5:
                    times.append(moment)
    return times


def test_it_ends_sound_and_picture_together(tmp_path: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    song = write_wav(tmp_path / "long.wav", tone(9.0))
    assemble_film(spec, shots, song=song, out=tmp_path / "film.mp4", folder=tmp_path)
    with av.open(str(tmp_path / "film.mp4")) as container:
        audio = container.streams.audio[0]
        assert abs(float(audio.duration * audio.time_base) - 5.0) < 0.001


def test_it_puts_the_index_first_and_tags_colors(tmp_path: Path, song: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    marks = (
        ChapterMark(start_frame=0, end_frame=60, title="Verse"),
        ChapterMark(start_frame=60, end_frame=150, title="Hook"),
    )
    spec = spec.model_copy(update={"title": "Ça va — 愛", "artist": "A & B", "chapters": marks})
    assemble_film(spec, shots, song=song, out=tmp_path / "film.mp4", folder=tmp_path)
    data = (tmp_path / "film.mp4").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"colrnclx\x00\x01\x00\x01\x00\x01" in data
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.metadata["title"] == "Ça va — 愛"
        assert [c["metadata"]["title"] for c in container.chapters()] == ["Verse", "Hook"]
        assert [stream.type for stream in container.streams][:2] == ["video", "audio"]


def test_it_encodes_a_shot_of_another_profile_again(tmp_path: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    write_shot(shots[3], spec.shots[3], 3, preset="ultrafast")
    assert file_header(shots[3]) != profile_header(PROFILE).extradata
    facts = assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
    assert facts.reencoded_shots == (3,)
    film = [picture for _, picture in decoded(tmp_path / "film.mp4")]
    assert [decoded_code(film[n]) for n in (64, 80, 93)] == [(3, 64), (3, 80), (3, 93)]
    assert np.abs(film[80].astype(int) - coded_frame(3, 80)).mean() < 2.5


def test_it_renders_again_only_the_transitions_of_a_changed_shot(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    spec, shots = small_film(tmp_path, [30, 60, 90], 120, [("crossfade", 6)] * 3)
    made = [
        assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path, cache=cache) for _ in range(2)
    ]
    assert [facts.cached_transitions for facts in made] == [0, 3]
    assert made[0].file_sha256 == made[1].file_sha256
    write_shot(shots[3], spec.shots[3], 9)
    changed = assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path, cache=cache)
    assert changed.cached_transitions == 2
    assert len(list(cache.iterdir())) == 4
    film = [picture for _, picture in decoded(tmp_path / "film.mp4")]
    assert decoded_code(film[110]) == (9, 110)


def test_it_leaves_the_old_film_when_it_is_stopped(tmp_path: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    out = tmp_path / "out" / "film.mp4"
    out.parent.mkdir()
    out.write_bytes(b"old")
    told: list[tuple[int, int]] = []
    with pytest.raises(Stopped):
        assemble_film(
            spec, shots, song=None, out=out, folder=tmp_path, stop=lambda: len(told) > 20,
            progress=lambda done, total: told.append((done, total)),
        )  # fmt: skip
    assert out.read_bytes() == b"old"
    assert [path.name for path in out.parent.iterdir()] == ["film.mp4"]


def test_it_counts_its_progress_to_the_end(tmp_path: Path, song: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    told: list[tuple[int, int]] = []
    assemble_film(
        spec, shots, song=song, out=tmp_path / "film.mp4", folder=tmp_path, progress=lambda *at: told.append(at)
    )
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 20


def test_it_says_when_a_shot_is_too_short_or_damaged(tmp_path: Path) -> None:
    spec, shots = mixed_film(tmp_path)
    write_shot(shots[0], spec.shots[0].model_copy(update={"tail": 2, "blend_out": 9}), 0)
    with pytest.raises(MediaError, match="shorter than its transition"):
        assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
    shots[0].write_bytes(b"no video" * 200)
    with pytest.raises(MediaError, match="damaged"):
        assemble_film(spec, shots, song=None, out=tmp_path / "film.mp4", folder=tmp_path)
    assert not (tmp_path / "film.mp4").exists()


def test_it_says_when_the_disk_takes_no_more(tmp_path: Path) -> None:
    spec, shots = small_film(tmp_path, [30], 60)
    out = tmp_path / "out.mp4"
    assemble_film(spec, shots, song=None, out=out, folder=tmp_path)
    whole = out.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) // 2, hard))
    try:
        with pytest.raises(MediaError, match="limit for one file"):
            assemble_film(spec, shots, song=None, out=out, folder=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert out.read_bytes() == whole


def test_it_refuses_a_plan_with_gaps_or_wrong_handles() -> None:
    spec = film_spec(PROFILE, slots([30], 60), [Transition(kind="crossfade", frames=10)])
    with pytest.raises(ValidationError, match="handles"):
        FilmSpec(profile=PROFILE, shots=spec.shots, transitions=(CUT,))
    with pytest.raises(ValidationError, match="cover"):
        film_spec(PROFILE, [Slot(start_frame=0, end_frame=30), Slot(start_frame=31, end_frame=60)], [CUT])
