"""The ranking for those who decide, and the result for those who took part."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from challenges.models import Challenge, Criterion, CriterionKind, Status
from govtech import clock
from govtech.accounts import roles
from govtech.clock import local_date
from govtech.files.views import send_file
from govtech.reference.models import Rules
from startups.actions import ranking as making
from startups.calculations.scoring import Entry, spread
from startups.models import (
    AgreedScore,
    CriterionReason,
    Evaluation,
    PitchScore,
    Proposal,
    ProposalResult,
    ProposalStatus,
    Score,
)
from startups.models.proposal import ON_PANEL
from startups.policies import evaluation as policies
from startups.views import explained
from startups.views.evaluated import challenge_or_404, pages, submissions_of, title_of
from startups.views.sealed import proposal_or_404


@require_safe
def ranking(request: HttpRequest, slug: str) -> HttpResponse:
    """Criteria by proposals, with thresholds, prices, totals and places, and how each figure came about."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see_ranking(challenge, by=request.user, at=at)
    evaluation = Evaluation.objects.select_related("locked_by_chair", "locked_by_secretary", "report").get(
        challenge=challenge
    )
    criteria = list(challenge.criteria.order_by("position"))
    visible = Proposal.objects.visible_to(request.user).filter(challenge=challenge)
    results = list(
        ProposalResult.objects.filter(proposal__in=visible)
        .select_related("proposal__organisation", "proposal__abnormal")
        .order_by("rank", "-total_points", "pk")
    )
    everybody = ProposalResult.objects.filter(proposal__challenge=challenge).aggregate(
        count=Count("pk"),
        passing=Count("pk", filter=Q(passes=True)),
        lowest=Min("price_net", filter=Q(proposal__status__in=ON_PANEL)),
    )
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "ranking", at=at),
        "evaluation": evaluation,
        "criteria": criteria,
        "rows": _rows(challenge, evaluation, criteria, results, everybody["lowest"]),
        "unheard": [each.proposal.abnormal for each in results if _is_unheard(each.proposal)],
        "hidden": everybody["count"] - len(results),
        "nobody": not everybody["passing"],
        "price_weight": sum(each.weight_percent for each in criteria if each.kind == CriterionKind.FORMULA),
        "is_staff": roles.is_staff_role(request.user),
    }
    return render(request, "startups/ranking.html", context)


def _is_unheard(proposal: Proposal) -> bool:
    low = getattr(proposal, "abnormal", None)
    return low is not None and low.decided_at is None


def _rows(
    challenge: Challenge,
    evaluation: Evaluation,
    criteria: list[Criterion],
    results: list[ProposalResult],
    lowest: Decimal | None,
) -> list[dict[str, Any]]:
    submissions = submissions_of([result.proposal for result in results])
    entries = {entry.key: entry for entry in making.entries(challenge, [result.proposal for result in results])}
    rules = making.rules(criteria)
    limit = Rules.objects.in_force(local_date(evaluation.locked_at)).consensus_range
    by_key = {criterion.pk: criterion for criterion in criteria}
    rows = []
    for result in results:
        proposal, entry = result.proposal, entries[result.proposal.public_id]
        is_out = proposal.status == ProposalStatus.EXCLUDED
        rows.append(
            {
                "result": result,
                "proposal": proposal,
                "title": title_of(submissions.get(proposal.pk)),
                "cells": [_cell(criterion, result, entry, limit) for criterion in criteria],
                "low": getattr(proposal, "abnormal", None),
                "is_out": is_out,
                "lacks": explained.lacks(challenge, criteria, entry, result),
                "tie": explained.tie(result, results, by_key, seed=evaluation.draw_seed),
                "steps": [] if is_out else explained.steps(criteria, rules, entry, result, lowest),
                "total_sum": explained.total_sum(criteria, result),
            }
        )
    return rows


def _cell(criterion: Criterion, result: ProposalResult, entry: Entry, limit: int) -> dict[str, Any]:
    points = explained.points_of(result, criterion)
    members = entry.points.get(criterion.pk, [])
    return {
        "criterion": criterion,
        "points": points,
        "share": (points * 100 / criterion.weight_percent).quantize(Decimal("0.1")),
        "is_below": points < criterion.threshold_points,
        "members": "–".join(map(str, sorted({min(members), max(members)}))) if members else "",
        "is_agreed": criterion.pk in entry.agreed,
        "is_wide": spread(members) >= limit,
    }


@require_safe
def report(request: HttpRequest, slug: str) -> FileResponse:
    """Download the evaluation report: for those who see the ranking, but for who was recused from a proposal."""
    challenge = challenge_or_404(request, slug)
    policies.check_can_see_ranking(challenge, by=request.user, at=clock.now())
    evaluation = Evaluation.objects.select_related("report").get(challenge=challenge)
    ranked = Proposal.objects.filter(challenge=challenge, result__isnull=False)
    seen = Proposal.objects.visible_to(request.user).filter(pk__in=ranked)
    if evaluation.report is None or seen.count() != ranked.count():
        raise Http404
    return send_file(evaluation.report)


@require_safe
def result(request: HttpRequest, public_id: str) -> HttpResponse:
    """An organisation's own points, reasons and range; the total and place once the challenge is resolved."""
    with_points = Proposal.objects.of_member(request.user).filter(result__isnull=False).select_related("result")
    proposal = proposal_or_404(request, with_points, public_id)
    challenge = proposal.challenge
    criteria = list(challenge.criteria.order_by("position"))
    given: dict[int, list[int]] = {}
    scores = Score.objects.counting().filter(sheet__proposal=proposal).order_by("pk")
    pitched = PitchScore.objects.counting().filter(proposal=proposal).order_by("pk")
    found = [*scores.values_list("criterion_id", "points"), *pitched.values_list("criterion_id", "points")]
    for criterion, points in found:
        given.setdefault(criterion, []).append(points)
    reasons = {row.criterion_id: row.text for row in CriterionReason.objects.filter(proposal=proposal)}
    agreed = AgreedScore.objects.counting([challenge])
    is_resolved = challenge.status != Status.EVALUATING
    submission = submissions_of([proposal]).get(proposal.pk)
    context = {
        "proposal": proposal,
        "challenge": challenge,
        "title": title_of(submission),
        "result": proposal.result,
        "rows": [
            {
                "criterion": criterion,
                "points": explained.points_of(proposal.result, criterion),
                "share": explained.points_of(proposal.result, criterion) * 100 / criterion.weight_percent,
                "reason": reasons.get(criterion.pk, ""),
                "agreed": agreed.get((proposal.pk, criterion.pk)),
                "lowest": min(given[criterion.pk]),
                "highest": max(given[criterion.pk]),
                "is_below": explained.points_of(proposal.result, criterion) < criterion.threshold_points,
            }
            for criterion in criteria
            if criterion.pk in given
        ],
        "judgement_weight": sum(c.weight_percent for c in criteria if c.kind == CriterionKind.JUDGEMENT),
        "price_weight": sum(c.weight_percent for c in criteria if c.kind == CriterionKind.FORMULA),
        "is_resolved": is_resolved,
        "totals": _totals(challenge) if is_resolved else None,
    }
    return render(request, "startups/result.html", context)


def _totals(challenge: Any) -> dict[str, Any]:
    """Return the lowest and highest total of the proposals ranked: without names, and without who was left out."""
    return ProposalResult.objects.filter(proposal__challenge=challenge, proposal__status__in=ON_PANEL).aggregate(
        lowest=Min("total_points"), highest=Max("total_points")
    )
