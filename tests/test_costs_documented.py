"""docs/costs.md says what the price book says."""

from __future__ import annotations

from tests.typical_costs import BEGIN, DOC, END, LEVELS, cost_microusd, films, table


def test_the_documented_costs_are_those_of_the_price_book() -> None:
    written = DOC.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()
    assert written == table(), "prices changed: run `python -m tests.typical_costs`"


def test_every_level_costs_more_than_the_one_before() -> None:
    for film in films():
        sums = [cost_microusd(film, level) for level in LEVELS]
        assert sums == sorted(sums)
        assert sums[0] > 0
