"""Amounts: VAT, the reserve of a challenge, its split by year. Euros, two decimals, rounded HALF_UP. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from startups.calculations.vat import CENT, gross

ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """Return `amount` in cents, half up.

    >>> rounded(Decimal("2.345"))
    Decimal('2.35')
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def vat_of(net: Decimal, rate: Decimal) -> Decimal:
    """Return the VAT of `net`, so that net and VAT add up to gross.

    >>> vat_of(Decimal("0.03"), Decimal("21"))
    Decimal('0.01')
    """
    return gross(net, rate) - rounded(net)


def milestone_amounts(nets: Sequence[Decimal], rate: Decimal, total_gross: Decimal) -> list[Decimal]:
    """Return the gross of each milestone; the last takes the cents, so that they add up to `total_gross`.

    >>> milestone_amounts([Decimal("33.33"), Decimal("33.33"), Decimal("33.34")], Decimal("21"), Decimal("121.00"))
    [Decimal('40.33'), Decimal('40.33'), Decimal('40.34')]
    >>> milestone_amounts([Decimal("100")], Decimal("21"), Decimal("121.00"))
    [Decimal('121.00')]
    """
    if not nets:
        return []
    first = [gross(net, rate) for net in nets[:-1]]
    return [*first, rounded(total_gross - sum(first, ZERO))]


def reserve(max_net: Decimal, awards: int, rate: Decimal) -> Decimal:
    """Return what a challenge reserves: awards times the gross of the most each may cost.

    >>> reserve(Decimal("14500"), 2, Decimal("21"))
    Decimal('35090.00')
    """
    return awards * gross(max_net, rate)


def estimated_value(max_net: Decimal, awards: int, options_net: Decimal) -> Decimal:
    """Return the estimated value without VAT: all awards and their options (LCSP art. 101.2).

    >>> estimated_value(Decimal("7000"), 2, Decimal("500"))
    Decimal('14500.00')
    """
    return rounded(max_net * awards + options_net)


def acceptance_months(starts_on: date, months: int) -> list[date]:
    """Return the first day of each month in which something is expected to be accepted: one month after the start on.

    >>> acceptance_months(date(2026, 11, 16), 3)
    [datetime.date(2026, 12, 1), datetime.date(2027, 1, 1), datetime.date(2027, 2, 1)]
    """
    first = starts_on.year * 12 + starts_on.month - 1
    return [date((first + i) // 12, (first + i) % 12 + 1, 1) for i in range(1, months + 1)]


def split_by_year(total: Decimal, months: Iterable[date]) -> dict[int, Decimal]:
    """Return `total` in equal parts over the months, added up by year; the last year takes the cents.

    >>> split_by_year(Decimal("100.00"), acceptance_months(date(2026, 10, 1), 3))
    {2026: Decimal('66.67'), 2027: Decimal('33.33')}
    """
    counts = Counter(month.year for month in months)
    years, in_all = sorted(counts), sum(counts.values())
    parts = {year: rounded(total * counts[year] / in_all) for year in years[:-1]}
    return {**parts, years[-1]: total - sum(parts.values(), ZERO)} if years else {}


def public_phases(sums: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the disjoint amounts that the public reads, from `credit not_available rc a d o p`.

    They add up to the credit that may be used.

    >>> line = {"credit": 100, "not_available": 0, "rc": 10, "a": 60, "d": 40, "o": 30, "p": 20}
    >>> public_phases(line)
    {'paid': 20, 'invoiced': 10, 'committed': 10, 'reserved': 30, 'available': 30}
    """
    return {
        "paid": sums["p"],
        "invoiced": sums["o"] - sums["p"],
        "committed": sums["d"] - sums["o"],
        "reserved": sums["rc"] + sums["a"] - sums["d"],
        "available": sums["credit"] - sums["not_available"] - sums["rc"] - sums["a"],
    }


def add_up(rows: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Return the sum of each amount over rows of the same shape.

    >>> add_up([{"a": 1, "b": 2}, {"a": 3, "b": 4}])
    {'a': Decimal('4.00'), 'b': Decimal('6.00')}
    """
    total: dict[str, Decimal] = {}
    for row in rows:
        for key, amount in row.items():
            total[key] = total.get(key, ZERO) + amount
    return total
