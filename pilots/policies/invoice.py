"""Who records invoices and payments. Whoever accepted a deliverable can't record its invoice."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import TransitionError
from pilots.models import ContractPart, Invoice, Milestone, MilestoneStatus


def _check_officer(by: Any) -> None:
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office records invoices and payments."))


def check_can_record(milestone: Milestone | ContractPart, *, by: Any, at: datetime) -> None:
    """Let an officer who didn't accept the milestone or part of a contract record its one invoice."""
    _check_officer(by)
    if milestone.accepted_by_id == by.pk:
        raise PermissionDenied(_("You accepted this milestone, so another person must record its invoice."))
    if isinstance(milestone, ContractPart):
        if milestone.accepted_at is None:
            raise TransitionError(_("An invoice is recorded when what it is for is accepted."))
    elif milestone.status != MilestoneStatus.ACCEPTED:
        raise TransitionError(_("An invoice is recorded when the milestone is accepted. This one is %(status)s.")
                              % {"status": milestone.get_status_display()})  # fmt: skip
    if getattr(milestone, "invoice", None) is not None:
        raise TransitionError(_("The invoice of this milestone is recorded already."))


def check_can_reject(thing: Milestone | ContractPart, *, by: Any, at: datetime) -> None:
    """Let an officer send back an invoice while none of what it is for is recorded."""
    _check_officer(by)
    if getattr(thing, "invoice", None) is not None:
        raise TransitionError(_("The invoice of this milestone is recorded already."))


def check_can_pay(invoice: Invoice, *, by: Any, at: datetime) -> None:
    """Let an officer record the payment once."""
    _check_officer(by)
    if invoice.paid_on:
        raise TransitionError(_("The payment of this invoice is recorded already."))
