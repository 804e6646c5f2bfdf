"""The sound of a finished film: where it begins and ends, how loud it is, where it is silent, if it is the song."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.loudness import measured_loudness
from pipeline.media.certificate.values import SoundFact, Span
from pipeline.media.containers import open_media
from pipeline.media.run import Stop, Stopped, never

STEP_MS = 10
SILENT_RMS = 0.001  # -60 dBFS
SHORTEST_SILENCE_MS = 1000
SEARCH_MS = 500

Envelope = NDArray[np.float64]


def measure_sound(film: Path, *, song: Path | None, folder: Path, stop: Stop = never) -> SoundFact:
    """Decode the film's sound (and the song, to compare). Raises MediaError or Stopped."""
    loudness, peak = measured_loudness(film, folder, stop)
    envelope, start_s, end_s, codec, rate, channels = _envelope(film, stop)
    silent = _spans(envelope < SILENT_RMS)
    lost: tuple[Span, ...] = ()
    offset: int | None = None
    if song is not None:
        wanted, *_ = _envelope(song, stop, from_start=True)
        offset = _offset_ms(envelope, wanted)
        lost = _spans(_missing(envelope, wanted))
    return SoundFact(
        codec=codec,
        sample_rate=rate,
        channels=channels,
        start_us=round(start_s * 1_000_000),
        end_us=round(end_s * 1_000_000),
        loudness_tenths_lufs=loudness,
        true_peak_tenths_dbtp=peak,
        silent=silent,
        lost=lost,
        song_offset_ms=offset,
    )


def _envelope(path: Path, stop: Stop, *, from_start: bool = False) -> tuple[Envelope, float, float, str, int, int]:
    """RMS per 10 ms, begin and end in seconds, codec, sample rate, channels.

    Counted from time 0; with `from_start` from where the stream starts: an MP3 says so of its encoder's delay.
    """
    powers: list[Envelope] = []
    left = np.zeros(0, np.float32)
    start, end = None, 0.0
    with open_media(path) as container:
        stream = container.streams.audio[0]
        codec = stream.codec_context
        width = codec.sample_rate * STEP_MS // 1000
        zero = float(max(0, stream.start_time or 0) * (stream.time_base or 0)) if from_start else 0.0
        for number, frame in enumerate(container.decode(stream)):
            if number % 512 == 0 and stop():
                raise Stopped
            moment = float((frame.pts or 0) * (frame.time_base or 0)) - zero
            if start is None:
                start = moment
                left = np.zeros(max(0, round(moment * codec.sample_rate)), np.float32)
            end = moment + frame.samples / frame.sample_rate
            heard = _mono(frame.to_ndarray(), frame.format.name, frame.layout.nb_channels)
            before = max(0, round(-moment * codec.sample_rate))  # a cut Ogg holds sound that no player lets be heard
            left = np.concatenate([left, heard[before:]])
            whole = len(left) // width * width
            powers.append(np.mean(left[:whole].reshape(-1, width).astype(np.float64) ** 2, axis=1))
            left = left[whole:]
        if start is not None and start < 0:
            start = 0.0
        declared = _declared_end(stream)
        facts = (codec.codec.canonical_name, codec.sample_rate, codec.channels)
    envelope = np.sqrt(np.concatenate(powers)) if powers else np.zeros(0)
    return envelope, start or 0.0, min(end, declared) if declared else end, *facts


def _declared_end(stream: object) -> float:
    """Where the track says it ends: a player stops there, though the last packet decodes to more."""
    duration, base = getattr(stream, "duration", None), getattr(stream, "time_base", None)
    begin = getattr(stream, "start_time", None) or 0
    return float((max(0, begin) + duration) * base) if duration and base else 0.0


def _mono(samples: NDArray[np.generic], name: str, channels: int) -> NDArray[np.float32]:
    planar = name.endswith("p")
    shaped = samples if planar else samples.reshape(-1, channels).T
    scale = {"s16": 32768.0, "s32": 2147483648.0, "u8": 128.0}.get(name.removesuffix("p"), 1.0)
    data = shaped.astype(np.float32)
    if name.startswith("u8"):
        data -= 128
    return np.asarray(np.sqrt(np.mean((data / scale) ** 2, axis=0)), np.float32)


def _offset_ms(film: Envelope, song: Envelope) -> int | None:
    """How much later the song is heard in the film than in its own file; None where they have nothing in common."""
    length = min(len(film), len(song))
    reach = SEARCH_MS // STEP_MS
    if length < 4 * reach:
        return None
    a, b = film[:length] - film[:length].mean(), song[:length] - song[:length].mean()
    inner = b[reach:-reach]
    if not inner.any() or not a.any():
        return None
    scores = np.array([np.dot(a[lag : lag + len(inner)], inner) for lag in range(2 * reach + 1)])
    norms = np.array([np.linalg.norm(a[lag : lag + len(inner)]) for lag in range(2 * reach + 1)])
    match = scores / np.maximum(norms * np.linalg.norm(inner), 1e-12)
    if match.max() < 0.8:
        return None
    best = int(match.argmax())
    # A steady sound matches everywhere; what fits as well without an offset has none.
    return 0 if match[reach] > match[best] - 0.002 else (best - reach) * STEP_MS


def _missing(film: Envelope, song: Envelope) -> NDArray[np.bool_]:
    """Where the song sounds and the film does not."""
    length = min(len(film), len(song))
    return np.asarray((film[:length] < SILENT_RMS) & (song[:length] > 3 * SILENT_RMS), np.bool_)


def _spans(flags: NDArray[np.bool_]) -> tuple[Span, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    found = [Span(start_ms=int(a) * STEP_MS, end_ms=int(b) * STEP_MS) for a, b in edges.reshape(-1, 2)]
    return tuple(span for span in found if span.end_ms - span.start_ms >= SHORTEST_SILENCE_MS)
