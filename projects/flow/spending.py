"""What a project still has to buy, what was agreed to, and what was spent: by step and model, in micro-USD."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, Q, Sum

from pipeline.budget import lefts_of
from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.values import Line, Lyrics
from pipeline.media.timeline import Transition
from pipeline.models import Attempt, Job
from pipeline.providers.capabilities import PlannedScene, PlanRequest, PromptAsk
from pipeline.providers.local.planner import plan_scenes
from pipeline.recipes import Stored, digest
from pipeline.states import LIVE, OPEN, OPEN_OR_PAID, AttemptState, JobState
from pipeline.steps import STEPS, generate_clip, generate_image
from projects.flow import ads, beds, inputs, kinds, picture_inputs, standing
from projects.flow import board as boards
from projects.flow.board import Board
from projects.flow.estimates import Estimate, PriceList, Wish
from projects.flow.makers import CAPABILITIES, maker, maker_named
from projects.flow.paid import Paid
from projects.flow.status import ON_REQUEST
from projects.flow.subjects import image_subject
from projects.models import FPS, Content, Image, Pick, Project, Scene, Song

_PROMPT = "x" * 600
"""A prompt of usual length, where none is written yet."""
_DESCRIPTION = "x" * 200
_LINE_MS = 2500


def uses_vendors(project: Project) -> bool:
    """Whether anything of it was chosen to be made by a vendor, or waits for a word about money."""
    if any(maker_named(key).hosted for key in project.providers.values()):
        return True
    asks = Job.objects.filter(project=project, state__in=(JobState.NEEDS_CONSENT, JobState.PAUSED_BUDGET))
    return asks.exists() or Content.objects.filter(project=project).exclude(providers={}).exists()


def remaining(project: Project, prices: PriceList | None = None) -> Estimate:
    """The worst case of all hosted work that the film still needs and that is not bought or under way."""
    return (prices or PriceList()).estimate(wishes(project))


def wishes(project: Project) -> Iterator[Wish]:
    """All that is still to be made, as the requests' inputs; before there are scenes, as they would be planned, and
    before a song was heard, as many as it can have.
    """
    board = boards.load(project, None)
    paid = Paid(project)
    for wish in _opening_wishes(project, board):
        yield paid.off(wish)
    if board.scenes:
        yield from scene_wishes(board, paid=paid)
    yield from _asked_wishes(project, paid)


def _asked_wishes(project: Project, paid: Paid) -> Iterator[Wish]:
    """What somebody asked for beside the film and what is not there yet: milder words, a larger picture or film, a song
    heard once more.
    """
    asked = Q(step__in=("soften_prompt", "enlarge_film")) | ON_REQUEST
    for job in Job.objects.filter(asked, project=project, state__in=LIVE).exclude(provider="").order_by("pk"):
        wanted = STEPS[job.step].input.model_validate(job.input)
        yield paid.off(Wish(job.step, wanted), job.subject, job.take)


def _opening_wishes(project: Project, board: Board) -> Iterator[Wish]:
    """What comes before, or beside, the scenes; those that are not there yet as they would be planned."""
    if not project.song_led:
        yield from _music_wishes(project)
    if board.scenes:
        return
    request = _song_request(project) if project.song_led else _idea_request(project)
    if project.song_led and project.transcript is None and (song := _heard_song(project)) is not None:
        yield Wish("transcribe_song", inputs.transcript_input(project, song))
    if request is not None:
        if not request.beats:
            yield Wish("plan_scenes", inputs.planning(project, request))
        elif ads.needs_brief(project):
            yield Wish("write_brief", ads.brief_input(project))
        counted = not project.song_led or is_heard(project)
        yield from _planned_wishes(project, plan_scenes(request) if counted else most_scenes(request), board)


def _music_wishes(project: Project) -> Iterator[Wish]:
    wanted = beds.bed_input(project)
    song = Song.objects.filter(project=project).first()
    if song is None or song.bed_recipe != digest(wanted):
        yield Wish(beds.STEP, wanted)


def _idea_request(project: Project) -> PlanRequest | None:
    """As it will be asked; while a model's music is not there yet, as if it had no beat."""
    known = kinds.plan_request(project)
    return known if known is not None or not hasattr(project, "idea") else kinds.idea_plan(project, {})


def _song_request(project: Project) -> PlanRequest | None:
    song = _heard_song(project)
    if song is None:
        return None
    listens = project.transcript is None and maker(project, "transcribe_song").hosted
    lyrics = _sung_throughout(song.heard()) if listens else project.lyrics()
    request = inputs.plan_input(project, song, lyrics).plan
    return request if is_heard(project) else request.model_copy(update={"scene_ms": request.min_ms})


def is_heard(project: Project) -> bool:
    """Whether somebody has listened to the song, so that it is known where its scenes end."""
    return Song.objects.filter(project=project, analysis__isnull=False).exists()


def most_scenes(request: PlanRequest) -> tuple[PlannedScene, ...]:
    """As many scenes as the planner may ever cut, each with a second for its transitions: how many it will
    be, and where they end, follows from beats and loudness.
    """
    count = max(1, request.frames // -(-request.min_ms * request.fps // 1000))
    edges = [request.frames * at // count for at in range(count + 1)]
    rest = {"section": "", "lyrics": "", "mood": "", "camera": "push_in", "reasoning": "", "imagery": ""}
    blend = Transition(kind="crossfade", frames=request.fps)
    return tuple(
        PlannedScene(start_frame=start, end_frame=end, description=_DESCRIPTION, transition=blend, **rest)
        for start, end in pairwise(edges)
    )


def _heard_song(project: Project) -> Song | None:
    """The song; one that nobody has listened to yet is as long as its header says, in this copy of the row alone."""
    song = Song.objects.select_related("asset").filter(project=project).first()
    if song is not None and song.analysis is None:
        song.analysis = _unheard(song).model_dump(mode="json")
    return song


def _unheard(song: Song) -> SongAnalysis:
    """A song that nobody has listened to yet: its length by its header."""
    length = song.asset.duration_ms or 1000
    return SongAnalysis(duration_ms=length, tempo_mbpm=120_000, beats_ms=(), downbeats_ms=(), sections=())


def _sung_throughout(heard: SongAnalysis) -> Lyrics:
    """As many words as may be heard, for prices by the word."""
    starts = range(0, max(1, heard.duration_ms - _LINE_MS), _LINE_MS)
    return Lyrics(lines=tuple(Line(text="x" * 60, start_ms=at, end_ms=at + _LINE_MS - 1) for at in starts), timed=True)


def _planned_wishes(project: Project, slots: Collection[PlannedScene], board: Board) -> Iterator[Wish]:
    """For scenes that are not there yet: their slots are cut here whoever writes them, so their number is known."""
    asks = [PromptAsk(description=slot.description, mood=slot.mood, style=project.style) for slot in slots]
    yield Wish("write_prompts", inputs.prompts_input(project, asks))
    drawn, moved = maker(project, "generate_image"), maker(project, "generate_clip")
    for slot in slots:
        seconds = -(-(slot.end_frame - slot.start_frame + slot.transition.frames) // FPS)
        for aspect in board.aspects:
            width, height = inputs.picture_size(board.renditions, aspect)
            image = generate_image.Input(
                prompt=_PROMPT,
                width=width,
                height=height,
                provider=drawn.provider,
                model=drawn.model,
                pictures=board.guides.most(drawn),
            )
            yield Wish("generate_image", image)
            clip = generate_clip.Input(
                image=Stored(sha256=""),
                camera=slot.camera,
                seconds=seconds,
                provider=moved.provider,
                model=moved.model,
            )
            yield Wish("generate_clip", clip)


def scene_wishes(board: Board, only: Collection[int] | None = None, paid: Paid | None = None) -> Iterator[Wish]:
    """What the scenes still lack. `only`: of these scenes (primary keys)."""
    paid = paid or Paid(board.project)
    asks = []
    for scene in board.scenes:
        if scene.pk in board.skipped or (only is not None and scene.pk not in only):
            continue
        content = scene.content
        ask = inputs.prompt_ask(board.project, content)
        if content.prompt is None or (not content.prompt.edited and content.prompt.recipe != digest(ask)):
            asks.append(ask)
        for aspect in board.aspects:
            subject = image_subject(content, aspect)
            pick = board.picks.get((content.pk, aspect)) or Pick(content=content, aspect=aspect)
            takes = {"generate_image": pick.image_take, "generate_clip": pick.clip_take}
            for wish in _takes_wanted(board, scene, pick):
                yield paid.off(wish, subject, takes[wish.step])
    if asks:
        words = inputs.prompts_input(board.project, asks)
        yield paid.off(Wish("write_prompts", words))


def _takes_wanted(board: Board, scene: Scene, pick: Pick) -> Iterator[Wish]:
    """The picture and the clip that a scene lacks in one shape, as `due` would order them."""
    content, aspect = scene.content, pick.aspect
    size = inputs.picture_size(board.renditions, aspect)
    image = pick.image
    draws = (
        image is None or (image.take < pick.image_take and not pick.image_chosen) or _is_outdated(board, pick, image)
    )
    if draws:
        picture = picture_inputs.priced_input(board.guides, content, aspect, size, pick.image_take, pick.image_style)
        yield Wish("generate_image", picture)
    wanted = inputs.clip_input(board.project, content, image or Image(), pick.clip_take, pick)
    clip = pick.clip
    if draws or image is None or clip is None or (clip.take < pick.clip_take and not pick.clip_chosen):
        yield Wish("generate_clip", wanted)
    elif not pick.clip_chosen and not standing.is_held_clip(clip, image):
        made = inputs.clip_input(board.project, content, image, clip.take, pick)
        if not clip.fits(digest(made)):
            yield Wish("generate_clip", wanted)


def _is_outdated(board: Board, pick: Pick, image: Image) -> bool:
    size = inputs.picture_size(board.renditions, pick.aspect)
    return not standing.is_kept(pick, image) and not standing.is_current(board.guides, pick.content, image, size)


def is_agreed(project: Project, estimate: Estimate) -> bool:
    """Whether all of this may be spent without asking again: each part by consents to its step at its price."""
    consents = sorted(project.consents.filter(withdrawn_at=None), key=lambda row: (len(row.steps), row.pk))
    pots = list(zip(consents, lefts_of(consents).values(), strict=True))
    for part in estimate.parts:
        if part.microusd is None:
            return False
        model, _, version = part.price.rpartition("@")
        need = part.microusd
        for at, (consent, left) in enumerate(pots):
            if part.step in consent.steps and consent.prices.get(model) == version:
                pots[at] = (consent, left - min(need, left))
                need -= min(need, left)
        if need:
            return False
    return True


@dataclass(frozen=True)
class Row:
    """What one model was paid for in one step. Estimates are worst cases at the time of each request."""

    step: str
    provider: str
    model: str
    requests: int = 0
    estimated_microusd: int = 0
    reserved_microusd: int = 0
    spent_microusd: int = 0
    written_off_microusd: int = 0
    to_come_microusd: int | None = 0


@dataclass(frozen=True)
class Report:
    """The bill of a project so far, and what is still to come."""

    rows: tuple[Row, ...]
    to_come: Estimate

    @property
    def estimated_microusd(self) -> int:
        return sum(row.estimated_microusd for row in self.rows)

    @property
    def reserved_microusd(self) -> int:
        return sum(row.reserved_microusd for row in self.rows)

    @property
    def spent_microusd(self) -> int:
        return sum(row.spent_microusd for row in self.rows)


def report(project: Project) -> Report:
    """The bill by step and model: what was estimated, is reserved, was spent (written-off requests included)."""
    paid = Attempt.objects.filter(project_code=project.code).exclude(estimate_microusd=0, cost_microusd=0)
    counted = paid.filter(state__in=(*OPEN_OR_PAID, AttemptState.WRITTEN_OFF))
    of = Q(state__in=OPEN)
    sums = paid.values("step", "provider", "model").annotate(
        requests=Count("pk", filter=Q(pk__in=counted.values("pk")) | Q(cost_microusd__gt=0)),
        estimated=Sum("estimate_microusd", filter=Q(pk__in=counted.values("pk"))),
        reserved=Sum("estimate_microusd", filter=of),
        spent=Sum("cost_microusd", filter=~of),
        lost=Sum("cost_microusd", filter=Q(state=AttemptState.WRITTEN_OFF)),
    )
    to_come = remaining(project) if uses_vendors(project) else Estimate()
    coming = {(part.step, part.provider, part.model): part for part in to_come.parts}
    rows = []
    for found in sums:
        key = (found["step"], found["provider"], found["model"])
        part = coming.pop(key, None)
        rows.append(
            Row(
                *key,
                requests=found["requests"],
                estimated_microusd=found["estimated"] or 0,
                reserved_microusd=found["reserved"] or 0,
                spent_microusd=found["spent"] or 0,
                written_off_microusd=found["lost"] or 0,
                to_come_microusd=part.microusd if part else 0,
            )
        )
    rows += [Row(*key, to_come_microusd=part.microusd) for key, part in coming.items()]
    order = list(CAPABILITIES)
    rows.sort(key=lambda row: (order.index(row.step) if row.step in order else len(order), row.provider, row.model))
    return Report(tuple(rows), to_come)
