"""The sound of a film as one AAC track: copied where the song is AAC already, encoded once where it is not."""

from __future__ import annotations

from pathlib import Path

from pipeline.media.containers import open_media
from pipeline.media.run import Stop, guarded_input, never, run_ffmpeg
from pipeline.media.values import Value

SAMPLE_RATE = 48_000
BITRATE = "256k"
# What every browser plays. AAC Main, LTP, SSR or USAC would be copied into silence.
COPIED_PROFILES = ("LC", "HE-AAC", "HE-AACv2")
COPIED_RATES = range(16_000, 48_001)


class AudioTrack(Value):
    """The audio file that the film's packets come from, inside of the folder of the call."""

    name: str
    copied: bool


def write_audio_track(song: Path, *, folder: Path, stop: Stop = never) -> AudioTrack:
    """Write `song` as track.m4a into `folder`. Raises MediaError when it holds no sound."""
    copied = _is_playable_aac(song)
    how = ["-c:a", "copy"] if copied else ["-c:a", "aac", "-b:a", BITRATE, "-ar", str(SAMPLE_RATE), "-ac", "2"]
    # -map 0:a:0 leaves cover art behind, which ffmpeg would take for a video stream.
    args = [*guarded_input(song.resolve()), "-map", "0:a:0", "-map_metadata", "-1", *how, "-f", "mp4", "track.m4a"]
    run_ffmpeg(args, folder=folder, stop=stop)
    return AudioTrack(name="track.m4a", copied=copied)


def _is_playable_aac(song: Path) -> bool:
    with open_media(song) as container:
        if not container.streams.audio:
            return False
        codec = container.streams.audio[0].codec_context
        plain = codec.profile in COPIED_PROFILES and codec.channels <= 2 and codec.sample_rate in COPIED_RATES
        return codec.name == "aac" and plain
