"""Where a song's sections begin and what they are.

Boundaries by optimal partitioning of beat-wise features (Jackson et al., "An algorithm for optimal partitioning of
data on an interval", 2005) with a preference for lengths of four bars; labels by likeness, energy, voice and place.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.spectrum import Floats
from pipeline.media.audio.values import ENERGY_RANGE_DB, GRID_MS, Section, SectionLabel

_LONGEST_BARS = 40
_SHORTEST_S = 4.0
_PENALTY = 1.1
_RESPLIT_SHARE, _RESPLIT_BARS, _RESPLIT_PENALTY = 0.4, 6, 1.8
_ALIKE = 0.32
_CHORUS_LIFT_DB = 0.7
_SUNG_SHARE = 0.15
"""Of the song, to call it sung at all: less is a false alarm."""


def section_edges(features: Floats, beats_ms: Sequence[int], beats_per_bar: int) -> list[int]:
    """Indices of the beats where a new section begins (0 is not among them). `features` has one row per beat.

    A section that holds much of the song is looked at once more by itself: beside a quiet intro, verse and chorus look
    alike.
    """
    edges = _partition(features, beats_ms, beats_per_bar, _PENALTY)
    inner = []
    for start, end in itertools.pairwise([0, *edges, len(features)]):
        if end - start >= max(_RESPLIT_SHARE * len(features), _RESPLIT_BARS * beats_per_bar):
            again = _partition(features[start:end], beats_ms[start:end], beats_per_bar, _RESPLIT_PENALTY)
            inner += [start + edge for edge in again]
    return sorted([*edges, *inner])


def _partition(features: Floats, beats_ms: Sequence[int], beats_per_bar: int, penalty: float) -> list[int]:
    count = len(features)
    beat_ms = float(np.median(np.diff(beats_ms))) if count > 1 else 500.0
    shortest = max(2 * beats_per_bar, round(_SHORTEST_S * 1000 / beat_ms))
    if count < 2 * shortest:
        return []
    sums = np.concatenate([np.zeros((1, features.shape[1])), np.cumsum(features, axis=0, dtype=np.float64)])
    squares = np.concatenate([[0.0], np.cumsum((features.astype(np.float64) ** 2).sum(axis=1))])
    # what changes from bar to bar is the yardstick, not what alternates between the beats of a bar
    bars = (sums[beats_per_bar:] - sums[:-beats_per_bar]) / beats_per_bar
    variance = float(bars.var(axis=0).sum())
    if variance < 1e-9:
        return []
    lengths = np.arange(count + 1)
    fixed = penalty * np.log(count) * variance  # as in the Bayesian information criterion
    price = fixed * (1 + _oddness(lengths, beats_per_bar))
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    origin = np.zeros(count + 1, int)
    for end in range(shortest, count + 1):
        starts = np.arange(max(0, end - _LONGEST_BARS * beats_per_bar), end - shortest + 1)
        if end - starts[0] < end and not np.isfinite(best[starts]).any():
            continue
        length = end - starts
        spread = squares[end] - squares[starts] - ((sums[end] - sums[starts]) ** 2).sum(axis=1) / length
        # the last section ends where the music does: its length says nothing
        cost = best[starts] + spread + (price[length] if end < count else fixed)
        choice = int(cost.argmin())
        best[end], origin[end] = cost[choice], starts[choice]
    edges = []
    end = count
    while end > 0:
        end = int(origin[end])
        edges.append(end)
    return [edge for edge in edges[::-1] if edge > 0]


def _oddness(lengths: NDArray[np.int64], beats_per_bar: int) -> NDArray[np.float64]:
    """0 for multiples of four bars, more for lengths that music rarely has."""
    odd = np.full(len(lengths), 0.8)
    for bars, value in ((1, 0.45), (2, 0.15), (4, 0.0)):
        odd[lengths % (bars * beats_per_bar) == 0] = value
    return odd


def labeled_sections(
    edges_ms: Sequence[int],
    likeness: Floats,
    energy: NDArray[np.integer],
    voice: NDArray[np.integer],
) -> tuple[Section, ...]:
    """Sections between consecutive `edges_ms` (first 0, last the duration), labeled.

    `likeness` has one row of features per section, scaled so that a distance of 1 is the song's own spread; `energy`
    and `voice` are the 100 ms curves of the song.
    """
    count = len(edges_ms) - 1
    spans = list(itertools.pairwise(edges_ms))
    loud = np.array([_mean(energy, start, end) for start, end in spans])
    sung = np.array([_mean(voice, start, end) for start, end in spans])
    groups = _groups(likeness)
    labels = _labels(spans, groups, loud, sung, has_voice=bool((voice > 500).mean() > _SUNG_SHARE))
    return tuple(
        Section(
            start_ms=spans[i][0], end_ms=spans[i][1], label=labels[i], group=groups[i], energy=round(float(loud[i]))
        )
        for i in range(count)
    )


def _mean(curve: NDArray[np.integer], start_ms: int, end_ms: int) -> float:
    part = curve[start_ms // GRID_MS : max(start_ms // GRID_MS + 1, end_ms // GRID_MS)]
    return float(part.mean()) if len(part) else 0.0


def _groups(likeness: Floats) -> list[int]:
    """Average-linkage clustering until the nearest clusters are no longer alike; numbered by first appearance."""
    clusters = [[i] for i in range(len(likeness))]
    distance = np.linalg.norm(likeness[:, None] - likeness[None], axis=2)
    while len(clusters) > 1:
        pairs = [
            (float(distance[np.ix_(a, b)].mean()), i, j)
            for i, a in enumerate(clusters)
            for j, b in enumerate(clusters)
            if i < j
        ]
        nearest, i, j = min(pairs)
        if nearest > _ALIKE:
            break
        clusters[i] += clusters.pop(j)
    group = [0] * len(likeness)
    for number, members in enumerate(sorted(clusters, key=min)):
        for member in members:
            group[member] = number
    return group


def _labels(
    spans: Sequence[tuple[int, int]],
    groups: Sequence[int],
    loud: NDArray[np.float64],
    sung: NDArray[np.float64],
    *,
    has_voice: bool,
) -> list[SectionLabel]:
    count, total = len(spans), spans[-1][1]
    if count == 1:
        return ["verse" if has_voice else "instrumental"]
    labels: list[SectionLabel] = ["verse"] * count
    middle = set(range(count))
    typical = float(np.median(loud))
    for place, label in ((0, "intro"), (count - 1, "outro")):
        short = spans[place][1] - spans[place][0] <= 0.27 * total
        other = groups.count(groups[place]) == 1
        soft = other or loud[place] < 0.92 * typical or (has_voice and sung[place] < 0.6 * sung.max())
        if count >= 3 and short and soft:
            labels[place] = "intro" if label == "intro" else "outro"
            middle.discard(place)
    chorus = _chorus(middle, groups, loud, sung if has_voice else None)
    first_chorus = min((i for i in middle if groups[i] == chorus), default=count)
    for i in middle:
        alone = sum(groups[j] == groups[i] for j in middle) == 1
        if groups[i] == chorus:
            labels[i] = "chorus"
        elif has_voice and sung[i] < 0.45 * sung.max():
            labels[i] = "instrumental"
        elif alone and first_chorus < i and len(middle) >= 4:
            labels[i] = "bridge"
    return labels


def _chorus(
    middle: set[int], groups: Sequence[int], loud: NDArray[np.float64], sung: NDArray[np.float64] | None
) -> int:
    """The group that returns, is loud and is sung; -1 when nothing stands out."""
    best, chosen = 0.0, -1
    if len(middle) < 2:
        return -1
    floor = float(min(loud[i] for i in middle))
    for group in {groups[i] for i in middle}:
        members = [i for i in middle if groups[i] == group]
        lift_db = (float(loud[members].mean()) - floor) * ENERGY_RANGE_DB / 1000
        voice = float(sung[members].mean() / sung.max()) if sung is not None else 0.5
        score = lift_db * (1.35 if len(members) > 1 else 1.0) * (0.3 + voice)
        if lift_db > _CHORUS_LIFT_DB and score > best:
            best, chosen = score, group
    return chosen
