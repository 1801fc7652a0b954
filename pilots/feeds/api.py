"""The tables of open data as a JSON API that only reads: pages, filters, single rows, and its OpenAPI description.

Whoever asks gets what everybody sees. Answers carry an ETag, any site may read them (CORS), and an address that asks
too often is told to wait.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from challenges.feeds.answers import answered
from govtech.shell import limits
from pilots.feeds.column import Column, Table
from pilots.feeds.files import as_data
from pilots.feeds.ocds import LICENCE, text
from pilots.feeds.tables import TABLES
from pilots.filters.released import whole

A_MINUTE = 300  # questions that an address may ask
PAGE, MOST, LAST_PAGE = 50, 200, 100_000
LONGEST = 60  # characters of a filter
METHODS = "GET, HEAD, OPTIONS"
TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "amount": {"type": "string", "pattern": r"^-?\d+\.\d{2}$"},
    "number": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "list": {"type": "array", "items": {"type": "string"}},
    "address": {"type": "string", "format": "uri"},
    "boolean": {"type": "boolean"},
}


class Wrong(Exception):  # noqa: N818 - what was asked is wrong, not the program
    """A question that can't be answered: which parameter, and why."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(reason)
        self.parameter = parameter


# Around every answer --------------------------------------------------------------------------------------


def _refusal(status: int, reason: str, **more: Any) -> JsonResponse:
    return JsonResponse({"error": reason, **more}, status=status, json_dumps_params={"ensure_ascii": False})


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def public_api(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer everybody: other sites' pages too, not too often, only what reads, and refusals as JSON."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = response["Allow"] = METHODS
            response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
            response["Access-Control-Max-Age"] = "86400"
            return _open(response)
        if request.method not in ("GET", "HEAD"):
            response = _refusal(405, _("This only reads."))
            response["Allow"] = METHODS
            return _open(response)
        if limits.is_over(request, "api", most=A_MINUTE):
            response = _refusal(429, _("Too many questions from your address. Wait a minute."))
            response["Retry-After"] = "60"
            return _open(response)
        try:
            return _open(view(request, *args, **kwargs))
        except Wrong as wrong:
            return _open(_refusal(400, str(wrong), parameter=wrong.parameter))

    return login_not_required(answer)


# Rows -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What was asked for: which page, of how many rows, and the filters by lookup."""

    page: int
    limit: int
    filters: dict[str, Any]
    kept: dict[str, str]


def _number(data: QueryDict, name: str, default: int, most: int) -> int:
    given = data.get(name)
    if given is None:
        return default
    number = int(given) if given.isascii() and given.isdecimal() and len(given) <= len(str(most)) else 0
    if not 1 <= number <= most:
        raise Wrong(name, _("Write a whole number from 1 to %(most)s.") % {"most": most})
    return number


def _instant(given: str) -> datetime:
    try:
        day = parse_date(given)
        found = datetime(day.year, day.month, day.day) if day else parse_datetime(given)  # noqa: DTZ001
        if found is None:
            raise ValueError
        return (
            timezone.make_aware(found) if timezone.is_naive(found) else found.astimezone(timezone.get_fixed_timezone(0))
        )
    except (ValueError, OverflowError):
        raise Wrong("changed_since", _("Write a day or an instant as in 2026-11-24T10:00:00Z.")) from None


def _asked(table: Table, data: QueryDict) -> Asked:
    filters: dict[str, Any] = {}
    kept: dict[str, str] = {}
    for name, lookup in table.filters.items():
        given = data.get(name)
        if given is None:
            continue
        if len(given) > LONGEST or "\0" in given:
            raise Wrong(name, _("That is too long, or no text."))
        column = next((each for each in table.columns if each.name == name), None)
        filters[lookup] = _number(data, name, 0, 9999) if column and column.kind == "integer" else given
        kept[name] = given
    if table.changed and (since := data.get("changed_since")) is not None:
        filters[f"{table.changed}__gte"] = _instant(since)
        kept["changed_since"] = since
    return Asked(_number(data, "page", 1, LAST_PAGE), _number(data, "limit", PAGE, MOST), filters, kept)


@public_api
def rows(request: HttpRequest, table: str) -> HttpResponse:
    """A page of a table, the rows in the order in which they came into being."""
    of = TABLES.get(table)
    if of is None:
        return _refusal(404, _("There is no such table."))
    asked = _asked(of, request.GET)
    found = of.rows().filter(**asked.filters).order_by("pk")
    total = found.count()
    pages = max(-(-total // asked.limit), 1)
    first = (asked.page - 1) * asked.limit
    address = whole(reverse("pilots:api_rows", kwargs={"table": table}))

    def page(number: int) -> str | None:
        if not 1 <= number <= pages or number == asked.page:
            return None
        return f"{address}?{urlencode({**asked.kept, 'limit': asked.limit, 'page': number})}"

    data = {
        "table": of.name,
        "licence": LICENCE,
        "total": total,
        "page": asked.page,
        "pages": pages,
        "limit": asked.limit,
        "next": page(asked.page + 1),
        "previous": page(asked.page - 1),
        "items": [as_data(of, each) for each in found[first : first + asked.limit]] if first < total else [],
    }
    response = answered(request, text(data).encode(), "application/json; charset=utf-8", [])
    links = [f'<{data[key]}>; rel="{rel}"' for key, rel in (("next", "next"), ("previous", "prev")) if data[key]]
    response["Link"] = ", ".join([*links, f'<{LICENCE}>; rel="license"'])
    return response


@public_api
def row(request: HttpRequest, table: str, key: str) -> HttpResponse:
    """One row of a table, by its key."""
    of = TABLES.get(table)
    if of is None or not of.key or len(key) > LONGEST or "\0" in key:
        return _refusal(404, _("There is no such row."))
    if of.key == "pk" and not (key.isascii() and key.isdecimal() and len(key) <= 18):  # noqa: PLR2004 - of a bigint
        return _refusal(404, _("There is no such row."))
    found = of.rows().filter(**{of.key: key}).first()
    if found is None:
        return _refusal(404, _("There is no such row."))
    return answered(request, text(as_data(of, found)).encode(), "application/json; charset=utf-8", [])


# What it is -----------------------------------------------------------------------------------------------


@public_api
def description(request: HttpRequest) -> HttpResponse:
    """The API described after OpenAPI 3.1."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {
        "error": _object({"error": {"type": "string"}, "parameter": {"type": "string"}}, ["error"])
    }
    for table in TABLES.values():
        schemas[table.name] = _schema(table)
        paths[reverse("pilots:api_rows", kwargs={"table": table.name})] = {"get": _list(table)}
        if table.key:
            address = reverse("pilots:api_row", kwargs={"table": table.name, "key": "KEY"}).replace("KEY", "{key}")
            paths[address] = {"get": _single(table)}
    found = {
        "openapi": "3.1.0",
        "info": {
            "title": _("%(name)s: open data") % {"name": settings.PROGRAMME_NAME},
            "version": "1",
            "description": _(
                "Reads everything that is public. New columns may come; none goes or changes its meaning."
            ),
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
            "contact": {"name": settings.OFFICE_NAME, "email": settings.OFFICE_EMAIL},
        },
        "servers": [{"url": settings.SITE_URL.rstrip("/")}],
        "externalDocs": {"url": whole(reverse("pilots:open_data"))},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    return answered(request, text(found).encode(), "application/json; charset=utf-8", [])


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or list(properties)}


def _schema(table: Table) -> dict[str, Any]:
    found = _object({column.name: _type(column) for column in table.columns})
    return {"title": str(table.title), "description": str(table.words), **found}


def _type(column: Column) -> dict[str, Any]:
    kind = TYPES[column.kind]
    nullable = kind | ({} if column.kind == "list" else {"type": [kind["type"], "null"]})
    codes = {"examples": [each for each in column.codes if each]} if column.codes else {}
    return {**nullable, **codes, "description": str(column.words)}


def _parameter(name: str, words: Any, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": str(words), "schema": schema or {"type": "string"}}


def _filters(table: Table) -> list[dict[str, Any]]:
    columns = {column.name: column for column in table.columns}
    found = []
    for name in table.filters:
        column = columns.get(name)
        if column is not None and column.kind == "integer":
            schema: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 9999}
        else:
            schema = {"type": "string", "maxLength": LONGEST, "pattern": "^[^\\u0000]*$"}
        found.append(_parameter(name, column.words if column else _("Key to narrow by."), **schema))
    if table.changed:
        words = _("Only what changed since this day or instant.")
        found.append(_parameter("changed_since", words, type="string", format="date-time"))
    return found


def _list(table: Table) -> dict[str, Any]:
    page = _object(
        {
            "table": {"const": table.name},
            "licence": {"type": "string", "format": "uri"},
            "total": {"type": "integer", "minimum": 0},
            "page": {"type": "integer", "minimum": 1},
            "pages": {"type": "integer", "minimum": 1},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST},
            "next": {"type": ["string", "null"], "format": "uri"},
            "previous": {"type": ["string", "null"], "format": "uri"},
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{table.name}"}},
        }
    )
    numbers = [
        _parameter("page", _("Which page."), type="integer", minimum=1, maximum=LAST_PAGE, default=1),
        _parameter("limit", _("Rows of a page."), type="integer", minimum=1, maximum=MOST, default=PAGE),
    ]
    return {
        "operationId": f"list_{table.name}",
        "summary": str(table.title),
        "description": str(table.words),
        "parameters": [*numbers, *_filters(table)],
        "responses": {"200": _answer(_("A page of rows."), page), **_refusals("400", "429")},
    }


def _single(table: Table) -> dict[str, Any]:
    key = {"name": "key", "in": "path", "required": True, "description": str(table.columns[0].words)}
    return {
        "operationId": f"read_{table.name}",
        "summary": str(table.title),
        "parameters": [{**key, "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST}}],
        "responses": {
            "200": _answer(_("The row."), {"$ref": f"#/components/schemas/{table.name}"}),
            **_refusals("404", "429"),
        },
    }


def _answer(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    etag = {"ETag": {"schema": {"type": "string"}}}
    return {"description": words, "headers": etag, "content": {"application/json": {"schema": schema}}}


def _refusals(*statuses: str) -> dict[str, Any]:
    words = {"400": _("A parameter is wrong."), "404": _("There is no such row."), "429": _("Too many questions.")}
    schema = {"$ref": "#/components/schemas/error"}
    return {
        each: {"description": words[each], "content": {"application/json": {"schema": schema}}} for each in statuses
    }
