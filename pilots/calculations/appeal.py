"""Until when a resolution can be contested, and for how long nothing is signed meanwhile. Pure: holidays come in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from govtech.reference.calculations.calendar import add_months, add_working_days, roll_forward

SPECIAL_APPEAL_OVER = Decimal(100_000)  # euros without VAT, services (LCSP art. 44.1.a)
STANDSTILL_WORKING_DAYS = 15  # LCSP arts. 50.1 and 153.3
ANSWER_MONTHS = 1  # L39 art. 124.2
AUGUST = 8


@dataclass(frozen=True)
class Terms:
    """The last days to contest it, and of the standstill where there is one.

    Either `review_until`, of the request to the same body, or `special_until`, of the special appeal before the
    administrative tribunal, which leaves no room for the other (LCSP art. 44.5).
    """

    counted_from: date
    review_until: date | None
    court_until: date
    special_until: date | None
    standstill_until: date | None


def terms(notified_on: date, estimated_value: Decimal, holidays: Collection[date]) -> Terms:
    """Return the terms that run from a notification (L39 arts. 30.4, 30.5, 124.1; Law 29/1998 arts. 46.1, 128.2).

    >>> terms(date(2026, 3, 30), Decimal("14000"), set())
    Terms(counted_from=datetime.date(2026, 3, 30), review_until=datetime.date(2026, 4, 30), \
court_until=datetime.date(2026, 6, 1), special_until=None, standstill_until=None)
    >>> found = terms(date(2026, 3, 2), Decimal("120000"), {date(2026, 3, 19)})
    >>> found.standstill_until, found.special_until, found.review_until
    (datetime.date(2026, 3, 24), datetime.date(2026, 3, 24), None)
    """
    special = None
    if estimated_value > SPECIAL_APPEAL_OVER:
        special = add_working_days(notified_on, STANDSTILL_WORKING_DAYS, holidays)
    return Terms(
        counted_from=notified_on,
        review_until=None if special else roll_forward(add_months(notified_on, 1), holidays),
        court_until=roll_forward(_court(notified_on), holidays),
        special_until=special,
        standstill_until=special,
    )


def _court(notified_on: date) -> date:
    """Return the day two months later; August doesn't count (Law 29/1998, art. 128.2).

    >>> _court(date(2026, 7, 10)), _court(date(2026, 8, 10)), _court(date(2026, 9, 1))
    (datetime.date(2026, 10, 10), datetime.date(2026, 10, 31), datetime.date(2026, 11, 1))
    """
    if notified_on.month == AUGUST:
        return add_months(date(notified_on.year, AUGUST, 31), 2)
    return add_months(notified_on, 3 if notified_on.month in (AUGUST - 2, AUGUST - 1) else 2)


def answer_until(lodged_on: date, holidays: Collection[date]) -> date:
    """Return the last day to answer a request to review: one month (L39 art. 124.2).

    >>> answer_until(date(2026, 4, 1), {date(2026, 5, 1)})
    datetime.date(2026, 5, 4)
    """
    return roll_forward(add_months(lodged_on, ANSWER_MONTHS), holidays)
