"""The strongest part of a song."""

from __future__ import annotations

from pipeline.media.audio.values import Section, SongAnalysis
from pipeline.media.teaser import teaser_start


def song(seconds: int, loud: tuple[int, int]) -> SongAnalysis:
    beats = tuple(range(0, seconds * 1000, 500))
    return SongAnalysis(
        duration_ms=seconds * 1000,
        tempo_mbpm=120_000,
        beats_ms=beats,
        downbeats_ms=beats[::4],
        sections=(
            Section(start_ms=0, end_ms=loud[0] * 1000, label="verse"),
            Section(start_ms=loud[0] * 1000, end_ms=loud[1] * 1000, label="chorus"),
            Section(start_ms=loud[1] * 1000, end_ms=seconds * 1000, label="outro"),
        ),
        energy=tuple(900 if loud[0] * 10 <= n < loud[1] * 10 else 400 for n in range(seconds * 10)),
    )


def test_it_finds_the_chorus() -> None:
    assert teaser_start(song(90, (40, 56)), [38_000, 40_000, 44_000], 15) == 40_000


def test_it_begins_on_a_cut_where_that_costs_little() -> None:
    assert teaser_start(song(90, (40, 70)), [46_000], 15) == 46_000


def test_it_never_runs_over_the_end() -> None:
    assert teaser_start(song(40, (30, 40)), [], 30) == 10_000
    assert teaser_start(song(20, (10, 20)), [], 30) == 0


def test_it_takes_a_song_of_which_nothing_is_known() -> None:
    bare = SongAnalysis(duration_ms=60_000, tempo_mbpm=1, beats_ms=(), downbeats_ms=(), sections=())
    assert teaser_start(bare, [], 15) in (0, 45_000)
