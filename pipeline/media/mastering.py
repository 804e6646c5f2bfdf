"""The sound of a refined film: a music bed that ducks under it, fades, and the loudness that platforms want.

Loudness is measured, set by one gain and held by a limiter that works at four times the rate, so that it sees the
peaks between samples. One pass of ffmpeg's own loudnorm missed by 0.7 LU and took 15 times as long. What comes out is
measured again, after the AAC encoder too, and corrected until it fits.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pipeline.media.audio.loudness import measured_loudness
from pipeline.media.limiting import (
    CAREFUL,
    CEILING_DBTP,
    PLAIN,
    ROUNDS,
    STEREO,
    encode_aac,
    encode_limited,
    is_hot,
    lowered,
)
from pipeline.media.run import MediaError, Stop, guarded_input, never, run_ffmpeg
from pipeline.media.values import Value

NEAR_LU = 0.15
QUIETEST_LUFS = -60.0
# Music goes down by about 10 dB while there is something to hear over it, and comes back within a second.
DUCK = "sidechaincompress=threshold=0.02:ratio=6:attack=30:release=600:knee=4"


class SoundSpec(Value):
    """`loudness_tenths` is the goal in tenths of LUFS, None leaves it; fades in milliseconds; `bed_tenths_db` is how
    loud a music bed is against its own file.
    """

    duration_ms: int = Field(gt=0)
    loudness_tenths: int | None = Field(default=None, ge=-300, le=-80)
    fade_in_ms: int = Field(default=0, ge=0, le=10_000)
    fade_out_ms: int = Field(default=0, ge=0, le=10_000)
    bed_tenths_db: int = Field(default=-80, ge=-400, le=60)


class Mastered(Value):
    """What was measured in the finished sound: tenths of LUFS, tenths of dBTP; None for silence."""

    loudness_tenths: int | None
    true_peak_tenths: int | None
    gain_tenths_db: int = 0


def master_sound(
    spec: SoundSpec, film: Path, *, bed: Path | None, out: Path, folder: Path, stop: Stop = never
) -> Mastered:
    """Write the sound as AAC in `out` (.m4a). Raises MediaError, Stopped."""
    mix = folder / "mix.wav"
    run_ffmpeg([*_inputs(film, bed), *_mix(spec, with_bed=bed is not None), mix.name], folder=folder, stop=stop)
    loudness, peak = measured_loudness(mix, folder, stop)
    goal = spec.loudness_tenths
    if goal is None or loudness is None or loudness / 10 < QUIETEST_LUFS:
        loudness, peak = encode_limited(mix, out, folder=folder, stop=stop)
        return Mastered(loudness_tenths=loudness, true_peak_tenths=peak)
    gain, ceiling = (goal - loudness) / 10, CEILING_DBTP - 0.3
    coder = PLAIN
    for _ in range(ROUNDS):
        encode_aac(mix, out, gain_db=gain, ceiling_db=ceiling, coder=coder, folder=folder, stop=stop)
        made, peak = measured_loudness(out, folder, stop)
        if made is None or peak is None:
            raise MediaError("The loudness of this film could not be measured.")
        quiet_by = (goal - made) / 10
        if abs(quiet_by) <= NEAR_LU and not is_hot(peak):
            break
        gain += quiet_by if abs(quiet_by) > NEAR_LU else 0.0
        if is_hot(peak):  # the coder first: it is what invents peaks
            ceiling = lowered(ceiling, peak) if coder == CAREFUL else ceiling
            coder = CAREFUL
    return Mastered(loudness_tenths=made, true_peak_tenths=peak, gain_tenths_db=round(gain * 10))


def _inputs(film: Path, bed: Path | None) -> list[str]:
    return [*guarded_input(film.resolve()), *(guarded_input(bed.resolve(), "-stream_loop", "-1") if bed else [])]


def _mix(spec: SoundSpec, *, with_bed: bool) -> list[str]:
    """The film's sound at its exact length, with a bed under it that ducks, faded."""
    length = f"{spec.duration_ms / 1000:.3f}"
    # The key of a compressor that ends early would end the music with it: it is padded to the full length.
    own = f"[0:a:0]{STEREO},apad=whole_dur={length},atrim=end={length}"
    if with_bed:
        bed = f"[1:a:0]{STEREO},atrim=end={length},volume={spec.bed_tenths_db / 10}dB[bed]"
        ducked = f"[bed][key]{DUCK}[music];[own][music]amix=inputs=2:normalize=0:duration=first"
        graph = f"{own},asplit=2[own][key];{bed};{ducked}"
    else:
        graph = own
    return ["-filter_complex", f"{graph}{_fades(spec)}[out]", "-map", "[out]", "-c:a", "pcm_f32le", "-f", "wav"]


def _fades(spec: SoundSpec) -> str:
    words = ""
    if spec.fade_in_ms:
        words += f",afade=t=in:st=0:d={spec.fade_in_ms / 1000}:curve=qsin"
    if spec.fade_out_ms:
        begin = max(0, spec.duration_ms - spec.fade_out_ms) / 1000
        words += f",afade=t=out:st={begin}:d={spec.fade_out_ms / 1000}:curve=qsin"
    return words
