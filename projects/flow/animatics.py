"""The animatic's input from rows: made on demand only, and out of date as soon as its recipe is another."""

from __future__ import annotations

from pipeline.media.captions import CaptionTrack
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.motion import Motion
from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.states import LIVE, JobState
from pipeline.steps import draw_animatic
from projects.flow import beds, due, inputs
from projects.flow import board as boards
from projects.flow.board import Board
from projects.models import FPS, Animatic, Image, Project, Scene

STEP = "draw_animatic"
STRENGTH = 45


def animatic_subject(project: Project, aspect: str) -> str:
    return f"animatic:{project.code}:{aspect}"


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
        scenes=tuple(_sketch(board, index, aspect) for index in range(len(board.scenes))),
        song=inputs.stored_song(song),
        captions=_captions(project.lyrics()),
    )


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
        **({} if image else _words(board.project, scene)),
    )


def _image(board: Board, scene: Scene, aspect: str) -> Image | None:
    if scene.pk in board.skipped:
        return due.held_image(board, scene, aspect)
    pick = board.picks.get((scene.content_id, aspect))
    return pick.image if pick else None


def _motion(scene: Scene, image: Image | None) -> Motion:
    focus = {"focus_x": image.focus_x, "focus_y": image.focus_y} if image else {}
    return Motion.model_validate(
        {"camera": scene.content.camera, "strength": STRENGTH, "pulse": 0, "parallax": False, **focus}
    )


def _words(project: Project, scene: Scene) -> dict[str, str | int]:
    content = scene.content
    return {
        "words": content.prompt.text if content.prompt else content.description,
        "palette": inputs.palette(project, content),
        "seed": inputs.take_seed(project, content, 1),
    }


def _captions(lyrics: Lyrics) -> CaptionTrack | None:
    lines = tuple(line for line in lyrics.lines if line.end_ms > line.start_ms)
    return CaptionTrack(lines=lines, mode="subtitle", look="clean", language=lyrics.language) if lines else None


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
