"""A challenge as lists show it: some columns, read without the model, which has four times as many."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from challenges.models.challenge import Challenge
from govtech.reference.models import in_language
from govtech.statements import OneOf, Slot, Statement, in_order


class Unit(NamedTuple):
    """A department as a list names it."""

    code: str
    short_name: str
    name: str
    name_en: str

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Area(NamedTuple):
    """A policy area as a list names it."""

    slug: str
    name: str
    name_en: str

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Listed(NamedTuple):
    """The columns of a challenge that a list shows. `phase` is that of the reading's instant."""

    pk: int
    public_id: str
    reference: str
    slug: str
    status: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    max_amount_net: Decimal
    awards_planned: int
    duration_months: int | None
    minimum_trl: int | None
    publish_at: datetime
    opens_at: datetime
    closes_at: datetime
    ended_at: datetime | None
    proposal_count: int | None
    department_id: int
    department__code: str
    department__short_name: str
    department__name: str
    department__name_en: str
    policy_area_id: int | None
    policy_area__slug: str | None
    policy_area__name: str | None
    policy_area__name_en: str | None
    phase: str

    @property
    def department(self) -> Unit:
        """Its department."""
        return Unit(*self[19:23])

    @property
    def policy_area(self) -> Area | None:
        """What it is about."""
        return Area(*self[24:27]) if self[23] else None  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        """Address of the public page."""
        return reverse("challenges:detail", kwargs={"slug": self.slug})

    @classmethod
    def of(cls, challenge: Any) -> "Listed":
        """Return the columns of a challenge read as a model, `with_phase()` and its department and policy area."""
        found = []
        for name in COLUMNS:
            thing = challenge
            for part in name.split("__"):
                thing = getattr(thing, part) if thing is not None else None
            found.append(thing)
        return cls(*found)


COLUMNS = tuple(Listed.__annotations__)
# Columns read as the database writes them: they are made into values only for a row that is shown anew.
READ: dict[str, Callable[[str], Any]] = {
    "max_amount_net": Decimal,
    **dict.fromkeys(("publish_at", "opens_at", "closes_at", "ended_at"), datetime.fromisoformat),
}
_TEXTS = {f"{name}_text": Cast(name, TextField()) for name in READ}
_GIVEN = [*(name for name in COLUMNS if name not in READ), *_TEXTS]
_PLACES = [(_GIVEN.index(f"{name}_text" if name in READ else name), READ.get(name)) for name in COLUMNS]


_PHASE, _CLOSES = _GIVEN.index("phase"), _GIVEN.index("closes_at_text")


class Given(tuple[Any, ...]):
    """A row as it was read: each place always holds the same column, so that equal ones say the same."""

    __slots__ = ()


class Entry:
    """One entry of a list: the columns by their names, and what the page adds: marks, a reason, what other apps say.

    `given` is the row as it was read: two rows that are alike say the same.
    """

    marked_title = marked_summary = excerpt = excerpt_language = reason = ""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.pk = given[0]
        self.phase = given[_PHASE]

    @property
    def closes_at(self) -> datetime:
        """When it closes, read without the rest."""
        return datetime.fromisoformat(self.given[_CLOSES])

    @cached_property
    def listed(self) -> Listed:
        """The columns."""
        given = self.given
        return Listed(*[_read(read, given[place]) for place, read in _PLACES])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.listed, name)


def _read(read: Callable[[str], Any] | None, value: Any) -> Any:
    return value if read is None or value is None else read(value)


_BY_KEY = Statement(
    lambda: (
        Challenge.objects.filter(OneOf(F("pk"), Slot("keys", ArrayField(BigIntegerField()))))
        .with_phase()
        .annotate(**_TEXTS)
        .values_list(*_GIVEN)
    )
)


def entries(keys: list[int]) -> list[Entry]:
    """Return the challenges with these primary keys, in their order. One query, none for none."""
    rows = {row[0]: Entry(Given(row)) for row in (_BY_KEY.rows(keys=keys) if keys else ())}
    return [rows[key] for key in keys if key in rows]


def entries_text(keys: Statement) -> str:
    """Return SQL for the rows of entries, whose keys another query finds, in its order: see `entries_of`."""
    return in_order(keys, _BY_KEY, '"challenges_challenge"."id"')


def entries_of(rows: Iterable[tuple[Any, ...]]) -> list[Entry]:
    """Return the entries that `entries_text` found."""
    return [Entry(Given(row)) for row in rows]
