"""Render a slot to exact frames: motion and captions in one encode."""

from __future__ import annotations

from pipeline.media.brand import BrandFiles
from pipeline.media.shots import ShotFacts, ShotSpec, render_shot, render_shot_from_video
from pipeline.media.values import Value
from pipeline.recipes import Stored
from pipeline.steps.base import Context, Step


class Input(Value):
    """`clip` is a vendor's file; without one the picture is moved by the spec's motion."""

    spec: ShotSpec
    image: Stored
    depth: Stored | None = None
    clip: Stored | None = None
    logo: Stored | None = None
    product: Stored | None = None
    """What the spec's brand is drawn with."""


class Output(Value):
    file: Stored
    facts: ShotFacts


def run(input: Input, ctx: Context) -> Output:
    out = ctx.folder / "shot.mp4"
    work = ctx.folder / "render"
    work.mkdir()
    brand = BrandFiles(*(ctx.fetch(file) if file else None for file in (input.logo, input.product)))
    if input.clip is not None:
        clip = ctx.fetch(input.clip)
        facts = render_shot_from_video(
            input.spec, clip=clip, out=out, folder=work, brand=brand, stop=ctx.stop, progress=ctx.progress
        )
    else:
        depth = ctx.fetch(input.depth) if input.depth else None
        image = ctx.fetch(input.image)
        facts = render_shot(
            input.spec,
            image=image,
            depth=depth,
            out=out,
            folder=work,
            brand=brand,
            stop=ctx.stop,
            progress=ctx.progress,
        )
    return Output(file=ctx.store(out, "shots"), facts=facts)


STEP = Step("render_shot", Input, Output, run, priority=80, deadline_s=1800)
