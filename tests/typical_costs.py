"""What typical films cost, by the price book that ships: `python -m tests.typical_costs` writes it into docs/costs.md.

The very requests that the steps would send are priced, at worst: every text is repaired once, every clip is as long as
its slot.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omvee.settings")
    django.setup()

from pipeline.ads.loading import shipped_templates
from pipeline.ads.writing import filled_beats
from pipeline.media.audio.values import Section, SongAnalysis
from pipeline.media.lyrics.values import Line
from pipeline.media.values import Value
from pipeline.providers import PROVIDERS
from pipeline.providers.base import Access
from pipeline.providers.capabilities import PlannedScene, PlanRequest, PromptAsk
from pipeline.providers.catalogue import shipped_model
from pipeline.providers.local.plan_values import PlannedBeat
from pipeline.providers.local.planner import plan_scenes as planned
from pipeline.recipes import Stored
from pipeline.steps import (
    STEPS,
    compose_music,
    generate_clip,
    generate_image,
    plan_scenes,
    transcribe_song,
    write_brief,
    write_prompts,
)
from pipeline.tests.briefs import BRIEF
from projects.flow.makers import CAPABILITIES

DOC = Path(__file__).resolve().parent.parent / "docs" / "costs.md"
BEGIN, END = "<!-- from the price book: python -m tests.typical_costs -->", "<!-- end -->"
FPS = 30

# level -> step -> vendor, model, tier
WHISPER = ("openrouter", "openai/whisper-large-v3", "")
DEEPSEEK = ("openrouter", "deepseek/deepseek-v4-flash", "")
LYRIA = ("replicate", "google/lyria-3", "draft")
_WORDS = dict.fromkeys(("write_brief", "plan_scenes", "write_prompts"), DEEPSEEK) | {"transcribe_song": WHISPER}
_MUSIC = {"compose_music": LYRIA}
LEVELS: dict[str, dict[str, tuple[str, str, str]]] = {
    "words and pictures by models, motion made here": _WORDS
    | {"generate_image": ("replicate", "black-forest-labs/flux-schnell", "draft")},
    "draft: FLUX schnell, P-Video draft, Lyria 3": _WORDS
    | _MUSIC
    | {
        "generate_image": ("replicate", "black-forest-labs/flux-schnell", "draft"),
        "generate_clip": ("replicate", "prunaai/p-video", "draft"),
    },
    "final: FLUX dev, P-Video, Lyria 3": _WORDS
    | _MUSIC
    | {
        "generate_image": ("replicate", "black-forest-labs/flux-dev", "final"),
        "generate_clip": ("replicate", "prunaai/p-video", "final"),
    },
    "best: FLUX 1.1 pro, Veo 3.1 Lite, Lyria 3": _WORDS
    | _MUSIC
    | {
        "generate_image": ("replicate", "black-forest-labs/flux-1.1-pro", "final"),
        "generate_clip": ("replicate", "google/veo-3.1-lite", "final"),
    },
}


@dataclass(frozen=True)
class Film:
    """A typical film: its plan, the song that is heard or the brief that is written, and how many shapes it has."""

    name: str
    plan: PlanRequest
    song: SongAnalysis | None = None
    brief: write_brief.Input | None = None
    shapes: int = 1

    @property
    def scenes(self) -> Sequence[PlannedScene]:
        return planned(self.plan)


def song_of(seconds: int) -> SongAnalysis:
    """A song of 120 beats in a minute in the usual form."""
    beats = tuple(range(0, seconds * 1000, 500))
    parts = (("intro", 4), ("verse", 16), ("chorus", 12), ("verse", 16), ("chorus", 12), ("bridge", 8), ("chorus", 14))
    bars, sections, at = sum(length for _, length in parts) + 8, [], 0
    for label, length in (*parts, ("outro", 8)):
        end = min(seconds * 1000, at + round(length * seconds * 1000 / bars / 2000) * 2000)
        sections.append(Section(start_ms=at, end_ms=end, label=label))
        at = end
    sections[-1] = sections[-1].model_copy(update={"end_ms": seconds * 1000})
    return SongAnalysis(
        duration_ms=seconds * 1000,
        tempo_mbpm=120_000,
        beats_ms=beats,
        downbeats_ms=beats[::4],
        sections=tuple(sections),
    )


def films() -> tuple[Film, ...]:
    """Three minutes of song, half a minute of idea, half a minute of ad in two shapes."""
    song = song_of(180)
    lines = tuple(
        Line(text="walking down the silver road with you", start_ms=at, end_ms=at + 3500)
        for at in range(8000, 170_000, 4000)
    )
    music = PlanRequest(
        duration_ms=180_000,
        fps=FPS,
        frames=180 * FPS,
        beats_ms=song.beats_ms,
        downbeats_ms=song.downbeats_ms,
        sections=song.sections,
        lines=lines,
        style="cinematic",
        title="Silver Road",
        seed=7,
    )
    idea = "A lighthouse keeper finds a bottle on the beach. " * 6
    short = PlanRequest(
        duration_ms=30_000, fps=FPS, frames=30 * FPS, style="cinematic", seed=7, idea=idea, scene_ms=5000
    )
    brief = write_brief.Input(template=shipped_templates()["product_showcase"], seconds=30, brief=BRIEF)
    ad = short.model_copy(update={"idea": "", "beats": tuple(beats_of(brief))})
    return (
        Film("a song of 3 min", music, song),
        Film("an idea of 30 s", short),
        Film("an ad of 30 s in two shapes", ad, brief=brief, shapes=2),
    )


def beats_of(asked: write_brief.Input) -> Iterator[PlannedBeat]:
    """A template's beats as an ad's scenes are planned from them."""
    for beat in filled_beats(asked.template, asked.seconds, asked.brief):
        yield PlannedBeat(
            name=beat.name,
            section=beat.role,
            frames=beat.seconds * FPS,
            description=beat.prompt,
            caption=beat.caption,
            camera=beat.camera,
            transition=beat.transition,
            palette=beat.palette,
        )


def inputs_of(film: Film) -> Iterator[tuple[str, Value]]:
    """(step, input) of everything that is made for it."""
    if film.song is not None:
        yield "transcribe_song", transcribe_song.Input(song=Stored(sha256=""), analysis=film.song)
    else:
        yield "compose_music", compose_music.Input(frames=film.plan.frames, fps=FPS)
    yield ("write_brief", film.brief) if film.brief else ("plan_scenes", plan_scenes.Input(plan=film.plan))
    asks = tuple(PromptAsk(description=scene.description, mood=scene.mood) for scene in film.scenes)
    yield "write_prompts", write_prompts.Input(asks=asks)
    for scene in film.scenes:
        seconds = -(-(scene.end_frame - scene.start_frame + (scene.transition.frames + 1) // 2) // FPS)
        for _shape in range(film.shapes):
            yield "generate_image", generate_image.Input(prompt="x" * 600, width=1280, height=720)
            yield "generate_clip", generate_clip.Input(image=Stored(sha256=""), camera="drift", seconds=seconds)


def cost_microusd(film: Film, level: str) -> int:
    """What it costs at worst."""
    total = 0
    for step, given in inputs_of(film):
        if step in LEVELS[level]:
            vendor, model, tier = LEVELS[level][step]
            provider = PROVIDERS[CAPABILITIES[step], vendor](Access(), shipped_model(vendor, model, tier))
            total += sum(provider.estimate(request) for _, request in STEPS[step].calls(given, provider))
    return total


def table() -> str:
    """The table of docs/costs.md."""
    found = films()
    head = " | ".join(f"{film.name} ({len(film.scenes)} scenes)" for film in found)
    rows = [f"| made by | {head} |", "|---|" + "---|" * len(found), "| this server alone |" + " $0 |" * len(found)]
    for level in LEVELS:
        sums = " | ".join(f"${-(-cost_microusd(film, level) // 10_000) / 100:.2f}" for film in found)
        rows.append(f"| {level} | {sums} |")
    return "\n".join(rows)


def main() -> None:
    text = DOC.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    DOC.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
    sys.stdout.write(table() + "\n")


if __name__ == "__main__":
    main()
