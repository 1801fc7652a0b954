"""The public catalogue: search, facets with live counts, order. Every view of it is a shareable address."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchRank
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from challenges.calculations import spelling
from challenges.filters import ordering
from challenges.filters.facet import (
    AMOUNTS,
    FACETS,
    FOLDED,
    LENGTHS,
    MATURITIES,
    STATES,
    WHOLE_CITY,
    FacetFilter,
    Thing,
    choices_of,
    counted,
    grouped,
    named,
    things,
)
from challenges.filters.text import OPERATORS, WORD, Named, corrected, matching, text_query
from challenges.models import Challenge, Phase
from challenges.models.instant import moment
from govtech.shell import pages

SORTS = {
    "closing": _("Closing soonest"),
    "newest": _("Newest"),
    "amount": _("Largest amount"),
    "relevance": _("Best match"),
}
PARAMETERS = ("q", "exact", "state", "area", "department", "district", "amount", "length", "maturity", "sort")


class ChallengeFilter(filters.FilterSet):
    """Filters of the catalogue. What can't be read in an address is left out, not refused.

    `queryset` must have `with_phase()`. `user` is who asks, for the orders that are somebody's.
    """

    q = filters.CharFilter(label=_("Search challenges"), max_length=200, method="filter_text")
    exact = filters.CharFilter(label=_("Exactly as written"), method="leave")
    state = FacetFilter(label=_("State"), choices=choices_of(STATES), method="filter_state")
    area = FacetFilter(label=_("Policy area"), method="filter_area")
    department = FacetFilter(label=_("Department"), method="filter_department")
    district = FacetFilter(label=_("District"), method="filter_district")
    amount = FacetFilter(label=_("Maximum amount"), choices=choices_of(AMOUNTS), method="filter_band")
    length = FacetFilter(label=_("Length of the pilot"), choices=choices_of(LENGTHS), method="filter_band")
    maturity = FacetFilter(label=_("Maturity asked for"), choices=choices_of(MATURITIES), method="filter_band")
    sort = filters.ChoiceFilter(
        label=_("Sort by"), choices=list(SORTS.items()), method="leave", empty_label=None, widget=forms.Select
    )

    class Meta:
        model = Challenge
        fields: list[str] = []

    def __init__(self, data: Any = None, queryset: Any = None, *, user: Any = None, **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        self.user = user

    # What was asked for ------------------------------------------------------------------------------

    @cached_property
    def things(self) -> dict[str, list[Thing]]:
        """Policy areas, departments and districts, by facet."""
        text = (self.data.get("q") or "").strip().replace("\0", "")[:200] if self.is_bound else ""
        found: dict[str, list[Thing]] = {"area": [], "department": [], "district": []}
        for thing in things(text_query(text) if text else None):
            found[thing.kind].append(thing)
        return found

    @property
    def form(self) -> Any:
        """The form, with the choices that the database and the person make."""
        if not hasattr(self, "_form"):
            form = super().form
            for name, rows in self.things.items():
                form.fields[name].choices = [(row.key, row.label) for row in rows]
            form.fields["district"].choices = [(WHOLE_CITY, _("The whole city")), *form.fields["district"].choices]
            form.fields["sort"].choices = [*SORTS.items(), *ordering.choices(self.user)]
        return super().form

    @cached_property
    def values(self) -> dict[str, Any]:
        """What was asked for and could be read: a list of keys for each facet."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        values = self.form.cleaned_data
        # An address says 1. The form says the words it was insisted on: other words are searched for as usual.
        values["exact"] = "1" if values.get("q") and values.get("exact") in ("1", self.insisted(values["q"])) else ""
        return values

    @staticmethod
    def insisted(text: str) -> str:
        """Return what the form says in `exact` where these words are searched for as they are written."""
        return f"={text}"

    @property
    def text(self) -> str:
        """The words asked for, as written."""
        return self.values.get("q") or ""

    @cached_property
    def correction(self) -> str | None:
        """What is searched for instead of a misspelling that no public challenge has. None mostly.

        One query where there are words; four more where nothing has them.
        """
        if not self.text or self.values.get("exact"):
            return None
        if not pages.is_keeping():
            return self._corrected()
        # That nothing has a word is dear to find out among many challenges, and true until the next change.
        better = pages.remembered(f"correction {self.text}", self._corrected, *self._reading)
        if better:
            self.named = named(things(text_query(better)))
        return better

    def _corrected(self) -> str | None:
        if self._matching(self.queryset, self.text).exists():
            return None
        better = corrected(self.text, self._named_with)
        if not better:
            return None
        self.named = named(things(text_query(better)))
        return better if self._matching(self.queryset, better).exists() else None

    @property
    def searched(self) -> str:
        """The words that are searched for."""
        return self.correction or self.text

    @property
    def sorting(self) -> str:
        """The order in force: the best match first where words were searched for."""
        asked = self.values.get("sort") or ""
        return asked if asked and (asked != "relevance" or self.text) else self.usual_sorting

    @property
    def usual_sorting(self) -> str:
        """The order where none was asked for."""
        return "relevance" if self.text else "closing"

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The facets asked for, with their keys."""
        return {name: self.values[name] for name in FACETS if self.values.get(name)}

    def query(self, **changes: Any) -> str:
        """Return the query string of this view, always the same for the same view: `state=open&page=2` or nothing.

        `changes` replace values, None or an empty list leaves one out. The page is left out unless given.
        """
        values = {name: self.values.get(name) for name in PARAMETERS}
        values["exact"] = "1" if values["exact"] and values["q"] else None
        values["sort"] = self.sorting if self.sorting != self.usual_sorting else None
        values |= changes
        page = values.get("page")
        values["page"] = page if page and page > 1 else None
        pairs = [(name, values[name]) for name in (*PARAMETERS, "page") if values[name] not in (None, "", [])]
        return urlencode(pairs, doseq=True)

    def taken_off(self) -> list[dict[str, str]]:
        """Return each active filter as a label and the query string without it; the words first."""
        chips = []
        if self.text:
            chips.append({"name": "q", "label": f"«{self.text}»", "query": self.query(q=None, exact=None)})
        for name, keys in self.chosen.items():
            labels = {str(key): label for key, label in self.form.fields[name].choices}
            for key in keys:
                rest = [other for other in keys if other != key]
                chips.append({"name": name, "label": str(labels[key]), "query": self.query(**{name: rest})})
        return chips

    # What is found -----------------------------------------------------------------------------------

    def leave(self, queryset: QuerySet[Challenge], name: str, value: Any) -> QuerySet[Challenge]:  # noqa: ARG002
        """Order and spelling are dealt with elsewhere."""
        return queryset

    @cached_property
    def named(self) -> Named:
        """What has the words in its name."""
        return named(row for rows in self.things.values() for row in rows)

    def _matching(self, queryset: QuerySet[Challenge], text: str) -> QuerySet[Challenge]:
        return matching(queryset, text_query(text), self.named)

    def _named_with(self, plain: str) -> Named:
        """Return what has one word in its name, whatever its accents."""
        rows = [row for name in ("area", "department") for row in self.things[name]]
        has = [row for row in rows if plain in WORD.findall(spelling.plain(f"{row.name} {row.name_en}"))]
        return named(replace(row, is_named=True) for row in has)

    def filter_text(self, queryset: QuerySet[Challenge], name: str, value: str) -> QuerySet[Challenge]:  # noqa: ARG002
        """Search for the words, put right where nothing has them as written."""
        return self._matching(queryset, self.correction or value)

    def filter_state(self, queryset: QuerySet[Challenge], name: str, value: list[str]) -> QuerySet[Challenge]:  # noqa: ARG002
        """Keep the phases of the chosen states."""
        return queryset.filter(phase__in=[phase for key in value for phase in STATES[key][1]])

    def _keys(self, name: str, value: list[str]) -> list[int]:
        return [row.pk for row in self.things[name] if row.key in value]

    def filter_area(self, queryset: QuerySet[Challenge], name: str, value: list[str]) -> QuerySet[Challenge]:
        """Keep the chosen policy areas."""
        return queryset.filter(policy_area__in=self._keys(name, value))

    def filter_department(self, queryset: QuerySet[Challenge], name: str, value: list[str]) -> QuerySet[Challenge]:
        """Keep the chosen departments."""
        return queryset.filter(department__in=self._keys(name, value))

    def filter_district(self, queryset: QuerySet[Challenge], name: str, value: list[str]) -> QuerySet[Challenge]:
        """Keep challenges that name one of the districts; those that name none where the whole city was chosen."""
        places = Challenge.districts.through.objects.filter(challenge=OuterRef("pk"))
        wanted = Q(Exists(places.filter(district__in=self._keys(name, value))))
        if WHOLE_CITY in value:
            wanted |= ~Q(Exists(places))
        return queryset.filter(wanted)

    def filter_band(self, queryset: QuerySet[Challenge], name: str, value: list[str]) -> QuerySet[Challenge]:
        """Keep the chosen bands."""
        bands = {"amount": AMOUNTS, "length": LENGTHS, "maturity": MATURITIES}[name]
        wanted = Q()
        for key in value:
            wanted |= bands[key][1]
        return queryset.filter(wanted)

    def without(self, *left_out: str) -> QuerySet[Challenge]:
        """Return the challenges that all filters but some keep: what the counts of those are made of."""
        queryset = self.queryset
        for name, value in self.values.items():
            if name not in left_out and value not in (None, "", []):
                queryset = self.filters[name].filter(queryset, value)
        return queryset.order_by()

    def found(self) -> QuerySet[Challenge]:
        """Return what all filters keep, in the order asked for."""
        return self.ordered(self.without())

    def ordered(self, queryset: QuerySet[Challenge]) -> QuerySet[Challenge]:
        """Return challenges in the order asked for."""
        of_person = ordering.find(self.sorting)
        if of_person is not None:
            return of_person.apply(queryset, self.sorting, user=self.user)
        return ordered(queryset, self.sorting, self.searched)

    def reasons(self, rows: Iterable[Challenge]) -> dict[int, str]:
        """Say why rows stand where they do, where the order is somebody's."""
        of_person = ordering.find(self.sorting)
        return of_person.reasons(rows, self.sorting, user=self.user) if of_person is not None else {}

    def sorts(self) -> list[tuple[str, Any, bool]]:
        """Return the orders to choose from: value, label, whether in force. The usual one has no value."""
        return [
            (key if key != self.usual_sorting else "", label, key == self.sorting)
            for key, label in self.form.fields["sort"].choices
            if self.text or key != "relevance"
        ]

    # How many there are ------------------------------------------------------------------------------

    @cached_property
    def counts(self) -> tuple[int, dict[str, dict[Any, int]]]:
        """How many challenges were found, and how many each option of each facet would give. At most three queries.

        Facets that nothing was chosen of are counted together in one pass over what was found; the others each over
        what the rest keeps.
        """
        if pages.is_keeping():
            key = f"catalogue {self.query(sort=None)} {self.searched}"
            total, rows = pages.remembered(key, self._counted_rows, *self._reading)
        else:
            total, rows = self._counted_rows()
        found: dict[str, dict[Any, int]] = {}
        for facet, key, count in rows:
            found.setdefault(facet, {})[key] = count
        return total, found

    def _counted_rows(self) -> tuple[int, list[tuple[str, Any, int]]]:
        chosen = self.chosen
        together = [name for name in FACETS if name not in chosen and name != "district"]
        total, found = grouped(self.without(), together)
        apart = [*chosen, *(["district"] if "district" not in chosen else [])]
        parts = [counted(self.without(name), name) for name in apart]
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        return total, [
            *((facet, key, count) for facet, counts in found.items() for key, count in counts.items()),
            *((facet, key, count) for facet, key, count in rows),
        ]

    @cached_property
    def moment(self) -> tuple[datetime, datetime | None]:
        """The instant of this reading, and the next one at which a challenge changes its phase."""
        return self._reading[1:]

    @cached_property
    def _reading(self) -> tuple[float, datetime, datetime | None]:
        """What the monotonic clock said before the instant was read, and `moment`."""
        return (time.monotonic(), *moment())

    def phases(self) -> list[Phase] | None:
        """Return the phases asked for, None where any will do."""
        states = self.values.get("state")
        return [phase for key in states for phase in STATES[key][1]] if states else None

    @property
    def total(self) -> int:
        """How many challenges were found."""
        return self.counts[0]

    def facets(self) -> list[dict[str, Any]]:
        """Return each facet with its options and live counts. Options that would give nothing are left out."""
        return [self._facet(name) for name in FACETS]

    def _facet(self, name: str) -> dict[str, Any]:
        chosen = self.chosen.get(name, [])
        options = [
            {"value": value, "label": label, "count": count, "chosen": value in chosen, "id": f"{name}-{value}"}
            for value, label, count in self._options(name)
            if count or value in chosen
        ]
        return {
            "name": name,
            "label": self.filters[name].label,
            "options": options,
            "chosen": len(chosen),
            "is_folded": name in FOLDED,
        }

    def _options(self, name: str) -> list[tuple[str, Any, int]]:
        counts = self.counts[1].get(name, {})
        if name == "state":
            return [
                (key, label, sum(counts.get(phase.value, 0) for phase in phases))
                for key, (label, phases) in STATES.items()
            ]
        if name in self.things:
            rows = [(row.key, row.label, counts.get(str(row.pk), 0)) for row in self.things[name]]
            whole = [(WHOLE_CITY, _("The whole city"), counts.get(None, 0))] if name == "district" else []
            return [*whole, *rows]
        return [(key, label, counts.get(key, 0)) for key, label in self.form.fields[name].choices]

    def ways_out(self) -> list[dict[str, Any]]:
        """Return what would find something where this finds nothing: label, query string and how many, most first.

        The filter whose absence frees most, any one of the words alone. One query for each filter in force.
        """
        names = [*(("q",) if self.text else ()), *self.chosen]
        freed = [way for name in names for way in self._way_without(name)]
        if not freed and len(names) > 1:
            freed = [way for name in names for way in self._way_with(name)]
        any_word = self._any_word()
        if any_word:
            count = self._matching(self.without("q"), any_word).count()
            freed += self._way("any", any_word, self.query(q=any_word, exact=None), count)
        return sorted(freed, key=lambda way: -way["count"])[:4]

    def _way(self, name: str, label: str, query: str, count: int) -> list[dict[str, Any]]:
        return [{"name": name, "label": label, "query": query, "count": count, "words": _found(count)}] if count else []

    def _way_without(self, name: str) -> list[dict[str, Any]]:
        """Return the search without one of its filters, if that finds something."""
        query = self.query(**{name: None, **({"exact": None} if name == "q" else {})})
        label = f"«{self.text}»" if name == "q" else str(self.filters[name].label)
        return self._way("q" if name == "q" else "without", label, query, self.without(name).count())

    def _way_with(self, name: str) -> list[dict[str, Any]]:
        """Return the search with nothing but one of its filters, if that finds something."""
        others = [other for other in ("q", *FACETS) if other != name]
        labels = {str(key): str(label) for key, label in self.form.fields[name].choices} if name != "q" else {}
        label = f"«{self.text}»" if name == "q" else ", ".join(labels[key] for key in self.values[name])
        query = self.query(**dict.fromkeys([*others, *(() if name == "q" else ("exact",))]))
        return self._way("only", label, query, self.without(*others).count())

    def _any_word(self) -> str:
        """Return the search for any one of several words, nothing where there is one or they are joined otherwise."""
        words = list(dict.fromkeys(WORD.findall(self.text)))
        return " or ".join(words) if len(words) > 1 and not OPERATORS.search(self.text) else ""


def _found(count: int) -> str:
    return ngettext("%(n)s challenge", "%(n)s challenges", count) % {"n": count}


def ordered(queryset: QuerySet[Challenge], sort: str, text: str) -> QuerySet[Challenge]:
    """Order a catalogue, always the same way for the same challenges."""
    if sort == "newest":
        return queryset.order_by("-publish_at", "-pk")
    if sort == "amount":
        return queryset.order_by("-max_amount_net", "-publish_at", "-pk")
    if sort == "relevance":
        return queryset.annotate(rank=SearchRank(F("search"), text_query(text))).order_by("-rank", "-publish_at", "-pk")
    return by_closing(queryset)


def by_closing(queryset: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """First what can still be answered, the nearest closing first; then what opens next; then the last to close."""
    return queryset.order_by(
        Case(When(phase__in=[Phase.OPEN, Phase.CLOSING_SOON], then=F("closes_at"))).asc(nulls_last=True),
        Case(When(phase=Phase.UPCOMING, then=F("opens_at"))).asc(nulls_last=True),
        "-closes_at",
        "-pk",
    )
