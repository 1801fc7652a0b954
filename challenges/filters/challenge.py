"""The public catalogue: search, facets with live counts, order. Every view of it is a shareable address."""

import functools
import time
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchRank
from django.db.models import Case, F, QuerySet, When
from django.http import QueryDict
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

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
    Counting,
    Facet,
    Option,
    Thing,
    choices_of,
    counts_of,
    named,
    things,
    things_of,
    things_text,
)
from challenges.filters.narrow import Narrowing, words
from challenges.filters.text import OPERATORS, WORD, Named, corrected, text_query
from challenges.models import Challenge, Phase, PlannedChallenge
from challenges.models.instant import MOMENT, OF_MOMENT, moment
from govtech.shell import pages
from govtech.statements import ask, compiled

SORTS = {
    "closing": _("Closing soonest"),
    "newest": _("Newest"),
    "amount": _("Largest amount"),
    "relevance": _("Best match"),
}
PARAMETERS = ("q", "exact", "state", "area", "department", "district", "amount", "length", "maturity", "sort")


LABELS: dict[str, Any] = {
    "q": _("Search challenges"),
    "state": _("State"),
    "area": _("Policy area"),
    "department": _("Department"),
    "district": _("District"),
    "amount": _("Maximum amount"),
    "length": _("Length of the pilot"),
    "maturity": _("Maturity asked for"),
}
CHOICES: dict[str, dict[str, tuple[Any, Any]]] = {
    "state": STATES, "amount": AMOUNTS, "length": LENGTHS, "maturity": MATURITIES
}  # fmt: skip
LONGEST = 200  # characters of a search


class Chip(NamedTuple):
    """A filter in force: its label, and the query string without it."""

    name: str
    label: str
    query: str


class Overview(NamedTuple):
    """What a page of the catalogue needs beside its rows: `things` for `things_of`, `counts` for `Counting.read`.

    `began` is what the monotonic clock said before; `change` the next instant at which a challenge changes its phase.
    """

    began: float
    at: datetime
    change: datetime | None
    things: str
    is_announced: bool
    counts: str | None


def overview_text(counting: Counting | None) -> str:
    """Return SQL for one row, an `Overview` without `began`."""
    planned = compiled(PlannedChallenge.objects.expected().values("pk").query.get_compiler("default"))
    counts = f"({counting.text})" if counting else "NULL::text"
    return f"{MOMENT}, ({things_text()}), EXISTS({planned}), {counts}{OF_MOMENT}"


class ChallengeFilter:
    """Filters of the catalogue. What can't be read in an address is left out, not refused.

    `user` is who asks, for the orders that are somebody's.
    """

    def __init__(self, data: QueryDict, *, user: Any = None) -> None:
        self.data = data
        self.user = user

    # What was asked for ------------------------------------------------------------------------------

    @cached_property
    def things(self) -> dict[str, list[Thing]]:
        """Policy areas, departments and districts, by facet."""
        found: dict[str, list[Thing]] = {"area": [], "department": [], "district": []}
        rows = things(words(self.written, Named())) if self.written else things_of(self.things_text)
        for thing in rows:
            found[thing.kind].append(thing)
        return found

    @cached_property
    def things_text(self) -> str:
        """All of them as one text, the same for the same: what the page is made of where no words are searched for."""
        if pages.is_keeping():
            return pages.remembered("things", lambda: ask(things_text(), {})[0][0], *self.read)
        return self._overview.things

    @cached_property
    def _overview(self) -> Overview:
        """What the page needs beside its rows, read at once where nothing of it is kept. One query.

        Without the counts where words, or things by their names, are asked for: those must be known before.
        """
        began = time.monotonic()
        if self.written or any(name in self.data for name in ("area", "department", "district")):
            narrowing, counting = Narrowing({}), None
        else:
            narrowing, counting = self.narrowing, self._counting
        overview = narrowing.once(("overview", counting), lambda _rows: overview_text(counting))
        return Overview(began, *ask(overview, narrowing.values)[0])

    @property
    def is_announced(self) -> bool:
        """Whether anything is announced that isn't published yet."""
        if pages.is_keeping():
            return pages.remembered("announced", lambda: PlannedChallenge.objects.expected().exists(), *self.read)
        return self._overview.is_announced

    @cached_property
    def written(self) -> str:
        """The words of the address. Too many, or what the database can't keep, are none."""
        text = (self.data.get("q") or "").strip()
        return "" if "\0" in text or len(text) > LONGEST else text

    def choices(self, name: str) -> list[tuple[str, Any]]:
        """Return the options of a facet: key and label."""
        if name in CHOICES:
            return choices_of(CHOICES[name])
        rows = [(row.key, row.label) for row in self.things[name]]
        return [(WHOLE_CITY, _("The whole city")), *rows] if name == "district" else rows

    def _keys_of(self, name: str) -> Iterable[str]:
        if name in CHOICES:
            return CHOICES[name]
        keys = [row.key for row in self.things[name]]
        return [WHOLE_CITY, *keys] if name == "district" else keys

    @cached_property
    def values(self) -> dict[str, Any]:
        """What was asked for and could be read: a list of keys for each facet, in the order of its options."""
        values: dict[str, Any] = {"q": self.written}
        for name in FACETS:
            asked = set(self.data.getlist(name))
            values[name] = [key for key in self._keys_of(name) if key in asked] if asked else []
        sort = self.data.get("sort") or ""
        values["sort"] = sort if sort and (sort in SORTS or sort in dict(ordering.choices(self.user))) else ""
        # An address says 1. The form says the words it was insisted on: other words are searched for as usual.
        exact = (self.data.get("exact") or "").strip()
        values["exact"] = "1" if values["q"] and exact in ("1", self.insisted(values["q"])) else ""
        return values

    @staticmethod
    def insisted(text: str) -> str:
        """Return what the form says in `exact` where these words are searched for as they are written."""
        return f"={text}"

    @property
    def text(self) -> str:
        """The words asked for, as written."""
        return self.values["q"]

    @cached_property
    def correction(self) -> str | None:
        """What is searched for instead of a misspelling that no public challenge has. None mostly.

        One query where there are words; four more where nothing has them.
        """
        if not self.text or self.values["exact"]:
            return None
        if not pages.is_keeping():
            return self._corrected()
        # That nothing has a word is dear to find out among many challenges, and true until the next change.
        better = pages.remembered(f"correction {self.text}", self._corrected, *self.read)
        if better:
            self.named = self._named_as(better)
        return better

    def _corrected(self) -> str | None:
        if self._finds(self.text):
            return None
        better = corrected(self.text, self._named_with)
        if not better:
            return None
        self.named = self._named_as(better)
        return better if self._finds(better) else None

    def _finds(self, text: str) -> bool:
        """Say whether any public challenge has the words."""
        return bool(Narrowing(words(text, self.named)).keys("any", _newest, skip=0, take=1))

    @staticmethod
    def _named_as(text: str) -> Named:
        return named(things(words(text, Named())))

    @property
    def searched(self) -> str:
        """The words that are searched for."""
        return self.correction or self.text

    @property
    def sorting(self) -> str:
        """The order in force: the best match first where words were searched for."""
        asked = self.values["sort"]
        return asked if asked and (asked != "relevance" or self.text) else self.usual_sorting

    @property
    def usual_sorting(self) -> str:
        """The order where none was asked for."""
        return "relevance" if self.text else "closing"

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The facets asked for, with their keys."""
        return {name: self.values[name] for name in FACETS if self.values[name]}

    def query(self, **changes: Any) -> str:
        """Return the query string of this view, always the same for the same view: `state=open&page=2` or nothing.

        `changes` replace values, None or an empty list leaves one out. The page is left out unless given.
        """
        values = {name: self.values[name] for name in PARAMETERS}
        values["sort"] = self.sorting if self.sorting != self.usual_sorting else None
        values |= changes
        page = values.get("page")
        values["page"] = page if page and page > 1 else None
        pairs = [(name, values[name]) for name in (*PARAMETERS, "page") if values[name] not in (None, "", [])]
        return urlencode(pairs, doseq=True)

    def taken_off(self) -> list[Chip]:
        """Return each active filter as a label and the query string without it; the words first."""
        chips = []
        if self.text:
            chips.append(Chip("q", f"«{self.text}»", self.query(q=None, exact=None)))
        for name, keys in self.chosen.items():
            labels = dict(self.choices(name))
            for key in keys:
                rest = [other for other in keys if other != key]
                chips.append(Chip(name, str(labels[key]), self.query(**{name: rest})))
        return chips

    # What is found -----------------------------------------------------------------------------------

    @cached_property
    def named(self) -> Named:
        """What has the words in its name."""
        return named(row for rows in self.things.values() for row in rows) if self.text else Named()

    def _named_with(self, plain: str) -> Named:
        """Return what has one word in its name, whatever its accents."""
        rows = [row for name in ("area", "department") for row in self.things[name]]
        has = [row for row in rows if plain in WORD.findall(spelling.plain(f"{row.name} {row.name_en}"))]
        return named(Thing(*row[:5], is_named=True) for row in has)

    @cached_property
    def narrowing(self) -> Narrowing:
        """What is asked for, as the queries take it."""
        asked = self.values
        values: dict[str, Any] = {name: asked[name] for name in ("amount", "length", "maturity")}
        values["state"] = [phase.value for phase in self.phases() or ()]
        for name in ("area", "department", "district"):
            values[name] = [row.pk for row in self.things[name] if row.key in asked[name]] if asked[name] else []
        values["whole_city"] = WHOLE_CITY in asked["district"]
        return Narrowing(values | (self._words() if self.text else {}))

    def _words(self) -> dict[str, Any]:
        """Return the words as they are searched for: put right where nothing has them as written."""
        text = self.correction or self.text
        return words(text, self.named)

    def without(self, *left_out: str) -> QuerySet[Challenge]:
        """Return the challenges that all filters but some keep: what the counts of those are made of."""
        return self.narrowing.without(left_out).queryset().order_by()

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

    def sorts(self) -> tuple[tuple[str, str, bool], ...]:
        """Return the orders to choose from: value, label, whether in force. The usual one has no value."""
        return tuple(
            (key if key != self.usual_sorting else "", str(label), key == self.sorting)
            for key, label in [*SORTS.items(), *ordering.choices(self.user)]
            if self.text or key != "relevance"
        )

    # How many there are ------------------------------------------------------------------------------

    @property
    def counts(self) -> tuple[int, dict[str, dict[Any, int]]]:
        """How many challenges were found, and how many each option of each facet would give."""
        return counts_of(self.counts_text)

    @cached_property
    def counts_text(self) -> str:
        """The same as one text. At most one query.

        Facets that nothing was chosen of are counted together in one pass over what was found; the others each over
        what the rest keeps.
        """
        if pages.is_keeping():
            key = f"catalogue {self.query(sort=None)} {self.searched}"
            return pages.remembered(key, lambda: self._counting(self.narrowing.values), *self.read)
        counted = None if self.written else self._overview.counts
        return self._counting(self.narrowing.values) if counted is None else self._counting.read(counted)

    @cached_property
    def _counting(self) -> Counting:
        narrowing, chosen = self.narrowing, self.chosen
        together = [name for name in FACETS if name not in chosen and name != "district"]
        apart = [*chosen, *(["district"] if "district" not in chosen else [])]
        return narrowing.once(
            ("counts", *together, "", *apart),
            lambda rows: Counting(rows, together, {name: narrowing.without([name]).slotted() for name in apart}),
        )

    @cached_property
    def moment(self) -> tuple[datetime, datetime | None]:
        """The instant of this reading, and the next one at which a challenge changes its phase."""
        return self.read[1:]

    @cached_property
    def read(self) -> tuple[float, datetime, datetime | None]:
        """What the monotonic clock said before the instant was read, and `moment`: for `pages.remembered`."""
        if not pages.is_keeping() and not self.written:
            return self._overview[:3]
        return (time.monotonic(), *moment())

    def phases(self) -> list[Phase] | None:
        """Return the phases asked for, None where any will do."""
        states = self.values["state"]
        return [phase for key in states for phase in STATES[key][1]] if states else None

    @property
    def total(self) -> int:
        """How many challenges were found."""
        return self.counts[0]

    def facets(self) -> tuple[Facet, ...]:
        """Return each facet with its options and live counts. Options that would give nothing are left out."""
        return tuple(
            _facet(
                get_language(),
                name,
                tuple(self.things.get(name, ())),
                tuple(self.counts[1].get(name, {}).items()),
                tuple(self.chosen.get(name, ())),
            )
            for name in FACETS
        )

    def ways_out(self) -> list[dict[str, Any]]:
        """Return what would find something where this finds nothing: label, query string and how many.

        What keeps some of the words first, then what frees most; without the words last: it is the least alike. One
        query for each filter in force.
        """
        names = [*(("q",) if self.text else ()), *self.chosen]
        freed = [way for name in names for way in self._way_without(name)]
        if not freed and len(names) > 1:
            freed = [way for name in names for way in self._way_with(name)]
        any_word = self._any_word()
        if any_word:
            others = self.narrowing.without(["q"]).values
            count = Narrowing(others | words(any_word, self.named)).queryset().count()
            label = pgettext("between words of a search", " or ").join(any_word.split(" or "))
            freed += self._way("any", label, self.query(q=any_word, exact=None), count)
        nearest = ["any", "without", "only", "q"]
        return sorted(freed, key=lambda way: (nearest.index(way["name"]), -way["count"]))[:4]

    def _way(self, name: str, label: str, query: str, count: int) -> list[dict[str, Any]]:
        return [{"name": name, "label": label, "query": query, "count": count, "words": _found(count)}] if count else []

    def _way_without(self, name: str) -> list[dict[str, Any]]:
        """Return the search without one of its filters, if that finds something."""
        query = self.query(**{name: None, **({"exact": None} if name == "q" else {})})
        label = f"«{self.text}»" if name == "q" else str(LABELS[name])
        return self._way("q" if name == "q" else "without", label, query, self.without(name).count())

    def _way_with(self, name: str) -> list[dict[str, Any]]:
        """Return the search with nothing but one of its filters, if that finds something."""
        others = [other for other in ("q", *FACETS) if other != name]
        labels = {key: str(label) for key, label in self.choices(name)} if name != "q" else {}
        label = f"«{self.text}»" if name == "q" else ", ".join(labels[key] for key in self.values[name])
        query = self.query(**dict.fromkeys([*others, *(() if name == "q" else ("exact",))]))
        return self._way("only", label, query, self.without(*others).count())

    def _any_word(self) -> str:
        """Return the search for any one of several words, nothing where there is one or they are joined otherwise."""
        words = list(dict.fromkeys(WORD.findall(self.text)))
        return " or ".join(words) if len(words) > 1 and not OPERATORS.search(self.text) else ""


def _newest(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Put the newest first: in that order an index of dates or of words is read, without it the whole table may be."""
    return rows.order_by("-publish_at", "-pk")


@functools.lru_cache(maxsize=500)
def _facet(
    language: str, name: str, rows: tuple[Thing, ...], counts: tuple[tuple[Any, int], ...], chosen: tuple[str, ...]
) -> Facet:
    """Return a facet, made once for what it shows, in the language in force, which is named for that."""
    options = tuple(
        Option(value, str(label), count, value in chosen)
        for value, label, count in _options(name, rows, dict(counts))
        if count or value in chosen
    )
    return Facet(name, str(LABELS[name]), options, len(chosen), name in FOLDED)


def _options(name: str, rows: tuple[Thing, ...], counts: dict[Any, int]) -> list[tuple[str, Any, int]]:
    if name == "state":
        return [
            (key, label, sum(counts.get(phase.value, 0) for phase in phases)) for key, (label, phases) in STATES.items()
        ]
    if name in CHOICES:
        return [(key, label, counts.get(key, 0)) for key, label in choices_of(CHOICES[name])]
    shown = [(row.key, row.label, counts.get(str(row.pk), 0)) for row in rows]
    return [(WHOLE_CITY, _("The whole city"), counts.get(None, 0)), *shown] if name == "district" else shown


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
