"""The lock: chair and secretary close the scores, their reasons are released, and only then the prices open."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError, TransitionError
from startups.actions import abnormal, envelope, pitch, ranking, report
from startups.calculations import scoring
from startups.models import (
    Evaluation,
    PanelMember,
    PanelRole,
    Proposal,
    ProposalResult,
    ProposalStatus,
)
from startups.notifications import evaluation as notifications
from startups.policies import evaluation as policies
from startups.policies import pitch as pitch_policies


@transaction.atomic
def lock(challenge: Challenge, *, by: User, at: datetime) -> Evaluation:
    """Confirm the scores and reasons, as chair or secretary. The second confirmation locks them, in this transaction:
    judgement points are released to their organisations, then the economic envelopes are opened and the ranking made.

    Raises PermissionDenied, TransitionError, or DomainError with what is lacking.
    """
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
    evaluation = Evaluation.objects.select_for_update(no_key=True).filter(challenge=challenge).first()
    if evaluation is None:
        raise TransitionError(_("The proposals of this challenge haven't been opened."))
    member = policies.check_can_lock(challenge, by=by, at=at)
    pitch_policies.check_complete(challenge, at=at)
    _confirm(evaluation, member, at=at)
    audit.record("evaluation.confirmed", target=evaluation, by=by, at=at, new=member.role)
    if evaluation.locked_by_chair_id is None or evaluation.locked_by_secretary_id is None:
        notifications.confirmed(challenge, evaluation, member, at=at)
        return evaluation
    evaluation.locked_at = at
    evaluation.draw_seed = scoring.seed_of(ranking.receipts_of(challenge).values_list("manifest_hash", flat=True))
    evaluation.save(update_fields=["locked_at", "draw_seed"])
    audit.record("evaluation.locked", target=evaluation, by=by, at=at)
    proposals = list(_proposals(challenge))
    pitch.check_still_holds(challenge)
    _release(challenge, proposals, at=at)
    _open_prices(challenge, proposals, evaluation, by=by, at=at)
    ranking.rank(challenge, proposals, evaluation, by=by, at=at)
    abnormal.find(challenge, proposals, by=by, at=at)
    evaluation.report = report.evaluation_report(evaluation, challenge, by=by, at=at)
    evaluation.save(update_fields=["report"])
    notifications.ranked(challenge, at=at)
    return evaluation


def _confirm(evaluation: Evaluation, member: PanelMember, *, at: datetime) -> None:
    if member.role == PanelRole.CHAIR:
        if evaluation.locked_by_chair_id is not None:
            raise TransitionError(_("You have confirmed already. The secretary's confirmation is missing."))
        evaluation.locked_by_chair, evaluation.chair_locked_at = member.user, at
    else:
        if evaluation.locked_by_secretary_id is not None:
            raise TransitionError(_("You have confirmed already. The chair's confirmation is missing."))
        evaluation.locked_by_secretary, evaluation.secretary_locked_at = member.user, at
    evaluation.save(update_fields=["locked_by_chair", "chair_locked_at", "locked_by_secretary", "secretary_locked_at"])


def _proposals(challenge: Challenge) -> list[Proposal]:
    return list(
        Proposal.objects.filter(challenge=challenge, status=ProposalStatus.ADMITTED)
        .select_related("organisation")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )


def _release(challenge: Challenge, proposals: list[Proposal], *, at: datetime) -> None:
    """Write the judgement points and tell each organisation, before any price is known."""
    judged = [rule for rule in ranking.rules(list(challenge.criteria.order_by("position"))) if rule.is_judged]
    for proposal, entry in zip(proposals, ranking.entries(challenge, proposals), strict=True):
        points = {rule.key: scoring.criterion_points(rule.weight, entry.points[rule.key]) for rule in judged}
        ProposalResult.objects.create(
            proposal=proposal,
            points={str(key): str(value) for key, value in points.items()},
            judgement_points=sum(points.values(), Decimal("0.00")),
        )
        notifications.released(challenge, proposal, at=at)


def _open_prices(
    challenge: Challenge, proposals: list[Proposal], evaluation: Evaluation, *, by: User, at: datetime
) -> None:
    for submission in ranking.submissions_of(proposals):
        try:
            envelope.open_economic(submission)
        except DomainError as damage:
            raise DomainError(
                _(
                    "The economic part of the proposal with receipt %(receipt)s isn't what was handed in, so it can't "
                    "be ranked and nothing was locked. Leave that proposal out, with this reason, and lock again."
                )
                % {"receipt": submission.receipt.register_number}
            ) from damage
    evaluation.economic_opened_at = at
    evaluation.save(update_fields=["economic_opened_at"])
    audit.record("economic.opened", target=evaluation, by=by, at=at, new=str(len(proposals)))
