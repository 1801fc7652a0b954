"""Who annuls an award after an upheld review, and when."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from challenges.models import Status
from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError, TransitionError
from govtech.policies import check_move
from pilots.models import Award, AwardStatus, ReviewOutcome, ReviewRequest
from pilots.models.award import TRANSITIONS
from pilots.policies.pilot import ENDED
from startups.models import PanelMember
from startups.policies.panel import check_no_conflict

UPHELD = (ReviewOutcome.UPHELD, ReviewOutcome.PARTLY)


def waiting(award: Award) -> PreparedDecision | None:
    """Return the annulment of the award that waits for a director."""
    return decisions.open_for(DecisionKind.ANNULMENT, award)


def reviews_upheld(award: Award) -> list[ReviewRequest]:
    """Return the requests to review this award that were upheld, wholly or in part.

    What was upheld before the award was made brought down another one: it says nothing of this. Nor does what another
    award was annulled for, or is to be: awards approved together share their letters, and each review ends one.
    """
    elsewhere = PreparedDecision.objects.waiting().filter(kind=DecisionKind.ANNULMENT)
    elsewhere = elsewhere.filter(target_label=award._meta.label_lower).exclude(target_id=award.pk)
    rows = (
        ReviewRequest.objects.filter(
            letter__resolution=award.resolution_id,
            letter__released_at__gte=award.approved_at,
            outcome__in=UPHELD,
        )
        .filter(Q(annulled__isnull=True) | Q(annulled=award))
        .exclude(public_id__in=[decision.payload.get("review") for decision in elsewhere])
    )
    return list(rows.select_related("letter__proposal__organisation").order_by("answered_at", "pk"))


def review_of(decision: PreparedDecision, award: Award) -> ReviewRequest:
    """Return the review an annulment was prepared for. Raises `DomainError` where it brings down another award."""
    for review in reviews_upheld(award):
        if review.public_id == decision.payload.get("review"):
            return review
    raise DomainError(_("The review this was prepared for doesn't bring down this award any more. Return it."))


def check_review(award: Award, review: ReviewRequest) -> None:
    """Raise `DomainError` unless the review was upheld against this award and has brought down no other."""
    if review not in reviews_upheld(award):
        raise DomainError(_("Choose the review that was upheld against this award."), field="review")


def _check_can_end(award: Award) -> None:
    check_move(TRANSITIONS, award.status, AwardStatus.ANNULLED)
    if award.resolution.challenge.status not in (Status.AWARDED, Status.PILOTING):
        raise TransitionError(_("This call is finished: its award isn't annulled here any more."))
    if award.pilot.status in ENDED:
        raise TransitionError(_("The pilot of this award has ended: there is nothing left to annul."))
    if not reviews_upheld(award):
        raise DomainError(_("An award is annulled after a request to review it was upheld, wholly or in part."))


def check_can_prepare(award: Award, *, by: Any, at: datetime) -> None:
    """Let an officer without a conflict prepare it, once a review was upheld and while the pilot hasn't ended."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office prepares the annulment of an award."))
    check_no_conflict(award.resolution.challenge, by=by)
    _check_can_end(award)
    if waiting(award):
        raise TransitionError(_("This is waiting for the director. Ask for it to be sent back first."))


def check_is_director(by: Any) -> None:
    """Raise PermissionDenied for anybody else."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only a director annuls an award."))


def check_can_return(award: Award, *, by: Any, at: datetime) -> None:
    """Let a director who neither has a conflict nor sits on the panel return what waits."""
    check_is_director(by)
    check_no_conflict(award.resolution.challenge, by=by)
    if PanelMember.objects.current().filter(challenge=award.resolution.challenge, user=by).exists():
        raise PermissionDenied(_("You are on the panel of this call: another director decides on its award."))
    if waiting(award) is None:
        raise TransitionError(_("Nothing waits for approval here. Reload the page to see where it stands."))


def check_can_approve(award: Award, *, by: Any, at: datetime) -> None:
    """Let the same directors approve it. That it is another person is checked with the decision."""
    check_can_return(award, by=by, at=at)
    _check_can_end(award)
