"""What an offer costs with its VAT. Euros, rounded once, half up. Pure."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
GENERAL = "general"


def rate_of(regime: str, *, general: Decimal) -> Decimal:
    """Return the percent of VAT that an invoice under the regime carries.

    >>> rate_of("general", general=Decimal("21.00")), rate_of("reverse_charge", general=Decimal("21.00"))
    (Decimal('21.00'), Decimal('0'))
    """
    return general if regime == GENERAL else Decimal(0)


def gross(net: Decimal, rate: Decimal) -> Decimal:
    """Return `net` with VAT at `rate` percent.

    >>> gross(Decimal("14500"), Decimal("21.00")), gross(Decimal("0.05"), Decimal("21"))
    (Decimal('17545.00'), Decimal('0.06'))
    """
    return (net * (100 + rate) / 100).quantize(CENT, rounding=ROUND_HALF_UP)
