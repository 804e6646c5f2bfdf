"""From rows to typed inputs: what each step should be given now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from django.conf import settings

from pipeline.media.captions import CaptionTrack, captions_within
from pipeline.media.cards import Card
from pipeline.media.lyrics.values import Line, Lyrics
from pipeline.media.motion import Motion
from pipeline.media.profile import SHORT_SIDES, Profile, frame_size
from pipeline.media.shots import ShotSpec
from pipeline.media.timeline import CUT, MOVING, ShotSpan, Slot, Transition, fitted_transition, ms_at, shot_span
from pipeline.providers.capabilities import PlanRequest, PromptAsk
from pipeline.providers.local.styles import style_named
from pipeline.recipes import Stored, seed_of
from pipeline.steps import (
    analyze_song,
    generate_clip,
    plan_scenes,
    render_shot,
    transcribe_song,
    write_prompts,
)
from projects.flow import beds
from projects.flow.brands import Wearing
from projects.flow.makers import maker
from projects.models import FPS, Captions, Clip, Content, Image, Pick, Project, Rendition, Scene, Song

CARD_MIN_MS = 1800  # shorter, and nobody has read it
CARD_MS = 4500
CARD_LEAD_MS = 300
CAPTION_ROOM_MS = 500


def stored_song(song: Song) -> Stored:
    return Stored(key=song.asset.file.name, sha256=song.asset.sha256, size_bytes=song.asset.size_bytes)


def analysis_input(song: Song) -> analyze_song.Input:
    return analyze_song.Input(song=stored_song(song), max_seconds=settings.OMVEE_MAX_SONG_SECONDS)


def transcript_input(project: Project, song: Song) -> transcribe_song.Input:
    """What the words should be made from now: given ones first, else what is heard. The song has been analyzed."""
    by = maker(project, "transcribe_song")
    return transcribe_song.Input(
        song=stored_song(song),
        text=song.lyrics_text,
        name=song.lyrics_name,
        instrumental=song.instrumental,
        analysis=song.heard(),
        provider=by.provider,
        model=by.model,
    )


def plan_input(project: Project, song: Song, lyrics: Lyrics) -> plan_scenes.Input:
    """What the scenes of a song should be planned from now. The song has been analyzed."""
    heard = song.heard()
    request = PlanRequest(
        duration_ms=heard.duration_ms,
        fps=FPS,
        frames=max(1, (heard.duration_ms * FPS + 500) // 1000),
        beats_ms=heard.beats_ms,
        downbeats_ms=heard.downbeats_ms,
        sections=heard.sections,
        energy=heard.energy,
        lines=lyrics.lines,
        style=project.style,
        title=project.title,
        seed=plan_seed(project),
    )
    return planning(project, request)


def planning(project: Project, request: PlanRequest) -> plan_scenes.Input:
    by = maker(project, "plan_scenes")
    return plan_scenes.Input(plan=request, provider=by.provider, model=by.model)


def plan_seed(project: Project) -> int:
    """The project's own for its first plan; every further plan differs."""
    if project.plan_take == 1:
        return project.seed
    return seed_of(f"{project.seed}:plan:{project.plan_take}")


def unled_plan(project: Project, **fields: Any) -> PlanRequest:
    """A plan for a film that no song leads: as long as people decided. `fields`: what its scenes come from."""
    return PlanRequest(
        duration_ms=beds.film_ms(project),
        fps=FPS,
        frames=beds.length_frames(project),
        style=project.style,
        title=project.title,
        seed=plan_seed(project),
        **fields,
    )


def prompt_ask(project: Project, content: Content) -> PromptAsk:
    return PromptAsk(
        description=content.description,
        mood=content.mood,
        camera=content.camera,
        style=project.style,
        content=str(content.code),
        palette=content.palette if project.kind == Project.Kind.AD else "",
    )


def take_seed(project: Project, content: Content, take: int) -> int:
    """The same take of the same content comes out the same again, in another project of the same seed and plan too."""
    return seed_of(f"{project.seed}:{content.dice or content.code}:{take}")


def palette(project: Project, content: Content, style: str = "") -> str:
    """The plan's palette where it belongs to the style; after a change of style, one of the new style's."""
    if project.kind == Project.Kind.AD and content.palette and not style:
        return content.palette  # the template's, whatever the style
    palettes = style_named(style or project.style).palettes
    return content.palette if content.palette in palettes else palettes[content.code.int % len(palettes)]


def picture_size(renditions: list[Rendition], aspect: str) -> tuple[int, int]:
    """Pictures are kept per aspect, as large as the largest rendition of it."""
    largest = max((item.resolution for item in renditions if item.aspect == aspect), key=lambda name: SHORT_SIDES[name])
    return frame_size(aspect, largest)


def clip_input(
    project: Project, content: Content, image: Image, take: int, pick: Pick | None = None
) -> generate_clip.Input:
    """`pick` holds what was decided for this clip alone: another camera, how far it goes, how long, how good."""
    by, prompt = maker(project, "generate_clip", content, pick), content.prompt
    return generate_clip.Input(
        image=stored_image(image),
        camera=(pick.clip_camera if pick else "") or content.camera,
        strength=pick.clip_strength if pick else None,
        motion=prompt.motion if prompt else "",
        mood=content.mood,
        particles=image.particles,
        has_depth=bool(image.depth_file),
        focus_x=image.focus_x,
        focus_y=image.focus_y,
        seconds=ordered_seconds(content, pick) if by.hosted else 0,
        prompt=(prompt.text if prompt else content.description) if by.hosted else "",
        negative=prompt.negative if prompt and by.hosted else "",
        seed=take_seed(project, content, take),
        provider=by.provider,
        model=by.model,
    )


def ordered_seconds(content: Content, pick: Pick | None) -> int:
    """How long a clip a hosted model is asked for: as was decided for it, else its slot with room for transitions."""
    if pick is not None and pick.clip_seconds:
        return pick.clip_seconds
    scene = content.scene
    frames = scene.frames + (scene.transition_frames + 1) // 2
    return -(-frames // FPS)


def prompts_input(project: Project, asks: Iterable[PromptAsk]) -> write_prompts.Input:
    by = maker(project, "write_prompts")
    return write_prompts.Input(asks=tuple(asks), provider=by.provider, model=by.model)


def stored_image(image: Image) -> Stored:
    return Stored(key=image.file, sha256=image.sha256)


def slot(scene: Scene) -> Slot:
    return Slot(start_frame=scene.start_frame, end_frame=scene.end_frame)


def transition_between(left: Scene | None, right: Scene | None) -> Transition:
    """The fitted transition at the cut between two neighbors; a cut at the film's ends."""
    if left is None or right is None or left.transition == "cut" or left.transition_frames == 0:
        return CUT
    wanted = Transition(kind=left.transition, frames=left.transition_frames)
    return fitted_transition(wanted, slot(left), slot(right))


def _moved_from_ms(span: ShotSpan, leaving: Transition) -> int | None:
    """When the transition out of a shot begins to move its picture; None where it does not."""
    if leaving.kind not in MOVING or not span.blend_out:
        return None
    return ms_at(span.start_frame + span.frames - span.blend_out, FPS)


def profile(rendition: Rendition) -> Profile:
    width, height = frame_size(rendition.aspect, rendition.resolution)
    return Profile(width=width, height=height, fps=FPS)


class ShotMaker:
    """Makes the inputs of a rendition's shots; reads song and lyrics once for all of them."""

    def __init__(self, project: Project, song: Song, lyrics: Lyrics) -> None:
        self._project, self._heard, self._lyrics = project, song.heard(), lyrics
        self._look = style_named(project.style).look
        self._wearing = Wearing(project, self._heard.duration_ms)
        self._cards = self._make_cards() if project.title and project.kind != Project.Kind.AD else ()

    def shot(
        self,
        rendition: Rendition,
        scene: Scene,
        left: Scene | None,
        right: Scene | None,
        image: Image,
        clip: Clip | None,
    ) -> render_shot.Input:
        """The input of one scene's shot. `clip` None holds the picture still."""
        leaving = transition_between(scene, right)
        span = shot_span(slot(scene), transition_between(left, scene), leaving)
        start_ms, end_ms = ms_at(span.start_frame, FPS), ms_at(span.start_frame + span.frames, FPS)
        brand, worn = self._wearing.within(start_ms, end_ms)
        motion = self._motion(rendition, clip)
        beats = self._heard.beats_ms if motion.pulse else ()  # nothing else looks at them
        spec = ShotSpec(
            profile=profile(rendition),
            span=span,
            motion=motion,
            beats_ms=tuple(beat for beat in beats if start_ms - 1000 <= beat < end_ms),
            captions=self._captions(rendition, start_ms, end_ms, _moved_from_ms(span, leaving)),
            card=self._card(rendition, (left, scene, right), start_ms, end_ms),
            brand=brand,
            grade=self._wearing.grade(scene.content),
        )
        moved = clip is not None and not clip.file
        depth = Stored(key=image.depth_file, sha256=image.depth_sha256) if image.depth_file and moved else None
        source = Stored(key=clip.file, sha256=clip.sha256) if clip is not None and clip.file else None
        return render_shot.Input(spec=spec, image=stored_image(image), depth=depth, clip=source, **worn)

    def _motion(self, rendition: Rendition, clip: Clip | None) -> Motion:
        if clip is None or clip.motion is None:
            return Motion(camera="hold", strength=0, pulse=0, parallax=False)
        return Motion.model_validate(clip.motion).model_copy(update={"pulse": rendition.pulse})

    def _captions(self, rendition: Rendition, start_ms: int, end_ms: int, until_ms: int | None) -> CaptionTrack | None:
        track = CaptionTrack(
            lines=self._lyrics.lines,
            mode=rendition.captions,
            look=self._look,
            ad=self._project.kind == Project.Kind.AD,
            title=self._project.title,
            artist=self._project.artist,
        )
        return captions_within(track, start_ms, end_ms, until_ms=until_ms)

    def _card(
        self, rendition: Rendition, near: tuple[Scene | None, Scene, Scene | None], start_ms: int, end_ms: int
    ) -> Card | None:
        """The title or end card, if this shot shows a part of it. Cards run in song time, an end card over cuts, too.

        `near` are the scene before, the shot's own and the one after it.
        """
        if rendition.captions in (Captions.NONE, Captions.TITLE):  # the title captions show the title themselves
            return None
        opening = near[1:] if near[0] is None else near[:2]
        for card in self._cards:
            shown = card if card.kind == "end" else _over_opening(card, *opening)
            if shown is not None and shown.show_ms < end_ms and shown.hide_ms > start_ms:
                return shown
        return None

    def _make_cards(self) -> tuple[Card, ...]:
        """The title before the first words, an end card after the last, each where there is time to read it."""
        lines = [line for line in self._lyrics.lines if line.end_ms > line.start_ms]
        length = self._heard.duration_ms
        first = min((line.start_ms for line in lines), default=length // 2)
        last = max((line.end_ms for line in lines), default=length // 2)
        spans: list[tuple[Literal["title", "end"], int, int]] = [
            ("title", CARD_LEAD_MS, min(CARD_MS, first - CAPTION_ROOM_MS)),
            ("end", max(length - CARD_MS, last + CAPTION_ROOM_MS), length),
        ]
        words = {"title": self._project.title, "subtitle": self._project.artist, "look": self._look}
        return tuple(
            Card(kind=kind, show_ms=show, hide_ms=hide, **words)
            for kind, show, hide in spans
            if hide - show >= CARD_MIN_MS and kind in self._project.card_kinds
        )


def _over_opening(card: Card, first: Scene | None, second: Scene | None) -> Card | None:
    """The title card, gone before the film's first cut; over it only where nobody could have read it by then.

    None for two neighbors of which the left one does not open the film.
    """
    if first is None or first.start_frame:
        return None
    if second is None:
        return card
    blend = transition_between(first, second).frames // 2
    hide_ms = min(card.hide_ms, ms_at(first.end_frame - blend, FPS))
    show_ms = min(card.show_ms, hide_ms - CARD_MIN_MS)
    return card if show_ms < 0 else card.model_copy(update={"show_ms": show_ms, "hide_ms": hide_ms})


def lines_between(lyrics: Lyrics, start_ms: int, end_ms: int) -> tuple[Line, ...]:
    """The timed lines that are sung between two times."""
    return tuple(
        line
        for line in lyrics.lines
        if line.end_ms > start_ms and line.start_ms < end_ms and line.end_ms > line.start_ms
    )


def scene_lyrics(lyrics: Lyrics, scene: Scene) -> str:
    """The words that begin in a scene, one line each."""
    start_ms, end_ms = ms_at(scene.start_frame, FPS), ms_at(scene.end_frame, FPS)
    return "\n".join(
        line.text for line in lyrics.lines if start_ms <= line.start_ms < end_ms and line.end_ms > line.start_ms
    )
