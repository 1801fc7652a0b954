"""The check list before handing in, in words."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.errors import DomainError
from govtech.shell.words import euros, number
from startups.calculations import completeness
from startups.calculations.form import LEVEL, level_in, sections_of, words_allowed

PRICE = "price"
LONGEST_PILOT_MONTHS = 12


@dataclass(frozen=True)
class Check:
    """One line of the check list: "ok", "stop" or "advice", and the part of the form it is about."""

    level: str
    text: str
    part: str


def months_of(challenge: Challenge) -> int:
    """Return how many months the pilot may last."""
    return challenge.duration_months or LONGEST_PILOT_MONTHS


def checks(challenge: Challenge, sections: dict[str, str], price: dict[str, Any]) -> list[Check]:
    """Return what is in order and what stops the proposal from being handed in."""
    form = sections_of(challenge.form_sections)
    found = [_section_check(key, sections.get(key, ""), *form[key]) for key in form if key != LEVEL]
    if LEVEL in form:
        found.append(_level_check(challenge, sections.get(LEVEL, "")))
    total, most = completeness.words_in_all(sections), words_allowed(challenge.form_sections)
    if total > most:
        found.append(
            Check(
                "stop",
                _("All sections together have %(used)s words and %(most)s is the most.")
                % {"used": number(total), "most": number(most)},
                "solution",
            )
        )
    return found + _price_checks(challenge, price)


def checks_of_coming(files: list[tuple[str, int]]) -> list[Check]:
    """Say of each file on its way, name and per cent, that it isn't part yet. It stops nothing: it may come later."""
    text = _("«%(name)s» is still on its way (%(percent)s %%): it isn't part yet.")
    return [Check("advice", text % {"name": name, "percent": percent}, "files") for name, percent in files]


def check_complete(challenge: Challenge, sections: dict[str, str], price: dict[str, Any]) -> None:
    """Raise DomainError naming everything that stops."""
    stops = [check.text for check in checks(challenge, sections, price) if check.level == "stop"]
    if stops:
        raise DomainError(" ".join(stops))


def _level_check(challenge: Challenge, text: str) -> Check:
    level, least = level_in(text), challenge.minimum_trl or 0
    if level is None:
        return Check("stop", _("The technology readiness level is missing."), LEVEL)
    if level < least:
        text = _("The solution is at TRL %(level)s and the call asks for %(least)s or more.")
        return Check("stop", text % {"level": level, "least": least}, LEVEL)
    return Check("ok", _("The technology readiness level is chosen."), LEVEL)


def _section_check(key: str, text: str, label: Any, most: int) -> Check:
    problem = completeness.section_problem(text, most)
    if problem == "missing":
        return Check("stop", _("«%(section)s» is empty.") % {"section": label}, key)
    if problem == "long":
        words = {"section": label, "used": number(completeness.count_words(text)), "most": number(most)}
        return Check("stop", _("«%(section)s» has %(used)s words and %(most)s is the most.") % words, key)
    return Check("ok", _("«%(section)s» is written.") % {"section": label}, key)


def _price_checks(challenge: Challenge, price: dict[str, Any]) -> list[Check]:
    maximum = challenge.max_amount_net or Decimal(0)
    months = months_of(challenge)
    problems = completeness.price_problems(price, maximum=maximum, months=months)
    if not problems:
        return [Check("ok", _("The price is under the maximum and the milestones add up to it."), PRICE)]
    amount = Decimal(price.get("amount_net") or 0)
    rows = completeness.sum_of(price.get("milestones") or [])
    texts = {
        "missing": _("The price is missing."),
        "zero": _("The price must be over zero."),
        "over": _("The price is %(price)s and the most this challenge pays is %(most)s, without VAT.")
        % {"price": euros(amount), "most": euros(maximum)},
        "milestones": _("There is no milestone yet: what is delivered, when, and for how much."),
        "rows": _("A milestone lacks something: title, what is delivered, when it counts as accepted, month, amount."),
        "month": _("A milestone falls outside the pilot, which lasts %(months)s months.") % {"months": months},
        "sum": _("The milestones add up to %(sum)s and the price is %(price)s. They must be equal.")
        % {"sum": euros(rows), "price": euros(amount)},
    }
    return [Check("stop", texts[problem], PRICE) for problem in problems]
