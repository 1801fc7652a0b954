"""What the Office's own contracts put on its desk: deliveries to accept, to invoice, to pay; what was returned."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.accounts import roles
from govtech.clock import local_date
from govtech.shell.registry import DeskItem, desk, desk_links
from pilots.desk.pilot import end_of
from pilots.models import ContractPart, DirectContract, DirectStatus

SHOWN = 50


def register() -> None:
    """Fill the registries of the shell."""
    desk.register(deliveries)
    desk.register(returned)
    desk_links.register(
        "directs", gettext_lazy("Contracts of the Office"), "pilots:directs", 32, allowed=roles.is_staff_role
    )


def deliveries(user: Any, *, at: datetime) -> list[DeskItem]:
    """Deliveries that are due, accepted without an invoice that this person may record, and invoices to pay."""
    if not roles.is_officer(user):
        return []
    rows = (
        ContractPart.objects.filter(is_cancelled=False)
        .exclude(invoice__paid_on__isnull=False)
        .exclude(contract__status__in=[DirectStatus.WAITING, DirectStatus.RETURNED, DirectStatus.DROPPED])
        .select_related("contract", "invoice")
        .order_by("due_on", "pk")[:SHOWN]
    )
    return [item for row in rows if (item := _of_part(row, user, at)) is not None]


def _of_part(part: ContractPart, user: Any, at: datetime) -> DeskItem | None:
    invoice, name = getattr(part, "invoice", None), {"title": part.title}
    if invoice is not None:
        title, due_on = _("Pay invoice %(number)s") % {"number": invoice.number}, invoice.pay_by_on
        route, action = "pilots:pay_part", _("Record the payment")
    elif part.accepted_at is not None:
        if part.accepted_by_id == user.pk:
            return None
        title, due_on = _("Record the invoice of «%(title)s»") % name, None
        route, action = "pilots:record_part_invoice", _("Record it")
    elif part.due_on <= local_date(at):
        title, due_on = _("Accept «%(title)s»") % name, part.due_on
        route, action = "pilots:accept_part", _("Look at it")
    else:
        return None
    due_at = end_of(due_on) if due_on else None
    url = reverse(route, kwargs={"public_id": part.public_id})
    return DeskItem(due_at=due_at, title=title, detail=part.contract.reference, url=url, action_label=action,
                    late=bool(due_at and due_at < at))  # fmt: skip


def returned(user: Any, *, at: datetime) -> list[DeskItem]:
    """Contracts that came back from whoever signs."""
    if not roles.is_officer(user):
        return []
    rows = DirectContract.objects.filter(status=DirectStatus.RETURNED).select_related("commitment__expenditure")
    return [
        DeskItem(
            due_at=None,
            title=_("Change or drop «%(title)s»") % {"title": row.commitment.expenditure.title},
            detail=row.reference,
            url=reverse("pilots:direct", kwargs={"public_id": row.public_id}),
            action_label=_("Look at it"),
        )
        for row in rows.order_by("pk")[:SHOWN]
    ]
