"""The HTTP seam: only allowed hosts, no redirect into the house, nothing too large, nothing too slow."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.media.run import Stopped
from pipeline.providers import http
from pipeline.providers.base import Access
from pipeline.providers.http import (
    DownloadFailed,
    GuardedTransport,
    Hosts,
    TooLarge,
    TooSlow,
    Unsent,
    download,
    hosts_of,
    was_sent,
)
from tests.vendor import Vendor
from tests.vendor.server import HANG_S

DELIVERY = Hosts(("replicate.delivery", ".replicate.delivery"))


class Pieces(httpx.SyncByteStream):
    """An answer that comes in pieces, slowly if wanted."""

    def __init__(self, pieces: list[bytes], pause_s: float = 0) -> None:
        self.pieces, self.pause_s = pieces, pause_s

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            time.sleep(self.pause_s)
            yield piece


def client(answer: httpx.Response, **limits: float) -> httpx.Client:
    wrapped = httpx.MockTransport(lambda request: answer)
    wanted = {"connect_s": 1.0, "read_s": 1.0} | limits
    return httpx.Client(transport=GuardedTransport(Hosts(("api.example",)), wrapped=wrapped, **wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://replicate.delivery/a.png", True),
        ("https://pbxt.replicate.delivery/a.png", True),
        ("http://replicate.delivery/a.png", False),
        ("https://replicate.delivery.evil.example/a.png", False),
        ("https://evilreplicate.delivery/a.png", False),
        ("https://user:pass@replicate.delivery/a.png", False),
        ("https://127.0.0.1/a.png", False),
        ("ftp://replicate.delivery/a.png", False),
    ],
)
def test_it_allows_the_vendors_hosts_over_https_alone(url: str, allowed: bool) -> None:
    assert DELIVERY.allow(httpx.URL(url)) is allowed


def test_it_allows_the_operators_own_address_with_its_port() -> None:
    hosts = hosts_of(Access(base_url="http://127.0.0.1:8899/v1"), "api.example")
    assert hosts.allow(httpx.URL("http://127.0.0.1:8899/file"))
    assert not hosts.allow(httpx.URL("http://127.0.0.1:9000/file"))
    assert hosts.allow(httpx.URL("https://api.example/x"))


def test_it_sends_nothing_to_a_host_that_is_not_on_the_list() -> None:
    with client(httpx.Response(200)) as guarded, pytest.raises(Unsent) as caught:
        guarded.get("https://evil.example", headers={"authorization": "Bearer secret"})
    assert not was_sent(caught.value)


def test_it_keeps_its_timeouts_when_a_caller_lifts_them() -> None:
    seen: dict[str, float] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        seen.update(request.extensions["timeout"])
        return httpx.Response(200)

    transport = GuardedTransport(Hosts(("api.example",)), connect_s=2, read_s=3, wrapped=httpx.MockTransport(answer))
    with httpx.Client(transport=transport) as guarded:
        guarded.get("https://api.example", timeout=None)
        assert seen == {"connect": 2, "read": 3, "write": 3, "pool": 2}
        guarded.get("https://api.example", timeout=1)
        assert seen["read"] == 1


def test_it_cuts_off_what_is_too_large_packed_or_not() -> None:
    with (
        client(httpx.Response(200, stream=Pieces([bytes(600)] * 4)), max_bytes=2000) as guarded,
        pytest.raises(TooLarge),
    ):
        guarded.get("https://api.example")
    packed = httpx.Response(
        200, headers={"content-encoding": "gzip"}, stream=Pieces([gzip.compress(bytes(50_000_000))])
    )
    with client(packed, max_bytes=2000) as guarded, pytest.raises(TooLarge):
        guarded.get("https://api.example")


def test_it_unpacks_an_answer_that_came_packed_all_the_same() -> None:
    packed = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces([gzip.compress(b'{"a": 1}')]))
    with client(packed) as guarded:
        assert guarded.get("https://api.example").json() == {"a": 1}


def test_it_cuts_off_an_answer_that_trickles() -> None:
    slow = httpx.Response(200, stream=Pieces([b"x"] * 50, pause_s=0.02))
    with client(slow, total_s=0.1) as guarded, pytest.raises(TooSlow) as caught:
        guarded.get("https://api.example")
    assert was_sent(caught.value)


def test_it_knows_a_request_that_never_left() -> None:
    with pytest.raises(httpx.ConnectError) as caught, httpx.Client() as plain:
        plain.get("http://127.0.0.1:9/")
    assert not was_sent(caught.value)
    assert was_sent(httpx.ReadTimeout("slow"))
    wrapped = RuntimeError("the package's own error")
    wrapped.__cause__ = caught.value
    assert not was_sent(wrapped)


def made(vendor: Vendor) -> str:
    """The address of an output that is there."""
    prediction = vendor.replicate.accept(
        {"version": "black-forest-labs/flux-schnell", "input": {"prompt": "x"}}, fate="", deadline_s=0
    )
    return f"{vendor.url}/delivery/{prediction.id}/out-0.jpg"


def test_it_fetches_a_file_without_any_key(vendor: Vendor, tmp_path: Path) -> None:
    kind = download(made(vendor), tmp_path / "file", hosts=hosts_of(Access(base_url=vendor.url)), max_bytes=1 << 20)
    assert kind == "image/jpeg"
    assert (tmp_path / "file").read_bytes()[:2] == b"\xff\xd8"
    assert "authorization" not in vendor.asked[-1].headers


@pytest.mark.parametrize(
    ("trouble", "gone"),
    [("expired", True), ("huge", True), ("flood", True), ("private_redirect", True), ("zip_bomb", True),
     ("server_error", False), ("half_body", False)],
)  # fmt: skip
def test_it_leaves_nothing_behind_when_a_download_fails(
    vendor: Vendor, tmp_path: Path, trouble: str, gone: bool
) -> None:
    url = made(vendor)
    vendor.misbehave(trouble, on="output")
    with pytest.raises(DownloadFailed) as caught:
        download(url, tmp_path / "file", hosts=hosts_of(Access(base_url=vendor.url)), max_bytes=1 << 20)
    assert caught.value.gone is gone
    assert not (tmp_path / "file").exists()


def test_it_gives_up_on_a_server_that_hangs(vendor: Vendor, tmp_path: Path) -> None:
    url = made(vendor)
    vendor.misbehave("hang", on="output")
    begun = time.monotonic()
    with pytest.raises(DownloadFailed):
        download(url, tmp_path / "file", hosts=hosts_of(Access(base_url=vendor.url)), max_bytes=1 << 20, read_s=0.3)
    assert time.monotonic() - begun < HANG_S


def test_it_stops_a_download_that_is_no_longer_wanted(vendor: Vendor, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        download(
            made(vendor),
            tmp_path / "file",
            hosts=hosts_of(Access(base_url=vendor.url)),
            max_bytes=1 << 20,
            stop=lambda: True,
        )
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "fd00::1", "192.168.1.1"])
def test_it_refuses_an_allowed_name_that_leads_into_the_house(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    monkeypatch.setattr(http.socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (address, 443))])
    with pytest.raises(DownloadFailed, match="private address"):
        download("https://x.replicate.delivery/a.png", tmp_path / "file", hosts=DELIVERY, max_bytes=1000)


def test_it_refuses_a_foreign_place_before_asking(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="no place of this vendor"):
        download("https://evil.example/a.png", tmp_path / "file", hosts=DELIVERY, max_bytes=1000)
