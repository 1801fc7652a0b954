"""Facets of the catalogue: what can be chosen, and how many challenges each choice would give."""

import functools
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchVector
from django.db.models import Case, CharField, Count, F, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.calculations import maturity
from challenges.filters.text import Named, query_of
from challenges.models import Challenge, Phase
from govtech.reference.models import Department, District, PolicyArea, in_language
from govtech.statements import Slot, Statement, ask, compiled

# What the public chooses from: each groups phases.
STATES: dict[str, tuple[Any, tuple[Phase, ...]]] = {
    "open": (pgettext_lazy("challenges", "Open"), (Phase.OPEN, Phase.CLOSING_SOON)),
    "upcoming": (_("Coming soon"), (Phase.UPCOMING,)),
    "evaluation": (_("In evaluation"), (Phase.CLOSED, Phase.EVALUATING)),
    "awarded": (pgettext_lazy("challenges", "Awarded"), (Phase.AWARDED,)),
    "pilot": (_("In pilot"), (Phase.PILOTING,)),
    "ended": (
        pgettext_lazy("challenges", "Ended"),
        (Phase.FINISHED, Phase.VOID, Phase.WAIVED, Phase.DESISTED, Phase.CANCELLED),
    ),
}
FIVE, TEN = Decimal(5000), Decimal(10000)
AMOUNTS: dict[str, tuple[Any, Q]] = {
    "5000": (_("Up to €5,000"), Q(max_amount_net__lte=FIVE)),
    "10000": (_("€5,000 to €10,000"), Q(max_amount_net__gt=FIVE, max_amount_net__lte=TEN)),
    "more": (_("More than €10,000"), Q(max_amount_net__gt=TEN)),
}
LENGTHS: dict[str, tuple[Any, Q]] = {
    "3": (_("Up to 3 months"), Q(duration_months__lte=3)),
    "6": (_("4 to 6 months"), Q(duration_months__gte=4, duration_months__lte=6)),
    "12": (_("7 to 12 months"), Q(duration_months__gte=7)),
}
MATURITIES: dict[str, tuple[Any, Q]] = {
    "any": (_("No minimum"), Q(minimum_trl__isnull=True)),
    **{
        key: (label, Q(minimum_trl__gte=least, minimum_trl__lte=most))
        for key, (label, (least, most)) in maturity.BANDS.items()
    },
}
WHOLE_CITY = "city"  # of districts: a challenge that names none


class SomeChoices(forms.MultipleChoiceField):
    """Several choices; those that don't exist are left out, the others kept."""

    def clean(self, value: Any) -> list[str]:
        """Return the known ones, in the order of the list and once each."""
        asked = set(self.to_python(value))
        return [str(key) for key, _label in self.choices if str(key) in asked]  # type: ignore[union-attr]


class FacetFilter(filters.MultipleChoiceFilter):
    """A facet of a list with filters. The catalogue of challenges, which is asked for most, does without a form."""

    field_class = SomeChoices


class Thing(NamedTuple):
    """A policy area, department or district to choose: `key` stands in the address."""

    kind: str
    pk: int
    key: str
    name: str
    name_en: str
    is_named: bool  # its name has the words searched for

    @property
    def label(self) -> str:
        """Its name in the page's language."""
        return in_language(self.name, self.name_en)


def things(text: dict[str, Any] | None) -> list[Thing]:
    """Return all policy areas, departments and districts in their order; `text` are words that names may have.

    One query. `text` is `narrow.words`.
    """
    shape = frozenset(name for name in ("text", "prefix") if text and text[name])
    statement = _THINGS.setdefault(shape, Statement(lambda: _things(shape)))
    rows = statement.rows(**{name: text[name] for name in shape}) if text else statement.rows()
    return [Thing(kind, pk, key, name, name_en, is_named) for kind, _place, pk, key, name, name_en, is_named in rows]


def things_text() -> str:
    """Return SQL for one text, the same for the same policy areas, departments and districts: see `things_of`."""
    text = _text(_things(frozenset()))
    columns = "facet, pk, key, its_name, its_name_en, is_named"
    order = "facet, place, its_name, pk"
    return f"SELECT json_agg(json_build_array({columns}) ORDER BY {order})::text FROM ({text}) AS things"  # noqa: S608


@functools.lru_cache(maxsize=8)
def things_of(text: str) -> tuple[Thing, ...]:
    """Read what `things_text` gave."""
    return tuple(Thing(*row) for row in json.loads(text))


_THINGS: dict[frozenset[str], Statement] = {}


def _things(shape: frozenset[str]) -> QuerySet[Any, Any]:
    words = SearchVector("name", "name_en", config="portal_es")
    no = Value(False, output_field=BooleanField())  # noqa: FBT003 - a literal of SQL
    prefix = Slot("prefix", TextField()) if "prefix" in shape else None
    query = query_of(Slot("text", TextField()), prefix) if shape else None
    named: Any = ExpressionWrapper(Q(words=query), output_field=BooleanField()) if query is not None else no
    with_words = {"words": words} if query is not None else {}
    columns = ("facet", "place", "pk", "key", "its_name", "its_name_en", "is_named")
    areas = PolicyArea.objects.annotate(
        facet=Value("area"), place=F("order"), key=F("slug"), its_name=F("name"), its_name_en=F("name_en"), **with_words
    )
    departments = Department.objects.annotate(
        facet=Value("department"), place=Value(0), key=F("code"), its_name=F("name"), its_name_en=F("name_en"),
        **with_words,
    )  # fmt: skip
    districts = District.objects.annotate(
        facet=Value("district"),
        place=F("number"),
        key=F("slug"),
        its_name=F("name"),
        its_name_en=Value(""),
        is_named=no,
    )
    rows = areas.annotate(is_named=named).values_list(*columns).union(
        departments.annotate(is_named=named).values_list(*columns), districts.values_list(*columns), all=True
    )  # fmt: skip
    return rows.order_by("facet", "place", "its_name", "pk")


class Option(NamedTuple):
    """One choice of a facet as the page shows it."""

    value: str
    label: str
    count: int
    chosen: bool


class Facet(NamedTuple):
    """A facet as the page shows it: its options are those that would find something, and those chosen."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: int
    is_folded: bool


def named(rows: Iterable[Thing]) -> Named:
    """Return those whose name has the words."""
    found: dict[str, list[int]] = {"area": [], "department": []}
    for row in rows:
        if row.is_named:
            found[row.kind].append(row.pk)
    return Named(tuple(found["area"]), tuple(found["department"]))


def bands(choices: dict[str, tuple[Any, Q]]) -> Case:
    """Return the key of the band that a challenge is in."""
    return Case(*(When(band, then=Value(key)) for key, (_label, band) in choices.items()), output_field=CharField())


def choices_of(bands: dict[str, tuple[Any, Any]]) -> list[tuple[str, Any]]:
    """Return the keys and labels of bands or states."""
    return [(key, label) for key, (label, _band) in bands.items()]


# What each facet counts by.
COLUMNS: dict[str, Any] = {
    "state": F("phase"),
    "area": F("policy_area"),
    "department": F("department"),
    "district": F("districts"),
    "amount": bands(AMOUNTS),
    "length": bands(LENGTHS),
    "maturity": bands(MATURITIES),
}
FACETS = ("state", "area", "amount", "length", "maturity", "district", "department")
FOLDED = {"length", "maturity", "district", "department"}  # shown on demand: the list of options is long or seldom used


class Counting:
    """Counts of facets over challenges, compiled once: `names` together in one pass, each of `apart` over its own."""

    def __init__(self, queryset: QuerySet[Challenge], names: list[str], apart: dict[str, QuerySet[Challenge]]) -> None:
        """Take the challenges and the facets; the number of all of them comes with it."""
        self.names, self.apart = tuple(names), tuple(apart)
        inner = queryset.values(**{f"by_{name}": COLUMNS[name] for name in names})
        columns = [f'"by_{name}"' for name in names]
        grouping = f"grouping({', '.join(columns)})" if columns else "0"
        sets = ", ".join([*(f"({column})" for column in columns), "()"])
        key = f"coalesce({', '.join(f'{column}::text' for column in columns)}, '')" if columns else "''"
        parts = [
            f"SELECT {grouping} AS place, {key} AS key, count(*) AS count "  # noqa: S608 - names of ours
            f"FROM ({_text(inner if names else queryset.values('pk'))}) AS found GROUP BY GROUPING SETS ({sets})"
        ]
        for place, (name, rows) in enumerate(apart.items(), start=1):
            parts.append(f"SELECT {-place}, coalesce(key::text, ''), count FROM ({_text(counted(rows, name))}) AS a{place}")  # noqa: S608, E501
        # Sorted, and so the same text for the same counts.
        self.text = (
            "SELECT string_agg(place || ':' || key || ':' || count, ' ') "  # noqa: S608
            f"FROM ({' UNION ALL '.join(parts)}) AS counts"
        )

    def __call__(self, values: dict[str, Any]) -> str:
        """Return the counts as one text, to be read by `counts_of`. One query."""
        return ask(self.text, values)[0][0]


@functools.lru_cache(maxsize=200)
def counts_of(text: str, names: tuple[str, ...], apart: tuple[str, ...]) -> tuple[int, dict[str, dict[Any, int]]]:
    """Read what a `Counting` of these facets found: how many in all, and by facet how many of each value."""
    everything = (1 << len(names)) - 1
    total, found = 0, dict[str, dict[Any, int]]()
    for part in text.split(" "):
        place, key, count = part.split(":")
        mask = int(place)
        if mask == everything:
            total = int(count)
            continue
        name = apart[-mask - 1] if mask < 0 else names[len(names) - (everything & ~mask).bit_length()]
        found.setdefault(name, {})[key or None] = int(count)
    return total, found


def _text(queryset: QuerySet[Challenge, Any]) -> str:
    return compiled(queryset.query.get_compiler(queryset.db))


def counted(queryset: QuerySet[Challenge], name: str) -> QuerySet[Challenge, Any]:
    """Return value and number for one facet."""
    rows = queryset.annotate(key=COLUMNS[name]).values("key")
    return rows.annotate(count=Count("pk")).values_list("key", "count")
