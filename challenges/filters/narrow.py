"""The catalogue's filters as conditions of a query. What is asked for is given apart: each shape is compiled once."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value

from challenges.filters.facet import COLUMNS
from challenges.filters.text import Named, prefix_of, query_of
from challenges.models import Challenge
from challenges.models.listed import Entry, entries_of, entries_text
from govtech.statements import OneOf, Slot, Statement, ask

NUMBERS, TEXTS = ArrayField(BigIntegerField()), ArrayField(CharField())
# What is given under each name; a facet's name may bring another with it.
FIELDS: dict[str, Any] = {
    "text": TextField(), "prefix": TextField(), "named_areas": NUMBERS, "named_departments": NUMBERS,
    "state": TEXTS, "area": NUMBERS, "department": NUMBERS, "district": NUMBERS,
    "amount": TEXTS, "length": TEXTS, "maturity": TEXTS,
}  # fmt: skip
PARTS = {"q": ("text", "prefix", "named_areas", "named_departments"), "district": ("district", "whole_city")}
MOST = 400  # shapes that a process keeps
Give = Callable[[str], Any]
_statements: dict[Any, Any] = {}


class Narrowing:
    """What is asked for, by name: keys, phases, words. What nothing is asked of isn't in it."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = {name: value for name, value in values.items() if value}
        self.shape = frozenset(self.values)

    def without(self, facets: Iterable[str]) -> "Narrowing":
        """Return the same without some facets or the words."""
        gone = {part for name in facets for part in PARTS.get(name, (name,))}
        return Narrowing({name: value for name, value in self.values.items() if name not in gone})

    def queryset(self) -> QuerySet[Challenge]:
        """Return the challenges, as any other queryset."""
        return self._narrowed(lambda name: Value(self.values[name], output_field=FIELDS[name]))

    def once(self, what: Any, make: Callable[[QuerySet[Challenge]], Any]) -> Any:
        """Return what `make` builds of the challenges, once for each shape: a statement to give `values` to.

        `what` names it: the same name must always be built alike. What `make` looks at stands in it.
        """
        key = (what, self.shape)
        if key not in _statements:
            if len(_statements) >= MOST:
                _statements.clear()
            _statements[key] = make(self.slotted())
        return _statements[key]

    def keys(
        self, what: Any, make: Callable[[QuerySet[Challenge]], QuerySet[Challenge]], skip: int, take: int
    ) -> list[int]:
        """Return primary keys in the order that `make` gives: a page of them. One query."""
        statement: Statement = self.once(
            what, lambda rows: Statement(lambda: make(rows).values_list("pk", flat=True), is_cut=True)
        )
        return statement.rows(**self.values, skip=skip, take=take)

    def entries(
        self, what: Any, make: Callable[[QuerySet[Challenge]], QuerySet[Challenge]], skip: int, take: int
    ) -> list[Entry]:
        """Return the entries of such a page. One query."""

        def text(rows: QuerySet[Challenge]) -> str:
            return entries_text(Statement(lambda: make(rows).values_list("pk", flat=True), is_cut=True))

        statement, cut = self.once(("entries", what), text), {"skip": skip, "take": take}
        if not self.values:  # nothing is asked for: with the cut written out its plan is made once
            return entries_of(ask(statement % {name: str(number) for name, number in cut.items()}, {}))
        return entries_of(ask(statement, {**self.values, **cut}))

    def slotted(self) -> QuerySet[Challenge]:
        """Return the challenges with slots for what was asked, for a statement."""
        return self._narrowed(slot)

    def _narrowed(self, give: Give) -> QuerySet[Challenge]:
        has_words = "text" in self.shape
        rows = Challenge.objects.public_with_words() if has_words else Challenge.objects.public()
        rows = rows.with_phase()
        for condition in _conditions(self.shape, give):
            rows = rows.filter(condition)
        return rows


def slot(name: str) -> Slot:
    """Return the place of a value in a statement."""
    return Slot(name, FIELDS[name])


def words(text: str, named: Named) -> dict[str, Any]:
    """Return what a search for words asks for. The last word may be half written."""
    return {
        "text": text,
        "prefix": prefix_of(text),
        "named_areas": list(named.areas),
        "named_departments": list(named.departments),
    }


def likeness(shape: frozenset[str], give: Give) -> SearchQuery:
    """Return the words as PostgreSQL looks for them."""
    return query_of(give("text"), give("prefix") if "prefix" in shape else None)


def _conditions(shape: frozenset[str], give: Give) -> Iterable[Any]:
    if "text" in shape:
        wanted = Q(search=likeness(shape, give))
        for name, column in (("named_areas", "policy_area"), ("named_departments", "department")):
            if name in shape:
                wanted |= Q(OneOf(F(column), give(name)))
        yield wanted
    for name, column in COLUMNS.items():
        if name in shape and name != "district":
            yield OneOf(column, give(name))
    if shape & {"district", "whole_city"}:
        yield _placed(shape, give)


def _placed(shape: frozenset[str], give: Give) -> Q:
    """Those that name one of the districts; those that name none where the whole city was chosen."""
    places = Challenge.districts.through.objects.filter(challenge=OuterRef("pk"))
    wanted = Q()
    if "district" in shape:
        wanted |= Q(Exists(places.filter(OneOf(F("district"), give("district")))))
    if "whole_city" in shape:
        wanted |= ~Q(Exists(places))
    return wanted
