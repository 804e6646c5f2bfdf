"""Private files: for their owner alone, in parts where a player asks for parts, and never as anything that runs."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.http import content_disposition_header

from projects.models import Asset, FinalVideo, Image, Project, Shot
from projects.tests.boards import finished
from projects.views.media import TYPES, answer, anybodys, file_name
from projects.views.ranges import ranged_response
from tests.services import s3

DATA = bytes(range(256)) * 4
SIZE = len(DATA)
ETAG = '"tag"'


class Tracked(ContentFile):
    closed_count = 0

    def close(self) -> None:
        type(self).closed_count += 1


def ranged(method: str = "GET", **headers: str) -> Any:
    request = RequestFactory().generic(method, "/", headers=headers)
    return ranged_response(
        request,
        lambda: Tracked(DATA),
        size=SIZE,
        content_type="video/mp4",
        etag=ETAG,
        filename="f.mp4",
        attachment=False,
    )


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("", 200, 0, SIZE - 1),
        ("bytes=0-0", 206, 0, 0),
        ("bytes=0-", 206, 0, SIZE - 1),
        ("bytes=10-19", 206, 10, 19),
        ("bytes= 10 - 19 ", 206, 10, 19),
        ("BYTES=10-19", 206, 10, 19),
        ("bytes=1000-", 206, 1000, SIZE - 1),
        ("bytes=1000-99999", 206, 1000, SIZE - 1),
        (f"bytes={SIZE - 1}-", 206, SIZE - 1, SIZE - 1),
        ("bytes=-100", 206, SIZE - 100, SIZE - 1),
        ("bytes=-99999", 206, 0, SIZE - 1),
        ("bytes=0-999999999999999999", 206, 0, SIZE - 1),
        # behind the end
        (f"bytes={SIZE}-", 416, 0, 0),
        ("bytes=999999999999999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        # what makes no sense, or several at once, is answered with the whole file
        ("bytes=20-10", 200, 0, SIZE - 1),
        ("bytes=-", 200, 0, SIZE - 1),
        ("bytes=0-1,5-6", 200, 0, SIZE - 1),
        ("bytes=a-b", 200, 0, SIZE - 1),
        ("bytes=１-２", 200, 0, SIZE - 1),
        ("bytes=٣-٤", 200, 0, SIZE - 1),
        ("bytes=--5", 200, 0, SIZE - 1),
        ("bytes=+1-2", 200, 0, SIZE - 1),
        ("items=0-1", 200, 0, SIZE - 1),
        ("bytes 0-1", 200, 0, SIZE - 1),
        (f"bytes=0-{'9' * 5000}", 200, 0, SIZE - 1),
    ],
)
def test_it_answers_ranges(asked: str, status: int, first: int, last: int) -> None:
    response = ranged(**({"Range": asked} if asked else {}))
    assert response.status_code == status
    assert response["Accept-Ranges"] == "bytes"
    if status == 416:
        assert response["Content-Range"] == f"bytes */{SIZE}"
        return
    body = b"".join(response.streaming_content)
    assert body == DATA[first : last + 1]
    assert response["Content-Length"] == str(len(body))
    assert response["ETag"] == ETAG
    assert response.get("Content-Range") == (f"bytes {first}-{last}/{SIZE}" if status == 206 else None)


@pytest.mark.parametrize(
    ("condition", "status"), [(ETAG, 206), ('"other"', 200), ("Sat, 21 Nov 2026 00:00:00 GMT", 200)]
)
def test_it_gives_the_whole_file_when_another_version_is_meant(condition: str, status: int) -> None:
    assert ranged(Range="bytes=0-9", **{"If-Range": condition}).status_code == status


@pytest.mark.parametrize(
    ("asked", "status", "length"), [("", 200, SIZE), ("bytes=0-9", 206, 10), ("bytes=9999-", 416, 0)]
)
def test_it_answers_head_without_opening_the_file(asked: str, status: int, length: int) -> None:
    request = RequestFactory().head("/", headers={"Range": asked} if asked else {})

    def never() -> Any:
        raise AssertionError("opened")

    response = ranged_response(
        request, never, size=SIZE, content_type="video/mp4", etag=ETAG, filename="f.mp4", attachment=True
    )
    assert response.status_code == status
    if status != 416:
        assert response["Content-Length"] == str(length)
        assert response["Content-Disposition"] == 'attachment; filename="f.mp4"'


@pytest.mark.django_db  # the end of a response looks at the connections
def test_it_closes_the_file_when_the_viewer_leaves() -> None:
    Tracked.closed_count = 0
    response = ranged(Range="bytes=0-99")
    next(iter(response.streaming_content))
    response.close()
    assert Tracked.closed_count == 1


def test_it_answers_an_empty_file() -> None:
    request = RequestFactory().get("/")
    response: Any = ranged_response(
        request, lambda: ContentFile(b""), size=0, content_type="text/vtt", etag=ETAG, filename="f", attachment=False
    )
    assert (response.status_code, response["Content-Length"], b"".join(response.streaming_content)) == (200, "0", b"")


@pytest.fixture
def film(asset: Asset, alice: Any) -> Project:
    return finished(asset, alice)


@pytest.fixture
def made(film: Project, asset: Asset) -> dict[str, tuple[str, str]]:
    """Address and content type of one file of each kind, all there on the disk."""
    final, image = FinalVideo.objects.get(), Image.objects.order_by("pk")[0]
    FinalVideo.objects.filter(pk=final.pk).update(
        file="p/x/films/a.mp4", poster_file="p/x/posters/a.jpg", captions_file="p/x/captions/a.vtt"
    )
    Image.objects.filter(pk=image.pk).update(file="p/x/images/a.png", thumb_file="p/x/thumbs/a.jpg")
    for key in ("p/x/films/a.mp4", "p/x/posters/a.jpg", "p/x/captions/a.vtt", "p/x/images/a.png", "p/x/thumbs/a.jpg"):
        default_storage.save(key, ContentFile(DATA))
    codes = {"film": final.code, "poster": final.code, "captions": final.code, "image": image.code, "thumb": image.code}
    types = {
        "film": "video/mp4",
        "poster": "image/jpeg",
        "captions": "text/vtt; charset=utf-8",
        "image": "image/png",
        "thumb": "image/jpeg",
    }
    found = {kind: (reverse("media", args=[kind, code]), types[kind]) for kind, code in codes.items()}
    return found | {"song": (reverse("media", args=["song", asset.code]), "audio/wav")}


def test_its_owner_gets_every_file_as_what_it_is(client: Client, alice: Any, made: dict[str, tuple[str, str]]) -> None:
    client.force_login(alice)
    for kind, (url, content_type) in made.items():
        response = client.get(url)
        assert response.status_code == 200, kind
        assert response["Content-Type"] == content_type
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["Cache-Control"].startswith("private")
        assert response["Content-Disposition"].startswith("inline")
        assert b"".join(response.streaming_content) == (b"RIFF" if kind == "song" else DATA)
    part = client.get(made["film"][0], headers={"Range": "bytes=100-199"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, DATA[100:200])


def test_for_a_stranger_they_do_not_exist(client: Client, charlie: Any, made: dict[str, tuple[str, str]]) -> None:
    client.force_login(charlie)
    for url, _ in made.values():
        assert client.get(url).status_code == 404
        assert client.get(f"{url}?download").status_code == 404
        assert client.head(url, headers={"Range": "bytes=0-1"}).status_code == 404


def test_nobody_goes_to_the_login(client: Client, made: dict[str, tuple[str, str]]) -> None:
    for url, _ in made.values():
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_nothing_of_a_trashed_project_is_served(client: Client, alice: Any, film: Project, made: Any) -> None:
    client.force_login(alice)
    client.post(reverse("project-trash", args=[film.code]))
    for kind, (url, _) in made.items():
        assert client.get(url).status_code == (200 if kind == "song" else 404), kind


def test_it_only_reads(client: Client, alice: Any, made: dict[str, tuple[str, str]]) -> None:
    client.force_login(alice)
    assert client.post(made["film"][0]).status_code == 405
    assert client.delete(made["film"][0]).status_code == 405


def test_unknown_kinds_codes_and_lost_files_are_not_found(client: Client, alice: Any, film: Project, made: Any) -> None:
    client.force_login(alice)
    url = made["film"][0]
    assert client.get(url.replace("/film/", "/secret/")).status_code == 404
    assert client.get(reverse("media", args=["film", film.code])).status_code == 404
    default_storage.delete("p/x/films/a.mp4")
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Harbor", "Harbor.mp4"),
        ("../../etc/passwd", "etc passwd.mp4"),
        ('a"b\r\nSet-Cookie: x=1', "a b Set-Cookie x=1.mp4"),
        ("море 🌊", "море 🌊.mp4"),
        ("...", "film.mp4"),
        ("x" * 200, "x" * 100 + ".mp4"),
        ("ひ" * 100, "ひ" * 66 + ".mp4"),
        ("Cafe\u0301", "Caf\u00e9.mp4"),
    ],
)
def test_it_saves_a_film_under_its_title(
    client: Client, alice: Any, film: Project, made: Any, title: str, name: str
) -> None:
    Project.objects.filter(pk=film.pk).update(title=title)
    client.force_login(alice)
    header = client.get(made["film"][0] + "?download")["Content-Disposition"]
    assert header.startswith("attachment; ")
    assert "\r" not in header
    assert "\n" not in header
    assert file_name(title) + ".mp4" in (name, ".mp4")
    if name.isascii():
        assert header == f'attachment; filename="{name}"'
    else:
        assert header.startswith("attachment; filename*=utf-8''")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Harbor Lights", "Harbor Lights, scene 3"),
        ("AC/DC: Live?", "AC DC Live, scene 3"),
        ("Cafe\u0301", "Caf\u00e9, scene 3"),
        ("//", "film, scene 3"),
    ],
)
def test_it_saves_a_clip_under_its_title_and_scene(
    client: Client, alice: Any, film: Project, title: str, name: str
) -> None:
    Project.objects.filter(pk=film.pk).update(title=title)
    shot = film.scenes.order_by("start_frame")[2].shots.get()
    Shot.objects.filter(pk=shot.pk).update(file=default_storage.save("p/x/shots/a.mp4", ContentFile(DATA)))
    client.force_login(alice)
    header = client.get(reverse("media", args=["shot", shot.code]) + "?download")["Content-Disposition"]
    assert header == content_disposition_header(True, f"{name}.mp4")


def test_what_has_no_known_type_is_only_ever_saved(client: Client, alice: Any, asset: Asset) -> None:
    Asset.objects.filter(pk=asset.pk).update(file="u/1/assets/page.html")
    default_storage.save("u/1/assets/page.html", ContentFile(b"<script>alert(1)</script>"))
    client.force_login(alice)
    response = client.get(reverse("media", args=["song", asset.code]))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "text/html" not in TYPES.values()


@pytest.mark.s3
def test_a_bucket_serves_them_by_links_that_expire(
    client: Client, alice: Any, made: Any, settings: Any, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from omvee.buckets import bucket_storage

    for name, value in s3.environment(s3_endpoint, "films").items():
        monkeypatch.setenv(name, value)
    s3.make_bucket(s3_endpoint, "films")
    settings.BUCKET_NAME = "films"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": bucket_storage("films", endpoint=s3_endpoint, region="us-east-1"),
    }
    default_storage.save("p/x/films/a.mp4", ContentFile(DATA))
    default_storage.save("p/x/captions/a.vtt", ContentFile(DATA))
    client.force_login(alice)
    response = client.get(made["film"][0] + "?download")
    assert response.status_code == 302
    link = urlsplit(response["Location"])
    assert f"{link.scheme}://{link.netloc}" == s3_endpoint
    query = parse_qs(link.query)
    assert query["response-content-type"] == ["video/mp4"]
    assert query["response-content-disposition"] == ['attachment; filename="Harbor.mp4"']
    assert int(query["X-Amz-Expires"][0]) <= 900
    assert fetched(response["Location"]) == DATA
    # a track from another origin would not load: captions come through the site
    captions = client.get(made["captions"][0])
    assert (captions.status_code, b"".join(captions.streaming_content)) == (200, DATA)


def fetched(url: str) -> bytes:
    from urllib.request import urlopen

    with urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


def test_the_view_of_the_admin_finds_anybodys_file(alice: Any, made: Any, film: Project) -> None:
    request = RequestFactory().get("/")
    final = FinalVideo.objects.get()
    assert answer(request, "film", final.code, anybodys).status_code == 200
    with pytest.raises(Http404):
        answer(request, "film", uuid4(), anybodys)
