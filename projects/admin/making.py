"""Scenes and what was made for them, on the desk."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from pipeline.media.timeline import ms_at
from projects.admin.base import FollowAdmin, link, pretty, shown_json, thumbnail
from projects.admin.pictures import admin_media_url
from projects.models import FPS, Animatic, Clip, Content, Drawing, FinalVideo, Image, Pick, Prompt, Scene, Shot, Skip
from projects.views.media import answer, anybodys


@admin.register(Scene)
class SceneAdmin(FollowAdmin):
    list_display = ("thumb", "project", "starts", "section", "content", "transition", "rev")
    list_display_links = ("starts",)
    list_filter = ("section", "transition")
    search_fields = ("code", "project__title", "content__description")
    list_select_related = ("project", "content")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scene]:
        rows: QuerySet[Scene] = super().get_queryset(request).prefetch_related("content__picks__image")
        return rows

    @admin.display(description="")
    def thumb(self, row: Scene) -> SafeString | str:
        image = next((pick.image for pick in row.content.picks.all() if pick.image), None)
        return thumbnail(admin_media_url("thumb", image.code)) if image else "–"

    @admin.display(description=gettext_lazy("Starts"), ordering="start_frame")
    def starts(self, row: Scene) -> str:
        return f"{ms_at(row.start_frame, FPS) / 1000:.1f} s"


@admin.register(Content)
class ContentAdmin(FollowAdmin):
    list_display = ("description", "project", "mood", "camera", "palette", "edited")
    list_filter = ("mood", "camera", "palette", "edited")
    search_fields = ("description", "project__title", "code")
    list_select_related = ("project",)


@admin.register(Prompt)
class PromptAdmin(FollowAdmin):
    list_display = ("text", "content", "take", "edited", "created_at")
    list_filter = ("edited", "created_at")
    search_fields = ("text",)
    list_select_related = ("content",)


@admin.register(Pick)
class PickAdmin(FollowAdmin):
    list_display = ("content", "aspect", "image_take", "image_chosen", "clip_take", "clip_chosen")
    list_filter = ("aspect", "image_chosen", "clip_chosen")
    search_fields = ("content__description", "content__code", "content__project__title")
    list_select_related = ("content",)


@admin.register(Skip)
class SkipAdmin(FollowAdmin):
    list_display = ("scene", "by", "at", "undone_at")
    list_filter = (("undone_at", admin.EmptyFieldListFilter),)
    search_fields = ("scene__code", "scene__project__title")
    list_select_related = ("scene", "by")


@admin.register(Image)
class ImageAdmin(FollowAdmin):
    list_display = ("thumb", "project_link", "what", "aspect", "take", "verdict", "provider", "created_at")
    list_display_links = ("what",)
    list_filter = ("verdict", "provider", "aspect", "created_at")
    search_fields = ("code", "content__description", "content__project__title")
    list_select_related = ("content__project", "content__prompt")
    readonly_fields = ("picture", "request")

    def get_urls(self) -> list[URLPattern]:
        desk = path("media/<slug:kind>/<uuid:code>/", self.admin_site.admin_view(self.desk_media), name="desk-media")
        return [desk, *super().get_urls()]

    def desk_media(self, request: HttpRequest, kind: str, code: UUID) -> HttpResponseBase:
        """Pictures and films of anybody's projects, for operators who may view them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return answer(request, kind, code, anybodys)

    @admin.display(description="")
    def thumb(self, row: Image) -> SafeString | str:
        return thumbnail(admin_media_url("thumb", row.code))

    @admin.display(description=gettext_lazy("Picture"))
    def picture(self, row: Image) -> SafeString:
        return format_html('<img src="{}" alt="" width="960">', admin_media_url("image", row.code))

    @admin.display(description=gettext_lazy("Project"))
    def project_link(self, row: Image) -> SafeString | str:
        return link(row.content.project)

    @admin.display(description=gettext_lazy("Prompt"))
    def what(self, row: Image) -> str:
        return row.content.prompt.text if row.content.prompt else row.content.description

    @admin.display(description=gettext_lazy("Request"))
    def request(self, row: Image) -> SafeString | str:
        return pretty(row.job.input) if row.job else "–"


@admin.register(Clip)
class ClipAdmin(FollowAdmin):
    list_display = ("thumb", "project_link", "content", "aspect", "take", "verdict", "provider", "created_at")
    list_display_links = ("content",)
    list_filter = ("verdict", "provider", "aspect", "created_at")
    search_fields = ("code", "content__description", "content__project__title")
    list_select_related = ("content__project", "image")

    @admin.display(description="")
    def thumb(self, row: Clip) -> SafeString | str:
        return thumbnail(admin_media_url("thumb", row.image.code)) if row.image else "–"

    @admin.display(description=gettext_lazy("Project"))
    def project_link(self, row: Clip) -> SafeString | str:
        return link(row.content.project)


@admin.register(Shot)
class ShotAdmin(FollowAdmin):
    list_display = ("scene", "rendition", "size_bytes", "created_at")
    list_filter = ("rendition__resolution", "created_at")
    search_fields = ("code", "scene__project__title")
    list_select_related = ("scene", "rendition")


@admin.register(FinalVideo)
class FinalVideoAdmin(FollowAdmin):
    list_display = ("poster", "project_link", "version", "frames", "size_bytes", "certified", "created_at")
    list_display_links = ("version",)
    list_filter = ("rendition__aspect", "rendition__resolution", "created_at")
    search_fields = ("code", "rendition__project__title")
    list_select_related = ("rendition__project",)
    readonly_fields = ("film", "certificate_text")
    certificate_text = shown_json("certificate", gettext_lazy("Certificate"))

    @admin.display(description="")
    def poster(self, row: FinalVideo) -> SafeString | str:
        return thumbnail(admin_media_url("poster", row.code))

    @admin.display(description=gettext_lazy("Film"))
    def film(self, row: FinalVideo) -> SafeString:
        return format_html(
            '<video src="{}" controls preload="none" width="960"></video>', admin_media_url("film", row.code)
        )

    @admin.display(description=gettext_lazy("Project"))
    def project_link(self, row: FinalVideo) -> SafeString | str:
        return link(row.rendition.project)

    @admin.display(description=gettext_lazy("Certified"), boolean=True)
    def certified(self, row: FinalVideo) -> bool:
        return bool(row.certificate.get("ok"))


@admin.register(Animatic)
class AnimaticAdmin(FollowAdmin):
    list_display = ("project", "aspect", "duration_ms", "size_bytes", "job", "created_at")
    list_filter = ("aspect", "created_at")
    search_fields = ("code", "project__title")
    list_select_related = ("project", "job")


@admin.register(Drawing)
class DrawingAdmin(FollowAdmin):
    list_display = ("thumb", "project", "content", "aspect")
    list_display_links = ("content",)
    list_filter = ("aspect",)
    search_fields = ("code", "project__title", "content__description")
    list_select_related = ("project", "content")

    @admin.display(description="")
    def thumb(self, row: Drawing) -> SafeString | str:
        return thumbnail(admin_media_url("drawing", row.code))
