"""From the proposed winner to its answer: propose, accept, decline, withdraw, refuse (LCSP arts. 118, 150).

The winner is asked first; the director approves after: `actions.approval`. What an award leaves: `actions.reserve`.
"""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import store
from govtech.reference.calculations.calendar import add_working_days
from govtech.reference.models import Holiday, Rules
from pilots.actions import annuity
from pilots.actions import paper as papers
from pilots.actions import pilot as pilots
from pilots.actions.approval import approve, prepare_approval, send_back
from pilots.actions.challenge import locked as locked_challenge
from pilots.actions.offer import check_amounts, offer_of
from pilots.actions.reserve import finish_if_nobody_is_left, is_settled, release, release_if_settled
from pilots.models import Award, AwardPaper, AwardStatus, PilotStatus, Resolution, ResolutionKind
from pilots.notifications import award as notifications
from pilots.policies import award as policies
from startups.actions import evaluation
from startups.models import PaperKind, Proposal, ProposalStatus

__all__ = [
    "accept",
    "add_paper",
    "approve",
    "decline",
    "is_settled",
    "prepare_approval",
    "propose",
    "refuse",
    "release",
    "release_if_settled",
    "send_back",
    "withdraw",
]


def _locked(award: Award) -> Award:
    """Lock the challenge, then the award."""
    locked_challenge(award.resolution.challenge)
    rows = Award.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("resolution__challenge", "proposal__organisation").get(pk=award.pk)


@transaction.atomic
def propose(challenge: Challenge, *, proposal: Proposal, reason: str, by: User, at: datetime) -> Award:
    """Propose the next in the ranking, for the amount of its offer; it has ten working days to answer.

    Raises `DomainError` out of rank order, over the reserve, or where a minor contract would reach the limit.
    """
    challenge = locked_challenge(challenge)
    policies.check_can_propose(challenge, proposal, by=by, at=at)
    day = clock.local_date(at)
    rules = Rules.objects.in_force(day)
    offer = offer_of(proposal, rate=rules.vat_rate)
    check_amounts(challenge, offer, rules)
    resolution, _made = Resolution.objects.get_or_create(
        challenge=challenge,
        defaults={"kind": ResolutionKind.AWARD, "reason": "", "prepared_at": at, "prepared_by": by},
    )
    award = Award.objects.create(
        resolution=resolution,
        proposal=proposal,
        reason=reason,
        proposed_at=at,
        proposed_by=by,
        answer_due_on=add_working_days(day, rules.winner_papers_working_days, Holiday.objects.dates()),
        **offer,
    )
    audit.record("award.proposed", target=award, by=by, at=at, new=award.status, amount=award.amount_gross)
    notifications.proposed(award, at=at)
    return award


def _answer(award: Award, status: AwardStatus, *, note: str, by: User, at: datetime) -> Award:
    award = _locked(award)
    policies.check_can_answer(award, by=by, at=at)
    old, award.status = award.status, status
    award.answered_at, award.answered_by, award.answer_note = at, by, note
    award.save(update_fields=["status", "answered_at", "answered_by", "answer_note"])
    audit.record(f"award.{status}", target=award, by=by, at=at, old=old, new=status, reason=note)
    notifications.answered(award, at=at)
    return award


@transaction.atomic
def accept(award: Award, *, by: User, at: datetime, note: str = "") -> Award:
    """Accept a proposed award, for the organisation. What its dossier holds is handed in with it.

    With it the owner declares again that nothing bars the organisation, where that is over (LCSP arts. 71, 140.4).
    """
    award = _answer(award, AwardStatus.ACCEPTED, note=note, by=by, at=at)
    papers.declare_if_not_in_force(award, by=by, at=at)
    papers.take_from_dossier(award, by=by, at=at)
    return award


@transaction.atomic
def decline(award: Award, *, by: User, at: datetime, note: str) -> Award:
    """Decline a proposed award, saying why: the Office proposes the next."""
    if not note.strip():
        raise DomainError(_("Say in a sentence why: it is part of the file."), field="note")
    return _answer(award, AwardStatus.DECLINED, note=note, by=by, at=at)


@transaction.atomic
def add_paper(
    award: Award, *, title: str, upload: UploadedFile, by: User, at: datetime, kind: str = PaperKind.OTHER
) -> AwardPaper:
    """Hand in a paper of the proposed winner. Raises `DomainError(field="file")` for a file that isn't taken."""
    award = _locked(award)
    policies.check_can_add_paper(award, by=by, at=at)
    kept = store(upload, by=by, at=at)
    paper = AwardPaper.objects.create(award=award, kind=kind, file=kept, title=title, added_at=at, added_by=by)
    audit.record("award.paper_added", target=award, by=by, at=at)
    return paper


@transaction.atomic
def withdraw(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Withdraw a proposed award: no answer in time, or papers that don't hold."""
    award = _locked(award)
    policies.check_can_withdraw(award, by=by, at=at)
    _end(award, AwardStatus.WITHDRAWN, reason=reason, by=by, at=at)
    notifications.withdrawn(award, reason=reason, at=at)
    finish_if_nobody_is_left(award.resolution.challenge, by=by, at=at)
    return award


def _end(award: Award, status: AwardStatus, *, reason: str, by: User, at: datetime) -> None:
    old, award.status = award.status, status
    award.ended_at, award.ended_reason = at, reason
    award.save(update_fields=["status", "ended_at", "ended_reason"])
    audit.record(f"award.{status}", target=award, by=by, at=at, old=old, new=status, reason=reason)


@transaction.atomic
def refuse(award: Award, *, reason: str, by: User, at: datetime) -> Award:
    """Record that the winner gives up after the approval: D goes back, the pilot ends, the next can be proposed."""
    award = _locked(award)
    pilot = pilots.locked(award.pilot)
    award.pilot = pilot
    policies.check_can_refuse(award, by=by, at=at)
    _end(award, AwardStatus.REFUSED, reason=reason, by=by, at=at)
    pilots.cancel_milestones(pilot)
    old, pilot.status = pilot.status, PilotStatus.TERMINATED
    pilot.ended_at, pilot.ended_reason = at, reason
    pilot.save(update_fields=["status", "ended_at", "ended_reason"])
    audit.record("pilot.terminated", target=pilot, by=by, at=at, old=old, new=pilot.status, reason=reason)
    annuity.settle(award.commitment, by=by, at=at, reason=_("The winner gives the award up"))
    evaluation.set_outcome(award.proposal, status=ProposalStatus.NOT_SELECTED, by=by, at=at)
    challenge = award.resolution.challenge
    finish_if_nobody_is_left(challenge, by=by, at=at)
    notifications.refused(award, reason=reason, reference=pilot.reference, by=by, at=at)
    return award
