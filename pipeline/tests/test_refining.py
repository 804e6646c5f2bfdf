"""A refined film: its colors, its loudness, its size, even motion; one encode, and no frame lost."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.media.assembly import ChapterMark, assemble_film
from pipeline.media.audio.loudness import measured_loudness
from pipeline.media.exporting.checking import read_packets
from pipeline.media.grades import cube_text, shipped_look
from pipeline.media.profile import Profile
from pipeline.media.refining import Refined, RefineSpec, write_refined
from pipeline.media.run import MediaError
from pipeline.media.smoothing import even_place, smoothed
from pipeline.recipes import Stored
from pipeline.steps import refine_video
from pipeline.tests.films import SAMPLE_RATE, decoded, decoded_code, small_film, tone, write_wav
from pipeline.tests.test_assemble_video import Desk

FRAMES = 120


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    spec, shots = small_film(folder, [60], FRAMES)
    beats = tone(4.0) * (0.3 + 0.7 * (np.arange(4 * SAMPLE_RATE) % 12_000 < 4_000))
    song = write_wav(folder / "song.wav", beats * 0.8)
    spec = spec.model_copy(update={"chapters": (ChapterMark(start_frame=0, end_frame=FRAMES, title="Verse"),)})
    assemble_film(spec, shots, song=song, out=folder / "out.mp4", folder=folder)
    return folder / "out.mp4"


def wanted(**changes: object) -> RefineSpec:
    size = {"film_width": 320, "film_height": 180, "frames": FRAMES, "cuts": (60,)}
    return RefineSpec.model_validate({"profile": Profile(width=320, height=180), **size, **changes})


def refine(film: Path, folder: Path, spec: RefineSpec, look: str = "", bed: Path | None = None) -> tuple[Path, Refined]:
    out = folder / "out.mp4"
    table = shipped_look(look) if look else None
    return out, write_refined(spec, film, table=table, bed=bed, out=out, folder=folder)


def pictures(path: Path) -> list[np.ndarray]:
    return [frame for _, frame in decoded(path)]


@pytest.mark.parametrize("goal", [-140, -230])
def test_it_is_as_loud_as_asked_and_leaves_the_picture(film: Path, tmp_path: Path, goal: int) -> None:
    out, done = refine(film, tmp_path, wanted(loudness_tenths=goal))
    loudness, peak = measured_loudness(out, tmp_path)
    assert loudness is not None and peak is not None
    assert abs(loudness - goal) <= 3 and peak <= -10
    assert done.copied_picture and done.sound is not None and done.sound.loudness_tenths == loudness
    assert read_packets(out).pictures == read_packets(film).pictures


def test_grade_size_and_loudness_are_one_encode(film: Path, tmp_path: Path) -> None:
    spec = wanted(profile=Profile(width=640, height=360), loudness_tenths=-140)
    out, _ = refine(film, tmp_path, spec, "noir")
    frames = pictures(out)
    assert len(frames) == FRAMES and frames[0].shape == (540, 640)
    chroma = frames[30][360:].astype(int)
    assert abs(chroma - 128).mean() < 2, "black and white"
    assert abs(pictures(film)[30][180:].astype(int) - 128).mean() > 2
    small = frames[30][:360:2, ::2]
    assert decoded_code(np.ascontiguousarray(small))[1] == 30


def test_at_no_intensity_a_look_changes_nothing(film: Path, tmp_path: Path) -> None:
    out, _ = refine(film, tmp_path, wanted(intensity_permille=0), "neon")
    apart = [np.abs(a.astype(int) - b).mean() for a, b in zip(pictures(out), pictures(film), strict=True)]
    assert max(apart) < 2


def test_it_fades_picture_and_sound(film: Path, tmp_path: Path) -> None:
    out, _ = refine(film, tmp_path, wanted(fade_in_ms=500, fade_out_ms=1000))
    frames = pictures(out)
    bright = [frame[:180].mean() for frame in frames]
    assert bright[0] < 20 and bright[-1] < 25 and bright[60] > 60
    assert len(frames) == FRAMES


def test_music_goes_down_under_the_film_and_reaches_its_end(film: Path, tmp_path: Path) -> None:
    half = np.concatenate([tone(2.0), np.zeros(2 * SAMPLE_RATE)])
    spoken = write_wav(tmp_path / "spoken.wav", half)
    bed = write_wav(tmp_path / "bed.wav", tone(1.0, pitch=3000.0))
    spec, shots = small_film(tmp_path, [60], FRAMES)
    assemble_film(spec, shots, song=spoken, out=tmp_path / "talk.mp4", folder=tmp_path)
    out, _ = refine(tmp_path / "talk.mp4", tmp_path, wanted(bed_tenths_db=-60), bed=bed)
    with av.open(str(out)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])

    def level(begin: float, end: float) -> float:
        part = heard[int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
        power = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        return float(power[np.argmin(np.abs(np.fft.rfftfreq(len(part), 1 / SAMPLE_RATE) - 3000))])

    assert level(0.8, 1.8) < 0.5 * level(2.9, 3.9)
    assert len(heard) / SAMPLE_RATE == pytest.approx(4.0, abs=0.03)


def stumbling(distinct: list[np.ndarray]) -> list[np.ndarray]:
    """24 pictures a second as 30 frames: every fourth is shown twice."""
    return [frame for n, frame in enumerate(distinct) for _ in range(2 if n % 4 == 3 else 1)]


def moving(count: int) -> list[np.ndarray]:
    across = np.arange(320)
    found = []
    for n in range(count):
        row = 120 + 60 * np.sin((across - 3 * n) / 9) + 30 * np.sin((across - 3 * n) / 23)
        luma = np.tile(row, (180, 1))
        found.append(np.vstack([luma, np.full((90, 320), 128)]).astype(np.uint8))
    return found


def test_motion_that_stumbles_becomes_even() -> None:
    frames = stumbling(moving(48))
    made = list(smoothed(iter(frames), frozenset()))
    assert len(made) == len(frames) == 60
    assert sum(new for _, new in made) > 30

    def unevenness(found: list[np.ndarray]) -> float:
        steps = [np.abs(a[:180].astype(int) - b[:180]).mean() for a, b in zip(found[5:-5], found[6:-4], strict=True)]
        return float(np.std(steps) / np.mean(steps))

    assert unevenness([frame for frame, _ in made]) < 0.25 * unevenness(frames)


def captioned(frames: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """The frames with white words over them, outlined in black as captions are; and where the words stand."""
    words = np.zeros((180, 320), np.uint8)
    cv2.putText(words, "SUNNY DAY", (60, 140), cv2.FONT_HERSHEY_DUPLEX, 1.2, 255, 3)
    ink = words > 128
    around = cv2.dilate(ink.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    found = []
    for frame in frames:
        luma = frame[:180].copy()
        luma[around], luma[ink] = 20, 235
        found.append(np.vstack([luma, frame[180:]]))
    return found, around


def test_words_over_moving_pictures_stay_as_they_are() -> None:
    frames, around = captioned(stumbling(moving(48)))
    made = list(smoothed(iter(frames), frozenset()))
    new = [(frame, smooth) for frame, (smooth, invented) in zip(frames, made, strict=True) if invented]
    assert len(new) > 30
    for frame, smooth in new:
        assert np.abs(smooth[:180].astype(int) - frame[:180])[around].max() <= 24
    # and what moves beside them is as even as without words
    plain = [smooth for smooth, _ in smoothed(iter(stumbling(moving(48))), frozenset())]
    far = cv2.dilate(around.astype(np.uint8), np.ones((17, 17), np.uint8)) == 0
    apart = [
        np.abs(a[:180].astype(int) - b[:180])[far].mean()
        for (a, _invented), b in zip(made[6:-6], plain[6:-6], strict=True)
    ]
    assert np.mean(apart) < 2.0


def test_what_moves_evenly_is_not_touched() -> None:
    frames = moving(30)
    made = list(smoothed(iter(frames), frozenset({10})))
    assert not any(new for _, new in made)
    assert all(np.array_equal(a, b) for a, (b, _) in zip(frames, made, strict=True))


def test_slow_motion_is_not_taken_for_repeats() -> None:
    slow = [frame for frame, _ in zip(moving(30), range(30), strict=True)]
    noise = np.random.default_rng(2)
    calm = []
    for n in range(30):
        luma = np.full((180, 320), 100.0) + n * 0.25 + noise.normal(0, 0.2, (180, 320))
        calm.append(np.vstack([luma.round(), np.full((90, 320), 128)]).astype(np.uint8))
    for frames in (slow, calm):
        made = list(smoothed(iter(frames), frozenset()))
        assert all(a is b and not new for a, (b, new) in zip(frames, made, strict=True))


def test_nothing_is_invented_across_a_cut_and_stills_stay_still() -> None:
    still = [moving(1)[0]] * 12
    other = [255 - moving(1)[0]] * 12
    made = list(smoothed(iter(still + other), frozenset()))
    assert not any(new for _, new in made)
    assert [np.array_equal(frame, still[0]) for frame, _ in made] == [True] * 12 + [False] * 12


def test_time_is_laid_out_evenly() -> None:
    steps = [n * 4 // 5 for n in range(40)]
    places = [even_place(steps, n) for n in range(5, 35)]
    assert np.ptp(np.diff(places)) < 0.01


def test_the_step_certifies_what_it_made(film: Path, tmp_path: Path) -> None:
    files = {"film": film, "cube": tmp_path / "look.cube"}
    files["cube"].write_text(cube_text(shipped_look("sepia")))
    given = refine_video.Input(
        film=Stored(key="film", sha256=""),
        cube=Stored(key="cube", sha256="c"),
        spec=wanted(smooth=True, loudness_tenths=-140),
    )
    output = refine_video.run(given, Desk(tmp_path / "desk", files))
    assert output.certificate.ok, output.certificate.findings
    assert output.certificate.counted_frames == FRAMES
    assert output.certificate.sound is not None and output.certificate.sound.song_offset_ms == 0
    assert files["posters"].exists()
    with av.open(str(files["films"])) as container:
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["Verse"]


def test_an_unknown_look_is_told(film: Path, tmp_path: Path) -> None:
    given = refine_video.Input(film=Stored(key="film", sha256=""), grade="x", spec=wanted())
    with pytest.raises(MediaError, match="no look called x"):
        refine_video.run(given, Desk(tmp_path / "desk", {"film": film}))
