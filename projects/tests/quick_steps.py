"""Steps that answer at once, for tests of the flow and the engine: typed outputs as the real ones give, without media.

Their outputs follow from their inputs, so that a changed input yields another file hash, as it would in earnest.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from pipeline.media.audio.synth.beds import bed_beats
from pipeline.media.audio.values import Section, SongAnalysis
from pipeline.media.certificate import Certificate
from pipeline.media.lyrics.values import Line, Lyrics, Word
from pipeline.media.motion import Motion
from pipeline.media.refining import Refined
from pipeline.media.shots import ShotFacts
from pipeline.media.timeline import CUT, Transition
from pipeline.providers.capabilities import ImageReply, PlannedScene, PromptText, VideoReply
from pipeline.providers.local.ads import ad_scenes
from pipeline.recipes import Stored, digest
from pipeline.steps import (
    STEPS,
    analyze_song,
    assemble_video,
    bundle_project,
    compose_music,
    draw_animatic,
    draw_references,
    enlarge_film,
    enlarge_image,
    export_video,
    generate_clip,
    generate_image,
    plan_scenes,
    refine_video,
    render_shot,
    transcribe_song,
    write_prompts,
)

SCENE_MS = 4000
LINES = (
    "the harbor lights are low",
    "rain upon the window",
    "we sail until the morning",
    "stars above the water",
    "hold on to the night",
    "home",
)


def sha(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def stored(kind: str, *parts: object) -> Stored:
    return Stored(key=f"{kind}/{sha(*parts)[:12]}", sha256=sha(kind, *parts), size_bytes=1)


def analysis(scenes: int = 6) -> SongAnalysis:
    length = scenes * SCENE_MS
    beats = tuple(range(0, length, 500))
    sections = (
        Section(start_ms=0, end_ms=length // 2, label="verse"),
        Section(start_ms=length // 2, end_ms=length, label="chorus"),
    )
    return SongAnalysis(
        duration_ms=length, tempo_mbpm=120_000, beats_ms=beats, downbeats_ms=beats[::4], sections=sections
    )


def lyrics(scenes: int = 6) -> Lyrics:
    return Lyrics(lines=tuple(_line(index) for index in range(scenes)), source="lrc", timed=True)


def _line(index: int) -> Line:
    start = index * SCENE_MS + 1200
    text = LINES[index % len(LINES)]
    words = tuple(
        Word(text=word, start_ms=start + 200 * at, end_ms=start + 200 * at + 180)
        for at, word in enumerate(text.split())
    )
    return Line(text=text, start_ms=start, end_ms=start + 1500, words=words)


def plan(request: Any) -> tuple[PlannedScene, ...]:
    if request.beats:
        return ad_scenes(request)
    length = SCENE_MS * request.fps // 1000
    count = request.frames // length
    return tuple(
        PlannedScene(
            start_frame=index * length,
            end_frame=request.frames if index == count - 1 else (index + 1) * length,
            section="verse" if index < count // 2 else "chorus",
            lyrics="",
            description=f"a boat in the harbor, view {index}",
            mood="calm",
            camera="push_in",
            transition=Transition(kind="crossfade", frames=12) if index == count // 2 - 1 else CUT,
            reasoning="planned",
            imagery=f"harbor-{index}",
            caption=f"part {index}" if request.idea else "",
        )
        for index in range(count)
    )


def _draw(input: generate_image.Input, ctx: Any) -> generate_image.Output:
    image = stored("image", digest(input), input.seed)
    reply = ImageReply(
        image=image,
        thumb=stored("thumb", image.sha256),
        depth=stored("depth", image.sha256),
        width=input.width,
        height=input.height,
        pictures=() if input.provider == "local" else tuple(picture.role for picture in input.pictures),
    )
    return generate_image.Output(image=reply, provider=input.provider)


def _enlarge(input: enlarge_image.Input, ctx: Any) -> enlarge_image.Output:
    image = stored("larger", digest(input))
    thumb = stored("thumb", image.sha256)
    return enlarge_image.Output(image=image, thumb=thumb, width=2 * input.width, height=2 * input.height)


def _move(input: generate_clip.Input, ctx: Any) -> generate_clip.Output:
    """Parameters where it is made here, a file where a vendor makes it."""
    motion = Motion(camera=input.camera, seed=input.seed)
    hosted = input.provider != "local"
    reply = VideoReply(file=stored("clip", digest(input), input.seed)) if hosted else VideoReply(motion=motion)
    return generate_clip.Output(clip=reply, provider=input.provider)


def _render(input: render_shot.Input, ctx: Any) -> render_shot.Output:
    file = stored("shot", digest(input))
    facts = ShotFacts(
        frames=input.spec.span.frames,
        file_sha256=file.sha256,
        size_bytes=1,
        header_sha256="h",
        body_sha256=sha(file.sha256),
        edges=(),
    )
    return render_shot.Output(file=file, facts=facts)


def _music(input: compose_music.Input, ctx: Any) -> compose_music.Output:
    heard = analysis().model_copy(update={"duration_ms": input.frames * 1000 // input.fps})
    if input.source == "compose" and input.provider == "local":  # its beats as they really are
        beats, downbeats, _sections = bed_beats(input.mood, input.seed, input.frames, input.fps, input.cuts)
        heard = heard.model_copy(update={"beats_ms": beats, "downbeats_ms": downbeats})
    elif input.source == "upload":  # nobody composed it for these cuts
        beats = tuple(range(130, heard.duration_ms, 500))
        heard = heard.model_copy(update={"beats_ms": beats, "downbeats_ms": beats[::4]})
    return compose_music.Output(file=stored("music", digest(input)), analysis=heard)


def _prompts(input: write_prompts.Input, ctx: Any) -> write_prompts.Output:
    return write_prompts.Output(
        prompts=tuple(
            PromptText(text=f"{ask.description}, {ask.style}", negative="", motion="slowly") for ask in input.asks
        )
    )


def _references(input: draw_references.Input, ctx: Any) -> draw_references.Output:
    products = tuple(
        draw_references.CutProduct(
            file=stored("cut", shot.sha256), preview=stored("preview", shot.sha256), method="alpha", width=9, height=16
        )
        for shot in input.shots
    )
    return draw_references.Output(products=products, guide=stored("guide", digest(input)))


def runs(scenes: int = 6) -> dict[str, Any]:
    """The run function of every step but the assembly, whose certificate `assembled` makes."""
    return {
        "analyze_song": lambda *_: analyze_song.Output(analysis=analysis(scenes)),
        "transcribe_song": lambda *_: transcribe_song.Output(lyrics=lyrics(scenes)),
        "compose_music": _music,
        "plan_scenes": lambda input, _: plan_scenes.Output(scenes=plan(input.plan)),
        "write_prompts": _prompts,
        "generate_image": _draw,
        "enlarge_image": _enlarge,
        "generate_clip": _move,
        "render_shot": _render,
        "assemble_video": lambda input, _: assembled(input),
        "export_video": lambda input, _: export_video.Output(
            file=stored("export", digest(input)), certificate=certificate(input.spec.frames)
        ),
        "enlarge_film": lambda input, _: enlarge_film.Output(
            file=stored("enlarged", f"{input.model} {digest(input)}"), width=1920, height=1080
        ),
        "refine_video": _refine,
        "bundle_project": lambda input, _: bundle_project.Output(
            file=stored("bundle", digest(input)), files=len(input.entries) + len(input.texts)
        ),
        "draw_references": _references,
        "draw_animatic": lambda input, _: draw_animatic.Output(
            file=stored("animatic", digest(input)),
            duration_ms=1000,
            drawn=0,
            stills=tuple(stored("still", digest(still)) for still in input.stills),
        ),
    }


def _refine(input: refine_video.Input, ctx: Any) -> refine_video.Output:
    film = stored("refined", digest(input))
    return refine_video.Output(
        file=film,
        poster=stored("poster", film.sha256),
        certificate=certificate(input.spec.frames),
        refined=Refined(smoothed_frames=3 if input.spec.smooth else 0),
        frames=input.spec.frames,
        duration_ms=input.spec.duration_ms,
    )


def assembled(input: assemble_video.Input) -> assemble_video.Output:
    film = stored("film", digest(input))
    return assemble_video.Output(
        file=film,
        poster=stored("poster", film.sha256),
        facts=stored("facts", film.sha256),
        certificate=certificate(input.frames),
        frames=input.frames,
        duration_ms=input.frames * 1000 // 30,
    )


def certificate(frames: int) -> Certificate:
    return Certificate(
        ok=True,
        fps=30,
        expected_frames=frames,
        counted_frames=frames,
        even_timestamps=True,
        width=1920,
        height=1080,
        video_codec="H.264 High",
        pixels="yuv420p",
        color="BT.709",
        index_first=True,
        cuts=(),
        sound=None,
        start_difference_us=0,
        end_difference_us=0,
        black=(),
        frozen=(),
        decoded_frames=frames,
        reused_frames=0,
        findings=(),
    )


def use_quick_steps(monkeypatch: pytest.MonkeyPatch, scenes: int = 6) -> None:
    for name, run in runs(scenes).items():
        monkeypatch.setitem(STEPS, name, replace(STEPS[name], run=run))
