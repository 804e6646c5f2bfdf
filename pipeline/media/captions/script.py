"""The ASS script that libass draws over a shot, in the time of the song.

Every row is an event of its own with an explicit place, so that libass neither wraps nor moves anything and both sides
of a cut draw the same glyphs in the same place. Text never reaches the script as it came: what could be an override tag
is replaced. Facts about libass that this rests on: \\kf sweeps from left to right even in right-to-left words (so those
get \\k), Encoding -1 lets it find the base direction, and Spacing other than 0 breaks shaping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.media.captions.looks import LOOKS, Place, Style, caption_place, title_place
from pipeline.media.captions.rows import typeset
from pipeline.media.captions.typefaces import Face, descent, faces_of, is_right_to_left, style_size
from pipeline.media.captions.values import TITLE_END_MS, TITLE_START_MS, CaptionTrack, display_spans
from pipeline.media.lyrics.values import Line
from pipeline.media.profile import Profile

HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name,Fontname,Fontsize,PrimaryColour,SecondaryColour,OutlineColour,BackColour,Bold,Italic,Underline,StrikeOut,\
ScaleX,ScaleY,Spacing,Angle,BorderStyle,Outline,Shadow,Alignment,MarginL,MarginR,MarginV,Encoding
Style: Row,{family},{size},{sung},{text},{outline},&H00000000,0,0,0,0,100,100,0,0,1,{border},0,2,0,0,0,-1
Style: Shade,{family},{size},{clear},{clear},{shade},&H00000000,0,0,0,0,100,100,0,0,1,{spread},0,2,0,0,0,-1

[Events]
Format: Layer,Start,End,Style,Name,MarginL,MarginR,MarginV,Effect,Text
"""
FADE_IN_MS, FADE_OUT_MS = 160, 220


@dataclass(frozen=True)
class _Sung:
    """A word's place in a text and its time."""

    start: int
    end: int
    start_ms: int
    end_ms: int


def ass_script(track: CaptionTrack, profile: Profile, *, start_ms: int, duration_ms: int) -> str:
    """The script of all that `track` shows within the window.

    Its times are the song's, wherever the window begins: the `ass` filter must see the song's clock.
    """
    style = LOOKS[track.look]
    events: list[str] = []
    if track.mode == "title":
        events = _title_events(track, profile, style)
    elif track.mode != "none":
        lines = track.lines
        place = caption_place(track.mode, profile, ad=track.ad)
        for line, (show, ends) in zip(lines, display_spans(lines), strict=True):
            hide = ends if track.until_ms is None else min(ends, track.until_ms)
            if line.text.strip() and show < start_ms + duration_ms and hide > start_ms and hide > show:
                events += _line_events(line, (show, hide), track, place, style)
    return _header(track, profile, style, _first_face(track, style)) + "".join(events)


def caption_files(track: CaptionTrack) -> list[Path]:
    """The font files that drawing `track` needs."""
    return sorted({face.path for face in _faces(track, LOOKS[track.look])})


def _faces(track: CaptionTrack, style: Style) -> list[Face]:
    texts = [track.title, track.artist] if track.mode == "title" else [line.text for line in track.lines]
    return [face for text in texts for face in faces_of(style.shown(text), track.look, track.language)[1]]


def _first_face(track: CaptionTrack, style: Style) -> Face:
    """The styles name a font that is there: libass looks for it even where every row names its own."""
    return next(iter(_faces(track, style)), style.face)


def row_script(text: str, faces: Sequence[Face], em: float, at: tuple[float, float], profile: Profile) -> str:
    """A script with one plain white row, its middle and baseline at `at`: for stills whose text needs shaping."""
    bottom = at[1] + max(descent(face, em) for face in faces)
    row = _row_text(text, faces, (0, len(text)), em)
    event = f"Dialogue: 0,0:00:00.00,0:00:10.00,Row,,0,0,0,,{{\\pos({at[0]:.1f},{bottom:.1f})\\bord0}}{row}\n"
    return _header(CaptionTrack(mode="subtitle"), profile, LOOKS["clean"], faces[0]) + event


def _header(track: CaptionTrack, profile: Profile, style: Style, face: Face) -> str:
    em = caption_place(track.mode, profile, ad=track.ad).em
    accent = _color(track.accent)
    return HEADER.format(
        width=profile.width,
        height=profile.height,
        family=face.family,
        size=f"{style_size(face, em):.2f}",
        sung=accent if track.mode == "karaoke" else style.text,
        text=style.unsung if track.mode == "karaoke" else style.text,
        outline=style.outline,
        border=f"{em * style.border:.2f}",
        # The row covers its own shade, so the shade is an outline alone: a second bitmap costs time in every frame.
        clear="&HFF000000",
        shade=style.shade,
        spread=f"{em * style.spread:.2f}",
    )


def _line_events(line: Line, span: tuple[int, int], track: CaptionTrack, place: Place, style: Style) -> list[str]:
    text, faces = faces_of(style.shown(line.text), track.look, track.language)
    if not text.strip():
        return []
    sung = _sung_words(text, line, track, style) if track.mode == "karaoke" else []
    stops = [word.start for word in sung]
    block = typeset(text, faces, em=place.em, room=place.room, most=place.rows, stops=stops)
    em = place.em * block.scale
    right_to_left = is_right_to_left(text)
    events: list[str] = []
    for number, (start, end) in enumerate(block.rows):
        marks = [word for word in sung if word.start < end and word.end > start]
        plain = _row_text(text, faces, (start, end), em)
        colored = _karaoke_text(text, faces, (start, end), em, marks, span[0], right_to_left) if sung else plain
        baseline = place.baseline(number, len(block.rows), em)
        bottom = baseline + max(descent(face, em) for face in faces[start:end])
        shown = colored if sung else "{\\1c&H" + style.text[4:] + "&}" + plain if track.mode == "karaoke" else plain
        events += _row_events(span, (place.x, bottom), plain, shown, em, style)
    return events


def _title_events(track: CaptionTrack, profile: Profile, style: Style) -> list[str]:
    """Title and, under it, the artist."""
    span = (TITLE_START_MS, TITLE_END_MS)
    events: list[str] = []
    lower = 0.0
    for raw, share in ((track.artist, 0.45), (track.title, 1.0)):
        text, faces = faces_of(style.shown(raw), track.look, track.language)
        if not text.strip():
            continue
        place = title_place(profile)
        block = typeset(text, faces, em=place.em * share, room=place.room, most=2)
        em = place.em * share * block.scale
        for number, (start, end) in enumerate(block.rows):
            row = _row_text(text, faces, (start, end), em)
            baseline = place.baseline(number, len(block.rows), em) - lower
            bottom = baseline + max(descent(face, em) for face in faces[start:end])
            events += _row_events(span, (place.x, bottom), row, row, em, style)
        lower += place.leading * em * len(block.rows) + 0.25 * place.em
    return events


def _row_events(
    span: tuple[int, int], at: tuple[float, float], plain: str, shown: str, em: float, style: Style
) -> list[str]:
    """A blurred shade under the row, so that it can be read on any picture, and the row."""
    place = f"\\pos({at[0]:.1f},{at[1]:.1f})\\fad({FADE_IN_MS},{FADE_OUT_MS})"
    times = f"{_clock(span[0])},{_clock(span[1])}"
    shade = f"{{{place}\\bord{em * style.spread:.2f}\\blur{em * style.blur:.2f}}}{plain}"
    row = f"{{{place}\\bord{em * style.border:.2f}\\blur0.6}}{shown}"
    return [f"Dialogue: 0,{times},Shade,,0,0,0,,{shade}\n", f"Dialogue: 1,{times},Row,,0,0,0,,{row}\n"]


def _row_text(text: str, faces: Sequence[Face], row: tuple[int, int], em: float) -> str:
    """The row with a font tag wherever its face changes."""
    out: list[str] = []
    for i in range(*row):
        if i == row[0] or faces[i] != faces[i - 1]:
            out.append(f"{{\\fn{faces[i].family}\\fs{style_size(faces[i], em):.2f}}}")
        out.append(_escaped(text[i]))
    return "".join(out)


def _karaoke_text(
    text: str,
    faces: Sequence[Face],
    row: tuple[int, int],
    em: float,
    words: Sequence[_Sung],
    show_ms: int,
    right_to_left: bool,
) -> str:
    """The row with a time tag before every word and every gap between two."""
    out: list[str] = []
    now = 0  # centiseconds since the event began; absolute times are rounded, so that errors do not add up
    at = row[0]
    tag = "\\k" if right_to_left else "\\kf"
    for word in words:
        first, last = max(word.start, row[0]), min(word.end, row[1])
        begin, end = max(now, _centi(word.start_ms - show_ms)), _centi(word.end_ms - show_ms)
        # An empty block takes the time until the word; libass adds it up.
        out.append(f"{{\\k{begin - now}}}" + _row_text(text, faces, (at, first), em))
        lasting = max(0, end - begin)
        out.append(f"{{{tag}{lasting}}}" + _row_text(text, faces, (first, last), em))
        now, at = begin + lasting, last
    if at < row[1]:
        out.append("{\\k0}" + _row_text(text, faces, (at, row[1]), em))
    return "".join(out)


def _sung_words(text: str, line: Line, track: CaptionTrack, style: Style) -> list[_Sung]:
    """Where each word stands in `text`; none at all when one is not found, for half a highlight reads as an error."""
    found: list[_Sung] = []
    at = 0
    for word in line.words:
        shown = faces_of(style.shown(word.text, of=line.text), track.look, track.language)[0].strip()
        if not shown:
            continue
        start = text.find(shown, at)
        if start < 0:
            return []
        at = start + len(shown)
        found.append(_Sung(start, at, word.start_ms, word.end_ms))
    return found


def _escaped(char: str) -> str:
    """A character that libass cannot take for markup."""
    return {"{": "(", "}": ")", "\\": "/", "\n": " ", "\r": " "}.get(char, char)


def _color(rgb: str) -> str:
    return f"&H00{rgb[4:6]}{rgb[2:4]}{rgb[0:2]}".upper()


def _centi(ms: int) -> int:
    return max(0, (ms + 5) // 10)


def _clock(ms: int) -> str:
    centi = _centi(ms)
    return f"{centi // 360_000}:{centi // 6000 % 60:02d}:{centi // 100 % 60:02d}.{centi % 100:02d}"
