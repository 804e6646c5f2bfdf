"""Where sentences are parted, over two rows and over two cards."""

from __future__ import annotations

import pytest

from pipeline.media.captions.looks import LOOKS
from pipeline.media.captions.phrasing import break_price, leads_on, parted
from pipeline.media.captions.rows import typeset
from pipeline.media.captions.small_words import ARTICLES
from pipeline.media.captions.typefaces import faces_of
from pipeline.providers.local.idea_parts import MOST_CAPTION, captions_for

HALVES = [
    "A lighthouse keeper finds / a paper boat on the rocks",
    "Inside lies a small brass key / that opens nothing on the island",
    "He rows out through the morning fog / toward a shore that is on no map",
    "An old man waits at the last station / with a red suitcase",
    "She dances alone in an empty ballroom / while snow falls outside",
    "Two children fly a kite / over the golden wheat fields",
    "Nordo Mug: a mug that keeps / coffee warm for four hours",
    "Keeps coffee warm for 4 hours, / even on a windy balcony",
    "Der alte Mann wartet am Bahnhof / auf den letzten Zug in die Stadt",
    "Une petite fille traverse la ville / avec un ballon rouge",
    "灯台守は岩の上で紙の船を見つける、/そして霧の朝に海へ漕ぎ出す",
]


@pytest.mark.parametrize("halves", HALVES)
def test_it_parts_where_the_sentence_does(halves: str) -> None:
    wanted = [half.strip() for half in halves.split("/")]
    text = halves.replace(" / ", " ").replace("/", "")
    assert parted(text, 2, 84) == wanted


@pytest.mark.parametrize("halves", [half for half in HALVES if half.isascii()])
@pytest.mark.parametrize("look", ["bold", "clean"])  # bold writes capitals
def test_rows_break_there_too(halves: str, look: str) -> None:
    shown, faces = faces_of(LOOKS[look].shown(halves.replace(" / ", " ")), look, "")
    block = typeset(shown, faces, em=56, room=1536, most=2)
    rows = [shown[a:b].strip() for a, b in block.rows]
    wanted = [half.casefold() for half in halves.split(" / ")]
    assert [row.casefold() for row in rows] in (wanted, [" ".join(wanted)])


@pytest.mark.parametrize("room", [864, 1100, 1536])
@pytest.mark.parametrize("halves", HALVES[:8])
def test_no_row_ends_with_an_article_or_leaves_the_room(halves: str, room: float) -> None:
    shown, faces = faces_of(halves.replace(" / ", " "), "clean", "")
    block = typeset(shown, faces, em=56, room=room, most=3)
    last_words = [shown[a:b].split()[-1].lower() for a, b in block.rows[:-1]]
    assert not ARTICLES & set(last_words)
    assert block.scale > 0.7


def test_prices_follow_the_rule() -> None:
    text = "Rain falls, and the old town sleeps in the dark."
    price = {text[:at].split()[-1]: break_price(text, at) for at in range(1, len(text)) if text[at - 1] == " "}
    assert price["falls,"] < price["sleeps"] < price["town"] < price["old"] < price["the"]
    assert price["in"] > price["town"]


@pytest.mark.parametrize("text", ["Keeps coffee warm for", "A day and", "It is", "Made with a warm"])
def test_it_knows_what_leads_on(text: str) -> None:
    assert leads_on(text)


@pytest.mark.parametrize("text", ["Keeps water cold", "Wait for it.", "The city wakes up", ""])
def test_it_knows_what_is_whole(text: str) -> None:
    assert not leads_on(text)


def test_a_sentence_goes_on_in_the_next_scene_where_it_rests() -> None:
    idea = (
        "A lighthouse keeper who has not spoken for years finds a small paper boat on the rocks below the tower "
        "and follows its crooked wake toward a shore that is on no map"
    )
    first, second, third = captions_for([idea], [[0], [0], [0]], [5, 5, 5])
    assert first == "A lighthouse keeper who has not spoken"
    assert f"{first} {second} {third}" == idea
    assert max(map(len, (first, second, third))) <= MOST_CAPTION
    assert not leads_on(first) and not leads_on(second)


def test_what_no_scene_is_left_for_ends_with_a_sentence_or_says_that_it_goes_on() -> None:
    two = "The storm breaks over the harbor at midnight. Nobody sees the ship that leaves it with no lights and no crew"
    assert captions_for([two], [[0]], [5]) == ["The storm breaks over the harbor at midnight."]
    (shown,) = captions_for([two.replace("midnight. Nobody", "midnight when nobody")], [[0]], [5])
    assert shown.endswith("…") and not leads_on(shown[:-1]) and len(shown) <= MOST_CAPTION


def test_a_word_without_end_is_cut() -> None:
    assert [len(piece) for piece in parted("x" * 200, 2, 84)] == [84, 84, 32]
