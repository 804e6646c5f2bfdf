"""What can be played of a scene: the shot as everything stands, else the last one that there was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from projects.flow import beds, films, inputs, standing
from projects.flow import board as boards
from projects.flow.board import Board
from projects.models import Clip, Image, Pick, Project, Rendition, Scene, Shot


@dataclass(frozen=True)
class Playable:
    """A shot of a scene. `fresh`: it shows the standing clip as everything is now."""

    shot: Shot
    fresh: bool


class Player:
    """Finds the shots of a project's scenes in one rendition; loads what they share once."""

    def __init__(self, project: Project, rendition: Rendition, scenes: Iterable[int] | None = None) -> None:
        """`scenes` are primary keys; None means all of them."""
        self.rendition = rendition
        self.board: Board = boards.load(project, None if scenes is None else list(scenes))
        song = beds.standing_song(project)
        self._maker = inputs.ShotMaker(project, song, project.lyrics()) if song is not None else None
        self._at = {scene.pk: index for index, scene in enumerate(self.board.scenes)}
        self._last: dict[int, Shot] = {}
        for shot in sorted(self.board.shots.values(), key=lambda shot: shot.pk):
            if shot.rendition_id == rendition.pk:
                self._last[shot.scene_id] = shot

    def pick(self, scene: Scene) -> Pick | None:
        return self.board.picks.get((scene.content_id, self.rendition.aspect))

    def playable(self, scene: Scene) -> Playable | None:
        """What can be played for a scene now; None while nothing was ever rendered for it."""
        pick = self.pick(scene)
        source: tuple[Image, Clip | None] | None = None
        if scene.pk in self.board.skipped:
            source = standing.shown(self.board, scene, self.rendition.aspect)
        elif pick is not None and pick.image is not None and pick.clip is not None:
            source = standing.source_of(pick.image, pick.clip, chosen=pick.clip_chosen)
        shot = self._shot(scene, source) if source is not None else None
        if shot is not None:
            return Playable(shot, fresh=True)
        last = self._last.get(scene.pk)
        return Playable(last, fresh=False) if last is not None else None

    def shot_of_take(self, scene: Scene, clip: Clip) -> Shot | None:
        """The shot of an older take as the slot and the words are now, if it was rendered."""
        return self._shot(scene, (clip.image, clip)) if clip.image is not None else None

    def _shot(self, scene: Scene, source: tuple[Image, Clip | None]) -> Shot | None:
        index = self._at.get(scene.pk)
        if self._maker is None or index is None:
            return None
        return films.shot_of(self.board, self._maker, index, self.rendition, source)


def shown_rendition(project: Project, aspect: str) -> Rendition | None:
    """The rendition in which clips of this shape are looked at: its first."""
    return project.renditions.filter(aspect=aspect).order_by("pk").first()
