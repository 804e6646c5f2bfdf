"""Beginning an ad, and deciding about it: its brief, its beats, its gates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.ads.claims import claims_of
from pipeline.ads.placeholders import MOST_POINTS
from pipeline.ads.values import Brief, Template
from pipeline.ads.writing import missing_facts, most_letters
from pipeline.media.grades import LOOKS
from pipeline.providers.local.styles import STYLES
from projects import flow
from projects.actions.create import MusicWish, check_music
from projects.actions.ideas import plain_text
from projects.flow import ads, beds
from projects.models import (
    FPS,
    Ad,
    Aspect,
    Asset,
    Captions,
    Event,
    GatePass,
    Project,
    Quality,
    Reference,
    Rendition,
    Resolution,
    Soundtrack,
)
from projects.models.ad import NO_GRADE
from projects.states import IllegalMove, LostRace

MOST_SHOTS = 5
LENGTHS = {"product": 60, "what": 80, "audience": 60, "tone": 40, "call_to_action": 60, "point": 80}
OTHER_BEATS = gettext_lazy("The beats have changed meanwhile. What you typed is below; look at both once more.")
_COLOR = re.compile(r"^#?([0-9a-fA-F]{6})$")


@dataclass(frozen=True)
class AdWish:
    """What an advertiser hands in. `colors` are RRGGBB; `shots` are unsaved rows, in order."""

    brief: Brief
    colors: Sequence[str] = ()
    logo: Asset | None = None
    shots: Sequence[Reference] = ()
    music: MusicWish | None = None
    grade: str = ""
    """A color look by name, NO_GRADE, or "" for the template's."""


def checked_brief(given: Mapping[str, Any], template: Template, seconds: int) -> Brief:
    """The brief as it is kept. Raises BriefIncomplete with a sentence per field that has to be looked at."""
    points = tuple(line for line in plain_text(str(given.get("points", ""))).split("\n") if line)
    words = {name: " ".join(plain_text(str(given.get(name, ""))).split()) for name in LENGTHS if name != "point"}
    wrong = [
        (
            name,
            _("At most %(count)s letters, please; that is %(length)s.") % {"count": most, "length": len(words[name])},
        )
        for name, most in LENGTHS.items()
        if name in words and len(words[name]) > most
    ]
    if len(points) > MOST_POINTS:
        wrong.append(("points", _("At most %(count)s key points, one per line.") % {"count": MOST_POINTS}))
    if long := [point for point in points if len(point) > LENGTHS["point"]]:
        text = _("“%(point)s…” has %(length)s letters; a key point has at most %(count)s.")
        about = {"point": long[0][:30], "length": len(long[0]), "count": LENGTHS["point"]}
        wrong.append(("points", text % about))
    brief = Brief(points=points, **words)
    missing = [] if wrong else [(finding.place, finding.text) for finding in missing_facts(template, seconds, brief)]
    if wrong or missing:
        raise BriefIncomplete([*wrong, *missing])
    return brief


class BriefIncomplete(IllegalMove):
    """`wrong` holds (field, sentence) pairs."""

    def __init__(self, wrong: Sequence[tuple[str, str]]) -> None:
        super().__init__(" ".join(text for _field, text in wrong))
        self.wrong = list(wrong)


def checked_colors(colors: Sequence[str]) -> list[str]:
    """RRGGBB in capitals. Raises IllegalMove for what is no color."""
    found = []
    for color in colors:
        match = _COLOR.match(color.strip())
        if match is None:
            raise IllegalMove(_("“%(color)s” is no color. Write six hex digits, like #1B2A41.") % {"color": color[:20]})
        found.append(match[1].upper())
    return found


def create_ad(
    template: Template,
    wish: AdWish,
    *,
    by: User,
    seconds: int = 30,
    title: str = "",
    style: str = "",
    aspect: str = Aspect.WIDE,
    resolution: str = Resolution.P1080,
    captions: str = Captions.SUBTITLE,
    tier: str = Quality.FINAL,
    **fields: Any,
) -> Project:
    """A project for an ad, its first rendition, and its first jobs. Raises IllegalMove in words.

    `style` "" is the template's; `fields` are further fields of Project.
    """
    style = style or template.style
    _check(template, wish, seconds, style)
    music = wish.music or MusicWish()
    if music.source == Soundtrack.Source.COMPOSE and not music.mood:
        music = MusicWish(music.source, template.music_mood)
    with transaction.atomic():
        project = Project.objects.create(
            owner=by,
            kind=Project.Kind.AD,
            title=title.strip()[:200] or wish.brief.product,
            style=style,
            length_frames=seconds * FPS,
            **fields,
        )
        Rendition.objects.create(project=project, aspect=aspect, resolution=resolution, captions=captions)
        Ad.objects.create(
            project=project,
            template=template.model_dump(mode="json"),
            seconds=seconds,
            brief=wish.brief.model_dump(mode="json"),
            colors=checked_colors(wish.colors),
            logo=wish.logo,
            tier=tier,
            grade=wish.grade,
        )
        Soundtrack.objects.create(
            project=project,
            source=music.source,
            mood=music.mood,
            asset=music.asset,
            cuts=beds.cuts_to_meet(project),
        )
        for position, shot in enumerate(wish.shots, 1):
            shot.project, shot.position = project, position
            shot.save()
        Event.objects.create(project=project, verb="created", by=by, data={"template": template.name})
        flow.advance(flow.lock(project.pk))
    return project


def check_length(template: Template, seconds: int) -> None:
    """Raises IllegalMove for a length that the template does not come in."""
    if seconds not in template.seconds:
        lengths = ", ".join(str(length) for length in template.seconds)
        raise IllegalMove(_("This template comes in %(lengths)s seconds.") % {"lengths": lengths})


def _check(template: Template, wish: AdWish, seconds: int, style: str) -> None:
    check_length(template, seconds)
    if style not in STYLES:
        raise IllegalMove(_("There is no style called “%(style)s”.") % {"style": style})
    if not wish.shots:
        raise IllegalMove(_("Add at least one photo of the product."))
    if len(wish.shots) > MOST_SHOTS:
        raise IllegalMove(_("At most %(count)s photos of the product, please.") % {"count": MOST_SHOTS})
    if missing := missing_facts(template, seconds, wish.brief):
        raise BriefIncomplete([(finding.place, finding.text) for finding in missing])
    check_music(wish.music or MusicWish(), seconds * 1000)
    check_grade(wish.grade)


def check_grade(grade: str) -> None:
    """Raises IllegalMove for a color look that there is not."""
    if grade not in ("", NO_GRADE, *LOOKS):
        about = {"grade": grade[:40], "known": ", ".join((NO_GRADE, *LOOKS))}
        raise IllegalMove(_("There is no color look called “%(grade)s”. There are: %(known)s.") % about)


def set_grade(project: Project, grade: str, *, by: User | None, seen: str | None = None) -> None:
    """Another color look for the whole ad; every scene is rendered again in it. `seen` is the one that the form showed.

    Raises IllegalMove, LostRace where the ad has got another one meanwhile.
    """
    check_grade(grade)
    with transaction.atomic():
        project = flow.lock(project.pk)
        ad = Ad.objects.select_for_update().get(project=project)
        if seen is not None and ad.grade not in (seen, grade):
            raise LostRace(_("The ad has got another color look meanwhile. Look at it again."))
        if ad.grade == grade:
            return
        ad.grade = grade
        ad.save(update_fields=["grade"])
        Event.objects.create(project=project, verb="grade_set", by=by, data={"grade": grade})
        flow.changed(project, None)


def edit_beats(
    project: Project, captions: Mapping[str, str], prompts: Mapping[str, str], *, by: User | None, seen: str = ""
) -> Ad:
    """Change what beats say and show, by their names. Claims and lengths are looked for anew.

    `seen` is the mark of the beats as the page showed them, "" not to ask: LostRace where they are others by now.
    Raises IllegalMove once the scenes are planned: from then on they are edited on their own page.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        ad = Ad.objects.select_for_update().get(project=project)
        if project.scenes.exists():
            raise IllegalMove(_("The scenes are planned already. Change their words on the Scenes page."))
        if seen and seen != ads.mark_of(project, GatePass.Gate.BRIEF):
            raise LostRace(OTHER_BEATS)
        beats = []
        for beat in ad.filled():
            caption = " ".join(plain_text(captions.get(beat.name, beat.caption)).split())
            prompt = " ".join(plain_text(prompts.get(beat.name, beat.prompt)).split())[:400] or beat.prompt
            if len(caption) > most_letters(beat.seconds):
                about = {"caption": caption[:40], "seconds": beat.seconds, "count": most_letters(beat.seconds)}
                text = _("“%(caption)s” is too long for %(seconds)s s: at most %(count)s letters can be read.")
                raise IllegalMove(text % about)
            beats.append(beat.model_copy(update={"caption": caption, "prompt": prompt}))
        ad.edited = ad.edited or beats != list(ad.filled())
        ad.beats = [beat.model_dump(mode="json") for beat in beats]
        found = claims_of([(beat.name, beat.caption) for beat in beats], ads.topics())
        ad.findings = [finding.model_dump(mode="json") for finding in found]
        ad.save(update_fields=["beats", "findings", "edited"])
        take_back(project, GatePass.Gate.BRIEF)
        Event.objects.create(project=project, verb="brief_edited", by=by)
        flow.changed(project, None)
    return ad


def rewrite_brief(project: Project, brief: Brief, *, by: User | None, seen_take: int | None = None) -> Ad:
    """Change what was said about the product; the beats are filled anew, edits included.

    `seen_take` is the brief's that the form showed. Raises LostRace where it was changed meanwhile.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        ad = Ad.objects.select_for_update().get(project=project)
        if project.scenes.exists():
            raise IllegalMove(_("The scenes are planned already. Change their words on the Scenes page."))
        if seen_take is not None and ad.take != seen_take:
            raise LostRace(_("The brief has been changed meanwhile. What you typed is below; look at both once more."))
        ad.brief, ad.edited, ad.take = brief.model_dump(mode="json"), False, ad.take + 1
        ad.save(update_fields=["brief", "edited", "take"])
        take_back(project, GatePass.Gate.BRIEF)
        Event.objects.create(project=project, verb="brief_changed", by=by)
        flow.changed(project, None)
    return ad


def pass_gate(project: Project, gate: str, *, by: User | None, seen: str) -> None:
    """Let the film go on behind a gate. `seen` is the mark of what the page showed; LostRace where that is outdated."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        if gate not in GatePass.Gate.values:
            raise IllegalMove(_("There is no such gate."))
        mark = ads.mark_of(project, gate)
        if not mark:
            raise IllegalMove(_("There is nothing to approve yet."))
        if mark != seen:
            raise LostRace(_("It has changed meanwhile. Look at it once more."))
        GatePass.objects.get_or_create(project=project, gate=gate, undone_at=None, defaults={"mark": mark, "by": by})
        Event.objects.create(project=project, verb="gate_passed", by=by, data={"gate": gate})
        flow.changed(project, None)


def approve_brief(
    project: Project, captions: Mapping[str, str], prompts: Mapping[str, str], *, by: User | None, seen: str
) -> None:
    """Pass the brief's gate with the beats as its page shows them: what was typed there is saved first.

    Raises LostRace where the beats have changed since the page was loaded (`seen` is their mark), IllegalMove as
    `edit_beats`.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        if seen != ads.mark_of(project, GatePass.Gate.BRIEF):
            raise LostRace(OTHER_BEATS)
        typed = {beat.name: (captions.get(beat.name), prompts.get(beat.name)) for beat in project.ad.filled()}
        stands = {beat.name: (beat.caption, beat.prompt) for beat in project.ad.filled()}
        if any(text not in (None, old) for name in typed for text, old in zip(typed[name], stands[name], strict=True)):
            edit_beats(project, captions, prompts, by=by)
            project = flow.lock(project.pk)
        pass_gate(project, GatePass.Gate.BRIEF, by=by, seen=ads.mark_of(project, GatePass.Gate.BRIEF))


def take_back(project: Project, gate: str) -> None:
    """What was approved is no longer what stands."""
    GatePass.objects.filter(project=project, gate=gate, undone_at=None).update(undone_at=timezone.now())
