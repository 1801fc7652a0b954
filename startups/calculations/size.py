"""Size of a company by the European definition (Recommendation 2003/361/EC). Pure."""

from decimal import Decimal

MILLION = Decimal(1_000_000)
# name: (fewer staff than, turnover up to, balance sheet up to), yearly, in euros
LIMITS = {
    "micro": (10, 2 * MILLION, 2 * MILLION),
    "small": (50, 10 * MILLION, 10 * MILLION),
    "medium": (250, 50 * MILLION, 43 * MILLION),
}


def size(staff: int | None, turnover: Decimal | None, balance: Decimal | None) -> str:
    """Return "micro", "small", "medium", "large", or nothing where the figures don't tell.

    Staff decides together with turnover or balance, whichever is kinder. Figures are of the whole group.

    >>> size(9, Decimal(2_000_000), None), size(9, Decimal(3_000_000), Decimal(1_000_000)), size(10, Decimal(1), None)
    ('micro', 'micro', 'small')
    >>> size(249, Decimal(60_000_000), Decimal(43_000_000)), size(250, Decimal(1), Decimal(1))
    ('medium', 'large')
    >>> size(9, Decimal(60_000_000), None), size(None, Decimal(1), None), size(9, None, None)
    ('large', '', '')
    """
    if staff is None:
        return ""
    if staff >= LIMITS["medium"][0]:
        return "large"
    if turnover is None and balance is None:
        return ""
    for name, (people, most_turnover, most_balance) in LIMITS.items():
        small_enough = (turnover is not None and turnover <= most_turnover) or (
            balance is not None and balance <= most_balance
        )
        if staff < people and small_enough:
            return name
    return "large"
