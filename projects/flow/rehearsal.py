"""What an edit would make again: the very edit, done in a transaction that is rolled back.

Nothing here knows what hangs on what. The flow itself submits the jobs; those that others wait for are answered with
made-up outputs until nothing more is due; then everything is taken back.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from pipeline.media.audio.synth.beds import SILENT_BEAT_MS
from pipeline.media.audio.values import Section, SongAnalysis
from pipeline.media.motion import Motion
from pipeline.media.timeline import ms_at
from pipeline.media.values import Value
from pipeline.models import Job
from pipeline.providers.capabilities import ImageReply, PromptAsk, PromptText, VideoReply
from pipeline.providers.local.planner import write_prompt
from pipeline.recipes import Stored
from pipeline.states import JobState
from pipeline.steps import STEPS, compose_music, draw_animatic, generate_clip, generate_image, write_prompts
from projects.flow import board as boards
from projects.flow import outlook
from projects.flow.beds import known_beats
from projects.flow.durations import seconds_for
from projects.flow.estimates import PriceList, Wish
from projects.flow.makers import CAPABILITIES
from projects.flow.receive import RECEIVERS
from projects.flow.subjects import subject_code, subject_form
from projects.models import Project, Scene

_ELSEWHERE_MS = 437
"""Beats so far apart are none that our own music or silence has."""


@dataclass(frozen=True)
class Rehearsal:
    """What would be made. `images` and `shots` are scene numbers (from 1) as they would be after the edit."""

    images: tuple[int, ...] = ()
    shots: tuple[int, ...] = ()
    films: int = 0
    plans: bool = False
    waits: bool = False
    """New pictures wait for a person before their scenes are rendered."""
    cost_microusd: int | None = 0
    """None where a price is not known."""
    seconds: int = 0
    kept_images: tuple[int, ...] = ()
    kept_clips: tuple[int, ...] = ()
    """Scenes whose picture or clip somebody chose or judged: it stays, though it is not what they say any more."""

    @property
    def nothing(self) -> bool:
        return not (self.images or self.shots or self.films or self.plans)


@dataclass
class _Played:
    """What has come up so far."""

    counts: Counter[str] = field(default_factory=Counter)
    images: set[int] = field(default_factory=set)
    shots: set[int] = field(default_factory=set)
    renditions: set[str] = field(default_factory=set)
    wishes: list[Wish] = field(default_factory=list)


def rehearse(project: Project, change: Callable[[], object]) -> Rehearsal:
    """What `change` would make, which is then as if it had never been called. Raises what `change` raises."""
    with transaction.atomic():
        last = Job.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        rev = Project.objects.values_list("rev", flat=True).get(pk=project.pk)
        try:
            change()
            played = _play(project, last)
            later = Project.objects.get(pk=project.pk)
            touched = list(Scene.objects.filter(project=later, rev__gt=rev).values_list("pk", flat=True))
            found, kept = _result(later, played), _kept(later, touched)
        finally:
            transaction.set_rollback(True)
    if kept:  # what did not fit before the change is none of its doing
        before = _kept(project, touched)
        kept = {key: number for key, number in kept.items() if key not in before}
    numbers = {kind: tuple(sorted({at for key, at in kept.items() if key[0] == kind})) for kind in ("image", "clip")}
    return replace(found, kept_images=numbers["image"], kept_clips=numbers["clip"])


def _kept(project: Project, scenes: list[int]) -> dict[tuple[object, ...], int]:
    """What stays among these scenes (primary keys) though it does not fit: what it is and would be -> scene number."""
    held, places = outlook.held(boards.load(project, scenes)), outlook.scene_places(project)
    picks = [("image", pick) for pick in held.picture_picks] + [("clip", pick) for pick in held.clip_picks]
    kept: dict[tuple[object, ...], int] = {}
    for kind, pick in picks:
        content = pick.content
        kept[kind, pick.pk, content.prompt_id, content.camera, content.mood] = places[str(content.code)][0]
    return kept


def _play(project: Project, last: int) -> _Played:
    """Answer the new jobs in the order in which they would run, until no more come."""
    played = _Played()
    while True:
        jobs = list(Job.objects.filter(project=project, pk__gt=last, state=JobState.QUEUED).order_by("pk"))
        if not jobs:
            return played
        last = jobs[-1].pk
        places = outlook.scene_places(project)
        for job in jobs:
            _count(job, places, played)
            answer = _ANSWERS.get(job.step)
            if answer is not None:
                Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
                RECEIVERS[job.step](job, answer(STEPS[job.step].input.model_validate(job.input)))


def _count(job: Job, places: dict[str, tuple[int, str]], played: _Played) -> None:
    step = STEPS[job.step]
    played.counts[job.step] += 1
    if job.step in CAPABILITIES:
        played.wishes.append(Wish(job.step, step.input.model_validate(job.input)))
    if job.step in ("generate_image", "render_shot"):
        number, _scene = places.get(str(subject_code(job.subject)), (0, ""))
        if number:
            (played.images if job.step == "generate_image" else played.shots).add(number)
    if job.step == "render_shot":
        played.renditions.add(subject_form(job.subject))


def _result(project: Project, played: _Played) -> Rehearsal:
    films = max(played.counts["assemble_video"], len(played.renditions))
    counts = played.counts | Counter({"assemble_video": films})
    return Rehearsal(
        images=tuple(sorted(played.images)),
        shots=tuple(sorted(played.shots)),
        films=films,
        plans=bool(played.counts["plan_scenes"]),
        waits=bool(played.images) and not project.autopilot,
        cost_microusd=PriceList().estimate(played.wishes).total,
        seconds=seconds_for(project, counts),
    )


def _imagined(kind: str, input: Value) -> Stored:
    """A file that nobody has made yet: other than every other one, the same for the same input."""
    sha256 = hashlib.sha256(f"{kind}{input.model_dump_json()}".encode()).hexdigest()
    return Stored(key=f"imagined/{kind}/{sha256[:12]}", sha256=sha256)


def _prompts(input: write_prompts.Input) -> write_prompts.Output:
    """What the embedded writer would say, since it costs nothing; anybody else's words are not known yet."""
    return write_prompts.Output(prompts=tuple(_prompt(ask, input.provider) for ask in input.asks))


def _prompt(ask: PromptAsk, provider: str) -> PromptText:
    if provider == "local":
        return write_prompt(ask.description, mood=ask.mood, style=ask.style, camera=ask.camera, palette=ask.palette)
    return PromptText(text=f"imagined: {ask.model_dump_json()}", negative="", motion="")


def _image(input: generate_image.Input) -> generate_image.Output:
    reply = ImageReply(
        image=_imagined("image", input), thumb=_imagined("thumb", input), width=input.width, height=input.height
    )
    return generate_image.Output(image=reply, provider=input.provider)


def _clip(input: generate_clip.Input) -> generate_clip.Output:
    motion = Motion.model_validate({"camera": input.camera, "seed": input.seed})
    return generate_clip.Output(clip=VideoReply(motion=motion), provider=input.provider)


def _music(input: compose_music.Input) -> compose_music.Output:
    """Our own music, whose beats are known before it is played. Those of any other are somewhere else than now: so much
    is rendered again at most.
    """
    file, length_ms = _imagined("music", input), ms_at(input.frames, input.fps)
    known = known_beats(input)
    if not known:
        beats = tuple(range(0, length_ms, SILENT_BEAT_MS if input.source == "none" else _ELSEWHERE_MS))
        whole = Section(start_ms=0, end_ms=length_ms, label="instrumental")
        known = {"beats_ms": beats, "downbeats_ms": beats[::4], "sections": (whole,)}
    return compose_music.Output(file=file, analysis=SongAnalysis(duration_ms=length_ms, tempo_mbpm=0, **known))


def _drawing(input: draw_animatic.Input) -> draw_animatic.Output:
    stills = tuple(_imagined("still", still) for still in input.stills)
    return draw_animatic.Output(file=_imagined("animatic", input), duration_ms=0, drawn=0, stills=stills)


_ANSWERS: dict[str, Callable[[Any], Value]] = {
    "draw_animatic": _drawing,
    "compose_music": _music,
    "write_prompts": _prompts,
    "generate_image": _image,
    "generate_clip": _clip,
}
