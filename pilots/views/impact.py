"""What the programme has come to, year by year, for everybody."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from govtech import clock
from pilots.actions import annual_report
from pilots.filters import impact as figures


@login_not_required
@require_safe
def impact(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The figures of a year, this one unless said, each with its definition, and how the years compare."""
    at = clock.now()
    years = figures.years(at)
    shown = years[0] if year is None else year
    if shown not in years:
        raise Http404
    found = figures.of(shown)
    context: dict[str, Any] = {
        "year": shown,
        "years": years,
        "impact": found,
        "groups": annual_report.groups(found),
        "until": annual_report.until(shown, at),
        "committed_by_line": [(row.name, row.committed) for row in found.by_line],
        "committed_by_area": [(row.name, row.committed) for row in found.money_by_area],
        **figures.over_the_years(),
    }
    return render(request, "pilots/impact.html", context)


@login_not_required
@require_safe
def report(request: HttpRequest, year: int) -> HttpResponse:
    """The annual report as a document to print."""
    at = clock.now()
    if year not in figures.years(at):
        raise Http404
    response = HttpResponse(annual_report.pdf(figures.of(year), at=at), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{annual_report.file_name(year)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
