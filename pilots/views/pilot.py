"""Public pages of pilots: the list, and whether each one works."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech import clock
from govtech.accounts import roles
from govtech.reference.models import Department
from govtech.shell import pages
from govtech.shell.templatetags.components import localised
from govtech.shell.words import formatted, number
from pilots.calculations.plan import mean_days
from pilots.calculations.result import is_reached, result_percent
from pilots.filters.pilot import PilotFilter
from pilots.models import (
    AwardStatus,
    Charter,
    ContractRecord,
    FinalDecision,
    Indicator,
    IndicatorValue,
    Invoice,
    Milestone,
    MilestoneStatus,
    Pilot,
)
from pilots.models.pilot import DECISION_TONES
from pilots.policies.pilot import is_company, is_department

PAGE = 20
VERDICTS = {
    FinalDecision.SCALE: gettext_lazy("It worked: the city adopts it, and this is why"),
    FinalDecision.ITERATE: gettext_lazy("It worked in part: another pilot is needed, and this is why"),
    FinalDecision.STOP: gettext_lazy("This did not work, and this is why"),
}


def indicators_of(pilot: Pilot) -> list[dict[str, Any]]:
    """Return the indicators with their points, last value and result, in two queries."""
    values = IndicatorValue.objects.order_by("measured_on", "pk").select_related("file")
    rows = pilot.indicators.prefetch_related(Prefetch("values", queryset=values, to_attr="measured")).order_by("pk")
    return [_indicator(row) for row in rows]


def _indicator(indicator: Indicator) -> dict[str, Any]:
    measured = indicator.measured
    last = measured[-1] if measured else None
    first = [(_("before"), indicator.baseline)] if measured else []
    name = localised(indicator, "name")
    return {
        "indicator": indicator,
        "name": name,
        "points": first + [(formatted(value.measured_on, "short_day"), value.value) for value in measured],
        "values": measured,
        "last": last,
        "title": _title(indicator, name, last),
        "percent": _percent(indicator, last),
        "is_reached": bool(last) and is_reached(indicator.direction, indicator.target, last.value),
    }


def _percent(indicator: Indicator, last: IndicatorValue | None) -> int | None:
    if last is None:
        return None
    return result_percent(indicator.direction, indicator.baseline, indicator.target, last.value)


def _title(indicator: Indicator, name: str, last: IndicatorValue | None) -> str:
    if last is None:
        return name
    return _("%(name)s: from %(baseline)s to %(value)s %(unit)s; target %(target)s") % {
        "name": name,
        "baseline": number(indicator.baseline.normalize()),
        "value": number(last.value.normalize()),
        "unit": indicator.unit,
        "target": number(indicator.target.normalize()),
    }


def milestones_of(pilot: Pilot, today: date) -> list[dict[str, Any]]:
    """Return the milestones with what their chips say."""
    rows = Milestone.objects.filter(pilot=pilot).select_related("invoice").order_by("number")
    return [{"milestone": row, "standing": row.standing(today), "invoice": invoice_or_none(row)} for row in rows]


def invoice_or_none(milestone: Milestone) -> Invoice | None:
    """Return the invoice of a milestone, read with it."""
    return getattr(milestone, "invoice", None)


def days_to_pay(invoices: list[Invoice]) -> int | None:
    """Return the mean days from receipt, or acceptance if later, to payment."""
    spans = [
        (max(invoice.received_on, clock.local_date(invoice.milestone.accepted_at)), invoice.paid_on)
        for invoice in invoices
        if invoice.paid_on
    ]
    return mean_days(spans)


@login_not_required
@pages.for_everybody_asking("q", "state", "page")
def listing(request: HttpRequest) -> HttpResponse:
    """All pilots, the newest first."""
    asked = PilotFilter.read(request.GET)
    seen = asked.searched(Pilot.objects.visible_to(request.user))
    rows = asked.narrowed(seen).select_related("challenge__department", "organisation", "award__commitment")
    rows = rows.annotate(
        milestone_count=Count("milestones", filter=~Q(milestones__status=MilestoneStatus.CANCELLED)),
        accepted_count=Count("milestones", filter=Q(milestones__status=MilestoneStatus.ACCEPTED)),
    ).order_by("-created_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    at = clock.now()
    today = clock.local_date(at)
    pages.holds_until(request, at)
    entries = []
    for pilot in page.object_list:
        label, tone = pilot.standing(today)
        entries.append({"pilot": pilot, "state": label, "tone": tone})
    context = {"filter": asked, "options": asked.options(seen), "page": page, "entries": entries}
    return render(request, "pilots/list.html", context)


@login_not_required
@pages.for_everybody
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One pilot: is it working, what was delivered, what was paid, what the city decided."""
    rows = Pilot.objects.visible_to(request.user).select_related(
        "challenge__department", "organisation", "award__commitment"
    )
    pilot = get_object_or_404(rows, slug=slug)
    at = clock.now()
    today = clock.local_date(at)
    pages.holds_until(request, at)
    milestones = milestones_of(pilot, today)
    for row in milestones:
        row["milestone"].pilot = pilot
    invoices = [row["invoice"] for row in milestones if row["invoice"]]
    label, tone = pilot.standing(today)
    charter = Charter.objects.filter(pilot=pilot).prefetch_related("districts").first()
    context = {
        "pilot": pilot,
        "charter": charter,
        "districts": list(charter.districts.all()) if charter else [],
        "record": ContractRecord.objects.filter(pilot=pilot).first(),
        "department": department_name(pilot.challenge.department),
        "state": label,
        "tone": tone,
        "indicators": indicators_of(pilot),
        "milestones": milestones,
        "facts": _facts(pilot, invoices),
        "verdict": VERDICTS[FinalDecision(pilot.final_decision)] if pilot.final_decision else "",
        "decision_tone": DECISION_TONES.get(pilot.final_decision, "plain"),
        "is_annulled": pilot.award.status == AwardStatus.ANNULLED,
        "is_refused": pilot.award.status == AwardStatus.REFUSED,
        "works_here": may_work(pilot, request.user),
    }
    return render(request, "pilots/detail.html", context)


def department_name(department: Department) -> str:
    """Return the name as the page's language has it."""
    return str(department)


def may_work(pilot: Pilot, user: Any) -> bool:
    """Say whether the inside page is for this person."""
    return user.is_authenticated and (
        is_company(pilot, user) or is_department(pilot, user) or roles.is_staff_role(user)
    )


def _facts(pilot: Pilot, invoices: list[Invoice]) -> dict[str, Any]:
    commitment = pilot.award.commitment
    return {
        "awarded": commitment.amount_gross,
        "paid": commitment.p,
        "days": days_to_pay(invoices),
        "decision": formatted(pilot.decided_at, "day") if pilot.decided_at else "",
        "decision_from": formatted(pilot.ends_on, "day") if pilot.ends_on and not pilot.decided_at else "",
    }
