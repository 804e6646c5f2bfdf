"""Transcription in OpenAI's form: verbose_json with words and segments, by any server that gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pipeline.media.lyrics import read_lyrics
from pipeline.media.lyrics.values import Word
from pipeline.media.run import guarded_input, run_ffmpeg
from pipeline.providers.base import Access, Bill, ModelRow, Provider, ProviderError, Work, preparing
from pipeline.providers.capabilities import Heard, HeardSegment, TranscriptionReply, TranscriptionRequest
from pipeline.providers.catalogue import default_model, price_for
from pipeline.providers.failures import ambiguous
from pipeline.providers.hearing import song_lyrics
from pipeline.providers.hearing.languages import language_code
from pipeline.providers.http import scaled
from pipeline.providers.openai.chat import reported_microusd
from pipeline.providers.openai.client import OPENAI, Vendor, asked, vendor_client

MAX_BYTES = 25_000_000
MAX_PART_MS = 600_000
RATE = 16_000
_MS_PER = {"second": 1000, "minute": 60_000, "hour": 3_600_000}
_FIELDS = {"language": "language", "file": "song", "model": "model", "prompt": "text"}


class VerboseTranscription(Provider[TranscriptionRequest, TranscriptionReply]):
    """Sends one part of a song, cut out and made small here, so that the vendor never sees the uploaded file itself."""

    capability = "transcription"
    reply = TranscriptionReply
    vendor: ClassVar[Vendor]

    def __init__(self, access: Access | None = None, model: ModelRow | None = None) -> None:
        super().__init__(access, model)
        self.row: ModelRow = model or default_model(self.name, "transcription")

    @property
    def part_ms(self) -> int:
        """The longest part of a song that is sent at once."""
        return min(MAX_PART_MS, self.row.limits.max_seconds * 1000 or MAX_PART_MS)

    def send(self, request: TranscriptionRequest, work: Work) -> TranscriptionReply:
        start, end = span_of(request)
        with preparing():
            part = self._part(request, work)
        body: dict[str, Any] = {
            "model": self.row.name,
            "response_format": "verbose_json",
            # Asked for words alone, the segments with their doubts are left out.
            "timestamp_granularities": ["word", "segment"],
        }
        if request.language:
            body["language"] = request.language
        with preparing():
            client, file = vendor_client(self.access, self.vendor), part.open("rb")
        with client, file:
            create: Any = client.audio.transcriptions.with_raw_response.create
            answer = asked(
                self.vendor,
                lambda: create(file=(part.name, file, "audio/flac"), **body),
                model=self.row.label or self.row.name,
                fields=_FIELDS,
            )
        if not any(name in answer for name in ("text", "segments", "words")):
            raise ambiguous(self.vendor.label, f"no transcript in {str(answer)[:300]}")
        heard = heard_of(answer, start, end)
        bill = transcription_bill(answer)
        return TranscriptionReply(lyrics=song_lyrics(request, [heard]), heard=heard, bill=bill)

    def _part(self, request: TranscriptionRequest, work: Work) -> Path:
        """What is sent; what is wrong with the words given is said before anything is paid."""
        read_lyrics(request.text, name=request.name)
        part = write_part(work.fetch(request.song), work, *span_of(request))
        if part.stat().st_size > (self.row.limits.max_input_bytes or MAX_BYTES):
            raise ProviderError(
                "This part of the song is too large to be sent.", kind="invalid_input", refused=True, transient=False
            )
        return part

    def estimate(self, request: TranscriptionRequest) -> int:
        start, end = span_of(request)
        return self._price((end - start) // 1000 * 1000 + 1000)

    def cost(self, request: TranscriptionRequest, reply: TranscriptionReply) -> int:
        """As the vendor says; else by the seconds that it counted, which it rounds up."""
        if reply.bill.reported_microusd >= 0:
            return reply.bill.reported_microusd
        return self._price(reply.bill.units) if reply.bill.units >= 0 else self.estimate(request)

    def _price(self, length_ms: int) -> int:
        per = _MS_PER.get(self.row.unit, 60_000)
        return -(-price_for(length_ms, self.row) // per)


class OpenAITranscription(VerboseTranscription):
    """OpenAI's whisper-1, or any server of the same form by base URL."""

    name = "openai"
    label = "OpenAI"
    vendor = OPENAI


def span_of(request: TranscriptionRequest) -> tuple[int, int]:
    """(start_ms, end_ms) of what is to be heard."""
    return request.start_ms, request.end_ms or request.analysis.duration_ms


def write_part(song: Path, work: Work, start_ms: int, end_ms: int) -> Path:
    """A part of the song as mono FLAC at 16 kHz, which is what such models hear anyway; ten minutes are about 12 MB."""
    name = "part.flac"
    length = f"{(end_ms - start_ms) / 1000:.3f}"
    run_ffmpeg(
        [
            *guarded_input(song, "-ss", f"{start_ms / 1000:.3f}", "-t", length),
            *("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-ac", "1", "-ar", str(RATE)),
            *("-c:a", "flac", "-sample_fmt", "s16", "-f", "flac", "-y", name),
        ],
        folder=work.folder,
        deadline_s=300,
        stop=work.stop,
    )
    return work.folder / name


def heard_of(answer: dict[str, Any], start_ms: int, end_ms: int) -> Heard:
    """What the model heard, in the song's time. Times that pass the part's end or go backward are brought inside."""
    segments = []
    for entry in _entries(answer.get("segments")):
        first, last = _span(entry, start_ms, end_ms)
        text = str(entry.get("text") or "").strip()
        if text and last > first:
            segments.append(
                HeardSegment(
                    text=text[:1000],
                    start_ms=first,
                    end_ms=last,
                    log_probability_centi=_hundredths(entry.get("avg_logprob"), 0),
                    compression_percent=_hundredths(entry.get("compression_ratio"), 100),
                    no_speech_percent=_hundredths(entry.get("no_speech_prob"), 0),
                )
            )
    words, earliest = [], start_ms
    for entry in _entries(answer.get("words")):
        first, last = _span(entry, start_ms, end_ms)
        text = str(entry.get("word") or entry.get("text") or "").strip()
        first = max(first, earliest)
        if text and first < end_ms:
            words.append(Word(text=text[:80], start_ms=first, end_ms=max(first, last)))
            earliest = first
    text = str(answer.get("text") or "").strip()
    if text and not segments and not words:
        segments.append(HeardSegment(text=text[:1000], start_ms=start_ms, end_ms=end_ms))
    return Heard(
        start_ms=start_ms,
        end_ms=end_ms,
        language=language_code(answer.get("language")),
        segments=tuple(segments),
        words=tuple(words),
    )


def _entries(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _span(entry: dict[str, Any], start_ms: int, end_ms: int) -> tuple[int, int]:
    first, last = (start_ms + max(0, _ms(entry.get(name))) for name in ("start", "end"))
    return min(first, end_ms), min(max(first, last), end_ms)


def _ms(value: Any) -> int:
    return scaled(value, 1000) or 0


def _hundredths(value: Any, otherwise: int) -> int:
    found = scaled(value, 100)
    return otherwise if found is None else found


def transcription_bill(answer: dict[str, Any]) -> Bill:
    """The vendor's price, or the seconds that it counts."""
    found = answer.get("usage")
    usage: dict[str, Any] = found if isinstance(found, dict) else {}
    units = scaled(usage.get("seconds"), 1000)
    return Bill(
        reported_microusd=reported_microusd(usage.get("cost")),
        units=-1 if units is None else units,
        model=str(answer.get("model") or ""),
    )
