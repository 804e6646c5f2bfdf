"""Slots in the film and the content that they hold."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.project import Aspect, Project


class Content(models.Model):
    """What is seen: description, camera, prompts and takes. Moves between slots as one piece."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="contents")
    description = models.TextField()
    mood = models.CharField(max_length=40, blank=True, default="")
    camera = models.CharField(max_length=20, default="push_in")
    palette = models.CharField(max_length=20, blank=True, default="")
    imagery = models.CharField(max_length=80, blank=True, default="")
    reasoning = models.TextField(blank=True, default="")
    caption = models.CharField(
        max_length=200, blank=True, default="", help_text=_("The words shown with the scene, where no song says them.")
    )
    edited = models.BooleanField(default=False)
    dice = models.CharField(
        max_length=12,
        blank=True,
        default="",
        help_text=_("What its takes are drawn by: its place in the first plan. Empty: its code."),
    )
    providers = models.JSONField(
        default=dict, blank=True, help_text=_("As the project's, for this scene alone, where it differs.")
    )
    prompt = models.ForeignKey("projects.Prompt", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("scene content")
        verbose_name_plural = _("scene contents")

    def __str__(self) -> str:
        return self.description[:60]


class Scene(models.Model):
    """A slot: a stretch of the film in frames, with its section and outgoing transition."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scenes")
    content = models.OneToOneField(Content, on_delete=models.PROTECT, related_name="scene")
    start_frame = models.PositiveIntegerField()
    end_frame = models.PositiveIntegerField()
    section = models.CharField(max_length=40, blank=True, default="")
    transition = models.CharField(max_length=20, default="cut")
    transition_frames = models.PositiveIntegerField(default=0)
    rev = models.PositiveBigIntegerField(default=1, help_text=_("The project's count when this scene last changed."))

    class Meta:
        verbose_name = _("scene")
        verbose_name_plural = _("scenes")
        ordering = ["start_frame"]
        constraints = [models.CheckConstraint(condition=Q(end_frame__gt=F("start_frame")), name="scene_has_frames")]
        indexes = [
            models.Index(fields=["project", "start_frame"], name="scene_slot"),
            models.Index(fields=["project", "end_frame"], name="scene_slot_end"),
            models.Index(fields=["project", "rev"], name="scene_rev"),
        ]

    def __str__(self) -> str:
        return f"frames {self.start_frame}-{self.end_frame}"

    @property
    def frames(self) -> int:
        return self.end_frame - self.start_frame


class Prompt(models.Model):
    """The words that a picture and its motion are made from."""

    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="prompts")
    take = models.PositiveIntegerField(default=1)
    recipe = models.CharField(max_length=64)
    text = models.TextField()
    negative = models.TextField(blank=True, default="")
    motion = models.TextField(blank=True, default="")
    edited = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        constraints = [models.UniqueConstraint(fields=["content", "take"], name="prompt_takes_are_numbered")]

    def __str__(self) -> str:
        return self.text[:60]


class Skip(models.Model):
    """The decision that a scene goes without its own clip; a still picture fills the slot."""

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="skips")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    still = models.BooleanField(
        default=False, help_text=_("The scene's own picture is held, if it has one; else its neighbor's.")
    )

    class Meta:
        verbose_name = _("skip")
        verbose_name_plural = _("skips")
        constraints = [
            models.UniqueConstraint(fields=["scene"], condition=Q(undone_at=None), name="one_standing_skip_per_scene")
        ]

    def __str__(self) -> str:
        return f"skip of {self.scene}"


class Quality(models.TextChoices):
    DRAFT = "draft", _("Draft: quick and low in cost")
    FINAL = "final", _("Final")


class Pick(models.Model):
    """Which take of a content stands for one aspect ratio. What comes after reads the pick, never the newest."""

    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="picks")
    aspect = models.CharField(max_length=8, choices=Aspect.choices)
    image = models.ForeignKey("projects.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    image_take = models.PositiveIntegerField(default=1, help_text=_("The take that is wanted next or stands."))
    image_chosen = models.BooleanField(
        default=False, help_text=_("A person chose it: it is held, whatever the prompt says now.")
    )
    image_style = models.CharField(
        max_length=40, blank=True, default="", help_text=_("The style of the take that is wanted next, if another one.")
    )
    clip = models.ForeignKey("projects.Clip", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    clip_take = models.PositiveIntegerField(default=1)
    clip_chosen = models.BooleanField(default=False)
    clip_camera = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text=_("Another camera than the scene's; empty: the scene's own."),
    )
    clip_strength = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How far the camera goes, in percent; empty follows the mood.")
    )
    clip_seconds = models.PositiveSmallIntegerField(
        default=0, help_text=_("Seconds to ask a hosted model for, at most the slot; 0 is the whole slot.")
    )
    clip_quality = models.CharField(
        max_length=8, choices=Quality.choices, default=Quality.FINAL, help_text=_("What to ask a hosted model for.")
    )

    class Meta:
        verbose_name = _("pick")
        verbose_name_plural = _("picks")
        constraints = [models.UniqueConstraint(fields=["content", "aspect"], name="one_pick_per_aspect")]

    def __str__(self) -> str:
        return f"{self.aspect} of {self.content}"
