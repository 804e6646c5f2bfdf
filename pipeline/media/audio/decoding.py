"""From a song's file to its samples: decided by decoding, never by name, header or declared type."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.media.run import AUDIO_FORMATS, PROTOCOLS, MediaError, Progress, Stop, Stopped, never

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

SAMPLE_RATE: Final = 22_050
MAX_SECONDS: Final = 20 * 60
MIN_SECONDS: Final = 1
PADDING_MAX_S: Final = 0.1
NOT_A_SONG: Final = "This file is not a song that can be read. Please upload an MP3, WAV, FLAC, OGG or M4A file."

# Playlists (HLS, concat, DASH) and drawings (SVG) make a decoder open other files: only plain containers are allowed,
# and the file is handed over as an open object, so that there is no name from which a sibling could be found.
_OPTIONS: Final = {"format_whitelist": AUDIO_FORMATS, "protocol_whitelist": PROTOCOLS}


@dataclass(frozen=True, slots=True)
class Samples:
    """A decoded song, mixed to mono. 16 bits keep 20 minutes at 53 MB."""

    signal: NDArray[np.int16]
    """Shape (samples,)."""
    sample_rate: int
    source_rate: int
    channels: int
    truncated: bool
    """The file is damaged or shorter than its header says; `signal` is what decoded. Ogg and WAV do not tell."""

    @property
    def duration_ms(self) -> int:
        return round(len(self.signal) * 1000 / self.sample_rate)


def decode_song(
    path: Path,
    *,
    sample_rate: int = SAMPLE_RATE,
    max_seconds: int = MAX_SECONDS,
    stop: Stop = never,
    progress: Progress | None = None,
) -> Samples:
    """Decode a song's first audio stream to mono.

    A damaged file is accepted when at least `MIN_SECONDS` of it decode; `Samples.truncated` then says so. Raises
    `MediaError` for a file that is missing, empty, not audio, shorter than `MIN_SECONDS` or longer than `max_seconds`;
    `Stopped` when `stop()` says so. `progress` counts bytes read.
    """
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise MediaError("The song's file could not be found.", detail=str(error)) from error
    if size_bytes == 0:
        raise MediaError("This file is empty. Please upload the song again.", detail="0 bytes")
    decoder = _Decoder(sample_rate, max_seconds)
    with path.open("rb") as file:
        decoder.read(file, size_bytes, stop, progress)
    return decoder.samples()


def preroll_seconds(first: AudioFrame) -> float:
    """How much of a stream lies before its zero: a piece cut out of an Ogg has some, and no player lets it be heard."""
    return max(0.0, -float(first.time or 0))


class _Decoder:
    """Collects the samples of one file; tolerant of damaged packets."""

    def __init__(self, sample_rate: int, max_seconds: int) -> None:
        self._rate = sample_rate
        self._max_samples = max_seconds * sample_rate
        self._max_seconds = max_seconds
        self._pcm = bytearray()
        self._damage = ""
        self._promised_s = 0.0
        self._is_mp4 = False
        self._source_rate = 0
        self._channels = 0
        self._resampler: Any = None
        self._lead_s: float | None = None
        self._setup: tuple[str, str, int] | None = None

    def read(self, file: Any, size_bytes: int, stop: Stop, progress: Progress | None) -> None:
        import av  # here and not on top: who needs the error texts or the limits alone does not pay for FFmpeg

        try:
            container = av.open(file, mode="r", options=_OPTIONS, metadata_errors="replace")
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(NOT_A_SONG, detail=str(error)) from error
        with container:
            if not container.streams.audio:
                raise MediaError("This file has no sound in it. Please upload a song.", detail=container.format.name)
            stream = container.streams.audio[0]
            stream.thread_type = (
                "NONE"  # audio decoders gain nothing from threads, and a damaged file ends the same way every time
            )
            self._promised_s = _promised_seconds(container, stream)
            self._is_mp4 = "mp4" in container.format.name
            self._source_rate = stream.rate or 0
            self._channels = stream.channels or 1
            self._read_packets(container, stream, file, size_bytes, stop, progress)

    def _read_packets(
        self,
        container: InputContainer,
        stream: AudioStream,
        file: Any,
        size_bytes: int,
        stop: Stop,
        progress: Progress | None,
    ) -> None:
        from av.error import EOFError as EndOfFile
        from av.error import FFmpegError

        packets = iter(container.demux(stream))
        while True:
            if stop():
                raise Stopped
            try:
                packet = next(packets)
            except (StopIteration, EndOfFile):
                break
            except FFmpegError as error:  # the container is damaged: nothing comes after this
                self._damage = str(error)
                break
            try:
                for frame in packet.decode():
                    self._take(frame)
            except (FFmpegError, ValueError) as error:  # one bad packet: the next one may be good
                self._damage = self._damage or str(error)
            if progress is not None:
                progress(min(file.tell(), size_bytes), size_bytes)
        self._flush()

    def _take(self, frame: AudioFrame) -> None:
        import av

        if self._lead_s is None:
            self._lead_s = preroll_seconds(frame)
        setup = (frame.format.name, frame.layout.name, frame.sample_rate)
        if setup != self._setup:  # a stream may change its shape midway (joined MP3s do)
            self._flush()
            self._resampler = av.AudioResampler(format="s16", layout="mono", rate=self._rate)
            self._setup = setup
        for piece in self._resampler.resample(frame):
            self._keep(piece)

    def _flush(self) -> None:
        if self._resampler is not None:
            for piece in self._resampler.resample(None):
                self._keep(piece)
            self._resampler = None

    def _keep(self, piece: AudioFrame) -> None:
        self._pcm += piece.to_ndarray().tobytes()
        if len(self._pcm) > 2 * self._max_samples:
            minutes = self._max_seconds / 60
            raise MediaError(
                f"This song is too long. The longest song that can be used here has {minutes:g} minutes.",
                detail="too long",
            )

    def _without_padding(self, signal: NDArray[np.int16]) -> NDArray[np.int16]:
        """An MP4 says where its sound ends, and players stop there; its last packet decodes to up to 46 ms more."""
        declared = round(self._promised_s * self._rate)
        if self._is_mp4 and 0 < len(signal) - declared <= PADDING_MAX_S * self._rate:
            return signal[:declared]
        return signal

    def samples(self) -> Samples:
        signal = np.frombuffer(self._pcm, dtype=np.int16)  # no copy; nobody grows it any more
        signal = signal[round((self._lead_s or 0) * self._rate) :]
        signal = self._without_padding(signal)
        seconds = len(signal) / self._rate
        if seconds < MIN_SECONDS:
            if self._damage or self._promised_s >= MIN_SECONDS:
                raise MediaError(
                    "This file is damaged: no sound could be read from it.", detail=self._damage or f"{seconds:.2f} s"
                )
            if not seconds:  # a format was guessed from the first bytes, and nothing of it was there
                raise MediaError(NOT_A_SONG, detail="nothing could be decoded")
            raise MediaError("This song is too short. It must last at least one second.", detail=f"{seconds:.2f} s")
        broke_off = seconds < 0.95 * self._promised_s - 1.0
        return Samples(
            signal=signal,
            sample_rate=self._rate,
            source_rate=self._source_rate,
            channels=self._channels,
            truncated=bool(self._damage) or broke_off,
        )


def _promised_seconds(container: InputContainer, stream: AudioStream) -> float:
    """What the header says, 0 when it says nothing. It is only compared with what decodes; it decides nothing else."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else 0.0
