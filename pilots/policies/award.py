"""Who awards, who answers, and when."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.policies import check_move
from govtech.shell.words import formatted
from pilots.models import Award, AwardStatus, Resolution, ResolutionKind
from pilots.models.award import TRANSITIONS
from pilots.policies import contract
from pilots.policies.pilot import membership_of
from startups.models import PanelMember, Proposal, ProposalStatus
from startups.models.organisation import OrganisationRole
from startups.policies.abnormal import check_heard
from startups.policies.panel import check_no_conflict

AWARDING = {Status.EVALUATING, Status.AWARDED, Status.PILOTING}
UNDECIDED = [ProposalStatus.SUBMITTED, ProposalStatus.ADMITTED, ProposalStatus.CORRECTION_REQUESTED]


def check_can_see(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """Let the Office, directors and auditors without a conflict see how an award is prepared."""
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the Office sees how an award is prepared. It is published when it is approved."))
    check_no_conflict(challenge, by=by)


def check_can_read(award: Award, *, by: Any) -> None:
    """Let members of its organisation, and staff without a conflict, read an award and its papers."""
    if membership_of(by, award.proposal.organisation_id):
        return
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the organisation and the Office read the papers of an award."))
    check_no_conflict(award.resolution.challenge, by=by)


def check_is_officer(by: Any) -> None:
    """Raise PermissionDenied for anybody else."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office prepares awards."))


def check_is_director(by: Any) -> None:
    """Raise PermissionDenied for anybody else."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only a director approves awards."))


def candidates(challenge: Challenge) -> list[Proposal]:
    """Return who can be awarded, in rank order: over the thresholds, without an award already open or ended."""
    return list(
        Proposal.objects.filter(
            challenge=challenge,
            status__in=[ProposalStatus.EVALUATED, ProposalStatus.RESERVE],
            result__passes=True,
            result__rank__isnull=False,
        )
        .exclude(awards__isnull=False)
        .select_related("organisation", "result")
        .order_by("result__rank", "pk")
    )


def live_awards(challenge: Challenge) -> int:
    """Return how many awards are proposed, accepted or approved."""
    return Award.objects.live().filter(resolution__challenge=challenge).count()


def check_can_propose(challenge: Challenge, proposal: Proposal, *, by: Any, at: datetime) -> None:
    """Let an officer propose the next in rank order, up to the number of awards of the call."""
    check_is_officer(by)
    check_no_conflict(challenge, by=by)
    if challenge.status not in AWARDING:
        raise TransitionError(_("Awards are proposed once the proposals are evaluated."))
    if Resolution.objects.filter(challenge=challenge).exclude(kind=ResolutionKind.AWARD).exists():
        raise TransitionError(_("It is being declared without award. Send that back first."))
    check_heard(challenge)
    if live_awards(challenge) >= challenge.awards_planned:
        raise DomainError(_("All the awards of this call are proposed already."))
    waiting = candidates(challenge)
    if not waiting or proposal.pk not in {other.pk for other in waiting}:
        raise DomainError(_("This proposal can't be awarded: it isn't over the thresholds, or it had its award."))
    if proposal.pk != waiting[0].pk:
        raise DomainError(
            _("Awards follow the ranking: the next is %(name)s.") % {"name": waiting[0].organisation.name}
        )


def check_can_answer(award: Award, *, by: Any, at: datetime) -> None:
    """Let owners of the proposed winner accept or decline."""
    if membership_of(by, award.proposal.organisation_id) != OrganisationRole.OWNER:
        raise PermissionDenied(_("Only an owner of the organisation answers a proposed award."))
    check_move(TRANSITIONS, award.status, AwardStatus.ACCEPTED)


def check_can_add_paper(award: Award, *, by: Any, at: datetime) -> None:
    """Let the proposed winner hand in papers until the approval."""
    if membership_of(by, award.proposal.organisation_id) not in (OrganisationRole.OWNER, OrganisationRole.EDITOR):
        raise PermissionDenied(_("Only owners and editors of the organisation hand in its papers."))
    if award.status not in (AwardStatus.PROPOSED, AwardStatus.ACCEPTED):
        raise TransitionError(_("Papers are handed in until the award is decided."))


def check_can_withdraw(award: Award, *, by: Any, at: datetime) -> None:
    """Let an officer withdraw an award that isn't approved nor waiting.

    Its ten days to answer and to hand in papers come first (LCSP art. 150.2): what hasn't come is waited for.
    """
    check_is_officer(by)
    check_no_conflict(award.resolution.challenge, by=by)
    check_move(TRANSITIONS, award.status, AwardStatus.WITHDRAWN)
    _check_nothing_waits(award.resolution)
    if local_date(at) > award.answer_due_on:
        return
    day = {"day": formatted(award.answer_due_on, "day")}
    if award.status == AwardStatus.PROPOSED:
        raise TransitionError(_("The organisation has until %(day)s to answer. Withdraw it after that day.") % day)
    if contract.missing_papers(award, on=local_date(at)):
        raise TransitionError(
            _("The organisation has until %(day)s to hand in its papers. Withdraw it after that day.") % day
        )


def check_can_refuse(award: Award, *, by: Any, at: datetime) -> None:
    """Let an officer record that the winner gives up an approved award before its pilot starts."""
    check_is_officer(by)
    check_no_conflict(award.resolution.challenge, by=by)
    check_move(TRANSITIONS, award.status, AwardStatus.REFUSED)
    if award.pilot.status != "preparing":
        raise TransitionError(_("The pilot has started. It can be ended early, after hearing the company."))


def _check_nothing_waits(resolution: Resolution) -> None:
    if decisions.open_for(DecisionKind.AWARD, resolution) or decisions.open_for(DecisionKind.VOID, resolution):
        raise TransitionError(_("This is waiting for the director. Ask for it to be sent back first."))


def check_can_prepare(challenge: Challenge, awards: list[Award], *, by: Any, at: datetime) -> None:
    """Let an officer put accepted awards of verified organisations before the director."""
    check_is_officer(by)
    check_no_conflict(challenge, by=by)
    if not awards:
        raise DomainError(_("No award has been accepted yet by its winner."))
    _check_nothing_waits(awards[0].resolution)
    for award in awards:
        check_ready(award, at=at)


def check_ready(award: Award, *, at: datetime) -> None:
    """Raise `DomainError` unless the award is accepted and every check of the contract holds: `policies.contract`."""
    if award.status != AwardStatus.ACCEPTED:
        raise TransitionError(_("%(name)s hasn't accepted yet.") % {"name": award.proposal.organisation.name})
    contract.check(award, at=at)


def check_can_approve(resolution: Resolution | None, *, by: Any, at: datetime, kind: str = DecisionKind.AWARD) -> None:
    """Let a director approve or return what waits. That it is another person is checked with the decision."""
    check_is_director(by)
    if resolution is None or decisions.open_for(kind, resolution) is None:
        raise TransitionError(_("Nothing waits for approval here. Reload the page to see where it stands."))
    check_no_conflict(resolution.challenge, by=by)
    if PanelMember.objects.current().filter(challenge=resolution.challenge, user=by).exists():
        raise PermissionDenied(_("You are on the panel of this call: another director approves its award."))


def check_another_person(decision: PreparedDecision, awards: list[Award], *, by: Any) -> None:
    """Raise `DomainError` when `by` proposed or prepared what is to be approved, or verified who is awarded.

    Whoever prepared an earlier award of the same call isn't barred from this one.
    """
    verified = {award.proposal.organisation.verified_by_id for award in awards}  # approval is the second look at it
    if by.pk in {decision.prepared_by_id, *verified, *(award.proposed_by_id for award in awards)}:
        raise DomainError(_("You prepared this, so another person must approve it."))


def check_can_end_without_award(challenge: Challenge, *, kind: str, by: Any, at: datetime) -> None:
    """Void only where nobody admissible is over the thresholds (LCSP art. 150.3); the others with reasons."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Office ends a call without award."))
    check_no_conflict(challenge, by=by)
    if challenge.status not in (Status.PUBLISHED, Status.EVALUATING) or challenge.closes_at > at:
        raise TransitionError(_("A call ends without award after it closes and before its award."))
    if Award.objects.filter(resolution__challenge=challenge, status=AwardStatus.APPROVED).exists():
        raise TransitionError(_("An award of this call is approved already."))
    if kind == ResolutionKind.VOID:
        _check_void(challenge)
    elif challenge.status != Status.EVALUATING:
        raise TransitionError(_("Open the proposals first; if there are none, declare it void."))


def _check_void(challenge: Challenge) -> None:
    undecided = Proposal.objects.filter(challenge=challenge, status__in=UNDECIDED)
    if undecided.exists():
        raise DomainError(_("There are proposals that aren't evaluated yet. Void comes after judging them."))
    check_heard(challenge)
    if candidates(challenge) or live_awards(challenge):
        raise DomainError(
            _("There is an admissible proposal over the thresholds, so the call can't be void (LCSP art. 150.3).")
        )
