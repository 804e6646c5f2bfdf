"""Our own short song, so that the first page is alive. Words and music are original."""

from __future__ import annotations

from pipeline.media.audio.synth.arrangement import Score
from pipeline.media.audio.synth.melody import Phrase, Tone
from pipeline.media.audio.synth.moods import FORMS, MOODS

TITLE = "Salt and Neon"
ARTIST = "Paper Harbor"
BPM = 108.0
SEED = 11

LYRICS = """\
Rain on the harbor,
neon on the bay,
ships carry lanterns
out and far away.

Oh, the sea remembers,
mountains know my name,
stars above the city
calling me again.
"""

# One line per bar. Each syllable: sounds, beats, midi note; words are separated by "|".
_TUNE = (
    "R EY N 1 64 | AA N .5 64 | DH AH .5 62 | HH AA R 1 64 , B ER .9 60",
    "N IY .5 65 , AA N .5 65 | AA N .5 64 | DH AH .5 62 | B EY 1.8 60",
    "SH IH P S 1 64 | K EH R .5 67 , IY .5 64 | L AE N 1 67 , T ER N Z .9 64",
    "AW T .5 67 | AE N D .5 65 | F AA R .5 62 | AH .5 62 , W EY 1.8 62",
    "OW 1 69 | DH AH .5 67 | S IY .5 69 | R IY .5 69 , M EH M .7 72 , B ER Z .7 69",
    "M AW N .5 71 , T AH N Z .5 71 | N OW .5 69 | M AY .5 67 | N EY M 1.8 67",
    "S T AA R Z .75 72 | AH .25 71 , B AH V .5 72 | DH AH .5 71 | S IH 1 69 , T IY .9 69",
    "K AO L .5 67 , IH NG .5 69 | M IY .5 67 | AH .5 62 , G EH N 1.9 64",
)


def sample_score() -> Score:
    return Score(mood=MOODS["dream"], form=FORMS["short"], bpm=BPM, seed=SEED, lead_in_s=0.1, ring_s=2.6)


def sample_phrases() -> list[Phrase]:
    """The eight lines over the verse (bars 2 to 5) and the chorus (bars 6 to 9)."""
    lines = [line for line in LYRICS.splitlines() if line]
    return [
        Phrase(line, tuple(line.split()), _tones(tune), beat=4.0 * (2 + number), chorus=number >= 4)
        for number, (line, tune) in enumerate(zip(lines, _TUNE, strict=True))
    ]


def _tones(tune: str) -> tuple[Tone, ...]:
    tones = []
    for number, word in enumerate(tune.split("|")):
        for part in word.split(","):
            *sounds, beats, midi = part.split()
            tones.append(Tone(float(beats), int(midi), tuple(sounds), number))
    return tuple(tones)
