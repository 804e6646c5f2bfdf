from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media.assembly import FilmSpec, assemble_film
from pipeline.media.certificate import Certificate, FactsBook, certify_film
from pipeline.media.profile import color_filter, encoder_args, raw_input
from pipeline.media.run import FramePipe, Stopped, guarded_input, run_ffmpeg
from pipeline.media.shots import ShotFacts
from pipeline.media.timeline import KINDS, TransitionKind
from pipeline.tests.films import (
    PROFILE,
    SAMPLE_RATE,
    coded_frame,
    shot_facts,
    small_film,
    tone,
    write_shot,
    write_wav,
)

BEATS = tuple(range(0, 5001, 500))


class Film:
    """A film in a folder, with what is needed to certify it."""

    def __init__(
        self,
        folder: Path,
        cuts: Sequence[int] = (30, 60, 90),
        kinds: Sequence[tuple[TransitionKind, int]] = (),
        frames: int = 120,
    ) -> None:
        self.folder, self.path = folder, folder / "film.mp4"
        self.spec, self.shots = small_film(folder, cuts, frames, kinds)
        self.song = write_wav(folder / "song.wav", pulsing(frames / 30))

    @property
    def facts(self) -> list[ShotFacts]:
        return [
            shot_facts(path, span, n) for n, (path, span) in enumerate(zip(self.shots, self.spec.shots, strict=True))
        ]

    def assemble(self, song: Path | None = None) -> None:
        assemble_film(self.spec, self.shots, song=song or self.song, out=self.path, folder=self.folder)

    def assemble_mute(self) -> None:
        assemble_film(self.spec, self.shots, song=None, out=self.path, folder=self.folder)

    def certify(
        self,
        spec: FilmSpec | None = None,
        facts: list[ShotFacts] | None = None,
        still: Sequence[tuple[int, int]] = (),
    ) -> Certificate:
        certified = certify_film(
            spec or self.spec,
            self.path,
            shots=facts or self.facts,
            beats_ms=BEATS,
            song=self.song,
            still=still,
            folder=self.folder,
        )
        return certified.certificate


def pulsing(seconds: float) -> np.ndarray:
    """A tone with a beat that never repeats exactly, so that its place can be told."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return tone(seconds) * (0.35 + 0.3 * np.sin(time * 7) * np.sin(time * 11.3) + 0.3 * (time * 2 % 1 < 0.2))


def texts(certificate: Certificate) -> str:
    return " ".join(finding.text for finding in certificate.findings)


def test_it_certifies_a_good_film_in_plain_words(tmp_path: Path) -> None:
    film = Film(tmp_path, kinds=[("crossfade", 10), ("cut", 0), ("fade_black", 8)])
    film.assemble()
    certificate = film.certify()
    assert certificate.findings == ()
    assert certificate.ok
    assert (certificate.expected_frames, certificate.counted_frames, certificate.even_timestamps) == (120, 120, True)
    assert [(cut.planned_frame, cut.offset_frames, cut.beat_offset_ms) for cut in certificate.cuts] == [
        (30, 0, 0),
        (60, 0, 0),
        (90, 0, 0),
    ]
    assert (certificate.video_codec, certificate.pixels, certificate.color) == ("H.264 High", "yuv420p", "BT.709")
    assert certificate.index_first
    assert max(abs(certificate.start_difference_us), abs(certificate.end_difference_us)) < 2000
    assert certificate.sound is not None
    assert certificate.sound.song_offset_ms == 0
    assert certificate.sentences()[:3] == (
        "120 of 120 frames, evenly timed.",
        "Every one of 3 cuts is on its planned frame, all of them on a beat.",
        "Sound and picture begin and end within 1 ms of each other.",
    )


def test_it_measures_loudness_and_peak(tmp_path: Path) -> None:
    film = Film(tmp_path)
    # BS.1770: a 997 Hz sine at 0 dBFS in one channel of a stereo pair reads -3.01 LUFS.
    sine = np.sin(np.arange(4 * SAMPLE_RATE) * 2 * np.pi * 997 / SAMPLE_RATE) * 10 ** (-20 / 20)
    sine *= np.minimum(1, np.linspace(0, 30, len(sine))) * np.minimum(1, np.linspace(30, 0, len(sine)))
    film.song = write_wav(tmp_path / "sine.wav", np.stack([sine, 0 * sine], axis=1))
    film.assemble()
    sound = film.certify().sound
    assert sound is not None
    assert sound.loudness_tenths_lufs is not None
    assert abs(sound.loudness_tenths_lufs + 230) <= 2
    assert sound.true_peak_tenths_dbtp is not None
    assert abs(sound.true_peak_tenths_dbtp + 200) <= 4


@pytest.mark.parametrize(("kind", "late"), [*((kind, 1) for kind in KINDS), ("cut", -2), ("crossfade", -2)])
def test_it_finds_a_cut_that_is_not_on_its_frame(tmp_path: Path, kind: TransitionKind, late: int) -> None:
    frames = 0 if kind == "cut" else 12
    film = Film(tmp_path, cuts=(40,), kinds=[(kind, frames)], frames=80)
    film.assemble_mute()
    assert film.certify().cuts[0].offset_frames == 0
    plan = film.spec, film.facts
    moved = Film(tmp_path, cuts=(40 + late,), kinds=[(kind, frames)], frames=80)
    moved.assemble_mute()
    certificate = moved.certify(*plan)
    assert not certificate.ok
    assert certificate.cuts[0].offset_frames == late
    count = "1 frame late" if late == 1 else "2 frames early"
    assert f"Cut 1 at 0:01.3 comes {count}." in texts(certificate)


def test_it_finds_a_scene_that_does_not_belong(tmp_path: Path) -> None:
    film = Film(tmp_path)
    plan = film.facts
    write_shot(film.shots[1], film.spec.shots[1], 17)
    film.assemble()
    certificate = film.certify(facts=plan)
    assert [cut.offset_frames for cut in certificate.cuts] == [None, None, 0]
    assert "Cut 1 at 0:01.0 does not show the scenes that belong there." in texts(certificate)


def test_it_counts_frames(tmp_path: Path) -> None:
    film = Film(tmp_path)
    plan = film.spec, film.facts
    short = Film(tmp_path, frames=119)
    short.assemble()
    certificate = short.certify(*plan)
    assert not certificate.ok
    assert "The film shows 119 frames instead of 120." in texts(certificate)


def rewritten(film: Film, *, drop: int = -1, shift: int = -1, damage: int = -1) -> None:
    """Copy the film's packets, but for one dropped, one shown a little late, or one with other bytes."""
    source = film.folder / "source.mp4"
    film.path.rename(source)
    options = {"movflags": "+faststart", "video_track_timescale": "30000"}
    with av.open(str(source)) as given, av.open(str(film.path), "w", options=options) as made:
        streams = {stream.index: made.add_stream_from_template(stream) for stream in given.streams}
        number = 0
        for packet in given.demux():
            if packet.dts is None:
                continue
            kind = packet.stream.type
            packet.stream = streams[packet.stream.index]
            number += kind == "video"
            if kind == "video" and number == drop:
                continue
            if kind == "video" and number == shift:
                packet.pts = (packet.pts or 0) + 300
            if kind == "video" and number == damage:
                data = bytearray(bytes(packet))
                data[60:] = np.random.default_rng(1).bytes(len(data) - 60)
                packet.update(bytes(data))
            made.mux(packet)


def test_it_sees_a_frame_dropped_or_shown_late(tmp_path: Path) -> None:
    film = Film(tmp_path)
    film.assemble()
    rewritten(film, drop=46)
    certificate = film.certify()
    assert not certificate.ok
    assert certificate.counted_frames in (118, 119), "a frame that needed the lost one may be lost with it"
    assert "not evenly timed" in texts(certificate)
    film.assemble()
    rewritten(film, shift=46)
    assert "not evenly timed" in texts(film.certify())


def test_it_sees_damage(tmp_path: Path) -> None:
    film = Film(tmp_path)
    film.assemble()
    rewritten(film, damage=31)
    certificate = film.certify()
    assert not certificate.ok
    assert "cannot be decoded" in texts(certificate) or "does not show the scenes" in texts(certificate)


def test_it_hears_where_the_song_is_missing(tmp_path: Path) -> None:
    film = Film(tmp_path)
    samples = pulsing(4.0)
    samples[SAMPLE_RATE : 2 * SAMPLE_RATE + SAMPLE_RATE // 2] = 0
    film.assemble(song=write_wav(tmp_path / "holes.wav", samples))
    certificate = film.certify()
    assert not certificate.ok
    assert "The song is missing from 0:01.0 to 0:02.5." in texts(certificate)
    assert "There is silence" not in texts(certificate)


def test_it_hears_when_the_song_itself_is_silent(tmp_path: Path) -> None:
    film = Film(tmp_path)
    samples = pulsing(4.0)
    samples[SAMPLE_RATE : 2 * SAMPLE_RATE + SAMPLE_RATE // 2] = 0
    film.song = write_wav(tmp_path / "rests.wav", samples)
    film.assemble()
    certificate = film.certify()
    assert certificate.ok
    assert texts(certificate) == "There is silence from 0:01.0 to 0:02.5."


@pytest.mark.parametrize("late_ms", [100, -60])
def test_it_hears_a_song_that_is_shifted(tmp_path: Path, late_ms: int) -> None:
    film = Film(tmp_path)
    samples = pulsing(4.0)
    shift = late_ms * SAMPLE_RATE // 1000
    moved = (
        np.concatenate([np.zeros(shift), samples])
        if shift > 0
        else np.concatenate([samples[-shift:], samples[:-shift]])
    )
    film.assemble(song=write_wav(tmp_path / "moved.wav", moved))
    certificate = film.certify()
    assert not certificate.ok
    word = "late" if late_ms > 0 else "early"
    assert f"The song is heard {abs(late_ms)} ms too {word}." in texts(certificate)


def test_it_says_when_the_sound_ends_early_or_is_not_there(tmp_path: Path) -> None:
    film = Film(tmp_path)
    film.assemble(song=write_wav(tmp_path / "short.wav", pulsing(3.5)))
    assert "Sound and picture end 500 ms apart." in texts(film.certify())
    film.assemble_mute()
    certificate = film.certify()
    assert not certificate.ok
    assert "The film has no sound, though it has a song." in texts(certificate)


def drawn_shot(film: Film, number: int, picture: Callable[[int], np.ndarray]) -> None:
    """Replace a shot by frames of our own."""
    span, path = film.spec.shots[number], film.shots[number]
    args = [*raw_input(PROFILE), "-vf", color_filter(), *encoder_args(PROFILE, keyframes=span.keyframes), path.name]
    with FramePipe(args, folder=film.folder) as pipe:
        for n in range(span.frames):
            pipe.write(picture(span.start_frame + n))


def test_it_sees_a_picture_that_stands_still(tmp_path: Path) -> None:
    film = Film(tmp_path, cuts=(30, 90))
    drawn_shot(film, 1, lambda n: coded_frame(1, min(n, 45) if n < 85 else n))
    film.assemble()
    certificate = film.certify()
    assert certificate.ok
    assert texts(certificate) == "The picture stands still from 0:01.5 to 0:02.8."


def test_it_does_not_mind_what_is_meant_to_stand_still_and_finds_what_stuck_before(tmp_path: Path) -> None:
    film = Film(tmp_path, cuts=(30, 90), frames=180)
    drawn_shot(film, 2, lambda n: coded_frame(2, min(n, 110)))
    film.assemble()
    whole = film.certify()
    assert texts(whole) == "The picture stands still from 0:03.7 to 0:06.0."
    card = film.certify(still=[(112, 180)])
    assert texts(card) == "" and card.frozen == whole.frozen and card.stuck == ()
    late = film.certify(still=[(150, 180)])  # the card is in order, the second before it is not
    assert texts(late) == "The picture stands still from 0:03.7 to 0:05.0."


def test_it_does_not_take_a_slow_camera_for_a_still_picture(tmp_path: Path) -> None:
    import cv2

    film = Film(tmp_path, cuts=(30, 90))
    still = cv2.resize(coded_frame(1, 0)[:180], (480, 270))

    def slow(frame: int) -> np.ndarray:
        matrix = np.array([[1.0, 0, -20 - frame * 0.15], [0, 1, -20]])
        luma = cv2.warpAffine(still, matrix, (320, 180), flags=cv2.INTER_LINEAR)
        return np.vstack([luma, np.full((90, 320), 128, np.uint8)])

    drawn_shot(film, 1, slow)
    film.assemble()
    assert film.certify().frozen == ()


def test_it_sees_a_black_picture(tmp_path: Path) -> None:
    film = Film(tmp_path, cuts=(30, 90))
    black = np.vstack([np.full((180, 320), 16, np.uint8), np.full((90, 320), 128, np.uint8)])
    drawn_shot(film, 1, lambda n: black if 40 <= n < 80 else coded_frame(1, n))
    film.assemble()
    certificate = film.certify()
    assert texts(certificate) == "The picture is black from 0:01.3 to 0:02.7."


def test_it_reads_headers_of_the_finished_file(tmp_path: Path) -> None:
    film = Film(tmp_path)
    film.assemble()
    film.path.rename(tmp_path / "good.mp4")
    retag = "h264_metadata=colour_primaries=5:transfer_characteristics=6:matrix_coefficients=6"
    args = [*guarded_input("good.mp4"), "-c", "copy", "-bsf:v", retag, "-video_track_timescale", "30000", "film.mp4"]
    run_ffmpeg(args, folder=tmp_path)
    certificate = film.certify()
    assert not certificate.ok
    assert "colors are marked as" in texts(certificate)
    assert "index is at the end" in texts(certificate)


def test_it_decodes_only_what_is_new(tmp_path: Path) -> None:
    film = Film(tmp_path, kinds=[("crossfade", 10)] * 3)
    film.assemble()
    first = certify_film(film.spec, film.path, shots=film.facts, song=film.song, beats_ms=BEATS, folder=tmp_path)
    assert (first.certificate.decoded_frames, first.certificate.reused_frames) == (120, 0)
    known = FactsBook.model_validate_json(first.facts.model_dump_json())
    again = certify_film(
        film.spec, film.path, shots=film.facts, song=film.song, beats_ms=BEATS, folder=tmp_path, known=known
    )
    assert again.certificate == first.certificate.model_copy(update={"decoded_frames": 0, "reused_frames": 120})
    write_shot(film.shots[3], film.spec.shots[3], 9)
    film.assemble()
    facts = [*film.facts[:3], shot_facts(film.shots[3], film.spec.shots[3], 9)]
    changed = certify_film(
        film.spec, film.path, shots=facts, song=film.song, beats_ms=BEATS, folder=tmp_path, known=known
    )
    body = film.spec.shots[3].body
    assert changed.certificate.decoded_frames == body[1] - body[0] + 10
    assert changed.certificate.ok
    stale = certify_film(
        film.spec, film.path, shots=film.facts, song=film.song, beats_ms=BEATS, folder=tmp_path, known=known
    )
    assert stale.certificate.cuts[2].offset_frames is None


def test_it_stops_when_told(tmp_path: Path) -> None:
    film = Film(tmp_path)
    film.assemble()
    told: list[tuple[int, int]] = []
    with pytest.raises(Stopped):
        certify_film(
            film.spec, film.path, shots=film.facts, folder=tmp_path, song=film.song,
            progress=lambda *at: told.append(at), stop=lambda: bool(told),
        )  # fmt: skip
    assert told[0][1] == 120


@pytest.mark.parametrize("extension", ["mp3", "opus", "m4a", "flac"])
def test_it_finds_no_shift_in_a_song_whose_encoder_delays_it(tmp_path: Path, extension: str) -> None:
    film = Film(tmp_path)
    delayed = tmp_path / f"song.{extension}"
    run_ffmpeg([*guarded_input(film.song), str(delayed)], folder=tmp_path)
    film.song = delayed
    film.assemble()
    certificate = film.certify()
    assert certificate.sound is not None
    assert certificate.sound.song_offset_ms == 0, texts(certificate)
