"""The sound of a film as one AAC track: copied where the song is AAC already, encoded where it is not.

A song sounds as it was mastered: nothing of it is limited here, which only refining offers. Music that was made for the
film has no master but ours, and keeps its true peak under -1 dB behind the encoder.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.media.containers import open_media
from pipeline.media.limiting import encode_aac, encode_limited
from pipeline.media.run import Stop, guarded_input, never, run_ffmpeg
from pipeline.media.values import Value

# What every browser plays. AAC Main, LTP, SSR or USAC would be copied into silence.
COPIED_PROFILES = ("LC", "HE-AAC", "HE-AACv2")
COPIED_RATES = range(16_000, 48_001)


class AudioTrack(Value):
    """The audio file that the film's packets come from, inside of the folder of the call."""

    name: str
    copied: bool


def write_audio_track(song: Path, *, limited: bool = False, folder: Path, stop: Stop = never) -> AudioTrack:
    """Write `song` as track.m4a into `folder`; `limited`: its peaks are held where it is encoded. Raises MediaError
    when it holds no sound.
    """
    copied = _is_playable_aac(song)
    track = folder / "track.m4a"
    if copied:
        # -map 0:a:0 leaves cover art behind, which ffmpeg would take for a video stream.
        args = [*guarded_input(song.resolve()), "-map", "0:a:0", "-map_metadata", "-1", "-c:a", "copy", "-f", "mp4"]
        run_ffmpeg([*args, track.name], folder=folder, stop=stop)
    elif limited:
        encode_limited(song, track, folder=folder, stop=stop)
    else:
        encode_aac(song, track, ceiling_db=None, folder=folder, stop=stop)
    return AudioTrack(name=track.name, copied=copied)


def _is_playable_aac(song: Path) -> bool:
    with open_media(song) as container:
        if not container.streams.audio:
            return False
        codec = container.streams.audio[0].codec_context
        plain = codec.profile in COPIED_PROFILES and codec.channels <= 2 and codec.sample_rate in COPIED_RATES
        return codec.name == "aac" and plain
