"""The ranking: what the record says of each proposal, put in order by `calculations.scoring`, and written down."""

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from challenges.models import Challenge, Criterion, CriterionKind
from govtech.accounts.models import User
from govtech.audit import actions as audit
from startups.calculations import scoring
from startups.models import (
    AgreedScore,
    Evaluation,
    PitchScore,
    Proposal,
    ProposalResult,
    ProposalStatus,
    Receipt,
    Score,
    Shortlist,
    Submission,
)

RESULT = [
    "points", "judgement_points", "price_points", "price_net", "total_points", "passes", "rank", "tie_break",
]  # fmt: skip


def entries(challenge: Challenge, proposals: list[Proposal]) -> list[scoring.Entry]:
    """Return what the record says of each proposal: its points, and its price once open.

    The points of every sheet and presentation that count, or in their place those that a session agreed on.
    """
    points: dict[int, dict[int, list[int]]] = {proposal.pk: {} for proposal in proposals}
    rows = Score.objects.counting().filter(sheet__proposal__in=proposals, criterion__kind=CriterionKind.JUDGEMENT)
    for proposal, criterion, value in rows.order_by("sheet_id").values_list(
        "sheet__proposal_id", "criterion_id", "points"
    ):
        points[proposal].setdefault(criterion, []).append(value)
    pitched = PitchScore.objects.counting().filter(proposal__in=proposals).order_by("member_id")
    for proposal, criterion, value in pitched.values_list("proposal_id", "criterion_id", "points"):
        points[proposal].setdefault(criterion, []).append(value)
    found = AgreedScore.objects.counting([challenge])
    settled = {key: row.points for key, row in found.items() if row.points is not None and key[0] in points}
    for (proposal, criterion), value in settled.items():
        points[proposal][criterion] = [value]
    presenting = presenting_in(challenge)
    offers = {
        submission.proposal_id: Decimal(submission.economic["amount_net"])
        for submission in submissions_of(proposals)
        if submission.economic is not None
    }
    return [
        scoring.Entry(
            proposal.public_id,
            points[proposal.pk],
            offers.get(proposal.pk),
            stays=presenting is None or proposal.public_id in presenting,
            agreed=frozenset(criterion for pk, criterion in settled if pk == proposal.pk),
        )
        for proposal in proposals
    ]


def presenting_in(challenge: Challenge) -> set[str] | None:
    """Return the public ids of the proposals that present; None where the call has no presentation."""
    if challenge.shortlist_size is None:
        return None
    return {key for each in Shortlist.objects.filter(challenge=challenge) for key in each.presenting}


def rules(criteria: list[Criterion]) -> list[scoring.Rule]:
    """Return the criteria as the ranking reads them, in the call's order."""
    return [
        scoring.Rule(
            criterion.pk,
            criterion.weight_percent,
            criterion.threshold_points,
            is_price=criterion.kind == CriterionKind.FORMULA,
            is_pitch=criterion.kind == CriterionKind.PITCH,
        )
        for criterion in criteria
    ]


def places(challenge: Challenge, evaluation: Evaluation, proposals: list[Proposal]) -> list[scoring.Place]:
    """Compute the ranking from the record: the lock does it once, `reproduce_ranking` whenever asked."""
    return scoring.ranking(
        rules(list(challenge.criteria.order_by("position"))),
        entries(challenge, proposals),
        pass_mark=challenge.pass_mark,
        seed=evaluation.draw_seed,
    )


def ranked_proposals(challenge: Challenge) -> list[Proposal]:
    """Return the proposals that are in the ranking, whatever the award made of them; not who was left out."""
    ranked = Proposal.objects.on_panel().filter(challenge=challenge, result__isnull=False)
    return list(ranked.order_by("pk"))


def submissions_of(proposals: list[Proposal]) -> list[Submission]:
    """Return the last submission of each proposal."""
    last = Submission.objects.filter(proposal__in=proposals, superseded_by=None)
    return list(last.select_related("proposal", "receipt").order_by("pk"))


def receipts_of(challenge: Challenge) -> QuerySet[Receipt]:
    """Return the receipts of every opened proposal: what the draw is seeded with."""
    return Receipt.objects.filter(
        submission__proposal__challenge=challenge,
        submission__proposal__opened_at__isnull=False,
        submission__superseded_by=None,
    )


def write(challenge: Challenge, proposals: list[Proposal], evaluation: Evaluation) -> None:
    """Write points, places and what broke ties of proposals whose prices are open."""
    results = {result.proposal.public_id: result for result in _results(proposals)}
    offers = {entry.key: entry.offer for entry in entries(challenge, proposals)}
    for place in places(challenge, evaluation, proposals):
        result = results[place.key]
        result.points = {str(key): str(value) for key, value in place.points.items()}
        result.judgement_points, result.price_points = place.judgement, place.price
        result.price_net, result.total_points = offers[place.key], place.total
        result.passes, result.rank, result.tie_break = place.passes, place.rank, place.tie_break
    ProposalResult.objects.bulk_update(results.values(), RESULT)


def _results(proposals: list[Proposal]) -> list[ProposalResult]:
    return list(ProposalResult.objects.filter(proposal__in=proposals).select_related("proposal").order_by("pk"))


def rank(challenge: Challenge, proposals: list[Proposal], evaluation: Evaluation, *, by: User, at: datetime) -> None:
    """Make the ranking of admitted proposals, which are evaluated from then on. Call it within the transaction."""
    write(challenge, proposals, evaluation)
    for proposal in proposals:
        old, proposal.status = proposal.status, ProposalStatus.EVALUATED
        proposal.save(update_fields=["status"])
        audit.record("proposal.evaluated", target=proposal, by=by, at=at, old=old, new=proposal.status)
