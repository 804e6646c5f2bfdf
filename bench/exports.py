"""What an export costs with its check, next to a bare ffmpeg transcode with the same settings; and what a refinement
costs next to one encode.

Run with `python -m bench.exports`. All variants take turns; a ratio compares CPU time within a round.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
from functools import partial
from pathlib import Path

from bench.assembly import bare_transcode, cpu_seconds, ready_film
from pipeline.media.assembly import assemble_film
from pipeline.media.certificate import Certificate, certify_film
from pipeline.media.exporting import ExportSpec, certify_export, export_arguments, write_export
from pipeline.media.grades import shipped_look
from pipeline.media.profile import Profile, frame_size
from pipeline.media.refining import RefineSpec, write_refined
from pipeline.media.run import run_ffmpeg
from pipeline.media.shots import ShotFacts
from pipeline.tests.films import tone, write_wav

EXPORT_LIMIT, COPY_LIMIT, REFINE_LIMIT = 1.15, 0.05, 2.0
SCENES, SCENE_FRAMES = 6, 50
SIZES = {"mp4": ("1080p", "720p", "480p"), "mov": ("1080p", "480p"), "webm": ("1080p", "480p"), "av1": ("720p",),
         "prores": ("480p",)}  # fmt: skip


def make_film(folder: Path, profile: Profile) -> tuple[Path, Certificate, int]:
    """A film with two blends in its certificate, and its frames."""
    spec, shots = ready_film(folder, profile, SCENES, 6)
    song = write_wav(folder / "song.wav", tone(spec.frames / profile.fps))
    assemble_film(spec, shots, song=song, out=folder / "film.mp4", folder=folder)
    facts = [
        ShotFacts(frames=s.frames, file_sha256="", size_bytes=0, header_sha256="", body_sha256="", edges=())
        for s in spec.shots
    ]
    certified = certify_film(spec, folder / "film.mp4", shots=facts, folder=folder, song=song)
    return folder / "film.mp4", certified.certificate, spec.frames


def bare(spec: ExportSpec, film: Path, folder: Path) -> None:
    """The same settings and nothing else: no key frames of the film's own, no check."""
    words = export_arguments(spec, film, "bare.out", has_sound=True)
    at = words.index("-force_key_frames")
    run_ffmpeg([*words[:at], *words[at + 2 :]], folder=folder)


def ours(spec: ExportSpec, film: Path, certificate: Certificate, folder: Path) -> None:
    out = write_export(spec, film, folder=folder)
    made = certify_export(spec, out, film, of_film=certificate, folder=folder)
    wrong = [finding.text for finding in made.findings if finding.severity == "fault"]
    assert certificate.ok is False or not wrong, wrong


def compare_exports(folder: Path, profile: Profile, rounds: int) -> None:
    film, certificate, frames = make_film(folder, profile)
    transcode = partial(bare_transcode, film, profile, folder)
    for kind, qualities in SIZES.items():
        for quality in qualities:
            width, height = frame_size("16:9", quality)
            spec = ExportSpec.model_validate(
                {
                    "format": kind,
                    "width": width,
                    "height": height,
                    "film_width": profile.width,
                    "film_height": profile.height,
                    "film_frames": frames,
                    "frames": frames,
                }
            )
            other = transcode if spec.is_copy else partial(bare, spec, film, folder)
            mine = partial(ours, spec, film, certificate, folder)
            ratio = statistics.median(cpu_seconds(mine) / cpu_seconds(other) for _ in range(rounds))
            limit, what = (COPY_LIMIT, "copy") if spec.is_copy else (EXPORT_LIMIT, "encode")
            fine = "ok" if ratio <= limit else "OVER"
            print(f"{kind:6} {quality:5} {what:6} {ratio:6.3f}  (at most {limit})  {fine}", flush=True)


def refined(spec: RefineSpec, film: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        private = Path(name)
        out = private / "out.mp4"
        write_refined(spec, film, table=shipped_look("vivid"), bed=None, out=out, folder=private)
        out.replace(folder / "refined.mp4")


def compare_refinement(folder: Path, profile: Profile, rounds: int) -> None:
    """Grade, enlarging and loudness together next to one bare encode of what comes out, from a smaller film."""
    small = Profile(width=profile.width // 3 * 2, height=profile.height // 3 * 2)
    film, _, frames = make_film(folder, small)
    spec = RefineSpec(
        profile=profile, film_width=small.width, film_height=small.height, frames=frames, loudness_tenths=-140
    )
    mine = partial(refined, spec, film, folder)
    other = partial(bare_transcode, folder / "refined.mp4", profile, folder)
    ratio = statistics.median(cpu_seconds(mine) / cpu_seconds(other) for _ in range(rounds))
    fine = "ok" if ratio <= REFINE_LIMIT else "OVER"
    print(f"grade, 1080p and loudness {ratio:5.2f} of one encode of the result  (at most {REFINE_LIMIT})  {fine}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--width", type=int, default=1920)
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    profile = Profile(width=given.width, height=given.width * 9 // 16 // 2 * 2)
    with tempfile.TemporaryDirectory() as name:
        for part in ("exports", "refined"):
            (Path(name) / part).mkdir()
        compare_exports(Path(name) / "exports", profile, given.rounds)
        compare_refinement(Path(name) / "refined", profile, given.rounds)


if __name__ == "__main__":
    main()
