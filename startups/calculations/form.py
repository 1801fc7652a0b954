"""The form of a proposal: its sections in order, with the most words of each. Short unless the call asks for more."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from challenges.calculations.form import EXTRA

# Sections of the short form, with the most words each may have; 2,500 in all.
SECTIONS: dict[str, tuple[Any, int]] = {
    "title": (_("Title of the proposal"), 20),
    "solution": (_("The solution"), 900),
    "plan": (_("Plan and milestones"), 600),
    "team": (_("Team"), 400),
    "result": (_("Expected result"), 300),
    "risks": (_("Data, intellectual property and risks"), 400),
}
WORDS_IN_ALL = 2_500
LEVEL = "trl"  # chosen from a list, with its text in "maturity": kept as `TRL 6`
ORDER = (
    "title", "fit", "solution", "innovation", LEVEL, "maturity", "plan", "team", "indicators", "result", "privacy",
    "security", "property", "risks", "references",
)  # fmt: skip
# What is left for the last section of the short form where a part of its own asks for the rest.
RISKS = {
    (False, False): SECTIONS["risks"][0],
    (True, False): _("Intellectual property and risks"),
    (False, True): _("Data and risks"),
    (True, True): _("Risks"),
}


def sections_of(extra: Iterable[str]) -> dict[str, tuple[Any, int]]:
    """Return the sections (label, most words) of the form with these parts switched on, in order.

    >>> list(sections_of([])) == list(SECTIONS)
    True
    >>> [key for key in sections_of(["maturity", "property"]) if key not in SECTIONS]
    ['trl', 'maturity', 'property']
    """
    chosen = set(extra)
    found = {**SECTIONS, **{key: EXTRA[key] for key in chosen}}
    if "maturity" in chosen:
        found[LEVEL] = (_("Technology readiness level"), 2)
    found["risks"] = (RISKS["privacy" in chosen, "property" in chosen], SECTIONS["risks"][1])
    return {key: found[key] for key in ORDER if key in found}


def sections_in(texts: Mapping[str, str]) -> dict[str, tuple[Any, int]]:
    """Return the sections of the form that these texts answer."""
    return sections_of(key for key in EXTRA if key in texts)


def words_allowed(extra: Iterable[str]) -> int:
    """Return the most words of all sections together.

    >>> words_allowed([]), words_allowed(["fit", "property"])
    (2500, 3000)
    """
    return WORDS_IN_ALL + sum(EXTRA[key][1] for key in set(extra))


def level_in(text: str) -> int | None:
    """Return the level written in the section `trl`.

    >>> level_in("TRL 6"), level_in(""), level_in("TRL x")
    (6, None, None)
    """
    number = text.removeprefix("TRL ").strip()
    return int(number) if len(number) == 1 and number in "123456789" else None


ALL = {**sections_of(EXTRA), **SECTIONS}  # every section there is, as the short form calls its own
