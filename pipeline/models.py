"""What the pipeline remembers: jobs, attempts (the charges), the ledger and the workers that live."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.states import CLAIMABLE, LIVE, OPEN_OR_PAID, AttemptState, JobState


class Queue(models.TextChoices):
    IO = "io", _("Input and output")
    CPU = "cpu", _("Computing")


class Job(models.Model):
    """One piece of work and the truth about it; the queue only carries its id.

    (project, subject, step, recipe, take) says what it makes. `input` holds the whole typed input, recipe and how.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("projects.Project", null=True, on_delete=models.CASCADE, related_name="jobs")
    step = models.CharField(max_length=40)
    subject = models.CharField(
        max_length=90, blank=True, default="", help_text=_("What the step works on; empty for the project.")
    )
    recipe = models.CharField(max_length=64, help_text=_("Digest of what people decided."))
    take = models.PositiveIntegerField(default=1)
    place = models.CharField(max_length=120, help_text=_("Where in storage the outputs go."))
    queue = models.CharField(max_length=8, choices=Queue.choices)
    priority = models.PositiveIntegerField(default=100, help_text=_("Lower runs earlier."))
    input = models.JSONField()
    output = models.JSONField(null=True, blank=True)

    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    tries = models.PositiveIntegerField(default=0, help_text=_("How often a worker has begun it; a wake is not a try."))
    max_tries = models.PositiveIntegerField(default=3)
    not_before = models.DateTimeField(default=timezone.now)
    wait_until = models.DateTimeField(null=True, blank=True, help_text=_("When waiting for a provider ends."))
    rung_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True, default="")
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="", help_text=_("In the creator's words."))
    error_detail = models.TextField(blank=True, default="")
    dismissed = models.BooleanField(
        default=False, help_text=_("A failure that somebody has answered: retried, replaced or skipped.")
    )
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "step", "subject", "recipe", "take"],
                condition=Q(state__in=LIVE),
                name="one_live_job_per_output",
            )
        ]
        indexes = [
            models.Index(fields=["queue", "priority", "not_before"], condition=Q(state__in=CLAIMABLE), name="job_due"),
            models.Index(fields=["lease_until"], condition=Q(state=JobState.RUNNING), name="job_leased"),
            models.Index(fields=["project", "step"], condition=Q(state__in=LIVE), name="job_live"),
            models.Index(fields=["project", "subject", "step"], name="job_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {str(self.code)[:8]}"


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
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=120, blank=True, default="")
    request = models.JSONField()
    request_digest = models.CharField(max_length=64)
    reply = models.JSONField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=12, choices=AttemptState.choices, default=AttemptState.INTENT)
    estimate_microusd = models.BigIntegerField(default=0)
    cost_microusd = models.BigIntegerField(default=0)
    error = models.TextField(blank=True, default="")
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
        indexes = [models.Index(fields=["project_code", "step"], name="attempt_project")]

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


class BudgetDay(models.Model):
    """What one day has reserved and spent, and its limits (null: no limit)."""

    day = models.DateField(primary_key=True)
    soft_microusd = models.BigIntegerField(null=True, blank=True)
    hard_microusd = models.BigIntegerField(null=True, blank=True)
    reserved_microusd = models.BigIntegerField(default=0)
    spent_microusd = models.BigIntegerField(default=0)

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


class WorkerHeartbeat(models.Model):
    """A worker process tree that was alive at `beat_at`."""

    name = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)
    io_workers = models.PositiveIntegerField(default=0)
    cpu_workers = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name
