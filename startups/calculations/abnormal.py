"""Which offers are presumed abnormally low, by the parameters of the call (Ley 9/2017, art. 149.2). Pure and exact."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from statistics import mean

from startups.calculations.scoring import half_up

# The regulation's percentages (Royal Decree 1098/2001, art. 85).
OF_MAXIMUM, OF_OTHER, OF_MEAN, OVER_MEAN = 25, 20, 10, 10
TWO, THREE = 2, 3


def presumed(
    offers: Mapping[str, Decimal], *, rule: str, percent: int | None, maximum: Decimal
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return {key: (offer, limit)} of the offers below the limit; the limit rounded to cents, compared exact.

    `rule`: "none", "mean", "maximum" (a `percent` below), "regulation". Amounts without VAT; `maximum` is the call's.

    >>> offers = {"A": Decimal(10000), "B": Decimal(9000), "C": Decimal(5000)}
    >>> presumed(offers, rule="mean", percent=25, maximum=Decimal(14500))  # mean 8 000
    {'C': (Decimal('5000'), Decimal('6000.00'))}
    >>> presumed(offers, rule="maximum", percent=35, maximum=Decimal(14500))
    {'B': (Decimal('9000'), Decimal('9425.00')), 'C': (Decimal('5000'), Decimal('9425.00'))}
    >>> presumed(offers, rule="none", percent=None, maximum=Decimal(14500))
    {}
    """
    if rule == "none" or not offers:
        return {}
    exact = {key: Fraction(offer) for key, offer in offers.items()}
    if rule == "regulation":
        limit = _regulation(sorted(exact.values()), Fraction(maximum))
    elif percent is None:
        raise ValueError("This rule takes a percentage.")
    elif rule == "mean":
        limit = _below(mean(exact.values()), percent)
    elif rule == "maximum":
        limit = _below(Fraction(maximum), percent)
    else:
        raise ValueError(f"{rule!r} is no rule.")
    return {key: (offers[key], half_up(limit)) for key, offer in exact.items() if offer < limit}


def _below(amount: Fraction, percent: int) -> Fraction:
    return amount * (100 - percent) / 100


def _regulation(offers: list[Fraction], maximum: Fraction) -> Fraction:
    """Return the limit of art. 85, for offers in ascending order.

    One offer: 25 % below the maximum. Two: 20 % below the other. Three: 10 % below the mean, without the highest where
    it is over it by more than 10 %; 25 % below the maximum in any case. Four or more: 10 % below the mean, a new mean
    without those over it by more than 10 %, of the three lowest where fewer than three are left.

    >>> def limit(*offers): return half_up(_regulation(sorted(map(Fraction, offers)), Fraction(14000)))
    >>> limit(9000), limit(9000, 12000)
    (Decimal('10500.00'), Decimal('9600.00'))
    >>> limit(10000, 11000, 12000), limit(10000, 10000, 13000)  # 25 % below 14 000 is 10 500
    (Decimal('10500.00'), Decimal('10500.00'))
    >>> limit(12000, 13000, 14000), limit(13900, 13950, 14000)
    (Decimal('11700.00'), Decimal('12555.00'))
    >>> limit(10000, 10000, 10000, 10000), limit(9000, 10000, 10000, 15000)  # a new mean, of 9 666.67
    (Decimal('9000.00'), Decimal('8700.00'))
    >>> limit(5000, 6000, 14000, 14000)  # two are left: the mean of the three lowest, 8 333.33
    Decimal('7500.00')
    """
    if len(offers) == 1:
        return _below(maximum, OF_MAXIMUM)
    if len(offers) == TWO:
        return _below(offers[1], OF_OTHER)
    middle = mean(offers)
    kept = [offer for offer in offers if offer <= middle * (100 + OVER_MEAN) / 100]
    if len(offers) == THREE:
        if len(kept) < THREE:
            middle = mean(offers[:TWO])
        return max(_below(middle, OF_MEAN), _below(maximum, OF_MAXIMUM))
    if len(kept) < len(offers):
        middle = mean(kept if len(kept) >= THREE else offers[:THREE])
    return _below(middle, OF_MEAN)
