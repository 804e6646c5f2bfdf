"""Answering byte ranges, so that a player can seek and Safari plays at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

BLOCK_BYTES = 64 * 1024

# 18 digits: int() of thousands of digits raises
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class _Slice:
    """The next `left` bytes of a file."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._file, self._left = file, left

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()


def wanted_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | bool | None:
    """(first, last) byte that is asked for; None for the whole file; False for a range that lies behind its end.

    Several ranges, malformed ones and those of another version (If-Range) are answered with the whole file.
    """
    header, condition = request.headers.get("Range"), request.headers.get("If-Range")
    match = (
        _RANGE.fullmatch(header) if header and request.method in ("GET", "HEAD") and condition in (None, etag) else None
    )
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        suffix = int(match[2])
        return (max(0, size - suffix), size - 1) if suffix and size else False
    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    if match[2] and int(match[2]) < first:
        return None
    return (first, last) if first < size else False


def ranged_response(
    request: HttpRequest,
    open_file: Callable[[], IO[bytes]],
    *,
    size: int,
    content_type: str,
    etag: str,
    filename: str,
    attachment: bool,
) -> HttpResponseBase:
    """The file, or the part of it that the request asks for (206), or 416. HEAD is answered without opening it."""
    span = wanted_range(request, size, etag)
    if span is False:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    first, last = span if isinstance(span, tuple) else (0, size - 1)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response["Content-Disposition"] = content_disposition_header(attachment, filename) or "inline"
    else:
        file = open_file()
        file.seek(first)
        response = FileResponse(
            _Slice(file, last - first + 1), content_type=content_type, as_attachment=attachment, filename=filename
        )
        response.block_size = BLOCK_BYTES
    response["Content-Length"] = str(max(0, last - first + 1))
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    if span is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response
