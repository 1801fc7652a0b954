"""Who may open the proposals of a challenge, and from when."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.reference.models import Rules
from govtech.shell.words import formatted
from startups.models import Evaluation, Opening, Proposal, ProposalStatus

SHORTEST_REASON = 10  # characters


def opens_from(challenge: Challenge) -> datetime:
    """Return the first instant at which proposals may be opened.

    Some hours after closing (`Rules.opening_delay_hours`), so that a technical incident near the close can still extend
    the deadline it touched.
    """
    rules = Rules.objects.in_force(local_date(challenge.closes_at))
    return challenge.closes_at + timedelta(hours=rules.opening_delay_hours)


def check_can_see(*, by: User, at: datetime) -> None:
    """Only those who may prepare or witness an opening see its page before it."""
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the Digital Office and internal control take part in the opening."))


def check_can_prepare(challenge: Challenge, *, by: User, at: datetime) -> None:
    """An officer, once the deadline and the hours after it have passed."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only an officer of the Digital Office may prepare the opening."))
    _check_time(challenge, at=at)


def check_can_open(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Any officer, director or auditor; that it isn't who prepared it is checked with the decision."""
    check_can_see(by=by, at=at)
    _check_time(challenge, at=at)


def checked_reason(reason: str) -> str:
    """Return the reason for an opening. DomainError where it says next to nothing."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise DomainError(
            _("Write why it is opened, in at least %(n)s characters: the record carries it.") % {"n": SHORTEST_REASON},
            field="reason",
        )
    return reason


def stopped(challenge: Challenge) -> QuerySet[Proposal]:
    """Return the proposals that the opening left sealed, because they weren't what was handed in."""
    was_opened = Opening.objects.filter(challenge=challenge)
    return Proposal.objects.filter(
        Exists(was_opened), challenge=challenge, status=ProposalStatus.SUBMITTED, opened_at=None
    )


def check_can_prepare_stopped(proposal: Proposal, challenge: Challenge, *, by: User, at: datetime) -> None:
    """An officer, while the challenge is evaluated and no scores are locked."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only an officer of the Digital Office may prepare the opening."))
    _check_is_stopped(proposal, challenge)


def check_can_open_stopped(proposal: Proposal, challenge: Challenge, *, by: User, at: datetime) -> None:
    """Any officer, director or auditor, as the second person."""
    check_can_see(by=by, at=at)
    _check_is_stopped(proposal, challenge)


def _check_is_stopped(proposal: Proposal, challenge: Challenge) -> None:
    locked = Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False)
    if (
        challenge.status != Status.EVALUATING
        or locked.exists()
        or not stopped(challenge).filter(pk=proposal.pk).exists()
    ):
        raise TransitionError(_("This proposal isn't stopped any more. Reload the page to see how it stands."))


def _check_time(challenge: Challenge, *, at: datetime) -> None:
    if challenge.status != Status.PUBLISHED:
        raise TransitionError(
            _("The proposals of this challenge can't be opened: it is %(status)s.")
            % {"status": challenge.get_status_display()}
        )
    instant = opens_from(challenge)
    if at < instant:
        raise DomainError(
            _(
                "Proposals stay sealed until %(instant)s. Until then the deadline can still be extended if the portal "
                "failed near the close."
            )
            % {"instant": formatted(instant, "when")}
        )
