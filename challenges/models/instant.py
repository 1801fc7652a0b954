"""When what the public sees of challenges changes by itself: phases begin and end by the clock, no task flips them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from challenges.calculations.phase import CLOSING_SOON_HOURS
from challenges.models.challenge import Challenge, Status
from govtech.clock import PortalNow

_SOON = timedelta(hours=CLOSING_SOON_HOURS)


def next_change() -> datetime | None:
    """Return the next instant at which any challenge changes its phase, None where none will. One query."""
    published = Challenge.objects.filter(status=Status.PUBLISHED)

    def first(field: str, after: Any, back: timedelta = timedelta()) -> Any:
        rows = published.filter(**{f"{field}__gt": after}).order_by(field)
        return rows.values_list(F(field) - back)[:1]

    now = PortalNow()
    rows = first("publish_at", now).union(
        first("opens_at", now), first("closes_at", now), first("closes_at", now + _SOON, _SOON), all=True
    )
    return min((instant for (instant,) in rows), default=None)


def instants_of(challenge: Challenge) -> list[datetime]:
    """Return the instants at which the page of one challenge changes, past ones included."""
    closes = challenge.closes_at
    known = [challenge.publish_at, challenge.opens_at, challenge.questions_close_at, closes]
    return [instant for instant in [*known, closes - _SOON if closes else None] if instant is not None]
