"""The project: one film in the making."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.media.lyrics.scene_captions import caption_lyrics
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.timeline import ms_at

FPS = 30


LARGEST_SEED = 2**31 - 1


def new_seed() -> int:
    """The seed of a new project: the operator's for all of them, or one of its own."""
    return int(settings.OMVEE_SEED) if settings.OMVEE_SEED else secrets.randbelow(LARGEST_SEED + 1)


class Captions(models.TextChoices):
    KARAOKE = "karaoke", _("Karaoke: words light up as they are sung")
    SUBTITLE = "subtitle", _("Subtitles: one line at a time")
    TITLE = "title", _("Title only: song and artist at the start")
    NONE = "none", _("None")


class Aspect(models.TextChoices):
    WIDE = "16:9", _("16:9 YouTube")
    TALL = "9:16", _("9:16 Reels, TikTok, Shorts")
    SQUARE = "1:1", _("1:1 Feed")
    PORTRAIT = "4:5", _("4:5 Portrait")


class Resolution(models.TextChoices):
    P480 = "480p", "480p"
    P720 = "720p", "720p"
    P1080 = "1080p", "1080p"


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> ProjectQuerySet:
        """The projects that this user may see."""
        return self.filter(owner_id=user.pk, trashed_at=None)

    def trash_of(self, user: AbstractBaseUser | AnonymousUser) -> ProjectQuerySet:
        """The projects that this user has deleted, the last one first."""
        return self.filter(owner_id=user.pk, trashed_at__isnull=False, purged_at=None).order_by("-trashed_at")


class Project(models.Model):
    """A film in the making, its owner and what was decided for all of it."""

    class Kind(models.TextChoices):
        MUSIC_VIDEO = "music_video", _("Music video")
        PROMPT_VIDEO = "prompt_video", _("From an idea")
        AD = "ad", _("Ad")

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="projects")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.MUSIC_VIDEO)
    title = models.CharField(max_length=200)
    artist = models.CharField(max_length=200, blank=True, default="")
    style = models.CharField(max_length=40)
    seed = models.PositiveIntegerField(default=new_seed)
    plan_take = models.PositiveIntegerField(
        default=1, help_text=_("Counts how often all scenes were planned anew; each plan differs.")
    )
    length_frames = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How long the film is, where no song says so.")
    )
    autopilot = models.BooleanField(
        default=True, help_text=_("Gates open by themselves, within the consented ceiling.")
    )
    rev = models.PositiveBigIntegerField(default=1, help_text=_("Counts every visible change."))
    transcript = models.ForeignKey(
        "projects.Transcript", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    fingerprint = models.CharField(
        max_length=64, blank=True, default="", help_text=_("Song and choices of a command-line film, to resume it.")
    )
    providers = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("Capability -> who makes it, as provider:model:tier; what is not named is made here."),
    )
    fallback = models.BooleanField(
        default=False, help_text=_("While a vendor is out of order, the next one in the list may be asked instead.")
    )
    stopped_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Canceled by its owner; nothing is due until resumed.")
    )
    trashed_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When it was thrown out of the trash; nothing of it comes back.")
    )
    swept_at = models.DateTimeField(default=timezone.now, help_text=_("When everything due was last looked for."))
    cleaned_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When files that nothing shows any more were last deleted.")
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="project_owner"),
            models.Index(fields=["swept_at"], name="project_swept"),
            models.Index(fields=["trashed_at"], name="project_trash", condition=models.Q(trashed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    def lyrics(self) -> Lyrics:
        """The words that stand; none before they are known. Without a song they are the captions of the scenes."""
        if self.song_led:
            return self.transcript.words() if self.transcript else Lyrics()
        scenes = self.scenes.exclude(content__caption="").order_by("start_frame")
        lines = scenes.values_list("content__caption", "start_frame", "end_frame")
        idea = getattr(self, "idea", None) if self.kind == self.Kind.PROMPT_VIDEO else None
        ends = self.end_card_ms() if self.kind == self.Kind.AD else None
        return caption_lyrics(lines, fps=FPS, card=idea is not None and idea.title_card, ends_ms=ends)

    def end_card_ms(self) -> int:
        """When an ad's end card begins."""
        return ms_at(self.length_frames or 0, FPS) - self.ad.as_template().end_card.milliseconds

    @property
    def song_led(self) -> bool:
        """Whether the film lies on a song's time: scenes exchange what they show, and it is as long as the song.

        Elsewhere scenes move as a whole and may last longer or shorter.
        """
        return self.kind == self.Kind.MUSIC_VIDEO

    @property
    def card_kinds(self) -> tuple[str, ...]:
        """The cards that it may show: a song's film begins and ends with its name, any other where that was chosen."""
        if self.song_led:
            return ("title", "end")
        idea = getattr(self, "idea", None)
        return ("title",) if idea is not None and idea.title_card else ()

    @property
    def duration_ms(self) -> int | None:
        """How long the film is or will be; None while nobody knows."""
        if self.length_frames is not None:
            return ms_at(self.length_frames, FPS)
        song = getattr(self, "song", None)
        return song.asset.duration_ms if song is not None else None

    @property
    def is_active(self) -> bool:
        """Whether work for it may begin."""
        return self.stopped_at is None and self.trashed_at is None


class StandingRenditions(models.Manager["Rendition"]):
    """Those that nobody has removed."""

    def get_queryset(self) -> models.QuerySet[Rendition]:
        return super().get_queryset().filter(removed_at=None)


class Rendition(models.Model):
    """One shape of the film. One that is removed makes nothing any more, and comes back with all it had."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="renditions")
    aspect = models.CharField(max_length=8, choices=Aspect.choices, default=Aspect.WIDE)
    resolution = models.CharField(max_length=8, choices=Resolution.choices, default=Resolution.P1080)
    captions = models.CharField(max_length=12, choices=Captions.choices, default=Captions.KARAOKE)
    final = models.ForeignKey(
        "projects.FinalVideo",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The version that stands."),
    )
    final_chosen = models.BooleanField(
        default=False, help_text=_("A person chose the version that stands: a newer one does not replace it.")
    )
    pulse = models.PositiveSmallIntegerField(
        default=60, help_text=_("How far pictures pulse with the beat, in percent; 0 is off.")
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = StandingRenditions()
    everything = models.Manager["Rendition"]()

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "aspect", "resolution", "captions"],
                condition=models.Q(removed_at=None),
                name="one_rendition_of_a_shape",
            )
        ]

    def __str__(self) -> str:
        return f"{self.aspect} {self.resolution}"
