"""The song and its words."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.media.audio.corrections import corrected_analysis
from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.values import Lyrics
from projects.models.asset import Asset
from projects.models.project import Project


class Song(models.Model):
    """The audio of a project, the lyrics its creator gave, and what was heard in it."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="song")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="songs")
    lyrics_text = models.TextField(
        blank=True, default="", help_text=_("As pasted or uploaded: plain, LRC, SRT or VTT.")
    )
    lyrics_name = models.CharField(max_length=255, blank=True, default="")
    instrumental = models.BooleanField(default=False)
    analysis = models.JSONField(null=True, blank=True)
    recipe = models.CharField(max_length=64, blank=True, default="")
    bed_recipe = models.CharField(
        max_length=64, blank=True, default="", help_text=_("What it was made from, where it was made for this film.")
    )
    tempo_percent = models.PositiveSmallIntegerField(
        default=100, help_text=_("How fast the beat is counted, in percent of what was heard: 50 halves, 200 doubles.")
    )
    beat_shift_ms = models.SmallIntegerField(default=0, help_text=_("How much later the beats are than heard."))

    class Meta:
        verbose_name = _("song")
        verbose_name_plural = _("songs")

    def __str__(self) -> str:
        return str(self.asset)

    def heard(self) -> SongAnalysis:
        """What was heard, with the creator's corrections. Raises pydantic.ValidationError where there is none yet."""
        heard = SongAnalysis.model_validate(self.analysis)
        return corrected_analysis(heard, tempo_percent=self.tempo_percent, shift_ms=self.beat_shift_ms)


class Transcript(models.Model):
    """One version of the words and their times; edits add takes."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="transcripts")
    take = models.PositiveIntegerField(default=1)
    recipe = models.CharField(max_length=64)
    provider = models.CharField(max_length=40, default="local")
    model = models.CharField(max_length=120, blank=True, default="")
    lyrics = models.JSONField()
    edited = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        constraints = [models.UniqueConstraint(fields=["project", "take"], name="transcript_takes_are_numbered")]

    def __str__(self) -> str:
        return f"take {self.take}"

    def words(self) -> Lyrics:
        return Lyrics.model_validate(self.lyrics)
