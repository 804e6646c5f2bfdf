"""What a bad end of ffmpeg means, in a sentence for people."""

from __future__ import annotations

import signal

_SENTENCES = (
    (("no space left on device", "disk quota exceeded"), "The disk is full, so the file could not be written."),
    (("file too large",), "The file grew beyond the limit for one file."),
    (("cannot allocate memory", "malloc of size", "std::bad_alloc"), "There was not enough memory to render this."),
    (("not on whitelist", "not in whitelist", "format not allowed"), "This kind of file is not accepted."),
    (("exceeds specified max pixel", "picture size"), "The picture is too large."),
    (
        ("invalid data found", "moov atom not found", "could not find codec", "does not contain any stream",
         "error opening input", "matches no streams"),
        "This file is damaged, or is not a song, video or picture that can be read.",
    ),
    (("permission denied",), "The folder for this file cannot be written to."),
)  # fmt: skip
_SIGNALS = {
    signal.SIGKILL: "The video program was killed by the system, most likely because memory ran out.",
    signal.SIGXCPU: "This took more computing time than one rendering may use.",
    signal.SIGXFSZ: "The file grew beyond the limit for one file.",
}


def bad_end(code: int, words: str) -> str:
    """One sentence for a bad end: `code` is Popen's (negative for a signal), `words` is ffmpeg's stderr."""
    if code < 0:
        number = signal.Signals(-code)
        return _SIGNALS.get(number, f"The video program was ended by the system ({number.name}).")
    lower = words.lower()
    for marks, sentence in _SENTENCES:
        if any(mark in lower for mark in marks):
            return sentence
    return "The video program could not finish this rendering."
