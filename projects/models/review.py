"""Who decided what, and what they agreed to spend."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.artefact import Clip, Image, Verdict
from projects.models.project import Project
from projects.models.song import Transcript


class Ruling(models.TextChoices):
    """What is remembered of a take: a verdict, or that it was kept for words that it was not made from."""

    PENDING = Verdict.PENDING.value, Verdict.PENDING.label
    APPROVED = Verdict.APPROVED.value, Verdict.APPROVED.label
    REJECTED = Verdict.REJECTED.value, Verdict.REJECTED.label
    KEPT = "kept", _("Kept as it is")
    UNKEPT = "unkept", _("No longer kept")


class Approval(models.Model):
    """One verdict: who, when, on which take, why."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="approvals")
    image = models.ForeignKey(Image, null=True, blank=True, on_delete=models.CASCADE, related_name="approvals")
    clip = models.ForeignKey(Clip, null=True, blank=True, on_delete=models.CASCADE, related_name="approvals")
    transcript = models.ForeignKey(
        Transcript, null=True, blank=True, on_delete=models.CASCADE, related_name="approvals"
    )
    verdict = models.CharField(max_length=10, choices=Ruling.choices)
    reason = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")

    def __str__(self) -> str:
        return self.verdict


class Consent(models.Model):
    """Permission to spend on some steps of a project, up to a ceiling, at the prices that were shown.

    `prices`: provider:model:tier -> the version of its price. A model or price that is not in it needs a new consent.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="consents")
    steps = models.JSONField(default=list)
    ceiling_microusd = models.BigIntegerField()
    prices = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(condition=models.Q(ceiling_microusd__gte=0), name="consent_ceiling_from_0")
        ]

    def __str__(self) -> str:
        return f"up to {self.ceiling_microusd} micro-USD"


class Event(models.Model):
    """What happened to a project, in words, for its history."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=40)
    text = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at"]
        indexes = [models.Index(fields=["project", "-at"], name="event_project")]

    def __str__(self) -> str:
        return self.verb
