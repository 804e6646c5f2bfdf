"""What the steps made. Rows are added, never overwritten."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import states
from projects.models.project import Aspect, Project, Rendition
from projects.models.scene import Content, Scene

CROP = "crop"
"""The provider of a picture that is another shape's, cropped."""
ENLARGED = "enlarged"
"""In a picture's `how`: the provider and model that made it larger. Its `provider` is who drew it, as before."""
SEEN_IN_PICTURE = ("depth_file", "depth_sha256", "particles", "style", "focus_x", "focus_y")
"""What another cut or size of a picture has as well."""
BY_HAND = ("upload", CROP)
"""Providers of pictures that no words made: another prompt or style makes none of them out of date."""


class Verdict(models.TextChoices):
    PENDING = states.PENDING, _("To review")
    APPROVED = states.APPROVED, _("Approved")
    REJECTED = states.REJECTED, _("Rejected")


class Artefact(models.Model):
    """What every made thing records: its recipe (compared) and its how (never compared)."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipe = models.CharField(max_length=64)
    provider = models.CharField(max_length=40, default="local")
    how = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey("pipeline.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {str(self.code)[:8]}"


class Judged(Artefact):
    """A take that people judge. `kept_for` is what it would be made from by the words at which somebody kept it."""

    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.PENDING)
    kept_for = models.CharField(
        max_length=64, blank=True, default="", help_text=_("The recipe that it stands for, though made from another.")
    )

    class Meta:
        abstract = True

    def fits(self, recipe: str) -> bool:
        """Whether it was made from this recipe, or somebody has kept it for that."""
        return recipe in (self.recipe, self.kept_for)


class Image(Judged):
    """One take of a scene's picture in one aspect ratio."""

    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="images")
    aspect = models.CharField(max_length=8, choices=Aspect.choices)
    take = models.PositiveIntegerField()
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    thumb_file = models.CharField(max_length=200, blank=True, default="")
    depth_file = models.CharField(max_length=200, blank=True, default="")
    depth_sha256 = models.CharField(max_length=64, blank=True, default="")
    particles = models.CharField(max_length=20, blank=True, default="")
    style = models.CharField(
        max_length=40, blank=True, default="", help_text=_("The style it was tried in; empty for the project's own.")
    )
    focus_x = models.PositiveSmallIntegerField(
        default=500, help_text=_("Where the eye goes, in permille of the width.")
    )
    focus_y = models.PositiveSmallIntegerField(default=500)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = [models.UniqueConstraint(fields=["content", "aspect", "take"], name="image_takes_are_numbered")]


class Clip(Judged):
    """One take of a scene's motion: a vendor's file, or for local motion its parameters alone."""

    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="clips")
    aspect = models.CharField(max_length=8, choices=Aspect.choices)
    take = models.PositiveIntegerField()
    image = models.ForeignKey(Image, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    motion = models.JSONField(null=True, blank=True)
    file = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        constraints = [models.UniqueConstraint(fields=["content", "aspect", "take"], name="clip_takes_are_numbered")]


class Shot(Artefact):
    """A slot rendered to exact frames in one rendition's encoder profile."""

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="shots")
    rendition = models.ForeignKey(Rendition, on_delete=models.CASCADE, related_name="shots")
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField(default=0)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("shot")
        verbose_name_plural = _("shots")
        constraints = [models.UniqueConstraint(fields=["scene", "rendition", "recipe"], name="one_shot_per_recipe")]


class FinalVideo(Artefact):
    """A finished film in one rendition, with its certificate."""

    rendition = models.ForeignKey(Rendition, on_delete=models.CASCADE, related_name="finals")
    version = models.PositiveIntegerField()
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    poster_file = models.CharField(max_length=200, blank=True, default="")
    captions_file = models.CharField(max_length=200, blank=True, default="")
    size_bytes = models.PositiveBigIntegerField()
    frames = models.PositiveIntegerField()
    duration_ms = models.PositiveIntegerField()
    certificate = models.JSONField(default=dict)
    facts_file = models.CharField(
        max_length=200, blank=True, default="", help_text=_("Measured facts of packets, reused by the next rebuild.")
    )
    refined_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="refined",
        help_text=_("The version that was graded, smoothed or mastered into this one."),
    )
    refinement = models.JSONField(default=dict, blank=True, help_text=_("What was done to it."))

    class Meta:
        verbose_name = _("final video")
        verbose_name_plural = _("final videos")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["rendition", "version"], name="final_versions_are_numbered")]


class Drawing(models.Model):
    """A scene as an animatic drew it, in one shape: what its picture may begin with. `recipe` says what it shows."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drawings")
    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="drawings")
    aspect = models.CharField(max_length=8, choices=Aspect.choices)
    recipe = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("drawing")
        verbose_name_plural = _("drawings")
        constraints = [
            models.UniqueConstraint(fields=["content", "aspect", "recipe"], name="one_drawing_per_recipe"),
        ]

    def __str__(self) -> str:
        return f"drawing of {self.content}"


class Animatic(Artefact):
    """The scenes' pictures on the real song, small and soon. The newest one of an aspect is the one that is shown."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="animatics")
    aspect = models.CharField(max_length=8, choices=Aspect.choices)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField(default=0)
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("animatic")
        verbose_name_plural = _("animatics")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["project", "aspect"], name="animatic_aspect")]
