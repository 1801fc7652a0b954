"""What the money is spent on: the public page of each year."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.clock import local_date
from govtech.shell import pages
from pilots.actions.owed import name_of
from pilots.calculations.money import add_up, public_phases
from pilots.calculations.plan import mean_days
from pilots.models import Award, AwardStatus, BudgetLine, BudgetYear, DirectContract, Invoice, YearStatus
from pilots.views.invoices import days_to_accept
from pilots.views.spent import by_month

SUMS = ("credit", "not_available", "rc", "a", "d", "o", "p")


@login_not_required
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Go to the year that runs, else to the last one that is public. Without any, say so."""
    years = list(BudgetYear.objects.public().order_by("-year").values_list("year", flat=True))
    if not years:
        return render(request, "pilots/budget_none.html")
    current = local_date(clock.now()).year
    return redirect("pilots:budget", year=next((year for year in years if year <= current), years[-1]))


@login_not_required
@require_safe
@pages.for_everybody
def budget(request: HttpRequest, year: int) -> HttpResponse:
    """Every euro of a year from its reservation to its payment, by line."""
    at = clock.now()
    pages.holds_until(request, at)
    found = get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)
    lines = list(found.lines.order_by("kind", "code", "pk"))
    for line in lines:
        line.phases = public_phases(_sums(line))
    total = add_up(line.phases for line in lines) if lines else {}
    context = {
        "year": found,
        "years": BudgetYear.objects.visible_to(request.user).order_by("-year").values_list("year", flat=True),
        "is_provisional": found.status == YearStatus.PROVISIONAL,
        "lines": lines,
        "total": total,
        "not_available": sum(line.not_available for line in lines),
        "credit": sum(line.credit for line in lines),
        "later": _later(found),
        "awards": _awards(found),
        "directs": _directs(found),
        **by_month(found),
        "to_accept": days_to_accept(found),
        "days": mean_days(_payments(found)),
        "at": at,
    }
    return render(request, "pilots/budget.html", context)


def _sums(line: BudgetLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in SUMS}


def _later(year: BudgetYear) -> list[dict[str, Any]]:
    """Return what is already reserved or committed on later years, apart from this year's money."""
    later: dict[int, list[dict[str, Any]]] = {}
    rows = BudgetLine.objects.filter(budget_year__year__gt=year.year).select_related("budget_year")
    for line in rows.order_by("budget_year__year", "code", "pk"):
        later.setdefault(line.budget_year.year, []).append(public_phases(_sums(line)))
    found = []
    for number, phases in later.items():
        sums = add_up(phases)
        committed = sums["committed"] + sums["invoiced"] + sums["paid"]
        if committed or sums["reserved"]:
            found.append({"year": number, "reserved": sums["reserved"], "committed": committed})
    return found


def _awards(year: BudgetYear) -> Any:
    """Return published awards with money in this year, sorted by the company (LCSP art. 63.4)."""
    return (
        Award.objects.filter(
            status=AwardStatus.APPROVED,
            resolution__published_at__isnull=False,
            commitment__lines__line__budget_year=year,
            commitment__lines__d__gt=0,
        )
        .select_related("proposal__organisation", "resolution__challenge", "pilot")
        .order_by("proposal__organisation__name", "pk")
        .distinct()
    )


def _directs(year: BudgetYear) -> Any:
    """Return signed contracts of the Office with money in this year, by supplier."""
    rows = DirectContract.objects.public().filter(commitment__lines__line__budget_year=year, commitment__lines__d__gt=0)
    rows = rows.select_related("commitment__expenditure", "commitment__supplier").order_by("pk").distinct()
    return sorted(rows, key=lambda row: name_of(row.commitment).casefold())


def _payments(year: BudgetYear) -> list[tuple[Any, Any]]:
    """Return (received, paid) of the invoices paid in the year."""
    return list(Invoice.objects.filter(paid_on__year=year.year).order_by("pk").values_list("received_on", "paid_on"))
