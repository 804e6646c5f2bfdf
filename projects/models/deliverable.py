"""What leaves the studio: exported files, and the color looks that people bring along."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.media.exporting import FORMATS
from projects.models.artefact import Artefact, FinalVideo
from projects.models.project import Project, Rendition, Resolution

BUNDLE = "bundle"


class Export(Artefact):
    """A file that somebody asked for. It waits for its film, is made by a job, is kept for a while and then goes."""

    class Format(models.TextChoices):
        MP4 = "mp4", _("MP4 (H.264): plays everywhere")
        MOV = "mov", _("MOV (H.264): for Apple's programs")
        PRORES = "prores", _("MOV (ProRes 422): for editing, very large")
        WEBM = "webm", _("WebM (VP9): for web pages")
        AV1 = "av1", _("WebM (AV1): smallest, for new browsers")
        BUNDLE = BUNDLE, _("Hand-off bundle (ZIP): everything, for another editor")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    rendition = models.ForeignKey(Rendition, on_delete=models.CASCADE, related_name="exports")
    final = models.ForeignKey(
        FinalVideo,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="exports",
        help_text=_("The version that it is made from; none while it waits for the film."),
    )
    format = models.CharField(max_length=8, choices=Format.choices)
    quality = models.CharField(max_length=8, choices=Resolution.choices, default=Resolution.P1080)
    teaser_s = models.PositiveSmallIntegerField(
        default=0, help_text=_("Length of a teaser in seconds; 0 is the whole film.")
    )
    file = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size_bytes = models.PositiveBigIntegerField(default=0)
    certificate = models.JSONField(default=dict, blank=True)
    downloads = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True, help_text=_("When its file was deleted."))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="export_project"),
            models.Index(fields=["expires_at"], name="export_expires", condition=~models.Q(file="")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(format__in=[*FORMATS, BUNDLE]), name="export_format_is_known")
        ]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be made."""
        return not self.file and self.canceled_at is None and self.purged_at is None


class Look(models.Model):
    """A color grade that somebody uploaded as a .cube file; kept as we wrote it, not as it came."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="looks")
    name = models.CharField(max_length=80)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="one_look_of_a_kind")]

    def __str__(self) -> str:
        return self.name
