"""Whether a save may write over what stands there: one rule for proposals and score sheets. Pure."""

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """What a save comes to."""

    WRITE = "write"
    TURN = "turn"  # the same again: only its turn is noted, so that what the page sent before counts no more
    NOTHING = "nothing"
    STALE = "stale"  # somebody, or another window, saved since; or a later save of this page came first


@dataclass(frozen=True)
class Kept:
    """What stands there: how often it was saved, and from which open page in which turn the last time."""

    version: int
    page: str = ""
    turn: int = 0


def outcome(kept: Kept | None, *, version: int | None, page: str, turn: int, same: bool, mine: bool = True) -> Outcome:
    """Return what a save comes to that saw `version` (None: whatever stands there) and says the `same` as is kept.

    `page` names the open page and `turn` counts its saves: where the answer to its last save was lost on the way, what
    stands there is its own (`mine`: saved by the same person) and it goes on; a late copy of an earlier one doesn't.

    >>> def save(kept, version, turn, same=False):
    ...     return outcome(kept, version=version, page="p", turn=turn, same=same).value
    >>> save(None, 0, 1), save(Kept(1, "p", 1), 1, 2)
    ('write', 'write')
    >>> save(Kept(1, "p", 1), 0, 2), save(Kept(1, "other", 1), 0, 2)  # the answer was lost; another window
    ('write', 'stale')
    >>> save(Kept(1, "p", 1), 1, 3, same=True), save(Kept(1, "p", 3), 1, 2)  # undone; then the copy before arrives
    ('turn', 'stale')
    >>> save(Kept(2, "other", 1), 1, 2, same=True)  # both wrote the same
    'nothing'
    """
    if kept is None:
        return Outcome.WRITE
    is_page = bool(page) and kept.page == page
    is_late = is_page and 0 < turn <= kept.turn
    is_seen = version is None or version == kept.version
    if same:
        return Outcome.TURN if page and is_seen and not is_late else Outcome.NOTHING
    is_own = is_page and mine and kept.turn < turn
    return Outcome.WRITE if not is_late and (is_seen or is_own) else Outcome.STALE
