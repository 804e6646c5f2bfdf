"""The rows that a decision is taken from, loaded in a constant number of queries whatever was touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from pipeline.models import Job
from pipeline.states import LIVE, JobState
from projects.flow.guides import Guides
from projects.flow.subjects import film_subject, image_subject, shot_subject
from projects.models import Pick, Project, Rendition, Scene, Shot, Skip


@dataclass
class Board:
    """Scenes in film order with all that hangs on them. `touched` are those whose work is looked at."""

    project: Project
    renditions: list[Rendition]
    scenes: list[Scene]
    touched: set[int]
    skipped: set[int]
    picks: dict[tuple[int, str], Pick]
    jobs: dict[tuple[str, str], list[Job]] = field(default_factory=dict)
    shots: dict[tuple[int, int, str], Shot] = field(default_factory=dict)
    stills: set[int] = field(default_factory=set)
    """Of the skipped ones, those that hold their own picture."""
    undrawn: bool = False
    """Whether a picture waits until its scene is drawn."""
    guides: Guides = field(init=False)
    """The pictures that its scenes' pictures may go by."""

    def __post_init__(self) -> None:
        self.guides = Guides(self.project)

    @property
    def aspects(self) -> list[str]:
        return sorted({rendition.aspect for rendition in self.renditions})

    def around(self, index: int) -> tuple[Scene | None, Scene | None]:
        """The neighbors in the film of the scene at `index` of `scenes`; None at the film's ends."""
        scene = self.scenes[index]
        before = self.scenes[index - 1] if index else None
        after = self.scenes[index + 1] if index + 1 < len(self.scenes) else None
        left = before if before is not None and before.end_frame == scene.start_frame else None
        right = after if after is not None and after.start_frame == scene.end_frame else None
        return left, right

    def to_render(self) -> list[int]:
        """Indices of touched scenes and of their neighbors, whose transitions may have changed with them."""
        found = set()
        for index, scene in enumerate(self.scenes):
            if scene.pk in self.touched:
                left, right = self.around(index)
                found |= {index} | ({index - 1} if left else set()) | ({index + 1} if right else set())
        return sorted(found)

    def answered(self, step: str, subject: str, recipe: str, take: int) -> bool:
        """Whether this work is alive, or has failed and nobody has dismissed the failure."""
        return any(job.recipe == recipe and job.take == take for job in self.jobs.get((step, subject), []))

    def outdated(self, step: str, subject: str, recipe: str, take: int) -> list[int]:
        """Live jobs for the same thing that are no longer wanted."""
        jobs = self.jobs.get((step, subject), [])
        return [job.pk for job in jobs if job.state in LIVE and (job.recipe, job.take) != (recipe, take)]


def load(project: Project, touched: Collection[int] | None) -> Board:
    """The board of a project. `touched` are primary keys of scenes; None means all of them."""
    skips = dict(Skip.objects.filter(scene__project=project, undone_at=None).values_list("scene_id", "still"))
    skipped = set(skips)
    scenes = _scenes(project, None if touched is None else {*touched, *skipped})
    wanted = (
        {scene.pk for scene in scenes} if touched is None else ({*touched, *skipped} & {scene.pk for scene in scenes})
    )
    renditions = list(project.renditions.select_related("final").order_by("pk"))
    contents = [scene.content_id for scene in scenes]
    board = Board(project, renditions, scenes, wanted, skipped, _picks(scenes, contents))
    board.stills = {pk for pk, still in skips.items() if still}
    _load_jobs(board)
    _load_shots(board)
    return board


def _picks(scenes: list[Scene], contents: list[int]) -> dict[tuple[int, str], Pick]:
    """What stands for each content and aspect; each knows its content, so that nothing is asked for one by one."""
    known = {scene.content_id: scene.content for scene in scenes}
    found = {}
    for pick in Pick.objects.filter(content__in=contents).select_related("image", "clip__image"):
        pick.content = known[pick.content_id]
        found[pick.content_id, pick.aspect] = pick
    return found


def _scenes(project: Project, touched: set[int] | None) -> list[Scene]:
    """The touched scenes and two neighbors on both sides: a neighbor's shot depends on its other neighbor's length."""
    rows = Scene.objects.filter(project=project).select_related("content__prompt").order_by("start_frame")
    if touched is None:
        return list(rows)
    found = list(rows.filter(pk__in=touched))
    for _ in range(2):
        starts = [scene.start_frame for scene in found]
        ends = [scene.end_frame for scene in found]
        pks = [scene.pk for scene in found]
        found = list(rows.filter(Q(pk__in=pks) | Q(end_frame__in=starts) | Q(start_frame__in=ends)))
    return found


def _load_jobs(board: Board) -> None:
    subjects = ["", *_subjects(board)]
    alive = Q(state__in=LIVE) | Q(state=JobState.FAILED, dismissed=False)
    for job in Job.objects.filter(alive, project=board.project, subject__in=subjects).defer("input", "output"):
        board.jobs.setdefault((job.step, job.subject), []).append(job)


def _subjects(board: Board) -> Iterable[str]:
    for scene in board.scenes:
        yield from (image_subject(scene.content, aspect) for aspect in board.aspects)
        yield from (shot_subject(scene, rendition) for rendition in board.renditions)
    yield from (film_subject(rendition) for rendition in board.renditions)


def _load_shots(board: Board) -> None:
    for shot in Shot.objects.filter(scene__in=[scene.pk for scene in board.scenes]):
        board.shots[shot.scene_id, shot.rendition_id, shot.recipe] = shot
