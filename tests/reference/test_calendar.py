"""Days as the law counts them."""

import doctest
from datetime import date

import pytest

from govtech.reference.calculations import calendar

SAN_ISIDRO = date(2026, 5, 15)  # a Friday


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(calendar).failed == 0


@pytest.mark.parametrize(
    ("start", "days", "holidays", "last"),
    [
        (date(2026, 5, 13), 0, set(), date(2026, 5, 13)),
        (date(2026, 5, 13), 1, set(), date(2026, 5, 14)),
        (date(2026, 5, 14), 1, {SAN_ISIDRO}, date(2026, 5, 18)),
        (date(2026, 5, 15), 1, {SAN_ISIDRO}, date(2026, 5, 18)),  # notice on a holiday: counting starts after it
        (date(2026, 5, 16), 1, {SAN_ISIDRO}, date(2026, 5, 18)),  # notice on a Saturday
        (date(2026, 5, 11), 10, {SAN_ISIDRO}, date(2026, 5, 26)),
        (date(2026, 12, 30), 1, {date(2027, 1, 1)}, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, {date(2027, 1, 1)}, date(2027, 1, 4)),
        (date(2026, 3, 27), 2, set(), date(2026, 3, 31)),  # the night the clock moves is a night like any other
    ],
)
def test_working_days_start_after_the_notice_and_skip_what_is_not_worked(
    start: date, days: int, holidays: set[date], last: date
) -> None:
    assert calendar.add_working_days(start, days, holidays) == last


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (date(2026, 5, 1), 12, date(2026, 5, 13)),
        (date(2026, 5, 1), 14, date(2026, 5, 18)),  # ends on San Isidro, then a weekend
        (date(2026, 5, 1), 16, date(2026, 5, 18)),  # ends on a Sunday
    ],
)
def test_calendar_days_end_on_a_working_day(start: date, days: int, last: date) -> None:
    assert calendar.add_calendar_days(start, days, {SAN_ISIDRO}) == last


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_keep_the_day_or_take_the_last(start: date, months: int, last: date) -> None:
    assert calendar.add_months(start, months) == last


def test_a_negative_term_is_a_bug() -> None:
    with pytest.raises(ValueError):
        calendar.add_working_days(SAN_ISIDRO, -1, set())
    with pytest.raises(ValueError):
        calendar.add_calendar_days(SAN_ISIDRO, -1, set())
