"""On the desk of who takes part: open calls that fit what the organisation does, with the reason."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from challenges.models import Challenge, Phase
from govtech.shell.registry import Section, desk_panels
from startups.filters.interest import ForYou
from startups.models import Participation

MOST = 3


def register() -> None:
    """Fill the registries of the shell."""
    desk_panels.register(panel, 8)


def panel(user: Any, *, at: datetime) -> Section | None:
    """Show the calls open, or about to open, that fit best and in which the organisation doesn't take part yet.

    Nothing for who belongs to no organisation, or to one that hasn't said what it does. A constant number of queries.
    """
    order = ForYou()
    choices = order.choices(user)
    if not choices:
        return None
    value, _label = choices[0]
    taken = Participation.objects.filter(organisation=order.chosen(value, user), is_live=True).values("challenge")
    live = [Phase.OPEN, Phase.CLOSING_SOON, Phase.UPCOMING]
    calls = Challenge.objects.public().with_phase().filter(phase__in=live).exclude(pk__in=taken)
    calls = calls.select_related("policy_area", "department")
    rows = list(order.apply(calls, value, user=user).filter(fit__gt=0)[:MOST])
    if not rows:
        return None
    reasons = order.reasons(rows, value, user=user)
    for row in rows:
        row.reason = reasons.get(row.pk, "")  # type: ignore[attr-defined]
    address = f"{reverse('challenges:list')}?{urlencode({'sort': value})}"
    return Section("startups/_for_you.html", {"rows": rows, "at": at, "address": address})
