"""Figures about few people that don't tell who they are. Pure."""

from collections.abc import Mapping

LEAST = 3  # a smaller number is never shown by itself


def protected(counts: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """Return the numbers that may be shown, largest first, and how many are only counted together.

    A number under `LEAST` goes to those together; where these are too few as well, the smallest of the others joins
    them, so that nobody is found by subtracting from the total.

    >>> protected({"sme": 5, "startup": 4, "university": 2, "large": 1})
    ({'sme': 5, 'startup': 4}, 3)
    >>> protected({"sme": 5, "startup": 4, "university": 1})
    ({'sme': 5}, 5)
    >>> protected({"sme": 2}), protected({}), protected({"sme": 3})
    (({}, 2), ({}, 0), ({'sme': 3}, 0))
    """
    kept = sorted((item for item in counts.items() if item[1] >= LEAST), key=lambda item: (-item[1], item[0]))
    together = sum(count for count in counts.values() if 0 < count < LEAST)
    while 0 < together < LEAST and kept:
        together += kept.pop()[1]
    return dict(kept), together
