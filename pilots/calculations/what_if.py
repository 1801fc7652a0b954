"""What each line and year would carry if some proposals were awarded. Pure: offers and money come in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pilots.calculations.money import ZERO


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
    """What a year has for this call: authorised and free, and credit of its line that could still be authorised."""

    free: Decimal
    credit: Decimal = ZERO


@dataclass
class Simulation:
    """`picked` are the offers that fit, in order; `why` says of each other one why it can't be ticked."""

    picked: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)
    by_year: dict[int, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """All that would be committed."""
        return sum(self.by_year.values(), ZERO)


OBSTACLE, RANK, PLACES, MONEY, YEAR = "obstacle", "rank", "places", "money", "year"


def simulate(
    offers: Sequence[Offer], ticked: Collection[str], *, places: int, money: Mapping[int, Money]
) -> Simulation:
    """Award the ticked offers one after another; one that breaks a rule isn't, and `why` names the rule.

    Authorised money moves between years (A/ in one, A in the other) where the line of the other has credit for it.

    >>> offers = [Offer("a", {2026: Decimal(6)}), Offer("b", {2026: Decimal(5)}), Offer("c", {2027: Decimal(5)})]
    >>> found = simulate(offers, ["a"], places=2, money={2026: Money(Decimal(10)), 2027: Money(ZERO, Decimal(1))})
    >>> found.picked, found.by_year, found.why
    (['a'], {2026: Decimal('6.00')}, {'b': 'money', 'c': 'rank'})
    >>> simulate(offers, ["a", "b", "c"], places=1, money={2026: Money(Decimal(20))}).why
    {'b': 'places', 'c': 'rank'}
    """
    found = Simulation()
    gap = False
    for offer in offers:
        reason = offer.obstacle and OBSTACLE
        if not reason and gap:
            reason = RANK
        if not reason and len(found.picked) >= places:
            reason = PLACES
        reason = reason or _money_for(offer, found.by_year, money)
        if reason:
            found.why[offer.key] = reason
        elif offer.key in ticked:
            found.picked.append(offer.key)
            for year, amount in offer.by_year.items():
                found.by_year[year] = found.by_year.get(year, ZERO) + amount
        gap = gap or offer.key not in found.picked
    return found


def _money_for(offer: Offer, taken: Mapping[int, Decimal], money: Mapping[int, Money]) -> str:
    """Return what is lacking for this offer besides those taken: money in all, or credit in a year; else nothing."""
    needed = {year: taken.get(year, ZERO) + offer.by_year.get(year, ZERO) for year in {*taken, *offer.by_year}}
    if sum(needed.values(), ZERO) > sum((each.free for each in money.values()), ZERO):
        return MONEY
    for year, amount in needed.items():
        has = money.get(year, Money(ZERO))
        if amount - has.free > has.credit:
            return YEAR
    return ""
