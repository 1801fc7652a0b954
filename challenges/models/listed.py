"""A challenge as lists show it: some columns, read without the model, which has four times as many."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F
from django.urls import reverse

from challenges.models.challenge import Challenge
from govtech.reference.models import in_language
from govtech.statements import OneOf, Slot, Statement


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


class Entry:
    """One entry of a list: the columns by their names, and what the page adds: marks, a reason, what other apps say."""

    marked_title = marked_summary = excerpt = excerpt_language = reason = ""

    def __init__(self, listed: Listed) -> None:
        self.listed = listed
        self.pk = listed.pk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["listed"], name)


_BY_KEY = Statement(
    lambda: (
        Challenge.objects.filter(OneOf(F("pk"), Slot("keys", ArrayField(BigIntegerField()))))
        .with_phase()
        .values_list(*COLUMNS)
    )
)


def entries(keys: list[int]) -> list[Entry]:
    """Return the challenges with these primary keys, in their order. One query, none for none."""
    rows = {row[0]: Entry(Listed(*row)) for row in (_BY_KEY.rows(keys=keys) if keys else ())}
    return [rows[key] for key in keys if key in rows]
