"""What the sections of a song are called, from how alike, how loud and how much sung they are."""

from __future__ import annotations

import numpy as np

from pipeline.media.audio.sections import labeled_sections
from pipeline.media.audio.values import GRID_MS

# ten seconds each: (how alike, energy, voice)
INTRO, VERSE, CHORUS, SOLO = (0, 150, 0), (1, 400, 900), (2, 800, 900), (3, 700, 0)


def labels(*parts: tuple[int, int, int]) -> list[str]:
    edges = [10_000 * at for at in range(len(parts) + 1)]
    likeness = np.array([[10.0 * kind, 0.0] for kind, _, _ in parts], np.float32)
    energy = np.concatenate([np.full(10_000 // GRID_MS, loud) for _, loud, _ in parts])
    voice = np.concatenate([np.full(10_000 // GRID_MS, sung) for _, _, sung in parts])
    return [section.label for section in labeled_sections(edges, likeness, energy, voice)]


def test_what_returns_loud_and_sung_is_the_chorus_and_a_loud_part_without_a_voice_is_not() -> None:
    song = (INTRO, VERSE, CHORUS, VERSE, SOLO, CHORUS, INTRO)
    assert labels(*song) == ["intro", "verse", "chorus", "verse", "instrumental", "chorus", "outro"]


def test_nothing_is_sung_in_a_piece_without_a_voice() -> None:
    assert labels((1, 400, 0)) == ["instrumental"]
