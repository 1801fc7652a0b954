"""The Office's review: who looks at a challenge, what it has read, and its comments, one by one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions.challenge import locked, take_version, write
from challenges.actions.version import cut
from challenges.calculations.step import STEPS
from challenges.models import Challenge, CommentState, Review, ReviewComment, VersionCause
from challenges.models.review import COMMENT_TRANSITIONS
from challenges.notifications import challenge as notifications
from challenges.policies import challenge as policies
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.policies import check_move

MAX_REPLY = 4_000


def _locked_note(note: ReviewComment) -> ReviewComment:
    return ReviewComment.objects.select_for_update(no_key=True).get(pk=note.pk)


def _locked_review(challenge: Challenge) -> Review:
    return Review.objects.get_or_create(challenge=challenge)[0]


@transaction.atomic
def settle(note: ReviewComment, *, by: User, at: datetime, reply: str = "") -> ReviewComment:
    """Mark a comment as dealt with, with a reply to the Office if there is something to say. Twice is once."""
    challenge = locked(note.challenge)
    policies.check_can_edit(challenge, by=by, at=at)
    reply = reply.strip()
    if len(reply) > MAX_REPLY:
        raise DomainError(_("The reply has too many characters. Shorten it."), field="reply")
    note = _locked_note(note)
    if note.state == CommentState.ANSWERED:
        return note
    check_move(COMMENT_TRANSITIONS, note.state, CommentState.ANSWERED)
    note.resolved_at, note.resolved_by = at, by
    note.reply = reply or note.reply
    note.save(update_fields=["resolved_at", "resolved_by", "reply"])
    return note


@transaction.atomic
def close_comment(note: ReviewComment, *, by: User, at: datetime) -> ReviewComment:
    """Say that nothing more is asked. Twice is once."""
    challenge = locked(note.challenge)
    policies.check_can_review(challenge, by=by, at=at)
    note = _locked_note(note)
    if note.state == CommentState.CLOSED:
        return note
    check_move(COMMENT_TRANSITIONS, note.state, CommentState.CLOSED)
    note.closed_at, note.closed_by = at, by
    note.save(update_fields=["closed_at", "closed_by"])
    return note


@transaction.atomic
def reopen_comment(note: ReviewComment, *, by: User, at: datetime) -> ReviewComment:
    """Ask again: the department must deal with it once more. The reply stays readable."""
    challenge = locked(note.challenge)
    policies.check_can_review(challenge, by=by, at=at)
    note = _locked_note(note)
    check_move(COMMENT_TRANSITIONS, note.state, CommentState.OPEN)
    note.resolved_at = note.resolved_by = note.closed_at = note.closed_by = None
    note.reopened_at = at
    note.save(update_fields=["resolved_at", "resolved_by", "closed_at", "closed_by", "reopened_at"])
    return note


@transaction.atomic
def take(challenge: Challenge, *, by: User, at: datetime) -> Review:
    """Say that `by` looks at it. Raises DomainError where somebody else does: they hand it over, or `drop` it."""
    challenge = locked(challenge)
    policies.check_can_take_review(challenge, by=by, at=at)
    review = _locked_review(challenge)
    if review.reviewer_id == by.pk:
        return review
    if review.reviewer is not None:
        raise DomainError(
            _("%(who)s looks at it already. They can leave it to you from the same page.")
            % {"who": review.reviewer.full_name}
        )
    review.reviewer, review.taken_at = by, at
    review.save(update_fields=["reviewer", "taken_at"])
    audit.record("challenge.review_taken", target=challenge, by=by, at=at)
    return review


@transaction.atomic
def drop(challenge: Challenge, *, by: User, at: datetime) -> Review:
    """Leave it to somebody else. Any officer may, for colleagues who are away."""
    challenge = locked(challenge)
    policies.check_can_take_review(challenge, by=by, at=at)
    review = _locked_review(challenge)
    if review.reviewer_id is not None:
        review.reviewer = review.taken_at = None
        review.save(update_fields=["reviewer", "taken_at"])
        audit.record("challenge.review_left", target=challenge, by=by, at=at)
    return review


@transaction.atomic
def mark_seen(challenge: Challenge, *, until: datetime, by: User, at: datetime) -> Review:
    """Say that the Office has read what changed until the instant `until`, that of the page it was shown on."""
    challenge = locked(challenge)
    policies.check_can_review(challenge, by=by, at=at)
    review = _locked_review(challenge)
    until = min(until, at)
    if review.seen_until is None or review.seen_until < until:
        review.seen_until = until
        review.save(update_fields=["seen_until"])
        if not challenge.steps.filter(saved_at__gt=until).exists():
            cut(challenge, cause=VersionCause.WORK, by=by, at=until)  # what later changes are compared with
    return review


@transaction.atomic
def adjust_calendar(
    challenge: Challenge, *, version: int, data: Mapping[str, Any], reason: str, by: User, at: datetime
) -> Challenge:
    """Move the days of a calendar that slipped during the review. Tells the department what and why.

    Raises `StaleError` where the calendar was saved since `version`, DomainError beside "reason".
    """
    unknown = set(data) - set(STEPS["calendar"])
    if unknown:
        raise ValueError(f"{unknown} are no part of the calendar.")
    challenge = locked(challenge)
    policies.check_can_adjust_calendar(challenge, by=by, at=at)
    if not reason.strip():
        raise DomainError(_("Give the reason: the department will read it."), field="reason")
    changed = sorted(name for name, value in data.items() if getattr(challenge, name) != value)
    if not changed:
        raise DomainError(_("These are the days it has already. Change one, or go back."))
    cut(challenge, cause=VersionCause.WORK, by=by, at=at)
    take_version(challenge, "calendar", version=version, by=by, at=at)
    write(challenge, data)
    audit.record("challenge.calendar_adjusted", target=challenge, by=by, at=at, fields=changed, reason=reason.strip())
    notifications.calendar_adjusted(challenge, reason=reason.strip(), at=at)
    return challenge
