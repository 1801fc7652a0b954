"""The forecast of a year from the milestones and deliveries of its contracts. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from govtech.reference.models import Rules
from pilots.calculations.forecast import Due, Forecast, forecast
from pilots.calculations.money import add_up
from pilots.models import BudgetLine, BudgetYear, CommitmentLine, ContractPart, Milestone, MilestoneStatus
from pilots.models.direct import SIGNED

SUMS = ("credit", "not_available", "a", "d", "o")
WHY = {
    "late": gettext_lazy("Late"),
    "near": gettext_lazy("Due so near to 31 December that it may be accepted after it"),
    "later": gettext_lazy("Committed here, and due after this year"),
}


@dataclass(frozen=True)
class LineForecast:
    """A line and its forecast. `risks`: (what, euros, why)."""

    line: BudgetLine
    forecast: Forecast

    @property
    def risks(self) -> list[tuple[str, Any, Any]]:
        """What may lapse, in words."""
        return [(name, amount, WHY[why]) for name, amount, why in self.forecast.at_risk]


def of_year(year: BudgetYear, *, today: date) -> list[LineForecast]:
    """Return the forecast of each line, by code. The same number of queries for any number of contracts."""
    lines = list(year.lines.order_by("code", "pk"))
    dues: dict[int, list[Due]] = {}
    for due in _dues(year):
        dues.setdefault(due.line, []).append(due)
    days = Rules.objects.in_force(today).acceptance_days
    return [
        LineForecast(
            line,
            forecast(
                {name: getattr(line, name) for name in SUMS}, dues.get(line.pk, []), year=year.year, today=today,
                acceptance_days=days,
            ),
        )
        for line in lines
    ]  # fmt: skip


def total_of(rows: list[LineForecast]) -> dict[str, Any]:
    """Return the sums over the lines: credit, recognised, expected, at the year's end, at risk, not committed."""
    return add_up(
        {
            "credit": row.forecast.credit,
            "recognised": row.forecast.recognised,
            "expected": row.forecast.expected_sum,
            "at_year_end": row.forecast.at_year_end,
            "risk": row.forecast.risk,
            "uncommitted": row.forecast.uncommitted,
        }
        for row in rows
    )


def _dues(year: BudgetYear) -> Iterator[Due]:
    """Yield what the contracts with money in the year still owe, on the line that pays it."""
    rows = CommitmentLine.objects.filter(line__budget_year=year, d__gt=0)
    line_of = dict(rows.order_by("-line__code").values_list("commitment", "line"))
    milestones = Milestone.objects.filter(pilot__award__commitment__in=line_of, o=0)
    milestones = milestones.exclude(status=MilestoneStatus.CANCELLED).select_related("pilot").order_by("due_on", "pk")
    columns = ("due_on", "amount_gross", "status", "pilot__reference", "title", "pilot__award__commitment")
    for due_on, amount, status, reference, title, commitment in milestones.values_list(*columns):
        is_accepted = status == MilestoneStatus.ACCEPTED
        yield Due(due_on, amount, is_accepted, f"{reference}: {title}", line_of[commitment])
    parts = ContractPart.objects.filter(
        contract__commitment__in=line_of, contract__status__in=SIGNED, o=0, is_cancelled=False
    )
    columns = ("due_on", "amount_gross", "accepted_at", "contract__reference", "title", "contract__commitment")
    for due_on, amount, accepted_at, reference, title, commitment in parts.order_by("due_on", "pk").values_list(
        *columns
    ):
        yield Due(due_on, amount, accepted_at is not None, f"{reference}: {title}", line_of[commitment])
