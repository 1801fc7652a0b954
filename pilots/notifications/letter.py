"""Telling participants the result, and what comes of their request to review it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register as kind
from pilots.calculations.letter import OUTCOMES
from pilots.models import Letter, ReviewOutcome, ReviewRequest
from startups.notifications import people


def register() -> None:
    """Declare the words of these notices."""
    kind(
        "award.resolved",
        subject=_("Result of {challenge}"),
        text=_("This is what you are notified:\n\n{letter}"),
        action=_("Read it, with the terms to appeal"),
    )
    kind(
        "review.lodged",
        subject=_("A review is asked of the resolution of {challenge}"),
        text=_("A participant asks for it. It is answered until {due_on}."),
        action=_("Read and answer"),
    )
    kind(
        "review.answered",
        subject=_("Your request to review {challenge} is answered"),
        text=_("It is {outcome}. {answer}"),
        action=_("Read the answer"),
    )


def _challenge(letter: Letter) -> Any:
    return letter.resolution.challenge


def released(letter: Letter, *, text: str, at: datetime) -> None:
    """Tell the members of the participant, lead and partners, what was resolved, all of it (LCSP art. 151.2)."""
    notify(
        people.members_of(letter.proposal),
        "award.resolved",
        params={"challenge": _challenge(letter).title, "outcome": OUTCOMES[letter.outcome], "letter": text},
        address=letter.get_absolute_url(),
        key=letter.public_id,
        at=at,
    )


def lodged(review: ReviewRequest, *, at: datetime) -> None:
    """Tell directors and Office that a review was asked; not by whom: some of them may not know who took part."""
    notify(
        [*roles.directors(), *roles.officers()],
        "review.lodged",
        params={
            "challenge": _challenge(review.letter).title,
            "due_on": review.due_on,
        },
        address=review.get_absolute_url(),
        key=review.public_id,
        at=at,
    )


def answered(review: ReviewRequest, *, at: datetime) -> None:
    """Tell the participant, lead and partners, how the request ends."""
    notify(
        people.members_of(review.letter.proposal),
        "review.answered",
        params={
            "challenge": _challenge(review.letter).title,
            "outcome": ReviewOutcome(review.outcome).label,
            "answer": review.answer,
        },
        address=review.get_absolute_url(),
        key=review.public_id,
        at=at,
    )
