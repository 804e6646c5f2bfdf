from __future__ import annotations

import pytest

from pipeline.media.audio.corrections import corrected_analysis, possible_percent
from pipeline.media.audio.values import SongAnalysis

HEARD = SongAnalysis(
    duration_ms=8000,
    tempo_mbpm=120_000,
    beats_ms=tuple(range(0, 8000, 500)),
    downbeats_ms=(0, 2000, 4000, 6000),
    sections=(),
)


def test_it_leaves_an_analysis_alone_without_corrections() -> None:
    assert corrected_analysis(HEARD) == HEARD


def test_it_doubles_beats_and_bars() -> None:
    twice = corrected_analysis(HEARD, tempo_percent=200)
    assert twice.tempo_mbpm == 240_000
    assert twice.beats_ms == tuple(range(0, 7501, 250))
    assert twice.downbeats_ms == tuple(range(0, 8000, 1000))
    assert 120_000 in twice.tempo_alternatives_mbpm


def test_it_halves_on_the_beats_that_bars_begin_on() -> None:
    late = HEARD.model_copy(update={"downbeats_ms": (500, 2500, 4500, 6500)})
    half = corrected_analysis(late, tempo_percent=50)
    assert half.tempo_mbpm == 60_000
    assert half.beats_ms == tuple(range(500, 8000, 1000))
    assert half.downbeats_ms == (500, 4500)


def test_it_comes_back_after_double_and_half() -> None:
    twice = corrected_analysis(HEARD, tempo_percent=200)
    assert corrected_analysis(twice, tempo_percent=50).beats_ms == HEARD.beats_ms
    assert corrected_analysis(twice, tempo_percent=50).downbeats_ms == HEARD.downbeats_ms


def test_it_moves_beats_and_drops_those_outside_the_song() -> None:
    early = corrected_analysis(HEARD, shift_ms=-20)
    assert early.beats_ms[0] == 480
    assert early.downbeats_ms == (1980, 3980, 5980)
    assert corrected_analysis(HEARD, shift_ms=500).beats_ms[-1] == 7500 + 500 - 500


@pytest.mark.parametrize("correction", [{"tempo_percent": 150}, {"tempo_percent": 0}, {"shift_ms": 501}])
def test_it_refuses_what_is_no_correction(correction: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no such correction"):
        corrected_analysis(HEARD, **correction)


def test_it_knows_tempos_that_music_has() -> None:
    assert possible_percent(HEARD, 200)
    assert not possible_percent(HEARD, 400)
    assert possible_percent(HEARD, 25)
    assert not possible_percent(HEARD, 75)
    assert (
        corrected_analysis(HEARD.model_copy(update={"beats_ms": (), "downbeats_ms": ()}), tempo_percent=50).beats_ms
        == ()
    )
