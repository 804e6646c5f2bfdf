"""Looks: the shipped ones are what the generator makes, uploaded ones are read strictly."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.media.grades import LOOKS, cube_text, faded, read_cube, shipped_look
from pipeline.media.grades.cube import identity
from pipeline.media.grades.generator import FOLDER, table_of
from pipeline.media.run import MediaError

GOOD = cube_text(identity(2))


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_the_shipped_looks_are_what_the_generator_makes(name: str) -> None:
    text = (FOLDER / f"{name}.cube").read_text()
    assert text == cube_text(table_of(LOOKS[name]), LOOKS[name].label)
    table = shipped_look(name)
    assert table.shape == (17, 17, 17, 3)
    gray = np.array([table[n, n, n].mean() for n in range(17)])
    assert (np.diff(gray) > -1e-3).all(), "brighter stays brighter"
    assert np.abs(table - identity(17)).max() > 0.04, "it can be seen"


def test_there_are_a_dozen_and_none_is_like_another() -> None:
    tables = [shipped_look(name) for name in LOOKS]
    assert len(tables) >= 12
    assert min(np.abs(a - b).max() for i, a in enumerate(tables) for b in tables[:i]) > 0.04


def test_it_reads_what_it_wrote() -> None:
    table = np.random.default_rng(1).random((5, 5, 5, 3)).astype(np.float32)
    assert np.abs(read_cube(cube_text(table, 'A "name"').encode()) - table).max() < 1e-4


def test_red_changes_fastest() -> None:
    assert read_cube(GOOD.encode())[0, 0, 1].tolist() == [1, 0, 0]


def test_it_takes_the_habits_of_other_programs() -> None:
    head = '\ufeff# made elsewhere\r\nTITLE "x"\r\nDOMAIN_MIN 0.0 0.0 0.0\r\nDOMAIN_MAX 1.0 1.0 1.0\r\n\r\n'
    text = head + GOOD.replace("\n", "\r\n").replace("1.0000", "1.02e0")
    assert read_cube(text.encode()).max() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a .cube"),
        ("hello", "not understood|not a .cube"),
        (GOOD.replace("1.0000", "nan", 1), "not a color"),
        (GOOD.replace("1.0000", "inf", 1), "not a color"),
        (GOOD.replace("1.0000", "1e30", 1), "not a color"),
        (GOOD.replace("1.0000", "1_0", 1), "three numbers"),
        (GOOD.replace("LUT_3D_SIZE 2", "LUT_3D_SIZE 100"), "points on a side"),
        (GOOD.replace("LUT_3D_SIZE 2", "LUT_3D_SIZE 1"), "points on a side"),
        (GOOD.replace("LUT_3D_SIZE 2", "LUT_3D_SIZE 3"), "incomplete"),
        (GOOD.replace("LUT_3D_SIZE 2", "LUT_1D_SIZE 8"), "1D"),
        (GOOD.replace("LUT_3D_SIZE 2", "LUT_3D_SIZE -2"), "not a .cube"),
        (GOOD + "0 0 0\n", "there are more"),
        ("DOMAIN_MAX 4 4 4\n" + GOOD, "another range"),
        ("DOMAIN_MAX nan 1 1\n" + GOOD, "another range"),
        ("0 0 0\n" + GOOD, "not a .cube"),
        (GOOD.replace("0.0000 0.0000 0.0000", "0.0 0.0", 1), "three numbers"),
    ],
)
def test_it_refuses_in_words(text: str, words: str) -> None:
    with pytest.raises(MediaError, match=words):
        read_cube(text.encode())


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"LUT_3D_SIZE 2\n" + b"0 0 0\n" * 3_000_000])
def test_it_refuses_what_is_no_text_or_too_much(data: bytes) -> None:
    with pytest.raises(MediaError):
        read_cube(data)


def test_intensity_goes_from_nothing_to_all() -> None:
    table = shipped_look("noir")
    assert np.allclose(faded(table, 0), identity(17))
    assert np.allclose(faded(table, 1000), table, atol=1e-6)
    assert np.allclose(faded(table, 500), (identity(17) + table) / 2, atol=1e-6)
