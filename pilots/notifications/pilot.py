"""Who is told what about a pilot."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register as kind
from pilots.models import FinalDecision, Invoice, Milestone, Pilot, RejectedInvoice
from startups.models import Membership


def register() -> None:
    """Declare the words of these notices."""
    see = _("See the pilot")
    kind(
        "pilot.started",
        subject=_("The pilot starts: {title}"),
        text=_("{reference} starts on {starts_on} and ends on {ends_on}. The first milestone is due on {due_on}."),
        action=see,
        shown_to_office=True,
    )
    kind(
        "pilot.suspended",
        subject=_("Pilot suspended: {title}"),
        text=_("{reference} is suspended. Reason: {reason}"),
        action=see,
        shown_to_office=True,
    )
    kind(
        "pilot.resumed",
        subject=_("The pilot goes on: {title}"),
        text=_("{reference} goes on."),
        action=see,
        shown_to_office=True,
    )
    kind(
        "pilot.completed",
        subject=_("All milestones accepted: {title}"),
        text=_(
            "{reference} has all its milestones accepted. What is missing now is the decision: scale, iterate or stop."
        ),
        action=see,
        shown_to_office=True,
    )
    kind(
        "pilot.termination_prepared",
        subject=_("Waiting for your approval: end a pilot early"),
        text=_("{reference} ({title}). Reason: {reason}"),
        action=_("See the proposal"),
    )
    kind(
        "pilot.termination_returned",
        subject=_("Returned: early end of {reference}"),
        text=_("The director returned the early end of {title}. Comment: {comment}"),
        action=see,
    )
    kind(
        "pilot.terminated",
        subject=_("The pilot ends early: {title}"),
        text=_("{reference} ends early. Reason: {reason} What had been accepted will be paid."),
        action=see,
        shown_to_office=True,
    )
    kind(
        "pilot.decided",
        subject=_("Decision on the pilot {title}"),
        text=_("{decision}. The reasons are published on the pilot's page."),
        action=see,
        shown_to_office=True,
    )
    kind(
        "milestone.delivered",
        subject=_("Milestone delivered: {milestone}"),
        text=_(
            "{company} has delivered milestone {number} of {reference}. "
            "Look at it and accept or return it before {until_on}."
        ),
        action=_("Look at the delivery"),
        shown_to_office=True,
    )
    kind(
        "milestone.returned",
        subject=_("Milestone returned: {milestone}"),
        text=_("The department returned milestone {number} of {reference}. Reason: {reason}"),
        action=_("See what is missing"),
        shown_to_office=True,
    )
    kind(
        "milestone.accepted",
        subject=_("Milestone accepted: {milestone}"),
        text=_("Milestone {number} of {reference} is accepted. The company can now invoice {amount}, VAT included."),
        action=_("How to invoice"),
        shown_to_office=True,
    )
    kind(
        "invoice.recorded",
        subject=_("Invoice {number} recorded"),
        text=_(
            "The invoice of milestone {milestone} of {reference}, for {amount}, is recorded. "
            "It is paid by {pay_by_on} at the latest."
        ),
        action=_("See your invoices"),
        shown_to_office=True,
    )
    kind(
        "invoice.rejected",
        subject=_("Invoice {number} rejected"),
        text=_("The invoice of milestone {milestone} of {reference}, for {amount}, is sent back: {reason}"),
        action=_("How to invoice"),
        shown_to_office=True,
    )
    kind(
        "invoice.paid",
        subject=_("Invoice {number} paid"),
        text=_("The invoice of milestone {milestone} of {reference}, for {amount}, was paid on {paid_on}."),
        action=_("See your invoices"),
        shown_to_office=True,
    )


def company_of(pilot: Pilot) -> list[User]:
    """Return the members of the company today."""
    return members(pilot.organisation_id)


def members(organisation_id: int) -> list[User]:
    """Return the members of an organisation today."""
    rows = Membership.objects.current().filter(organisation=organisation_id).select_related("user").order_by("pk")
    return [row.user for row in rows]


def department_of(pilot: Pilot) -> list[User]:
    """Return the digital delegates of the pilot's department today."""
    return list(roles.delegates_of(pilot.challenge.department_id))


def all_parties(pilot: Pilot, *, but: Any) -> list[User]:
    """Return company, department and Office, but for the person who did it."""
    return [person for person in [*company_of(pilot), *department_of(pilot), *roles.officers()] if person != but]


def _work(pilot: Pilot) -> str:
    return reverse("pilots:work", kwargs={"slug": pilot.slug})


def tell(
    pilot: Pilot, what: str, people: Iterable[User], *, at: datetime, address: str = "", key: str = "", **params: Any
) -> None:
    """Tell people something about a pilot: its reference and title are known."""
    known = {"reference": pilot.reference, "title": pilot.title}
    notify(
        people,
        what,
        params={**known, **params},
        address=address or _work(pilot),
        key=key or f"{pilot.pk}:{at.isoformat()}",
        at=at,
    )


def started(pilot: Pilot, *, due_on: Any, by: Any, at: datetime) -> None:
    """Tell everybody that the pilot starts."""
    people = all_parties(pilot, but=by)
    tell(pilot, "pilot.started", people, at=at, starts_on=pilot.starts_on, ends_on=pilot.ends_on, due_on=due_on)


def suspended(pilot: Pilot, *, reason: str, by: Any, at: datetime) -> None:
    """Tell everybody why the pilot is suspended."""
    tell(pilot, "pilot.suspended", all_parties(pilot, but=by), at=at, reason=reason)


def resumed(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Tell everybody that the pilot goes on."""
    tell(pilot, "pilot.resumed", all_parties(pilot, but=by), at=at)


def completed(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Tell everybody that only the decision is missing."""
    tell(pilot, "pilot.completed", all_parties(pilot, but=by), at=at)


def termination_prepared(pilot: Pilot, *, reason: str, by: Any, at: datetime) -> None:
    """Ask the directors."""
    address = reverse("pilots:approve_termination", kwargs={"slug": pilot.slug})
    people = [person for person in roles.directors() if person != by]
    tell(pilot, "pilot.termination_prepared", people, at=at, address=address, reason=reason)


def termination_returned(pilot: Pilot, *, comment: str, to: User, at: datetime) -> None:
    """Tell the officer who prepared it."""
    tell(pilot, "pilot.termination_returned", [to], at=at, comment=comment)


def terminated(pilot: Pilot, *, reason: str, by: Any, at: datetime) -> None:
    """Tell everybody that the pilot ends early."""
    tell(pilot, "pilot.terminated", all_parties(pilot, but=by), at=at, reason=reason)


def decided(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Tell everybody what the city does with the result."""
    tell(
        pilot,
        "pilot.decided",
        all_parties(pilot, but=by),
        at=at,
        address=reverse("pilots:pilot", kwargs={"slug": pilot.slug}),
        decision=FinalDecision(pilot.final_decision).label,
    )


def delivered(milestone: Milestone, *, until_on: Any, at: datetime) -> None:
    """Tell the department that there is something to look at, and until when."""
    pilot = milestone.pilot
    tell(
        pilot,
        "milestone.delivered",
        department_of(pilot),
        at=at,
        milestone=milestone.title,
        number=milestone.number,
        company=pilot.organisation.name,
        until_on=until_on,
    )


def returned(milestone: Milestone, *, at: datetime) -> None:
    """Tell the company what is missing."""
    pilot = milestone.pilot
    tell(
        pilot,
        "milestone.returned",
        company_of(pilot),
        at=at,
        milestone=milestone.title,
        number=milestone.number,
        reason=milestone.returned_reason,
    )


def accepted(milestone: Milestone, *, by: Any, at: datetime) -> None:
    """Tell company and Office that the invoice may come."""
    pilot = milestone.pilot
    known: dict[str, Any] = {
        "milestone": milestone.title,
        "number": milestone.number,
        "amount": milestone.amount_gross,
    }
    address = reverse("pilots:invoicing", kwargs={"slug": pilot.slug})
    people = [person for person in [*company_of(pilot), *roles.officers()] if person != by]
    tell(pilot, "milestone.accepted", people, at=at, address=address, **known)


def invoice_recorded(invoice: Invoice, *, at: datetime) -> None:
    """Tell the company that its invoice is in the books."""
    _tell_invoice(invoice, "invoice.recorded", at, pay_by_on=invoice.pay_by_on)


def invoice_paid(invoice: Invoice, *, at: datetime) -> None:
    """Tell the company that it was paid."""
    _tell_invoice(invoice, "invoice.paid", at, paid_on=invoice.paid_on)


def invoice_rejected(rejected: RejectedInvoice, *, at: datetime) -> None:
    """Tell the company that its invoice is sent back, and why."""
    pilot = rejected.milestone.pilot
    tell(
        pilot,
        "invoice.rejected",
        company_of(pilot),
        at=at,
        address=reverse("pilots:invoicing", kwargs={"slug": pilot.slug}),
        key=str(rejected.pk),
        number=rejected.number,
        milestone=rejected.milestone.number,
        amount=rejected.total,
        reason=rejected.reason,
    )


def _tell_invoice(invoice: Invoice, what: str, at: datetime, **params: Any) -> None:
    pilot = invoice.milestone.pilot
    tell(
        pilot,
        what,
        company_of(pilot),
        at=at,
        address=reverse("pilots:invoicing", kwargs={"slug": pilot.slug}),
        number=invoice.number,
        milestone=invoice.milestone.number,
        amount=invoice.total,
        **params,
    )
