"""A pilot's calendar and money by year. Pure: holidays and terms come in."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from govtech.reference.calculations.calendar import add_calendar_days, add_months, roll_forward
from pilots.calculations.money import ZERO

LONGEST_MONTHS = 12  # a minor contract (LCSP art. 29.8)


def milestone_dates(starts_on: date, months: Sequence[int], holidays: Collection[date]) -> list[date]:
    """Return when each milestone is due: that many months after the start, on a working day.

    >>> milestone_dates(date(2026, 1, 31), [1, 4], set())
    [datetime.date(2026, 3, 2), datetime.date(2026, 6, 1)]
    """
    return [roll_forward(add_months(starts_on, month), holidays) for month in months]


def moved(due_on: date, days: int, holidays: Collection[date]) -> date:
    """Return a due date moved by as many days as the start was, on a working day.

    >>> moved(date(2026, 3, 2), 5, set())
    datetime.date(2026, 3, 9)
    """
    return roll_forward(due_on + timedelta(days=days), holidays)


def ends_on(starts_on: date, months: int) -> date:
    """Return the last day of a pilot of so many months: at most a year for a minor contract (LCSP art. 29.8).

    >>> ends_on(date(2026, 1, 15), 12)
    datetime.date(2027, 1, 14)
    """
    return add_months(starts_on, months) - timedelta(days=1)


def month_of(starts_on: date, ends_on: date, today: date) -> tuple[int, int]:
    """Return (which month of the pilot it is, of how many), for `mes 5 de 6`.

    >>> month_of(date(2026, 3, 1), date(2026, 8, 31), date(2026, 7, 10))
    (5, 6)
    """
    months = max(_months_begun(starts_on, ends_on), 1)
    return min(max(_months_begun(starts_on, today), 1), months), months


def _months_begun(start: date, day: date) -> int:
    anniversary = min(start.day, monthrange(day.year, day.month)[1])
    return (day.year - start.year) * 12 + day.month - start.month + (1 if day.day >= anniversary else 0)


def by_year(parts: Iterable[tuple[date, Decimal]]) -> dict[int, Decimal]:
    """Return euros by the year in which each part is due: the annuities of a contract.

    >>> by_year([(date(2026, 11, 2), Decimal("100.00")), (date(2027, 2, 1), Decimal("50.10"))])
    {2026: Decimal('100.00'), 2027: Decimal('50.10')}
    """
    years: dict[int, Decimal] = {}
    for due_on, amount in parts:
        years[due_on.year] = years.get(due_on.year, ZERO) + amount
    return dict(sorted(years.items()))


def allot(amount: Decimal, rooms: Mapping[int, Decimal]) -> tuple[dict[int, Decimal], Decimal]:
    """Spread `amount` over places with so much room each, in order; return what goes where, and what didn't fit.

    >>> allot(Decimal(10), {1: Decimal(4), 2: Decimal(0), 3: Decimal(20)})
    ({1: Decimal('4'), 3: Decimal('6')}, Decimal('0'))
    >>> allot(Decimal(5), {1: Decimal(3)})
    ({1: Decimal('3')}, Decimal('2'))
    """
    parts: dict[int, Decimal] = {}
    for place, room in rooms.items():
        part = min(amount, room)
        if part > 0:
            parts[place] = part
            amount -= part
    return parts, amount


def pay_by(accepted_on: date, received_on: date, days: int, holidays: Collection[date]) -> date:
    """Return the last day to pay: so many days after acceptance or receipt, whichever is later (LCSP art. 198.4).

    A working day (DA 12).

    >>> pay_by(date(2026, 7, 10), date(2026, 7, 1), 30, set())
    datetime.date(2026, 8, 10)
    """
    return add_calendar_days(max(accepted_on, received_on), days, holidays)


def mean_days(spans: Iterable[tuple[date, date]]) -> int | None:
    """Return the mean number of days between the two dates of each span, HALF_UP; None without any.

    >>> mean_days([(date(2026, 3, 3), date(2026, 3, 20)), (date(2026, 5, 8), date(2026, 5, 29))])
    19
    >>> mean_days([])
    """
    days = [(later - earlier).days for earlier, later in spans]
    if not days:
        return None
    return int((Decimal(sum(days)) / len(days)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
