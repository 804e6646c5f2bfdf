from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from pipeline.media.probe import check_image_upload, check_song_upload, probe_song
from pipeline.media.run import MediaError, guarded_input, run_ffmpeg
from pipeline.tests.films import tone, write_wav

TITLE = "Río می\u200cخواهم"  # a word of Persian, and another one without its joiner
ENCODINGS = {
    "mp3": ("mp3", "mp3", []),
    "flac": ("flac", "flac", []),
    "ogg": ("ogg", "vorbis", ["-c:a", "libvorbis"]),
    "opus": ("ogg", "opus", []),
    "m4a": ("mov", "aac", []),
    "aac": ("aac", "aac", []),
    "wav": ("wav", "pcm_s16le", []),
    "aiff": ("aiff", "pcm_s16be", []),
    "mka": ("matroska", "flac", ["-c:a", "flac"]),
}


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stereo = np.stack([tone(6), tone(6, pitch=330)], axis=1)
    return write_wav(tmp_path_factory.mktemp("song") / "song.wav", stereo)


def encoded(wav: Path, folder: Path, name: str, *options: str) -> Path:
    run_ffmpeg([*guarded_input(wav), *options, name], folder=folder)
    return folder / name


@pytest.mark.parametrize("extension", ENCODINGS)
def test_it_reads_songs_whatever_their_name(tmp_path: Path, wav: Path, extension: str) -> None:
    container, codec, options = ENCODINGS[extension]
    path = encoded(
        wav, tmp_path, f"song.{extension}", "-metadata", f"title={TITLE}", "-metadata", "artist=我", *options
    )
    path = path.rename(tmp_path / "upload.txt")
    probe = check_song_upload(path)
    assert (probe.container, probe.codec, probe.channels) == (container, codec, 2)
    assert abs(probe.duration_ms - 6000) < 80
    assert probe.sample_rate == 48_000
    if extension not in ("aac", "wav", "aiff"):
        assert (probe.title, probe.artist) == (TITLE, "我")


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (192_000, 2)])
def test_it_takes_telephone_and_studio_rates(tmp_path: Path, rate: int, channels: int) -> None:
    samples = tone(6, rate) if channels == 1 else np.stack([tone(6, rate)] * 2, axis=1)
    probe = check_song_upload(write_wav(tmp_path / "a", samples, rate))
    assert (probe.sample_rate, probe.channels, probe.duration_ms) == (rate, channels, 6000)


def test_it_reads_the_sound_beside_cover_art(tmp_path: Path, wav: Path) -> None:
    Image.effect_noise((300, 300), 50).save(tmp_path / "cover.png")
    args = [
        *guarded_input(wav),
        *guarded_input("cover.png"),
        "-map",
        "0:a",
        "-map",
        "1:v",
        "-disposition:v",
        "attached_pic",
    ]
    run_ffmpeg([*args, "song.mp3"], folder=tmp_path)
    probe = check_song_upload(tmp_path / "song.mp3")
    assert probe.codec == "mp3"


def hostile(folder: Path, name: str, wav: Path) -> Path:
    """One file that is not a song."""
    path = folder / "song.mp3"
    (folder / "victim.wav").write_bytes(wav.read_bytes())
    texts = {
        "ffconcat": "ffconcat version 1.0\nfile victim.wav\n",
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\n{folder}/victim.wav\n#EXT-X-ENDLIST\n",
        "m3u": f"#EXTM3U\n#EXTINF:6,song\nfile://{folder}/victim.wav\n",
        "svg": '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><rect width="9" height="9"/></svg>',
        "html": "<!doctype html><script>alert(1)</script>" * 50,
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>victim.wav</BaseURL></MPD>',
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 18778 RTP/AVP 0\n",
        "text": "la la la " * 4000,
    }
    if name in texts:
        path.write_text(texts[name])
    elif name == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(folder / "victim.wav")
    elif name == "noise":
        path.write_bytes(np.random.default_rng(3).bytes(300_000))
    elif name == "picture":
        Image.effect_noise((300, 300), 50).save(path, "PNG")
    elif name == "mute video":
        args = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=30:d=6", "-f", "mp4"]
        run_ffmpeg([*args, "song.mp3"], folder=folder)
    return path


@pytest.mark.parametrize(
    "name",
    ["ffconcat", "hls", "m3u", "svg", "html", "dash", "sdp", "text", "zip", "noise", "picture", "mute video"],
)
def test_it_refuses_what_only_calls_itself_a_song(tmp_path: Path, wav: Path, name: str) -> None:
    with pytest.raises(MediaError) as caught:
        check_song_upload(hostile(tmp_path, name, wav))
    assert str(caught.value).startswith(("This file is not a song", "There is no sound", "This file is damaged"))


@pytest.mark.parametrize("extension", ["wav", "flac", "m4a", "mp3"])
def test_it_says_when_a_song_was_cut_off(tmp_path: Path, wav: Path, extension: str) -> None:
    options = ["-movflags", "+faststart"] if extension == "m4a" else []
    whole = encoded(wav, tmp_path, f"song.{extension}", *options)
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 6 // 10])
    with pytest.raises(MediaError, match=r"ends early: it should play 0:06 but holds 0:0[345]\."):
        check_song_upload(whole)


def test_it_says_when_the_index_is_missing(tmp_path: Path, wav: Path) -> None:
    path = encoded(wav, tmp_path, "song.m4a")
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(MediaError, match="not a song that can be read"):
        check_song_upload(path)


def test_it_says_which_limit_was_passed(tmp_path: Path, wav: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(MediaError, match="empty"):
        check_song_upload(tmp_path / "empty")
    size = wav.stat().st_size
    assert check_song_upload(wav, max_bytes=size).duration_ms == 6000
    with pytest.raises(MediaError, match="larger than 1 MB"):
        check_song_upload(wav, max_bytes=size - 1)
    with pytest.raises(MediaError, match=r"longer than 0:03, which is the limit"):
        check_song_upload(wav, max_seconds=3)
    with pytest.raises(MediaError, match=r"only 3 seconds long; it takes at least 5"):
        check_song_upload(write_wav(tmp_path / "short", tone(3)))
    with pytest.raises(MediaError, match="silent"):
        check_song_upload(write_wav(tmp_path / "silent", np.zeros(48_000 * 6)))


def test_it_counts_samples_and_not_what_the_header_says(tmp_path: Path, wav: Path) -> None:
    data = bytearray(wav.read_bytes())
    at = data.index(b"data")
    data[at + 4 : at + 8] = struct.pack("<I", 48_000 * 4)
    (tmp_path / "lies.wav").write_bytes(data[: at + 8] + data[at + 8 :])
    assert probe_song(tmp_path / "lies.wav").duration_ms == 1000


def png(path: Path, width: int, height: int) -> Path:
    """A black one-bit PNG of a few kilobytes, however large."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


def test_it_refuses_a_picture_bomb_before_it_unfolds(tmp_path: Path) -> None:
    bomb = png(tmp_path / "bomb.png", 16_000, 16_000)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(MediaError, match="more than 40 million pixels"):
        check_image_upload(bomb, out=tmp_path / "o")
    assert check_image_upload(png(tmp_path / "fine.png", 5000, 200), out=tmp_path / "o").width == 4096


@pytest.mark.parametrize("name", ["svg", "html", "zip", "ffconcat", "noise", "text", "gif", "cut"])
def test_it_refuses_what_only_calls_itself_a_picture(tmp_path: Path, wav: Path, name: str) -> None:
    path = tmp_path / "picture.png"
    if name == "gif":
        Image.effect_noise((100, 100), 50).save(path, "GIF")
    elif name == "cut":
        Image.effect_noise((100, 100), 50).save(path, "PNG")
        path.write_bytes(path.read_bytes()[:4000])
    else:
        path = hostile(tmp_path, name, wav)
    with pytest.raises(MediaError, match="not a picture that can be read"):
        check_image_upload(path, out=tmp_path / "o")
    assert not (tmp_path / "o").exists()


def test_it_keeps_nothing_but_pixels(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "<script>alert(1)</script>")
    Image.new("RGB", (100, 80), (10, 200, 30)).save(tmp_path / "a.png", pnginfo=text)
    with (tmp_path / "a.png").open("ab") as file:
        file.write(b"<html>polyglot</html>")
    probe = check_image_upload(tmp_path / "a.png", out=tmp_path / "o.png")
    assert (probe.width, probe.height, probe.extension) == (100, 80, "png")
    data = (tmp_path / "o.png").read_bytes()
    assert b"script" not in data
    assert b"polyglot" not in data
    assert Image.open(tmp_path / "o.png").getpixel((50, 40)) == (10, 200, 30)


def test_it_turns_a_phone_picture_upright_and_forgets_its_place(tmp_path: Path) -> None:
    image = Image.new("RGB", (200, 100), (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    image.save(tmp_path / "a.jpg", exif=exif, quality=95)
    probe = check_image_upload(tmp_path / "a.jpg", out=tmp_path / "o.jpg")
    assert (probe.width, probe.height, probe.content_type) == (100, 200, "image/jpeg")
    with Image.open(tmp_path / "o.jpg") as made:
        assert not dict(made.getexif())
        top = made.getpixel((50, 20))
        assert isinstance(top, tuple)
        assert top[2] > 200


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "png"), ("LA", "png"), ("CMYK", "jpg"), ("L", "jpg"), ("P", "png")]
)
def test_it_takes_every_mode(tmp_path: Path, mode: str, kind: str) -> None:
    image = Image.effect_noise((90, 70), 40).convert("RGB").convert(mode if mode not in ("LA", "RGBA") else "RGB")
    if mode in ("LA", "RGBA"):
        image = image.convert(mode)
        image.putalpha(Image.linear_gradient("L").resize((90, 70)))
    image.save(tmp_path / "a", "PNG" if kind == "png" else "JPEG")
    probe = check_image_upload(tmp_path / "a", out=tmp_path / "o")
    assert probe.extension == kind
    with Image.open(tmp_path / "o") as made:
        assert made.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def test_it_keeps_sixteen_bit_gray_gray(tmp_path: Path) -> None:
    Image.fromarray(np.full((80, 80), 30_000, np.uint16)).save(tmp_path / "a.png")
    check_image_upload(tmp_path / "a.png", out=tmp_path / "o.png")
    assert Image.open(tmp_path / "o.png").getpixel((40, 40)) == (117, 117, 117)
