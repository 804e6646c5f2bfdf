"""Draw the animatic: the pictures there are on the real song, and low-cost ones where a scene has none yet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.media.animatic import AnimaticShot, AnimaticSpec, animatic_profile, render_animatic
from pipeline.media.brand import read_rgba
from pipeline.media.captions import CaptionTrack
from pipeline.media.motion import Motion
from pipeline.media.painting import paint
from pipeline.media.planes import load_rgb
from pipeline.media.products import Placing, with_product
from pipeline.media.timeline import Slot, Transition
from pipeline.media.values import Value
from pipeline.recipes import Stored
from pipeline.steps.base import Context, Step


class Sketch(Value):
    """One scene: its picture, or the words, palette and seed to draw a quick one from."""

    start_frame: int
    end_frame: int
    motion: Motion
    transition: Transition
    image: Stored | None = None
    words: str = ""
    palette: str = ""
    seed: int = 0
    product: Stored | None = None
    """A product cut out, in front of what is drawn."""
    placing: Placing = Placing()


class Input(Value):
    """`scenes` tile the film in its own frames, `fps` a second."""

    aspect: str
    fps: int
    scenes: tuple[Sketch, ...] = Field(min_length=1)
    song: Stored
    captions: CaptionTrack | None = None


class Output(Value):
    file: Stored
    duration_ms: int
    drawn: int
    """How many pictures were drawn for the animatic alone."""


def run(input: Input, ctx: Context) -> Output:
    profile = animatic_profile(input.aspect)
    spec = AnimaticSpec(
        profile=profile,
        film_fps=input.fps,
        shots=tuple(
            AnimaticShot(
                slot=Slot(start_frame=scene.start_frame, end_frame=scene.end_frame),
                motion=scene.motion,
                transition=scene.transition,
            )
            for scene in input.scenes
        ),
        captions=input.captions,
    )
    paths = [ctx.fetch(scene.image) if scene.image else None for scene in input.scenes]

    products = {scene.product.key: scene.product for scene in input.scenes if scene.product}
    cutouts = {key: read_rgba(ctx.fetch(stored)) for key, stored in products.items()}

    def picture(at: int) -> NDArray[np.uint8]:
        path, scene = paths[at], input.scenes[at]
        if path is not None:
            return load_rgb(path)
        size = (profile.width, profile.height)
        drawn = paint(scene.words, seed=scene.seed, width=size[0], height=size[1], palette=scene.palette).image
        if scene.product is None:
            return drawn
        return with_product(drawn, None, cutouts[scene.product.key], scene.placing)[0]

    work, out = ctx.folder / "animatic", ctx.folder / "animatic.mp4"
    work.mkdir()
    song = ctx.fetch(input.song)
    frames = render_animatic(spec, picture, song=song, out=out, folder=work, stop=ctx.stop, progress=ctx.progress)
    return Output(
        file=ctx.store(out, "animatics"),
        duration_ms=frames * 1000 // profile.fps,
        drawn=sum(path is None for path in paths),
    )


STEP = Step("draw_animatic", Input, Output, run, priority=50, deadline_s=600)
