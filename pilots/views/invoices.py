"""Every invoice with where it stands: late ones first, days to accept and to pay; and sending one back."""

from datetime import date
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from pilots.actions import invoice as actions
from pilots.actions import owed
from pilots.calculations.plan import mean_days
from pilots.forms.invoice import RejectionForm
from pilots.models import BudgetYear, ContractPart, Invoice, RejectedInvoice
from pilots.policies import budget as budget_policies
from pilots.policies import invoice as policies
from pilots.views.direct import address as address_of_contract
from pilots.views.direct import load_part
from pilots.views.milestone import load as load_milestone
from pilots.views.step import Step, take

PAGE = 50
RELATED = (
    "milestone__pilot__organisation", "milestone__pilot__award__commitment", "part__contract__commitment__supplier",
)  # fmt: skip


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Invoices: those late to be paid first, then to pay, then paid; and those that were sent back."""
    at = clock.now()
    budget_policies.check_can_see_management(by=request.user, at=at)
    today = clock.local_date(at)
    rows = list(Invoice.objects.select_related(*RELATED).order_by("-received_on", "-pk"))
    rows.sort(key=lambda row: (_rank(row, today), row.pay_by_on if row.paid_on is None else date.min))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    rejected = RejectedInvoice.objects.select_related(*RELATED).order_by("-rejected_at", "-pk")[:PAGE]
    context = {
        "page": page,
        "entries": [_entry(row, today) for row in page.object_list],
        "rejected": [{"invoice": row, "what": owed.of(row.owed)} for row in rejected],
        "late": sum(_rank(row, today) == 0 for row in rows),
        "days": days_of(rows),
    }
    return render(request, "pilots/invoices.html", context)


def _rank(row: Invoice, today: date) -> int:
    if row.paid_on:
        return 2
    return 0 if row.pay_by_on < today else 1


def _entry(row: Invoice, today: date) -> dict[str, Any]:
    return {
        "invoice": row,
        "what": owed.of(row.owed),
        "rank": _rank(row, today),
        "to_accept": (clock.local_date(row.recorded_at) - row.received_on).days,
        "to_pay": (row.paid_on - row.received_on).days if row.paid_on else None,
    }


def days_of(rows: list[Invoice]) -> dict[str, int | None]:
    """Return the mean days from receipt until an invoice is accepted, and until it is paid."""
    return {
        "to_accept": mean_days((row.received_on, clock.local_date(row.recorded_at)) for row in rows),
        "to_pay": mean_days((row.received_on, row.paid_on) for row in rows if row.paid_on),
    }


def days_to_accept(year: BudgetYear) -> int | None:
    """Return the mean days until the invoices recorded in a year were accepted, for the public page."""
    rows = Invoice.objects.filter(recorded_at__year=year.year).order_by("pk").values_list("received_on", "recorded_at")
    return mean_days((received, clock.local_date(recorded)) for received, recorded in rows)


@require_http_methods(["GET", "HEAD", "POST"])
def reject(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send back an invoice of a milestone."""
    milestone = load_milestone(request, public_id)
    return _reject(request, milestone, reverse("pilots:invoicing", kwargs={"slug": milestone.pilot.slug}))


@require_http_methods(["GET", "HEAD", "POST"])
def reject_of_part(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send back an invoice of a delivery."""
    budget_policies.check_can_see_management(by=request.user, at=clock.now())
    part = load_part(request, public_id)
    return _reject(request, part, address_of_contract(part.contract))


def _reject(request: HttpRequest, thing: Any, back: str) -> HttpResponse:
    at = clock.now()
    what = owed.of(thing)
    name = _("Delivery") if isinstance(thing, ContractPart) else _("Milestone")
    facts = [(name, f"{thing.number}. {thing.title}"), (_("Company"), what.company)]
    lead = _("Nothing is recognised. The company reads the reason and may invoice again.")
    return take(
        request,
        Step(
            _("Reject an invoice"), _("Reject the invoice"), back, what.reference, lead=lead, danger=True, facts=facts
        ),
        RejectionForm(request.POST if request.method == "POST" else None),
        check=partial(policies.check_can_reject, thing, by=request.user, at=at),
        do=lambda data: actions.reject(thing, by=request.user, at=at, **data),
        done=_("The invoice is rejected."),
    )
