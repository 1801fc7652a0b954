"""When the mail of an alert is due. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = time(8)  # of the city; no clock is ever put forward or back at that time
MONDAY = 0


def due_at(frequency: str, found_at: datetime, *, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which what was found at `found_at` goes out by mail; None for never.

    Daily at eight, weekly on Mondays at eight, by the city's clock: what is found at eight sharp goes out at once.

    >>> madrid = ZoneInfo("Europe/Madrid")
    >>> due_at("daily", datetime(2026, 3, 28, 9, tzinfo=UTC), zone=madrid)  # the night loses an hour
    datetime.datetime(2026, 3, 29, 6, 0, tzinfo=datetime.timezone.utc)
    >>> due_at("weekly", datetime(2026, 10, 20, 9, tzinfo=UTC), zone=madrid)  # the week gains one
    datetime.datetime(2026, 10, 26, 7, 0, tzinfo=datetime.timezone.utc)
    """
    if frequency == "inbox":
        return None
    if frequency == "at_once":
        return found_at
    day = found_at.astimezone(zone).date()
    if frequency == "weekly":
        day += timedelta(days=(MONDAY - day.weekday()) % 7)
    instant = datetime.combine(day, HOUR, tzinfo=zone).astimezone(UTC)
    if instant < found_at:
        day += timedelta(days=7 if frequency == "weekly" else 1)
        instant = datetime.combine(day, HOUR, tzinfo=zone).astimezone(UTC)
    return instant
