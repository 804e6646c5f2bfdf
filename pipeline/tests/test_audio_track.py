from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media.audio.loudness import measured_loudness
from pipeline.media.audio_track import write_audio_track
from pipeline.media.run import MediaError, guarded_input, run_ffmpeg
from pipeline.tests.films import SAMPLE_RATE as RATE
from pipeline.tests.films import tone, write_wav


def payloads(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_it_copies_aac_packet_by_packet(tmp_path: Path) -> None:
    wav = write_wav(tmp_path / "a.wav", tone(2))
    run_ffmpeg([*guarded_input(wav), "-b:a", "96k", "song.m4a"], folder=tmp_path)
    track = write_audio_track(tmp_path / "song.m4a", folder=tmp_path)
    assert track.copied
    assert payloads(tmp_path / track.name) == payloads(tmp_path / "song.m4a")


@pytest.mark.parametrize(("name", "options"), [("a.flac", []), ("a.m4a", ["-ac", "6"]), ("b.m4a", ["-ar", "96000"])])
def test_it_encodes_what_not_every_browser_plays(tmp_path: Path, name: str, options: list[str]) -> None:
    wav = write_wav(tmp_path / "w.wav", np.stack([tone(2), tone(2)], axis=1))
    run_ffmpeg([*guarded_input(wav), *options, name], folder=tmp_path)
    track = write_audio_track(tmp_path / name, folder=tmp_path)
    assert not track.copied
    with av.open(str(tmp_path / track.name)) as container:
        codec = container.streams.audio[0].codec_context
        assert (codec.name, codec.sample_rate, codec.channels) == ("aac", 48_000, 2)
        assert abs(float(container.streams.audio[0].duration * container.streams.audio[0].time_base) - 2) < 0.001


def test_it_leaves_cover_art_behind(tmp_path: Path) -> None:
    wav = write_wav(tmp_path / "w.wav", tone(2))
    cover = ["-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-frames:v", "1", "-c:v", "png"]
    run_ffmpeg(
        [*guarded_input(wav), *cover, "-map", "0:a", "-map", "1:v", "-disposition:v", "attached_pic", "song.m4a"],
        folder=tmp_path,
    )
    track = write_audio_track(tmp_path / "song.m4a", folder=tmp_path)
    assert track.copied
    with av.open(str(tmp_path / track.name)) as container:
        assert [stream.type for stream in container.streams] == ["audio"]


def test_it_says_when_there_is_no_sound(tmp_path: Path) -> None:
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "mute.mp4"], folder=tmp_path)
    with pytest.raises(MediaError):
        write_audio_track(tmp_path / "mute.mp4", folder=tmp_path)


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    noise = np.clip(np.random.default_rng(1).standard_normal((2 * RATE, 2)) * 1.2, -1, 1)
    wav = write_wav(tmp_path / "hot.wav", noise)
    assert measured_loudness(wav, tmp_path)[1] > 0
    return wav


def test_a_song_stays_as_it_was_mastered(tmp_path: Path, hot: Path) -> None:
    track = write_audio_track(hot, folder=tmp_path)
    assert measured_loudness(tmp_path / track.name, tmp_path)[1] > 0, "its peaks are its own"


def test_it_keeps_the_true_peak_of_made_music_under_the_ceiling(tmp_path: Path, hot: Path) -> None:
    track = write_audio_track(hot, limited=True, folder=tmp_path)
    loudness, peak = measured_loudness(tmp_path / track.name, tmp_path)
    assert -20 <= peak < -10  # under the ceiling, and not far under it: nothing but the peaks was touched
    assert loudness > -90
    with av.open(str(tmp_path / track.name)) as container:
        stream = container.streams.audio[0]
        assert stream.duration * stream.time_base == 2


def test_it_leaves_what_is_under_the_ceiling_as_it_is(tmp_path: Path) -> None:
    wav = write_wav(tmp_path / "w.wav", np.stack([tone(2), tone(2)], axis=1) * 0.5)
    track = write_audio_track(wav, limited=True, folder=tmp_path)
    assert abs(measured_loudness(tmp_path / track.name, tmp_path)[0] - measured_loudness(wav, tmp_path)[0]) <= 1
