"""What stands in a scene: which picture and clip it shows, which of them are kept, and which still fit their words."""

from __future__ import annotations

from pipeline.recipes import digest
from projects.flow import inputs, picture_inputs
from projects.flow.board import Board
from projects.flow.guides import Guides
from projects.flow.makers import bought
from projects.models import Clip, Content, Image, Pick, Project, Scene, Verdict


def shown(board: Board, scene: Scene, aspect: str) -> tuple[Image, Clip | None] | None:
    """The picture and clip to render for a scene, or its neighbor's picture held if it is skipped; None while one is
    missing or rejected. A clip that nobody has judged is rendered, so that there is something to judge.
    """
    if scene.pk in board.skipped:
        image = held_image(board, scene, aspect)
        return None if image is None or not passed(board.project, image) else (image, None)
    pick = board.picks.get((scene.content_id, aspect))
    if pick is None or pick.image is None or pick.clip is None:
        return None
    if not passed(board.project, pick.image) or pick.clip.verdict == Verdict.REJECTED:
        return None
    size = inputs.picture_size(board.renditions, aspect)
    content = scene.content
    if wants_prompt(board.project, content) or _stale(board, pick, content, size):
        return None
    return source_of(pick.image, pick.clip, chosen=pick.clip_chosen)


def source_of(image: Image, clip: Clip, *, chosen: bool) -> tuple[Image, Clip]:
    """A clip that somebody chose among older takes shows the picture that it was made from, whatever stands now."""
    return (clip.image, clip) if chosen and clip.image is not None else (image, clip)


def may_be_joined(board: Board, source: tuple[Image, Clip | None]) -> bool:
    """Whether the clip has passed its gate; a held picture has none."""
    return source[1] is None or passed(board.project, source[1])


def passed(project: Project, judged: Image | Clip) -> bool:
    """Whether the gate behind this picture or clip is open."""
    return judged.verdict == Verdict.APPROVED or (project.autopilot and judged.verdict != Verdict.REJECTED)


def is_kept(pick: Pick, image: Image) -> bool:
    """Whether the standing picture stays, whatever its words say now: somebody chose, judged or bought it."""
    return pick.image_chosen or image.verdict != Verdict.PENDING or bought(image)


def is_current(guides: Guides, content: Content, image: Image, size: tuple[int, int]) -> bool:
    """Whether this take is what would be made now in its place, for pictures of this size, or was kept for that."""
    return image.fits(remade_recipe(guides, content, image, size))


def remade_recipe(guides: Guides, content: Content, image: Image, size: tuple[int, int]) -> str:
    """What this take would be made from now: in the size wanted, which models round as they like, or in its own where
    that is larger: a picture that is large enough is never drawn smaller.
    """
    wanted = digest(picture_inputs.remade_input(guides, content, image, size))
    own = (image.width, image.height)
    large = own != size and image.width >= size[0] and image.height >= size[1]
    if image.fits(wanted) or not large:
        return wanted
    return digest(picture_inputs.remade_input(guides, content, image, own))


def is_held_clip(clip: Clip, image: Image) -> bool:
    """Whether somebody judged or bought the clip, and it is of this picture."""
    return _is_judged(clip, image) or (bought(clip) and clip.image_id in (None, image.pk))


def _is_judged(clip: Clip, image: Image) -> bool:
    return clip.verdict != Verdict.PENDING and clip.image_id in (None, image.pk)


def wants_prompt(project: Project, content: Content) -> bool:
    prompt = content.prompt
    return prompt is None or (not prompt.edited and prompt.recipe != digest(inputs.prompt_ask(project, content)))


def _stale(board: Board, pick: Pick, content: Content, size: tuple[int, int]) -> bool:
    """Whether a new picture or clip is on its way, so that rendering the standing one would be thrown away."""
    image, clip = pick.image, pick.clip
    if image is None or clip is None:
        return True
    decided = pick.image_chosen or image.verdict != Verdict.PENDING
    replaced = image.take != pick.image_take
    if not decided and (replaced or not (bought(image) or is_current(board.guides, content, image, size))):
        return True
    if not pick.clip_chosen and not _is_judged(clip, image):
        if clip.take != pick.clip_take:
            return True
        moved = inputs.clip_input(board.project, content, image, clip.take, pick)
        return not (is_held_clip(clip, image) or clip.fits(digest(moved)))
    return False


def held_image(board: Board, scene: Scene, aspect: str) -> Image | None:
    """What a skipped scene shows: its own picture where that was wanted and is there, else that of the nearest earlier
    scene that is not skipped, else of the nearest later one.
    """
    own = board.picks.get((scene.content_id, aspect))
    if scene.pk in board.stills and own is not None and own.image is not None:
        return own.image
    others = Pick.objects.filter(content__scene__project=board.project, aspect=aspect, image__isnull=False)
    others = others.exclude(content__scene__pk__in=board.skipped).select_related("image")
    before = (
        others.filter(content__scene__start_frame__lt=scene.start_frame)
        .order_by("-content__scene__start_frame")
        .first()
    )
    found = (
        before
        or others.filter(content__scene__start_frame__gt=scene.start_frame)
        .order_by("content__scene__start_frame")
        .first()
    )
    return found.image if found is not None else None
