"""The service level of the Office: working days since a challenge was sent, and the day the answer is due. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from govtech.reference.calculations.calendar import add_working_days, count_working_days


@dataclass(frozen=True)
class Age:
    """How long a challenge has waited: working days, the last day to answer, and whether that has gone by."""

    days: int
    due_on: date
    is_late: bool


def age(sent_on: date, today: date, *, days: int, holidays: Collection[date]) -> Age:
    """Return the age of what was sent on `sent_on`, where the Office answers within `days` working days.

    >>> age(date(2026, 5, 14), date(2026, 5, 19), days=1, holidays={date(2026, 5, 15)})
    Age(days=2, due_on=datetime.date(2026, 5, 18), is_late=True)
    >>> age(date(2026, 5, 14), date(2026, 5, 18), days=1, holidays={date(2026, 5, 15)}).is_late
    False
    """
    due_on = add_working_days(sent_on, days, holidays)
    return Age(count_working_days(sent_on, today, holidays), due_on, due_on < today)


def late_when_sent_by(today: date, *, days: int, holidays: Collection[date]) -> date:
    """Return the last day on which what was sent is late today.

    >>> late_when_sent_by(date(2026, 5, 19), days=1, holidays={date(2026, 5, 15)})
    datetime.date(2026, 5, 17)
    """
    sent_on = today
    while add_working_days(sent_on, days, holidays) >= today:
        sent_on -= timedelta(days=1)
    return sent_on
