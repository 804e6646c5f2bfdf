"""Private files for their owner: one address whatever the storage, ranges answered, nothing executable."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.models import BUNDLE, Ad, Animatic, Asset, Drawing, Export, FinalVideo, Image, Reference, Scene, Shot
from projects.views.ranges import ranged_response

TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".vtt": "text/vtt; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".opus": "audio/ogg",
    ".aac": "audio/aac",
    ".aiff": "audio/aiff",
    ".mka": "audio/x-matroska",
}
# A browser loads captions from the page's own origin only, so they never lead to a bucket.
SAME_ORIGIN = ("captions",)
# How long a browser may reuse the way to a file in a bucket: less than the link itself works.
LINK_KEPT_S = 600
MOST_NAME_BYTES = 200


Whose = Callable[[str], Q]


@dataclass(frozen=True)
class _Found:
    key: str
    name: str
    etag: str


def _image(field: str) -> Callable[[Whose, UUID], _Found | None]:
    def find(whose: Whose, code: UUID) -> _Found | None:
        rows = Image.objects.filter(whose("content__project"), code=code)
        row = rows.values_list(field, "take").first()
        return _Found(row[0], f"picture-take-{row[1]}", f"{code}-{field}") if row is not None else None

    return find


def _film(field: str, label: str) -> Callable[[Whose, UUID], _Found | None]:
    def find(whose: Whose, code: UUID) -> _Found | None:
        rows = FinalVideo.objects.filter(whose("rendition__project"), code=code)
        row = rows.values_list(field, "rendition__project__title").first()
        return _Found(row[0], f"{file_name(row[1]) or 'film'}{label}", f"{code}-{field}") if row is not None else None

    return find


def _animatic(whose: Whose, code: UUID) -> _Found | None:
    row = Animatic.objects.filter(whose("project"), code=code).values_list("file", "project__title").first()
    return _Found(row[0], f"{file_name(row[1]) or 'film'}-animatic", str(code)) if row is not None else None


def _shot(whose: Whose, code: UUID) -> _Found | None:
    """A scene as it is in the film, named by the film's title and its number there."""
    row = Shot.objects.filter(whose("scene__project"), code=code).select_related("scene__project").first()
    if row is None:
        return None
    until = {"project": row.scene.project_id, "start_frame__lte": row.scene.start_frame}
    words = {"film": file_name(row.scene.project.title) or "film", "number": Scene.objects.filter(**until).count()}
    return _Found(row.file, _("%(film)s, scene %(number)s") % words, f"{code}-file")


def _song(whose: Whose, code: UUID) -> _Found | None:
    row = Asset.objects.filter(whose(""), code=code).values_list("file", "sha256").first()
    return _Found(row[0], "song", row[1]) if row is not None else None


def _reference(whose: Whose, code: UUID) -> _Found | None:
    rows = Reference.objects.filter(whose("project"), asset__code=code)
    row = rows.values_list("thumb_file", "asset__sha256").first()
    return _Found(row[0], "reference", f"{row[1]}-thumb") if row is not None else None


def _cutout(whose: Whose, code: UUID) -> _Found | None:
    rows = Reference.objects.filter(whose("project"), asset__code=code)
    row = rows.values_list("cut_preview", "cut_sha256").first()
    return _Found(row[0], "product", f"{row[1]}-preview") if row is not None else None


def _drawing(whose: Whose, code: UUID) -> _Found | None:
    row = Drawing.objects.filter(whose("project"), code=code).values_list("file", "sha256").first()
    return _Found(row[0], "drawing", f"{code}-{row[1][:12]}") if row is not None else None


def _guide(whose: Whose, code: UUID) -> _Found | None:
    row = Ad.objects.filter(whose("project"), code=code).values_list("guide_file", "references_recipe").first()
    return _Found(row[0], "look", f"{code}-{row[1][:12]}") if row is not None else None


def _export(whose: Whose, code: UUID) -> _Found | None:
    """A file that was asked for, named by the film's title and what it is."""
    row = Export.objects.filter(whose("project"), code=code).select_related("project", "rendition").first()
    if row is None:
        return None
    about = [row.rendition.aspect.replace(":", "x"), *([] if row.format == BUNDLE else [row.quality])]
    about += [f"{row.teaser_s}s"] if row.teaser_s else []
    return _Found(row.file, "-".join([file_name(row.project.title) or "film", *about]), f"{code}-{row.sha256[:8]}")


KINDS: dict[str, Callable[[Whose, UUID], _Found | None]] = {
    "image": _image("file"),
    "thumb": _image("thumb_file"),
    "film": _film("file", ""),
    "poster": _film("poster_file", "-poster"),
    "captions": _film("captions_file", "-captions"),
    "animatic": _animatic,
    "export": _export,
    "shot": _shot,
    "song": _song,
    "reference": _reference,
    "cutout": _cutout,
    "guide": _guide,
    "drawing": _drawing,
}


@require_safe
def media(request: HttpRequest, kind: str, code: UUID) -> HttpResponseBase:
    """A file of the signed-in user; anybody else's does not exist. `?download` saves it under its title."""
    return answer(request, kind, code, owned_by(request.user.pk))


def owned_by(user: int | None) -> Whose:
    """The condition that a row's project (found at this path) or an upload is the user's, and not in the trash."""

    def condition(path: str) -> Q:
        return Q(**{f"{path}__owner": user, f"{path}__trashed_at": None}) if path else Q(owner=user)

    return condition


def anybodys(path: str) -> Q:
    """No condition: for the operators' desk, which checks permissions itself."""
    return Q()


def answer(request: HttpRequest, kind: str, code: UUID, whose: Whose) -> HttpResponseBase:
    """The file of this kind and code among those that fit; Http404 otherwise."""
    find = KINDS.get(kind)
    found = find(whose, code) if find is not None else None
    if found is None or not found.key:
        raise Http404
    extension = PurePosixPath(found.key).suffix
    content_type, playable = TYPES.get(extension, "application/octet-stream"), extension in TYPES
    attachment = "download" in request.GET or not playable
    filename = f"{found.name}{extension}"
    if settings.BUCKET_NAME and kind not in SAME_ORIGIN:
        response: HttpResponseBase = HttpResponseRedirect(_signed_url(found.key, content_type, filename, attachment))
        response["Cache-Control"] = f"private, max-age={LINK_KEPT_S}"
        return response
    response = _bytes(request, found, content_type, filename, attachment)
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _bytes(request: HttpRequest, found: _Found, content_type: str, filename: str, attachment: bool) -> HttpResponseBase:
    try:
        return ranged_response(
            request,
            lambda: default_storage.open(found.key, "rb"),
            size=default_storage.size(found.key),
            content_type=content_type,
            etag=f'"{found.etag}"',
            filename=filename,
            attachment=attachment,
        )
    except FileNotFoundError as error:
        raise Http404 from error


def _signed_url(key: str, content_type: str, filename: str, attachment: bool) -> str:
    """A link into the private bucket that works for a quarter of an hour."""
    disposition = content_disposition_header(attachment, filename)
    parameters = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
    return str(default_storage.url(key, parameters=parameters))  # type: ignore[call-arg]  # django-storages


def file_name(title: str) -> str:
    """A title as a file name that any system takes: no separators, no control characters, letters composed, at most
    100 of them in at most 200 bytes, so that what is put behind it still fits the 255 of a name.
    """
    composed = unicodedata.normalize("NFC", title)
    plain = "".join(" " if char in '\\/:*?"<>|' or not char.isprintable() else char for char in composed)
    short = " ".join(plain.split())[:100].encode()[:MOST_NAME_BYTES].decode(errors="ignore")
    return short.strip(". ")
