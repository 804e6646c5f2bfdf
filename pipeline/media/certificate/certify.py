"""From a finished file to its certificate."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.media.assembly import FilmSpec
from pipeline.media.certificate.cuts import Print, cut_facts, frames_near_cuts
from pipeline.media.certificate.packets import Group, Scan, index_first, scan_packets
from pipeline.media.certificate.picture import black_spans, decode_groups, frozen_spans, print_pixels
from pipeline.media.certificate.sound import measure_sound
from pipeline.media.certificate.values import (
    SYNC_TOLERANCE_US,
    Certificate,
    CutFact,
    FactsBook,
    Finding,
    PacketFacts,
    SoundFact,
    Span,
)
from pipeline.media.containers import file_digest
from pipeline.media.run import Progress, Stop, never
from pipeline.media.shots import ShotFacts
from pipeline.media.timeline import ms_at


@dataclass(frozen=True)
class Certified:
    """The certificate of a film, and the facts to hand to the certificate of its next version."""

    certificate: Certificate
    facts: FactsBook


def certify_film(
    spec: FilmSpec,
    film: Path,
    *,
    shots: Sequence[ShotFacts],
    folder: Path,
    beats_ms: Sequence[int] = (),
    song: Path | None = None,
    known: FactsBook | None = None,
    still: Sequence[tuple[int, int]] = (),
    stop: Stop = never,
    progress: Progress | None = None,
) -> Certified:
    """Measure `film` against what `spec` and its `shots` promise.

    `known` are the facts of an earlier version: packets with an equal digest are not decoded again. `song` is the file
    that the sound should be, `still` the frames [first, last) in which the picture is meant to stand still. Raises
    MediaError when the film cannot be read at all, Stopped; everything else that is wrong is a finding.
    """
    known = known or FactsBook()
    scan = scan_packets(film, spec.profile, stop=stop)
    near = frames_near_cuts(spec)
    groups, decoded = decode_groups(
        film, scan.groups, spec.profile, wanted=near, known=known.groups, stop=stop, progress=progress
    )
    sound, sound_key = None, ""
    if scan.has_sound:
        sound_key = hashlib.sha256(f"{scan.sound_digest} {file_digest(song) if song else ''}".encode()).hexdigest()
        sound = known.sounds.get(sound_key) or measure_sound(film, song=song, folder=folder, stop=stop)
    cuts = cut_facts(spec, [shot.edges for shot in shots], _film_prints(scan.groups, groups), beats_ms)
    meant = tuple(
        Span(start_ms=ms_at(first, spec.profile.fps), end_ms=ms_at(last, spec.profile.fps)) for first, last in still
    )
    certificate = _certificate(spec, film, scan, groups, cuts, sound, song is not None, decoded, meant)
    return Certified(certificate, FactsBook(groups=groups, sounds={sound_key: sound} if sound else {}))


def _film_prints(groups: Sequence[Group], facts: Mapping[str, PacketFacts]) -> dict[int, Print]:
    return {
        group.first + number: print_pixels(text)
        for group in groups
        for number, text in facts[group.digest].prints.items()
    }


def _certificate(
    spec: FilmSpec,
    film: Path,
    scan: Scan,
    groups: Mapping[str, PacketFacts],
    cuts: tuple[CutFact, ...],
    sound: SoundFact | None,
    expects_sound: bool,
    decoded: int,
    meant: tuple[Span, ...],
) -> Certificate:
    counted = sum(groups[group.digest].frames for group in scan.groups)
    certificate = Certificate(
        ok=True,
        fps=spec.profile.fps,
        expected_frames=spec.frames,
        counted_frames=counted,
        even_timestamps=scan.even,
        width=scan.width,
        height=scan.height,
        video_codec=scan.codec,
        pixels=scan.pixels,
        color=scan.color,
        index_first=index_first(film),
        cuts=cuts,
        sound=sound,
        start_difference_us=sound.start_us - scan.video_start_us if sound else 0,
        end_difference_us=sound.end_us - scan.video_end_us if sound else 0,
        black=black_spans(scan.groups, groups, spec.profile.fps),
        frozen=frozen_spans(scan.groups, groups, spec.profile.fps),
        meant=meant,
        decoded_frames=decoded,
        reused_frames=scan.counted - decoded,
        findings=(),
    )
    findings = [
        *_picture_findings(certificate, spec, scan),
        *_cut_findings(certificate),
        *_sound_findings(certificate, expects_sound),
        *_span_findings(certificate),
    ]
    faults = any(finding.severity == "fault" for finding in findings)
    ordered = tuple(sorted(findings, key=lambda finding: finding.severity != "fault"))
    return certificate.model_copy(update={"ok": not faults, "findings": ordered})


def _fault(text: str) -> Finding:
    return Finding(severity="fault", text=text)


def _picture_findings(c: Certificate, spec: FilmSpec, scan: Scan) -> list[Finding]:
    found = []
    if c.counted_frames != c.expected_frames:
        found.append(_fault(f"The film shows {c.counted_frames} frames instead of {c.expected_frames}."))
    if c.counted_frames != scan.counted:
        damaged = scan.counted - c.counted_frames
        found.append(_fault(f"{damaged} of its frames cannot be decoded."))
    if not c.even_timestamps:
        found.append(_fault("Its frames are not evenly timed."))
    if (c.width, c.height) != (spec.profile.width, spec.profile.height):
        found.append(_fault(f"The picture is {c.width} × {c.height} instead of the size that was chosen."))
    if (c.video_codec, c.pixels) != ("H.264 High", "yuv420p"):
        found.append(_fault(f"It is encoded as {c.video_codec} ({c.pixels}), which not every player shows."))
    if c.color != "BT.709":
        found.append(_fault(f"Its colors are marked as {c.color} instead of BT.709."))
    if not c.index_first:
        found.append(_fault("Its index is at the end, so players must load all of it before they begin."))
    return found


def _cut_findings(c: Certificate) -> list[Finding]:
    found = []
    for number, cut in enumerate(c.cuts, 1):
        where = f"Cut {number} at {_clock(ms_at(cut.planned_frame, c.fps))}"
        if cut.offset_frames is None:
            found.append(_fault(f"{where} does not show the scenes that belong there."))
        elif cut.offset_frames:
            count = abs(cut.offset_frames)
            late = "late" if cut.offset_frames > 0 else "early"
            found.append(_fault(f"{where} comes {count} frame{'s' if count > 1 else ''} {late}."))
    return found


def _sound_findings(c: Certificate, expects_sound: bool) -> list[Finding]:
    sound = c.sound
    if sound is None:
        return [_fault("The film has no sound, though it has a song.")] if expects_sound else []
    found = []
    for word, apart in (("begin", c.start_difference_us), ("end", c.end_difference_us)):
        if abs(apart) > SYNC_TOLERANCE_US:
            found.append(_fault(f"Sound and picture {word} {abs(apart) // 1000} ms apart."))
    if expects_sound and sound.song_offset_ms:
        late = "late" if sound.song_offset_ms > 0 else "early"
        found.append(_fault(f"The song is heard {abs(sound.song_offset_ms)} ms too {late}."))
    found += [_fault(f"The song is missing from {_range(span)}.") for span in sound.lost]
    quiet = [span for span in sound.silent if not any(_overlaps(span, lost) for lost in sound.lost)]
    found += [Finding(severity="notice", text=f"There is silence from {_range(span)}.") for span in quiet]
    if sound.true_peak_tenths_dbtp is not None and sound.true_peak_tenths_dbtp > 10:
        peak = sound.true_peak_tenths_dbtp / 10
        found.append(Finding(severity="notice", text=f"The song is mastered hot: its true peak is {peak:+.1f} dBTP."))
    return found


def _span_findings(c: Certificate) -> list[Finding]:
    still = [span for span in c.stuck if not any(_overlaps(span, black) for black in c.black)]
    return [
        *(Finding(severity="notice", text=f"The picture is black from {_range(span)}.") for span in c.black),
        *(Finding(severity="notice", text=f"The picture stands still from {_range(span)}.") for span in still),
    ]


def _overlaps(a: Span, b: Span) -> bool:
    return a.start_ms < b.end_ms and b.start_ms < a.end_ms


def _range(span: Span) -> str:
    return f"{_clock(span.start_ms)} to {_clock(span.end_ms)}"


def _clock(ms: int) -> str:
    """1:05.2"""
    tenths = (ms + 50) // 100
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
