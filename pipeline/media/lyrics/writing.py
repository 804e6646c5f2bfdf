"""Lyrics as files: LRC, SRT, WebVTT and plain text.

What is written here is read back by `read_lyrics` without loss of times.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import groupby

from pipeline.media.lyrics.lrc import STAMP
from pipeline.media.lyrics.values import Line, Lyrics


def write_lrc(lyrics: Lyrics, *, words: bool = True) -> str:
    """Enhanced LRC with milliseconds. Word times are written where they are known, not where they are estimated."""
    rows = [f"[{key}:{_header(value)}]" for key, value in (("ti", lyrics.title), ("ar", lyrics.artist)) if value]
    rows += [f"[la:{lyrics.language}]"] if lyrics.language else []
    stanza: tuple[int, str] | None = None
    for index, line in enumerate(lyrics.lines):
        if index and (line.block, line.heading) != stanza:
            rows.append("")
        if line.heading and (line.block, line.heading) != stanza:
            rows.append(f"[{line.heading.capitalize()}]")
        stanza = (line.block, line.heading)
        rows.append(f"[{_lrc_time(line.start_ms)}]{_lrc_line(line, words)}")
        following = lyrics.lines[index + 1].start_ms if index + 1 < len(lyrics.lines) else None
        if following is None or line.end_ms < following:
            rows.append(f"[{_lrc_time(line.end_ms)}]")
    return "\n".join(rows) + "\n"


def write_srt(lyrics: Lyrics) -> str:
    """SubRip with CRLF-free line ends; every line is one cue."""
    return "".join(
        f"{number}\n{_clock(line.start_ms, ',')} --> {_clock(line.end_ms, ',')}\n{_cue_text(line.text)}\n\n"
        for number, line in enumerate(lyrics.lines, start=1)
    )


def write_vtt(lyrics: Lyrics, *, words: bool = False) -> str:
    """WebVTT; with `words` each known word time stands inside its cue, as karaoke."""
    cues = []
    for line in lyrics.lines:
        text = _vtt_words(line) if words and line.words and not line.words_estimated else _vtt_text(line.text)
        cues.append(f"{_clock(line.start_ms, '.')} --> {_clock(line.end_ms, '.')}\n{text}\n")
    return "\n".join(["WEBVTT\n", *cues])


def write_txt(lyrics: Lyrics) -> str:
    """Words alone, stanzas apart, with their headings."""
    stanzas = []
    for (_, heading), lines in groupby(lyrics.lines, key=lambda line: (line.block, line.heading)):
        head = [f"[{heading.capitalize()}]"] if heading else []
        stanzas.append("\n".join(head + [line.text for line in lines]))
    return "\n\n".join(stanzas) + "\n" if stanzas else ""


def _header(value: str) -> str:
    return " ".join(value.replace("[", "(").replace("]", ")").split())


def _lrc_time(ms: int) -> str:
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _lrc_line(line: Line, words: bool) -> str:
    """A line's text; text that would itself be read as a stamp is broken by a space."""
    text = STAMP.sub(lambda match: match[0].replace("[", "( ").replace("]", " )"), line.text)
    if not words or not line.words or line.words_estimated:
        return text
    parts = [f"{before}<{_lrc_time(start)}>{word}" for before, word, start in _placed(line)]
    return f"{''.join(parts)}{_after(line)}<{_lrc_time(line.words[-1].end_ms)}>"


def _placed(line: Line) -> Iterable[tuple[str, str, int]]:
    """(text before, word, start_ms) in order; a word not found in the text is set behind a space."""
    at = 0
    for word in line.words:
        found = line.text.find(word.text, at)
        before = line.text[at:found] if found >= 0 else " "
        at = found + len(word.text) if found >= 0 else at
        yield before, word.text, word.start_ms


def _after(line: Line) -> str:
    at = 0
    for word in line.words:
        found = line.text.find(word.text, at)
        at = found + len(word.text) if found >= 0 else at
    return line.text[at:]


def _clock(ms: int, point: str) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{point}{ms % 1000:03d}"


def _cue_text(text: str) -> str:
    """SRT knows no escapes: an arrow in the text would be read as times."""
    return text.replace("-->", "→")


def _vtt_text(text: str) -> str:
    return html.escape(text, quote=False)


def _vtt_words(line: Line) -> str:
    parts = [f"{before}<{_clock(start, '.')}>{_vtt_text(word)}" for before, word, start in _placed(line)]
    return re.sub(r"^<[^>]*>", "", "".join(parts)) + _vtt_text(_after(line))
