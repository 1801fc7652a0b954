"""From the envelope down to every entry, for everybody: a line, a spending file, a supplier, years side by side."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dates import MONTHS_3
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.shell import pages
from pilots.actions.owed import name_of
from pilots.calculations.money import ZERO, add_up, public_phases
from pilots.calculations.plan import mean_days
from pilots.models import (
    BudgetLine,
    BudgetYear,
    Commitment,
    Expenditure,
    ExpenditureLine,
    Invoice,
    LedgerEntry,
    LedgerPhase,
    YearStatus,
)
from pilots.models.ledger import UNSIGNED

SUMS = ("credit", "not_available", "rc", "a", "d", "o", "p")
PHASES = ("rc", "a", "d", "o", "p")
DECEMBER = 12


def by_month(year: BudgetYear, line: BudgetLine | None = None) -> dict[str, list[tuple[str, Decimal]]]:
    """Return (month, euros so far) of what was recognised and paid, from January to the last month with an entry.

    What came after the year counts in December, so that it ends in the year's own figure.
    """
    rows = LedgerEntry.objects.filter(line__budget_year=year, phase__in=[LedgerPhase.O, LedgerPhase.P])
    rows = rows.filter(line=line) if line else rows
    sums: dict[str, dict[int, Decimal]] = {LedgerPhase.O: {}, LedgerPhase.P: {}}
    for phase, made_at, paid_on, amount in rows.order_by("pk").values_list("phase", "made_at", "paid_on", "amount"):
        day = paid_on or clock.local_date(made_at)
        month = day.month if day.year == year.year else DECEMBER if day.year > year.year else 1
        sums[phase][month] = sums[phase].get(month, ZERO) + amount
    return {"recognised": _so_far(sums[LedgerPhase.O]), "paid": _so_far(sums[LedgerPhase.P])}


def _so_far(sums: dict[int, Decimal]) -> list[tuple[str, Decimal]]:
    total, found = ZERO, []
    for month in range(1, max(sums, default=0) + 1):
        total += sums.get(month, ZERO)
        found.append((str(MONTHS_3[month]).capitalize(), total))
    return found


def _sums(row: Any, names: Iterable[str]) -> dict[str, Decimal]:
    return {name: getattr(row, name) for name in names}


def _phases(row: Any) -> dict[str, Decimal]:
    phases = public_phases({"credit": ZERO, "not_available": ZERO, **_sums(row, PHASES)})
    del phases["available"]
    return phases


@login_not_required
@require_safe
@pages.for_everybody
def line(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """One line: its bar, what it is spent on, month by month. What isn't published yet is one sum."""
    at = clock.now()
    pages.holds_until(request, at)
    found = get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)
    shown = get_object_or_404(BudgetLine.objects.filter(budget_year=found), code=code)
    rows = ExpenditureLine.objects.filter(line=shown).select_related("expenditure__challenge").order_by("expenditure")
    public = set(Expenditure.objects.public().filter(lines__line=shown).values_list("pk", flat=True))
    listed = [{"expenditure": row.expenditure, "phases": _phases(row)} for row in rows if row.expenditure_id in public]
    hidden = add_up(_phases(row) for row in rows if row.expenditure_id not in public)
    context = {
        "year": found,
        "line": shown,
        "phases": public_phases(_sums(shown, SUMS)),
        "rows": listed,
        "hidden": hidden if hidden and any(hidden.values()) else None,
        **by_month(found, shown),
    }
    return render(request, "pilots/budget_line.html", context)


@login_not_required
@require_safe
@pages.for_everybody
def expenditure(request: HttpRequest, public_id: str) -> HttpResponse:
    """One spending file: who is paid, what it has on each year, and every entry with its document."""
    pages.holds_until(request, clock.now())
    found = get_object_or_404(Expenditure.objects.public().select_related("challenge"), public_id=public_id)
    commitments = found.commitments.select_related("supplier", "award__pilot", "direct_contract").order_by("pk")
    entries = LedgerEntry.objects.public().filter(expenditure=found).select_related("line__budget_year", "commitment")
    context = {
        "expenditure": found,
        "lines": found.lines.select_related("line__budget_year").order_by("line__budget_year__year", "line__code"),
        "commitments": [{"commitment": row, "name": name_of(row)} for row in commitments],
        "entries": entries.order_by("-made_at", "-pk"),
    }
    return render(request, "pilots/expenditure.html", context)


@login_not_required
@require_safe
@pages.for_everybody
def supplier(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything one supplier has been promised and paid. Its address is that of any of its contracts."""
    pages.holds_until(request, clock.now())
    public = Commitment.objects.filter(expenditure__in=Expenditure.objects.public())
    asked = get_object_or_404(public.select_related("supplier"), public_id=public_id)
    rows = list(
        public.filter(_same_supplier(asked))
        .exclude(direct_contract__status__in=UNSIGNED)
        .select_related("expenditure__challenge", "award__pilot", "supplier")
        .order_by("-created_at", "-pk")
    )
    context = {
        "name": name_of(asked),
        "organisation": asked.supplier,
        "rows": rows,
        "total": add_up(_sums(row, ("amount_gross", "d", "o", "p")) for row in rows),
    }
    return render(request, "pilots/supplier.html", context)


def _same_supplier(row: Commitment) -> Q:
    """The same organisation or tax number; without any, the same name."""
    if row.supplier_id:
        return Q(supplier=row.supplier_id) | Q(supplier_tax_id=row.supplier.tax_id)
    if row.supplier_tax_id:
        return Q(supplier_tax_id=row.supplier_tax_id)
    return Q(supplier=None, supplier_tax_id="", supplier_name=row.supplier_name)


@login_not_required
@require_safe
@pages.for_everybody
def compare(request: HttpRequest) -> HttpResponse:
    """The years side by side, with the same figures as their pages."""
    pages.holds_until(request, clock.now())
    rows = []
    lines: dict[int, list[dict[str, Decimal]]] = {}
    years = list(BudgetYear.objects.public().order_by("-year"))
    for row in BudgetLine.objects.filter(budget_year__in=years):
        lines.setdefault(row.budget_year_id, []).append(_sums(row, SUMS))
    spans: dict[int, list[tuple[Any, Any]]] = {}
    for received, paid in Invoice.objects.filter(paid_on__isnull=False).values_list("received_on", "paid_on"):
        spans.setdefault(paid.year, []).append((received, paid))
    for year in years:
        sums = add_up(lines.get(year.pk, [])) or dict.fromkeys(SUMS, ZERO)
        usable = sums["credit"] - sums["not_available"]
        rows.append(
            {
                "year": year,
                "is_closed": year.status == YearStatus.CLOSED,
                "credit": sums["credit"],
                "phases": public_phases(sums),
                "recognised": sums["o"] * 100 / usable if usable else None,
                "committed": sums["d"] * 100 / usable if usable else None,
                "days": mean_days(spans.get(year.year, [])),
            }
        )
    return render(request, "pilots/budget_compare.html", {"rows": rows})
