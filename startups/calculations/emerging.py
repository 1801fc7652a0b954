"""The conditions of an *empresa emergente* (Ley 28/2022, arts. 3, 4 and 6), each met, not met or not said. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

YEARS, LONG_YEARS = 5, 7  # since its registration; biotechnology, energy, industry, strategic sectors, own technology
MOST_TURNOVER = Decimal(10_000_000)
ANSWERED = ("is_new", "keeps_profits", "is_unlisted", "is_in_spain", "staff_in_spain", "is_innovative")


def years_after(day: date, years: int) -> date:
    """Return the same day `years` later; 28 February for a 29 that isn't.

    >>> years_after(date(2024, 2, 29), 5)
    datetime.date(2029, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def is_young(founded_on: date | None, *, long_sector: bool | None, on: date) -> bool | None:
    """Say whether it is young enough; None where the day isn't known, or only the sector decides and wasn't said.

    >>> born = date(2020, 1, 1)
    >>> [is_young(born, long_sector=sector, on=date(2026, 1, 1)) for sector in (True, False, None)]
    [True, False, None]
    >>> is_young(born, long_sector=None, on=date(2025, 1, 1)), is_young(born, long_sector=True, on=date(2027, 1, 2))
    (True, False)
    """
    if founded_on is None:
        return None
    if on <= years_after(founded_on, YEARS):
        return True
    if on > years_after(founded_on, LONG_YEARS):
        return False
    return long_sector


def conditions(
    answers: Mapping[str, bool | None],
    *,
    founded_on: date | None,
    in_group: bool | None,
    turnover: Decimal | None,
    on: date,
) -> dict[str, bool | None]:
    """Return each condition by its key, in the order of the law.

    Its group is by control (Código de Comercio, art. 42). `in_group`, of its size, is wider: who is autonomous is in
    none, an investor of 30 % makes none.
    """
    controlled = answers.get("in_control_group")
    if controlled is None and in_group is False:
        controlled = False
    return {
        "young": is_young(founded_on, long_sector=answers.get("long_sector"), on=on),
        **{name: answers.get(name) for name in ANSWERED[:-1]},
        "group_meets": answers.get("group_meets") if controlled else None if controlled is None else True,
        "turnover": None if turnover is None else turnover <= MOST_TURNOVER,
        "is_innovative": answers.get("is_innovative"),
    }


def verdict(found: Mapping[str, bool | None], *, is_certified: bool) -> str:
    """Return "no" where one isn't met, "unsaid" where one wasn't answered, else "certified" or "declared".

    >>> verdict({"a": True, "b": None}, is_certified=True), verdict({"a": False, "b": None}, is_certified=True)
    ('unsaid', 'no')
    >>> verdict({"a": True}, is_certified=False), verdict({"a": True}, is_certified=True)
    ('declared', 'certified')
    """
    if False in found.values():
        return "no"
    if None in found.values():
        return "unsaid"
    return "certified" if is_certified else "declared"
