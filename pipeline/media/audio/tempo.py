"""How fast a song is: onsets, their periodicity, and how the tempo moves through the song.

Onset strength is spectral flux over mel bands with a vibrato-suppressing maximum filter (Böck and Widmer, "Maximum
filter vibrato suppression for onset detection", 2013); tempo is read from its autocorrelation with a log-normal
preference (Ellis, "Beat tracking by dynamic programming", 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.spectrum import Floats, smoothed

SLOWEST_BPM = 50.0
FASTEST_BPM = 215.0
_PREFERRED_BPM = 118.0
_PREFERENCE_OCTAVES = 0.8
_WINDOW_S = 10.0
_WINDOW_HOP_S = 2.0
_DRUM_BANDS = 26  # of 40 mel bands, up to about 4 kHz: hi-hats on the off-beat must not look like beats
_DOUBLE_RATIO = 0.52
_HALVE_RATIO = 0.45
_BASS_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Onsets:
    """How strongly something begins, per frame."""

    strength: Floats
    """All bands, scaled to unit deviation, evened out over time."""
    pulse: Floats
    """The same leaning on the bass: an open hi-hat between the beats is loud, but only a kick is low."""
    bass: Floats
    drums: Floats
    frame_rate: float


@dataclass(frozen=True, slots=True)
class Tempo:
    """The song's tempo, other readings of it, and the local beat period."""

    bpm: float
    alternatives: tuple[float, ...]
    periods: Floats
    """Beat period in frames, per frame of the onsets."""
    clarity: float
    """Autocorrelation at the beat period, 0 (no pulse) .. 1."""


def onsets(bands: Floats, frame_rate: float) -> Onsets:
    """Onsets of log-mel `bands` (frames, 40)."""
    neighbors = np.maximum(bands, np.maximum(np.roll(bands, 1, axis=1), np.roll(bands, -1, axis=1)))
    neighbors[:, 0], neighbors[:, -1] = bands[:, 0], bands[:, -1]  # roll wraps around
    rise = np.zeros_like(bands)
    rise[2:] = np.maximum(0, bands[2:] - neighbors[:-2])
    second = int(frame_rate)
    bass, drums = rise[:, :6].mean(axis=1), rise[:, :_DRUM_BANDS].mean(axis=1)
    strength = _evened(rise.mean(axis=1), second)
    pulse = strength + _BASS_SHARE * _evened(bass, second)
    return Onsets(
        strength=strength,
        pulse=np.asarray(pulse / (pulse.std() + 1e-9), np.float32),
        bass=bass,
        drums=np.maximum(0, drums - smoothed(drums, second)),
        frame_rate=frame_rate,
    )


def _evened(flux: Floats, second: int) -> Floats:
    """Peaks above their surroundings, a quiet verse counting as much as a loud chorus, scaled to unit deviation."""
    flux = np.maximum(0, flux - smoothed(flux, second))
    spread = np.sqrt(np.maximum(0, smoothed(flux * flux, 8 * second)))
    even = flux / (spread + 0.25 * spread.mean() + 1e-9)  # but silence is not blown up
    return smoothed(even / (even.std() + 1e-9), 3)


def song_tempo(heard: Onsets) -> Tempo:
    """The tempo of a song of at least about two seconds."""
    correlations = _tempogram(heard)
    overall = correlations.mean(axis=0)
    bpms = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 700)
    support = _support(overall, heard.frame_rate, bpms)
    preferred = support * np.exp(-0.5 * (np.log2(bpms / _PREFERRED_BPM) / _PREFERENCE_OCTAVES) ** 2)
    bpm = _refined(overall, heard.frame_rate, float(bpms[int(preferred.argmax())]))
    if bpm < 100 and 2 * bpm <= FASTEST_BPM and _half_beat_ratio(heard, bpm) > _DOUBLE_RATIO:
        bpm *= 2
    elif bpm > 130 and _half_beat_ratio(heard, bpm / 2) < _HALVE_RATIO:
        bpm /= 2
    lag = heard.frame_rate * 60 / bpm
    return Tempo(
        bpm=bpm,
        alternatives=_alternatives(overall, heard.frame_rate, bpm),
        periods=_periods(correlations, heard, bpm),
        clarity=float(np.clip(_at(overall, np.array([lag]))[0], 0, 1)),
    )


def _tempogram(heard: Onsets) -> Floats:
    """Normalized autocorrelations of overlapping windows, shape (windows, lags)."""
    size = min(len(heard.strength), int(_WINDOW_S * heard.frame_rate))
    hop = max(1, int(_WINDOW_HOP_S * heard.frame_rate))
    starts = range(0, max(1, len(heard.strength) - size + 1), hop)
    lags = min(size, int(4.2 * heard.frame_rate * 60 / SLOWEST_BPM))
    rows = []
    for start in starts:
        piece = heard.strength[start : start + size]
        spectrum = np.fft.rfft(piece - piece.mean(), 2 * size)
        row = np.fft.irfft(spectrum * spectrum.conj())[:lags] / np.arange(size, size - lags, -1)
        rows.append(row / (row[0] + 1e-9))
    # the far end of a short window is an average over next to nothing
    taper = np.minimum(1.0, (size - np.arange(lags)) / (0.2 * size))
    return np.asarray(np.array(rows) * taper, np.float32)


def _at(correlation: NDArray[np.floating], lags: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(np.interp(lags, np.arange(len(correlation)), correlation, right=0.0))


def _support(correlation: NDArray[np.floating], rate: float, bpms: NDArray[np.float64]) -> NDArray[np.float64]:
    lag = rate * 60 / bpms
    return np.maximum(
        0, (_at(correlation, lag) + 0.6 * _at(correlation, 2 * lag) + 0.5 * _at(correlation, 4 * lag)) / 2.1
    )


def _refined(correlation: NDArray[np.floating], rate: float, bpm: float) -> float:
    """The long lags tell the tempo more finely than the short ones."""
    fine = bpm * np.linspace(0.97, 1.03, 241)
    score = sum((_at(correlation, multiple * rate * 60 / fine) for multiple in (1, 2, 4, 8)), np.zeros(len(fine)))
    return float(fine[int(np.argmax(score))])


def _half_beat_ratio(heard: Onsets, bpm: float) -> float:
    """How strong drums and bass are halfway between beats, against on them: near 1 if the true tempo is the double."""
    period = heard.frame_rate * 60 / bpm
    window = int(12 * heard.frame_rate)
    drums, bass = _nearby_peaks(heard.drums), _nearby_peaks(heard.bass)
    ratios = []
    for start in range(0, len(drums) - window, window):
        phases = np.arange(0, period)
        grid = (start + phases[:, None] + np.arange(0, window - 2 * period, period)).astype(int)
        on = grid[int(heard.pulse[grid].sum(axis=1).argmax())]
        between = (on + period / 2).astype(int)
        shares = [np.median(part[between]) / (np.median(part[on]) + 1e-9) for part in (drums, bass)]
        ratios.append(float(np.minimum(shares, 1).mean()))
    return float(np.median(ratios)) if ratios else (_DOUBLE_RATIO + _HALVE_RATIO) / 2


def _nearby_peaks(strength: Floats) -> Floats:
    return np.asarray(np.lib.stride_tricks.sliding_window_view(np.pad(strength, 3), 7).max(axis=1))


def _alternatives(correlation: NDArray[np.floating], rate: float, bpm: float) -> tuple[float, ...]:
    """Half and double always (a matter of taste), 3:2 and 2:3 where the pulse supports them; the likeliest first."""
    found = []
    base = float(_support(correlation, rate, np.array([bpm]))[0]) + 1e-9
    for ratio in (0.5, 2.0, 2 / 3, 1.5):
        other = bpm * ratio
        if not SLOWEST_BPM * 0.7 <= other <= FASTEST_BPM * 1.2:
            continue
        support = float(_support(correlation, rate, np.array([other]))[0]) / base
        if ratio in (0.5, 2.0) or support > 0.5:
            found.append((support * np.exp(-0.5 * (np.log2(other / _PREFERRED_BPM) / _PREFERENCE_OCTAVES) ** 2), other))
    return tuple(other for _, other in sorted(found, reverse=True))


def _periods(correlations: Floats, heard: Onsets, bpm: float) -> Floats:
    """Local beat period per frame: the best smooth path through the tempogram near the song's tempo (Viterbi)."""
    bpms = bpm * np.geomspace(0.8, 1.25, 61)
    support = np.array([_support(row, heard.frame_rate, bpms) for row in correlations])
    support = support - 0.15 * np.abs(np.log2(bpms / bpm))  # no pulse: keep the song's tempo
    moves = -12.0 * np.abs(np.log2(bpms[:, None] / bpms)) ** 1.0
    score, back = support[0], []
    for row in support[1:]:
        choice = score[:, None] + moves
        back.append(choice.argmax(axis=0))
        score = choice.max(axis=0) + row
    path = [int(score.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    local = heard.frame_rate * 60 / bpms[path[::-1]]
    hop = int(_WINDOW_HOP_S * heard.frame_rate)
    size = min(len(heard.strength), int(_WINDOW_S * heard.frame_rate))
    centers = np.arange(len(local)) * hop + size / 2
    return np.asarray(np.interp(np.arange(len(heard.strength)), centers, local), np.float32)
