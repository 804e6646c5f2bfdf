"""Jobs and the workers that live."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.states import CLAIMABLE, LIVE, JobState


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
    provider = models.CharField(
        max_length=40, blank=True, default="", help_text=_("The vendor that it asks; empty for embedded work.")
    )
    model = models.CharField(max_length=120, blank=True, default="")
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
    quote_microusd = models.BigIntegerField(
        null=True,
        blank=True,
        help_text=_("What it waits for costs at worst: its whole rest, or at a limit one request."),
    )
    quoted_price = models.CharField(
        max_length=200, blank=True, default="", help_text=_("The model and the version of its price, as model@version.")
    )
    held = models.BooleanField(
        default=False, help_text=_("Its vendor is out of order; it goes on by itself when that works again.")
    )
    dismissed = models.BooleanField(
        default=False, help_text=_("A failure that somebody has answered: retried, replaced or skipped.")
    )
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    is_try = True
    """Whether the claim that it runs under counts as a try; a wake does not. Its worker alone knows; never stored."""

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
            models.Index(
                fields=["provider", "model"], condition=Q(state__in=LIVE) & ~Q(provider=""), name="job_vendor"
            ),
            # SQLite cannot tell that a query with parameters is inside a partial index: these are whole
            models.Index(fields=["state", "queue"], name="job_state_queue"),
            models.Index(fields=["project", "state"], name="job_project_state"),
            models.Index(fields=["provider", "state"], name="job_provider_state"),
            models.Index(fields=["project", "subject", "step"], name="job_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {str(self.code)[:8]}"


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
