"""The kinds of project: the ordered steps of each, and what is due before there are scenes.

From the first scene on all kinds are one flow (`due`). A kind differs in what comes before it, and in what its scenes
lie on: a song's time, or a length that people decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pipeline.models import Job
from pipeline.providers.capabilities import PlanRequest
from pipeline.recipes import digest
from pipeline.runner.submit import Order, retract
from pipeline.states import LIVE
from projects.flow import ads, beds, gates, inputs
from projects.models import GatePass, Project, Song

SCENE_MS: Final = 5000
"""About so long is a scene that no song cuts."""


@dataclass(frozen=True)
class Opening:
    """What is due for the project as a whole. `scenes`: work on the scenes there are goes on beside it."""

    orders: list[Order]
    scenes: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of project. `steps` are all it has, in order."""

    steps: tuple[str, ...]
    opening: Callable[[Project], Opening]


_MAKING = ("plan_scenes", "write_prompts", "draw_animatic", "generate_image", "generate_clip", "render_shot")


def opening(project: Project) -> Opening:
    """What is due before, or beside, the work on scenes."""
    return KINDS[project.kind].opening(project)


def plan_request(project: Project, song: Song | None = None) -> PlanRequest | None:
    """What the planner is asked now; None while nobody knows the beats yet."""
    if project.song_led:
        song = song or Song.objects.select_related("asset").filter(project=project).first()
        if song is None or song.analysis is None:
            return None
        return inputs.plan_input(project, song, project.lyrics()).plan
    return ads.likely_request(project) if project.kind == Project.Kind.AD else _idea_request(project)


def _music_video(project: Project) -> Opening:
    song = Song.objects.select_related("asset").filter(project=project).first()
    if song is None:
        return Opening([])
    analysis = inputs.analysis_input(song)
    if song.recipe != digest(analysis):
        return Opening(_one(project, Order("analyze_song", "", analysis)))
    transcript = project.transcript
    words = inputs.transcript_input(project, song)
    if transcript is None or (not transcript.edited and transcript.recipe != digest(words)):
        return Opening(_one(project, Order("transcribe_song", "", words)))
    if project.scenes.exists():
        return Opening([], scenes=True)  # planned once; from then on scenes are people's, and the gate lies behind them
    if not gates.lyrics_gate_open(project):
        retract(Job.objects.filter(project=project, step="plan_scenes", state__in=LIVE))
        return Opening([])
    return Opening(_one(project, Order("plan_scenes", "", inputs.plan_input(project, song, transcript.words()))))


def _prompt_video(project: Project) -> Opening:
    """Music and scenes at once: the beats of our own music are known before it is played."""
    orders = _music_orders(project)
    if project.scenes.exists():
        return Opening(orders, scenes=True)
    request = plan_request(project)
    if request is not None:
        orders += _one(project, Order("plan_scenes", "", inputs.planning(project, request)))
    return Opening(orders)


def _ad(project: Project) -> Opening:
    """Music, brief and references at once; scenes are the brief's beats, once somebody let it pass."""
    orders = _music_orders(project)
    if not ads.has_references(project):
        orders += _one(project, Order(ads.REFERENCES, "", ads.references_input(project)))
    if project.scenes.exists():
        return Opening(orders, scenes=True)
    if ads.needs_brief(project):
        return Opening(orders + _one(project, Order(ads.BRIEF, "", ads.brief_input(project))))
    planned = ads.plan_input(project)
    if planned is None or not gates.gate_open(project, GatePass.Gate.BRIEF):
        retract(Job.objects.filter(project=project, step="plan_scenes", state__in=LIVE))
        return Opening(orders)
    return Opening(orders + _one(project, Order("plan_scenes", "", planned)))


def _music_orders(project: Project) -> list[Order]:
    wanted = beds.bed_input(project)
    song = Song.objects.select_related("asset").filter(project=project).first()
    if song is None or song.bed_recipe != digest(wanted):
        return _one(project, Order(beds.STEP, "", wanted))
    analysis = inputs.analysis_input(song)
    return _one(project, Order("analyze_song", "", analysis)) if song.recipe != digest(analysis) else []


def _idea_request(project: Project) -> PlanRequest | None:
    beats = beds.known_beats(beds.bed_input(project))
    if beats is None:
        song = beds.standing_song(project)
        if song is None:
            return None
        heard = song.heard()
        beats = {
            "beats_ms": heard.beats_ms,
            "downbeats_ms": heard.downbeats_ms,
            "sections": heard.sections,
            "energy": heard.energy,
        }
    return idea_plan(project, beats)


def idea_plan(project: Project, beats: dict[str, Any]) -> PlanRequest:
    """What the planner is asked about an idea. `beats`: what is known of its music, as fields of a plan."""
    return inputs.unled_plan(project, idea=project.idea.text, scene_ms=SCENE_MS, **beats)


def _one(project: Project, order: Order) -> list[Order]:
    """The order of a project-wide step, unless it is answered; other live jobs of the step are retracted."""
    jobs = Job.objects.filter(project=project, step=order.step, subject=order.subject)
    retract(jobs.filter(state__in=LIVE).exclude(recipe=order.recipe, take=order.take))
    failed = jobs.filter(state="failed", dismissed=False, recipe=order.recipe, take=order.take).exists()
    return [] if failed else [order]


KINDS: Final[dict[str, Kind]] = {
    Project.Kind.MUSIC_VIDEO: Kind(("analyze_song", "transcribe_song", *_MAKING, "assemble_video"), _music_video),
    Project.Kind.PROMPT_VIDEO: Kind(("compose_music", "analyze_song", *_MAKING, "assemble_video"), _prompt_video),
    Project.Kind.AD: Kind(
        ("write_brief", "compose_music", "analyze_song", "draw_references", *_MAKING, "assemble_video"), _ad
    ),
}
