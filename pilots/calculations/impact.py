"""The programme's figures of a year, as plain data: what each is, over what it was computed, and what it means."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Part:
    """So many of so many: a share that says what it is a share of."""

    of: int
    n: int = 0

    @property
    def percent(self) -> Decimal | None:
        """Return the share in percent with one decimal, HALF_UP; None of nothing.

        >>> Part(of=3, n=2).percent
        Decimal('66.7')
        >>> Part(of=0).percent
        """
        if not self.of:
            return None
        return (Decimal(self.n) * 100 / self.of).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Spent:
    """Euros of a line or a policy area, VAT included: promised to suppliers, and paid."""

    name: str
    committed: Decimal
    paid: Decimal


@dataclass
class Impact:
    """What a year came to. Days are means of whole days; None where there was nothing to compute."""

    year: int
    challenges: int = 0
    by_area: list[tuple[str, int]] = field(default_factory=list)
    opened: int = 0  # challenges whose proposals were opened
    proposals: int = 0
    smes: Part = field(default_factory=lambda: Part(0))
    startups: Part = field(default_factory=lambda: Part(0))
    awards: int = 0
    awarded_smes: Part = field(default_factory=lambda: Part(0))
    awarded_startups: Part = field(default_factory=lambda: Part(0))
    new_suppliers: Part = field(default_factory=lambda: Part(0))
    days_to_publication: int | None = None
    days_to_award: int | None = None
    days_to_start: int | None = None
    days_to_payment: int | None = None
    on_time: Part = field(default_factory=lambda: Part(0))
    indicators: Part = field(default_factory=lambda: Part(0))
    scaled: Part = field(default_factory=lambda: Part(0))
    by_line: list[Spent] = field(default_factory=list)
    money_by_area: list[Spent] = field(default_factory=list)
    sessions: int = 0
    trained: int = 0
    training_hours: Decimal = ZERO

    @property
    def proposals_per_challenge(self) -> Decimal | None:
        """Return the mean with one decimal, HALF_UP.

        >>> Impact(2026, opened=2, proposals=5).proposals_per_challenge
        Decimal('2.5')
        """
        if not self.opened:
            return None
        return (Decimal(self.proposals) / self.opened).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    @property
    def committed(self) -> Decimal:
        """Return what was promised on all lines."""
        return total(self.by_line, "committed")

    @property
    def paid(self) -> Decimal:
        """Return what was paid on all lines."""
        return total(self.by_line, "paid")


def total(rows: Iterable[Spent], name: str) -> Decimal:
    """Add a column up."""
    return sum((getattr(row, name) for row in rows), start=ZERO)
