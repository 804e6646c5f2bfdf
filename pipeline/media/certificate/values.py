"""What a certificate says, in numbers and in words."""

from __future__ import annotations

from typing import Literal

from pipeline.media.values import Value

BEAT_TOLERANCE_MS = 40
SHORTEST_SPAN_MS = 1000
SYNC_TOLERANCE_US = 25_000  # one AAC frame is 21 ms long, so sound and picture can end that far apart

Severity = Literal["fault", "notice"]


class Finding(Value):
    """Something that a person should know: a fault of the film, or only worth a look."""

    severity: Severity
    text: str


class Span(Value):
    """A stretch of the film, [start_ms, end_ms)."""

    start_ms: int
    end_ms: int


class CutFact(Value):
    """One cut as it was found in the decoded film.

    `offset_frames` is where it lies from its plan (0 is exact), None where the pictures around it are not those of the
    shots. `beat_offset_ms` is its distance to the nearest beat (negative: before it), None without beats.
    `error_centilevels` is the mean difference to the shots' own frames, in hundredths of a gray level.
    """

    planned_frame: int
    kind: str
    offset_frames: int | None
    error_centilevels: int
    beat_offset_ms: int | None = None


class SoundFact(Value):
    """The sound as it was decoded. Loudness in tenths of LUFS, peak in tenths of dBTP, times in microseconds."""

    codec: str
    sample_rate: int
    channels: int
    start_us: int
    end_us: int
    loudness_tenths_lufs: int | None
    true_peak_tenths_dbtp: int | None
    silent: tuple[Span, ...] = ()
    lost: tuple[Span, ...] = ()
    song_offset_ms: int | None = None


class PacketFacts(Value):
    """What was found by decoding one closed group of pictures; reused wherever the same packets are seen again.

    Per frame: mean luma, and change from the frame before in thousandths of a gray level (-1 for the first).
    `prints` holds 32x18 fingerprints in base64 by number within the group: the first, the last, and those near cuts.
    """

    frames: int
    luma: tuple[int, ...]
    change: tuple[int, ...]
    prints: dict[int, str]


class FactsBook(Value):
    """Facts by digest: store it beside the film and hand it to the next `certify_film`."""

    groups: dict[str, PacketFacts] = {}
    sounds: dict[str, SoundFact] = {}


class Certificate(Value):
    """All that was measured in the finished file."""

    ok: bool
    fps: int
    expected_frames: int
    counted_frames: int
    even_timestamps: bool
    width: int
    height: int
    video_codec: str
    pixels: str
    color: str
    index_first: bool
    cuts: tuple[CutFact, ...]
    sound: SoundFact | None
    start_difference_us: int
    end_difference_us: int
    black: tuple[Span, ...]
    frozen: tuple[Span, ...]
    """Wherever the picture stands still, on purpose or not."""
    meant: tuple[Span, ...] = ()
    """Where it is meant to: an end card, a held picture."""
    decoded_frames: int
    reused_frames: int
    findings: tuple[Finding, ...]

    @property
    def stuck(self) -> tuple[Span, ...]:
        """Where the picture stands still for a second or more and nobody meant it to."""
        left = list(self.frozen)
        for meant in self.meant:
            left = [part for span in left for part in _without(span, meant)]
        return tuple(span for span in left if span.end_ms - span.start_ms >= SHORTEST_SPAN_MS)

    def sentences(self) -> tuple[str, ...]:
        """The certificate in plain words, faults first."""
        said = [finding.text for finding in self.findings]
        if self.counted_frames == self.expected_frames and self.even_timestamps:
            said.append(f"{self.counted_frames} of {self.expected_frames} frames, evenly timed.")
        said += self._cut_words() + self._sound_words()
        size = f"{self.width} × {self.height}, {self.fps} frames per second"
        ready = ", ready to stream" if self.index_first else ""
        said.append(f"{size}, {self.video_codec}, color {self.color}{ready}.")
        return tuple(said)

    def _cut_words(self) -> list[str]:
        if not self.cuts or any(cut.offset_frames != 0 for cut in self.cuts):
            return []
        count = len(self.cuts)
        on_beat = [cut for cut in self.cuts if cut.beat_offset_ms is not None]
        near = sum(abs(cut.beat_offset_ms or 0) <= BEAT_TOLERANCE_MS for cut in on_beat)
        beats = ""
        if on_beat:
            how_many = "all" if near == count else ("none" if near == 0 else str(near))
            beats = (", on a beat" if near else ", off the beat") if count == 1 else f", {how_many} of them on a beat"
        if count == 1:
            return [f"The only cut is on its planned frame{beats}."]
        return [f"Every one of {count} cuts is on its planned frame{beats}."]

    def _sound_words(self) -> list[str]:
        if self.sound is None:
            return ["The film has no sound."]
        said = []
        apart = max(abs(self.start_difference_us), abs(self.end_difference_us))
        if apart <= SYNC_TOLERANCE_US:
            said.append(f"Sound and picture begin and end within {max(1, round(apart / 1000))} ms of each other.")
        loudness, peak = self.sound.loudness_tenths_lufs, self.sound.true_peak_tenths_dbtp
        if loudness is not None and peak is not None:
            said.append(f"Loudness {loudness / 10:.1f} LUFS, true peak {peak / 10:.1f} dBTP.")
        return said


def _without(span: Span, other: Span) -> list[Span]:
    """What is left of a span outside of another one."""
    parts = ((span.start_ms, min(span.end_ms, other.start_ms)), (max(span.start_ms, other.end_ms), span.end_ms))
    return [Span(start_ms=start, end_ms=end) for start, end in parts if end > start]
