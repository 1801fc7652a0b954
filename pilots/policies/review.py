"""Who asks for a review of a resolution, who reads the request, and who answers it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import TransitionError
from pilots.models import Letter, ReviewRequest
from pilots.policies import letter as letters
from pilots.policies import term
from pilots.policies.pilot import membership_of
from startups.models.organisation import OrganisationRole
from startups.policies.panel import check_no_conflict


def check_can_lodge(letter: Letter, *, by: Any, at: datetime) -> None:
    """Let an owner of the organisation ask, while no other request of its waits. No day is too late to be kept."""
    if membership_of(by, letter.proposal.organisation_id) != OrganisationRole.OWNER:
        raise PermissionDenied(_("Only an owner of the organisation asks for a review."))
    if term.has_special_appeal(letter.resolution.challenge):
        raise TransitionError(
            _(
                "Against this award there is no review by the same body (LCSP art. 44.5): the special appeal goes to "
                "the administrative tribunal of contracts."
            )
        )
    if ReviewRequest.objects.filter(letter=letter, answered_at__isnull=False).exists():
        raise TransitionError(_("This was reviewed already (Law 39/2015, art. 124.3). What is left is the courts."))
    if ReviewRequest.objects.open().filter(letter=letter).exists():
        raise TransitionError(_("You asked already: the answer is still to come."))


def check_can_read(review: ReviewRequest, *, by: Any, at: datetime) -> None:
    """Let whoever reads the letter read what was asked of it."""
    letters.check_can_read(review.letter, by=by, at=at)


def check_can_answer(review: ReviewRequest, *, by: Any, at: datetime) -> None:
    """Let a director without a conflict answer, once."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only a director answers a request to review."))
    check_no_conflict(review.letter.resolution.challenge, by=by)
    if review.answered_at is not None:
        raise TransitionError(_("This was answered already."))
