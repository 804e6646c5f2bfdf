"""The certificate in words and numbers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from pipeline.media.certificate import Certificate, SoundFact
from pipeline.media.certificate.values import BEAT_TOLERANCE_MS
from projects.models import FinalVideo

Fact = tuple[str, str]


def certificate_context(final: FinalVideo) -> dict[str, Any] | None:
    """What the fragment is given; None where nothing was measured, so that no page claims that it was."""
    try:
        certificate = Certificate.model_validate(final.certificate)
    except ValidationError:
        return None
    findings = [finding.text for finding in certificate.findings]
    return {
        "ok": certificate.ok,
        "findings": findings,
        "sentences": [text for text in certificate.sentences() if text not in findings],
        "facts": _facts(certificate),
    }


def _facts(certificate: Certificate) -> list[Fact]:
    return [*_picture_facts(certificate), *_cut_facts(certificate), *_sound_facts(certificate)]


def _picture_facts(certificate: Certificate) -> list[Fact]:
    frames = _("%(counted)s of %(expected)s") % {
        "counted": certificate.counted_frames,
        "expected": certificate.expected_frames,
    }
    return [
        (_("Frames"), frames),
        (_("Timing"), _("even") if certificate.even_timestamps else _("uneven")),
        (_("Size"), f"{certificate.width} × {certificate.height}"),
        (_("Frame rate"), _("%(fps)s per second") % {"fps": certificate.fps}),
        (_("Video"), f"{certificate.video_codec}, {certificate.pixels}"),
        (_("Color"), certificate.color),
        (_("Starts while loading"), _("yes") if certificate.index_first else _("no")),
        (_("Black"), _seconds(sum(span.end_ms - span.start_ms for span in certificate.black))),
        (_("Frozen"), _seconds(sum(span.end_ms - span.start_ms for span in certificate.stuck))),
    ]


def _cut_facts(certificate: Certificate) -> list[Fact]:
    cuts = certificate.cuts
    if not cuts:
        return [(_("Cuts"), "0")]
    exact = sum(cut.offset_frames == 0 for cut in cuts)
    near = [abs(cut.beat_offset_ms) for cut in cuts if cut.beat_offset_ms is not None]
    facts = [(_("Cuts on their frame"), _("%(exact)s of %(all)s") % {"exact": exact, "all": len(cuts)})]
    if near:
        on_beat = {
            "near": sum(offset <= BEAT_TOLERANCE_MS for offset in near),
            "all": len(cuts),
            "ms": BEAT_TOLERANCE_MS,
        }
        facts.append((_("Cuts on a beat"), _("%(near)s of %(all)s, within %(ms)s ms") % on_beat))
        facts.append((_("Farthest from a beat"), _("%(ms)s ms") % {"ms": max(near)}))
    return facts


def _sound_facts(certificate: Certificate) -> list[Fact]:
    sound = certificate.sound
    if sound is None:
        return [(_("Sound"), _("none"))]
    channels = {1: _("mono"), 2: _("stereo")}.get(sound.channels, _("%(count)s channels") % {"count": sound.channels})
    return [
        (_("Sound"), f"{sound.codec}, {sound.sample_rate / 1000:g} kHz, {channels}"),
        (_("Picture and sound, start"), _milliseconds(certificate.start_difference_us)),
        (_("Picture and sound, end"), _milliseconds(certificate.end_difference_us)),
        *_loudness_facts(sound),
        (_("Silent"), _seconds(sum(span.end_ms - span.start_ms for span in sound.silent))),
    ]


def _loudness_facts(sound: SoundFact) -> list[Fact]:
    facts = []
    if sound.loudness_tenths_lufs is not None:
        facts.append((_("Loudness"), f"{sound.loudness_tenths_lufs / 10:.1f} LUFS"))
    if sound.true_peak_tenths_dbtp is not None:
        facts.append((_("True peak"), f"{sound.true_peak_tenths_dbtp / 10:.1f} dBTP"))
    return facts


def _seconds(ms: int) -> str:
    return _("%(seconds)s s") % {"seconds": f"{ms / 1000:.1f}"}


def _milliseconds(us: int) -> str:
    return _("%(ms)s ms apart") % {"ms": f"{abs(us) / 1000:.1f}"}
