"""What a panel looks at before it agrees: who is far from the others, who is severe, whether it changes anything. Pure.

All of it is advice. What counts are the scores of the members, or those that a session agreed on.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from startups.calculations.scoring import TOP, half_up

Cell = tuple[Hashable, Hashable]  # proposal, criterion
Given = Mapping[Cell, Mapping[Hashable, int]]  # points of each member by (proposal, criterion)

FAR = 2  # points from the middle of the others


def mean(points: Iterable[int]) -> Fraction:
    """Return the exact mean.

    >>> mean([4, 3, 4])
    Fraction(11, 3)
    """
    points = list(points)
    return Fraction(sum(points), len(points))


def far_off(points: Mapping[Hashable, int]) -> set[Hashable]:
    """Return the members two points or more from the mean of the others. Of two people nobody is.

    >>> far_off({"ana": 1, "luis": 4, "eva": 4})
    {'ana'}
    >>> far_off({"ana": 1, "luis": 4}), far_off({"ana": 3, "luis": 4, "eva": 5})
    (set(), set())
    """
    if len(points) < 3:  # noqa: PLR2004 - of two, each is as far from the other
        return set()
    total = sum(points.values())
    return {member for member, own in points.items() if abs(own - Fraction(total - own, len(points) - 1)) >= FAR}


def severity(given: Given) -> dict[Hashable, Fraction]:
    """Return how many points each member gives over (+) or under (-) the others, on what both scored. Exact.

    >>> given = {("P", "fit"): {"ana": 2, "luis": 4, "eva": 4}, ("Q", "fit"): {"ana": 3, "luis": 4}}
    >>> {member: str(value) for member, value in severity(given).items()}
    {'ana': '-3/2', 'luis': '1', 'eva': '1'}
    """
    found: dict[Hashable, list[Fraction]] = defaultdict(list)
    for points in given.values():
        total = sum(points.values())
        for member, own in points.items():
            if len(points) > 1:
                found[member].append(own - Fraction(total - own, len(points) - 1))
    return {member: sum(values, Fraction(0)) / len(values) for member, values in found.items()}


@dataclass(frozen=True)
class Standing:
    """A proposal's judgement points: as given, with what was agreed, and with each member's severity taken off.

    `place` goes with `agreed`, `given_place` and `levelled_place` with theirs. Levelled points are advice only.
    """

    proposal: Hashable
    given: Decimal
    agreed: Decimal
    levelled: Decimal
    given_place: int
    place: int
    levelled_place: int


def standings(
    weights: Mapping[Hashable, int], given: Given, agreed: Mapping[Cell, int], proposals: Sequence[Hashable]
) -> list[Standing]:
    """Return where the proposals stand, the best first by what counts. Those without all points are left out.

    >>> given = {("P", "fit"): {"ana": 1, "luis": 5}, ("Q", "fit"): {"ana": 3, "luis": 4}}
    >>> for row in standings({"fit": 100}, given, {("P", "fit"): 5}, ["P", "Q"]):
    ...     print(row.proposal, row.given, row.agreed, row.levelled, row.given_place, row.place, row.levelled_place)
    P 60.00 100.00 60.00 2 1 2
    Q 70.00 70.00 70.00 1 2 1
    """
    severe = severity(given)
    whole = [key for key in proposals if all(given.get((key, criterion)) for criterion in weights)]
    columns: list[dict[Hashable, Decimal]] = [{}, {}, {}]
    for key in whole:
        cells = {criterion: given[key, criterion] for criterion in weights}
        raw = {criterion: mean(points.values()) for criterion, points in cells.items()}
        settled = {criterion: Fraction(agreed.get((key, criterion), raw[criterion])) for criterion in weights}
        even = {
            criterion: sum((own - severe.get(member, Fraction(0)) for member, own in points.items()), Fraction(0))
            / len(points)
            for criterion, points in cells.items()
        }
        variants: list[dict[Hashable, Fraction]] = [raw, settled, even]
        for column, values in zip(columns, variants, strict=True):
            column[key] = sum(
                (half_up(weight * max(values[criterion], Fraction(0)) / TOP) for criterion, weight in weights.items()),
                Decimal("0.00"),
            )
    raw_of, settled_of, even_of = columns
    raw_places, places, even_places = (_places(column) for column in columns)
    rows = [
        Standing(key, raw_of[key], settled_of[key], even_of[key], raw_places[key], places[key], even_places[key])
        for key in whole
    ]
    return sorted(rows, key=lambda row: row.place)


def _places(totals: Mapping[Hashable, Decimal]) -> dict[Hashable, int]:
    """Return the place of each, the same for equal totals.

    >>> _places({"a": Decimal(5), "b": Decimal(7), "c": Decimal(5)})
    {'a': 2, 'b': 1, 'c': 2}
    """
    return {key: 1 + sum(other > total for other in totals.values()) for key, total in totals.items()}
