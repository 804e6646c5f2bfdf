"""Draw the animatic: the pictures there are on the real song, and low-cost ones where a scene has none yet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.media.animatic import AnimaticShot, AnimaticSpec, animatic_profile, render_animatic
from pipeline.media.captions import CaptionTrack
from pipeline.media.grades import Grade, graded_picture
from pipeline.media.motion import Motion
from pipeline.media.painting import paint
from pipeline.media.planes import load_rgb
from pipeline.media.products import Placing, with_product
from pipeline.media.rgba import read_rgba
from pipeline.media.run import Stopped
from pipeline.media.timeline import Slot, Transition
from pipeline.media.values import Value
from pipeline.providers.local.painter import JPEG, write_picture
from pipeline.recipes import Stored, how
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
    grade: Grade | None = None
    """The color look that it is shown in. A `Still` has none: pictures are made of it, and wear the look later."""


class Still(Value):
    """One scene's first drawing as a picture of its own, in any shape of the film. `content` says whose it is."""

    content: str = how("")
    aspect: str
    words: str
    palette: str = ""
    seed: int = 0
    product: Stored | None = None
    placing: Placing = Placing()


class Input(Value):
    """`scenes` tile the film in its own frames, `fps` a second. `stills` are no part of what is seen."""

    aspect: str
    fps: int
    scenes: tuple[Sketch, ...] = Field(min_length=1)
    song: Stored
    captions: CaptionTrack | None = None
    stills: tuple[Still, ...] = how(())


class Output(Value):
    """`stills` are the pictures of the input's, in the same order."""

    file: Stored
    stills: tuple[Stored, ...] = ()
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

    drawer = _Drawer(ctx, input.stills)

    def picture(at: int) -> NDArray[np.uint8]:
        path, scene = paths[at], input.scenes[at]
        made = load_rgb(path) if path is not None else drawer.drawn(scene, (profile.width, profile.height))
        return graded_picture(made, scene.grade) if scene.grade is not None else made

    work, out = ctx.folder / "animatic", ctx.folder / "animatic.mp4"
    work.mkdir()
    song = ctx.fetch(input.song)
    frames = render_animatic(spec, picture, song=song, out=out, folder=work, stop=ctx.stop, progress=ctx.progress)
    return Output(
        file=ctx.store(out, "animatics"),
        duration_ms=frames * 1000 // profile.fps,
        drawn=sum(path is None for path in paths),
        stills=tuple(_stored(drawer, still, number, ctx) for number, still in enumerate(input.stills, 1)),
    )


class _Drawer:
    """Draws scenes from their words. What is a still as well is kept until then; all else, which may be hundreds of
    pictures, is forgotten.
    """

    def __init__(self, ctx: Context, stills: tuple[Still, ...]) -> None:
        self._ctx = ctx
        self._wanted = {_key(still, _size(still)) for still in stills}
        self._cutouts: dict[str, NDArray[np.uint8]] = {}
        self._kept: dict[str, NDArray[np.uint8]] = {}

    def drawn(self, scene: Sketch | Still, size: tuple[int, int]) -> NDArray[np.uint8]:
        """(height, width, 3) RGB."""
        key = _key(scene, size)
        if key in self._kept:
            return self._kept.pop(key)
        made = self._made(scene, size)
        if key in self._wanted:
            self._kept[key] = made
        return made

    def _made(self, scene: Sketch | Still, size: tuple[int, int]) -> NDArray[np.uint8]:
        painted = paint(scene.words, seed=scene.seed, width=size[0], height=size[1], palette=scene.palette).image
        if scene.product is None:
            return painted
        if scene.product.key not in self._cutouts:
            self._cutouts[scene.product.key] = read_rgba(self._ctx.fetch(scene.product))
        return with_product(painted, None, self._cutouts[scene.product.key], scene.placing)[0]


def _key(scene: Sketch | Still, size: tuple[int, int]) -> str:
    return repr((size, scene.words, scene.palette, scene.seed, scene.product, scene.placing))


def _size(still: Still) -> tuple[int, int]:
    profile = animatic_profile(still.aspect)
    return profile.width, profile.height


def _stored(drawer: _Drawer, still: Still, number: int, ctx: Context) -> Stored:
    if ctx.stop():
        raise Stopped
    pixels = drawer.drawn(still, _size(still))
    path = write_picture(ctx.folder / f"still-{number}.jpg", np.ascontiguousarray(pixels[:, :, ::-1]), JPEG)
    return ctx.store(path, f"stills-{number}")


STEP = Step("draw_animatic", Input, Output, run, priority=50, deadline_s=600)
