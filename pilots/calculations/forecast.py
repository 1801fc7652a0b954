"""What a line will have spent by 31 December, and what of it may lapse. Pure: parts and sums come in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from pilots.calculations.money import ZERO


@dataclass(frozen=True)
class Due:
    """A milestone or delivery that a contract still owes: when, gross euros, accepted or not, and what it is called."""

    due_on: date
    amount: Decimal
    is_accepted: bool
    name: str
    line: int


@dataclass
class Forecast:
    """Of one line. `expected` by month; `at_risk` what is committed and may not be recognised in time, and why."""

    recognised: Decimal
    credit: Decimal
    committed: Decimal
    uncommitted: Decimal
    expected: dict[int, Decimal] = field(default_factory=dict)
    at_risk: list[tuple[str, Decimal, str]] = field(default_factory=list)

    @property
    def expected_sum(self) -> Decimal:
        """Euros that will be recognised by the end of the year, beside what is."""
        return sum(self.expected.values(), ZERO)

    @property
    def at_year_end(self) -> Decimal:
        """Euros recognised by 31 December if nothing slips."""
        return self.recognised + self.expected_sum

    @property
    def risk(self) -> Decimal:
        """Euros committed that may lapse or have to be carried over."""
        return sum((amount for _name, amount, _why in self.at_risk), ZERO)

    @property
    def percent(self) -> Decimal | None:
        """Forecast of what is recognised, of the credit."""
        return self.at_year_end * 100 / self.credit if self.credit else None


def forecast(
    sums: Mapping[str, Decimal], dues: Iterable[Due], *, year: int, today: date, acceptance_days: int
) -> Forecast:
    """Return the forecast of a line from its sums (`credit not_available a d o`) and what its contracts still owe.

    What is accepted is recognised as soon as its invoice comes. What is late, or so near to 31 December that accepting
    it takes until after, is at risk; so is what is committed here with no milestone left in the year.

    >>> sums = {"credit": Decimal(100), "not_available": ZERO, "a": Decimal(70), "d": Decimal(60), "o": Decimal(10)}
    >>> dues = [Due(date(2026, 10, 5), Decimal(20), False, "1", 1), Due(date(2026, 12, 20), Decimal(30), False, "2", 1)]
    >>> found = forecast(sums, dues, year=2026, today=date(2026, 9, 1), acceptance_days=30)
    >>> found.at_year_end, found.risk, found.uncommitted, [why for _name, _amount, why in found.at_risk]
    (Decimal('30.00'), Decimal('30.00'), Decimal('40'), ['near'])
    """
    credit = sums["credit"] - sums["not_available"]
    found = Forecast(sums["o"], credit, sums["d"], credit - sums["d"])
    room = sums["d"] - sums["o"]
    last = date(year, 12, 31)
    for due in sorted(dues, key=lambda one: (not one.is_accepted, one.due_on)):
        amount = min(due.amount, room)
        if amount <= 0 or due.due_on > last:
            continue
        room -= amount
        if due.is_accepted or (due.due_on >= today and due.due_on + timedelta(days=acceptance_days) <= last):
            month = today.month if due.due_on < today and today.year == year else due.due_on.month
            found.expected[month] = found.expected.get(month, ZERO) + amount
        else:
            found.at_risk.append((due.name, amount, "late" if due.due_on < today else "near"))
    if room > 0:
        found.at_risk.append(("", room, "later"))
    found.expected = dict(sorted(found.expected.items()))
    return found
