"""Words as sounds: enough phonetics for a synthetic singer, and a rough English spelling-to-sound rule set.

Symbols are ARPAbet without stress. Formants are those of women's voices (Peterson and Barney, "Control methods used in
a study of the vowels", 1952), in Hz.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sound:
    """One phoneme. A glide moves from `formants` to `glide` while it sounds."""

    formants: tuple[int, int, int]
    voice: float = 1.0
    breath: float = 0.0
    """Noise through the formants (h)."""
    hiss: float = 0.0
    hiss_hz: int = 5000
    hiss_width_hz: int = 1500
    seconds: float = 0.07
    """Usual length as a consonant."""
    glide: tuple[int, int, int] | None = None
    stop: bool = False
    """A closure before the burst."""

    @property
    def vowel(self) -> bool:
        return self.voice >= 1.0


SOUNDS: dict[str, Sound] = {
    "AA": Sound((850, 1220, 2810)),
    "AE": Sound((860, 2050, 2850)),
    "AH": Sound((760, 1400, 2780)),
    "AO": Sound((590, 920, 2710)),
    "EH": Sound((610, 2330, 2990)),
    "ER": Sound((500, 1640, 1960)),
    "IH": Sound((430, 2480, 3070)),
    "IY": Sound((310, 2790, 3310)),
    "UH": Sound((470, 1160, 2680)),
    "UW": Sound((370, 950, 2670)),
    "AY": Sound((850, 1300, 2810), glide=(430, 2400, 3050)),
    "EY": Sound((580, 2350, 2990), glide=(350, 2700, 3200)),
    "AW": Sound((850, 1350, 2810), glide=(450, 1000, 2650)),
    "OW": Sound((560, 1000, 2700), glide=(400, 880, 2650)),
    "OY": Sound((590, 950, 2710), glide=(420, 2400, 3050)),
    "M": Sound((280, 1100, 2400), voice=0.32),
    "N": Sound((280, 1700, 2600), voice=0.32),
    "NG": Sound((280, 2200, 2700), voice=0.3, seconds=0.08),
    "L": Sound((360, 1300, 2900), voice=0.55, seconds=0.06),
    "R": Sound((420, 1300, 1650), voice=0.6, seconds=0.06),
    "W": Sound((320, 700, 2300), voice=0.55, seconds=0.06),
    "Y": Sound((300, 2600, 3200), voice=0.55, seconds=0.05),
    "V": Sound((300, 1200, 2500), voice=0.25, hiss=0.06, hiss_hz=6500, hiss_width_hz=3000),
    "Z": Sound((300, 1700, 2600), voice=0.2, hiss=0.4, hiss_hz=6800, hiss_width_hz=1600, seconds=0.08),
    "ZH": Sound((300, 1700, 2600), voice=0.2, hiss=0.35, hiss_hz=3400, hiss_width_hz=1100, seconds=0.08),
    "DH": Sound((300, 1400, 2600), voice=0.3, hiss=0.04, hiss_hz=6000, hiss_width_hz=3000, seconds=0.05),
    "B": Sound((260, 900, 2300), voice=0.08, hiss=0.3, hiss_hz=900, hiss_width_hz=700, stop=True),
    "D": Sound((260, 1800, 2600), voice=0.08, hiss=0.35, hiss_hz=3800, hiss_width_hz=1500, stop=True),
    "G": Sound((260, 2000, 2500), voice=0.08, hiss=0.35, hiss_hz=2100, hiss_width_hz=800, stop=True),
    "P": Sound((400, 1000, 2400), voice=0.0, hiss=0.45, hiss_hz=1100, hiss_width_hz=900, stop=True),
    "T": Sound((400, 1800, 2700), voice=0.0, hiss=0.6, hiss_hz=4600, hiss_width_hz=1800, stop=True),
    "K": Sound((400, 2000, 2500), voice=0.0, hiss=0.55, hiss_hz=2300, hiss_width_hz=900, stop=True),
    "S": Sound((400, 1800, 2700), voice=0.0, hiss=0.6, hiss_hz=7000, hiss_width_hz=1600, seconds=0.1),
    "SH": Sound((400, 1800, 2700), voice=0.0, hiss=0.6, hiss_hz=3500, hiss_width_hz=1100, seconds=0.1),
    "F": Sound((400, 1200, 2500), voice=0.0, hiss=0.25, hiss_hz=7500, hiss_width_hz=3500, seconds=0.09),
    "TH": Sound((400, 1400, 2600), voice=0.0, hiss=0.2, hiss_hz=6500, hiss_width_hz=3500, seconds=0.08),
    "HH": Sound((600, 1500, 2700), voice=0.0, breath=0.6, seconds=0.07),
    "CH": Sound((400, 1800, 2700), voice=0.0, hiss=0.65, hiss_hz=3600, hiss_width_hz=1200, seconds=0.1, stop=True),
    "JH": Sound((280, 1800, 2600), voice=0.1, hiss=0.45, hiss_hz=3400, hiss_width_hz=1200, seconds=0.09, stop=True),
}

Syllable = tuple[str, ...]


def _table(text: str) -> dict[str, list[str]]:
    """`sh=SH; ow=OW` as a dictionary."""
    pairs = (entry.split("=") for entry in text.split(";"))
    return {spelling.strip(): sounds.split() for spelling, sounds in pairs}


# the longest spelling first; a rough cut of English, good enough to be sung by a machine
_SPELLINGS = _table(
    """
    all=AO L; ce=S EH; ci=S IH; cy=S IY; ought=AO T; aught=AO T; tion=SH AH N; igh=AY; eau=OW; air=EH R;
    ear=IY R; oor=AO R; our=AW R; tch=CH; dge=JH; sch=SH; sh=SH; ch=CH; th=TH; ph=F; wh=W; ck=K; ng=NG; qu=K W;
    kn=N; wr=R; gh=; ee=IY; ea=IY; oo=UW; ou=AW; ow=OW; oa=OW; ai=EY; ay=EY; ei=EY; ey=IY; oi=OY; oy=OY; au=AO;
    aw=AO; ie=IY; ew=UW; ue=UW; ar=AA R; er=ER; ir=ER; ur=ER; or=AO R; a=AE; b=B; c=K; d=D; e=EH; f=F; g=G;
    h=HH; i=IH; j=JH; k=K; l=L; m=M; n=N; o=AA; p=P; q=K; r=R; s=S; t=T; u=AH; v=V; w=W; x=K S; y=IY; z=Z
    """
)
_LONG = {"a": "EY", "i": "AY", "o": "OW", "u": "UW", "e": "IY"}
_SMALL_WORDS = _table(
    """
    a=AH; the=DH AH; i=AY; to=T UW; of=AH V; you=Y UW; and=AE N D; my=M AY; by=B AY; me=M IY; we=W IY;
    are=AA R; is=IH Z; no=N OW; so=S OW; go=G OW; love=L AH V; away=AH W EY; again=AH G EH N; water=W AO T ER;
    over=OW V ER; come=K AH M; do=D UW; be=B IY; he=HH IY; she=SH IY; your=Y AO R; one=W AH N
    """
)


def syllables(word: str) -> list[Syllable]:
    """The syllables of a word, sung roughly as spelled; at least one, whatever the script."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    if not plain:
        letters = sum(character.isalnum() for character in word)
        return [("L", "AA")] * max(1, letters if not word.isascii() else 1)
    if plain in _SMALL_WORDS:
        return split_syllables(_SMALL_WORDS[plain])
    return split_syllables(_sounds(plain))


def _sounds(plain: str) -> list[str]:
    long_vowel = -1
    magic = re.search(r"([aeiou])[^aeiouwxy]e(s|d)?$", plain)  # "name", "lights" has none
    if magic:
        long_vowel = magic.start(1)
        plain = plain[: magic.end() - len(magic.group(2) or "") - 1] + (magic.group(2) or "")
    elif len(plain) > 3 and plain.endswith("e") and plain[-2] not in "aeiou":
        plain = plain[:-1]
    found: list[str] = []
    place = 0
    while place < len(plain):
        if place == long_vowel:
            found.append(_LONG[plain[place]])
            place += 1
            continue
        if place > 0 and plain[place] == plain[place - 1] and plain[place] not in "aeiou":
            place += 1  # a doubled consonant is one sound
            continue
        spelling = next(known for known in _SPELLINGS if plain.startswith(known, place))
        found += ["Y"] if spelling == "y" and place == 0 else _SPELLINGS[spelling]
        place += len(spelling)
    return found or ["AH"]


def split_syllables(sounds: list[str]) -> list[Syllable]:
    """One vowel per syllable; of the consonants between two vowels the last one opens the next syllable."""
    vowels = [i for i, sound in enumerate(sounds) if SOUNDS[sound].vowel]
    if not vowels:
        return [(*sounds, "AH")]
    cuts = [0]
    for left, right in itertools.pairwise(vowels):
        cuts.append(max(left + 1, right - 1) if right - left > 1 else right)
    cuts.append(len(sounds))
    return [tuple(sounds[start:end]) for start, end in itertools.pairwise(cuts)]
