"""Sending a file to whoever was allowed to ask for it. The caller has checked `visible_to`."""

from django.http import FileResponse

from govtech.files.actions import open_stored
from govtech.files.models import StoredFile
from govtech.files.stream import StreamCodec


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
