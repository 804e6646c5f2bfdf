from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from projects.templatetags import ui


def rendered(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("ms", "text"),
    [(None, ""), (0, "0:00"), (999, "0:00"), (61_000, "1:01"), (3_599_999, "59:59"), (3_600_000, "1:00:00")],
)
def test_it_shows_song_time_as_a_clock(ms: int | None, text: str) -> None:
    assert ui.clock(ms) == text


@pytest.mark.parametrize(
    ("microusd", "text"),
    [
        (None, "price unknown"),
        (0, "free"),
        (40_000, "$0.04"),
        (1_400_000, "$1.40"),
        (12_345_678, "$12.35"),
        (3_500, "$0.0035"),
        (1, "$0.0001"),
        (-40_000, "-$0.04"),
    ],
)
def test_it_never_shows_an_unknown_or_tiny_price_as_nothing(microusd: int | None, text: str) -> None:
    assert ui.money(microusd) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (None, ""),
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (2048, "2 kB"),
        (50 * 1024**2, "50 MB"),
        (1_300_000_000, "1.2 GB"),
        (5 * 1024**4, "5120 GB"),
    ],
)
def test_it_says_sizes_in_words(size_bytes: int | None, text: str) -> None:
    assert ui.filesize(size_bytes) == text


@pytest.mark.parametrize(
    ("done", "total", "text"), [(None, 100, ""), (3, 0, ""), (46, 100, "46%"), (1, 3, "33%"), (9, 3, "100%")]
)
def test_it_shows_shares_as_whole_percent(done: int | None, total: int, text: str) -> None:
    assert ui.percent(done, total) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (12, "less than a minute left"), (200, "about 3 min left"), (7000, "about 2 hours left")],
)
def test_it_guesses_the_time_left_roughly(seconds: int | None, text: str) -> None:
    assert ui.eta(seconds) == text


def test_it_draws_icons_hidden_from_screen_readers() -> None:
    html = rendered("{% icon 'check' 'mark' %}")
    assert 'class="icon mark"' in html
    assert 'aria-hidden="true"' in html
    assert html.endswith('icons.svg#check"/></svg>')


def test_it_says_every_state_with_icon_and_word_and_escapes_what_it_does_not_know() -> None:
    assert "triangle-alert" in rendered("{% badge 'failed' %}")
    assert "Failed" in rendered("{% badge 'failed' %}")
    assert "Drawing" in rendered("{% badge 'running' 'Drawing' %}")
    assert "<b>" not in rendered("{% badge state %}", state="<b>")


@pytest.mark.parametrize(("cookie", "chosen"), [("dark", "dark"), ("light", "light"), ('"><script>', ""), ("", "")])
def test_it_takes_only_known_themes_from_the_cookie(cookie: str, chosen: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert rendered("{% theme %}", request=request) == chosen
    assert rendered("{% theme %}") == ""


@pytest.mark.parametrize(
    ("microusd", "words"),
    [
        (None, "price unknown"),
        (0, "free"),
        (3000, "$0.003"),
        (25_000, "$0.025"),
        (20_000, "$0.02"),
        (8_000_000, "$8.00"),
    ],
)
def test_it_shows_a_price_to_its_last_digit(microusd: int | None, words: str) -> None:
    assert ui.unit_price(microusd) == words


@pytest.mark.parametrize(
    ("microusd", "words"),
    [(None, "price unknown"), (0, "free"), (3000, "$0.0030"), (171_000, "$0.18"), (180_000, "$0.18")],
)
def test_it_rounds_a_worst_case_up(microusd: int | None, words: str) -> None:
    assert ui.at_most(microusd) == words
