"""Asking the city to look at a resolution again, and its answer, both on the record (L39 arts. 112, 123, 124)."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import store
from govtech.reference.models import Holiday
from pilots.calculations import appeal
from pilots.models import Letter, ReviewRequest
from pilots.notifications import letter as notifications
from pilots.policies import review as policies
from pilots.policies import term


def _locked(letter: Letter) -> Letter:
    rows = Letter.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("resolution__challenge", "proposal__organisation").get(pk=letter.pk)


@transaction.atomic
def lodge(letter: Letter, *, text: str, upload: UploadedFile | None, by: User, at: datetime) -> ReviewRequest:
    """Ask for a review, for the organisation. One that comes late is kept too, and says so.

    Raises PermissionDenied for who isn't an owner, `DomainError` without reasons or while another waits.
    """
    letter = _locked(letter)
    policies.check_can_lodge(letter, by=by, at=at)
    if not text.strip():
        raise DomainError(_("Write what you ask for and why."), field="text")
    day = clock.local_date(at)
    holidays = Holiday.objects.dates()
    until = term.of_letter(letter, holidays=holidays).review_until
    made = ReviewRequest.objects.create(
        letter=letter,
        text=text.strip(),
        file=store(upload, by=by, at=at) if upload else None,
        lodged_at=at,
        lodged_by=by,
        due_on=appeal.answer_until(day, holidays),
        is_late=until is not None and day > until,
    )
    audit.record("review.lodged", target=made, by=by, at=at, new="late" if made.is_late else "in time")
    notifications.lodged(made, at=at)
    return made


@transaction.atomic
def answer(review: ReviewRequest, *, outcome: str, answer: str, by: User, at: datetime) -> ReviewRequest:
    """Answer a request, as a director without a conflict, with reasons. What it changes is done by its own action."""
    rows = ReviewRequest.objects.select_for_update(of=("self",), no_key=True)
    review = rows.select_related("letter__resolution__challenge", "letter__proposal__organisation").get(pk=review.pk)
    policies.check_can_answer(review, by=by, at=at)
    if not answer.strip():
        raise DomainError(_("Write the reasons: the organisation reads them."), field="answer")
    review.outcome, review.answer = outcome, answer.strip()
    review.answered_at, review.answered_by = at, by
    review.save(update_fields=["outcome", "answer", "answered_at", "answered_by"])
    audit.record("review.answered", target=review, by=by, at=at, new=outcome)
    notifications.answered(review, at=at)
    return review
