"""Bytes of a lyrics file as text, whatever wrote them.

Unicode is proven by its rules; old code pages are told apart by how their letters sit together (a Cyrillic word is all
high bytes, a French one has a single accent; kana, common hanzi and Hangul have lead bytes of their own). What stays
doubtful is left to charset-normalizer, and last to Windows-1252, which reads anything.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pipeline.media.run import MediaError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LABELS = {
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp932": "Japanese (Shift JIS)",
    "euc-jp": "Japanese (EUC-JP)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "cp949": "Korean (EUC-KR)",
    "cp1252": "Western European (Windows-1252)",
}
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc]"
)
_LINE_ENDS = re.compile("\r\n|\r|\x0b|\x0c|\x85|\u2028|\u2029")
_NOT_TEXT = "These lyrics cannot be read: the file does not hold text. Save them as a plain text, LRC, SRT or VTT file."


@dataclass(frozen=True)
class DecodedText:
    """Clean text with \\n line ends and no control characters, and a note where its encoding was guessed."""

    text: str
    note: str = ""


def decoded_text(data: str | bytes) -> DecodedText:
    """Text of `data`. Raises MediaError for what is no text at all."""
    if isinstance(data, str):
        return DecodedText(_clean(data))
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return DecodedText(_clean(_strict(data, encoding) or data.decode(encoding, "replace")))
    if b"\x00" in data:
        return DecodedText(_clean(_utf16_without_bom(data)))
    text = _strict(data, "utf-8")
    if text is not None:
        return DecodedText(_clean(text))
    encoding = guessed_encoding(data)
    label = _LABELS.get(encoding, encoding)
    note = f"The lyrics are not in Unicode and were read as {label}. If letters look wrong, save the file as UTF-8."
    return DecodedText(_clean(data.decode(encoding, "replace")), note)


def guessed_encoding(data: bytes) -> str:
    """The likeliest code page of text that is not valid Unicode."""
    cyrillic = _cyrillic_encoding(data)
    if cyrillic:
        return cyrillic
    scores = {
        name: share for name in ("cp932", "euc-jp", "gb18030", "big5") if (share := _common_share(data, name)) > 0.7
    }
    if scores:
        best = max(scores, key=lambda name: scores[name])
        return "cp949" if best == "gb18030" and _looks_korean(data) else best
    if _high_share_of_words(data) < 0.34:
        return "cp1252"
    guess = from_bytes(data).best()
    return guess.encoding if guess is not None else "cp1252"


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _utf16_without_bom(data: bytes) -> str:
    """NUL bytes in text mean UTF-16: its ASCII half is NUL, on the odd places when little-endian."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    text = _strict(data[: len(data) & ~1], "utf-16-le" if odd >= even else "utf-16-be")
    if text is None or max(even, odd) < 8 * min(even, odd):
        raise MediaError(_NOT_TEXT, detail=f"{even + odd} NUL bytes")
    return text


def _clean(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text)
    stripped = _CONTROL.sub("", text)
    if len(text) - len(stripped) > 8 + len(text) // 20 or text.count("\ufffd") > 8 + len(text) // 20:
        raise MediaError(_NOT_TEXT, detail="control or undecodable characters")
    return stripped.replace("\t", " ")


def _high_share_of_words(data: bytes) -> float:
    """Share of letters above ASCII."""
    high = sum(byte >= 0x80 for byte in data)
    ascii_letters = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in data)
    return high / max(1, high + ascii_letters)


def _cyrillic_encoding(data: bytes) -> str:
    """cp1251 or koi8-r where whole words are single high bytes; both use C0..FF for letters, with the cases swapped.

    Double-byte text fails here: its lead bytes sit in the same range, but half of its bytes do not, or its words are
    far longer than any Cyrillic one.
    """
    words = re.findall(rb"[\xa8\xb8\xb3\xbf\xaf\xb2\xba\xa3\x80-\xff]+", data)
    if not words:
        return ""
    letters = re.compile(rb"[\xc0-\xff\xa8\xb8\xb2\xb3\xba\xbf\xaa\xaf\xa3]+")
    whole = [word for word in words if letters.fullmatch(word)]
    size = sum(map(len, words))
    singles = sum(len(word) == 1 for word in words)
    if sum(map(len, whole)) < 0.95 * size or size < 3 * singles or size / len(words) > 9:
        return ""
    vowels = sum(chr_ in "аеиоуыэюяёіїє" for word in whole for chr_ in word.decode("cp1251", "replace"))
    koi_vowels = sum(chr_ in "аеиоуыэюяё" for word in whole for chr_ in word.decode("koi8-r", "replace"))
    if max(vowels, koi_vowels) < 0.25 * size:
        return ""
    return "cp1251" if vowels >= koi_vowels else "koi8-r"


def _common_share(data: bytes, encoding: str) -> float:
    """Share of everyday characters among the non-ASCII ones when read as that East Asian code page; 0 if unreadable."""
    text = _strict(data, encoding)
    if text is None:
        return 0.0
    wide = [char for char in text if ord(char) > 0x7F]
    if not wide:
        return 0.0
    kana = sum(0x3041 <= ord(char) <= 0x30FE for char in wide)
    if encoding in {"cp932", "euc-jp"}:
        common = sum(_is_everyday_kanji(char) for char in wide)
        return (kana + common) / len(wide) if kana >= 0.2 * len(wide) else 0.0
    lead = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    everyday = sum(_has_lead(char, encoding, lead) for char in wide)
    return everyday / len(wide) if kana < 0.2 * len(wide) else 0.0


def _is_everyday_kanji(char: str) -> bool:
    """JIS level 1 kanji (3,000 in daily use) and Japanese punctuation."""
    if 0x3000 <= ord(char) <= 0x303F or 0xFF01 <= ord(char) <= 0xFF5E:
        return True
    code = char.encode("euc-jp", "ignore")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xCF


def _has_lead(char: str, encoding: str, lead: tuple[int, int]) -> bool:
    if 0x3000 <= ord(char) <= 0x303F or 0xFF01 <= ord(char) <= 0xFF5E:
        return True
    code = char.encode(encoding, "ignore")
    return len(code) == 2 and lead[0] <= code[0] <= lead[1] and (encoding != "gb18030" or code[1] >= 0xA1)


def _looks_korean(data: bytes) -> bool:
    """EUC-KR reads as GB 18030 too, but Hangul uses the lead bytes B0..C8 only.

    Chinese uses them about half the time.
    """
    leads = [pair[0] for pair in re.findall(rb"[\xb0-\xf7][\xa1-\xfe]", data)]
    return len(leads) >= 4 and sum(lead <= 0xC8 for lead in leads) >= 0.97 * len(leads)
