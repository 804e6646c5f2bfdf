"""What people uploaded."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import paths


class Asset(models.Model):
    """An uploaded file that was decided to be what it is by decoding it."""

    class Kind(models.TextChoices):
        SONG = "song", _("Song")
        PICTURE = "picture", _("Picture")
        MUSIC = "music", _("Music made for a film")

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    extension = models.CharField(max_length=8)
    content_type = models.CharField(max_length=60)
    file = models.FileField(upload_to=paths.asset_file, max_length=200)
    name = models.CharField(
        max_length=255, blank=True, default="", help_text=_("As the user called it; shown, never used as a path.")
    )
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes = [models.Index(fields=["owner", "sha256"], name="asset_owner_hash")]

    def __str__(self) -> str:
        return self.name or str(self.code)
