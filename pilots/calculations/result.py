"""Whether a pilot works: how far from the baseline to the target a measured value is."""

from decimal import ROUND_HALF_UP, Decimal

UP, DOWN = "up", "down"


def is_reached(direction: str, target: Decimal, value: Decimal) -> bool:
    """Say whether `value` is at the target or better.

    >>> is_reached("down", Decimal(10), Decimal("9.6"))
    True
    >>> is_reached("up", Decimal(10), Decimal("9.6"))
    False
    """
    return value >= target if direction == UP else value <= target


def result_percent(direction: str, baseline: Decimal, target: Decimal, value: Decimal) -> int:
    """Return how much of the way from baseline to target has been walked, in whole percent, HALF_UP.

    Under 0 things got worse; over 100 they are better than aimed at. Where the target is to stay at the baseline there
    is no way to walk: 100 while it holds, 0 when it doesn't.

    >>> result_percent("down", Decimal("17.2"), Decimal(10), Decimal("9.6"))
    106
    >>> result_percent("up", Decimal(40), Decimal(60), Decimal(35))
    -25
    >>> [result_percent("up", Decimal(5), Decimal(5), Decimal(value)) for value in (4, 5)]
    [0, 100]
    """
    way = target - baseline
    if not way:
        return 100 if is_reached(direction, target, value) else 0
    return int(((value - baseline) * 100 / way).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def points_right_way(direction: str, baseline: Decimal, target: Decimal) -> bool:
    """Say whether the target lies where the direction says it is better. Staying where one is counts.

    >>> points_right_way("up", Decimal(10), Decimal(5))
    False
    """
    return target >= baseline if direction == UP else target <= baseline
