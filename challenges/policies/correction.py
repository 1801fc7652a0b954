"""What a substantial correction of a published call asks for: time in proportion (LCSP art. 136.2)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from challenges.models import Challenge
from challenges.policies import calendar
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.models import Rules
from govtech.shell import words


def open_time(challenge: Challenge) -> timedelta:
    """Return how long the call was to be open for when it was published, before any extension."""
    first = challenge.corrections.filter(field="closes_at").order_by("number").first()
    closed_at = datetime.fromisoformat(first.old_text) if first else challenge.closes_at
    return closed_at - challenge.opens_at  # type: ignore[operator] # a published call has both


def least_closing(challenge: Challenge, *, at: datetime) -> datetime:
    """Return the first closing that leaves time in proportion to a substantial correction published at `at`.

    From the publication of the correction, or the opening if that comes later, at least the part of the original open
    time that the rules say (half of it), ending on a working day at the hour the call closes. What it closes at
    already is enough where that is later.
    """
    percent = Rules.objects.in_force(local_date(at)).correction_open_percent
    start = max(at, challenge.opens_at)  # type: ignore[type-var]
    least = start + open_time(challenge) * percent / 100  # type: ignore[operator]
    return max(
        challenge.closes_at,  # type: ignore[type-var]
        calendar.at_or_after(least, like=challenge.closes_at),  # type: ignore[arg-type]
    )


def check_leaves_time(challenge: Challenge, closes_at: datetime | None, *, at: datetime) -> datetime | None:
    """Return the later closing a substantial correction needs, None where the one there is leaves time enough.

    Raises DomainError beside "closes_at" where `closes_at` is missing, too early, or no working day.
    """
    current, least = challenge.closes_at, least_closing(challenge, at=at)
    if closes_at is None or closes_at == current:
        closes_at = current
    if closes_at < least:  # type: ignore[operator]
        rules = Rules.objects.in_force(local_date(at))
        raise DomainError(
            _(
                "A change like this leaves companies at least %(percent)s %% of the time the call was open for at "
                "first (%(days)s days), from now: until %(when)s or later (LCSP art. 136.2)."
            )
            % {
                "percent": rules.correction_open_percent,
                "days": open_time(challenge).days,
                "when": words.formatted(least, "when"),
            },
            field="closes_at",
        )
    if closes_at == current:
        return None
    problem = calendar.working_day_problem(closes_at, calendar.holiday_names())  # type: ignore[arg-type]
    if problem:
        raise DomainError(problem, field="closes_at")
    return closes_at
