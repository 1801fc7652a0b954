"""The forecast of a year to 31 December, from inside."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from govtech import clock
from pilots.actions import forecast as actions
from pilots.models import BudgetYear
from pilots.policies import budget as policies


@require_safe
def page(request: HttpRequest, year: int) -> HttpResponse:
    """What each line will have spent by the end of the year, month by month, and what may lapse."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    found = get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)
    rows = actions.of_year(found, today=clock.local_date(at))
    context = {
        "year": found,
        "rows": rows,
        "total": actions.total_of(rows) if rows else None,
        "risks": [(row.line, *risk) for row in rows for risk in row.risks],
    }
    return render(request, "pilots/forecast.html", context)
