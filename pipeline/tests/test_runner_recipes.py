"""What decides whether an output is fresh, and what is only recorded."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipeline.media.values import Value
from pipeline.recipes import Stored, digest, how, recipe_of


class Inner(Value):
    size: int = 3
    words: tuple[str, ...] = ()


class Thing(Value):
    name: str
    inner: Inner = Inner()
    table: dict[str, int] = {}
    seed: int = how(0)
    provider: str = how("local")


def test_it_leaves_out_what_is_at_its_default() -> None:
    assert recipe_of(Thing(name="x")) == {"name": "x"}
    assert digest(Thing(name="x")) == digest(Thing(name="x", inner=Inner(size=3), table={}))


def test_it_never_compares_how_a_thing_was_made() -> None:
    assert digest(Thing(name="x", seed=7, provider="vendor")) == digest(Thing(name="x"))
    stored = Stored(sha256="a" * 64, key="p/1/a.png", size_bytes=5)
    assert digest(stored) == digest(Stored(sha256="a" * 64, key="elsewhere"))


@pytest.mark.parametrize(
    "other",
    [
        Thing(name="y"),
        Thing(name="x", inner=Inner(size=4)),
        Thing(name="x", inner=Inner(words=("a",))),
        Thing(name="x", table={"a": 1}),
    ],
)
def test_it_compares_everything_else(other: Thing) -> None:
    assert digest(other) != digest(Thing(name="x"))


def test_it_keeps_the_order_of_lists_and_not_of_names() -> None:
    assert digest(Inner(words=("a", "b"))) != digest(Inner(words=("b", "a")))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [1.0, {"a": 0.5}, [2, (3.5,)], b"bytes", {1, 2}])
def test_it_refuses_what_prints_differently_elsewhere(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be part of a recipe"):
        digest(value)


def test_it_is_the_same_in_every_process() -> None:
    code = "from pipeline.recipes import digest; print(digest({'ä': ['x', 1, None, True], 'b': {'z': 2, 'y': 3}}))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {digest({"b": {"y": 3, "z": 2}, "ä": ["x", 1, None, True]}) + "\n"}


def test_a_new_field_at_its_default_makes_nothing_stale() -> None:
    class Grown(Inner):
        grain: int = 0

    assert digest(Grown()) == digest(Inner()) == digest(json.loads("{}"))
    assert digest(Grown(grain=1)) != digest(Inner())
