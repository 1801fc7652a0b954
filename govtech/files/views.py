"""Sending a file to whoever was allowed to ask for it. The caller has checked `visible_to`."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from govtech.files import storage
from govtech.files.actions import DamagedFileError, open_stored
from govtech.files.models import StoredFile
from govtech.files.stream import StreamCodec

MOST_AT_ONCE = 4 * 1024 * 1024  # of a video: no thread works for one viewer for long
BLOCK = 64 * 1024
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def send_file(stored: StoredFile, *, name: str | None = None, codec: StreamCodec | None = None) -> FileResponse:
    """Return the file as a download: never shown in the page's own origin, never kept by a cache.

    It is opened piece by piece as it goes out: in constant memory, and in the clear nowhere but on the line.
    """
    response = FileResponse(
        open_stored(stored, codec),
        as_attachment=True,
        filename=name or stored.name or stored.public_id,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def send_media(request: HttpRequest, stored: StoredFile, *, seconds: int = 0) -> HttpResponseBase:
    """Return a picture or a video to show in a page, whole or the part that is asked for (RFC 9110, section 14).

    Of an open range a piece is given; players ask for the next. Only what was checked by its content, and isn't
    sealed, is sent this way. It may be kept by whoever likes for `seconds`.
    """
    if stored.encrypted:
        raise ValueError("A sealed file is never shown in a page.")
    etag = f'"{stored.sha256[:32]}"'
    span = _span(request, stored.size, etag)
    if span is None:
        refused = HttpResponse(status=416, content_type="text/plain")
        refused["Content-Range"] = f"bytes */{stored.size}"
        return refused
    first, last = span
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        is_part = "Range" in request.headers and (first, last) != (0, stored.size - 1)
        response = StreamingHttpResponse(
            () if request.method == "HEAD" else _pieces(_opened(stored), first, last),
            status=206 if is_part else 200,
            content_type=stored.content_type,
        )
        response["Content-Length"] = str(last - first + 1)
        if is_part:
            response["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "private, no-store"
    return response


def _span(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first and the last byte asked for; None where there are none such."""
    whole = (0, size - 1)
    asked = request.headers.get("Range", "")
    match = RANGE.fullmatch(asked.replace(" ", ""))
    if match is None or request.headers.get("If-Range", etag) != etag:
        return whole  # other units and several parts at once may be left aside
    first, last = match.groups()
    if not first and not last:
        return whole
    if not first:
        return (max(size - int(last), 0), size - 1) if int(last) else None
    start = int(first)
    if start >= size or (last and int(last) < start):
        return None
    end = min(int(last), size - 1) if last else size - 1
    return start, min(end, start + MOST_AT_ONCE - 1)


def _opened(stored: StoredFile) -> BinaryIO:
    try:
        return storage.open_file(stored.path)
    except FileNotFoundError as error:
        raise DamagedFileError(f"Stored file {stored.public_id} isn't there.") from error


def _pieces(source: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with source:
        source.seek(first)
        left = last - first + 1
        while left > 0 and (block := source.read(min(BLOCK, left))):
            left -= len(block)
            yield block
