"""Months and quarters in which a planned challenge is expected. Pure.

A month is written "2027-03", a quarter "2027-Q1".
"""

from calendar import monthrange
from datetime import date

MONTHS, QUARTERS = 12, 6  # ahead, to choose from


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day. ValueError where it is neither month nor quarter.

    >>> days_of("2027-Q1")
    (datetime.date(2027, 1, 1), datetime.date(2027, 3, 31))
    >>> days_of("2027-02")
    (datetime.date(2027, 2, 1), datetime.date(2027, 2, 28))
    """
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        first, last = int(part[1:]) * 3 - 2, int(part[1:]) * 3
    else:
        first = last = int(part)
    return date(int(year), first, 1), date(int(year), last, monthrange(int(year), last)[1])


def written(first: date, last: date) -> str:
    """Return the month or quarter between two days.

    >>> written(date(2027, 4, 1), date(2027, 6, 30))
    '2027-Q2'
    >>> written(date(2027, 4, 1), date(2027, 4, 30))
    '2027-04'
    """
    return f"{first:%Y-%m}" if first.month == last.month else f"{first.year}-Q{(first.month + 2) // 3}"


def ahead(day: date) -> tuple[list[str], list[str]]:
    """Return the months and the quarters to choose from on a day, that of the day included.

    >>> [periods[:2] for periods in ahead(date(2026, 12, 5))]
    [['2026-12', '2027-01'], ['2026-Q4', '2027-Q1']]
    """
    month = day.year * 12 + day.month - 1
    quarter = month // 3
    months = [f"{number // 12}-{number % 12 + 1:02}" for number in range(month, month + MONTHS)]
    quarters = [f"{number // 4}-Q{number % 4 + 1}" for number in range(quarter, quarter + QUARTERS)]
    return months, quarters
