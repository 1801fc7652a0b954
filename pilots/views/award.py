"""Where the award of a challenge stands: the Office's page."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from challenges.models import Challenge
from govtech import clock
from govtech.accounts import roles
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.policies import allows
from pilots.actions import award as actions
from pilots.models import Award, AwardStatus, Expenditure, Letter, Resolution, ResolutionKind, ReviewRequest
from pilots.policies import annulment as annulments
from pilots.policies import award as policies
from pilots.policies.supplier import warnings_of
from startups.models import Proposal, ProposalStatus
from startups.policies.verification import is_verified


def load(request: HttpRequest, slug: str) -> Challenge:
    """Return the challenge. PermissionDenied for who isn't of the Office."""
    rows = Challenge.objects.visible_to(request.user).select_related("department")
    challenge = get_object_or_404(rows, slug=slug)
    policies.check_can_see(challenge, by=request.user, at=clock.now())
    return challenge


def address(challenge: Challenge) -> str:
    """Return the address of the page of the award."""
    return reverse("pilots:award", kwargs={"slug": challenge.slug})


def awards_of(challenge: Challenge) -> list[Award]:
    """Return all awards of a challenge, the oldest first."""
    rows = Award.objects.filter(resolution__challenge=challenge)
    rows = rows.select_related("resolution__challenge", "proposal__organisation", "proposal__result", "pilot")
    return list(rows.prefetch_related("papers__file", "papers__dossier_paper").order_by("pk"))


def ranking_of(challenge: Challenge) -> list[Proposal]:
    """Return what was evaluated, best first."""
    rows = Proposal.objects.filter(challenge=challenge, result__isnull=False)
    return list(rows.select_related("organisation", "result").order_by("result__rank", "-result__total_points", "pk"))


def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the award of a challenge stands, and the next step."""
    challenge, at = load(request, slug), clock.now()
    resolution = Resolution.objects.filter(challenge=challenge).first()
    awards = awards_of(challenge)
    warnings = warnings_of(awards, at=at)
    candidates = policies.candidates(challenge)
    is_officer = roles.is_officer(request.user)
    waiting = waiting_of(resolution)
    rest = _rest(challenge)
    reserve = Proposal.objects.filter(challenge=challenge, status=ProposalStatus.RESERVE).count()
    reviews = list(_reviews(challenge))
    upheld = any(review.outcome in annulments.UPHELD for review in reviews)  # without one nothing is annulled
    context = {
        "challenge": challenge,
        "resolution": resolution,
        "ranking": ranking_of(challenge),
        "excluded": Proposal.objects.filter(challenge=challenge, status=ProposalStatus.EXCLUDED).count(),
        "awards": [_award_row(award, request.user, warnings[award.pk], at, upheld=upheld) for award in awards],
        "next": candidates[0] if candidates else None,
        "can_propose": bool(candidates)
        and allows(policies.check_can_propose, challenge, candidates[0], by=request.user, at=at),
        "can_prepare": is_officer and not waiting and any(award.status == AwardStatus.ACCEPTED for award in awards),
        "can_end": is_officer and not waiting and can_end(challenge, request.user, at),
        "can_release": is_officer and bool(awards) and bool(rest or reserve) and actions.is_settled(challenge),
        "reserve": reserve,
        "rest": rest,
        "waiting": waiting,
        "is_void": bool(waiting) and waiting.kind == DecisionKind.VOID,
        "letters": Letter.objects.filter(resolution=resolution).count() if resolution else 0,
        "reviews": reviews,
    }
    return render(request, "pilots/award.html", context)


def _award_row(award: Award, user: Any, warning: str, at: datetime, *, upheld: bool) -> dict[str, Any]:
    may_end = upheld and award.status == AwardStatus.APPROVED
    waits = annulments.waiting(award) if may_end else None
    return {
        "award": award,
        "status": AwardStatus(award.status),
        "tone": TONES[AwardStatus(award.status)],
        "verified": is_verified(award.proposal.organisation, on=clock.local_date(at)),
        "late": award.status == AwardStatus.PROPOSED and award.answer_due_on < clock.local_date(at),
        "warning": warning,
        "can_withdraw": roles.is_officer(user) and award.status in (AwardStatus.PROPOSED, AwardStatus.ACCEPTED),
        "annulment": waits,
        "can_annul": may_end and not waits and allows(annulments.check_can_prepare, award, by=user, at=at),
        "can_refuse": roles.is_officer(user)
        and award.status == AwardStatus.APPROVED
        and award.pilot.status == "preparing",
    }


TONES = {
    AwardStatus.PROPOSED: "soon",
    AwardStatus.ACCEPTED: "open",
    AwardStatus.DECLINED: "plain",
    AwardStatus.APPROVED: "pilot",
    AwardStatus.REFUSED: "danger",
    AwardStatus.WITHDRAWN: "plain",
    AwardStatus.ANNULLED: "danger",
}


def waiting_of(resolution: Resolution | None) -> PreparedDecision | None:
    """Return the decision on a resolution that waits for a director."""
    if resolution is None:
        return None
    return PreparedDecision.objects.of(resolution).waiting().select_related("prepared_by").first()


def can_end(challenge: Challenge, user: Any, at: datetime) -> bool:
    kinds = (ResolutionKind.VOID, ResolutionKind.WAIVED)
    return any(allows(policies.check_can_end_without_award, challenge, kind=kind, by=user, at=at) for kind in kinds)


def _reviews(challenge: Challenge) -> Any:
    rows = ReviewRequest.objects.filter(letter__resolution__challenge=challenge)
    return rows.select_related("letter__proposal__organisation").order_by("lodged_at", "pk")


def _rest(challenge: Challenge) -> Any:
    expenditure = Expenditure.objects.filter(challenge=challenge).first()
    return sum((row.a - row.d for row in expenditure.lines.all()), 0) if expenditure else 0


def load_award(request: HttpRequest, public_id: str) -> Award:
    """Return an award of the Office's or of the person's organisation, else 404."""
    rows = Award.objects.visible_to(request.user).select_related(
        "resolution__challenge__department", "proposal__organisation", "proposal__result", "pilot"
    )
    if not roles.is_staff_role(request.user):
        own = Q(proposal__organisation__memberships__user=request.user)
        rows = rows.filter(own, proposal__organisation__memberships__left_at__isnull=True)
    found = get_object_or_404(rows, public_id=public_id)
    policies.check_can_read(found, by=request.user)
    return found
