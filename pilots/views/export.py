"""Balances and payments of a year as the city publishes data: CSV with semicolons, decimal comma, UTF-8 with BOM."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pilots.calculations.money import ZERO
from pilots.models import BudgetYear, CreditKind, CreditMovement, LedgerEntry, LedgerPhase
from pilots.views.budget import safe

SUMS = ("credit", "not_available", "rc", "a", "d", "o", "p", "available")


@login_not_required
@require_safe
def balances(request: HttpRequest, year: int) -> HttpResponse:
    """Each line of a year: initial credit, what changed it, and every phase."""
    found = get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)
    movements = CreditMovement.objects.filter(line__budget_year=found, kind=CreditKind.INITIAL)
    initial = dict(movements.values("line").annotate(sum=Sum("amount")).values_list("line", "sum"))
    head = [_("year"), _("line code"), _("line"), _("budget application"), _("initial credit"), _("changes of credit"),
            _("credit"), _("not available"), "RC", "A", "D", "O", "P", _("available")]  # fmt: skip
    rows = []
    for line in found.lines.order_by("code", "pk"):
        first = initial.get(line.pk, ZERO)
        amounts = [first, line.credit - first, *(getattr(line, name) for name in SUMS)]
        rows.append([found.year, safe(line.code), safe(line.name), safe(line.application), *map(_euros, amounts)])
    return _csv(head, rows, f"{_('balances')}-{found.year}.csv")


@login_not_required
@require_safe
def payments(request: HttpRequest, year: int) -> HttpResponse:
    """Each payment of a year: to whom, for which invoice, and how many days it took since it was received."""
    found = get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)
    head = [_("year"), _("line code"), _("spending"), _("contractor"), _("invoice"), _("received"), _("ordered on"),
            _("paid on"), _("days until paid"), _("amount in euros, VAT included")]  # fmt: skip
    entries = (
        LedgerEntry.objects.public()
        .filter(line__budget_year=found, phase=LedgerPhase.P)
        .select_related("line", "expenditure", "commitment__supplier", "milestone__invoice")
        .order_by("paid_on", "pk")
    )
    return _csv(head, [_payment(entry, found) for entry in entries], f"{_('payments')}-{found.year}.csv")


def _payment(entry: LedgerEntry, year: BudgetYear) -> list[Any]:
    commitment = entry.commitment
    supplier = (commitment.supplier.name if commitment.supplier else commitment.supplier_name) if commitment else ""
    invoice = getattr(entry.milestone, "invoice", None)
    received = invoice.received_on if invoice else None
    return [
        year.year,
        safe(entry.line.code),
        safe(entry.expenditure.title),
        safe(supplier),
        safe(entry.document_no),
        _day(received),
        _day(entry.ordered_on),
        _day(entry.paid_on),
        (entry.paid_on - received).days if entry.paid_on and received else "",
        _euros(entry.amount),
    ]


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _csv(head: list[str], rows: Iterable[list[Any]], name: str) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(head)
    writer.writerows(rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
