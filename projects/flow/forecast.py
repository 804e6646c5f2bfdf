"""What a change would make stale, before anybody makes it: the very recipes that `due` compares, computed twice."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.media.lyrics.values import Lyrics
from pipeline.recipes import digest
from projects.flow import board as boards
from projects.flow import inputs, standing
from projects.models import Project, Song


@dataclass(frozen=True)
class Forecast:
    """Scenes (numbers from 1, and primary keys) that would be rendered again. `scenes` is how many there are."""

    numbers: tuple[int, ...] = ()
    pks: tuple[int, ...] = ()
    scenes: int = 0


def forecast(project: Project, *, lyrics: Lyrics | None = None, song: Song | None = None) -> Forecast:
    """What other words or other beats would change. `song` is an unsaved copy with the new corrections."""
    now = Song.objects.select_related("asset").get(project=project)
    board = boards.load(project, None)
    if now.analysis is None or not board.scenes:
        return Forecast()
    words = project.lyrics()
    before = inputs.ShotMaker(project, now, words)
    after = inputs.ShotMaker(project, song or now, words if lyrics is None else lyrics)
    numbers, pks = [], []
    for index, scene in enumerate(board.scenes):
        left, right = board.around(index)
        for rendition in board.renditions:
            source = standing.shown(board, scene, rendition.aspect)
            if source is None:
                continue
            shots = (maker.shot(rendition, scene, left, right, *source) for maker in (before, after))
            if len({digest(shot) for shot in shots}) > 1:
                numbers.append(index + 1)
                pks.append(scene.pk)
                break
    return Forecast(tuple(numbers), tuple(pks), len(board.scenes))
