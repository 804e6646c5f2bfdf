"""A lyrics sheet without times: stanzas, headings and the repetitions that people abbreviate."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.media.lyrics.headings import Heading, heading_of, repeats
from pipeline.media.lyrics.values import Line

_SUNG_AGAIN = frozenset({"chorus", "pre-chorus", "post-chorus", "bridge", "verse"})


@dataclass
class _Stanza:
    heading: Heading
    lines: list[str] = field(default_factory=list)


def plain_lines(text: str) -> tuple[list[Line], list[str]]:
    """Lines in the order they are sung, and notes.

    A heading alone repeats the stanza it named before; (x2) sings again.
    """
    notes: list[str] = []
    lines: list[Line] = []
    known: dict[str, list[str]] = {}
    block = 0
    for stanza in _stanzas(text):
        kind, label = stanza.heading.kind, stanza.heading.label
        sung = stanza.lines
        if not sung and kind in _SUNG_AGAIN:
            sung = known.get(label) or known.get(kind) or []
            note = f"The {kind} is written once and sung again where the text names it."
            if sung and note not in notes:
                notes.append(note)
        elif sung and kind:
            known.setdefault(kind, sung)
            known.setdefault(label, sung)
        for _ in range(stanza.heading.times if sung else 0):
            lines += [Line(text=text, block=block, heading=kind) for text in sung]
            block += 1
    return lines, notes


def _stanzas(text: str) -> list[_Stanza]:
    """Stanzas as written: a blank line or a heading begins one."""
    stanzas = [_Stanza(Heading())]
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        heading = heading_of(line)
        if not line:
            if stanzas[-1].lines:
                stanzas.append(_Stanza(Heading()))
        elif heading is None:
            sung, times = repeats(line)
            stanzas[-1].lines += [sung] * times
        elif not heading.kind and heading.times > 1 and _last_sung(stanzas) is not None:
            _repeat_stanza(stanzas, heading.times)
        else:
            if not stanzas[-1].lines and not stanzas[-1].heading.kind:
                stanzas.pop()
            stanzas.append(_Stanza(heading))
    return stanzas


def _last_sung(stanzas: list[_Stanza]) -> _Stanza | None:
    return next((stanza for stanza in reversed(stanzas) if stanza.lines), None)


def _repeat_stanza(stanzas: list[_Stanza], times: int) -> None:
    """A "(x2)" on a line of its own means the stanza above it."""
    above = _last_sung(stanzas)
    if above is not None:
        above.heading = Heading(above.heading.kind, times, above.heading.label)
