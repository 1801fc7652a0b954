"""Terms as data: how long, counted how, from when, what happens on a day without office work, and by which law."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    """How a term is counted."""

    CALENDAR = "calendar", _("calendar days")
    WORKING = "working", _("working days")
    HOURS = "hours", _("hours")


class LastDay(models.TextChoices):
    """What happens where a term ends on a Saturday, a Sunday or a holiday."""

    NEXT = "next", _("the next working day")
    BEFORE = "before", _("the working day before")
    SAME = "same", _("that same day")


@dataclass(frozen=True)
class Term:
    """A term in force: `length` in `unit`, counted from `starts` (in words), with its legal `source`."""

    name: str
    length: int
    unit: Unit
    starts: str
    last_day: LastDay
    source: str


# What stands beside each number of `Rules` that is a term, unless its row says otherwise.
DEFAULTS: dict[str, dict[str, str]] = {
    "opening_delay_hours": {
        "unit": "hours", "starts": "cierre del plazo de propuestas", "last_day": "same",
        "source": "Decisión de la Oficina: margen para ampliar tras una incidencia técnica",
    },
    "open_days_minimum": {
        "unit": "calendar", "starts": "apertura del reto", "last_day": "next",
        "source": "Ley 9/2017, art. 136 y disposición adicional 12.ª; el mínimo es decisión de la Oficina",
    },
    "questions_close_days": {
        "unit": "calendar", "starts": "hacia atrás, desde el cierre", "last_day": "before",
        "source": "Ley 9/2017, art. 138.3",
    },
    "answers_due_days": {
        "unit": "calendar", "starts": "hacia atrás, desde el cierre", "last_day": "before",
        "source": "Ley 9/2017, art. 138.3",
    },
    "winner_papers_working_days": {
        "unit": "working", "starts": "propuesta de adjudicación", "last_day": "next",
        "source": "Ley 9/2017, art. 150.2",
    },
    "correction_days": {
        "unit": "calendar", "starts": "petición de subsanación", "last_day": "next",
        "source": "Ley 9/2017, art. 141.2",
    },
    "acceptance_days": {
        "unit": "calendar", "starts": "entrega", "last_day": "next", "source": "Ley 9/2017, art. 198.4",
    },
    "payment_days": {
        "unit": "calendar", "starts": "aceptación o registro de la factura", "last_day": "next",
        "source": "Ley 9/2017, art. 198.4",
    },
    "review_working_days": {
        "unit": "working", "starts": "envío del reto a la Oficina", "last_day": "next",
        "source": "Decisión de la Oficina: compromiso de servicio",
    },
    "recusal_answer_days": {
        "unit": "working", "starts": "recusación", "last_day": "next", "source": "Ley 40/2015, art. 24.3",
    },
    "recusal_decision_days": {
        "unit": "working", "starts": "respuesta de la persona recusada", "last_day": "next",
        "source": "Ley 40/2015, art. 24.4",
    },
}  # fmt: skip


def defaults() -> dict[str, dict[str, str]]:
    """Return a copy of what stands beside each term, for a new row of rules."""
    return {name: dict(said) for name, said in DEFAULTS.items()}


def problems(terms: Any) -> list[str]:
    """Return what is wrong with the terms written in a row of rules, in words."""
    if not isinstance(terms, dict):
        return [str(_("Write one entry for each term."))]
    found = []
    for name, said in terms.items():
        if name not in DEFAULTS:
            found.append(str(_("%(name)s is no term.") % {"name": name}))
        elif not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
            found.append(str(_("%(name)s: write unit, starts, last_day and source as texts.") % {"name": name}))
        elif said.get("unit") not in Unit.values or said.get("last_day") not in LastDay.values:
            found.append(
                str(
                    _("%(name)s: unit is one of %(units)s and last_day one of %(days)s.")
                    % {"name": name, "units": ", ".join(Unit.values), "days": ", ".join(LastDay.values)}
                )
            )
        elif not said.get("source") or not said.get("starts"):
            found.append(str(_("%(name)s: say from when it counts and by which law.") % {"name": name}))
    return found
