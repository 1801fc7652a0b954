"""The days of a call: a proposal to start from, by the rules in force. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from govtech.reference.calculations.calendar import (
    add_calendar_days,
    add_working_days,
    count_working_days,
    is_working_day,
    roll_forward,
)

CLOSING_TIME = time(14, 0)
OPENING_TIME = time(9, 0)
EVALUATION_WORKING_DAYS = 25
AWARD_WORKING_DAYS = 10
START_WORKING_DAYS = 15


def roll_back(day: date, holidays: Collection[date]) -> date:
    """Return `day`, or the working day before it where it isn't one: for what must happen some days *before*.

    >>> roll_back(date(2026, 5, 17), {date(2026, 5, 15)})
    datetime.date(2026, 5, 14)
    """
    while not is_working_day(day, holidays):
        day -= timedelta(days=1)
    return day


def at_time(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """Return the instant of that time of day in the city's zone."""
    return datetime.combine(day, hour, tzinfo=zone)


AUGUST, DECEMBER, JANUARY = 8, 12, 1
CHRISTMAS_BEGINS, CHRISTMAS_ENDS = 22, 7  # of December and of January


def quiet_until(day: date) -> date | None:
    """Return the last day of the August or the Christmas in which `day` falls; None on any other day.

    >>> quiet_until(date(2026, 8, 14)), quiet_until(date(2026, 12, 29)), quiet_until(date(2026, 9, 1))
    (datetime.date(2026, 8, 31), datetime.date(2027, 1, 7), None)
    """
    if day.month == AUGUST:
        return date(day.year, AUGUST, 31)
    if (day.month, day.day) >= (DECEMBER, CHRISTMAS_BEGINS):
        return date(day.year + 1, JANUARY, CHRISTMAS_ENDS)
    if (day.month, day.day) <= (JANUARY, CHRISTMAS_ENDS):
        return date(day.year, JANUARY, CHRISTMAS_ENDS)
    return None


def propose(
    opens_on: date,
    *,
    open_days: int,
    questions_close_days: int,
    answers_due_days: int,
    holidays: Collection[date],
    zone: ZoneInfo,
    closes_on: date | None = None,
) -> dict[str, datetime | date]:
    """Return the whole calendar of a call: forwards from the opening, backwards from the closing.

    Without `closes_on` the call closes `open_days` calendar days after it opens, on a working day (LCSP DA 12); where
    that is in August or around Christmas, so much after it that questions still end when people are back.
    Questions and answers end on working days before the closing; evaluation, award and start count working days.

    >>> days = propose(date(2026, 11, 23), open_days=21, questions_close_days=12, answers_due_days=6,
    ...                holidays={date(2026, 12, 7), date(2026, 12, 8)}, zone=ZoneInfo("Europe/Madrid"))
    >>> days["closes_at"].isoformat(), days["questions_close_at"].isoformat()
    ('2026-12-14T14:00:00+01:00', '2026-12-02T14:00:00+01:00')
    >>> days = propose(date(2027, 7, 19), open_days=21, questions_close_days=12, answers_due_days=6, holidays=set(),
    ...                zone=ZoneInfo("Europe/Madrid"))
    >>> days["closes_at"].isoformat(), days["questions_close_at"].isoformat()
    ('2027-09-13T14:00:00+02:00', '2027-09-01T14:00:00+02:00')
    """
    opens_on = roll_forward(opens_on, holidays)
    if closes_on is None:
        closes_on = add_calendar_days(opens_on, open_days, holidays)
        if quiet := quiet_until(closes_on):
            closes_on = add_calendar_days(quiet, questions_close_days, holidays)
    evaluation_until = add_working_days(closes_on, EVALUATION_WORKING_DAYS, holidays)
    award_until = add_working_days(evaluation_until, AWARD_WORKING_DAYS, holidays)
    return {
        "opens_at": at_time(opens_on, OPENING_TIME, zone),
        "questions_close_at": at_time(
            roll_back(closes_on - timedelta(days=questions_close_days), holidays), CLOSING_TIME, zone
        ),
        "answers_due_at": at_time(
            roll_back(closes_on - timedelta(days=answers_due_days), holidays), CLOSING_TIME, zone
        ),
        "closes_at": at_time(closes_on, CLOSING_TIME, zone),
        "evaluation_until": evaluation_until,
        "award_until": award_until,
        "pilot_starts_on": add_working_days(award_until, START_WORKING_DAYS, holidays),
    }


def later(dates: Mapping[str, date | None], old: date, new: date, *, holidays: Collection[date]) -> dict[str, date]:
    """Return the dates after the closing moved as many working days as the closing did, from day `old` to `new`.

    >>> later({"award_until": date(2026, 5, 14), "pilot_starts_on": None}, date(2026, 5, 4), date(2026, 5, 6),
    ...       holidays={date(2026, 5, 15)})
    {'award_until': datetime.date(2026, 5, 19)}
    """
    days = count_working_days(old, new, holidays)
    return {name: add_working_days(day, days, holidays) for name, day in dates.items() if day is not None}
