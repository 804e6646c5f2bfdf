"""Attempts (the charges), the ledger, and what a day and a month have spent. Integer micro-USD."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.models.work import Job
from pipeline.states import OPEN, OPEN_OR_PAID, AttemptState


class Attempt(models.Model):
    """One request to a provider, and its charge: written before the request leaves, settled with its durable result.

    Outlives the job and the project it paid for, so their codes are copied.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="attempts")
    job_code = models.UUIDField()
    project_code = models.UUIDField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    step = models.CharField(max_length=40)
    call = models.CharField(max_length=40, help_text=_("Which of the step's requests: submit, chunk-3, repair-1 ..."))
    number = models.PositiveIntegerField(default=1)
    capability = models.CharField(max_length=20, blank=True, default="")
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=120, blank=True, default="")
    request = models.JSONField()
    request_digest = models.CharField(max_length=64)
    reply = models.JSONField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=12, choices=AttemptState.choices, default=AttemptState.INTENT)
    estimate_microusd = models.BigIntegerField(default=0)
    cost_microusd = models.BigIntegerField(default=0)
    consent = models.PositiveBigIntegerField(
        null=True, blank=True, help_text=_("Which consent covers it; the number is kept when the project goes.")
    )
    error = models.TextField(blank=True, default="")
    error_kind = models.CharField(max_length=20, blank=True, default="")
    look_at = models.DateTimeField(
        default=timezone.now, help_text=_("When an open attempt of a job that has ended is looked at next.")
    )
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["job_code", "call"], condition=Q(state__in=OPEN_OR_PAID), name="one_open_or_paid_attempt"
            ),
            models.UniqueConstraint(fields=["job_code", "call", "number"], name="attempts_are_numbered"),
            models.CheckConstraint(
                condition=Q(estimate_microusd__gte=0) & Q(cost_microusd__gte=0), name="attempt_costs_no_less_than_0"
            ),
        ]
        indexes = [
            models.Index(fields=["project_code", "step"], name="attempt_project"),
            models.Index(fields=["look_at"], condition=Q(state__in=OPEN), name="attempt_open"),
            models.Index(fields=["consent"], condition=Q(consent__isnull=False), name="attempt_consent"),
        ]

    def __str__(self) -> str:
        return f"{self.step}/{self.call} #{self.number}"


class LedgerEntry(models.Model):
    """One movement of money in micro-USD; only ever added."""

    class Kind(models.TextChoices):
        RESERVE = "reserve", _("Reserved")
        RELEASE = "release", _("Released")
        SETTLE = "settle", _("Spent")
        WRITE_OFF = "write_off", _("Written off as spent")
        ADJUST = "adjust", _("Corrected")

    attempt = models.ForeignKey(Attempt, null=True, blank=True, on_delete=models.SET_NULL, related_name="entries")
    attempt_code = models.UUIDField()
    project_code = models.UUIDField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount_microusd = models.BigIntegerField()
    day = models.DateField()
    limit_microusd = models.BigIntegerField(
        null=True, blank=True, help_text=_("What the day could hold when this was reserved.")
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt_code", "kind"], condition=~Q(kind="adjust"), name="one_entry_of_a_kind_per_attempt"
            )
        ]
        indexes = [
            models.Index(fields=["day", "kind"], name="ledger_day"),
            models.Index(fields=["project_code"], name="ledger_project"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_microusd}"


class _Purse(models.Model):
    """What is reserved and spent of a limit. Both only move by one conditional UPDATE."""

    hard_microusd = models.BigIntegerField(null=True, blank=True)
    reserved_microusd = models.BigIntegerField(default=0)
    spent_microusd = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class BudgetDay(_Purse):
    """What one day has reserved and spent, and its own limits (null: the studio's)."""

    day = models.DateField(primary_key=True)
    soft_microusd = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("budget day")
        verbose_name_plural = _("budget days")
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_microusd__gte=0) & Q(spent_microusd__gte=0), name="budget_counts_up_from_0"
            )
        ]

    def __str__(self) -> str:
        return str(self.day)


class BudgetMonth(_Purse):
    """What one person has reserved and spent in one month, and their own limits (null: the studio's)."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    month = models.DateField(help_text=_("Its first day."))
    soft_microusd = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("budget month")
        verbose_name_plural = _("budget months")
        constraints = [
            models.UniqueConstraint(fields=["owner", "month"], name="one_month_per_owner"),
            models.CheckConstraint(
                condition=Q(reserved_microusd__gte=0) & Q(spent_microusd__gte=0), name="budget_month_counts_up_from_0"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class BudgetProject(_Purse):
    """What one project has reserved and spent, and its limit (null: the studio's). Outlives the project."""

    project_code = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("budget of a project")
        verbose_name_plural = _("budgets of projects")
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_microusd__gte=0) & Q(spent_microusd__gte=0), name="budget_project_counts_up_from_0"
            )
        ]

    def __str__(self) -> str:
        return str(self.project_code)


class SpendingLimits(models.Model):
    """The studio's limits as its operator set them on the desk; empty follows the settings. There is one row."""

    day_soft_microusd = models.BigIntegerField(null=True, blank=True, help_text=_("Operators are told; once a day."))
    day_hard_microusd = models.BigIntegerField(null=True, blank=True, help_text=_("Nothing more is bought that day."))
    month_microusd = models.BigIntegerField(null=True, blank=True, help_text=_("For each person, in a month."))
    project_microusd = models.BigIntegerField(null=True, blank=True, help_text=_("For each project."))

    class Meta:
        verbose_name = _("spending limits")
        verbose_name_plural = _("spending limits")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="spending_limits_are_one_row")]

    def __str__(self) -> str:
        return "Spending limits"


class Alert(models.Model):
    """Something the operator should hear of, once a day for each kind."""

    day = models.DateField()
    kind = models.CharField(max_length=120, help_text=_("soft_limit, hard_limit, variance:<provider>, ..."))
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    tell_at = models.DateTimeField(
        null=True, blank=True, default=timezone.now, help_text=_("When operators are told by mail; empty: they were.")
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["day", "kind"], name="one_alert_of_a_kind_per_day")]

    def __str__(self) -> str:
        return self.text
