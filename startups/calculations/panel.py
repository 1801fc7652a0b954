"""Who of a panel must score what. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key")


def callable_members(
    voting: Iterable[Key],
    substitutes: Iterable[Key],
    recused: Collection[Key],
    minimum: int,
    *,
    is_called: bool = False,
) -> list[Key]:
    """Return who scores a proposal: voting members not recused, and the substitute where they are fewer than needed.

    `is_called`: somebody can't judge it all, or it was taken from somebody, so the substitute scores it in any case.

    >>> callable_members([1, 2, 3], [9], [], 2)
    [1, 2, 3]
    >>> callable_members([1, 2, 3], [9], [1], 2)
    [2, 3]
    >>> callable_members([1, 2, 3], [9], [1, 2], 2)
    [3, 9]
    >>> callable_members([1, 2, 3], [9], [1, 2, 9], 2)
    [3]
    >>> callable_members([1, 2, 3], [9], [], 2, is_called=True)
    [1, 2, 3, 9]
    """
    called = [member for member in voting if member not in recused]
    if is_called or len(called) < minimum:
        called += [member for member in substitutes if member not in recused]
    return called


def shuffled(member: str, proposals: Iterable[str]) -> list[str]:
    """Return proposals in the member's own order: always the same for them, different for others.

    >>> shuffled("ana", ["a", "b", "c"]) == shuffled("ana", ["c", "b", "a"])
    True
    >>> len({tuple(shuffled(name, "abcdef")) for name in ("ana", "luis", "eva")})
    3
    """
    return sorted(proposals, key=lambda proposal: hashlib.sha256(f"{member}:{proposal}".encode()).hexdigest())


def outweighs(judgement: int, formula: int) -> bool:
    """Say whether value judgements weigh more than the formula: then a committee judges (LCSP art. 146.2).

    >>> outweighs(60, 40), outweighs(50, 50)
    (True, False)
    """
    return judgement > formula


def draft_reason(reasons: Sequence[str]) -> str:
    """Return the members' reasons for one criterion as a first draft of the final one, repeats left out.

    >>> print(draft_reason(["Mide bien.", " Falta plan. ", "Mide bien."]))
    Mide bien.
    <BLANKLINE>
    Falta plan.
    """
    return "\n\n".join(dict.fromkeys(text.strip() for text in reasons if text.strip()))


def missing(expected: Mapping[Key, Iterable[Key]], done: Collection[tuple[Key, Key]]) -> dict[Key, list[Key]]:
    """Return, for each proposal, the members who still owe their sheet; proposals that miss none are left out.

    >>> missing({"P": ["a", "b"], "Q": ["a"]}, {("P", "a"), ("Q", "a")})
    {'P': ['b']}
    """
    owed = {proposal: [m for m in members if (proposal, m) not in done] for proposal, members in expected.items()}
    return {proposal: members for proposal, members in owed.items() if members}
