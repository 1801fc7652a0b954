"""What scores come to: points, thresholds, order. Pure and exact; `reproduce_ranking` runs it again on the record.

By hand, to the last decimal: docs/worked-example.md. In short, two criteria of judgement (fit 60, idea 20), price 20,
pass mark 60:
Proposal A: fit 4 4 5, idea 3 3 4, 14 000 €. Proposal B: fit 4 3 4, idea 5 5 5, 12 600 €.

>>> fit, idea, price = Rule("fit", 60), Rule("idea", 20), Rule("price", 20, is_price=True)
>>> a = Entry("A", {"fit": [4, 4, 5], "idea": [3, 3, 4]}, Decimal("14000.00"))
>>> b = Entry("B", {"fit": [4, 3, 4], "idea": [5, 5, 5]}, Decimal("12600.00"))
>>> for place in ranking([fit, idea, price], [a, b], pass_mark=Decimal(60), seed="00"):
...     print(place.rank, place.key, place.judgement, place.price, place.total)
1 B 64.00 20.00 84.00
2 A 65.33 18.00 83.33
"""

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

TOP = 5  # points of the scale
PRICE, DRAW = "price", "draw"


@dataclass(frozen=True)
class Rule:
    """A criterion of the call: its key, weight in percent, least weighted points, and who gives its points.

    Neither price nor presentation: the panel, on what was handed in.
    """

    key: Hashable
    weight: int
    threshold: Decimal = Decimal(0)
    is_price: bool = False
    is_pitch: bool = False

    @property
    def is_judged(self) -> bool:
        """Whether the panel gives its points on what was handed in."""
        return not self.is_price and not self.is_pitch


@dataclass(frozen=True)
class Entry:
    """What a proposal brings to the ranking: points 0 to 5 of each member by criterion, and its price (net euros).

    `stays` is false where the call has presentations and the proposal isn't among those that present. `agreed` are the
    criteria whose points a session of the panel agreed on: one score in place of the members'.
    """

    key: str
    points: Mapping[Any, Sequence[int]]  # by criterion
    offer: Decimal | None = None
    stays: bool = True
    agreed: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Place:
    """What a proposal got. `points` by criterion, price included; `rank` is None below a threshold.

    `judgement` leaves out the presentation, whose points are in `points` only. `tie_break` says what parted it from the
    proposal beside it with the same total: "criterion:<key>", "price", "draw".
    """

    key: str
    points: Mapping[Hashable, Decimal]
    judgement: Decimal
    price: Decimal | None
    total: Decimal
    passes: bool
    rank: int | None = None
    tie_break: str = ""


def half_up(value: Fraction) -> Decimal:
    """Round an exact number to two decimals, halves away from zero.

    >>> half_up(Fraction(5, 1000)), half_up(Fraction(4999, 1000000))
    (Decimal('0.01'), Decimal('0.00'))
    """
    hundredths = (value * 200 + 1) // 2  # floor(100 x + 1/2), exact
    return Decimal(int(hundredths)).scaleb(-2)


def criterion_points(weight: int, points: Sequence[int]) -> Decimal:
    """Return weight x mean / 5, two decimals, half up. ValueError without points, or with points off the scale.

    >>> criterion_points(30, [4, 4, 5])
    Decimal('26.00')
    >>> criterion_points(25, [3, 4, 4])
    Decimal('18.33')
    >>> criterion_points(1, [0, 1, 1, 1, 1, 1, 1, 1])  # 0.175
    Decimal('0.18')
    """
    if not points:
        raise ValueError("There are no points to take the mean of.")
    if any(not 0 <= point <= TOP for point in points):
        raise ValueError("Points go from 0 to 5.")
    return half_up(Fraction(weight * sum(points), TOP * len(points)))


def price_points(weight: int, lowest: Decimal, offer: Decimal) -> Decimal:
    """Return weight x lowest / offer, two decimals, half up. `lowest` is the lowest of the admitted offers.

    An offer of nothing is the lowest there can be: it gets the whole weight, and the others nothing.

    >>> price_points(20, Decimal("12600.00"), Decimal("14000.00"))
    Decimal('18.00')
    >>> price_points(10, Decimal("9999.99"), Decimal("14500.00"))
    Decimal('6.90')
    >>> price_points(20, Decimal("0.00"), Decimal("0.00")), price_points(20, Decimal("0.00"), Decimal("1.00"))
    (Decimal('20.00'), Decimal('0.00'))
    """
    if lowest < 0 or offer < lowest:
        raise ValueError("The lowest offer is not negative, and none is lower.")
    if offer == 0:
        return half_up(Fraction(weight))
    return half_up(Fraction(weight) * Fraction(lowest) / Fraction(offer))


def spread(points: Sequence[int]) -> int:
    """Return the points between the highest and the lowest score.

    >>> spread([2, 5, 4]), spread([3]), spread([])
    (3, 0, 0)
    """
    return max(points) - min(points) if points else 0


def seed_of(hashes: Iterable[str]) -> str:
    """Return the seed of the draw: SHA-256 of the receipts' hashes in alphabetical order, one a line.

    >>> seed_of(["b", "a"]) == seed_of(["a", "b"])
    True
    """
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def lot(seed: str, key: str) -> str:
    """Return the lot a proposal draws: the lowest goes first. Anybody can compute it again from the receipts.

    >>> lot("00", "A")[:8]
    'c2a78684'
    """
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def ranking(rules: Sequence[Rule], entries: Iterable[Entry], *, pass_mark: Decimal, seed: str) -> list[Place]:
    """Return the places, best first, those below a threshold last and without a rank.

    `rules` stand in the call's order, which is the order in which they break ties; then the lower price, then the draw.
    """
    entries = list(entries)
    offers = {entry.key: entry.offer for entry in entries}
    known = [offer for offer in offers.values() if offer is not None]
    lowest = min(known) if known else None
    places = [_place(rules, entry, lowest, pass_mark) for entry in entries]
    places.sort(key=lambda place: (not place.passes, *(value for _, value in _keys(rules, place, offers, seed))))
    ranked = []
    for index, place in enumerate(places):
        ranked.append(
            replace(
                place,
                rank=index + 1 if place.passes else None,
                tie_break=_tie_break(rules, places, index, offers, seed) if place.passes else "",
            )
        )
    return ranked


def shortlist(rules: Sequence[Rule], entries: Iterable[Entry], *, size: int, mark_percent: int) -> list[str]:
    """Return the keys of those that present, best first: the `size` best in judgement, above what the call asks.

    Each needs the minimum of every criterion judged so far, and `mark_percent` of the points these can give (LCSP art.
    146.3: half of them at least). Whoever ties with the last of them presents, too: nobody is left out by a draw.

    >>> fit, idea = Rule("fit", 60), Rule("idea", 20)
    >>> points = {"A": (5, 5), "B": (4, 4), "C": (4, 4), "D": (1, 1)}
    >>> entries = [Entry(key, {"fit": [one], "idea": [other]}) for key, (one, other) in points.items()]
    >>> shortlist([fit, idea], entries, size=2, mark_percent=50)
    ['A', 'B', 'C']
    >>> shortlist([fit, idea], entries, size=4, mark_percent=90)
    ['A']
    """
    judged = [rule for rule in rules if rule.is_judged]
    least = Fraction(sum(rule.weight for rule in judged) * mark_percent, 100)
    reached: list[tuple[Decimal, str]] = []
    for entry in entries:
        points = [criterion_points(rule.weight, entry.points[rule.key]) for rule in judged]
        total = sum(points, Decimal("0.00"))
        if Fraction(total) >= least and all(p >= rule.threshold for p, rule in zip(points, judged, strict=True)):
            reached.append((total, entry.key))
    reached.sort(key=lambda row: (-row[0], row[1]))
    return [key for total, key in reached if len(reached) <= size or total >= reached[size - 1][0]]


def _place(rules: Sequence[Rule], entry: Entry, lowest: Decimal | None, pass_mark: Decimal) -> Place:
    points: dict[Hashable, Decimal] = {}
    for rule in rules:
        if rule.is_pitch and not entry.stays:
            points[rule.key] = Decimal("0.00")
        elif not rule.is_price:
            points[rule.key] = criterion_points(rule.weight, entry.points[rule.key])
        elif entry.offer is not None and lowest is not None:
            points[rule.key] = price_points(rule.weight, lowest, entry.offer)
        else:
            points[rule.key] = Decimal("0.00")
    judgement = sum((points[rule.key] for rule in rules if rule.is_judged), Decimal("0.00"))
    price = next((points[rule.key] for rule in rules if rule.is_price), None)
    total = sum(points.values(), Decimal("0.00"))
    passes = entry.stays and total >= pass_mark and all(points[rule.key] >= rule.threshold for rule in rules)
    return Place(entry.key, points, judgement, price, total, passes)


def _keys(rules: Sequence[Rule], place: Place, offers: Mapping[str, Decimal | None], seed: str) -> list[tuple]:
    """Return what orders a place, first to last: (name, value), the lower value first."""
    offer = offers[place.key]
    return [
        ("total", -place.total),
        *((f"criterion:{rule.key}", -place.points[rule.key]) for rule in rules),
        (PRICE, offer if offer is not None else Decimal("Infinity")),
        (DRAW, lot(seed, place.key)),
    ]


def _tie_break(
    rules: Sequence[Rule], places: Sequence[Place], index: int, offers: Mapping[str, Decimal | None], seed: str
) -> str:
    """Say what parted a place from the one above with the same total, else from the one below with the same."""
    for other in (index - 1, index + 1):
        if 0 <= other < len(places) and places[other].passes and places[other].total == places[index].total:
            mine, theirs = (_keys(rules, places[i], offers, seed) for i in (index, other))
            return next(name for (name, a), (_, b) in zip(mine, theirs, strict=True) if a != b)
    return ""
