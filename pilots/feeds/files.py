"""Tables of open data as files: CSV, XLSX, and the description of their columns. Anybody."""

import csv
import tempfile
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from challenges.feeds.answers import answered
from pilots.feeds.column import FORMULA, Column, Table, csv_cell, written
from pilots.feeds.ocds import LICENCE, text
from pilots.feeds.tables import TABLES
from pilots.filters.released import whole

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 64 * 1024
CELL = 32_767  # characters that a cell of a spreadsheet holds
KINDS = {  # of a column, as Frictionless Table Schema calls them
    "text": "string", "integer": "integer", "amount": "number", "number": "number", "date": "date",
    "instant": "datetime", "list": "list", "address": "string", "boolean": "boolean",
}  # fmt: skip


def table_of(name: str) -> Table:
    """Return a table by its name; Http404 where there is none."""
    if name not in TABLES:
        raise Http404
    return TABLES[name]


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(table: Table) -> Iterator[str]:
    """Yield a table line by line: semicolons, decimal comma, UTF-8 with its mark."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow([column.name for column in table.columns])
    for row in table.each():
        yield writer.writerow([csv_cell(column, column.of(row)) for column in table.columns])


def _open_to_all(response: Any, name: str) -> Any:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def as_csv(request: HttpRequest, table: str) -> StreamingHttpResponse:
    """A table as CSV, written as it is read."""
    found = table_of(table)
    response = StreamingHttpResponse(csv_lines(found), content_type="text/csv; charset=utf-8")
    return _open_to_all(response, f"{found.name}.csv")


@login_not_required
@require_safe
@cache_control(no_cache=True, public=True)
def as_xlsx(request: HttpRequest, table: str) -> StreamingHttpResponse:
    """A table as a spreadsheet, with a second sheet that says what each column is."""
    found = table_of(table)
    return _open_to_all(StreamingHttpResponse(_sheets(found), content_type=XLSX), f"{found.name}.xlsx")


def _sheets(table: Table) -> Iterator[bytes]:
    """Yield the pieces of a spreadsheet. Its rows go to a file, not to memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name)
    sheet.append([column.name for column in table.columns])
    for row in table.each():
        sheet.append([_cell(sheet, column, column.of(row)) for column in table.columns])
    about = book.create_sheet(_("columns"))
    about.append([_("column"), _("kind"), _("what it is")])
    for column in table.columns:
        about.append([column.name, column.kind, str(column.words)])
    about.append([_("licence"), "", f"CC BY 4.0 {LICENCE}"])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _cell(sheet: Any, column: Column, value: Any) -> Any:
    if value is None or value == "":
        return None
    if column.kind == "instant":
        return timezone.localtime(value).replace(tzinfo=None)  # spreadsheets know no zones: the city's time
    if column.kind not in ("text", "list", "address"):
        return value
    words = "|".join(value) if column.kind == "list" else str(value)
    words = ILLEGAL_CHARACTERS_RE.sub("", words)[:CELL]
    if not words.startswith(FORMULA):
        return words
    cell = WriteOnlyCell(sheet, value=words)
    cell.data_type = "s"  # text, whatever it begins with
    return cell


@login_not_required
@require_safe
def columns(request: HttpRequest, table: str) -> HttpResponse:
    """What each column of a table is, for programs (Frictionless Table Schema)."""
    found = table_of(table)
    described = {
        "name": found.name,
        "title": str(found.title),
        "description": str(found.words),
        "language": get_language(),
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE}],
        "sources": [{"title": settings.CITY_COUNCIL_NAME, "path": whole(reverse("pilots:open_data"))}],
        "dialect": {"delimiter": ";", "decimalChar": ",", "listSeparator": "|", "encoding": "utf-8"},
        "fields": [field_of(column) for column in found.columns],
    }
    response = answered(request, text(described).encode(), "application/json; charset=utf-8", [])
    response["Access-Control-Allow-Origin"] = "*"
    return response


def field_of(column: Column) -> dict[str, Any]:
    """Return a column as a table schema describes it."""
    found = {"name": column.name, "type": KINDS[column.kind], "description": str(column.words)}
    return found | ({"constraints": {"enum": list(column.codes)}} if column.codes else {})


def as_data(table: Table, row: Any) -> dict[str, Any]:
    """Return a row as JSON has it."""
    return {column.name: written(column.of(row)) for column in table.columns}
