"""Abnormally low offers: found when the prices open, heard, and accepted or left out (Ley 9/2017, art. 149)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from startups.actions import ranking, report
from startups.calculations import abnormal
from startups.models import AbnormalOffer, Evaluation, ExclusionRule, Proposal, ProposalResult, ProposalStatus
from startups.notifications import abnormal as notifications
from startups.policies import abnormal as policies
from startups.policies import admission

DECISION = ["is_accepted", "reason", "decided_at", "decided_by", "report_before"]


def find(challenge: Challenge, proposals: list[Proposal], *, by: User, at: datetime) -> list[AbnormalOffer]:
    """Put on record which offers are under the limit that the call states. Call it once, as the prices open."""
    offers = {entry.key: entry.offer for entry in ranking.entries(challenge, proposals) if entry.offer is not None}
    low = abnormal.presumed(
        offers,
        rule=challenge.abnormal_rule,
        percent=challenge.abnormal_percent,
        maximum=challenge.max_amount_net,
    )
    found = []
    for proposal in proposals:
        if proposal.public_id in low:
            offer, limit = low[proposal.public_id]
            made = AbnormalOffer.objects.create(proposal=proposal, offer_net=offer, limit_net=limit, found_at=at)
            audit.record("offer.presumed_low", target=proposal, by=by, at=at, amount=offer)
            found.append(made)
    return found


@transaction.atomic
def ask(found: AbnormalOffer, *, text: str, due_at: datetime, by: User, at: datetime) -> AbnormalOffer:
    """Ask the organisation to justify its price, within a term.

    Raises PermissionDenied, TransitionError, DomainError (fields `text`, `due_at`).
    """
    found = _locked(found)
    policies.check_can_ask(found, by=by, at=at)
    admission.check_reason(text, field="text")
    admission.check_due(due_at, at=at)
    found.request, found.due_at, found.asked_at, found.asked_by = text.strip(), due_at, at, by
    found.save(update_fields=["request", "due_at", "asked_at", "asked_by"])
    audit.record("offer.heard", target=found.proposal, by=by, at=at)
    notifications.asked(found, at=at)
    return found


@transaction.atomic
def answer(found: AbnormalOffer, *, text: str, by: User, at: datetime) -> AbnormalOffer:
    """Justify the price, once. Raises PermissionDenied, TransitionError, DomainError (field `text`)."""
    found = _locked(found)
    policies.check_can_answer(found, by=by, at=at)
    admission.check_answer(text, field="text")
    found.answer, found.answered_at, found.answered_by = text.strip(), at, by
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record("offer.justified", target=found.proposal, by=by, at=at)
    notifications.answered(found, at=at)
    return found


@transaction.atomic
def decide(found: AbnormalOffer, *, is_accepted: bool, reason: str, by: User, at: datetime) -> AbnormalOffer:
    """Accept the offer, or leave it out and make ranking and report again without it, the price's points included.

    Raises PermissionDenied, TransitionError, DomainError (field `reason`).
    """
    found = _locked(found)
    policies.check_can_decide(found, by=by, at=at)
    admission.check_reason(reason, field="reason")
    found.is_accepted, found.reason, found.decided_at, found.decided_by = is_accepted, reason.strip(), at, by
    if is_accepted:
        _report_again(found, by=by, at=at)
        audit.record("offer.accepted", target=found.proposal, by=by, at=at, reason=found.reason)
    else:
        _leave_out(found, by=by, at=at)
    notifications.decided(found, at=at)
    return found


def _leave_out(found: AbnormalOffer, *, by: User, at: datetime) -> None:
    proposal, challenge = found.proposal, found.proposal.challenge
    evaluation = Evaluation.objects.select_for_update(of=("self",), no_key=True).get(challenge=challenge)
    found.report_before = evaluation.report
    found.save(update_fields=DECISION)
    old, proposal.status = proposal.status, ProposalStatus.EXCLUDED
    proposal.decided_at, proposal.decided_by = at, by
    proposal.decision_reason, proposal.exclusion_rule = found.reason, ExclusionRule.ABNORMAL
    proposal.save(update_fields=["status", "decided_at", "decided_by", "decision_reason", "exclusion_rule"])
    ProposalResult.objects.filter(proposal=proposal).update(passes=False, rank=None, tie_break="")
    audit.record("proposal.excluded", target=proposal, by=by, at=at, old=old, new=proposal.status, reason=found.reason)
    ranking.write(challenge, ranking.ranked_proposals(challenge), evaluation)
    audit.record("evaluation.ranked_again", target=evaluation, by=by, at=at)
    evaluation.report = report.evaluation_report(evaluation, challenge, by=by, at=at)
    evaluation.save(update_fields=["report"])


def _report_again(found: AbnormalOffer, *, by: User, at: datetime) -> None:
    """Keep the decision and make the report again with it: the ranking stays, and so does the report before."""
    challenge = found.proposal.challenge
    evaluation = Evaluation.objects.select_for_update(of=("self",), no_key=True).get(challenge=challenge)
    found.report_before = evaluation.report
    found.save(update_fields=DECISION)
    evaluation.report = report.evaluation_report(evaluation, challenge, by=by, at=at)
    evaluation.save(update_fields=["report"])


def _locked(found: AbnormalOffer) -> AbnormalOffer:
    """Lock the challenge, then the offer: the order of every action of the evaluation."""
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=found.proposal.challenge_id)
    rows = AbnormalOffer.objects.select_for_update(of=("self", "proposal"), no_key=True)
    again = rows.select_related("proposal__organisation").get(pk=found.pk)
    again.proposal.challenge = challenge
    if again.proposal.status not in {ProposalStatus.EVALUATED, ProposalStatus.EXCLUDED}:
        raise DomainError(_("The award of this challenge is under way: nothing changes in its offers any more."))
    return again
