from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.media.joining import Stretch, join_packets, profile_header
from pipeline.media.run import MediaError
from pipeline.tests.films import PROFILE, decoded, decoded_code, small_film, write_shot


def test_it_never_joins_different_headers(tmp_path: Path) -> None:
    spec, shots = small_film(tmp_path, [30], 60)
    write_shot(shots[1], spec.shots[1], 1, preset="ultrafast")
    stretches = [Stretch(shots[0], 0, 30), Stretch(shots[1], 0, 30)]
    with pytest.raises(MediaError, match="encoded differently"):
        join_packets(stretches, profile=PROFILE, header=profile_header(PROFILE), sound=None, out=tmp_path / "film.mp4")


@pytest.mark.parametrize(("first", "last"), [(0, 29), (0, 31), (3, 30)])
def test_it_refuses_a_stretch_that_is_not_whole(tmp_path: Path, first: int, last: int) -> None:
    _, shots = small_film(tmp_path, [30], 60)
    with pytest.raises(MediaError):
        join_packets(
            [Stretch(shots[0], first, last)],
            profile=PROFILE, header=profile_header(PROFILE), sound=None, out=tmp_path / "film.mp4",
        )  # fmt: skip


def test_it_joins_the_same_file_again_and_again(tmp_path: Path) -> None:
    _, shots = small_film(tmp_path, [30], 60)
    out = tmp_path / "film.mp4"
    frames = join_packets(
        [Stretch(shots[0], 0, 30)] * 5, profile=PROFILE, header=profile_header(PROFILE), sound=None, out=out
    )
    assert frames == 150
    film = list(decoded(out))
    assert [pts for pts, _ in film] == [n * 1000 for n in range(150)]
    assert [decoded_code(picture)[1] for _, picture in film] == list(range(30)) * 5


def test_it_starts_to_show_at_zero_and_runs_ahead_by_the_delay(tmp_path: Path) -> None:
    header = profile_header(PROFILE)
    assert header.delay == 2
    assert header.extradata[0] == 1
    assert profile_header(PROFILE.model_copy(update={"preset": "ultrafast"})).delay == 0
