"""What all feeds answer: kept for some minutes by whoever likes, and not sent again to who has it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

SECONDS = 300


def answered(request: HttpRequest, data: bytes, content_type: str, changes: Iterable[datetime]) -> HttpResponse:
    """Return the answer, or that nothing has changed (304) where the request says which it has."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    last = max(changes, default=None)
    response = HttpResponse(data, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    seconds = int(last.timestamp()) if last is not None else None
    if seconds is not None:
        response["Last-Modified"] = http_date(seconds)
    return get_conditional_response(request, etag=etag, last_modified=seconds, response=response) or response
