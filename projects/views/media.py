"""Private files for their owner: one address whatever the storage, ranges answered, nothing executable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from projects.models import Asset, FinalVideo, Image
from projects.views.ranges import ranged_response

TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
}


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
        return _Found(row[0], f"{slugify(row[1]) or 'film'}{label}", f"{code}-{field}") if row is not None else None

    return find


def _song(whose: Whose, code: UUID) -> _Found | None:
    row = Asset.objects.filter(whose(""), code=code).values_list("file", "sha256").first()
    return _Found(row[0], "song", row[1]) if row is not None else None


KINDS: dict[str, Callable[[Whose, UUID], _Found | None]] = {
    "image": _image("file"),
    "thumb": _image("thumb_file"),
    "film": _film("file", ""),
    "poster": _film("poster_file", "-poster"),
    "captions": _film("captions_file", "-captions"),
    "song": _song,
}


@require_safe
def media(request: HttpRequest, kind: str, code: UUID) -> HttpResponseBase:
    """A file of the signed-in user; anybody else's does not exist. `?download` saves it under its title."""
    return answer(request, kind, code, owned_by(request.user.pk))


def owned_by(user: int) -> Whose:
    """The condition that a project (found at this path from the row) or an upload is the user's and not in the trash."""

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
    filename, attachment = f"{found.name}{extension}", "download" in request.GET
    if settings.BUCKET_NAME:
        return HttpResponseRedirect(_signed_url(found.key, extension, filename, attachment=attachment))
    response = _local(request, found, TYPES[extension], filename, attachment=attachment)
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _local(
    request: HttpRequest, found: _Found, content_type: str, filename: str, *, attachment: bool
) -> HttpResponseBase:
    try:
        file = default_storage.open(found.key, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    etag = f'"{found.etag}"'
    return ranged_response(
        request, file, size=file.size, content_type=content_type, etag=etag, filename=filename, attachment=attachment
    )


def _signed_url(key: str, extension: str, filename: str, *, attachment: bool) -> str:
    """A link into the private bucket that works for a quarter of an hour."""
    disposition = f'{"attachment" if attachment else "inline"}; filename="{filename}"'
    parameters = {"ResponseContentType": TYPES[extension], "ResponseContentDisposition": disposition}
    return str(default_storage.url(key, parameters=parameters))  # type: ignore[call-arg]  # django-storages
