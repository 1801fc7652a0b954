"""How the company invoices, and what the Office records."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from govtech import clock
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.shell.words import euros, formatted
from pilots.actions import invoice as actions
from pilots.forms.invoice import InvoiceForm, PaymentForm
from pilots.models import BudgetYear, Invoice, Milestone, Pilot, RejectedInvoice, YearStatus
from pilots.policies import invoice as policies
from pilots.policies import pilot as pilot_policies
from pilots.views.milestone import load as load_milestone
from pilots.views.pilot import days_to_pay, milestones_of
from pilots.views.step import Step, given, take
from pilots.views.work import load, step_of


def invoicing(request: HttpRequest, slug: str) -> HttpResponse:
    """What to write on each invoice, where it goes, and when it will be paid."""
    pilot, at = load(request, slug), clock.now()
    pilot_policies.check_can_see_invoicing(pilot, by=request.user, at=at)
    today = clock.local_date(at)
    rows = milestones_of(pilot, today)
    closed = set(BudgetYear.objects.filter(status=YearStatus.CLOSED).values_list("year", flat=True))
    paying = {row["milestone"].pk: _paying_year(row["milestone"], closed) for row in rows}
    years = BudgetYear.objects.in_bulk(set(paying.values()), field_name="year")
    rejected: dict[int, list[RejectedInvoice]] = {}
    for bad in RejectedInvoice.objects.filter(milestone__pilot=pilot).order_by("-rejected_at"):
        rejected.setdefault(bad.milestone_id, []).append(bad)
    for row in rows:
        milestone = row["milestone"]
        milestone.pilot = pilot
        row["text"] = _line(milestone)
        row["year"] = years.get(paying[milestone.pk])
        row["rejected"] = rejected.get(milestone.pk, [])
        row["can_reject"] = milestone.accepted_at is not None and allows(
            policies.check_can_reject, milestone, by=request.user, at=at
        )
        row["can_pay"] = row["invoice"] is not None and allows(
            policies.check_can_pay, row["invoice"], by=request.user, at=at
        )
    codes = {
        (year.accounting_office, year.managing_body, year.processing_unit)
        for year in years.values()
        if year.accounting_office or year.managing_body or year.processing_unit
    }
    context = {
        "pilot": pilot,
        "rows": rows,
        "codes": [dict(zip(("accounting", "managing", "processing"), code, strict=True)) for code in sorted(codes)],
        "case_file": _case_file(pilot),
        "days": days_to_pay([row["invoice"] for row in rows if row["invoice"]]),
        "today": today,
    }
    return render(request, "pilots/invoicing.html", context)


def _paying_year(milestone: Milestone, closed: set[int]) -> int:
    """Return the year whose units the invoice goes to: that of its date, past those that are closed."""
    year = milestone.due_on.year
    while year in closed and not milestone.o:
        year += 1
    return year


def _case_file(pilot: Pilot) -> str:
    expenditure = pilot.award.commitment.expenditure
    return expenditure.case_file or pilot.challenge.case_file or pilot.challenge.reference


def _line(milestone: Milestone) -> str:
    """Return the text to write on the invoice, word for word: what joins it to its contract."""
    pilot = milestone.pilot
    return _("Case file %(file)s. %(reference)s, milestone %(number)d: %(title)s") % {
        "file": _case_file(pilot),
        "reference": pilot.reference,
        "number": milestone.number,
        "title": milestone.title,
    }


def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record the invoice of an accepted milestone."""
    milestone, at = load_milestone(request, public_id), clock.now()
    facts = [
        (_("Milestone"), f"{milestone.number}. {milestone.title}"),
        (_("Company"), milestone.pilot.organisation.name),
        (_("Accepted"), formatted(milestone.accepted_at, "day")),
        (_("Base it must say"), euros(milestone.amount_net)),
        (_("VAT it must say"), euros(milestone.vat)),
        (_("Total it must say"), euros(milestone.amount_gross)),
    ]
    step = step_of(
        milestone.pilot,
        title=_("Record the invoice"),
        lead=_("Recording it recognises the obligation to pay (O)."),
        button=_("Record the invoice"),
        facts=facts,
    )
    return take(
        request,
        step,
        InvoiceForm(**given(request)),
        check=partial(policies.check_can_record, milestone, by=request.user, at=at),
        do=lambda data: actions.record(milestone, by=request.user, at=at, **data),
        done=_("The invoice is recorded."),
    )


def pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record a payment."""
    rows = Invoice.objects.filter(milestone__pilot__in=Pilot.objects.worked_on_by(request.user)).select_related(
        "milestone__pilot__challenge__department", "milestone__pilot__organisation", "milestone__pilot__award"
    )
    invoice, at = get_object_or_404(rows, public_id=public_id), clock.now()
    return take(
        request,
        _payment_step(invoice),
        PaymentForm(**given(request)),
        check=partial(policies.check_can_pay, invoice, by=request.user, at=at),
        do=lambda data: actions.pay(invoice, by=request.user, at=at, **data),
        done=_("The payment is recorded."),
    )


@require_safe
def electronic(request: HttpRequest, public_id: str) -> HttpResponse:
    """The electronic invoice as it came in, for whoever sees the invoices of the pilot."""
    rows = Invoice.objects.filter(milestone__pilot__in=Pilot.objects.worked_on_by(request.user), file__isnull=False)
    invoice = get_object_or_404(rows.select_related("file", "milestone__pilot__organisation"), public_id=public_id)
    pilot_policies.check_can_see_invoicing(invoice.milestone.pilot, by=request.user, at=clock.now())
    return send_file(invoice.file)


def _payment_step(invoice: Invoice) -> Step:
    facts: list[tuple[Any, ...]] = [
        (_("Invoice"), invoice.number),
        (_("Company"), invoice.milestone.pilot.organisation.name),
        (_("Amount"), euros(invoice.total), _("with VAT")),
        (_("Received"), formatted(invoice.received_on, "day")),
        (_("Last day to pay"), formatted(invoice.pay_by_on, "day")),
    ]
    title = _("Record the payment of invoice %(number)s") % {"number": invoice.number}
    return step_of(invoice.milestone.pilot, title=title, button=_("Record the payment"), facts=facts)
