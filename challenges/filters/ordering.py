"""Orders of the catalogue that apps above add: each for the person who asks, with a reason for each row."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import QuerySet

from challenges.models import Challenge


class Ordering(Protocol):
    """One order. Its `key` starts the value in the address; `choices` may add `-<something>` to it."""

    key: str

    def choices(self, user: Any) -> list[tuple[str, Any]]:
        """Return value and label of each way `user` may order by; none where it isn't for this person."""

    def apply(self, queryset: QuerySet[Challenge], value: str, *, user: Any) -> QuerySet[Challenge]:
        """Return the challenges in that order, which must be the same for the same challenges."""

    def reasons(self, rows: Iterable[Challenge], value: str, *, user: Any) -> dict[int, str]:
        """Say why a row stands where it does, by primary key; those without reason are left out."""


_orderings: dict[str, Ordering] = {}


def register(ordering: Ordering) -> None:
    """Add an order. The same key again replaces it."""
    _orderings[ordering.key] = ordering


def choices(user: Any) -> list[tuple[str, Any]]:
    """Return what `user` may order by besides what everybody may; nothing, without a query, for visitors."""
    if user is None or not user.is_authenticated:
        return []
    return [choice for ordering in _orderings.values() for choice in ordering.choices(user)]


def find(value: str) -> Ordering | None:
    """Return the order that a value of the address belongs to."""
    return next((each for key, each in _orderings.items() if value == key or value.startswith(f"{key}-")), None)
