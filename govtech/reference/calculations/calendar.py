"""Days as the law counts them. Pure: holidays come in as a set of dates (`Holiday.objects.dates()`).

Two rules live side by side. Ley 39/2015, art. 30: terms in working days leave out Saturdays, Sundays and holidays and
start the day after the notice. Ley 9/2017 (LCSP), DA 12: terms are calendar days unless it says otherwise, and one that
ends on a non-working day ends on the next working day.
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether `day` is neither Saturday, Sunday nor holiday (Ley 39/2015, art. 30.2).

    >>> is_working_day(date(2026, 5, 14), set())
    True
    >>> is_working_day(date(2026, 5, 15), {date(2026, 5, 15)})  # San Isidro
    False
    >>> is_working_day(date(2026, 5, 16), set())  # a Saturday
    False
    """
    return day.weekday() < SATURDAY and day not in holidays


def roll_forward(day: date, holidays: Collection[date]) -> date:
    """Return `day`, or the next working day where it isn't one (Ley 39/2015, art. 30.5; LCSP, DA 12).

    >>> roll_forward(date(2026, 5, 15), {date(2026, 5, 15)})
    datetime.date(2026, 5, 18)
    >>> roll_forward(date(2026, 5, 18), {date(2026, 5, 15)})
    datetime.date(2026, 5, 18)
    """
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def add_working_days(start: date, n: int, holidays: Collection[date]) -> date:
    """Return the last day of a term of `n` working days that runs from a notice on `start`.

    The first day counted is the one after `start` (Ley 39/2015, art. 30.2 and 30.3). Raises `ValueError` if `n` is
    negative; with 0 it returns `start` itself.

    >>> add_working_days(date(2026, 5, 14), 1, {date(2026, 5, 15)})
    datetime.date(2026, 5, 18)
    >>> add_working_days(date(2026, 12, 18), 10, {date(2026, 12, 25), date(2027, 1, 1)})
    datetime.date(2027, 1, 5)
    """
    if n < 0:
        raise ValueError("A term has no negative days.")
    day = start
    for _ in range(n):
        day = roll_forward(day + timedelta(days=1), holidays)
    return day


def count_working_days(start: date, end: date, holidays: Collection[date]) -> int:
    """Return how many working days have passed at the end of `end` since a notice on `start`, the first not counted.

    The twin of `add_working_days`: what ends after `n` working days has that age on its last day.

    >>> count_working_days(date(2026, 5, 14), date(2026, 5, 18), {date(2026, 5, 15)})
    1
    >>> count_working_days(date(2026, 5, 14), date(2026, 5, 14), set())
    0
    """
    days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
    return sum(is_working_day(day, holidays) for day in days)


def add_calendar_days(start: date, n: int, holidays: Collection[date]) -> date:
    """Return the last day of a term of `n` calendar days from a notice on `start` (LCSP, DA 12).

    >>> add_calendar_days(date(2026, 5, 1), 14, {date(2026, 5, 15)})
    datetime.date(2026, 5, 18)
    """
    if n < 0:
        raise ValueError("A term has no negative days.")
    return roll_forward(start + timedelta(days=n), holidays)


def add_months(start: date, n: int) -> date:
    """Return the same day `n` months later, or the last of that month where it has none (Ley 39/2015, art. 30.4).

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    >>> add_months(date(2026, 11, 15), 12)
    datetime.date(2027, 11, 15)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
