"""Entries, balances and payments of a year, to download: CSV as the city publishes data, and XLSX."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from govtech.clock import local_date
from pilots.actions.owed import name_of
from pilots.calculations.money import ZERO
from pilots.models import BudgetYear, CreditKind, CreditMovement, LedgerEntry, LedgerPhase

SUMS = ("credit", "not_available", "rc", "a", "d", "o", "p", "available")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterator[list[Any]]


@login_not_required
@require_safe
def entries(request: HttpRequest, year: int, kind: str = "csv") -> HttpResponseBase:
    """The movements of a year: nothing about what isn't published."""
    return _answer(request, year, kind, _("budget"), _entries)


@login_not_required
@require_safe
def balances(request: HttpRequest, year: int, kind: str = "csv") -> HttpResponseBase:
    """Each line of a year: initial credit, what changed it, and every phase."""
    return _answer(request, year, kind, _("balances"), _balances)


@login_not_required
@require_safe
def payments(request: HttpRequest, year: int, kind: str = "csv") -> HttpResponseBase:
    """Each payment of a year: to whom, for which invoice, and how many days it took since it was received."""
    return _answer(request, year, kind, _("payments"), _payments)


def _answer(
    request: HttpRequest, year: int, kind: str, name: str, table: Callable[[BudgetYear], tuple[list[str], Rows]]
) -> HttpResponseBase:
    found = get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)
    head, rows = table(found)
    if kind == "csv":
        response: Any = StreamingHttpResponse(_csv(head, rows), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        response = HttpResponse(_xlsx(head, rows, f"{name} {found.year}"), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}-{found.year}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# Tables: texts, days, whole numbers and amounts as they are ------------------------------------------


def _entries(year: BudgetYear) -> tuple[list[str], Rows]:
    head = [
        _("date"), _("year"), _("line code"), _("line"), _("phase"), _("amount in euros, VAT included"), _("spending"),
        _("challenge"), _("contractor"), _("document"), _("ordered on"), _("paid on"), _("entry"), _("reverses"),
    ]  # fmt: skip
    rows = LedgerEntry.objects.public().filter(line__budget_year=year).order_by("made_at", "pk")
    related = ("line", "expenditure__challenge", "commitment__supplier")
    return head, (_entry(row, year) for row in rows.select_related(*related).iterator(chunk_size=500))


def _entry(entry: LedgerEntry, year: BudgetYear) -> list[Any]:
    challenge = entry.expenditure.challenge
    return [
        local_date(entry.made_at), year.year, entry.line.code, entry.line.name, entry.phase, entry.amount,
        entry.expenditure.title, challenge.reference if challenge else "",
        name_of(entry.commitment) if entry.commitment else "", entry.document_no, entry.ordered_on, entry.paid_on,
        entry.pk, entry.reverses_id,
    ]  # fmt: skip


def _balances(year: BudgetYear) -> tuple[list[str], Rows]:
    movements = CreditMovement.objects.filter(line__budget_year=year, kind=CreditKind.INITIAL)
    initial = dict(movements.values("line").annotate(sum=Sum("amount")).values_list("line", "sum"))
    head = [_("year"), _("line code"), _("line"), _("budget application"), _("initial credit"), _("changes of credit"),
            _("credit"), _("not available"), "RC", "A", "D", "O", "P", _("available")]  # fmt: skip
    rows = []
    for line in year.lines.order_by("code", "pk"):
        first = initial.get(line.pk, ZERO)
        amounts = [first, line.credit - first, *(getattr(line, name) for name in SUMS)]
        rows.append([year.year, line.code, line.name, line.application, *amounts])
    return head, iter(rows)


def _payments(year: BudgetYear) -> tuple[list[str], Rows]:
    head = [_("year"), _("line code"), _("spending"), _("contractor"), _("invoice"), _("received"), _("ordered on"),
            _("paid on"), _("days until paid"), _("amount in euros, VAT included")]  # fmt: skip
    rows = (
        LedgerEntry.objects.public()
        .filter(line__budget_year=year, phase=LedgerPhase.P)
        .select_related("line", "expenditure", "commitment__supplier", "milestone__invoice", "part__invoice")
        .order_by("paid_on", "pk")
    )
    return head, (_payment(row, year) for row in rows)


def _payment(entry: LedgerEntry, year: BudgetYear) -> list[Any]:
    invoice = getattr(entry.milestone or entry.part, "invoice", None)
    received = invoice.received_on if invoice else None
    days = (entry.paid_on - received).days if entry.paid_on and received else None
    return [
        year.year, entry.line.code, entry.expenditure.title, name_of(entry.commitment) if entry.commitment else "",
        entry.document_no, received, entry.ordered_on, entry.paid_on, days, entry.amount,
    ]  # fmt: skip


# Files ------------------------------------------------------------------------------------------------


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv(head: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """Yield lines with semicolons and decimal comma; UTF-8 with BOM."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([_text(cell) for cell in row])


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return cell.isoformat()
    return safe(cell) if isinstance(cell, str) else str(cell)


def _xlsx(head: list[str], rows: Iterable[list[Any]], title: str) -> bytes:
    """Return a spreadsheet with real numbers and days, written row by row; its head stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    cells = [WriteOnlyCell(sheet, value=name) for name in head]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "#,##0.00"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "dd/mm/yyyy"
        return cell
    return safe(value) if isinstance(value, str) else value


def safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, without what no XML may hold."""
    text = " ".join(str(text).split("\n"))
    text = "".join(sign for sign in text if sign >= " " or sign == "\t")
    return f"'{text}" if text.startswith(FORMULA) else text
