"""What an outage of the portal does to a deadline: one rule for all. Pure.

A deadline is touched if it was running when the outage began: it had started before the outage ended and had not
expired when it began. It moves to the first working day, at its same hour in the city, that leaves at least as much
time as the outage took; one that has expired meanwhile leaves that much time from now. Outages that overlap count once.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from govtech.reference.calculations.calendar import roll_forward


def is_touched(deadline: datetime, began_at: datetime, ended_at: datetime, *, started_at: datetime) -> bool:
    """Say whether a term that runs from `started_at` until `deadline`, exclusive, was running during the outage.

    >>> from datetime import UTC
    >>> hour = lambda n: datetime(2026, 5, 14, n, tzinfo=UTC)
    >>> is_touched(hour(14), hour(13), hour(15), started_at=hour(1))
    True
    >>> is_touched(hour(13), hour(13), hour(15), started_at=hour(1))
    False
    >>> is_touched(hour(20), hour(13), hour(15), started_at=hour(15))
    False
    """
    return deadline > began_at and started_at < ended_at


def lost_time(began_at: datetime, ended_at: datetime, others: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return how much time the outage took that none of `others`, counted already, took before.

    >>> from datetime import UTC
    >>> hour = lambda n: datetime(2026, 5, 14, n, tzinfo=UTC)
    >>> lost_time(hour(10), hour(14), [(hour(9), hour(11)), (hour(10), hour(12)), (hour(20), hour(21))])
    datetime.timedelta(seconds=7200)
    >>> lost_time(hour(10), hour(14), [(hour(9), hour(15))])
    datetime.timedelta(0)
    """
    left, cursor = timedelta(), began_at
    for start, end in sorted(others):
        if end <= cursor or start >= ended_at:
            continue
        left += max(start - cursor, timedelta())
        cursor = max(cursor, end)
    return left + max(ended_at - cursor, timedelta())


def moved(deadline: datetime, lost: timedelta, *, at: datetime, holidays: Collection[date], zone: ZoneInfo) -> datetime:
    """Return the new deadline: same hour in the city, on a working day, with at least `lost` more time.

    >>> zone = ZoneInfo("Europe/Madrid")
    >>> friday = datetime(2026, 5, 8, 14, tzinfo=zone)
    >>> monday = datetime(2026, 5, 11, 12, tzinfo=zone)
    >>> for at in (friday - timedelta(days=2), monday):
    ...     moved(friday, timedelta(hours=3), at=at, holidays=set(), zone=zone).isoformat()
    '2026-05-11T14:00:00+02:00'
    '2026-05-12T14:00:00+02:00'
    """
    local = deadline.astimezone(zone)
    least = deadline.astimezone(UTC) + lost  # in UTC: an hour is an hour also in the night the clocks change
    if deadline <= at:
        least = max(least, at.astimezone(UTC) + lost)
    day = local.date()
    while True:
        day = roll_forward(day, holidays)
        found = datetime.combine(day, local.timetz().replace(tzinfo=None), tzinfo=zone)
        if found >= least and found > deadline:
            return found
        day += timedelta(days=1)
