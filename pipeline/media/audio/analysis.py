"""Listening to a song: everything that a film needs to know about its music, from one decoding."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio import beats as beating
from pipeline.media.audio import harmony
from pipeline.media.audio.decoding import MAX_SECONDS, Samples, decode_song
from pipeline.media.audio.loudness import SILENCE_LUFS, integrated_lufs, k_weights
from pipeline.media.audio.sections import labeled_sections, section_edges
from pipeline.media.audio.spectrum import Floats, mel_filters, spectra
from pipeline.media.audio.tempo import Onsets, Tempo, onsets, song_tempo
from pipeline.media.audio.values import ENERGY_RANGE_DB, GRID_MS, Section, SongAnalysis
from pipeline.media.audio.vocals import vocal_activity
from pipeline.media.run import Progress, Stop, Stopped, never

_SIZE, _HOP, _BANDS = 1024, 256, 40
_PEAKS = 900
_SILENT_LUFS = -60.0
_STEPS = 100


@dataclass(frozen=True, slots=True)
class _Heard:
    """Frame-wise facts of one pass over the samples."""

    bands: Floats
    powers: Floats
    """K-weighted power per frame."""
    frame_rate: float


@dataclass(frozen=True, slots=True)
class _Meter:
    """Beats in ms, which of them begin a bar, and where sections begin."""

    beats_ms: list[int]
    downbeats: list[int]
    edges: list[int]
    """Indices into beats_ms."""
    features: Floats


def analyze_song(
    path: Path, *, max_seconds: int = MAX_SECONDS, progress: Progress | None = None, stop: Stop = never
) -> SongAnalysis:
    """Decode and analyze a song. Raises what `decode_song` raises; `progress` counts to 100."""

    def reading(done: int, total: int) -> None:
        if progress is not None:
            progress(done * 40 // total, _STEPS)

    samples = decode_song(path, max_seconds=max_seconds, stop=stop, progress=reading)
    return analysis_of(samples, progress=progress, stop=stop)


def analysis_of(samples: Samples, *, progress: Progress | None = None, stop: Stop = never) -> SongAnalysis:
    """What is heard in decoded samples."""

    def reached(percent: int) -> None:
        if stop():
            raise Stopped
        if progress is not None:
            progress(percent, _STEPS)

    reached(40)
    heard = _heard(samples, stop)
    reached(60)
    step_powers = _per_step(heard.powers, heard.frame_rate, samples.duration_ms)
    lufs = integrated_lufs(step_powers * min(2, samples.channels))
    if lufs < _SILENT_LUFS:
        return _silence(samples)
    energy = energy_levels(step_powers)
    notes = harmony.chroma(samples.signal, samples.sample_rate)
    reached(75)
    voice = vocal_activity(samples, stop=stop)
    reached(90)
    onset = onsets(heard.bands, heard.frame_rate)
    tempo = song_tempo(onset)
    meter = _meter(samples, heard, onset, tempo, notes, voice)
    reached(98)
    analysis = SongAnalysis(
        duration_ms=samples.duration_ms,
        tempo_mbpm=round(1000 * _steady_bpm(meter.beats_ms, tempo)),
        tempo_alternatives_mbpm=tuple(round(1000 * bpm) for bpm in tempo.alternatives),
        beats_ms=tuple(meter.beats_ms),
        downbeats_ms=tuple(meter.beats_ms[i] for i in meter.downbeats),
        sections=_sections(samples, meter, energy, voice),
        key=harmony.key_name(notes),
        energy=tuple(energy.tolist()),
        vocal_activity=tuple(voice.tolist()),
        peaks=waveform_peaks(samples.signal),
        loudness_clufs=round(100 * lufs),
        truncated=samples.truncated,
    )
    reached(100)
    return analysis


def _heard(samples: Samples, stop: Stop) -> _Heard:
    filters = mel_filters(samples.sample_rate, _SIZE, _BANDS, 30.0, 0.45 * samples.sample_rate)
    weights = k_weights(np.fft.rfftfreq(_SIZE, 1 / samples.sample_rate))
    bands, powers = [], []
    for block in spectra(samples.signal, _SIZE, _HOP):
        if stop():
            raise Stopped
        bands.append(np.log1p(2000 * (block @ filters)))
        powers.append((block * block) @ weights)
    # spectra() scales a sine to 1, a Hann window passes 3/8 of the power: by Parseval mean square = sum of squares / 3
    power = np.asarray(np.concatenate(powers) / 3.0, np.float32)
    return _Heard(np.concatenate(bands), power, samples.sample_rate / _HOP)


def _per_step(frames: Floats, frame_rate: float, duration_ms: int) -> Floats:
    """Means of a frame-wise curve per GRID_MS."""
    steps = max(1, -(-duration_ms // GRID_MS))
    edges = np.minimum((np.arange(steps) * GRID_MS / 1000 * frame_rate).round().astype(int), len(frames) - 1)
    sums = np.add.reduceat(frames, edges)
    return np.asarray(sums / np.maximum(1, np.diff(np.append(edges, len(frames)))), np.float32)


def energy_levels(powers: Floats) -> NDArray[np.int64]:
    """Loudness per step of GRID_MS, as `SongAnalysis.energy` has it, from mean powers."""
    level = 10 * np.log10(np.maximum(powers, 1e-9))
    top = float(np.percentile(level, 98))
    return np.clip(np.round((level - top) / ENERGY_RANGE_DB * 1000 + 1000), 0, 1000).astype(np.int64)


def waveform_peaks(signal: NDArray[np.int16]) -> tuple[int, ...]:
    """`SongAnalysis.peaks` of mono samples."""
    count = min(_PEAKS, len(signal))
    edges = np.linspace(0, len(signal), count + 1).astype(int)[:-1]
    high = np.maximum.reduceat(signal, edges).astype(np.int32)
    low = np.minimum.reduceat(signal, edges).astype(np.int32)
    return tuple((np.maximum(high, -low) * 127 // 32768).tolist())


def _meter(
    samples: Samples, heard: _Heard, onset: Onsets, tempo: Tempo, notes: Floats, voice: NDArray[np.int64]
) -> _Meter:
    beats_ms = _beats_ms(samples, heard, onset, tempo)
    frames = np.minimum((np.array(beats_ms) * heard.frame_rate / 1000).astype(int), len(heard.bands) - 1)
    features = _beat_features(heard, onset, notes, voice, frames)
    chords = features[:, -12:]
    change = np.zeros(len(frames), np.float32)
    change[1:] = np.linalg.norm(np.diff(chords, axis=0), axis=1)
    bass = np.lib.stride_tricks.sliding_window_view(np.pad(onset.bass, 2), 5).max(axis=1)[frames]
    accents = _standardized(change) + 0.4 * _standardized(bass)
    per_bar = beating.beats_per_bar(accents)
    edges = section_edges(features, beats_ms, per_bar)
    for edge in edges:
        accents[edge] += 3.0  # a section begins with a bar
    positions = beating.bar_positions(np.asarray(accents, np.float32), per_bar)
    downbeats = np.flatnonzero(positions == 0)
    if not len(downbeats):
        downbeats = np.array([0])
    snapped = sorted({int(downbeats[np.abs(downbeats - edge).argmin()]) for edge in edges})
    return _Meter(beats_ms, downbeats.tolist(), [edge for edge in snapped if edge > 0], features)


def _beats_ms(samples: Samples, heard: _Heard, onset: Onsets, tempo: Tempo) -> list[int]:
    """At least one beat; strictly increasing and inside the song."""
    frames = beating.beat_frames(onset, tempo)
    loud = np.flatnonzero(heard.powers > 1e-5 * heard.powers.max())
    frames = beating.extended(frames, float(loud[0]), float(loud[-1]))
    times = np.unique(np.round(frames * 1000 / heard.frame_rate).astype(int))
    times = times[(times >= 0) & (times < samples.duration_ms)]
    if len(times) < 3:  # too short or too vague to have heard a pulse: a grid from where the sound begins
        start = float(loud[0]) * 1000 / heard.frame_rate
        times = np.arange(start, samples.duration_ms, 60_000 / tempo.bpm).astype(int)
    return [int(time) for time in times] or [0]


def _beat_features(
    heard: _Heard, onset: Onsets, notes: Floats, voice: NDArray[np.int64], frames: NDArray[np.int64]
) -> Floats:
    """One row per beat: timbre, busyness, voice and (the last 12) chord, weighted so that timbre leads."""
    means = _between(np.column_stack([heard.bands, onset.strength, onset.bass]), frames)
    timbre = means[:, :_BANDS] - means[:, :_BANDS].mean(axis=0)
    timbre = timbre / (timbre.std() + 1e-9) / np.sqrt(_BANDS)
    busy = np.column_stack([_standardized(means[:, _BANDS]), _standardized(means[:, _BANDS + 1])]) * 0.5
    steps = np.minimum((frames * 1000 / heard.frame_rate / GRID_MS).astype(int), len(voice) - 1)
    sung = _between(voice[:, None].astype(np.float32), steps) / 2000
    slower = harmony.CHROMA_HOP / _HOP
    chords = _between(notes, np.minimum((frames / slower).astype(int), len(notes) - 1))
    chords = chords / (np.linalg.norm(chords, axis=1, keepdims=True) + 1e-9) * 0.5
    return np.asarray(np.column_stack([timbre, busy, sung - sung.mean(), chords]), np.float32)


def _between(rows: Floats, starts: NDArray[np.int64]) -> Floats:
    """Means of the rows from each start to the next."""
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    ends = np.maximum(np.append(starts[1:], len(rows)), starts + 1)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts)[:, None], np.float32)


def _standardized(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() + 1e-9), np.float32)


def _steady_bpm(beats_ms: list[int], tempo: Tempo) -> float:
    """The pace of the beats that were found, which is finer than the autocorrelation's; its octave stays."""
    if len(beats_ms) < 12:
        return tempo.bpm
    gaps = np.diff(beats_ms)
    usual = gaps[np.abs(gaps - np.median(gaps)) < 0.08 * np.median(gaps)]
    bpm = 60_000 / float(usual.mean())
    return bpm if abs(np.log2(bpm / tempo.bpm)) < 0.2 else tempo.bpm


def _sections(
    samples: Samples, meter: _Meter, energy: NDArray[np.int64], voice: NDArray[np.int64]
) -> tuple[Section, ...]:
    edges_ms = [0, *(meter.beats_ms[edge] for edge in meter.edges), samples.duration_ms]
    bounds = [0, *meter.edges, len(meter.features)]
    timbre = meter.features[:, :-12]
    spread = float(np.sqrt(timbre.var(axis=0).sum())) + 1e-9
    means = np.array([timbre[start:end].mean(axis=0) / spread for start, end in itertools.pairwise(bounds)])
    return labeled_sections(edges_ms, np.asarray(means, np.float32), energy, voice)


def _silence(samples: Samples) -> SongAnalysis:
    """A silent song still makes a film: a plain grid of 120 bpm and one section."""
    duration_ms = samples.duration_ms
    beats = tuple(range(0, duration_ms, 500))
    steps = -(-duration_ms // GRID_MS)
    return SongAnalysis(
        duration_ms=duration_ms,
        tempo_mbpm=120_000,
        beats_ms=beats,
        downbeats_ms=beats[::4],
        sections=(Section(start_ms=0, end_ms=duration_ms, label="instrumental"),),
        energy=(0,) * steps,
        vocal_activity=(0,) * steps,
        peaks=waveform_peaks(samples.signal),
        loudness_clufs=round(100 * SILENCE_LUFS),
        silent=True,
        truncated=samples.truncated,
    )
