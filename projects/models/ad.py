"""What an advertisement begins with: a template, a brief, a brand; and the words of people who let it go on."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.ads.claims import Source, Topic
from pipeline.ads.values import Brief, FilledBeat, Finding, Template
from pipeline.media.grades import Grade
from projects.models.asset import Asset
from projects.models.project import Project
from projects.models.scene import Quality

NO_GRADE = "none"
DEFAULT_COLORS = ("1B2A41", "FFD84D")


class AdTemplate(models.Model):
    """A template that an operator handed in. Each upload is a version of its own; the newest enabled one is offered."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.SlugField(max_length=40)
    version = models.PositiveIntegerField(editable=False)
    definition = models.JSONField()
    preview_file = models.CharField(max_length=200, blank=True, default="", editable=False)
    enabled = models.BooleanField(
        default=True, help_text=_("Offered for new ads. Ads that were begun with it keep it.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("ad template")
        verbose_name_plural = _("ad templates")
        ordering = ["name", "-version"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="ad_template_versions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ClaimTopic(models.Model):
    """A kind of claim that needs proof, as operators keep it. The first ones come from the list in the repository."""

    name = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    why = models.CharField(max_length=300, help_text=_("Shown beside a claim that was found."))
    phrases = models.JSONField(help_text=_("A list of words. * stands for the rest of a word, # for a number."))
    sources = models.JSONField(default=list, blank=True, help_text=_("A list of public rules, each {title, url}."))
    enabled = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("claim that needs proof")
        verbose_name_plural = _("claims that need proof")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.label

    def as_topic(self) -> Topic:
        """Raises TypeError or pydantic.ValidationError for a row that cannot be used."""
        if not isinstance(self.phrases, list) or not isinstance(self.sources, list):
            raise TypeError("phrases and sources are lists")
        return Topic(
            name=self.name,
            label=self.label,
            why=self.why,
            phrases=tuple(self.phrases),
            sources=tuple(Source.model_validate(row) for row in self.sources),
        )


class Ad(models.Model):
    """The ad that a project makes. `beats` and `findings` are what came of the brief; people may edit the beats."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="ad")
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.JSONField(help_text=_("The template as it was when the ad was begun."))
    seconds = models.PositiveSmallIntegerField()
    brief = models.JSONField()
    colors = models.JSONField(default=list, help_text=_("RRGGBB: the ground of the end card, then its accent."))
    logo = models.ForeignKey(Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    grade = models.CharField(
        max_length=20, blank=True, default="", help_text=_("A color look by name, or none; empty is the template's.")
    )
    tier = models.CharField(max_length=8, choices=Quality.choices, default=Quality.FINAL)
    take = models.PositiveIntegerField(default=1, help_text=_("Counts how often the brief was written anew."))
    beats = models.JSONField(default=list, blank=True)
    findings = models.JSONField(default=list, blank=True)
    brief_recipe = models.CharField(max_length=64, blank=True, default="")
    edited = models.BooleanField(default=False)
    guide_file = models.CharField(max_length=200, blank=True, default="")
    style_asset = models.ForeignKey(
        Asset,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The owner's own picture of the look; empty: one is drawn."),
    )
    guide_sha256 = models.CharField(max_length=64, blank=True, default="")
    references_recipe = models.CharField(max_length=64, blank=True, default="")
    same_shots = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("ad")
        verbose_name_plural = _("ads")

    def __str__(self) -> str:
        return str(self.brief.get("product", ""))

    def as_template(self) -> Template:
        return Template.model_validate_json(_json(self.template))

    def grade_of(self, beat: str) -> Grade | None:
        """The color look of a beat, by its name: the one that was chosen for the whole ad, else the template's."""
        if self.grade:
            return Grade(name=self.grade) if self.grade != NO_GRADE else None
        return self.as_template().grade_of(beat)

    def as_brief(self) -> Brief:
        return Brief.model_validate_json(_json(self.brief))

    def filled(self) -> tuple[FilledBeat, ...]:
        """The beats as they stand; none before the brief is written."""
        return tuple(FilledBeat.model_validate_json(_json(beat)) for beat in self.beats)

    def found(self) -> tuple[Finding, ...]:
        return tuple(Finding.model_validate_json(_json(finding)) for finding in self.findings)

    @property
    def ground(self) -> str:
        return str(self.colors[0]) if self.colors else DEFAULT_COLORS[0]

    @property
    def accent(self) -> str:
        return str(self.colors[1]) if len(self.colors) > 1 else DEFAULT_COLORS[1]


class GatePass(models.Model):
    """A person let a film go on behind one of its gates. Taken back where what they saw is no longer what stands."""

    class Gate(models.TextChoices):
        BRIEF = "brief", _("Brief")
        ANIMATIC = "animatic", _("Animatic")
        REFERENCES = "references", _("References")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="passes")
    gate = models.CharField(max_length=12, choices=Gate.choices)
    mark = models.CharField(max_length=64, help_text=_("What was seen, in short."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("gate passed")
        verbose_name_plural = _("gates passed")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "gate"], condition=models.Q(undone_at=None), name="one_standing_pass_per_gate"
            )
        ]

    def __str__(self) -> str:
        return self.gate


def _json(value: Any) -> str:
    """Values are strict: lists become tuples when they are read as JSON."""
    return json.dumps(value)
