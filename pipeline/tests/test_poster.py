from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pipeline.media.poster import write_poster
from pipeline.media.profile import Profile, color_filter, encoder_args
from pipeline.media.run import MediaError, run_ffmpeg

PROFILE = Profile(width=320, height=180)


def film(folder: Path, *graphs: str) -> Path:
    inputs = [word for graph in graphs for word in ("-f", "lavfi", "-i", f"{graph}:s=320x180:r=30:d=2")]
    joined = (
        "".join(f"[{n}:v]" for n in range(len(graphs)))
        + f"concat=n={len(graphs)}:v=1[v];[v]{color_filter(from_rgb=True)}[o]"
    )
    run_ffmpeg([*inputs, "-filter_complex", joined, "-map", "[o]", *encoder_args(PROFILE), "film.mp4"], folder=folder)
    return folder / "film.mp4"


def test_it_takes_a_lively_frame_and_its_true_colors(tmp_path: Path) -> None:
    path = film(tmp_path, "color=c=black", "color=c=0xC81E50", "color=c=0x303030", "color=c=black")
    assert write_poster(path, out=tmp_path / "p.jpg", folder=tmp_path) == (320, 180)
    with Image.open(tmp_path / "p.jpg") as image:
        assert image.format == "JPEG"
        color = image.getpixel((160, 90))
    assert isinstance(color, tuple)
    assert max(abs(a - b) for a, b in zip(color, (0xC8, 0x1E, 0x50), strict=True)) <= 5


def test_it_says_when_there_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"nothing" * 99)
    with pytest.raises(MediaError):
        write_poster(tmp_path / "film.mp4", out=tmp_path / "p.jpg", folder=tmp_path)
    assert not (tmp_path / "p.jpg").exists()
