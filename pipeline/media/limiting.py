"""AAC whose true peak stays under the ceiling, whatever its encoder adds.

An encoder drops and rounds parts of the spectrum: the peaks of what is decoded lie above those that went in. ffmpeg's
AAC at 256 kbit/s adds half a decibel as a rule, but up to 3 dB at single hits of dense drums, where it takes parts for
noise or for one channel; at 320 kbit/s and without these two tricks it added 0.8 dB at most. So what was encoded is
measured (EBU R 128, at four times the rate). Only what is too hot is encoded again, with more bits and behind a limiter
that works at four times the rate too.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.media.audio.loudness import measured_loudness
from pipeline.media.run import Stop, guarded_input, never, run_ffmpeg

Measured = tuple[int | None, int | None]

CEILING_DBTP = -1.0
RATE = 48_000
STEREO = f"aresample={RATE},aformat=sample_fmts=fltp:channel_layouts=stereo"
ROUNDS = 6
PLAIN: tuple[str, ...] = ("-b:a", "256k")
CAREFUL: tuple[str, ...] = ("-b:a", "320k", "-aac_pns", "0", "-aac_is", "0")
_STEP_DB = 0.1


def encode_limited(source: Path, out: Path, *, folder: Path, stop: Stop = never) -> Measured:
    """Write the sound of `source` as stereo AAC to `out` in `folder`, its peaks held under CEILING_DBTP.

    What is under it already stays as it is. Returns what was measured in `out`, as `measured_loudness`.
    """
    _, peak = measured_loudness(source, folder, stop)
    ceiling = CEILING_DBTP - 0.3 if is_hot(peak) else None
    loudness, made = None, None
    for turn in range(ROUNDS):
        encode_aac(source, out, ceiling_db=ceiling, coder=CAREFUL if turn else PLAIN, folder=folder, stop=stop)
        loudness, made = measured_loudness(out, folder, stop)
        if made is None or not is_hot(made):
            break
        if turn:
            ceiling = lowered(CEILING_DBTP if ceiling is None else ceiling, made)
        elif ceiling is None:
            ceiling = CEILING_DBTP - 0.8
    return loudness, made


def is_hot(peak_tenths: int | None) -> bool:
    """Whether a measured true peak, rounded to tenths as it is, may lie over the ceiling."""
    return peak_tenths is not None and peak_tenths >= round(CEILING_DBTP * 10)


def lowered(ceiling_db: float, made_tenths: int) -> float:
    """The limiter's next ceiling, after its last one made this peak."""
    return ceiling_db - max(0.0, made_tenths / 10 - CEILING_DBTP) - _STEP_DB


def encode_aac(
    source: Path,
    out: Path,
    *,
    gain_db: float = 0.0,
    ceiling_db: float | None,
    coder: tuple[str, ...] = PLAIN,
    folder: Path,
    stop: Stop = never,
) -> None:
    """Encode the sound of `source` once. `ceiling_db` None: no limiter."""
    if out.parent != folder:
        raise ValueError("the sound is written into the folder of the call")
    filters = [STEREO, f"volume={gain_db:.2f}dB"] if gain_db else [STEREO]
    if ceiling_db is not None:
        limit = f"alimiter=limit={10 ** (ceiling_db / 20):.4f}:level=disabled:attack=2:release=60:latency=1"
        filters += [f"aresample={RATE * 4}", limit, f"aresample={RATE}"]
    # -map 0:a:0 leaves cover art behind, which ffmpeg would take for a video stream.
    streams = ["-map", "0:a:0", "-map_metadata", "-1", "-af", ",".join(filters)]
    how = ["-c:a", "aac", *coder, "-ar", str(RATE), "-ac", "2", "-f", "mp4"]
    run_ffmpeg([*guarded_input(source.resolve()), *streams, *how, out.name], folder=folder, stop=stop)
