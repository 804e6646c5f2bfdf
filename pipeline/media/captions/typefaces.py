"""Our own fonts, and which of them can write a text.

libass would find a substitute for a missing glyph by itself, but only among fonts that the machine happens to have. So
the face of every character is chosen here from what ships with the project, and what no face can draw (emoji) is left
out.
"""

from __future__ import annotations

import functools
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parent.parent / "fonts"
LONGEST = 240  # characters; more cannot be read in one line, and finding its breaks would take long
MEASURED_AT = 200  # pixels; widths scale from here


@dataclass(frozen=True)
class Face:
    """One font file. `family` is its name inside; `scale` (percent) evens out how large its letters look."""

    family: str
    file: str
    scale: int = 100

    @property
    def path(self) -> Path:
        return FOLDER / self.file


ANTON = Face("Anton", "Anton_400Regular.ttf")
HEAVY = Face("Montserrat ExtraBold", "Montserrat_800ExtraBold.ttf", 84)
MONTSERRAT = Face("Montserrat", "Montserrat_700Bold.ttf", 92)
PLAYFAIR = Face("Playfair Display", "PlayfairDisplay_700Bold_Italic.ttf", 104)
NOTO = Face("Noto Sans", "NotoSans_700Bold.ttf", 94)
ARABIC = Face("Noto Sans Arabic", "NotoSansArabic_700Bold.ttf", 104)
HEBREW = Face("Noto Sans Hebrew", "NotoSansHebrew_700Bold.ttf", 104)
DEVANAGARI = Face("Noto Sans Devanagari", "NotoSansDevanagari_700Bold.ttf", 100)
THAI = Face("Noto Sans Thai", "NotoSansThai_700Bold.ttf", 100)
CHINESE = Face("Noto Sans SC", "NotoSansSC_700Bold.ttf", 96)
JAPANESE = Face("Noto Sans JP", "NotoSansJP_700Bold.ttf", 96)
KOREAN = Face("Noto Sans KR", "NotoSansKR_700Bold.ttf", 96)

LATIN_FACES: dict[str, tuple[Face, ...]] = {
    "bold": (ANTON, HEAVY, NOTO),
    "elegant": (PLAYFAIR, MONTSERRAT, NOTO),
    "clean": (MONTSERRAT, NOTO),
}
# First and last code point of blocks with a face of their own; everything else tries the look's Latin faces first.
BLOCKS: tuple[tuple[int, int, Face], ...] = (
    (0x0590, 0x05FF, HEBREW),
    (0x0600, 0x06FF, ARABIC),
    (0x0750, 0x077F, ARABIC),
    (0x08A0, 0x08FF, ARABIC),
    (0x0900, 0x097F, DEVANAGARI),
    (0x0E00, 0x0E7F, THAI),
    (0x1100, 0x11FF, KOREAN),
    (0x2E80, 0x2FFF, CHINESE),
    (0x3000, 0x303F, CHINESE),
    (0x3040, 0x30FF, JAPANESE),
    (0x3130, 0x318F, KOREAN),
    (0x31F0, 0x31FF, JAPANESE),
    (0x3400, 0x4DBF, CHINESE),
    (0x4E00, 0x9FFF, CHINESE),
    (0xAC00, 0xD7AF, KOREAN),
    (0xF900, 0xFAFF, CHINESE),
    (0xFB1D, 0xFB4F, HEBREW),
    (0xFB50, 0xFDFF, ARABIC),
    (0xFE70, 0xFEFE, ARABIC),
    (0xFF00, 0xFFEF, CHINESE),
)
JOINERS = "\u200c\u200d"
"""Invisible, and part of words in Persian and Indic scripts, and of emoji."""
COMPLEX = {ARABIC, HEBREW, DEVANAGARI, THAI}
EAST_ASIAN = (CHINESE, JAPANESE, KOREAN)


def faces_of(text: str, look: str, language: str = "") -> tuple[str, list[Face]]:
    """(the text without what cannot be drawn, the face of each of its characters).

    A word keeps to one face where one has all of it. Spaces, digits and signs go with the word they stand in.
    """
    east = _east_asian(text, language)
    kept: list[str] = []
    faces: list[Face] = []
    for word in _words(_plain(text)[:LONGEST]):
        home = faces[-1] if faces else None
        for piece in _script_pieces(word):
            face = _face_for(piece, look, east, home)
            for char in piece:
                drawn = face if face is not None else _face_for(char, look, east, home)
                if drawn is not None and _belongs(char, kept):
                    kept.append(char)
                    faces.append(drawn)
            home = face or home
    return "".join(kept), faces


def is_right_to_left(text: str) -> bool:
    """Whether the text's first strong character is written from right to left."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


def width(text: str, face: Face, em: float) -> float:
    """The advance width of `text` in pixels where the face's em is `em` (before its own scale)."""
    return float(_measurer(face).getlength(text)) * em * face.scale / 100 / MEASURED_AT


def style_size(face: Face, em: float) -> float:
    """libass's font size for an em of `em` pixels: it means ascent plus descent, as VSFilter's did (ass_font.c)."""
    units, ascent, descent = _metrics(face)
    return em * face.scale / 100 * (ascent + descent) / units


def descent(face: Face, em: float) -> float:
    """Pixels between the baseline and the bottom of libass's line box."""
    units, _, below = _metrics(face)
    return em * face.scale / 100 * below / units


@functools.cache
def covered(face: Face) -> frozenset[int]:
    """All code points that the font maps to a glyph."""
    return frozenset(_code_points(_table(face, b"cmap")))


def _plain(text: str) -> str:
    """Text on one line without control characters, direction overrides and variation selectors."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") or c in JOINERS)


def _words(text: str) -> Iterator[str]:
    """Words, and the spaces between them, in turn."""
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or (text[i] == " ") != (text[start] == " "):
            yield text[start:i]
            start = i


def _block_face(char: str) -> Face | None:
    code = ord(char)
    return next((face for first, last, face in BLOCKS if first <= code <= last), None)


def _script_pieces(word: str) -> list[str]:
    """A word cut where its script changes; signs stay with what is before them."""
    pieces: list[str] = []
    current: Face | None = None
    for char in word:
        face = _block_face(char)
        neutral = not char.isalpha() and not unicodedata.combining(char) and (face is None or char in "、。「」！？・")
        if pieces and (neutral or face == current or unicodedata.category(char).startswith("M")):
            pieces[-1] += char
        else:
            pieces.append(char)
            current = face
    return pieces


def _east_asian(text: str, language: str) -> tuple[Face, ...]:
    """The order of the East Asian faces: the same character looks different in Japanese and Chinese."""
    if language.startswith("ja") or any(0x3040 <= ord(c) <= 0x30FF for c in text):
        first: Face = JAPANESE
    elif language.startswith("ko") or any(0xAC00 <= ord(c) <= 0xD7AF for c in text):
        first = KOREAN
    else:
        first = CHINESE
    return (first, *(face for face in EAST_ASIAN if face != first))


def _face_for(piece: str, look: str, east: tuple[Face, ...], home: Face | None) -> Face | None:
    """The first fitting face that has every character of `piece`."""
    block = _block_face(piece[0])
    latin = LATIN_FACES[look]
    if block in EAST_ASIAN:
        order: tuple[Face, ...] = (*east, *latin)
    elif block is not None:
        order = (block, *latin)
    elif home is not None and not any(c.isalpha() for c in piece):
        order = (home, *latin, *east)
    else:
        order = (*latin, *east)
    codes = {ord(c) for c in piece if c not in JOINERS}
    return next((face for face in order if codes <= covered(face)), None)


def _belongs(char: str, kept: list[str]) -> bool:
    """Joiners mean something between letters of joining scripts only; elsewhere they glued emoji that are gone."""
    if char == " ":
        return not kept or kept[-1] != " "
    return char not in JOINERS or (bool(kept) and _block_face(kept[-1]) in COMPLEX)


@functools.cache
def _measurer(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _metrics(face: Face) -> tuple[int, int, int]:
    """(units per em, ascent, descent) by which libass sets lines: OS/2's Windows metrics."""
    (units,) = struct.unpack_from(">H", _table(face, b"head"), 18)
    ascent, below = struct.unpack_from(">HH", _table(face, b"OS/2"), 74)
    return units, ascent, below


def _table(face: Face, tag: bytes) -> bytes:
    """One table of the TrueType file (OpenType specification, table directory)."""
    data = face.path.read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    for i in range(count):
        name, _, offset, length = struct.unpack_from(">4sLLL", data, 12 + 16 * i)
        if name == tag:
            return data[offset : offset + length]
    raise ValueError(f"{face.file} has no table {tag!r}")


def _code_points(cmap: bytes) -> Iterator[int]:
    """The mapped code points in cmap's Unicode subtables of format 4 and 12."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for i in range(count):
        platform, _, offset = struct.unpack_from(">HHL", cmap, 4 + 8 * i)
        (kind,) = struct.unpack_from(">H", cmap, offset)
        if platform not in (0, 3):
            continue
        if kind == 12:
            (groups,) = struct.unpack_from(">L", cmap, offset + 12)
            for at in range(offset + 16, offset + 16 + 12 * groups, 12):
                first, last, _ = struct.unpack_from(">LLL", cmap, at)
                yield from range(first, last + 1)
        elif kind == 4:
            (doubled,) = struct.unpack_from(">H", cmap, offset + 6)
            ends = struct.unpack_from(f">{doubled // 2}H", cmap, offset + 14)
            starts = struct.unpack_from(f">{doubled // 2}H", cmap, offset + 16 + doubled)
            for first, last in zip(starts, ends, strict=True):
                yield from range(first, last + 1)
