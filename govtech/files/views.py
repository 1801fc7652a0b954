"""Sending a file to whoever was allowed to ask for it. The caller has checked `visible_to`."""

from io import BytesIO

from django.http import FileResponse

from govtech.files.actions import Codec, read
from govtech.files.models import StoredFile


def send_file(stored: StoredFile, *, name: str | None = None, codec: Codec | None = None) -> FileResponse:
    """Return the file as a download: never shown in the page's own origin, never kept by a cache."""
    response = FileResponse(
        BytesIO(read(stored, codec)),
        as_attachment=True,
        filename=name or stored.name or stored.public_id,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
