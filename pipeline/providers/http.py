"""The one HTTP seam: every request to a vendor and every download of its files passes here.

Timeouts that a client library cannot lift, a cap on what is read, a list of hosts that may be asked, no redirect that
is not looked at, and never a key to a host that is not the vendor's.
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import json
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx

from pipeline.media.run import Stop, Stopped, never
from pipeline.providers.base import Access

MAX_ANSWER_BYTES = 48 << 20
MAX_HOPS = 3
_CHUNK = 64 << 10
_LARGEST = 1 << 53
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than most requests."""
    return httpx.create_ssl_context()


class Unsent(httpx.TransportError):
    """The request did not leave this machine: its host is not on the list."""


class TooLarge(httpx.TransportError):
    """The answer is larger than allowed."""


class TooSlow(httpx.TransportError):
    """The answer trickles: every piece came in time, the whole did not."""


_NEVER_SENT = (Unsent, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def was_sent(error: BaseException) -> bool:
    """Whether a request that ended in this error may have reached the vendor. False only when it certainly did not."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, _NEVER_SENT):
            return False
        seen = seen.__cause__ or seen.__context__
    return True


def read_json(text: bytes | str) -> Any:
    """JSON as vendors and their models write it. Half characters (a model that breaks off inside an emoji writes a lone
    surrogate) and NULs are left out: no database keeps them, and what was paid must be kept.

    Raises ValueError, RecursionError.
    """
    return _keepable(json.loads(text))


def _keepable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNKEEPABLE.sub("", value)
    if isinstance(value, list):
        return [_keepable(item) for item in value]
    if isinstance(value, dict):
        return {_keepable(name): _keepable(item) for name, item in value.items()}
    return value


def scaled(value: Any, times: int) -> int | None:
    """A vendor's number times so many, rounded; None for what is no number, or none that a database keeps."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = round(value * times)
    except (ValueError, OverflowError):  # not a number, or without end
        return None
    return found if abs(found) < _LARGEST else None


@dataclass(frozen=True)
class Hosts:
    """Where requests may go.

    `names` are host names, with a leading dot for everything below them; they are only spoken to over https.
    `own` are "host:port" of base URLs that the operator set: a server on loopback or in the house, also over http.
    """

    names: tuple[str, ...] = ()
    own: frozenset[str] = field(default_factory=frozenset)

    def allow(self, url: httpx.URL) -> bool:
        return self.is_own(url) or (
            url.scheme == "https"
            and not url.userinfo
            and any(url.host == name or (name[0] == "." and url.host.endswith(name)) for name in self.names)
        )

    def is_own(self, url: httpx.URL) -> bool:
        return url.scheme in {"http", "https"} and not url.userinfo and _place(url) in self.own


def hosts_of(access: Access, *names: str) -> Hosts:
    """The vendor's own hosts, and the one of the base URL where the operator set one."""
    return Hosts(names, frozenset({_place(httpx.URL(access.base_url))} if access.base_url else ()))


def _place(url: httpx.URL) -> str:
    return f"{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"


class GuardedTransport(httpx.BaseTransport):
    """A transport that no client library can talk out of its limits.

    replicate 1.0.7 creates predictions with no timeout at all, whatever its client was given; here the shorter one
    counts. `total_s` bounds the whole answer, since a read timeout alone starts again with every byte.
    """

    def __init__(
        self,
        hosts: Hosts,
        *,
        connect_s: float,
        read_s: float,
        total_s: float = 0,
        max_bytes: int = MAX_ANSWER_BYTES,
        wrapped: httpx.BaseTransport | None = None,
    ) -> None:
        self._hosts = hosts
        self._limits = {"connect": connect_s, "read": read_s, "write": read_s, "pool": connect_s}
        self._total_s = total_s or 2 * read_s
        self._max_bytes = max_bytes
        self._wrapped = wrapped or httpx.HTTPTransport(verify=_trusted(), retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._hosts.allow(request.url):
            raise Unsent(f"{request.url.host} is no host of this vendor", request=request)
        asked = request.extensions.get("timeout") or {}
        request.extensions["timeout"] = {
            name: limit if asked.get(name) is None else min(limit, asked[name]) for name, limit in self._limits.items()
        }
        request.headers["accept-encoding"] = "identity"
        until = time.monotonic() + self._total_s
        response = self._wrapped.handle_request(request)
        encoding = response.headers.pop("content-encoding", "identity").lower()
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Capped(response, encoding, max_bytes=self._max_bytes, until=until),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._wrapped.close()


class _Capped(httpx.SyncByteStream):
    """An answer's bytes, unpacked here so that a packed bomb is cut off like any other flood."""

    def __init__(self, response: httpx.Response, encoding: str, *, max_bytes: int, until: float) -> None:
        self._response, self._encoding = response, encoding
        self._max_bytes, self._until = max_bytes, until

    def __iter__(self) -> Iterator[bytes]:
        if self._encoding not in {"identity", "gzip", "deflate", ""}:
            raise TooLarge(f"an answer in {self._encoding} was not asked for")
        unpacker = zlib.decompressobj(47) if self._encoding in {"gzip", "deflate"} else None
        seen = 0
        for piece in cast("httpx.SyncByteStream", self._response.stream):
            try:
                data = unpacker.decompress(piece, self._max_bytes - seen + 1) if unpacker else piece
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            seen += len(data)
            if seen > self._max_bytes:
                raise TooLarge(f"more than {self._max_bytes} bytes")
            if time.monotonic() > self._until:
                raise TooSlow("the answer took too long as a whole")
            yield data

    def close(self) -> None:
        self._response.close()


class DownloadFailed(Exception):
    """A file could not be fetched. `gone`: asking again will not help."""

    def __init__(self, text: str, *, gone: bool = False) -> None:
        super().__init__(text)
        self.gone = gone


def download(
    url: str,
    target: Path,
    *,
    hosts: Hosts,
    max_bytes: int,
    connect_s: float = 10,
    read_s: float = 30,
    total_s: float = 300,
    stop: Stop = never,
) -> str:
    """Fetch a vendor's file into `target`, piece by piece, without any key; the declared content type.

    Redirects are followed by hand, each to an allowed host with a public address. Raises DownloadFailed or Stopped;
    nothing is left behind then.
    """
    transport = GuardedTransport(hosts, connect_s=connect_s, read_s=read_s, total_s=total_s, max_bytes=max_bytes)
    try:
        with httpx.Client(transport=transport, follow_redirects=False, trust_env=False) as client:
            place = httpx.URL(url)
            for _ in range(MAX_HOPS + 1):
                _check_place(place, hosts)
                with client.stream("GET", place) as response:
                    if response.is_redirect:
                        place = place.join(response.headers.get("location", ""))
                        continue
                    return _written(response, target, max_bytes, stop)
        raise DownloadFailed(f"more than {MAX_HOPS} redirects", gone=True)
    except TooLarge as error:
        raise DownloadFailed(str(error), gone=True) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DownloadFailed(f"{type(error).__name__}: {error}") from error


def _check_place(url: httpx.URL, hosts: Hosts) -> None:
    if not hosts.allow(url):
        raise DownloadFailed(f"{url.scheme}://{url.host} is no place of this vendor's files", gone=True)
    if hosts.is_own(url):
        return
    try:
        found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DownloadFailed(f"{url.host} is not found: {error}") from error
    if not all(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
        raise DownloadFailed(f"{url.host} leads to a private address", gone=True)


def _written(response: httpx.Response, target: Path, max_bytes: int, stop: Stop) -> str:
    if response.status_code != 200:
        gone = response.status_code in {401, 403, 404, 410}
        raise DownloadFailed(f"the file's place answers {response.status_code}", gone=gone)
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise DownloadFailed(f"{declared} bytes are more than {max_bytes}", gone=True)
    done = False
    try:
        with target.open("wb") as file:
            for piece in response.iter_bytes(_CHUNK):
                if stop():
                    raise Stopped
                file.write(piece)
        done = True
    finally:
        if not done:
            with contextlib.suppress(OSError):
                target.unlink()
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
