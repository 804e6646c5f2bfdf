"""Music beds: exact length, an ending, no loop; and any piece made as long as a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.ads.loading import shipped_templates
from pipeline.media.audio.analysis import analysis_of
from pipeline.media.audio.decoding import Samples
from pipeline.media.audio.loudness import measured_loudness
from pipeline.media.audio.synth.beds import (
    BED_MOODS,
    bed_analysis,
    bed_beats,
    bed_form,
    bed_score,
    composed_bed,
    silent_bed,
)
from pipeline.media.audio.synth.fitting import MOST_STRETCH
from pipeline.media.audio.synth.moods import MOODS
from pipeline.media.audio.synth.songs import write_samples
from pipeline.media.audio.trimming import SAMPLE_RATE, write_trimmed
from pipeline.media.audio_track import write_audio_track
from pipeline.media.containers import open_media
from pipeline.media.run import MediaError

FPS = 30


def decoded(path: Path) -> np.ndarray:
    with open_media(path) as container:
        return np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in container.decode(audio=0)]) / 32768


@pytest.mark.parametrize("bars", [1, 2, 3, 4, 7, 13, 14, 29, 60, 87])
def test_a_form_has_exactly_so_many_bars(bars: int) -> None:
    form = bed_form(bars)
    assert sum(length for _, length in form) == bars
    assert bars < 3 or (form[0][0], form[-1][0]) == ("intro", "outro")


@pytest.mark.parametrize("mood", BED_MOODS)
@pytest.mark.parametrize("frames", [150, 151, 907, 3600])
def test_every_length_ends_with_a_chord_that_rings_out(mood: str, frames: int) -> None:
    score = bed_score(mood, 3, frames, FPS)
    assert abs(score.duration_s - frames / FPS) < 1e-6
    assert 1.0 <= score.ring_s < 1.2 + score.mood.beats_per_bar * 60 / score.bpm


def test_a_longer_film_keeps_its_beats() -> None:
    short, *_ = bed_beats("dream", 3, 600, FPS)
    long, *_ = bed_beats("dream", 3, 900, FPS)
    assert long[: len(short) - 1] == short[:-1]


@pytest.mark.parametrize("seconds", [15, 30, 60])
@pytest.mark.parametrize("name", ["announcement", "lifestyle_ad", "product_showcase"])
def test_the_music_of_a_shipped_template_meets_all_its_cuts_and_its_end_card(name: str, seconds: int) -> None:
    template = shipped_templates()[name]
    cuts = [FPS * sum(length for _, length in template.timed(seconds)[:at]) for at in range(1, 99)]
    card = seconds * FPS - template.end_card.milliseconds * FPS // 1000
    hits = tuple(sorted({*(cut for cut in cuts if cut < seconds * FPS), card}))
    beats, downbeats, _ = bed_beats(template.music_mood, 3, seconds * FPS, FPS, hits)
    score = bed_score(template.music_mood, 3, seconds * FPS, FPS, hits)
    assert all(min(abs(beat - hit * 1000 / FPS) for beat in downbeats) <= 1000 / FPS for hit in hits[:-1])
    assert abs(score.beats_s[-1] - card / FPS) < 0.001  # the last chord: it is no beat any more, and it rings out
    assert abs(score.duration_s - seconds) < 1e-6 and len(set(beats)) == len(beats)
    assert 1 / MOST_STRETCH - 1e-6 <= score.bpm / MOODS[template.music_mood].bpm <= MOST_STRETCH + 1e-6


def test_music_is_heard_where_it_should_meet_the_cuts() -> None:
    """By our own ear, not by the score: the beat tracker finds them in the sound."""
    cuts = (60, 150, 240, 330, 360)
    audio = composed_bed("dance", 3, 450, FPS, cuts)
    pairs = audio.mean(axis=1).reshape(-1, 2).mean(axis=1)
    pcm = (np.clip(pairs, -1, 1) * 32_767).astype(np.int16)
    heard = analysis_of(Samples(signal=pcm, sample_rate=22_050, source_rate=44_100, channels=2, truncated=False))
    far = [min(abs(beat - cut * 1000 / FPS) for beat in heard.beats_ms) for cut in cuts[:-1]]
    assert max(far) <= 1000 / FPS, far


@pytest.mark.parametrize("mood", BED_MOODS)
def test_fitted_music_has_an_ending_and_bars_for_every_beat(mood: str) -> None:
    for frames, cuts in ((450, (60, 150, 240, 330, 360)), (907, (97, 311, 500, 799)), (150, (1, 149)), (60, (30,))):
        score = bed_score(mood, 3, frames, FPS, cuts)
        assert abs(score.duration_s - frames / FPS) < 1e-6
        assert sum(score.meter or [4] * score.bars) == len(score.beats_s) - 1
        assert sum(length for _, length in score.form) == score.bars
        assert min(length for _, length in score.form) >= 1


def test_a_longer_film_keeps_the_beats_that_fit_its_cuts() -> None:
    cuts = (60, 150, 240, 330)
    short, *_ = bed_beats("dance", 3, 450, FPS, cuts)
    long, *_ = bed_beats("dance", 3, 480, FPS, cuts)
    assert long[: len(short)] == short


def test_music_whose_beats_meet_the_cuts_anyway_keeps_its_tempo() -> None:
    beats, *_ = bed_beats("ballad", 3, 900, FPS)
    cuts = tuple(round(beat * FPS / 1000) for beat in beats[5::7])
    assert bed_beats("ballad", 3, 900, FPS, cuts)[0][:30] == beats[:30]


def test_a_bed_is_exact_loud_enough_and_ends_in_silence() -> None:
    audio = composed_bed("rush", 3, 151, FPS)
    assert len(audio) == 151 * SAMPLE_RATE // FPS
    heard = bed_analysis(audio, "rush", 3, 151, FPS)
    assert -1500 <= heard.loudness_clufs <= -1300
    assert heard.sections[0].start_ms == 0 and heard.sections[-1].end_ms == heard.duration_ms
    assert float(np.abs(audio).max()) < 1.0
    assert float(np.abs(audio[-40:]).max()) < 0.001  # it has died away
    assert float(np.sqrt((audio[-SAMPLE_RATE : -SAMPLE_RATE // 2] ** 2).mean())) > 0.01  # and not before


def peaks_of(mood: str, seed: int, seconds: int, folder: Path) -> tuple[int, int, int]:
    """True peaks, in tenths of dBTP, of a composition as it is kept and as a film has it; the film's loudness."""
    audio, bed = composed_bed(mood, seed, seconds * FPS, FPS), folder / "bed.flac"
    write_samples(audio, folder / "bed.wav")
    write_trimmed(folder / "bed.wav", bed, frames=seconds * FPS, fps=FPS)
    track = folder / write_audio_track(bed, limited=True, folder=folder).name
    loudness, peak = measured_loudness(track, folder)
    return measured_loudness(bed, folder)[1], peak, loudness


@pytest.mark.parametrize("mood", BED_MOODS)
def test_its_true_peak_stays_under_the_ceiling_in_the_file_and_in_a_film(tmp_path: Path, mood: str) -> None:
    kept, heard, loudness = peaks_of(mood, 1, 5, tmp_path)
    assert kept <= -17 and heard < -10
    assert -145 <= loudness <= -135


@pytest.mark.long
@pytest.mark.parametrize("mood", BED_MOODS)
@pytest.mark.parametrize("seconds", [8, 60])
def test_every_length_and_take_of_it_stays_under_the_ceiling(tmp_path: Path, mood: str, seconds: int) -> None:
    for seed in (2, 3):
        kept, heard, loudness = peaks_of(mood, seed, seconds, tmp_path)
        assert kept <= -17 and heard < -10, (seed, kept, heard)
        assert -145 <= loudness <= -135


def test_another_take_is_other_music() -> None:
    assert not np.array_equal(composed_bed("rush", 3, 90, FPS), composed_bed("rush", 4, 90, FPS))
    assert np.array_equal(composed_bed("rush", 3, 90, FPS), composed_bed("rush", 3, 90, FPS))


def test_silence_has_a_plain_grid() -> None:
    heard = bed_analysis(silent_bed(150, FPS), "", 0, 150, FPS)
    assert heard.silent and heard.duration_ms == 5000 and heard.beats_ms[:3] == (0, 500, 1000)


@pytest.mark.parametrize("seconds", [5.02, 9.0])
def test_a_piece_is_made_as_long_as_the_film(tmp_path: Path, seconds: float) -> None:
    count = int(seconds * SAMPLE_RATE)
    tone = np.sin(np.arange(count) * 0.05)[:, None].repeat(2, axis=1).astype(np.float32) * 0.5
    write_samples(tone, tmp_path / "piece.wav")
    write_trimmed(tmp_path / "piece.wav", tmp_path / "bed.flac", frames=151, fps=FPS)
    heard = decoded(tmp_path / "bed.flac")
    assert len(heard) == (2 * 151 * SAMPLE_RATE + FPS) // (2 * FPS)
    longer = seconds > 6
    end = np.abs(heard[-3000:-1500] if longer else heard[-3000 - 600 : -1500]).max()
    assert (end < 0.05) == longer  # faded out where it goes on, untouched where it ends by itself


def test_music_that_ends_before_the_film_is_refused_in_words(tmp_path: Path) -> None:
    write_samples(silent_bed(60, FPS), tmp_path / "piece.wav")
    with pytest.raises(MediaError, match=r"lasts 2\.0 seconds and the film 5\.0"):
        write_trimmed(tmp_path / "piece.wav", tmp_path / "bed.flac", frames=150, fps=FPS)
