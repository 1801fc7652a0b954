"""Confirmations of the lock that no longer hold, because something they confirmed has changed."""

from datetime import datetime

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from startups.models import Evaluation
from startups.notifications import evaluation as notifications

CLEARED = {
    "locked_by_chair": None,
    "chair_locked_at": None,
    "locked_by_secretary": None,
    "secretary_locked_at": None,
}


def withdraw(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Take back what chair or secretary confirmed before this change. Call it inside the change's transaction."""
    evaluation = Evaluation.objects.select_for_update(no_key=True).get(challenge=challenge)
    people = [person for person in (evaluation.locked_by_chair, evaluation.locked_by_secretary) if person]
    if evaluation.locked_at or not people:
        return
    for name, value in CLEARED.items():
        setattr(evaluation, name, value)
    evaluation.save(update_fields=list(CLEARED))
    audit.record("evaluation.confirmation_withdrawn", target=evaluation, by=by, at=at)
    notifications.confirmation_withdrawn(challenge, people, at=at)
