"""The animatic's input from rows: made on demand only, and out of date as soon as its recipe is another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.media.captions import CaptionTrack
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.motion import Motion
from pipeline.media.timeline import CUT
from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.states import LIVE, JobState
from pipeline.steps import draw_animatic
from projects.flow import beds, inputs, picture_inputs, standing
from projects.flow import board as boards
from projects.flow.board import Board
from projects.flow.makers import maker
from projects.flow.products import product_fields
from projects.flow.subjects import animatic_subject
from projects.models import FPS, Animatic, Image, Project, Scene

STEP = "draw_animatic"
STRENGTH = 45
AD_FRAMES = 2 * FPS
"""So many frames of an ad have one drawing."""


def animatic_input(project: Project, aspect: str) -> draw_animatic.Input | None:
    """What an animatic of the scenes as they are now is made from; None before there are scenes."""
    song = beds.standing_song(project)
    if song is None:
        return None
    board = boards.load(project, None)
    if not board.scenes:
        return None
    return draw_animatic.Input(
        aspect=aspect,
        fps=FPS,
        scenes=tuple(sketch for index in range(len(board.scenes)) for sketch in _sketches(board, index, aspect)),
        song=inputs.stored_song(song),
        captions=_captions(project, project.lyrics()),
        stills=tuple(_stills(board, aspect)),
    )


def _stills(board: Board, aspect: str) -> Iterator[draw_animatic.Still]:
    """What an ad's pictures may begin with: in the animatic's own shape what is drawn anyway, and all else that models
    are to be given and that is not drawn yet.
    """
    project = board.project
    if project.kind != Project.Kind.AD:
        return
    for scene in board.scenes:
        content = scene.content
        needed = board.guides.takes_composition(maker(project, "generate_image", content))
        for shape in board.aspects:
            still = picture_inputs.still(board.guides, content, shape)
            drawn = shape == aspect and _image(board, scene, aspect) is None
            if (drawn or needed) and not board.guides.has_drawing(content, shape, still):
                yield still


def lacks_drawings(project: Project) -> bool:
    """Whether an animatic would draw anything that models are to be given, whatever it shows."""
    board = boards.load(project, None)
    return any(_stills(board, "")) if board.scenes else False


def _sketch(board: Board, index: int, aspect: str) -> draw_animatic.Sketch:
    scene = board.scenes[index]
    _, right = board.around(index)
    image = _image(board, scene, aspect)
    return draw_animatic.Sketch(
        start_frame=scene.start_frame,
        end_frame=scene.end_frame,
        motion=_motion(scene, image),
        transition=inputs.transition_between(scene, right),
        image=inputs.stored_image(image) if image else None,
        **({} if image else _words(board, scene, aspect)),
    )


def _sketches(board: Board, index: int, aspect: str) -> list[draw_animatic.Sketch]:
    """One per scene; in an ad one per two seconds, so that its pace can be judged before there are pictures."""
    whole = _sketch(board, index, aspect)
    if board.project.kind != Project.Kind.AD:
        return [whole]
    content = board.scenes[index].content
    worn: dict[str, Any] = {"grade": board.project.ad.grade_of(content.imagery)}
    if whole.image is None:
        worn |= product_fields(board.project, content, board.guides.cutouts)
    whole = whole.model_copy(update=worn)
    length = whole.end_frame - whole.start_frame
    # counted from the film's beginning, so that rounding does not add drawings beat by beat
    count = max(1, round(whole.end_frame / AD_FRAMES) - round(whole.start_frame / AD_FRAMES))
    edges = [whole.start_frame + length * at // count for at in range(count + 1)]
    return [
        whole.model_copy(
            update={
                "start_frame": edges[at],
                "end_frame": edges[at + 1],
                "seed": inputs.take_seed(board.project, content, at + 1) if whole.image is None else 0,
                "transition": whole.transition if at + 1 == count else CUT,
            }
        )
        for at in range(count)
    ]


def _image(board: Board, scene: Scene, aspect: str) -> Image | None:
    if scene.pk in board.skipped:
        return standing.held_image(board, scene, aspect)
    pick = board.picks.get((scene.content_id, aspect))
    return pick.image if pick else None


def _motion(scene: Scene, image: Image | None) -> Motion:
    focus = {"focus_x": image.focus_x, "focus_y": image.focus_y} if image else {}
    return Motion.model_validate(
        {"camera": scene.content.camera, "strength": STRENGTH, "pulse": 0, "parallax": False, **focus}
    )


def _words(board: Board, scene: Scene, aspect: str) -> dict[str, str | int]:
    still = picture_inputs.still(board.guides, scene.content, aspect)
    return {"words": still.words, "palette": still.palette, "seed": still.seed}


def _captions(project: Project, lyrics: Lyrics) -> CaptionTrack | None:
    lines = tuple(line for line in lyrics.lines if line.end_ms > line.start_ms)
    ad = project.kind == Project.Kind.AD
    return CaptionTrack(ad=ad, lines=lines, mode="subtitle", look="clean", language=lyrics.language) if lines else None


def newest(project: Project, aspect: str) -> Animatic | None:
    return Animatic.objects.filter(project=project, aspect=aspect).order_by("-pk").first()


def job_of(project: Project, aspect: str) -> Job | None:
    """The job that is making it, or that failed to; None where there is neither."""
    rows = Job.objects.filter(project=project, step=STEP, subject=animatic_subject(project, aspect))
    return rows.filter(state__in=(*LIVE, JobState.FAILED), dismissed=False).order_by("-pk").first()


def is_outdated(animatic: Animatic) -> bool:
    """Whether the scenes, their pictures or the words have changed since it was made."""
    wanted = animatic_input(animatic.project, animatic.aspect)
    return wanted is None or digest(wanted) != animatic.recipe
