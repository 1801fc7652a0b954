"""Whom an outage is told: those whose own term moved. Everybody else hears of the call's new deadline."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Incident
from govtech.accounts.models import User
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register


def register_kinds() -> None:
    """Declare the words. Whom they reach would tell who takes part: the Office doesn't see them."""
    register(
        "incident.term_moved",
        subject=_("More time in {reference}: until {until}"),
        text=_("A technical incident touched your term in «{title}» ({term}). It now ends on {until}. {reason}"),
        action=_("See the incident"),
    )


def moved(
    incident: Incident,
    people: QuerySet[User],
    challenge: Challenge,
    *,
    term: Any,
    key: str,
    until: datetime,
    at: datetime,
) -> None:
    """Tell the people whose term, called `term`, now ends at `until`. `key` names whose it is."""
    notify(
        people,
        "incident.term_moved",
        params={
            "reference": challenge.reference,
            "title": challenge.title,
            "term": term,
            "until": until,
            "reason": incident.text,
        },
        address=reverse("challenges:incident", kwargs={"public_id": incident.public_id}),
        key=f"{incident.pk}:{key}",
        at=at,
    )
