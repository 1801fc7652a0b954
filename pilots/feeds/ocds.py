"""Every challenge as OCDS 1.1: releases and records of one, of a year, of all. Written as they are read. Anybody."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from challenges.feeds.answers import answered
from govtech import clock
from pilots.calculations import ocds
from pilots.filters import released
from pilots.filters.released import whole

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def text(data: Any) -> str:
    """Return data as JSON on one line."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def records(rows: Any, at: datetime) -> Iterator[ocds.Data]:
    """Yield the record of each challenge as of an instant, the first published first."""
    site = released.site()
    for row in released.challenges(rows):
        yield ocds.record(row, at=at, site=site)


def releases(rows: Any, at: datetime) -> Iterator[ocds.Data]:
    """Yield every release of each challenge."""
    for record in records(rows, at):
        yield from record["releases"]


def package(address: str, at: datetime) -> ocds.Data:
    """Return the head of a package."""
    publisher = {"name": settings.CITY_COUNCIL_NAME, "scheme": "ES-DIR3", "uid": settings.CITY_DIR3}
    return {
        "uri": address,
        "version": ocds.VERSION,
        "publishedDate": ocds.moment(at),
        "publisher": {**publisher, "uri": settings.SITE_URL},
        "license": LICENCE,
        "publicationPolicy": whole(reverse("pilots:open_data")),
    }


# All ------------------------------------------------------------------------------------------------------


def _stream(pieces: Iterable[str], content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _lines(rows: Iterable[ocds.Data]) -> Iterator[str]:
    for row in rows:
        yield text(row) + "\n"


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def all_releases(request: HttpRequest) -> StreamingHttpResponse:
    """Every release there is, one a line."""
    pieces = _lines(releases(released.public_challenges(), clock.now()))
    return _stream(pieces, "application/jsonl; charset=utf-8", "ocds-releases.jsonl")


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def all_records(request: HttpRequest) -> StreamingHttpResponse:
    """The record of every challenge, one a line."""
    pieces = _lines(records(released.public_challenges(), clock.now()))
    return _stream(pieces, "application/jsonl; charset=utf-8", "ocds-records.jsonl")


# A year ---------------------------------------------------------------------------------------------------


def _packed(head: ocds.Data, key: str, rows: Iterable[ocds.Data]) -> Iterator[str]:
    yield text(head)[:-1] + f',"{key}":['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + text(row)
    yield "\n]}\n"


def _of_year(request: HttpRequest, year: int, key: str) -> StreamingHttpResponse:
    rows = released.public_challenges(year) if 2000 <= year <= 2999 else None  # noqa: PLR2004 - years of a calendar
    if rows is None or not rows.exists():
        raise Http404
    at = clock.now()
    head = package(whole(request.path), at)
    pieces = _packed(head, key, (releases if key == "releases" else records)(rows, at))
    return _stream(pieces, "application/json; charset=utf-8", f"ocds-{key}-{year}.json")


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def releases_of_year(request: HttpRequest, year: int) -> StreamingHttpResponse:
    """A package of the releases of the challenges that were published in a year."""
    return _of_year(request, year, "releases")


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def records_of_year(request: HttpRequest, year: int) -> StreamingHttpResponse:
    """A package of their records."""
    return _of_year(request, year, "records")


# One ------------------------------------------------------------------------------------------------------


def _of_challenge(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    rows = released.public_challenges()
    get_object_or_404(rows.only("pk"), slug=slug)
    at = clock.now()
    found = list(records(rows.filter(slug=slug), at))
    last = datetime.fromisoformat(found[0]["compiledRelease"]["date"])
    head = package(whole(request.path), last)  # as of the last change, so that what hasn't changed isn't sent again
    data = {**head, key: found[0]["releases"] if key == "releases" else found}
    response = answered(request, text(data).encode(), "application/json; charset=utf-8", [last])
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
def releases_of_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """A package of the releases of one challenge."""
    return _of_challenge(request, slug, "releases")


@login_not_required
@require_safe
def record_of_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """A package with the record of one challenge."""
    return _of_challenge(request, slug, "records")
