"""Join the shots to the film, with its song, and certify what came out."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from pipeline.media.assembly import ChapterMark, FilmSpec, assemble_film
from pipeline.media.certificate import Certificate, FactsBook, certify_film
from pipeline.media.lyrics import write_vtt
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.poster import write_poster
from pipeline.media.profile import Profile
from pipeline.media.run import Progress
from pipeline.media.shots import ShotFacts
from pipeline.media.timeline import Slot, Transition, shot_spans
from pipeline.media.values import Value
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step

FACTS = "facts.json"


class FilmShot(Value):
    """One shot in film order; `transition` leads to the next."""

    file: Stored
    start_frame: int
    end_frame: int
    transition: Transition
    section: str = ""
    facts: ShotFacts = how()


class Input(Value):
    """`known` is what the rendition's last film left behind: measured facts and encoded transitions, to be reused.

    `comment` says inside of the file whether models made it.
    """

    profile: Profile
    frames: int
    shots: tuple[FilmShot, ...]
    song: Stored
    beats_ms: tuple[int, ...] = ()
    lyrics: Lyrics = Lyrics()
    limited: bool = False
    """The sound is music that was made for the film: its true peak is held."""
    title: str = ""
    artist: str = ""
    known: Stored | None = how(None)
    comment: str = how("")
    still: tuple[tuple[int, int], ...] = how(())
    """Frames [first, last) in which the picture is meant to stand still."""


class Output(Value):
    file: Stored
    poster: Stored
    captions: Stored | None = None
    facts: Stored
    certificate: Certificate
    frames: int
    duration_ms: int


def run(input: Input, ctx: Context) -> Output:
    spec = film_spec(input)
    shots = [ctx.fetch(shot.file) for shot in input.shots]
    song = ctx.fetch(input.song)
    cache, work, film = ctx.folder / "cache", ctx.folder / "assembly", ctx.folder / "film.mp4"
    cache.mkdir()
    work.mkdir()
    if input.known is not None:
        _unpack(ctx.fetch(input.known), cache)
    made = assemble_film(
        spec, shots, song=song, out=film, folder=work, cache=cache, stop=ctx.stop, progress=_half(ctx.progress, 0)
    )
    known = cache / FACTS
    certified = certify_film(
        spec,
        film,
        shots=[shot.facts for shot in input.shots],
        folder=work,
        beats_ms=input.beats_ms,
        song=song,
        still=input.still,
        known=FactsBook.model_validate_json(known.read_bytes()) if known.exists() else None,
        stop=ctx.stop,
        progress=_half(ctx.progress, 1),
    )
    known.write_text(certified.facts.model_dump_json(), encoding="utf-8")
    poster = ctx.folder / "poster.jpg"
    write_poster(film, out=poster, folder=work, stop=ctx.stop)
    return Output(
        file=ctx.store(film, "films"),
        poster=ctx.store(poster, "posters"),
        captions=_captions(input, ctx),
        facts=ctx.store(_packed(cache, (*made.cached_files, FACTS), ctx.folder / "facts.zip"), "facts"),
        certificate=certified.certificate,
        frames=spec.frames,
        duration_ms=spec.frames * 1000 // input.profile.fps,
    )


def _half(progress: Progress, which: int) -> Progress:
    """Joining is the first half of the step, checking the second."""

    def tell(done: int, total: int) -> None:
        progress(which * total + done, 2 * total)

    return tell


def film_spec(input: Input) -> FilmSpec:
    """What is joined: the frames of all shots with their handles, and what is written into the file."""
    slots = [Slot(start_frame=shot.start_frame, end_frame=shot.end_frame) for shot in input.shots]
    transitions = tuple(shot.transition for shot in input.shots[:-1])
    return FilmSpec(
        profile=input.profile,
        shots=shot_spans(slots, transitions),
        transitions=transitions,
        title=input.title,
        artist=input.artist,
        comment=input.comment,
        chapters=_chapters(input.shots),
        limited=input.limited,
    )


def _chapters(shots: tuple[FilmShot, ...]) -> tuple[ChapterMark, ...]:
    """One chapter per section of the song."""
    marks = []
    for section, run_of in groupby(shots, key=lambda shot: shot.section):
        part = list(run_of)
        marks.append(
            ChapterMark(start_frame=part[0].start_frame, end_frame=part[-1].end_frame, title=section.capitalize())
        )
    return tuple(marks)


def _captions(input: Input, ctx: Context) -> Stored | None:
    if not input.lyrics.lines:
        return None
    path = ctx.folder / "captions.vtt"
    path.write_text(write_vtt(input.lyrics), encoding="utf-8")
    return ctx.store(path, "captions")


def _unpack(archive: Path, folder: Path) -> None:
    """Put back what the last assembly kept; our own archive, but a damaged one is only a lost saving."""
    try:
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                with packed.open(name) as source, (folder / Path(name).name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except zipfile.BadZipFile:
        return


def _packed(folder: Path, names: Iterable[str], archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in names:
            packed.write(folder / name, name)
    return archive


STEP = Step("assemble_video", Input, Output, run, priority=150, deadline_s=3600)
