"""Whisper answers with a language's English name and is asked with its ISO 639-1 code; lyrics keep the code."""

from __future__ import annotations

_NAMES = (
    "af afrikaans|sq albanian|am amharic|ar arabic|hy armenian|as assamese|az azerbaijani|ba bashkir|eu basque|"
    "be belarusian|bn bengali|bs bosnian|br breton|bg bulgarian|ca catalan|ca valencian|zh chinese|zh mandarin|"
    "zh cantonese|hr croatian|cs czech|da danish|nl dutch|nl flemish|en english|et estonian|fo faroese|fi finnish|"
    "fr french|gl galician|ka georgian|de german|el greek|gu gujarati|ht haitian creole|ht haitian|ha hausa|"
    "haw hawaiian|he hebrew|hi hindi|hu hungarian|is icelandic|id indonesian|it italian|ja japanese|jw javanese|"
    "kn kannada|kk kazakh|km khmer|ko korean|lo lao|la latin|lv latvian|ln lingala|lt lithuanian|lb luxembourgish|"
    "lb letzeburgesch|mk macedonian|mg malagasy|ms malay|ml malayalam|mt maltese|mi maori|mr marathi|mn mongolian|"
    "my myanmar|my burmese|ne nepali|no norwegian|nn nynorsk|oc occitan|ps pashto|ps pushto|fa persian|pl polish|"
    "pt portuguese|pa punjabi|pa panjabi|ro romanian|ro moldavian|ro moldovan|ru russian|sa sanskrit|sr serbian|"
    "sn shona|sd sindhi|si sinhala|si sinhalese|sk slovak|sl slovenian|so somali|es spanish|es castilian|su sundanese|"
    "sw swahili|sv swedish|tl tagalog|tg tajik|ta tamil|tt tatar|te telugu|th thai|bo tibetan|tr turkish|tk turkmen|"
    "uk ukrainian|ur urdu|uz uzbek|vi vietnamese|cy welsh|yi yiddish|yo yoruba"
)
_CODES = {name: code for code, _, name in (entry.partition(" ") for entry in _NAMES.split("|"))}
_ISO = {"jw": "jv"}
_ASKED_AS = {code: name for name, code in reversed(_CODES.items()) if code not in _ISO}
"""Code -> the first of its names."""


def asked_languages() -> list[tuple[str, str]]:
    """(code, English name) of each language that a model can be told to hear, by name."""
    return sorted(((code, name.title()) for code, name in _ASKED_AS.items()), key=lambda language: language[1])


def language_code(name: object) -> str:
    """The ISO code of a language by its name or code, "" for what is neither."""
    if not isinstance(name, str):
        return ""
    low = name.strip().lower()
    code = _CODES.get(low) or (low if low in _CODES.values() else low[:2] if low[2:3] in {"-", "_"} else "")
    return _ISO.get(code, code) if code in _CODES.values() else ""
