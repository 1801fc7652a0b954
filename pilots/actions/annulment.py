"""What an upheld review changes: the award is annulled by two people and its place is free for the next (LCSP 42).

Points and ranking stay as they were locked. What was accepted of a pilot that has started is still paid.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from pilots.actions import annuity, letter
from pilots.actions import pilot as pilots
from pilots.actions import resolution as resolutions
from pilots.actions.approval import set_outcomes
from pilots.actions.challenge import locked as locked_challenge
from pilots.actions.reserve import finish_if_nobody_is_left
from pilots.models import Award, AwardStatus, Pilot, PilotStatus, Resolution, ReviewRequest
from pilots.notifications import award as notifications
from pilots.policies import annulment as policies
from pilots.policies import award as awards
from startups.actions import evaluation
from startups.models import Proposal, ProposalStatus


def _locked(award: Award) -> Award:
    locked_challenge(award.resolution.challenge)
    rows = Award.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("resolution__challenge", "proposal__organisation", "commitment").get(pk=award.pk)


@transaction.atomic
def prepare(award: Award, *, review: ReviewRequest, reason: str, by: User, at: datetime) -> PreparedDecision:
    """Put the annulment before a director: for which upheld review, and the reasons, which are published."""
    award = _locked(award)
    policies.check_can_prepare(award, by=by, at=at)
    policies.check_review(award, review)
    if not reason.strip():
        raise DomainError(_("Write the reasons: they are published."), field="reason")
    decision = decisions.prepare(
        DecisionKind.ANNULMENT, award, by=by, at=at, payload={"reason": reason.strip(), "review": review.public_id}
    )
    notifications.annulment_prepared(award, by=by, at=at)
    return decision


@transaction.atomic
def send_back(award: Award, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return it to the officer with a comment: the award stands."""
    award = _locked(award)
    policies.check_can_return(award, by=by, at=at)
    decision = decisions.send_back(policies.waiting(award), by=by, at=at, comment=comment)
    notifications.annulment_returned(award, comment=comment, to=decision.prepared_by, at=at)
    return decision


@transaction.atomic
def approve(award: Award, *, by: User, at: datetime) -> Award:
    """Annul it: pilot ended, money back for the next, resolution and letters anew, in one transaction.

    Raises `DomainError` when `by` prepared it, or when the pilot has ended meanwhile.
    """
    award = _locked(award)
    pilot = pilots.locked(award.pilot)
    policies.check_can_approve(award, by=by, at=at)
    decision = decisions.approve(policies.waiting(award), by=by, at=at)
    award.annulled_for = policies.review_of(decision, award)
    reason, challenge = decision.payload["reason"], award.resolution.challenge
    award.status, award.ended_at, award.ended_reason = AwardStatus.ANNULLED, at, reason
    award.save(update_fields=["status", "ended_at", "ended_reason", "annulled_for"])
    audit.record(
        "award.annulled", target=award, by=by, at=at, old=AwardStatus.APPROVED, new=award.status, reason=reason
    )
    _end_pilot(pilot, reason=reason, by=by, at=at)
    annuity.settle(award.commitment, by=by, at=at, reason=_("The award is annulled"))
    _call_back(challenge, by=by, at=at)
    drafts = letter.drafts(challenge, [])
    letter.check_complete(drafts)
    set_outcomes(drafts, by=by, at=at)
    resolution = _add_reason(award, reason)
    resolutions.publish(resolution, by=by, at=at)
    letter.release(resolution, drafts, by=by, at=at)
    finish_if_nobody_is_left(challenge, by=by, at=at)
    notifications.annulled(award, reason=reason, reference=pilot.reference, by=by, at=at)
    return award


def _end_pilot(pilot: Pilot, *, reason: str, by: User, at: datetime) -> None:
    pilots.cancel_milestones(pilot)
    old, pilot.status = pilot.status, PilotStatus.TERMINATED
    pilot.ended_at, pilot.ended_reason = at, reason
    pilot.save(update_fields=["status", "ended_at", "ended_reason"])
    audit.record("pilot.terminated", target=pilot, by=by, at=at, old=old, new=pilot.status, reason=reason)


def _add_reason(award: Award, reason: str) -> Resolution:
    resolution = award.resolution
    words = _("The award to %(name)s is annulled. %(reason)s") % {
        "name": award.proposal.organisation.name,
        "reason": reason,
    }
    resolution.reason = f"{resolution.reason}\n\n{words}".strip()
    resolution.save(update_fields=["reason"])
    return resolution


def _call_back(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Put on the reserve list again, in rank order, those who can take the place that is free now."""
    places = challenge.awards_planned - awards.live_awards(challenge) + challenge.reserve_list_length
    places -= len(awards.candidates(challenge))
    rows = Proposal.objects.filter(challenge=challenge, status=ProposalStatus.NOT_SELECTED, result__passes=True)
    rows = rows.filter(result__rank__isnull=False, awards__isnull=True).order_by("result__rank", "pk")
    for proposal in rows[: max(places, 0)]:
        evaluation.set_outcome(proposal, status=ProposalStatus.RESERVE, by=by, at=at)
