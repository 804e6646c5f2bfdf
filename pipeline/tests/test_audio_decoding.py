"""Files become samples, or one clear sentence."""

from __future__ import annotations

import random
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.media.audio.decoding import SAMPLE_RATE, decode_song
from pipeline.media.audio.synth import Song, test_song, write_encoded, write_wav
from pipeline.media.run import MediaError, Stopped, guarded_input, run_ffmpeg


@pytest.fixture(scope="module")
def song() -> Song:
    return test_song(120, seconds=12, form="short", seed=1)


def write_tone(path: Path, seconds: float, *, rate: int = 44_100, channels: int = 1, hertz: float = 440.0) -> Path:
    t = np.arange(int(seconds * rate)) / rate
    pcm = (np.sin(2 * np.pi * hertz * t) * 16_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(pcm, channels).tobytes())
    return path


def measured_hertz(signal: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(signal.astype(float)))
    return float(np.argmax(spectrum) * rate / len(signal))


def test_an_mp4_ends_where_it_says_and_not_with_its_last_packet(song: Song, tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    write_encoded(song, path)
    with av.open(path) as container:
        stream = container.streams.audio[0]
        declared = float(stream.duration * stream.time_base)
        decoded = sum(frame.samples for frame in container.decode(stream)) / stream.rate

    assert decoded - declared > 0.005, "this file has nothing to leave out"
    assert abs(decode_song(path).duration_ms - declared * 1000) <= 1


@pytest.mark.parametrize("ending", [".mp3", ".m4a", ".ogg", ".opus", ".flac", ".wav"])
def test_it_decodes_what_people_upload_to_the_same_length(ending: str, song: Song, tmp_path: Path) -> None:
    path = tmp_path / f"song{ending}"
    write_encoded(song, path)

    samples = decode_song(path)

    assert abs(samples.duration_ms - song.truth.duration_ms) <= 30
    assert samples.sample_rate == SAMPLE_RATE
    assert samples.channels == 2
    assert not samples.truncated
    loud = np.abs(samples.signal.astype(int))
    assert 8_000 < loud.max() <= 32_767


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (192_000, 2), (44_100, 6)])
def test_it_takes_any_rate_and_number_of_channels(rate: int, channels: int, tmp_path: Path) -> None:
    path = write_tone(tmp_path / "tone.wav", 2.0, rate=rate, channels=channels)

    samples = decode_song(path)

    assert abs(samples.duration_ms - 2000) <= 5
    assert samples.source_rate == rate
    assert abs(measured_hertz(samples.signal, SAMPLE_RATE) - 440) < 2


def test_it_ignores_cover_art_and_a_wrong_ending(song: Song, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "teal").save(tmp_path / "cover.png")
    write_encoded(song, tmp_path / "plain.mp3")
    run_ffmpeg(
        [
            *guarded_input("plain.mp3"), *guarded_input("cover.png"), "-map", "0:a", "-map", "1:v", "-c", "copy",
            "-disposition:v", "attached_pic", "file:covered.mp3",
        ],
        folder=tmp_path,
    )  # fmt: skip
    disguised = (tmp_path / "covered.mp3").rename(tmp_path / "notes.txt")

    samples = decode_song(disguised)

    assert abs(samples.duration_ms - song.truth.duration_ms) <= 30
    assert not samples.truncated


@pytest.mark.parametrize("ending", [".mp3", ".ogg", ".wav", ".flac", ".m4a"])
def test_it_takes_what_is_left_of_a_broken_off_file_and_says_so(ending: str, song: Song, tmp_path: Path) -> None:
    whole = tmp_path / f"whole{ending}"
    write_encoded(song, whole)
    half = tmp_path / f"half{ending}"
    data = whole.read_bytes()
    half.write_bytes(data[: len(data) // 2])

    samples = decode_song(half)

    assert 0.3 * song.truth.duration_ms < samples.duration_ms < 0.7 * song.truth.duration_ms
    assert samples.truncated or ending in (".ogg", ".wav")  # Ogg nowhere says how long it is, FFmpeg mends WAV's header


def test_it_survives_damage_in_the_middle(song: Song, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    write_encoded(song, path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = np.random.default_rng(1).bytes(3000)
    path.write_bytes(data)

    samples = decode_song(path)

    assert abs(samples.duration_ms - song.truth.duration_ms) < 1000


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.mp3", b"", "This file is empty"),
        ("text.mp3", b"Dear diary, this is not a song. " * 200, "not a song"),
        ("noise.mp3", np.random.default_rng(3).bytes(40_000), "song"),
        ("page.mp3", b"<!doctype html><html><body>hello</body></html>" * 50, "not a song"),
        ("drawing.mp3", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>', "not a song"),
    ],
)
def test_it_refuses_what_is_not_audio_in_one_sentence(name: str, content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(MediaError, match=sentence):
        decode_song(path)


@pytest.mark.parametrize(
    "playlist",
    [
        "ffconcat version 1.0\nfile secret.wav\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.wav\n#EXT-X-ENDLIST\n",
        "[playlist]\nFile1=secret.wav\nNumberOfEntries=1\n",
    ],
)
def test_it_refuses_a_playlist_that_calls_itself_a_song(playlist: str, tmp_path: Path) -> None:
    write_tone(tmp_path / "secret.wav", 3.0)
    path = tmp_path / "song.mp3"
    path.write_text(playlist)

    with pytest.raises(MediaError, match="not a song"):
        decode_song(path)


def test_it_refuses_a_picture_and_a_silent_film(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "picture.png")
    run_ffmpeg(
        [*guarded_input("picture.png", "-loop", "1", "-t", "1"), "-pix_fmt", "yuv420p", "file:film.mp4"],
        folder=tmp_path,
    )

    with pytest.raises(MediaError, match="not a song"):
        decode_song(tmp_path / "picture.png")
    with pytest.raises(MediaError, match="no sound"):
        decode_song(tmp_path / "film.mp4")


def test_it_says_too_short_and_too_long(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="too short"):
        decode_song(write_tone(tmp_path / "blip.wav", 0.4))
    with pytest.raises(MediaError, match=r"longest song .* 0\.05 minutes"):
        decode_song(write_tone(tmp_path / "long.wav", 5.0), max_seconds=3)


def test_noise_that_some_format_could_be_is_no_song_and_not_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "noise.flac"
    path.write_bytes(random.Random(0).randbytes(4000))
    with pytest.raises(MediaError, match="not a song that can be read"):
        decode_song(path)


def test_it_says_that_a_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="could not be found"):
        decode_song(tmp_path / "gone.mp3")


def test_it_takes_a_header_alone_for_damage(song: Song, tmp_path: Path) -> None:
    whole = tmp_path / "whole.m4a"
    write_encoded(song, whole)
    stump = tmp_path / "stump.m4a"
    stump.write_bytes(whole.read_bytes()[:6000])

    with pytest.raises(MediaError, match=r"damaged|not a song"):
        decode_song(stump)


def test_it_stops_when_told_and_reports_progress(song: Song, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    write_encoded(song, path)
    heard: list[tuple[int, int]] = []

    decode_song(path, progress=lambda done, total: heard.append((done, total)))

    assert heard[-1][1] == path.stat().st_size
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    with pytest.raises(Stopped):
        decode_song(path, stop=lambda: True)


def test_it_writes_wav_that_comes_back_unchanged(song: Song, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    write_wav(song, path)

    samples = decode_song(path, sample_rate=song.sample_rate)

    mono = song.audio.mean(axis=1) * 32_767
    assert np.abs(samples.signal - mono).max() < 3


def test_it_leaves_out_what_lies_before_the_start_of_a_cut_ogg(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.ogg", tmp_path / "cut.ogg"
    write_encoded(test_song(120, 12.0, seed=4), whole)
    args = [*guarded_input(whole, "-ss", "4.3"), "-t", "5", "-c", "copy", str(cut)]
    run_ffmpeg(args, folder=tmp_path)
    played = tmp_path / "played.m4a"  # an MP4 says from where it is heard, as a film does
    run_ffmpeg([*guarded_input(cut), "-c:a", "aac", str(played)], folder=tmp_path)
    assert decode_song(cut).duration_ms == pytest.approx(decode_song(played).duration_ms, abs=30)
