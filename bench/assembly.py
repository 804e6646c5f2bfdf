"""What joining ready shots costs, next to one bare ffmpeg transcode of the same film.

Run with `python -m bench.assembly`.
All variants take turns in one run; a ratio compares CPU time (user and system, of this process and of ffmpeg) within a
round, because wall time on a busy machine means little. Memory is the peak of a fresh process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.media.assembly import FilmSpec, assemble_film, film_spec
from pipeline.media.certificate import FactsBook, certify_film
from pipeline.media.profile import Profile, color_filter, encoder_args
from pipeline.media.run import guarded_input, run_ffmpeg
from pipeline.media.shots import ShotFacts
from pipeline.media.timeline import CUT, ShotSpan, Transition, slots
from pipeline.tests.films import tone, write_wav

LIMITS = {"hard cuts": 0.06, "12% blended": 0.40}
SCENE_FRAMES, BLEND_FRAMES = 50, 6


def ready_film(folder: Path, profile: Profile, scenes: int, blend: int) -> tuple[FilmSpec, list[Path]]:
    """A film of `scenes` shots. Shots of one shape are one file, so that long films are cheap to prepare."""
    between = [Transition(kind="crossfade", frames=blend) if blend else CUT] * (scenes - 1)
    places = slots(range(SCENE_FRAMES, scenes * SCENE_FRAMES, SCENE_FRAMES), scenes * SCENE_FRAMES)
    spec = film_spec(profile, places, between)
    return spec, [ready_shot(folder, profile, span, n % 3) for n, span in enumerate(spec.shots)]


def ready_shot(folder: Path, profile: Profile, span: ShotSpan, look: int) -> Path:
    """A shot with slow detail and a little grain, about as dense as our own."""
    path = folder / f"shot-{profile.width}-{span.frames}-{'-'.join(map(str, span.keyframes))}-{look}.mp4"
    if not path.exists():
        size = f"{profile.width}x{profile.height}"
        graph = f"testsrc2=s={size}:r={profile.fps},hue=h={look * 90},noise=alls=4:allf=t"
        args = ["-f", "lavfi", "-i", graph, "-frames:v", str(span.frames), "-vf", color_filter(from_rgb=True)]
        run_ffmpeg([*args, *encoder_args(profile, keyframes=span.keyframes, threads=2), path.name], folder=folder)
    return path


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of `work`, its threads and its processes."""

    def spent() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in both)

    before = spent()
    work()
    return spent() - before


def bare_transcode(film: Path, profile: Profile, folder: Path) -> None:
    """What one would do without us: decode everything, encode everything."""
    video = [word for word in encoder_args(profile, threads=2) if word != "-an"]
    args = [*guarded_input(film), "-vf", color_filter(), *video, "-c:a", "aac", "-b:a", "256k", "bare.mp4"]
    run_ffmpeg(args, folder=folder)


def compare_joining(folder: Path, profile: Profile, scenes: int, rounds: int) -> None:
    song = write_wav(folder / "song.wav", tone(scenes * SCENE_FRAMES / profile.fps))
    films = {
        name: ready_film(folder, profile, scenes, blend) for name, blend in zip(LIMITS, (0, BLEND_FRAMES), strict=True)
    }
    film = folder / "film.mp4"
    assemble_film(*films["hard cuts"], song=song, out=film, folder=folder)
    ratios: dict[str, list[float]] = {name: [] for name in LIMITS}
    bare = 0.0
    for _ in range(rounds):
        bare = cpu_seconds(lambda: bare_transcode(film, profile, folder))
        for name, (spec, shots) in films.items():
            with tempfile.TemporaryDirectory(dir=folder) as private:
                spent = cpu_seconds(
                    lambda: assemble_film(spec, shots, song=song, out=film, folder=Path(private))  # noqa: B023
                )
            ratios[name].append(spent / bare)
    print(f"bare transcode of {scenes * SCENE_FRAMES} frames: {bare:.1f} s of CPU")
    for name, limit in LIMITS.items():
        ratio = statistics.median(ratios[name])
        print(f"joining, {name:12} {ratio:6.3f} of it  (at most {limit:.2f})  {'ok' if ratio <= limit else 'OVER'}")
    compare_certifying(folder, films["12% blended"], film, song, bare)


def compare_certifying(folder: Path, made: tuple[FilmSpec, list[Path]], film: Path, song: Path, bare: float) -> None:
    """The certificate, whole and after one changed scene (here: with the facts of all but one scene's groups)."""
    spec, paths = made
    facts = [
        ShotFacts(frames=s.frames, file_sha256="", size_bytes=0, header_sha256="", body_sha256="", edges=())
        for s in spec.shots
    ]
    assert len(facts) == len(paths)
    books: list[FactsBook] = []

    def certify(known: FactsBook | None) -> None:
        certified = certify_film(spec, film, shots=facts, song=song, folder=folder, known=known)
        books.append(certified.facts)

    whole = cpu_seconds(lambda: certify(None))
    known = books[0]
    some = dict(list(known.groups.items())[2:])
    changed = cpu_seconds(lambda: certify(known.model_copy(update={"groups": some})))
    print(f"certificate, whole film   {whole / bare:6.3f} of it")
    print(f"certificate, two groups   {changed / bare:6.3f} of it, the other facts reused")


def memory_of(folder: Path, scenes: int, width: int) -> tuple[float, float]:
    """(peak MB, seconds of CPU per minute of film) of assembling in a fresh process."""
    code = [
        sys.executable,
        "-m",
        "bench.assembly",
        "--one",
        str(scenes),
        "--folder",
        str(folder),
        "--width",
        str(width),
    ]
    said = subprocess.run(code, check=True, capture_output=True, text=True).stdout
    answer = json.loads(said)
    return answer["peak_mb"], answer["cpu_s"] / (scenes * SCENE_FRAMES / 30 / 60)


def assemble_one(folder: Path, profile: Profile, scenes: int) -> None:
    """Assemble and certify one film and print what it took."""
    spec, shots = ready_film(folder, profile, scenes, BLEND_FRAMES)
    song = write_wav(folder / f"song{scenes}.wav", tone(scenes * SCENE_FRAMES / profile.fps))
    with tempfile.TemporaryDirectory(dir=folder) as private:
        out = Path(private) / "film.mp4"
        spent = cpu_seconds(lambda: assemble_film(spec, shots, song=song, out=out, folder=Path(private)))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"peak_mb": peak / 1024, "cpu_s": spent}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--scenes", type=int, default=10, help="scenes of the film that is compared")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--lengths", type=int, nargs="*", default=[30, 120], help="scenes of the films for memory")
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    profile = Profile(width=given.width, height=given.width * 9 // 16 // 2 * 2)
    if given.one:
        assemble_one(given.folder, profile, given.one)
        return
    begun = time.monotonic()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {profile.width}x{profile.height}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare_joining(folder, profile, given.scenes, given.rounds)
        rows = [(scenes, *memory_of(folder, scenes, given.width)) for scenes in given.lengths]
        for scenes, peak, per_minute in rows:
            length = scenes * SCENE_FRAMES / profile.fps
            fine = "ok" if peak < 500 else "OVER"
            cost = f"{per_minute:.1f} s of CPU per minute"
            print(f"{scenes:4d} scenes, {length:4.0f} s: {peak:4.0f} MB (under 500) {fine}, {cost}")
        if rows:
            print(f"time per minute varies by {np.ptp([r[2] for r in rows]) / np.mean([r[2] for r in rows]):.0%}")
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
