"""A film from its shots: bodies copied packet by packet, transitions encoded alone, the song muxed once.

The cost of a rebuild is the cost of what changed: with a cache, transitions whose handles are the same are taken from
there, and copying is bound by the disk.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import Field, model_validator

from pipeline.media.audio_track import write_audio_track
from pipeline.media.blending import Side, render_transition, transition_digest
from pipeline.media.containers import file_digest, publish
from pipeline.media.joining import Chapter, Stretch, file_header, join_packets, profile_header
from pipeline.media.profile import Profile, color_filter, encoder_args
from pipeline.media.run import MediaError, Progress, Stop, Stopped, guarded_input, never, run_ffmpeg
from pipeline.media.timeline import CUT, ShotSpan, Slot, Transition, blend_window, shot_spans
from pipeline.media.values import Value


class ChapterMark(Value):
    """A named part of the film (a section of the song)."""

    start_frame: int = Field(ge=0)
    end_frame: int
    title: str


class FilmSpec(Value):
    """All that decides a film besides the packets of its shots and its song.

    `transitions` are fitted and stand between neighbors; `shots` are in the order of the film and cover it
    without gaps.
    """

    profile: Profile
    shots: tuple[ShotSpan, ...] = Field(min_length=1)
    transitions: tuple[Transition, ...] = ()
    title: str = ""
    artist: str = ""
    comment: str = ""
    """In words, whether models made it: players show it."""
    chapters: tuple[ChapterMark, ...] = ()
    limited: bool = False
    """Whether the true peak of the sound is held: it was made for the film, and nobody has mastered it."""

    @model_validator(mode="after")
    def _is_whole(self) -> FilmSpec:
        slots = [span.slot for span in self.shots]
        if shot_spans(slots, self.transitions) != self.shots:
            raise ValueError("the handles of the shots do not fit the transitions")
        edges = [slot.start_frame for slot in slots] + [slots[-1].end_frame]
        if edges[0] != 0 or any(slot.end_frame != edge for slot, edge in zip(slots, edges[1:], strict=True)):
            raise ValueError("the slots do not cover the film one after another")
        return self

    @property
    def frames(self) -> int:
        return self.shots[-1].slot.end_frame

    @property
    def cuts(self) -> tuple[int, ...]:
        """The first frame of every scene but the first."""
        return tuple(span.slot.start_frame for span in self.shots[1:])

    @property
    def blends(self) -> tuple[tuple[int, int], ...]:
        """The frames [first, last) of every transition that is not a hard cut."""
        between = zip(self.cuts, self.transitions, strict=True)
        return tuple(blend_window(cut, transition) for cut, transition in between if transition.frames)


class FilmFacts(Value):
    """What is known of a finished film, and how it was made."""

    frames: int
    size_bytes: int
    file_sha256: str
    header_sha256: str
    copied_frames: int
    blended_frames: int
    cached_transitions: int
    reencoded_shots: tuple[int, ...] = ()
    audio_copied: bool = False
    cached_files: tuple[str, ...] = ()
    """Names in the cache that this film uses; anything else there is of no use to its next version."""


def film_spec(profile: Profile, slots: Sequence[Slot], transitions: Sequence[Transition], **texts: str) -> FilmSpec:
    """A spec from slots and fitted transitions; `texts` are title and artist."""
    spans = shot_spans(slots, transitions)
    return FilmSpec(profile=profile, shots=spans, transitions=tuple(transitions), **texts)


def assemble_film(
    spec: FilmSpec,
    shots: Sequence[Path],
    *,
    song: Path | None,
    out: Path,
    folder: Path,
    cache: Path | None = None,
    threads: int = 0,
    stop: Stop = never,
    progress: Progress | None = None,
) -> FilmFacts:
    """Write the film of `shots` (one file per span of `spec`) and `song` to `out`.

    `folder` is a private folder for this call, `cache` keeps transitions and sound between calls (files named by
    digests; anything in it may be deleted at any time). `threads` are the cores to use, 0 for all. `progress` counts
    frames, those of transitions twice. Raises MediaError or Stopped; `out` appears whole or not at all.
    """
    if len(shots) != len(spec.shots):
        raise ValueError("one file per shot")
    work = _Assembly(spec, folder, cache or folder, threads or os.cpu_count() or 1, stop, progress)
    conformed, reencoded = work.conform(shots)
    transitions, cached = work.blend(conformed)
    track, copied = work.sound(song) if song else (None, False)
    stretches = _stretches(spec, conformed, transitions)
    film = folder / "film.mp4"
    frames = join_packets(
        stretches,
        profile=spec.profile,
        header=profile_header(spec.profile),
        sound=track,
        out=film,
        metadata={"title": spec.title, "artist": spec.artist, "comment": spec.comment},
        chapters=[Chapter(c.start_frame, c.end_frame, c.title) for c in spec.chapters],
        stop=stop,
        tell=work.tell_copied,
    )
    if frames != spec.frames:
        raise MediaError("The film came out with the wrong length.", detail=f"{frames} of {spec.frames} frames")
    blended = sum(transition.frames for transition in spec.transitions)
    kept = {*transitions.values(), *set(conformed) - set(shots), *([track] if track and not copied else [])}
    facts = FilmFacts(
        frames=frames,
        size_bytes=film.stat().st_size,
        file_sha256=file_digest(film),
        header_sha256=hashlib.sha256(profile_header(spec.profile).extradata).hexdigest(),
        copied_frames=frames - blended,
        blended_frames=blended,
        cached_transitions=cached,
        reencoded_shots=reencoded,
        audio_copied=copied,
        cached_files=tuple(sorted({path.name for path in kept})),
    )
    publish(film, out)
    return facts


class _Assembly:
    """The parts of one assembly that take time, with their progress."""

    def __init__(
        self, spec: FilmSpec, folder: Path, cache: Path, threads: int, stop: Stop, progress: Progress | None
    ) -> None:
        self._spec, self._folder, self._cache, self._threads = spec, folder, cache, threads
        self._stop, self._progress = stop, progress
        self._done, self._lock = 0, threading.Lock()
        self._blended = sum(transition.frames for transition in spec.transitions)

    def conform(self, shots: Sequence[Path]) -> tuple[list[Path], tuple[int, ...]]:
        """The shots, where needed encoded again to the profile (an encoder of another release, an edited file)."""
        wanted = profile_header(self._spec.profile).extradata
        result, changed = list(shots), []
        for n, path in enumerate(shots):
            if file_header(path) != wanted:
                result[n] = self._reencoded(path, self._spec.shots[n])
                changed.append(n)
        return result, tuple(changed)

    def _reencoded(self, path: Path, span: ShotSpan) -> Path:
        profile = self._spec.profile
        digest = hashlib.sha256(
            f"{file_digest(path)} {profile.model_dump_json()} {span.keyframes}".encode()
        ).hexdigest()
        kept = self._cache / f"shot-{digest}.mp4"
        if not kept.exists():
            scale = f"scale={profile.width}:{profile.height}:out_color_matrix=bt709:out_range=tv,fps={profile.fps}"
            encode = encoder_args(profile, keyframes=span.keyframes, threads=self._threads)
            name = f"{kept.stem}.part.mp4"
            args = [*guarded_input(path.resolve()), "-frames:v", str(span.frames), "-vf", f"{scale},{color_filter()}"]
            run_ffmpeg([*args, *encode, name], folder=self._folder, stop=self._stop)
            publish(self._folder / name, kept)
        return kept

    def sound(self, song: Path) -> tuple[Path, bool]:
        """The film's sound, and whether it is a copy; what is encoded is kept for the film's next version."""
        digest = hashlib.sha256(f"{file_digest(song)} {self._spec.limited}".encode()).hexdigest()
        kept = self._cache / f"sound-{digest}.m4a"
        if kept.exists():
            return kept, False
        track = write_audio_track(song, limited=self._spec.limited, folder=self._folder, stop=self._stop)
        made = self._folder / track.name
        if track.copied:
            return made, True
        publish(made, kept)
        return kept, False

    def blend(self, shots: Sequence[Path]) -> tuple[dict[int, Path], int]:
        """The files of all transitions by the number of their left shot, and how many of them were cached."""
        spans = self._spec.shots
        sides = [Side(path, span) for path, span in zip(shots, spans, strict=True)]
        wanted = {n: t for n, t in enumerate(self._spec.transitions) if t != CUT}
        files = {
            n: self._cache / f"{transition_digest(self._spec.profile, t, sides[n], sides[n + 1])}.mp4"
            for n, t in wanted.items()
        }
        missing = [n for n, path in files.items() if not path.exists()]
        for n in wanted.keys() - missing:
            self._tell(wanted[n].frames)
        halt = threading.Event()
        with ThreadPoolExecutor(max_workers=max(1, min(self._threads, len(missing)))) as pool:
            jobs = [pool.submit(self._blend_one, wanted[n], sides[n], sides[n + 1], files[n], halt) for n in missing]
            try:
                for job in jobs:
                    job.result()
            except BaseException:
                halt.set()  # the others end with their encoders instead of finishing for nothing
                raise
        return files, len(wanted) - len(missing)

    def _blend_one(self, transition: Transition, left: Side, right: Side, out: Path, halt: threading.Event) -> None:
        def stopped() -> bool:
            return halt.is_set() or self._stop()

        if stopped():
            raise Stopped
        render_transition(
            self._spec.profile, transition, left, right, out=out, folder=self._folder, stop=stopped,
            tell=lambda: self._tell(1),
        )  # fmt: skip

    def tell_copied(self, frames: int) -> None:
        """Count the copied frames of one stretch; those of a transition count twice, as they are made twice."""
        self._tell(frames)

    def _tell(self, frames: int) -> None:
        with self._lock:
            self._done += frames
            if self._progress is not None:
                self._progress(self._done, self._spec.frames + self._blended)


def _stretches(spec: FilmSpec, shots: Sequence[Path], transitions: dict[int, Path]) -> list[Stretch]:
    """The film as stretches of files: body, transition, body, and so on."""
    result = []
    for n, (span, path) in enumerate(zip(spec.shots, shots, strict=True)):
        first, last = span.body
        if last > first:
            result.append(Stretch(path, first, last))
        if n in transitions:
            result.append(Stretch(transitions[n], 0, spec.transitions[n].frames))
    return result
