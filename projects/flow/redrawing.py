"""What making much at once comes to, without trying it out: held pictures and clips again, or all that a film lacks.

A rehearsal plays every job, which takes too long for hundreds of pictures on a page that somebody waits for. Here each
picture is counted with the clip and the shots that hang on it; nothing else hangs on a picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from projects.flow import inputs, picture_inputs
from projects.flow.board import Board
from projects.flow.durations import seconds_for
from projects.flow.estimates import PriceList, Wish
from projects.flow.outlook import Gaps, Held
from projects.flow.rehearsal import Rehearsal
from projects.flow.spending import remaining
from projects.models import Rendition


def redrawing(board: Board, held: Held) -> Rehearsal:
    """All that follows, as a rehearsal would tell it. Without autopilot it ends where somebody has to look."""
    project = board.project
    drawn, moved = held.picture_picks, (*held.picture_picks, *held.clip_picks)
    looks = bool(drawn) and not project.autopilot  # new pictures wait, and so do their clips and shots
    shown = held.clip_picks if looks else moved
    numbers = held.clips if looks else tuple(sorted({*held.pictures, *held.clips}))
    renditions = [item for item in board.renditions if item.aspect in {pick.aspect for pick in shown}]
    films = len(renditions) if project.autopilot else 0
    per_aspect = Counter(pick.aspect for pick in shown)
    shots = sum(per_aspect[item.aspect] for item in renditions)
    counts = {"generate_image": len(drawn), "generate_clip": len(shown), "render_shot": shots, "assemble_video": films}
    return Rehearsal(
        images=held.pictures,
        shots=numbers,
        films=films,
        waits=bool(moved) and not project.autopilot,
        cost_microusd=_cost(board, held, clips=not looks),
        seconds=seconds_for(project, Counter({step: count for step, count in counts.items() if count})),
    )


def making(board: Board, held: Held, lacks: Mapping[Rendition, Gaps]) -> Rehearsal:
    """As `redrawing`, together with what the film lacks in each of its renditions."""
    again = redrawing(board, held)
    project, aspects = board.project, {item.aspect: found for item, found in lacks.items()}
    images = {number for found in lacks.values() for number in found.pictures}
    counts: Counter[str] = Counter()
    shots: set[int] = set()
    for found in aspects.values():
        counts["generate_image"] += len(found.pictures)
        counts["generate_clip"] += len(found.clips) + (len(found.pictures) if project.autopilot else 0)
    for found in lacks.values():
        shown = {*found.clips, *found.shots, *(found.pictures if project.autopilot else ())}
        counts["render_shot"] += len(shown)
        shots |= shown
    bought = remaining(project).total
    films = len(lacks) if project.autopilot and (shots or images) else 0
    counts["assemble_video"] = films
    return Rehearsal(
        images=tuple(sorted({*again.images, *images})),
        shots=tuple(sorted({*again.shots, *shots})),
        films=max(again.films, films),
        waits=again.waits or (bool(images) and not project.autopilot),
        cost_microusd=None if again.cost_microusd is None or bought is None else again.cost_microusd + bought,
        seconds=again.seconds + seconds_for(project, counts),
    )


def _cost(board: Board, held: Held, *, clips: bool) -> int | None:
    """What all these pictures cost at worst, and with `clips` the clips that follow; None: a price is not known."""
    return PriceList().estimate(_wishes(board, held, clips=clips)).total


def _wishes(board: Board, held: Held, *, clips: bool) -> Iterator[Wish]:
    for pick in held.picture_picks:
        size = inputs.picture_size(board.renditions, pick.aspect)
        yield Wish(
            "generate_image",
            picture_inputs.priced_input(board.guides, pick.content, pick.aspect, size, pick.image_take),
        )
    moved = (*held.picture_picks, *held.clip_picks) if clips else ()
    for pick in moved:
        if pick.image is not None:
            clip = inputs.clip_input(board.project, pick.content, pick.image, pick.clip_take, pick)
            yield Wish("generate_clip", clip)
