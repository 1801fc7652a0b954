"""The directory as open data: CSV, JSON, and the page that says what each column is. Only listed organisations."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from govtech.clock import local_date
from govtech.shell import pages
from startups.filters.directory import DirectoryFilter
from startups.models import Organisation, PastWork

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """A column: its name in both formats, what it is, and how it is read."""

    name: str
    words: Any
    of: Callable[[Organisation], Any]


COLUMNS = (
    Column("id", gettext_lazy("Permanent identifier of the organisation in this portal."), lambda row: row.public_id),
    Column("name", gettext_lazy("Legal name."), lambda row: row.name),
    Column(
        "kind",
        gettext_lazy(
            "What it says it is: startup, sme, large, self_employed, university, research, association, other."
        ),
        lambda row: row.kind,
    ),
    Column("country", gettext_lazy("Country of its tax number, in two letters (ISO 3166-1)."), lambda row: row.country),
    Column(
        "tax_id",
        gettext_lazy("Tax number, without prefix. Empty for people: theirs isn't published."),
        lambda row: "" if row.is_person else row.tax_id,
    ),
    Column(
        "size",
        gettext_lazy(
            "Size computed by Recommendation 2003/361/EC from what it states: micro, small, medium, large. "
            "Empty: not known."
        ),
        lambda row: row.size,
    ),
    Column("founded", gettext_lazy("Year in which it was founded. Empty: not said."), lambda row: _year(row)),
    Column("trl", gettext_lazy("Maturity of what it offers, from 1 to 9 (TRL). Empty: not said."), lambda row: row.trl),
    Column(
        "policy_areas",
        gettext_lazy("Policy areas it works in, by their key."),
        lambda row: [area.slug for area in row.policy_areas.all()],
    ),
    Column("capabilities", gettext_lazy("What it says it is good at."), lambda row: row.capability_list),
    Column("description", gettext_lazy("What it does, in its words."), lambda row: row.description),
    Column("website", gettext_lazy("Its website."), lambda row: row.website),
    Column("url", gettext_lazy("Its page in this portal."), lambda row: _address(row)),
    Column(
        "changed",
        gettext_lazy("Day of the last change (ISO 8601)."),
        lambda row: local_date(row.changed_at or row.created_at).isoformat(),
    ),
)


def _year(row: Organisation) -> int | None:
    return row.founded_on.year if row.founded_on else None


def _address(row: Organisation) -> str:
    return settings.SITE_URL.rstrip("/") + row.get_absolute_url()


def _found(request: HttpRequest) -> Iterator[Organisation]:
    """Return the listed ones that the filters of the directory keep, in a steady order, a few at a time."""
    filterset = DirectoryFilter(request.GET, queryset=Organisation.objects.listed())
    works = Prefetch("past_work", PastWork.objects.order_by("-year", "pk"))
    rows = filterset.without().order_by("name", "pk").prefetch_related("policy_areas", works)
    return rows.iterator(chunk_size=200)


@login_not_required
@require_safe
@pages.for_everybody
def documentation(request: HttpRequest) -> HttpResponse:
    """What the data are, column by column, and where to download them."""
    context = {"columns": COLUMNS, "count": Organisation.objects.listed().count()}
    return render(request, "startups/data.html", context)


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The directory as CSV: semicolons, UTF-8 with its mark, lists separated by a bar."""
    return _download(_csv_lines(_found(request)), "text/csv; charset=utf-8", "csv")


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    """The directory as JSON, with the past work of each."""
    return _download(_json_pieces(_found(request)), "application/json", "json")


def _download(pieces: Iterator[str], content_type: str, extension: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{_("organisations")}.{extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Access-Control-Allow-Origin"] = "*"
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv_lines(rows: Iterator[Organisation]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow([column.name for column in COLUMNS])
    for row in rows:
        yield writer.writerow([_cell(column.of(row)) for column in COLUMNS])


def _cell(value: Any) -> str:
    """Write a value so that no spreadsheet takes it for a formula."""
    if isinstance(value, list):
        value = "|".join(value)
    text = "" if value is None else " ".join(str(value).split())
    return f"'{text}" if text.startswith(FORMULA) else text


def _json_pieces(rows: Iterator[Organisation]) -> Iterator[str]:
    documentation_url = settings.SITE_URL.rstrip("/") + reverse("startups:data")
    yield f'{{"documentation": {json.dumps(documentation_url)}, "organisations": ['
    for number, row in enumerate(rows):
        entry = {column.name: column.of(row) for column in COLUMNS}
        works = row.past_work.all()
        entry["past_work"] = [
            {"title": work.title, "client": work.client, "year": work.year, "summary": work.summary, "url": work.url}
            for work in works
        ]
        yield (",\n" if number else "\n") + json.dumps(entry, ensure_ascii=False)
    yield "\n]}\n"
