"""People's rights over their data. Each app says from its `AppConfig.ready()` what it holds, erases and keeps, and why.

`notices`: what is said where data is asked. `export`: what a person downloads. `erasure`: what goes and what law keeps.
`schedule`: how long each thing is kept, and what is done then.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise

Words = str | Promise
T = TypeVar("T", bound=Any)
LISTED = timedelta(days=7)  # what is to be destroyed stands on the Office's list at least so long before


@dataclass(frozen=True)
class PrivacyNotice:
    """What is asked in one place, what for, by which right (GDPR arts. 6, 13) and how long it is kept."""

    key: str
    title: Words
    purpose: Words
    basis: Words
    kept: Words
    seen_by: Words


@dataclass(frozen=True)
class ExportFile:
    """A file of a download: `chunks()` yields its bytes when its turn comes."""

    path: str
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Part:
    """What an app holds of a person: rows of plain values, one after the other, and files."""

    key: str
    label: Words
    rows: Callable[[Any], Iterable[dict[str, Any]]]
    files: Callable[[Any], Iterable[ExportFile]] | None = None


@dataclass(frozen=True)
class Said:
    """One line of what an erasure does: what, how many, and why it stays where it does."""

    what: str
    number: int
    why: str = ""

    @property
    def stays(self) -> bool:
        """Say whether it is kept."""
        return bool(self.why)


@dataclass(frozen=True)
class Erasing:
    """How an app erases a person. `obstacles(user, at)`: what must be done first, in words."""

    key: str
    order: int
    plan: Callable[..., list[Said]]
    erase: Callable[..., None]
    obstacles: Callable[..., list[str]] | None = None


@dataclass(frozen=True)
class Due:
    """One thing whose time comes at `due_at`: its key, and words for the list that name no person and no content."""

    target: str
    words: str
    due_at: datetime


@dataclass(frozen=True)
class Rule:
    """How long one kind of thing is kept, by what law, and what is done then.

    Listed one by one, `announced` before: `find(until)` yields what is due until then, `carry_out(target, at)` does it,
    `announce(target, at)` tells whom it concerns. Before it is destroyed it is asked for again, `find(until, target)`,
    with its row locked by `lock(target)`. In one sweep, for traces that nobody needs: `count(at)`, `sweep(at)`.
    With neither it is kept until the archive decides, and the schedule says so.
    """

    key: str
    label: Words
    term: Words
    law: Words
    then: Words
    find: Callable[..., Iterable[Due]] | None = None
    lock: Callable[[str], object] | None = None
    carry_out: Callable[..., str] | None = None
    announce: Callable[..., None] | None = None
    announced: timedelta = LISTED
    count: Callable[[datetime], int] | None = None
    sweep: Callable[[datetime], int] | None = None

    @property
    def is_listed(self) -> bool:
        """Say whether each thing stands on the list first."""
        return self.find is not None

    @property
    def is_kept(self) -> bool:
        """Say whether the portal destroys none of it by itself."""
        return self.find is None and self.sweep is None


def deleting(ended: Callable[[datetime], QuerySet[Any]]) -> dict[str, Any]:
    """Return `count` and `sweep` of a rule whose rows are simply deleted: those that `ended(at)` returns."""
    return {"count": lambda at: ended(at).count(), "sweep": lambda at: ended(at).delete()[0]}


class Registry(Generic[T]):
    """Entries by key, in the order of `order` where they have one, else as they came."""

    def __init__(self) -> None:
        self._entries: dict[str, T] = {}

    def register(self, entry: T) -> None:
        """Add an entry. The same key again replaces it."""
        self._entries[entry.key] = entry

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._entries.values(), key=lambda entry: getattr(entry, "order", 0)))

    def get(self, key: str) -> T | None:
        """Return the entry of that key."""
        return self._entries.get(key)


notices: Registry[PrivacyNotice] = Registry()
export: Registry[Part] = Registry()
erasure: Registry[Erasing] = Registry()
schedule: Registry[Rule] = Registry()

_uses: dict[str, list[Callable[[Iterable[int]], set[int]]]] = {}


def register_use(what: str, function: Callable[[Iterable[int]], set[int]]) -> None:
    """Say that an app may need things of another below it: `function(keys)` returns those it still needs."""
    known = _uses.setdefault(what, [])
    if function not in known:
        known.append(function)


def needed(what: str, keys: Iterable[int]) -> set[int]:
    """Return which of the keys some app above still needs."""
    keys = list(keys)
    return set().union(*(function(keys) for function in _uses.get(what, ()))) if keys else set()
