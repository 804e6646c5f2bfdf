"""What a picture shall show: the choices that words and seed have made, as one value that scenes read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Brief:
    """The choices for one picture.

    `foregrounds`, `skies` and `words` hold names from the tables in `words`; `asked` are the foregrounds and skies
    that the prompt named, as against those that the seed added.
    """

    kind: str
    palette: str
    time: str
    season: str
    weather: str
    foregrounds: tuple[str, ...] = ()
    skies: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    words: frozenset[str] = field(default_factory=frozenset)

    @property
    def night(self) -> bool:
        return self.time == "night"

    @property
    def snowy(self) -> bool:
        return self.season == "winter" or self.weather == "snow"

    def has(self, *names: str) -> bool:
        """Whether the prompt holds one of these words (singular)."""
        return any(name in self.words for name in names)


@dataclass(frozen=True)
class Place:
    """Where a scene offers room for what the words ask for.

    `horizon` and `ground` are rows; figures stand at rows from `ground` to `near` and are `tall` pixels high at
    `near`. `water` is the row range of open water, if there is any. `span` are the columns within which things may
    stand.
    """

    horizon: float
    ground: float
    near: float
    tall: float
    span: tuple[float, float]
    surface: str = "land"
    water: tuple[float, float] | None = None
    ledge: bool = True
