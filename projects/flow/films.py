"""The fan-in: a rendition's film is due once every scene has the shot that it should have."""

from __future__ import annotations

from pipeline.models import Job
from pipeline.recipes import Stored, digest
from pipeline.runner.submit import Order, retract
from pipeline.states import LIVE, JobState
from pipeline.steps import assemble_video
from projects.flow import beds, inputs, standing
from projects.flow import board as boards
from projects.flow.board import Board
from projects.flow.brands import end_card_frames
from projects.flow.provenance import makers
from projects.flow.status import ASIDE
from projects.flow.subjects import film_subject
from projects.models import Clip, FinalVideo, Image, Project, Rendition, Shot, Song

STEP = "assemble_video"


def orders(project: Project) -> list[Order]:
    """Assemblies that are due, and none while other work of the project is alive.

    The first look costs one indexed query; all shots are gathered only when nothing is left to wait for.
    """
    alive = Job.objects.filter(project=project, state__in=LIVE)
    if alive.exclude(step__in=(STEP, *ASIDE)).exists():
        retract(alive.filter(step=STEP))  # what it joins is about to change
        return []
    song = beds.standing_song(project)
    if song is None or not project.scenes.exists():
        return []
    board = boards.load(project, None)
    found = []
    for rendition in board.renditions:
        film = film_input(board, song, rendition)
        if film is not None:
            found += _due(board, rendition, film)
    return found


def _due(board: Board, rendition: Rendition, film: assemble_video.Input) -> list[Order]:
    order = Order(STEP, film_subject(rendition), film)
    finished = FinalVideo.objects.filter(rendition=rendition, recipe=order.recipe).order_by("-version").first()
    jobs = Job.objects.filter(project=board.project, step=STEP, subject=order.subject)
    retract(
        jobs.filter(state__in=LIVE).exclude(recipe=order.recipe) if finished is None else jobs.filter(state__in=LIVE)
    )
    if finished is not None:
        # a change was taken back: the earlier version stands again, unless a person let another one stand
        if rendition.final_id not in (finished.pk, _refined(rendition, finished)) and not rendition.final_chosen:
            Rendition.objects.filter(pk=rendition.pk).update(final=finished)
        return []
    failed = jobs.filter(state=JobState.FAILED, dismissed=False, recipe=order.recipe).exists()
    if failed:
        return []
    comment = makers(board.project, enlarged_by="").sentence
    said = film.model_copy(update={"comment": comment})  # recorded, no part of the recipe
    return [Order(STEP, order.subject, said)]


def _refined(rendition: Rendition, film: FinalVideo) -> int | None:
    """The version that stands, if it was refined from this one: it is that film, finer."""
    standing = rendition.final
    return standing.pk if standing is not None and standing.refined_from_id == film.pk else None


def wanted_shots(board: Board, song: Song, rendition: Rendition) -> list[Shot] | None:
    """The shot that every scene should have, in film order; None while one is missing."""
    maker = inputs.ShotMaker(board.project, song, board.project.lyrics())
    shots = []
    for index, scene in enumerate(board.scenes):
        source = standing.shown(board, scene, rendition.aspect)
        if source is None or not standing.may_be_joined(board, source):
            return None
        shot = shot_of(board, maker, index, rendition, source)
        if shot is None:
            return None
        shots.append(shot)
    return shots


def shot_of(
    board: Board, maker: inputs.ShotMaker, index: int, rendition: Rendition, source: tuple[Image, Clip | None]
) -> Shot | None:
    """The shot of the scene at `index` of the board that shows `source` as everything is now; None if nobody has
    rendered it.
    """
    scene = board.scenes[index]
    left, right = board.around(index)
    recipe = digest(maker.shot(rendition, scene, left, right, *source))
    return board.shots.get((scene.pk, rendition.pk, recipe))


def film_input(board: Board, song: Song, rendition: Rendition) -> assemble_video.Input | None:
    """The input of a rendition's assembly; None while a shot is missing."""
    shots = wanted_shots(board, song, rendition)
    if not shots:
        return None
    earlier = FinalVideo.objects.filter(rendition=rendition).exclude(facts_file="").order_by("-version").first()
    return assemble_video.Input(
        profile=inputs.profile(rendition),
        frames=beds.film_frames(board.project, song),
        shots=tuple(_piece(board, index, shot) for index, shot in enumerate(shots)),
        song=inputs.stored_song(song),
        limited=not board.project.song_led,
        beats_ms=song.heard().beats_ms,
        lyrics=board.project.lyrics(),
        still=_still(board),
        title=board.project.title,
        artist=board.project.artist,
        known=Stored(key=earlier.facts_file, sha256="") if earlier is not None and earlier.facts_file else None,
    )


def _still(board: Board) -> tuple[tuple[int, int], ...]:
    """Frames [first, last) in which nothing is meant to move: an ad's end card, and scenes whose picture is held."""
    held = [(scene.start_frame, scene.end_frame) for scene in board.scenes if scene.pk in board.skipped]
    return (*held, *end_card_frames(board.project))


def _piece(board: Board, index: int, shot: Shot) -> assemble_video.FilmShot:
    scene = board.scenes[index]
    _, right = board.around(index)
    return assemble_video.FilmShot(
        file=Stored(key=shot.file, sha256=shot.sha256, size_bytes=shot.size_bytes),
        facts=shot.facts,
        start_frame=scene.start_frame,
        end_frame=scene.end_frame,
        transition=inputs.transition_between(scene, right),
        section=scene.section,
    )
