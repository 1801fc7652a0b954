"""Who enters, signs, accepts and ends the contracts of the Office, and when."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from challenges.models.challenge import Route
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError, TransitionError
from govtech.policies import check_move
from govtech.reference.models import Rules
from govtech.shell.words import euros
from pilots.calculations.plan import LONGEST_MONTHS
from pilots.models import Commitment, ContractPart, DirectContract, DirectStatus, ExpenditureKind, LineKind
from pilots.models.award import GIVEN_UP
from pilots.models.direct import TRANSITIONS
from pilots.policies.supplier import MONTHS_12

# Which lines may pay what: its own kind, and those that the Office adds for anything.
LINES = {
    ExpenditureKind.TECHNICAL_ASSISTANCE: (LineKind.TECHNICAL_ASSISTANCE, LineKind.OTHER),
    ExpenditureKind.GOVTECH4ALL: (LineKind.GOVTECH4ALL, LineKind.OTHER),
}
MOST_YEARS = 4  # later years that a contract may reach (RD 500/1990 art. 81)


def check_can_prepare(*, by: Any, at: datetime) -> None:
    """Officers and directors enter contracts."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Digital Office enters contracts."))


def check_can_approve(*, by: Any, at: datetime) -> None:
    """Who approves for the Office today; never what they prepared themselves (`audit.decisions`)."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only the director of the Digital Office, or today's substitute, does this."))


def check_can_send_back(prepared_by_id: int, *, by: Any, at: datetime) -> None:
    """The director returns it; who prepared it may take it back."""
    if by.pk != prepared_by_id:
        check_can_approve(by=by, at=at)


def check_can_rewrite(contract: DirectContract, *, by: Any, at: datetime) -> None:
    """What was returned is written again, or dropped."""
    check_can_prepare(by=by, at=at)
    check_move(TRANSITIONS, contract.status, DirectStatus.WAITING)


def check_can_drop(contract: DirectContract, *, by: Any, at: datetime) -> None:
    """What was returned may be dropped."""
    check_can_prepare(by=by, at=at)
    check_move(TRANSITIONS, contract.status, DirectStatus.DROPPED)


def check_can_accept(part: ContractPart, *, by: Any, at: datetime) -> None:
    """The Office accepts a part of a running contract, once."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Digital Office accepts what these contracts deliver."))
    if part.contract.status != DirectStatus.RUNNING:
        raise TransitionError(_("This contract is %(status)s.") % {"status": part.contract.get_status_display()})
    if part.accepted_at is not None:
        raise TransitionError(_("This was accepted already."))


def check_can_prepare_end(contract: DirectContract, *, by: Any, at: datetime) -> None:
    """Officers and directors prepare the early end of a running contract."""
    check_can_prepare(by=by, at=at)
    check_move(TRANSITIONS, contract.status, DirectStatus.ENDED)


def check_route(kind: str, route: str, net: Decimal, days: list[date], *, at: datetime) -> None:
    """A contract has a route, a contribution none; a minor contract is under the limit and lasts a year at most."""
    if kind != ExpenditureKind.TECHNICAL_ASSISTANCE:
        return
    if route not in Route.values:
        raise DomainError(_("Choose the procurement route of the contract."), field="route")
    if route != Route.MINOR:
        return
    today = clock.local_date(at)
    limit = Rules.objects.in_force(today).minor_contract_limit_net
    if net >= limit:
        raise DomainError(
            _("A minor contract is under %(limit)s without VAT and this one is %(amount)s.")
            % {"limit": euros(limit), "amount": euros(net)},
            field="route",
        )
    if (max(days) - today).days > 366 * LONGEST_MONTHS // 12:
        raise DomainError(_("A minor contract lasts a year at most (LCSP art. 29.8)."), field="route")


def warning_of(commitment: Commitment, route: str, *, at: datetime) -> str:
    """Return the warning where this minor contract and others of the supplier in 12 months reach the limit."""
    if route != Route.MINOR or not (commitment.supplier_id or commitment.supplier_tax_id):
        return ""
    tax_id = commitment.supplier.tax_id if commitment.supplier else commitment.supplier_tax_id
    others = (
        Commitment.objects.filter(Q(supplier__tax_id=tax_id) | Q(supplier_tax_id=tax_id), created_at__gt=at - MONTHS_12)
        .exclude(pk=commitment.pk)
        .exclude(award__status__in=GIVEN_UP)
        .exclude(direct_contract__status=DirectStatus.DROPPED)
    )
    before = others.aggregate(sum=Sum("amount_net"))["sum"] or Decimal(0)
    limit = Rules.objects.in_force(clock.local_date(at)).minor_contract_limit_net
    if not before or before + commitment.amount_net < limit:
        return ""
    name = commitment.supplier.name if commitment.supplier else commitment.supplier_name
    return _(
        "%(name)s has contracts for %(before)s in the last 12 months; with this one they reach %(limit)s, without VAT. "
        "Say in the reasons why they are different objects."
    ) % {"name": name, "before": euros(before), "limit": euros(limit)}
