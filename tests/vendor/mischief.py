"""How the stand-in misbehaves, by name; each name belongs to the place where it can happen."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass

_ANSWER = (  # any paid request: what happens to the answer
    "lost_answer",  # the work is done, the connection breaks
    "dropped_before",  # the connection breaks, nothing is done
    "rate_limited",  # 429 with Retry-After
    "low_credit",  # 429 with retry_after in the body
    "no_credit",  # 402
    "server_error",  # 500, nothing is done
    "server_error_after",  # 500, the work is done
    "bad_gateway",  # 502 with a page of HTML, nothing is done
    "html_page",  # 200 with a page of HTML, the work is done
    "hang",  # the work is done, no byte ever comes
    "half_body",  # the work is done, the answer breaks in the middle
    "truncated_json",  # the work is done, the answer is whole but no JSON
    "odd_error",  # 422 whose body is a list
    "redirect",  # 307 to another host
)
MISCHIEF: dict[str, tuple[str, ...]] = {
    "create": _ANSWER,
    "chat": (
        *_ANSWER,
        "refusal",
        "content_filter",
        "length",
        "finish_error",
        "error_in_200",
        "no_choices",
        "fenced",
        "prose",
        "few_scenes",
        "many_scenes",
        "odd_choices",
        "obeys_lyric",
    ),
    "transcription": (*_ANSWER, "bad_language", "nothing_heard"),
    "image": (*_ANSWER, "moderated", "no_picture"),
    "run": (  # what becomes of a prediction that was accepted
        "failed",
        "nsfw",
        "interrupted",
        "out_of_memory",
        "aborted",
        "canceled",
        "empty_output",
        "object_error",
        "odd_status",
        "stuck",
        "removed",
        "foreign_output",
        "data_output",
    ),
    "get": ("rate_limited", "server_error", "bad_gateway", "hang", "half_body", "truncated_json", "wrong_key"),
    "output": (
        "expired",
        "wrong_type",
        "huge",
        "flood",
        "private_redirect",
        "half_body",
        "server_error",
        "hang",
        "zip_bomb",
    ),
    "webhook": ("never", "tenfold", "forged", "early", "disordered", "stale"),
}


@dataclass
class _Order:
    name: str
    left: int


class Mischief:
    """What is still to go wrong: ordered things first, then by chance."""

    def __init__(self, seed: int = 0) -> None:
        self._orders: dict[str, list[_Order]] = {}
        self._chance: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.done: list[tuple[str, str]] = []

    def order(self, name: str, *, on: str = "", times: int = 1) -> None:
        """The next `times` occasions go wrong in this way; `on` where the name belongs to several places."""
        places = [place for place, names in MISCHIEF.items() if name in names and on in ("", place)]
        if not places:
            raise KeyError(f"{name} on {on or 'anything'}")
        with self._lock:
            self._orders.setdefault(places[0], []).append(_Order(name, times))

    def by_chance(
        self, percent: int, *, on: Iterable[str] = ("create", "run", "get", "output"), names: Iterable[str] = ()
    ) -> None:
        """So many of a hundred occasions go wrong, each in one of the ways of its place (or of `names`)."""
        wanted = tuple(names)
        with self._lock:
            for place in on:
                ways = tuple(name for name in MISCHIEF[place] if not wanted or name in wanted)
                self._chance[place] = (percent, ways)

    def take(self, place: str) -> str:
        """What goes wrong at this place now; "" for nothing."""
        with self._lock:
            name = ""
            waiting = self._orders.get(place) or []
            if waiting:
                waiting[0].left -= 1
                name = waiting[0].name
                if waiting[0].left <= 0:
                    waiting.pop(0)
            elif place in self._chance:
                percent, ways = self._chance[place]
                if ways and self._random.randrange(100) < percent:
                    name = self._random.choice(ways)
            if name:
                self.done.append((place, name))
            return name
