"""The cuts of an ad on the beats of music that nobody made for it."""

from __future__ import annotations

from itertools import accumulate

import pytest

from pipeline.ads.timing import frames_on_beats
from pipeline.ads.values import FilledBeat

FPS = 30
SECONDS = (2, 3, 3, 3, 4)


def beats(captions: tuple[str, ...] = ("", "", "", "", "")) -> list[FilledBeat]:
    return [
        FilledBeat(name=f"b{at}", role="moment", seconds=seconds, prompt="a hill", caption=caption)
        for at, (seconds, caption) in enumerate(zip(SECONDS, captions, strict=True))
    ]


def moved(music_ms: tuple[int, ...], *, within_ms: int = 350, captions: tuple[str, ...] = ("",) * 5) -> list[int]:
    lengths = frames_on_beats(beats(captions), music_ms, within_ms=within_ms, last_s=3, fps=FPS)
    assert sum(lengths) == sum(SECONDS) * FPS and min(lengths) > 0
    return list(accumulate(lengths))[:-1]


@pytest.mark.parametrize("bpm", [87, 96, 100, 113, 128, 171])
def test_every_cut_falls_on_the_nearest_beat_and_the_whole_stays_exact(bpm: int) -> None:
    music = tuple(round(140 + at * 60_000 / bpm) for at in range(200))
    for cut in moved(music):
        assert min(abs(beat - cut * 1000 / FPS) for beat in music) <= 1000 / FPS


def test_cuts_stay_where_no_beat_is_near_and_where_nothing_is_heard() -> None:
    assert moved(()) == [60, 150, 240, 330]
    assert moved((0, 4000, 7600), within_ms=350) == [60, 150, 240, 330]
    assert moved((0, 4000, 7600), within_ms=400) == [60, 150, 228, 330]


def test_a_caption_keeps_the_time_that_it_is_read_in() -> None:
    long = "x" * 50  # 50 letters are read in 2.94 s
    music = (1900, 4733, 8300, 11_000)
    assert moved(music) == [57, 142, 249, 330]
    assert moved(music, captions=("", long, "", "", "")) == [57, 150, 249, 330]


def test_the_end_card_keeps_its_time() -> None:
    lengths = frames_on_beats(beats(), (11_300,), within_ms=350, last_s=3.8, fps=FPS)
    assert lengths[-1] == 120
