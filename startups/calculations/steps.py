"""How a figure of the ranking came about: the sum that gives it, written out, for the page and for the command."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from startups.calculations.scoring import TOP, Entry, Rule


def plain(value: Decimal | int) -> str:
    """Write a number as it is."""
    return str(value)


def worked(rule: Rule, entry: Entry, lowest: Decimal | None, *, figure: Callable[[Decimal], str] = plain) -> str:
    """Return the sum behind the points of a criterion, "" where there is none. `figure` writes amounts.

    >>> worked(Rule("fit", 30), Entry("A", {"fit": [4, 5, 4]}), None)
    '30 × (4 + 5 + 4) / 3 / 5'
    >>> worked(Rule("fit", 30), Entry("A", {"fit": [4]}), None)
    '30 × 4 / 5'
    >>> worked(Rule("price", 15, is_price=True), Entry("A", {}, Decimal("13990.00")), Decimal("11480.50"))
    '15 × 11480.50 / 13990.00'
    """
    if rule.is_price:
        if entry.offer is None or lowest is None:
            return ""
        return f"{rule.weight} × {figure(lowest)} / {figure(entry.offer)}"
    points = entry.points.get(rule.key, [])
    if not points or (rule.is_pitch and not entry.stays):
        return ""
    return f"{rule.weight} × {_mean(points)} / {TOP}"


def _mean(points: Sequence[int]) -> str:
    if len(points) == 1:
        return str(points[0])
    return f"({' + '.join(map(str, points))}) / {len(points)}"


def lowest_of(entries: Sequence[Entry]) -> Decimal | None:
    """Return the lowest of the offers known, which the price's points are measured by."""
    return min((entry.offer for entry in entries if entry.offer is not None), default=None)
