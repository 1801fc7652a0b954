"""What the public sees of a challenge: its status read by the clock. Twin of `ChallengeQuerySet.with_phase`."""

from datetime import datetime, timedelta

CLOSING_SOON_HOURS = 72
PREPARING_STATUSES = frozenset({"draft", "submitted", "returned", "rejected", "merged"})


def phase(
    status: str, *, publish_at: datetime | None, opens_at: datetime | None, closes_at: datetime | None, at: datetime
) -> str:
    """Return the value of `Phase` at the instant `at`. A published challenge has all three instants.

    >>> from datetime import UTC
    >>> day = lambda n: datetime(2026, 11, n, 12, tzinfo=UTC)
    >>> phase("published", publish_at=day(1), opens_at=day(2), closes_at=day(20), at=day(1))
    'upcoming'
    >>> phase("published", publish_at=day(1), opens_at=day(2), closes_at=day(20), at=day(18))
    'closing_soon'
    >>> phase("published", publish_at=day(1), opens_at=day(2), closes_at=day(20), at=day(20))
    'closed'
    >>> phase("evaluating", publish_at=day(1), opens_at=day(2), closes_at=day(20), at=day(25))
    'evaluating'
    """
    if status in PREPARING_STATUSES:
        return "preparing"
    if status != "published" or publish_at is None or opens_at is None or closes_at is None:
        return status
    if publish_at > at:
        return "preparing"
    if opens_at > at:
        return "upcoming"
    if closes_at <= at:
        return "closed"
    if closes_at < at + timedelta(hours=CLOSING_SOON_HOURS):
        return "closing_soon"
    return "open"
