"""The assistant that closes a year: what lapses, what passes to the next and why, what is left to be paid."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.policies import allows
from pilots.actions import budget as actions
from pilots.actions import closing as plans
from pilots.models import BudgetYear, YearStatus
from pilots.policies import budget as policies
from pilots.views.step import press


@require_http_methods(["GET", "HEAD", "POST"])
def assistant(request: HttpRequest, year: int) -> HttpResponse:
    """What closing the year does, as things stand or as it was signed; from here it goes to the director."""
    at = clock.now()
    policies.check_can_see_management(by=request.user, at=at)
    found = get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)
    if found.status == YearStatus.PROVISIONAL:
        raise Http404
    if request.method == "POST":
        policies.check_can_prepare(by=request.user, at=at)
        return press(
            request,
            lambda: actions.prepare_closing(found, by=request.user, at=at),
            done=_("The closing waits for another person's approval."),
            back=reverse("pilots:closing", kwargs={"year": found.year}),
        )
    return render(request, "pilots/closing.html", _context(request, found, at))


def _context(request: HttpRequest, year: BudgetYear, at: datetime) -> dict[str, object]:
    waits = decisions.open_for(DecisionKind.BUDGET_YEAR, year)
    context: dict[str, object] = {"year": year, "waits": waits, "following": year.year + 1}
    if year.status == YearStatus.CLOSED:
        signed = PreparedDecision.objects.of(year).filter(
            kind=DecisionKind.BUDGET_YEAR, approved_at__isnull=False, payload__to=YearStatus.CLOSED
        )
        decision = signed.select_related("prepared_by", "approved_by").first()
        return context | {"signed": decision, "closing": plans.shown(decision.payload if decision else {})}
    plan = plans.plan_for(year)
    is_over = year.year < local_date(at).year
    return context | {
        "closing": plans.shown(plan.said()),
        "obstacles": plan.obstacles,
        "is_over": is_over,
        "checks": [("stop", text) for text in plan.obstacles],
        "can_send": is_over
        and not plan.obstacles
        and waits is None
        and allows(policies.check_can_prepare, by=request.user, at=at),
    }
