"""The lock: chair and secretary close the scores, their reasons are released, and only then the prices open."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from challenges.models import Challenge, Criterion, CriterionKind
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError, TransitionError
from startups.actions import envelope, report
from startups.calculations import scoring
from startups.models import (
    Evaluation,
    PanelMember,
    PanelRole,
    Proposal,
    ProposalResult,
    ProposalStatus,
    Receipt,
    Score,
    ScoreSheet,
    Submission,
)
from startups.notifications import evaluation as notifications
from startups.policies import evaluation as policies


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
    _confirm(evaluation, member, at=at)
    audit.record("evaluation.confirmed", target=evaluation, by=by, at=at, new=member.role)
    if evaluation.locked_by_chair_id is None or evaluation.locked_by_secretary_id is None:
        notifications.confirmed(challenge, evaluation, member, at=at)
        return evaluation
    evaluation.locked_at = at
    evaluation.draw_seed = scoring.seed_of(receipts_of(challenge).values_list("manifest_hash", flat=True))
    evaluation.save(update_fields=["locked_at", "draw_seed"])
    audit.record("evaluation.locked", target=evaluation, by=by, at=at)
    proposals = list(_proposals(challenge))
    _release(challenge, proposals, at=at)
    _open_prices(challenge, proposals, evaluation, by=by, at=at)
    _rank(challenge, proposals, evaluation, by=by, at=at)
    evaluation.report = report.evaluation_report(evaluation, challenge, by=by, at=at)
    evaluation.save(update_fields=["report"])
    notifications.ranked(challenge, at=at)
    return evaluation


def entries(challenge: Challenge, proposals: list[Proposal]) -> list[scoring.Entry]:
    """Return what the record says of each proposal: the points of every sheet that counts, and its price once open."""
    sheets = ScoreSheet.objects.counting().filter(proposal__in=proposals)
    points: dict[int, dict[int, list[int]]] = {proposal.pk: {} for proposal in proposals}
    rows = Score.objects.filter(sheet__in=sheets, criterion__kind=CriterionKind.JUDGEMENT)
    for proposal, criterion, value in rows.order_by("sheet_id").values_list(
        "sheet__proposal_id", "criterion_id", "points"
    ):
        points[proposal].setdefault(criterion, []).append(value)
    offers = {
        submission.proposal_id: Decimal(submission.economic["amount_net"])
        for submission in _submissions(proposals)
        if submission.economic is not None
    }
    return [scoring.Entry(proposal.public_id, points[proposal.pk], offers.get(proposal.pk)) for proposal in proposals]


def rules(criteria: list[Criterion]) -> list[scoring.Rule]:
    """Return the criteria as the ranking reads them, in the call's order."""
    return [
        scoring.Rule(
            criterion.pk,
            criterion.weight_percent,
            criterion.threshold_points,
            is_price=criterion.kind == CriterionKind.FORMULA,
        )
        for criterion in criteria
    ]


def places(challenge: Challenge, evaluation: Evaluation, proposals: list[Proposal]) -> list[scoring.Place]:
    """Compute the ranking from the record: the lock does it once, `recompute_ranking` whenever asked."""
    return scoring.ranking(
        rules(list(challenge.criteria.order_by("position"))),
        entries(challenge, proposals),
        pass_mark=challenge.pass_mark,
        seed=evaluation.draw_seed,
    )


def ranked_proposals(challenge: Challenge) -> list[Proposal]:
    """Return the proposals that were ranked, whatever became of them."""
    return list(Proposal.objects.filter(challenge=challenge, result__isnull=False).order_by("pk"))


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


def _submissions(proposals: list[Proposal]) -> list[Submission]:
    last = Submission.objects.filter(proposal__in=proposals, superseded_by=None)
    return list(last.select_related("proposal", "receipt").order_by("pk"))


def receipts_of(challenge: Challenge) -> QuerySet[Receipt]:
    """Return the receipts of every opened proposal: what the draw is seeded with."""
    return Receipt.objects.filter(
        submission__proposal__challenge=challenge,
        submission__proposal__opened_at__isnull=False,
        submission__superseded_by=None,
    )


def _release(challenge: Challenge, proposals: list[Proposal], *, at: datetime) -> None:
    """Write the judgement points and tell each organisation, before any price is known."""
    judged = [rule for rule in rules(list(challenge.criteria.order_by("position"))) if not rule.is_price]
    for proposal, entry in zip(proposals, entries(challenge, proposals), strict=True):
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
    for submission in _submissions(proposals):
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


def _rank(challenge: Challenge, proposals: list[Proposal], evaluation: Evaluation, *, by: User, at: datetime) -> None:
    results = {result.proposal_id: result for result in ProposalResult.objects.filter(proposal__in=proposals)}
    by_key = {proposal.public_id: proposal for proposal in proposals}
    offers = {entry.key: entry.offer for entry in entries(challenge, proposals)}
    for place in places(challenge, evaluation, proposals):
        proposal = by_key[place.key]
        result = results[proposal.pk]
        result.points = {str(key): str(value) for key, value in place.points.items()}
        result.judgement_points, result.price_points = place.judgement, place.price
        result.price_net, result.total_points = offers[place.key], place.total
        result.passes, result.rank, result.tie_break = place.passes, place.rank, place.tie_break
        result.save()
        proposal.status = ProposalStatus.EVALUATED
        proposal.save(update_fields=["status"])
        audit.record(
            "proposal.evaluated",
            target=proposal,
            by=by,
            at=at,
            old=ProposalStatus.ADMITTED,
            new=ProposalStatus.EVALUATED,
        )
