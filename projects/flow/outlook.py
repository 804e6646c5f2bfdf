"""Where each rendition is: what is being made for it, what failed, what it lacks, and what waits for a word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from django.db.models import Count

from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.states import LIVE, JobState
from projects.flow import beds, films, inputs, standing
from projects.flow import board as boards
from projects.flow.board import Board
from projects.flow.guides import Guides
from projects.flow.makers import bought
from projects.flow.status import ASIDE, ON_REQUEST, unanswered
from projects.flow.subjects import subject_code, subject_form
from projects.models import BY_HAND, Clip, Image, Pick, Project, Rendition, Scene, Shot, Verdict

FILM_STEP: Final = "assemble_video"
SHOT_SHARE: Final = 90
"""Of a rendition's progress in percent; the rest is the joining."""


@dataclass(frozen=True)
class Failure:
    """A step that did not work. `number` 0 and no `scene`: it concerns the whole film."""

    step: str
    error: str
    number: int = 0
    scene: str = ""


@dataclass(frozen=True)
class Outlook:
    """`state` is working, failed, stopped, done or waiting; `live` maps steps to the scene numbers they work on."""

    rendition: Rendition
    state: str
    live: dict[str, tuple[int, ...]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    percent: int = 0


def outlooks(project: Project) -> list[Outlook]:
    """One per rendition, the oldest first, in a constant number of queries."""
    renditions = list(project.renditions.select_related("final").order_by("pk"))
    places = scene_places(project)
    jobs = Job.objects.filter(project=project, state__in=(*LIVE, JobState.FAILED), dismissed=False)
    jobs = jobs.exclude(step__in=ASIDE).exclude(ON_REQUEST, state=JobState.FAILED)
    open_jobs = list(jobs.defer("input", "output").order_by("pk"))
    shots = Shot.objects.filter(rendition__in=renditions).values_list("rendition")
    shown = dict(shots.annotate(count=Count("scene", distinct=True)))
    found = []
    for item in renditions:
        jobs_of = [job for job in open_jobs if _is_for(job, item)]
        found.append(_outlook(project, item, jobs_of, places, shown.get(item.pk, 0)))
    return found


def scene_places(project: Project) -> dict[str, tuple[int, str]]:
    """Codes of scenes and of their contents -> number of the scene in the film (from 1) and the scene's code."""
    rows = Scene.objects.filter(project=project).order_by("start_frame").values_list("code", "content__code")
    return {str(code): (number, str(codes[0])) for number, codes in enumerate(rows, 1) for code in codes}


def _is_for(job: Job, rendition: Rendition) -> bool:
    """Whether the film of this rendition waits for the job: its own, its aspect's, or the whole project's."""
    if job.subject.startswith(("scene:", "rendition:")):
        return job.subject.endswith(str(rendition.code))
    return not job.subject.startswith("content:") or subject_form(job.subject) == rendition.aspect


def _outlook(
    project: Project, rendition: Rendition, jobs: list[Job], places: dict[str, tuple[int, str]], shown: int
) -> Outlook:
    live: dict[str, set[int]] = {}
    failures = []
    for job in jobs:
        code = str(subject_code(job.subject)) if job.subject.startswith(("scene:", "content:")) else ""
        number, scene = places.get(code, (0, ""))
        if job.state == JobState.FAILED:
            failures.append(Failure(job.step, job.error, number, scene))
        else:
            live.setdefault(job.step, set()).add(number)
    found = {step: tuple(sorted(numbers - {0})) for step, numbers in live.items()}
    state = _state(project, rendition, bool(live), bool(failures))
    return Outlook(rendition, state, found, tuple(failures), _percent(jobs, found, shown, len(places) // 2))


def _state(project: Project, rendition: Rendition, busy: bool, failed: bool) -> str:
    if project.stopped_at is not None:
        return "stopped"
    if busy:
        return "working"
    if failed:
        return "failed"
    return "done" if rendition.final_id is not None else "waiting"


def _percent(jobs: list[Job], live: dict[str, tuple[int, ...]], shown: int, scenes: int) -> int:
    film = next((job for job in jobs if job.step == FILM_STEP and job.state in LIVE), None)
    if film is not None:
        joined = film.progress_done * (100 - SHOT_SHARE) // film.progress_total if film.progress_total else 0
        return SHOT_SHARE + joined
    again = {number for numbers in live.values() for number in numbers}
    return SHOT_SHARE * max(0, min(shown, scenes - len(again))) // scenes if scenes else 0


@dataclass(frozen=True)
class Gaps:
    """Why there is no film of everything as it is now: scene numbers by what they lack."""

    song: bool = False
    words: bool = False
    scenes: bool = False
    pictures: tuple[int, ...] = ()
    pictures_to_review: tuple[int, ...] = ()
    pictures_rejected: tuple[int, ...] = ()
    clips: tuple[int, ...] = ()
    clips_to_review: tuple[int, ...] = ()
    clips_rejected: tuple[int, ...] = ()
    shots: tuple[int, ...] = ()

    @property
    def any(self) -> bool:
        pictures = self.pictures or self.pictures_to_review or self.pictures_rejected
        clips = self.clips or self.clips_to_review or self.clips_rejected
        return bool(self.song or self.words or self.scenes or pictures or clips or self.shots)

    @property
    def to_make(self) -> int:
        """How many scenes lack something that is made without a person's word."""
        return len(self.pictures) + len(self.clips) + len(self.shots)


def gaps(board: Board, rendition: Rendition) -> Gaps:
    """What the film of this rendition lacks."""
    project = board.project
    song = beds.standing_song(project)
    if song is None:
        return Gaps(song=True)
    if not board.scenes:
        return Gaps(words=not project.autopilot, scenes=project.autopilot)
    maker = inputs.ShotMaker(project, song, project.lyrics())
    found: dict[str, Any] = {}
    for index in range(len(board.scenes)):
        lack = _lack(board, maker, index, rendition)
        if lack:
            found[lack] = (*found.get(lack, ()), index + 1)
    return Gaps(**found)


def _lack(board: Board, maker: inputs.ShotMaker, index: int, rendition: Rendition) -> str:
    """The first thing that a scene lacks on its way into the film, as a field of Gaps; "" for nothing."""
    scene = board.scenes[index]
    if scene.pk not in board.skipped:
        lack = _undecided(board.project, board.picks.get((scene.content_id, rendition.aspect)))
        if lack and lack != "clips_to_review":
            return lack
    else:
        lack = ""
    source = standing.shown(board, scene, rendition.aspect)
    if source is None:
        held_picture = scene.pk in board.skipped and standing.held_image(board, scene, rendition.aspect) is not None
        return lack or ("pictures_to_review" if held_picture else "pictures")
    return "shots" if films.shot_of(board, maker, index, rendition, source) is None else lack


def _undecided(project: Project, pick: Pick | None) -> str:
    if pick is None or pick.image is None:
        return "pictures"
    if pick.image.verdict == Verdict.REJECTED:
        return "pictures_rejected"
    if pick.image.verdict == Verdict.PENDING and not project.autopilot:
        return "pictures_to_review"
    if pick.clip is None:
        return "clips"
    if pick.clip.verdict == Verdict.REJECTED:
        return "clips_rejected"
    return "clips_to_review" if pick.clip.verdict == Verdict.PENDING and not project.autopilot else ""


def blends_beside(board: Board, numbers: Iterable[int]) -> tuple[int, ...]:
    """Scenes after which a transition is encoded anew when these scenes are rendered; plain cuts cost nothing."""
    wanted = set(numbers)
    found = []
    for index, scene in enumerate(board.scenes[:-1]):
        kind = inputs.transition_between(scene, board.scenes[index + 1]).kind
        if kind != "cut" and {index + 1, index + 2} & wanted:
            found.append(index + 1)
    return tuple(found)


@dataclass(frozen=True)
class Held:
    """Pictures and clips that somebody chose or judged, and that no longer fit their words. Numbers of scenes, the
    picks, and the recipes that they would have: first those of the pictures, then those of the clips.
    """

    pictures: tuple[int, ...] = ()
    clips: tuple[int, ...] = ()
    picture_picks: tuple[Pick, ...] = ()
    clip_picks: tuple[Pick, ...] = ()
    recipes: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.pictures or self.clips)

    @property
    def takes(self) -> list[tuple[Image | Clip, str]]:
        """The takes that stand there, each with the recipe that it would have."""
        pictures = [pick.image for pick in self.picture_picks if pick.image is not None]
        clips = [pick.clip for pick in self.clip_picks if pick.clip is not None]
        return list(zip([*pictures, *clips], self.recipes, strict=True))


def held(board: Board) -> Held:
    """What is out of date and stays until somebody lets it be made again."""
    pictures: dict[int, list[tuple[Pick, str]]] = {}
    clips: dict[int, list[tuple[Pick, str]]] = {}
    for number, scene in enumerate(board.scenes, 1):
        if scene.pk in board.skipped:
            continue
        for aspect in board.aspects:
            pick = board.picks.get((scene.content_id, aspect))
            if pick is None or pick.image is None:
                continue
            if recipe := other_picture(board.guides, board.renditions, pick):
                pictures.setdefault(number, []).append((pick, recipe))
            elif recipe := other_clip(board.project, pick):
                clips.setdefault(number, []).append((pick, recipe))
    drawn, moved = (list(chain.from_iterable(found.values())) for found in (pictures, clips))
    return Held(
        tuple(pictures),
        tuple(clips),
        tuple(pick for pick, _recipe in drawn),
        tuple(pick for pick, _recipe in moved),
        tuple(recipe for _pick, recipe in (*drawn, *moved)),
    )


def other_picture(guides: Guides, renditions: list[Rendition], pick: Pick) -> str:
    """The recipe of what its scene says now, where the standing picture stays though it is another; else "". `pick`
    knows its content.
    """
    image = pick.image
    if image is None or image.provider in BY_HAND or (image.take < pick.image_take and not pick.image_chosen):
        return ""  # nobody's words made it; or another take is on its way
    if image.verdict == Verdict.REJECTED or not standing.is_kept(pick, image):
        return ""
    size = inputs.picture_size(renditions, pick.aspect)
    recipe = standing.remade_recipe(guides, pick.content, image, size)
    return "" if image.fits(recipe) else recipe


def other_clip(project: Project, pick: Pick) -> str:
    """As `other_picture`, for the clip that stands, with the picture that stands."""
    image, clip = pick.image, pick.clip
    if image is None or clip is None or (clip.take < pick.clip_take and not pick.clip_chosen):
        return ""
    if clip.verdict == Verdict.REJECTED or not (pick.clip_chosen or clip.verdict == Verdict.APPROVED or bought(clip)):
        return ""
    recipe = digest(inputs.clip_input(project, pick.content, image, clip.take, pick))
    return "" if clip.fits(recipe) else recipe


@dataclass(frozen=True)
class Standstill:
    """What waits for one word of the owner: a halt, failures, and held pictures and clips. `mark` says all of it."""

    stopped: bool
    failures: tuple[int, ...]
    held: Held

    @property
    def any(self) -> bool:
        return self.stopped or bool(self.failures) or self.held.any

    @property
    def mark(self) -> str:
        picks = [(pick.pk, pick.image_id, pick.clip_id) for pick in (*self.held.picture_picks, *self.held.clip_picks)]
        said = (self.stopped, self.failures, picks, self.held.recipes)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def standstill(project: Project, board: Board | None = None) -> Standstill:
    """What the rebuild button would set going. Loads the board where none is given."""
    pks = tuple(unanswered(project).order_by("pk").values_list("pk", flat=True))
    found = held(board if board is not None else boards.load(project, None))
    return Standstill(project.stopped_at is not None, pks, found)


def wanted_recipe(board: Board, rendition: Rendition) -> str:
    """The recipe of the film of everything as it is now; "" while something is missing."""
    song = beds.standing_song(board.project)
    if song is None:
        return ""
    film = films.film_input(board, song, rendition)
    return digest(film) if film is not None else ""
