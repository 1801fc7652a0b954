"""Who may see and change the budget, and when."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from pilots.models import BudgetYear, YearStatus

FIRST_YEAR, LAST_YEAR = 2019, 2100

TRANSITIONS: dict[YearStatus, set[YearStatus]] = {
    YearStatus.PROVISIONAL: {YearStatus.OPEN},
    YearStatus.OPEN: {YearStatus.CLOSED},
    YearStatus.CLOSED: set(),
}


def check_can_see_management(*, by: Any, at: datetime) -> None:
    """Officers, directors and auditors see credits, movements and entries in full."""
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the Digital Office and internal control see the budget from inside."))


def check_can_prepare(*, by: Any, at: datetime) -> None:
    """Officers and directors prepare what changes the budget."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Digital Office prepares the budget."))


def check_can_approve(*, by: Any, at: datetime) -> None:
    """Who approves for the Office today decides; never on what they prepared themselves (`audit.decisions`)."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only the director of the Digital Office, or today's substitute, does this."))


def check_is_provisional(year: BudgetYear) -> None:
    """Only while a year is prepared."""
    if year.status != YearStatus.PROVISIONAL:
        raise TransitionError(
            _("The year %(year)s is open already: its credit changes only by a decision of two people.")
            % {"year": year.year}
        )


def check_nothing_waits(year: BudgetYear) -> None:
    """What another person is to sign doesn't change meanwhile."""
    if decisions.open_for(DecisionKind.BUDGET_YEAR, year) is not None:
        raise TransitionError(_("This is waiting for the director. Ask for it to be sent back first."))


def check_takes_changes(year: BudgetYear) -> None:
    """Not once it is closed."""
    if year.status == YearStatus.CLOSED:
        raise TransitionError(_("The year %(year)s is closed: its credit no longer changes.") % {"year": year.year})


def check_move(year: BudgetYear, new: YearStatus, *, at: datetime) -> None:
    """A year opens, and closes when it is over."""
    if new not in TRANSITIONS[YearStatus(year.status)]:
        raise TransitionError(
            _("The year %(year)s is %(status)s and can't become %(new)s.")
            % {"year": year.year, "status": YearStatus(year.status).label, "new": new.label}
        )
    if new == YearStatus.CLOSED and local_date(at).year <= year.year:
        raise DomainError(_("The year %(year)s isn't over: it closes after 31 December.") % {"year": year.year})
