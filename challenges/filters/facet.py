"""Facets of the catalogue: what can be chosen, and how many challenges each choice would give."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.calculations import maturity
from challenges.filters.text import Named
from challenges.models import Challenge, Phase
from govtech.reference.models import Department, District, PolicyArea, in_language

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
    """A facet of the catalogue."""

    field_class = SomeChoices


@dataclass(frozen=True)
class Thing:
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


def things(query: SearchQuery | None) -> list[Thing]:
    """Return all policy areas, departments and districts in their order. One query."""
    words = SearchVector("name", "name_en", config="portal_es")
    no = Value(False, output_field=BooleanField())  # noqa: FBT003 - a literal of SQL
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
    return [
        Thing(kind, pk, key, name, name_en, is_named)
        for kind, _place, pk, key, name, name_en, is_named in rows.order_by("facet", "place", "its_name", "pk")
    ]


def named(rows: Iterable[Thing]) -> Named:
    """Return those whose name has the words."""
    found: dict[str, list[int]] = {"area": [], "department": []}
    for row in rows:
        if row.is_named:
            found[row.kind].append(row.pk)
    return Named(tuple(found["area"]), tuple(found["department"]))


def _bands(bands: dict[str, tuple[Any, Q]]) -> Case:
    return Case(*(When(band, then=Value(key)) for key, (_label, band) in bands.items()), output_field=CharField())


def choices_of(bands: dict[str, tuple[Any, Any]]) -> list[tuple[str, Any]]:
    """Return the keys and labels of bands or states."""
    return [(key, label) for key, (label, _band) in bands.items()]


# What each facet counts by.
COLUMNS: dict[str, Any] = {
    "state": F("phase"),
    "area": F("policy_area"),
    "department": F("department"),
    "district": F("districts"),
    "amount": _bands(AMOUNTS),
    "length": _bands(LENGTHS),
    "maturity": _bands(MATURITIES),
}
FACETS = ("state", "area", "amount", "length", "maturity", "district", "department")
FOLDED = {"length", "maturity", "district", "department"}  # shown on demand: the list of options is long or seldom used


def grouped(queryset: QuerySet[Challenge], names: list[str]) -> tuple[int, dict[str, dict[Any, int]]]:
    """Return how many rows there are, and how many for each value of each facet. One query, one pass."""
    inner = queryset.values(**{f"by_{name}": Cast(COLUMNS[name], CharField()) for name in names})
    statement, parameters = (inner if names else queryset.values("pk")).query.sql_with_params()
    columns = [f'"by_{name}"' for name in names]
    sets = ", ".join([*(f"({column})" for column in columns), "()"])
    grouping = f"grouping({', '.join(columns)})" if columns else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {grouping}, {', '.join([*columns, 'count(*)'])} FROM ({statement}) AS found "  # noqa: S608 - names of ours
            f"GROUP BY GROUPING SETS ({sets})",
            parameters,
        )
        rows = cursor.fetchall()
    everything = 2 ** len(names) - 1
    total, found = 0, {name: {} for name in names}  # type: ignore[var-annotated]
    for mask, *values, count in rows:
        if mask == everything:
            total = count
            continue
        place = next(index for index in range(len(names)) if not mask >> (len(names) - 1 - index) & 1)
        found[names[place]][values[place]] = count
    return total, found


def counted(queryset: QuerySet[Challenge], name: str) -> QuerySet[Challenge, Any]:
    """Return facet, value and number for one facet."""
    return (
        queryset.annotate(facet=Value(name), key=Cast(COLUMNS[name], CharField()))
        .values("facet", "key")
        .annotate(count=Count("pk"))
        .values_list("facet", "key", "count")
    )
