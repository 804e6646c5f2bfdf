"""Making scenes again by another maker: what it adds, and which scenes are worth it most."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from projects.flow import board as boards
from projects.flow import inputs, picture_inputs
from projects.flow.board import Board
from projects.flow.estimates import Estimate, PriceList, Wish
from projects.flow.guides import Guides
from projects.flow.makers import Maker, maker, maker_named
from projects.models import Content, Image, Pick, Project, Rendition, Scene

OPENING: Final = "opening"
CHORUS: Final = "chorus"
LENGTH: Final = "length"
WHY: Final[dict[str, Promise]] = {
    OPENING: gettext_lazy("the opening: it decides whether people stay"),
    CHORUS: gettext_lazy("a chorus: people remember it"),
    LENGTH: gettext_lazy("a long scene: it is seen most"),
}


@dataclass(frozen=True)
class Upgrade:
    """One scene that would be made again, why it, and what that costs at worst."""

    scene: Scene
    number: int
    why: str
    estimate: Estimate

    @property
    def reason(self) -> Any:
        return WHY[self.why]


def upgrade_wishes(board: Board, scene: Scene, choices: dict[str, str], aspects: Collection[str]) -> Iterator[Wish]:
    """What making a scene again asks for. `choices`: step -> maker. A new picture takes a new clip with it."""
    content = wishing(scene.content, choices)
    for aspect in aspects:
        pick = board.picks.get((content.pk, aspect)) or Pick(content=content, aspect=aspect)
        if "generate_image" in choices:
            size = inputs.picture_size(board.renditions, aspect)
            image = picture_inputs.priced_input(
                board.guides, content, aspect, size, pick.image_take + 1, pick.image_style
            )
            yield Wish("generate_image", image)
        yield from clip_wishes(board.project, content, pick)


def again_wishes(guides: Guides, renditions: list[Rendition], scene: Scene, pick: Pick, step: str) -> Iterator[Wish]:
    """What one more take asks for, by those who are chosen now. A new picture takes a new clip with it."""
    content = scene.content
    if step == "generate_image":
        size = inputs.picture_size(renditions, pick.aspect)
        yield Wish(
            step,
            picture_inputs.priced_input(guides, content, pick.aspect, size, pick.image_take + 1, pick.image_style),
        )
    yield from clip_wishes(guides.project, content, pick)


def clip_wishes(project: Project, content: Content, pick: Pick) -> Iterator[Wish]:
    """What one more clip of the content asks for, with the settings that its pick has."""
    clip = inputs.clip_input(project, content, pick.image or Image(), pick.clip_take + 1, pick)
    yield Wish("generate_clip", clip)


def wishing(content: Content, choices: dict[str, str]) -> Content:
    """A copy of the row, not saved, as if these makers were chosen for it."""
    copy = Content(**{field.attname: getattr(content, field.attname) for field in Content._meta.concrete_fields})
    copy.prompt = content.prompt
    copy._state.fields_cache["scene"] = content.scene
    copy.providers = {**content.providers, **choices}
    return copy


def upgrade_estimate(
    board: Board, scenes: Sequence[Scene], choices: dict[str, str], aspects: Collection[str], prices: PriceList
) -> Estimate:
    """The worst case of making all these scenes again."""
    return prices.estimate(wish for scene in scenes for wish in upgrade_wishes(board, scene, choices, aspects))


def worthwhile(project: Project, choices: dict[str, str], budget_microusd: int) -> list[Upgrade]:
    """Which scenes to make again for a sum: the opening, then choruses, then the longest, each as far as it fits.

    Scenes that these makers have made already, and those without a known price, are left out.
    """
    board, prices = boards.load(project, None), PriceList()
    left, found = budget_microusd, []
    for number, scene, why in ranked(board):
        if scene.pk in board.skipped or _is_made_so(board, scene, choices):
            continue
        estimate = upgrade_estimate(board, [scene], choices, board.aspects, prices)
        if estimate.total is None or estimate.microusd > left:
            continue
        left -= estimate.microusd
        found.append(Upgrade(scene, number, why, estimate))
    return found


def ranked(board: Board) -> list[tuple[int, Scene, str]]:
    """(number, scene, why) with what matters most first."""
    numbered = list(enumerate(board.scenes, 1))
    opening = [(number, scene, OPENING) for number, scene in numbered[:1]]
    longest = sorted(numbered[1:], key=lambda item: (-item[1].frames, item[0]))
    choruses = [(number, scene, CHORUS) for number, scene in longest if scene.section == "chorus"]
    others = [(number, scene, LENGTH) for number, scene in longest if scene.section != "chorus"]
    return [*opening, *choruses, *others]


def _is_made_so(board: Board, scene: Scene, choices: dict[str, str]) -> bool:
    """Whether every take that stands was made by the makers chosen, or is being made by them."""
    for aspect in board.aspects:
        pick = board.picks.get((scene.content_id, aspect))
        for step, key in choices.items():
            made = (pick.image if step == "generate_image" else pick.clip) if pick is not None else None
            if made is None or made_by(made.provider, made.how) != maker_named(key):
                chosen_so = maker(board.project, step, scene.content, pick) == maker_named(key)
                if not (chosen_so and _is_under_way(pick, step)):
                    return False
    return True


def _is_under_way(pick: Pick | None, step: str) -> bool:
    """Whether a take is wanted that is not there yet."""
    if pick is None:
        return True
    made, wanted = (pick.image, pick.image_take) if step == "generate_image" else (pick.clip, pick.clip_take)
    return made is None or made.take < wanted


def made_by(provider: str, how: dict[str, Any]) -> Maker:
    """The maker that an artefact records."""
    return Maker(provider, str(how.get("model", "")))
