"""Opening the proposals of a challenge: two people, each from their own session, and a record that stays."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions import lifecycle
from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from startups.actions import clarification, envelope, report
from startups.actions.keys import KeyServiceError
from startups.models import Evaluation, LateOpening, Opening, Proposal, ProposalStatus, Submission
from startups.notifications import opening as notifications
from startups.policies import opening as policies
from startups.policies.size import size_of

logger = logging.getLogger(__name__)


@transaction.atomic
def prepare(challenge: Challenge, *, reason: str, by: User, at: datetime) -> PreparedDecision:
    """Put the opening before a second person, with the reason that the record will carry.

    Raises PermissionDenied, TransitionError, or DomainError before the hours after closing are over or without reason.
    """
    challenge = _locked(challenge)
    policies.check_can_prepare(challenge, by=by, at=at)
    reason = policies.checked_reason(reason)
    decision = decisions.prepare(DecisionKind.OPENING, challenge, by=by, at=at, payload={"reason": reason})
    notifications.prepared(decision, challenge, by=by, at=at)
    return decision


@transaction.atomic
def open_proposals(challenge: Challenge, *, by: User, at: datetime) -> Opening:
    """Open the technical part of every proposal in hand, as the second person.

    The record is written before any seal is broken. A proposal that isn't what was handed in stays sealed, raises an
    alarm and keeps no other back: see `open_stopped`. Raises PermissionDenied, TransitionError, or DomainError where
    nobody prepared it or the same person did.
    """
    challenge = _locked(challenge)
    policies.check_can_open(challenge, by=by, at=at)
    decision = decisions.open_for(DecisionKind.OPENING, challenge)
    if decision is None:
        raise DomainError(_("An officer must prepare the opening first."))
    decision = decisions.approve(decision, by=by, at=at)
    submissions = list(_last_submissions(challenge))
    lifecycle.start_evaluation(challenge, proposal_count=len(submissions), by=by, at=at)
    opening = Opening.objects.create(
        challenge=challenge,
        opened_at=at,
        opened_by=by,
        witnessed_at=decision.prepared_at,
        witnessed_by=decision.prepared_by,
        reason=decision.payload["reason"],
        record=_entries(submissions),
    )
    Evaluation.objects.get_or_create(challenge=challenge)
    audit.record("challenge.opened", target=opening, by=by, at=at, new=str(len(submissions)))
    matching = {entry["proposal"] for entry in opening.record if entry["matches"]}
    opened = [each for each in submissions if each.proposal.public_id in matching]
    stopped = [each for each in submissions if each.proposal.public_id not in matching]
    for submission in opened:
        _open(submission, by=by, at=at)
    for submission in stopped:
        _stop(submission, challenge, by=by, at=at)
    opening.report = report.opening_record(opening, challenge, by=by, at=at)
    opening.save(update_fields=["report"])
    notifications.opened([submission.proposal for submission in opened], challenge, at=at)
    return opening


def _stop(submission: Submission, challenge: Challenge, *, by: User, at: datetime) -> None:
    """Leave one proposal sealed and say so to whom it concerns, and in the log for who runs the portal."""
    proposal: Proposal = submission.proposal
    logger.critical("Submission %s isn't what was handed in: it was not opened.", submission.pk)
    audit.record("proposal.stopped", target=proposal, by=by, at=at)
    notifications.stopped(proposal, submission.receipt.register_number, challenge, at=at)


@transaction.atomic
def prepare_stopped(proposal: Proposal, *, reason: str, by: User, at: datetime) -> PreparedDecision:
    """Put the opening of a proposal that was stopped before a second person. Raises as `prepare`."""
    challenge = _locked(proposal.challenge)
    policies.check_can_prepare_stopped(proposal, challenge, by=by, at=at)
    reason = policies.checked_reason(reason)
    decision = decisions.prepare(DecisionKind.OPENING, proposal, by=by, at=at, payload={"reason": reason})
    notifications.prepared(decision, challenge, by=by, at=at)
    return decision


@transaction.atomic
def open_stopped(proposal: Proposal, *, by: User, at: datetime) -> LateOpening:
    """Open a proposal that was stopped, as the second person: put right meanwhile, or as it is, as the entry says."""
    challenge = _locked(proposal.challenge)
    policies.check_can_open_stopped(proposal, challenge, by=by, at=at)
    decision = decisions.open_for(DecisionKind.OPENING, proposal)
    if decision is None:
        raise DomainError(_("An officer must prepare the opening first."))
    decision = decisions.approve(decision, by=by, at=at)
    submission = _last_submissions(challenge).get(proposal=proposal)
    late = LateOpening.objects.create(
        proposal=proposal,
        opened_at=at,
        opened_by=by,
        witnessed_at=decision.prepared_at,
        witnessed_by=decision.prepared_by,
        reason=decision.payload["reason"],
        entry=_entries([submission])[0],
    )
    _open(submission, by=by, at=at)
    notifications.opened([submission.proposal], challenge, at=at)
    submission.proposal.challenge = challenge
    clarification.catch_up(submission.proposal, by=by, at=at)
    return late


def _locked(challenge: Challenge) -> Challenge:
    return Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)


def _last_submissions(challenge: Challenge) -> Any:
    """Return the last submission of every proposal in hand, in the order of their receipts, proposals locked."""
    return (
        Submission.objects.filter(
            proposal__challenge=challenge, proposal__status=ProposalStatus.SUBMITTED, superseded_by=None
        )
        .select_related("proposal__organisation", "receipt")
        .select_for_update(of=("self", "proposal"), no_key=True)
        .order_by("receipt__register_number")
    )


def _entries(submissions: list[Submission]) -> list[dict[str, Any]]:
    try:
        return [_entry(submission) for submission in submissions]
    except KeyServiceError as error:
        raise DomainError(_("The key service doesn't answer. Nothing was opened: try again in a while.")) from error


def _entry(submission: Submission) -> dict[str, Any]:
    """Return what the record says of one proposal: its receipt, and whether what is stored is what was handed in."""
    found = envelope.examine(submission)
    listed = envelope.manifest_of(submission).get("files")
    files = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return {
        "proposal": submission.proposal.public_id,
        "register_number": submission.receipt.register_number,
        "received_at": submission.receipt.received_at.isoformat(),
        "manifest_hash": submission.manifest_hash,
        "computed_hash": found.computed_hash,
        "matches": not found.problem,
        "problem": found.problem,
        "files": [{"sha256": each.get("sha256", ""), "envelope": each.get("envelope", "")} for each in files],
    }


def _open(submission: Submission, *, by: User, at: datetime) -> None:
    proposal: Proposal = submission.proposal
    who = proposal.organisation
    proposal.opened_at = at
    proposal.kind_opened, proposal.size_opened = who.kind, size_of(who).name
    proposal.save(update_fields=["opened_at", "kind_opened", "size_opened"])
    try:
        with transaction.atomic():
            envelope.open_technical(submission)
    except DomainError as damage:  # opened as it is, after it was stopped; the officer decides at admission
        audit.record("proposal.damaged", target=proposal, by=by, at=at, reason=str(damage))
    audit.record("proposal.opened", target=proposal, by=by, at=at)
