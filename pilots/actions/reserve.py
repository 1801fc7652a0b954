"""The money and the places that an award leaves: who can still step in, and what is freed once nobody can."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts.models import User
from govtech.errors import DomainError
from pilots.actions import annuity, letter
from pilots.actions import pilot as pilots
from pilots.actions.challenge import locked as locked_challenge
from pilots.calculations.money import ZERO
from pilots.models import Award, AwardStatus, Expenditure, PilotStatus, Resolution
from pilots.policies import award as policies
from startups.actions import evaluation
from startups.models import ProposalStatus
from startups.policies.panel import check_no_conflict


def finish_if_nobody_is_left(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Free the money and finish a challenge already awarded whose ranking is exhausted. One without award ends void."""
    if challenge.status in (Status.AWARDED, Status.PILOTING) and not policies.candidates(challenge):
        release_if_settled(challenge, by=by, at=at)
        pilots.finish_if_decided(challenge, by=by, at=at)


def is_settled(challenge: Challenge) -> bool:
    """Say whether no award can follow: nobody is left, or all are made and their pilots have started."""
    awards = list(Award.objects.live().filter(resolution__challenge=challenge).values_list("status", "pilot__status"))
    if any(status != AwardStatus.APPROVED for status, _pilot in awards):
        return False
    if not policies.candidates(challenge):
        return True
    return len(awards) >= challenge.awards_planned and all(pilot != PilotStatus.PREPARING for _status, pilot in awards)


def release_if_settled(challenge: Challenge, *, by: User, at: datetime) -> Decimal:
    """Give back the authorised money that no award needs, once none can follow; return how much."""
    if not is_settled(challenge):
        return ZERO
    expenditure = Expenditure.objects.get(challenge=challenge)
    return annuity.release_rest(expenditure, by=by, at=at, reason=_("What no award needs"))


@transaction.atomic
def release(challenge: Challenge, *, by: User, at: datetime) -> Decimal:
    """Give back what no award needs, by an officer, once none can follow. Raises `DomainError` before that."""
    challenge = locked_challenge(challenge)
    policies.check_is_officer(by)
    check_no_conflict(challenge, by=by)
    if not is_settled(challenge):
        raise DomainError(_("An award can still follow: the money stays until every pilot has started."))
    released = release_if_settled(challenge, by=by, at=at)
    _lapse(challenge, by=by, at=at)
    if challenge.status in (Status.AWARDED, Status.PILOTING):
        pilots.finish_if_decided(challenge, by=by, at=at)  # the last one declined, which is the company's act
    return released


def _lapse(challenge: Challenge, *, by: User, at: datetime) -> None:
    """End the reserve list and tell each of those who were on it: nobody else will be asked."""
    resolution = Resolution.objects.published().filter(challenge=challenge).first()
    drafts = letter.drafts_of_lapse(challenge) if resolution else []
    for draft in drafts:
        evaluation.set_outcome(draft.proposal, status=ProposalStatus.NOT_SELECTED, by=by, at=at)
    if resolution and drafts:
        letter.release(resolution, drafts, by=by, at=at)
