"""What a film without a song begins with: an idea in words, pictures to go by, and the wish for its music."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.asset import Asset
from projects.models.project import Project


class Idea(models.Model):
    """The words that a film is made from, and what was chosen beside them."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="idea")
    text = models.TextField()
    narration = models.BooleanField(
        default=True, help_text=_("Its sentences are shown as captions, each with the scenes that it is about.")
    )
    title_card = models.BooleanField(default=False)
    guided = models.BooleanField(
        default=False,
        help_text=_("Reference pictures lend their colors; otherwise they are shown as scenes themselves."),
    )

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")

    def __str__(self) -> str:
        return self.text[:60]


class Reference(models.Model):
    """A picture that the film goes by, in the order it was given."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="references")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="references")
    position = models.PositiveSmallIntegerField(default=1)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    focus_x = models.PositiveSmallIntegerField(
        default=500, help_text=_("Where the eye goes, in permille of the width.")
    )
    focus_y = models.PositiveSmallIntegerField(default=500)
    thumb_file = models.CharField(max_length=200, blank=True, default="")
    palette = models.CharField(
        max_length=20, blank=True, default="", help_text=_("The painter's palette that is nearest to its colors.")
    )
    cut_file = models.CharField(
        max_length=200, blank=True, default="", help_text=_("An ad's product, cut out of this photo.")
    )
    cut_sha256 = models.CharField(max_length=64, blank=True, default="")
    cut_preview = models.CharField(max_length=200, blank=True, default="")
    cut_method = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        verbose_name = _("reference picture")
        verbose_name_plural = _("reference pictures")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="references_are_numbered")]

    def __str__(self) -> str:
        return str(self.asset)


class Soundtrack(models.Model):
    """The wish for the music of a film that is not led by a song. What came of it is the project's Song."""

    class Source(models.TextChoices):
        COMPOSE = "compose", _("Composed for it")
        UPLOAD = "upload", _("My own music")
        NONE = "none", _("None")

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="soundtrack")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.COMPOSE)
    mood = models.CharField(max_length=20, blank=True, default="", help_text=_("Empty: as the words suggest."))
    take = models.PositiveIntegerField(default=1, help_text=_("Counts how often other music was asked for."))
    cuts = models.JSONField(
        default=list, blank=True, help_text=_("Frames of the film that a composition should meet with a beat.")
    )
    asset = models.ForeignKey(Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="soundtracks")

    class Meta:
        verbose_name = _("soundtrack")
        verbose_name_plural = _("soundtracks")

    def __str__(self) -> str:
        return self.get_source_display()
