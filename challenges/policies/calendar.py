"""What a calendar must respect: order, working days, and the least time to prepare a proposal."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.calculations import calendar
from challenges.models.challenge import Challenge
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.calculations.calendar import is_working_day, roll_forward
from govtech.reference.models import Holiday, Rules
from govtech.shell import words

# Terms that may not end on a Saturday, Sunday or holiday.
DEADLINES = {
    "questions_close_at": gettext_lazy("questions until"),
    "answers_due_at": gettext_lazy("answers until"),
    "closes_at": gettext_lazy("closes"),
    "evaluation_until": gettext_lazy("evaluation until"),
    "award_until": gettext_lazy("award until"),
}
ALL_TERMS = {**DEADLINES, "pilot_starts_on": gettext_lazy("pilot starts")}
# Each day and the one it must come after, with the words when it doesn't.
ORDER = (
    ("closes_at", "opens_at", gettext_lazy("The call must close after it opens. Choose a later day.")),
    (
        "questions_close_at",
        "opens_at",
        gettext_lazy("Questions must end after the call opens. Choose a later day."),
    ),
    (
        "answers_due_at",
        "questions_close_at",
        gettext_lazy("Answers come after the questions. Choose a day after the end of the questions."),
    ),
    (
        "closes_at",
        "answers_due_at",
        gettext_lazy("The call must close after the last answer, so that companies can use it."),
    ),
    ("evaluation_until", "closes_at", gettext_lazy("The evaluation ends after the call closes.")),
    ("award_until", "evaluation_until", gettext_lazy("The award comes after the evaluation.")),
    ("pilot_starts_on", "award_until", gettext_lazy("The pilot starts after the award.")),
)


def _day(value: date | datetime) -> date:
    return local_date(value) if isinstance(value, datetime) else value


def working_day_problem(value: date | datetime, holidays: Mapping[date, str]) -> str:
    """Return why a term can't end on that day, or nothing. `holidays` gives the name of each."""
    day = _day(value)
    if is_working_day(day, holidays):
        return ""
    if day in holidays:
        return _("%(day)s is a holiday (%(name)s). Choose a working day.") % {
            "day": words.formatted(day, "day"),
            "name": holidays[day],
        }
    return _("%(day)s is a Saturday or a Sunday. Choose a working day.") % {"day": words.formatted(day, "day")}


def holiday_names() -> dict[date, str]:
    """Return the city's holidays with their names."""
    return dict(Holiday.objects.values_list("on", "name"))


def problems(
    days: Mapping[str, Any], *, rules: Rules, holidays: Mapping[date, str], at: datetime
) -> list[tuple[str, str]]:
    """Return (field, what is wrong and the way out) for the days given; absent ones are not looked at."""
    found = []
    opens_at, closes_at = days.get("opens_at"), days.get("closes_at")
    if opens_at and _day(opens_at) < local_date(at):
        found.append(("opens_at", _("The call can't open in the past. Choose today or later.")))
    for later, earlier, words_ in ORDER:
        first, second = days.get(earlier), days.get(later)
        if first and second and not _is_after(second, first):
            found.append((later, str(words_)))
    for name in DEADLINES:
        problem = working_day_problem(days[name], holidays) if days.get(name) else ""
        if problem:
            found.append((name, problem))
    if opens_at and closes_at and opens_at < closes_at:
        open_days = (_day(closes_at) - _day(opens_at)).days
        if open_days < rules.open_days_minimum:
            found.append(
                (
                    "closes_at",
                    _("The call would be open %(days)s days and the minimum is %(minimum)s. Close on %(day)s or later.")
                    % {
                        "days": open_days,
                        "minimum": rules.open_days_minimum,
                        "day": words.formatted(_day(opens_at) + timedelta(days=rules.open_days_minimum), "day"),
                    },
                )
            )
    return found


def _is_after(second: date | datetime, first: date | datetime) -> bool:
    if isinstance(second, datetime) and isinstance(first, datetime):
        return second > first
    return _day(second) >= _day(first)


# Days that come after the closing, and move with it when asked.
LATER = ("evaluation_until", "award_until", "pilot_starts_on")


def later_dates(challenge: Challenge, closes_at: datetime) -> dict[str, date]:
    """Return evaluation, award and start moved as many working days as the closing moves to `closes_at`."""
    if challenge.closes_at is None:
        return {}
    return calendar.later(
        {name: getattr(challenge, name) for name in LATER},
        local_date(challenge.closes_at),
        local_date(closes_at),
        holidays=Holiday.objects.dates(),
    )


def answers_due(
    challenge: Challenge, questions_close_at: datetime, *, closes_at: datetime, at: datetime
) -> datetime | None:
    """Return when answers are due in a call that takes questions until then and closes at `closes_at`.

    As it is, or as many days before the closing as the rules say (LCSP art. 138.3) where questions would end later.
    Raises DomainError where that leaves no time to answer.
    """
    current = challenge.answers_due_at
    latest = current or closes_at
    if current is not None and current <= questions_close_at:
        days = Rules.objects.in_force(local_date(at)).answers_due_days
        zone = ZoneInfo(settings.TIME_ZONE)
        day = calendar.roll_back(local_date(closes_at) - timedelta(days=days), Holiday.objects.dates())
        latest = calendar.at_time(day, current.astimezone(zone).time(), zone)
    if questions_close_at >= latest:
        raise DomainError(
            _("Questions must end before the answers are due: before %(when)s if the call closes on that day.")
            % {"when": words.formatted(latest, "when")},
            field="questions_close_at",
        )
    return latest if current is not None else None


def in_words(challenge: Challenge, names: Iterable[str]) -> str:
    """Return the terms of a call by name, one a line, in the city's language: what a published notice keeps."""
    with translation.override(settings.LANGUAGE_CODE):
        lines = []
        for name in ALL_TERMS:
            value = getattr(challenge, name)
            if name in names and value is not None:
                shown = words.formatted(value, "when" if isinstance(value, datetime) else "day")
                lines.append(f"{ALL_TERMS[name]}: {shown}".capitalize())
        return "\n".join(lines)


def at_or_after(least: datetime, *, like: datetime) -> datetime:
    """Return the first instant from `least` on that falls on a working day at the same hour in the city as `like`."""
    zone = ZoneInfo(settings.TIME_ZONE)
    hour = like.astimezone(zone).time()
    day, holidays = local_date(least), Holiday.objects.dates()
    while True:
        day = roll_forward(day, holidays)
        found = datetime.combine(day, hour, tzinfo=zone)
        if found >= least:
            return found
        day += timedelta(days=1)
