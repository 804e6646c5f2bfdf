"""How much singing a text is: words, and syllables counted by simple rules.

Latin and Cyrillic words have about one syllable per group of vowels (with English's silent e); a Han character, a kana
and a Hangul syllable are one each; scripts without written vowels are judged by length. That is exact enough to spread
time over words, and no more is claimed.
"""

from __future__ import annotations

import re
import unicodedata

_VOWELS = frozenset("aeiouyæœøıαεηιουωаеёиоуыэюяіїєўү")
_CYRILLIC = frozenset("аеёиоуыэюяіїєўү")
_SMALL_KANA = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー々ゝヽ")
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_CJK_CHAR = re.compile(f"[{_CJK}]")
_PIECES = re.compile(f"[{_CJK}][ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー]*|[^\\s{_CJK}]+")


def sung_words(text: str) -> tuple[str, ...]:
    """The parts of a line that are highlighted one after the other: words, or single characters of Chinese and
    Japanese.

    Each stands in `text` in this order; punctuation stays with the word before it (or after it at the start).
    """
    words: list[str] = []
    end = 0
    for match in _PIECES.finditer(text):
        piece = match.group()
        touching = words and match.start() == end
        if touching and not (_is_sung(piece) and _is_sung(words[-1])):
            words[-1] += piece
        else:
            words.append(piece)
        end = match.end()
    sung = tuple(word for word in words if _is_sung(word))
    return sung or tuple(words)


def syllable_count(text: str) -> int:
    """Syllables of a word or line; at least 1 for anything with a letter or digit, 0 for none."""
    return sum(_word_syllables(word) for word in sung_words(text))


def _is_sung(word: str) -> bool:
    """Nobody sings a dash, an ampersand or an emoji."""
    return any(char.isalnum() for char in word)


def _word_syllables(word: str) -> int:
    letters = [char for char in unicodedata.normalize("NFKD", word.lower()) if char.isalnum()]
    if not letters:
        return 0
    if _CJK_CHAR.match(word):
        return sum(char not in _SMALL_KANA for char in word if char.isalnum()) or 1
    hangul = sum(0xAC00 <= ord(char) <= 0xD7A3 for char in unicodedata.normalize("NFC", word))
    if hangul:
        return hangul
    if letters[0].isdigit():
        return max(1, sum(2 if char == "7" else 1 for char in letters if char.isdigit()))
    vowels = sum(char in _VOWELS for char in letters)
    if not vowels:
        return max(1, round(len(letters) / (4 if letters[0].isascii() else 2.5)))
    if any(char in _CYRILLIC for char in letters):
        return vowels
    return _latin_syllables("".join(letters), silent_e=all(ord(char) < 128 for char in word[-3:]))


def _latin_syllables(word: str, *, silent_e: bool) -> int:
    groups = len(re.findall(r"[aeiouyæœøıαεηιουω]+", word))
    if (
        silent_e
        and groups > 1
        and re.search(r"[^aeiouy]e$|[^aeiouytd]ed$|[^aeiouysxz]es$", word)
        and not re.search(r"[^aeiouy]le$", word)
    ):
        groups -= 1
    groups += len(re.findall(r"[iy][ao](?!u)|eo|ua|uo(?!i)", word[1:])) if len(word) > 4 else 0
    return max(1, groups)
