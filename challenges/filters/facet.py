"""Facets of the catalogue: what can be chosen, and how many challenges each choice would give."""

import functools
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchVector
from django.db.models import Case, CharField, DurationField, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField
from django.db.models.functions import Cast, Chr, Coalesce, Left
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.calculations import maturity
from challenges.calculations.phase import CLOSING_SOON_HOURS
from challenges.filters.text import Named, query_of
from challenges.models import Challenge, Phase, Status
from govtech.clock import PortalNow
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
    "10000": (_("€5,000 to €10,000"), Q(max_amount_net__lte=TEN)),
    "more": (_("More than €10,000"), Q(max_amount_net__gt=TEN)),
}
LENGTHS: dict[str, tuple[Any, Q]] = {
    "3": (_("Up to 3 months"), Q(duration_months__lte=3)),
    "6": (_("4 to 6 months"), Q(duration_months__lte=6)),
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


# One character for each value of a facet, two of a phase. Counting characters is many times quicker than grouping rows.
NONE, FIRST = "!", 64  # of a facet of things: none, and what is added to a key to make a character
OF_STATE = {phase: "cs" if phase == Phase.CLOSING_SOON else phase.value[:2] for phase in Phase}
OF_BANDS = {
    name: {key: chr(97 + place) for place, key in enumerate(bands_of)}
    for name, bands_of in (("amount", AMOUNTS), ("length", LENGTHS), ("maturity", MATURITIES))
}
BANDS = {"amount": AMOUNTS, "length": LENGTHS, "maturity": MATURITIES}


def _code(name: str) -> Any:
    """Return an expression for the character of a public challenge in a facet."""
    if name == "state":  # as `with_phase` reads it, of challenges that have been launched and published
        soon = PortalNow() + Cast(Value(f"{CLOSING_SOON_HOURS} hours"), DurationField())
        return Case(
            When(~Q(status=Status.PUBLISHED), then=Left("status", 2)),
            When(opens_at__gt=PortalNow(), then=Value(OF_STATE[Phase.UPCOMING])),
            When(closes_at__lte=PortalNow(), then=Value(OF_STATE[Phase.CLOSED])),
            When(closes_at__lt=soon, then=Value(OF_STATE[Phase.CLOSING_SOON])),
            default=Value(OF_STATE[Phase.OPEN]),
            output_field=CharField(),
        )
    if name in BANDS:
        codes = OF_BANDS[name]
        bands_of = BANDS[name].items()
        return Case(*(When(band, then=Value(codes[key])) for key, (_label, band) in bands_of), output_field=CharField())
    return Coalesce(Chr(Cast(COLUMNS[name], IntegerField()) + FIRST), Value(NONE), output_field=CharField())


class Counting:
    """Counts of facets over challenges, compiled once: `names` together in one pass, each of `apart` over its own."""

    def __init__(self, queryset: QuerySet[Challenge], names: list[str], apart: dict[str, QuerySet[Challenge]]) -> None:
        """Take the challenges and the facets; the number of all of them comes with it."""
        self.names = (*names, *apart)
        # `pk` so that there is a column where every facet is counted apart.
        inner = _text(queryset.values("pk", **{f"by_{name}": _code(name) for name in names}))
        columns = ", ".join(["count(*)", *map(_joined, names)])
        parts = [f"(SELECT concat_ws(' ', {columns}) FROM ({inner}) AS found)"]  # noqa: S608 - names of ours
        for name, rows in apart.items():
            inner = _text(rows.values("pk", **{f"by_{name}": _code(name)}))
            parts.append(f"(SELECT {_joined(name)} FROM ({inner}) AS apart)")  # noqa: S608
        self.text = f"SELECT concat_ws(' ', {', '.join(parts)})"

    def __call__(self, values: dict[str, Any]) -> str:
        """Count. One query; see `read`."""
        return self.read(ask(self.text, values)[0][0])

    def read(self, characters: str) -> str:
        """Return the counts as a text for `counts_of`, the same for the same counts."""
        total, *parts = characters.split(" ")
        found = {name: _counted(name, part) for name, part in zip(self.names, parts, strict=True)}
        return json.dumps([int(total), found])


def _joined(name: str) -> str:
    mark = "," if name == "state" else ""
    return f"coalesce(string_agg(\"by_{name}\", '{mark}'), '')"


def _counted(name: str, characters: str) -> dict[str, int]:
    """Return how often each value stands among the characters; what stands there never is left out. `` is none."""
    if name == "state":
        counts = {phase.value: characters.count(code) for phase, code in OF_STATE.items()}
    elif name in OF_BANDS:
        counts = {key: characters.count(code) for key, code in OF_BANDS[name].items()}
    else:
        found = sorted(set(characters))
        counts = {"" if each == NONE else str(ord(each) - FIRST): characters.count(each) for each in found}
    return {key: count for key, count in counts.items() if count}


@functools.lru_cache(maxsize=200)
def counts_of(text: str) -> tuple[int, dict[str, dict[str | None, int]]]:
    """Read what a `Counting` found: how many in all, and by facet how many of each value."""
    total, found = json.loads(text)
    return total, {name: {key or None: count for key, count in counts.items()} for name, counts in found.items()}


def _text(queryset: QuerySet[Challenge, Any]) -> str:
    return compiled(queryset.query.get_compiler(queryset.db))
