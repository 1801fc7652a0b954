"""What a misspelt word was meant to be."""

import unicodedata
from collections.abc import Iterable

SHORTEST = 4  # a shorter word is taken as it is written


def plain(word: str) -> str:
    """Return the word in small letters without accents, as the database keeps it.

    >>> plain("Señalización")
    'senalizacion'
    """
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def distance(one: str, other: str) -> int:
    """Return how many letters must be put in, left out, changed or swapped with their neighbour.

    >>> distance("movilidat", "movilidad"), distance("moivlidad", "movilidad"), distance("rudo", "ruido")
    (1, 1, 1)
    >>> distance("casa", "perro")
    5
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def slips_forgiven(word: str) -> int:
    """Return how far a word may be from the one it was meant to be.

    >>> [slips_forgiven(word) for word in ("luz", "ruido", "movilidad")]
    [0, 1, 2]
    """
    return 0 if len(word) < SHORTEST else 1 if len(word) < 7 else 2


def is_near(word: str, other: str) -> bool:
    """Tell whether `word` may have been meant to be the other.

    >>> is_near("movilidat", "movilidad"), is_near("luz", "luces")
    (True, False)
    """
    return distance(word, other) <= slips_forgiven(word)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `word` was meant to be, None where nothing is near enough.

    >>> nearest("movilidat", ["mortalidad", "movilidad"])
    'movilidad'
    >>> nearest("zzzz", ["plaza"]) is None
    True
    """
    near = sorted((distance(word, each), each) for each in candidates)
    return near[0][1] if near and near[0][0] <= slips_forgiven(word) else None
