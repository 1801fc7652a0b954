"""Who reads letters before and after their release, and who writes down how they were formally notified."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from pilots.models import Letter, Resolution
from startups.models import Proposal
from startups.policies.panel import check_no_conflict


def is_own(letter: Letter, user: Any) -> bool:
    """Say whether the user belongs to the organisation whose letter it is, or to a partner of its proposal."""
    return Proposal.objects.of_member(user).filter(pk=letter.proposal_id).exists()


def check_can_record(resolution: Resolution, *, by: Any, at: datetime) -> None:
    """Let officers without a conflict write down what happened outside the portal, once the resolution is out."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office writes down formal notifications and publications."))
    check_no_conflict(resolution.challenge, by=by)
    if resolution.published_at is None:
        raise TransitionError(_("There is nothing to notify until the resolution is approved."))


def check_can_record_service(letter: Letter, *, by: Any, at: datetime) -> None:
    """Let the same officers write a letter's formal notification, once: the terms to contest it run from that day."""
    check_can_record(letter.resolution, by=by, at=at)
    if letter.served_on is not None:
        raise TransitionError(_("Its formal notification is written down already, and its terms run from that day."))


def check_day(day: date, *, since: datetime, at: datetime, field: str) -> None:
    """Raise `DomainError` for a day before the resolution or after today."""
    if not local_date(since) <= day <= local_date(at):
        raise DomainError(_("Choose a day from that of the resolution until today."), field=field)


def check_can_read(letter: Letter, *, by: Any, at: datetime) -> None:
    """Let members of who proposed, lead or partner, and staff without a conflict, read a letter."""
    if is_own(letter, by):
        return
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the organisation and the Office read this."))
    check_no_conflict(letter.resolution.challenge, by=by)
