"""Refine a finished film: grade, enlarge, smooth, master, fade; certified like any film."""

from __future__ import annotations

from pipeline.media.assembly import film_spec
from pipeline.media.certificate import Certificate, certify_film
from pipeline.media.grades import Table, read_cube_file, shipped_look
from pipeline.media.poster import write_poster
from pipeline.media.refining import Refined, RefineSpec, write_refined
from pipeline.media.run import MediaError, Progress
from pipeline.media.shots import ShotFacts
from pipeline.media.timeline import Slot
from pipeline.media.values import Value
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step


class Input(Value):
    """`grade` is the name of a look that ships, `cube` an uploaded one, `bed` music to lie under the film's sound."""

    film: Stored
    spec: RefineSpec
    grade: str = ""
    cube: Stored | None = None
    bed: Stored | None = None
    enlarged: Stored | None = None
    """The film's picture as a vendor's model made it larger. Its content is what is refined, so it is a part of the
    recipe: beside the version that was enlarged here it is another one, and what another model made is one more.
    Left out where it is enlarged here, so that these recipes are what they always were.
    """
    enlarged_by: str = how("")
    """The catalogue key of that model: who made it says nothing that the file does not."""
    still: tuple[tuple[int, int], ...] = how(())
    """Frames [first, last) in which the film is meant to stand still."""


class Output(Value):
    file: Stored
    poster: Stored
    certificate: Certificate
    refined: Refined
    frames: int
    duration_ms: int


def run(input: Input, ctx: Context) -> Output:
    spec = input.spec
    work = ctx.folder / "refine"
    work.mkdir()
    film, out = ctx.fetch(input.film), work / "film.mp4"
    bed = ctx.fetch(input.bed) if input.bed else None
    refined = write_refined(
        spec, film, table=_table(input, ctx), bed=bed, out=out, folder=work, stop=ctx.stop,
        enlarged=ctx.fetch(input.enlarged) if input.enlarged else None, progress=_part(ctx.progress, 0, 85),
    )  # fmt: skip
    slot = Slot(start_frame=0, end_frame=spec.frames)
    empty = ShotFacts(frames=spec.frames, file_sha256="", size_bytes=0, header_sha256="", body_sha256="", edges=())
    certified = certify_film(
        film_spec(spec.profile, [slot], []),
        out,
        shots=[empty],
        folder=work,
        # what a fade or a bed changes is no longer the film's own sound
        song=None if bed or spec.fade_in_ms or spec.fade_out_ms else film,
        still=input.still,
        stop=ctx.stop,
        progress=_part(ctx.progress, 85, 100),
    )
    poster = work / "poster.jpg"
    write_poster(out, out=poster, folder=work, stop=ctx.stop)
    return Output(
        file=ctx.store(out, "films"),
        poster=ctx.store(poster, "posters"),
        certificate=certified.certificate,
        refined=refined,
        frames=spec.frames,
        duration_ms=spec.duration_ms,
    )


def _table(input: Input, ctx: Context) -> Table | None:
    if input.cube is not None:
        return read_cube_file(ctx.fetch(input.cube))
    if not input.grade:
        return None
    try:
        return shipped_look(input.grade)
    except KeyError as error:
        raise MediaError(f"There is no look called {input.grade}.") from error


def _part(progress: Progress, begin: int, end: int) -> Progress:
    """A part of the step's progress, in percent."""

    def tell(done: int, total: int) -> None:
        progress(begin * max(1, total) + (end - begin) * done, 100 * max(1, total))

    return tell


STEP = Step("refine_video", Input, Output, run, priority=130, deadline_s=7200)
