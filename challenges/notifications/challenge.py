"""Who is told what about a challenge."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, NewsEvent
from challenges.notifications.audience import bound
from challenges.notifications.news import record, still_new, still_public
from govtech.accounts import roles
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register


def register_kinds() -> None:
    """Declare the words of each notice.

    What everybody concerned is told isn't shown to the Office: those who propose are among them.
    """
    register(
        "challenge.submitted",
        subject=_("To review: {title}"),
        text=_("{department} has sent the challenge «{title}» for review."),
        action=_("Review it"),
        shown_to_office=True,
    )
    register(
        "challenge.taken_back",
        subject=_("Taken back: {title}"),
        text=_(
            "{department} has taken the challenge «{title}» back to change it. They send it again when it is ready."
        ),
        action=_("See the challenge"),
        shown_to_office=True,
    )
    register(
        "challenge.calendar_adjusted",
        subject=_("New calendar: {title}"),
        text=_(
            "The Digital Office has moved the days of the challenge «{title}» while it reviews it: "
            "it would open on {opens_at} and close on {closes_at}. Reason: {reason}"
        ),
        action=_("See the challenge"),
        shown_to_office=True,
    )
    register(
        "challenge.returned",
        subject=_("Returned with comments: {title}"),
        text=_(
            "The Digital Office has returned the challenge «{title}» with {count} comments. Mend it and send it again."
        ),
        action=_("See the comments"),
        shown_to_office=True,
    )
    register(
        "challenge.rejected",
        subject=_("Not accepted: {title}"),
        text=_("The Digital Office has not accepted the challenge «{title}». Reason: {reason}"),
        action=_("See the challenge"),
        shown_to_office=True,
    )
    register(
        "challenge.approved",
        subject=_("Approved: {reference} {title}"),
        text=_("The challenge «{title}» is approved as {reference}. It will be public on {publish_at}."),
        action=_("See the challenge"),
        shown_to_office=True,
    )
    register(
        "challenge.published",
        subject=_("New challenge: {title}"),
        text=_(
            "{department} is looking for proposals: «{title}» ({reference}). "
            "The call closes on {closes_at}, Madrid time."
        ),
        action=_("See the challenge"),
        shown_to_office=True,
        still_holds=still_new,
    )
    register(
        "challenge.opened",
        subject=_("Open for proposals: {title}"),
        text=_("«{title}» ({reference}) takes proposals from now on, until {closes_at}, Madrid time."),
        action=_("See the challenge"),
        still_holds=still_new,
    )
    register(
        "challenge.corrected",
        subject=_("Correction in {reference}"),
        text=_("The call «{title}» has a correction: {what}. Reason: {reason}"),
        action=_("See the correction"),
        still_holds=still_new,
    )
    register(
        "challenge.deadline_extended",
        subject=_("More time for {reference}: until {closes_at}"),
        text=_("The call «{title}» now closes on {closes_at}, Madrid time. Reason: {reason}"),
        action=_("See the challenge"),
        still_holds=still_new,
    )
    register(
        "challenge.cancelled",
        subject=_("Cancelled: {reference}"),
        text=_("The call «{title}» has been cancelled. Reason: {reason}"),
        action=_("See the challenge"),
        still_holds=still_public,
    )
    register(
        "challenge.ended",
        subject=_("{reference} ends without an award"),
        text=_("The call «{title}» has ended without an award ({state}). Reason: {reason}"),
        action=_("See the challenge"),
        still_holds=still_public,
    )


def _tell(people: Any, kind: str, challenge: Challenge, *, address: str, key: str, at: datetime, **params: Any) -> None:
    params = {
        "title": challenge.title,
        "reference": challenge.reference or "",
        "department": challenge.department.name,
        **params,
    }
    notify(people, kind, params=params, address=address, key=key, at=at)


def submitted(challenge: Challenge, *, at: datetime) -> None:
    """Tell the Office that a challenge waits for its review."""
    address = reverse("challenges:review", kwargs={"public_id": challenge.public_id})
    _tell(
        roles.officers(),
        "challenge.submitted",
        challenge,
        address=address,
        key=f"{challenge.pk}:{at.isoformat()}",
        at=at,
    )


def taken_back(challenge: Challenge, *, at: datetime) -> None:
    """Tell the Office that the department changes it again."""
    key = f"{challenge.pk}:{at.isoformat()}"
    _tell(roles.officers(), "challenge.taken_back", challenge, address=_draft_address(challenge), key=key, at=at)


def calendar_adjusted(challenge: Challenge, *, reason: str, at: datetime) -> None:
    """Tell the delegates that the Office moved the days."""
    _tell(
        roles.delegates_of(challenge.department_id),
        "challenge.calendar_adjusted",
        challenge,
        address=_draft_address(challenge),
        key=f"{challenge.pk}:{at.isoformat()}",
        at=at,
        opens_at=challenge.opens_at,
        closes_at=challenge.closes_at,
        reason=reason,
    )


def _draft_address(challenge: Challenge) -> str:
    return reverse("challenges:draft", kwargs={"public_id": challenge.public_id})


def returned(challenge: Challenge, *, count: int, at: datetime) -> None:
    """Tell the delegates that there are comments."""
    people = roles.delegates_of(challenge.department_id)
    key = f"{challenge.pk}:{at.isoformat()}"
    _tell(people, "challenge.returned", challenge, address=_draft_address(challenge), key=key, at=at, count=count)


def rejected(challenge: Challenge, *, reason: str, at: datetime) -> None:
    """Tell the delegates why it goes no further."""
    people = roles.delegates_of(challenge.department_id)
    address = _draft_address(challenge)
    _tell(people, "challenge.rejected", challenge, address=address, key=str(challenge.pk), at=at, reason=reason)


def approved(challenge: Challenge, *, at: datetime) -> None:
    """Tell the delegates; who asked to hear of new challenges is told once it is public."""
    people = roles.delegates_of(challenge.department_id)
    address = challenge.get_absolute_url() if challenge.publish_at <= at else _draft_address(challenge)  # type: ignore[operator]
    _tell(
        people,
        "challenge.approved",
        challenge,
        address=address,
        key=str(challenge.pk),
        at=at,
        publish_at=challenge.publish_at,
    )
    record(challenge, NewsEvent.PUBLISHED, at=at)
    record(challenge, NewsEvent.OPENED, at=at)


def _bound(challenge: Challenge, at: datetime) -> Any:
    """Return who must know; before the publication only the department, since nobody else may know of the call."""
    return bound(challenge) if _is_public(challenge, at) else roles.delegates_of(challenge.department_id)


def _is_public(challenge: Challenge, at: datetime) -> bool:
    return challenge.publish_at is not None and challenge.publish_at <= at


def corrected(challenge: Challenge, *, number: int, what: Any, reason: str, at: datetime) -> None:
    """Tell of a correction: at once who must know it, as they chose those who follow."""
    _tell(
        _bound(challenge, at),
        "challenge.corrected",
        challenge,
        address=f"{challenge.get_absolute_url()}#correcciones",
        key=f"{challenge.pk}:{number}",
        at=at,
        what=what,
        reason=reason,
    )
    if _is_public(challenge, at):
        record(challenge, NewsEvent.CORRECTED, number=number, what=what, reason=reason, at=at)


def extended(challenge: Challenge, *, number: int, reason: str, at: datetime) -> None:
    """Tell of the new deadline: at once who must know it, as they chose those who follow."""
    _tell(
        _bound(challenge, at),
        "challenge.deadline_extended",
        challenge,
        address=challenge.get_absolute_url(),
        key=f"{challenge.pk}:{number}",
        at=at,
        closes_at=challenge.closes_at,
        reason=reason,
    )
    if _is_public(challenge, at):
        record(challenge, NewsEvent.EXTENDED, number=number, closes_at=challenge.closes_at, reason=reason, at=at)


def cancelled(challenge: Challenge, *, reason: str, at: datetime) -> None:
    """Tell that the call is off: at once who must know it, as they chose those who follow."""
    _tell(
        _bound(challenge, at),
        "challenge.cancelled",
        challenge,
        address=challenge.get_absolute_url(),
        key=str(challenge.pk),
        at=at,
        reason=reason,
    )
    if _is_public(challenge, at):
        record(challenge, NewsEvent.CANCELLED, reason=reason, at=at)


def ended(challenge: Challenge, *, state: Any, reason: str, at: datetime) -> None:
    """Tell that nobody gets the award: at once who must know it, as they chose those who follow."""
    _tell(
        _bound(challenge, at),
        "challenge.ended",
        challenge,
        address=challenge.get_absolute_url(),
        key=str(challenge.pk),
        at=at,
        state=state,
        reason=reason,
    )
    if _is_public(challenge, at):
        record(challenge, NewsEvent.ENDED, state=state, reason=reason, at=at)
