"""What each budget line of each year would carry if some proposals were awarded. Pure: offers and money come in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pilots.calculations.money import ZERO
from pilots.calculations.plan import allot


@dataclass(frozen=True)
class Offer:
    """What awarding a proposal takes: euros, VAT included, by year. Offers come in rank order."""

    key: str
    by_year: Mapping[int, Decimal]
    obstacle: str = ""  # why it can't be awarded whatever else is

    @property
    def total(self) -> Decimal:
        """All years."""
        return sum(self.by_year.values(), ZERO)


@dataclass
class Money:
    """What one budget line of one year has for this call.

    `free` is authorised and not held by an award; `credit` is what the line could still authorise. `moved` is what came
    from the call's money of other years, or went there under zero.
    """

    key: int
    year: int
    free: Decimal
    credit: Decimal = ZERO
    moved: Decimal = ZERO


@dataclass
class Simulation:
    """`picked` are the offers that fit, in order; `why` says of each other one why it can't be ticked.

    `parts` says what each picked offer takes of each line, and `lines` how the lines stand after all of them.
    """

    picked: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)
    parts: dict[str, dict[int, Decimal]] = field(default_factory=dict)
    lines: list[Money] = field(default_factory=list)

    @property
    def by_year(self) -> dict[int, Decimal]:
        """What all picked offers take of each year."""
        found: dict[int, Decimal] = {}
        for line in self.lines:
            taken = sum((each.get(line.key, ZERO) for each in self.parts.values()), ZERO)
            if taken:
                found[line.year] = found.get(line.year, ZERO) + taken
        return found

    @property
    def total(self) -> Decimal:
        """All that would be committed."""
        return sum(self.by_year.values(), ZERO)


OBSTACLE, RANK, PLACES, MONEY, YEAR = "obstacle", "rank", "places", "money", "year"


def simulate(offers: Sequence[Offer], ticked: Collection[str], *, places: int, money: Sequence[Money]) -> Simulation:
    """Award the ticked offers one after another; one that breaks a rule isn't, and `why` names the rule.

    Authorised money moves between years (A/ in one, A in the other) where the line of the other has credit for it.

    >>> offers = [Offer("a", {2026: Decimal(6)}), Offer("b", {2026: Decimal(5)}), Offer("c", {2027: Decimal(5)})]
    >>> lines = [Money(1, 2026, Decimal(4)), Money(2, 2026, Decimal(6)), Money(3, 2027, ZERO, Decimal(1))]
    >>> found = simulate(offers, ["a"], places=2, money=lines)
    >>> found.picked, found.parts, found.why
    (['a'], {'a': {1: Decimal('4.00'), 2: Decimal('2.00')}}, {'b': 'money', 'c': 'rank'})
    >>> simulate(offers, ["a", "b", "c"], places=1, money=[Money(1, 2026, Decimal(20))]).why
    {'b': 'places', 'c': 'rank'}
    """
    found = Simulation(lines=[replace(line) for line in money])
    gap = False
    for offer in offers:
        reason = offer.obstacle and OBSTACLE
        if not reason and gap:
            reason = RANK
        if not reason and len(found.picked) >= places:
            reason = PLACES
        after = [replace(line) for line in found.lines]
        parts: dict[int, Decimal] = {}
        if not reason:
            reason = take(offer.by_year, after, parts)
        if reason:
            found.why[offer.key] = reason
        elif offer.key in ticked:
            found.picked.append(offer.key)
            found.lines, found.parts[offer.key] = after, parts
        gap = gap or offer.key not in found.picked
    return found


def take(by_year: Mapping[int, Decimal], lines: Sequence[Money], parts: dict[int, Decimal]) -> str:
    """Take an offer's money from the lines, as an approval does; return the rule that it breaks, if any.

    A year's lines give in order; what they lack is authorised on the first of them with money of other years.

    >>> lines, parts = [Money(1, 2026, Decimal(9)), Money(2, 2027, Decimal(1), Decimal(5))], {}
    >>> take({2026: Decimal(2), 2027: Decimal(4)}, lines, parts), parts
    ('', {1: Decimal('2.00'), 2: Decimal('4.00')})
    >>> [(str(line.free), str(line.credit), str(line.moved)) for line in lines]
    [('4.00', '3.00', '-3.00'), ('0.00', '2.00', '3.00')]
    >>> take({2027: Decimal(5)}, lines, {}), take({2027: Decimal(3)}, lines, {})
    ('money', 'year')
    """
    needed = {year: amount for year, amount in by_year.items() if amount > 0}
    if sum(needed.values(), ZERO) > sum((line.free for line in lines), ZERO):
        return MONEY
    for year, amount in needed.items():
        reason = _make_room(year, amount, needed, lines)
        if reason:
            return reason
    for year, amount in needed.items():
        _commit([line for line in lines if line.year == year], amount, parts)
    return ""


def _make_room(year: int, amount: Decimal, needed: Mapping[int, Decimal], lines: Sequence[Money]) -> str:
    """Bring what the year lacks for `amount` from what other years don't need themselves."""
    own = [line for line in lines if line.year == year]
    short = amount - sum((line.free for line in own), ZERO)
    if short <= 0:
        return ""
    if not own or own[0].credit < short:
        return YEAR
    for other in sorted({line.year for line in lines} - {year}):
        rows = [line for line in lines if line.year == other]
        room = sum((line.free for line in rows), ZERO) - needed.get(other, ZERO)
        given = _give(rows, min(short, max(room, ZERO)))
        _receive(own[0], given)
        short -= given
    return MONEY if short > 0 else ""


def _give(lines: Sequence[Money], amount: Decimal) -> Decimal:
    given, left = allot(amount, {line.key: line.free for line in lines})
    for line in lines:
        part = given.get(line.key, ZERO)
        line.free -= part
        line.credit += part
        line.moved -= part
    return amount - left


def _receive(line: Money, amount: Decimal) -> None:
    line.free += amount
    line.credit -= amount
    line.moved += amount


def _commit(lines: Sequence[Money], amount: Decimal, parts: dict[int, Decimal]) -> None:
    given, _left = allot(amount, {line.key: line.free for line in lines})
    for line in lines:
        if line.key in given:
            line.free -= given[line.key]
            parts[line.key] = parts.get(line.key, ZERO) + given[line.key]
