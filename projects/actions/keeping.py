"""Keeping what stands for the words as they are: who approves or chooses a take sees both, and who kept one earlier
may say so again after its words, its style or its motion were changed.

What is kept is neither judged nor made again by that; it is out of date anew once something else changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from projects.flow import outlook
from projects.flow.guides import Guides
from projects.models import Clip, Image, Pick, Project

Record = dict[str, str]
"""Of one take: its kind and code, and what it was kept for before (`was`) and is now (`now`)."""


def keep(project: Project, picks: Iterable[Pick], kind: str) -> list[Record]:
    """Keep those standing takes of these picks that are out of date, under the project's lock."""
    return keep_for(outdated(project, picks, kind))


def keep_for(takes: Iterable[tuple[Image | Clip, str]]) -> list[Record]:
    """Keep each of these takes for its recipe."""
    found = []
    for take, recipe in takes:
        type(take).objects.filter(pk=take.pk).update(kept_for=recipe)
        kind = "image" if isinstance(take, Image) else "clip"
        found.append({"kind": kind, "code": str(take.code), "was": take.kept_for, "now": recipe})
    return found


def let_go(project: Project, records: Sequence[Record]) -> list[Image | Clip]:
    """Undo `keep` where nothing else was said since. Returns the takes that are as they were."""
    found: list[Image | Clip] = []
    for record in records:
        rows: Any = Image.objects if record["kind"] == "image" else Clip.objects
        take = rows.filter(code=record["code"], content__project=project, kept_for=record["now"]).first()
        if take is not None:
            rows.filter(pk=take.pk).update(kept_for=record["was"])
            found.append(take)
    return found


def mark(take: Image | Clip, recipe: str) -> str:
    """What a form posts to say which take it showed, and what its scene said."""
    return f"{take.code.hex[:10]}{recipe[:10]}"


def outdated(project: Project, picks: Iterable[Pick], kind: str) -> Iterator[tuple[Image | Clip, str]]:
    """The standing takes that are not what their scenes say now, each with the recipe of that."""
    guides, renditions = Guides(project), list(project.renditions.all())
    for pick in picks:
        take: Image | Clip | None = pick.image if kind == "image" else pick.clip
        other = (
            outlook.other_picture(guides, renditions, pick) if kind == "image" else outlook.other_clip(project, pick)
        )
        if take is not None and other:
            yield take, other
