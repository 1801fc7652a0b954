"""The public catalogue: search, facets with live counts, order. Every view of it is a shareable address."""

import re
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, TrigramWordSimilarity
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge, Phase
from govtech.reference.models import Department, PolicyArea

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
SORTS = {
    "closing": _("Closing soonest"),
    "newest": _("Newest"),
    "amount": _("Largest amount"),
    "relevance": _("Best match"),
}
SIMILAR = 0.45  # word similarity from which a misspelt word is taken for another
WORD = re.compile(r"\w+")


def text_query(text: str) -> SearchQuery:
    """Return the words searched for, in both languages; the last word may be half written."""
    query = SearchQuery(text, config="portal_es", search_type="websearch") | SearchQuery(
        text, config="portal_en", search_type="websearch"
    )
    found = WORD.findall(text)
    if found and not re.search(r'["-]|\bor\b', text, re.IGNORECASE):
        prefix = " & ".join([*found[:-1], f"{found[-1]}:*"])
        query |= SearchQuery(prefix, config="portal_es", search_type="raw")
    return query


def matching(queryset: QuerySet[Challenge], text: str) -> QuerySet[Challenge]:
    """Keep challenges whose text, area or department has the words."""
    query = text_query(text)
    named = SearchVector("name", "name_en", config="portal_es")
    return queryset.filter(
        Q(search=query)
        | Q(policy_area__in=PolicyArea.objects.annotate(words=named).filter(words=query).values("pk"))
        | Q(department__in=Department.objects.annotate(words=named).filter(words=query).values("pk"))
    )


def similar(queryset: QuerySet[Challenge], text: str) -> QuerySet[Challenge]:
    """Keep challenges that have a word like the one searched for: a misspelling."""
    return queryset.annotate(
        likeness=Greatest(
            TrigramWordSimilarity(text, "title"),
            TrigramWordSimilarity(text, "summary"),
            Coalesce(TrigramWordSimilarity(text, "policy_area__name"), 0.0),
        )
    ).filter(likeness__gte=SIMILAR)


class ChallengeFilter(filters.FilterSet):
    """Filters of the catalogue. What can't be read in an address is left out, not refused."""

    q = filters.CharFilter(label=_("Search challenges"), max_length=200, method="filter_text")
    state = filters.MultipleChoiceFilter(
        label=_("State"), choices=[(key, label) for key, (label, _phases) in STATES.items()], method="filter_state"
    )
    area = filters.ModelMultipleChoiceFilter(
        label=_("Policy area"), queryset=PolicyArea.objects.order_by("order", "pk"), to_field_name="slug",
        field_name="policy_area__slug",
    )  # fmt: skip
    department = filters.ModelMultipleChoiceFilter(
        label=_("Department"),
        queryset=Department.objects.by_name(),
        to_field_name="code",
        field_name="department__code",
    )
    amount = filters.MultipleChoiceFilter(
        label=_("Maximum amount"), choices=[(key, label) for key, (label, _q) in AMOUNTS.items()],
        method="filter_amount",
    )  # fmt: skip
    sort = filters.ChoiceFilter(
        label=_("Sort by"), choices=list(SORTS.items()), method="leave", empty_label=None, widget=forms.Select
    )

    class Meta:
        model = Challenge
        fields: list[str] = []

    is_similar = False  # nothing had the words: what is shown is like them

    def leave(self, queryset: QuerySet[Challenge], name: str, value: str) -> QuerySet[Challenge]:
        """Order is applied at the end."""
        return queryset

    def filter_text(self, queryset: QuerySet[Challenge], name: str, value: str) -> QuerySet[Challenge]:
        """Search, or look for something like it."""
        return similar(queryset, value) if self.is_similar else matching(queryset, value)

    def filter_state(self, queryset: QuerySet[Challenge], name: str, value: list[str]) -> QuerySet[Challenge]:
        """Keep the phases of the chosen states."""
        phases = [phase for key in value for phase in STATES[key][1]]
        return queryset.filter(phase__in=phases) if phases else queryset

    def filter_amount(self, queryset: QuerySet[Challenge], name: str, value: list[str]) -> QuerySet[Challenge]:
        """Keep the chosen bands."""
        wanted = Q()
        for key in value:
            wanted |= AMOUNTS[key][1]
        return queryset.filter(wanted)

    @property
    def values(self) -> dict[str, Any]:
        """What was asked for and could be read."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        return self.form.cleaned_data

    def prepare(self) -> None:
        """Decide whether the words are found as written; one query, only where words were given."""
        text = self.values.get("q")
        if text and not matching(self.queryset, text).exists():
            self.is_similar = similar(self.queryset, text).exists()

    def without(self, left_out: str) -> QuerySet[Challenge]:
        """Return the challenges that all filters but one keep: what the counts of that one are made of."""
        queryset = self.queryset
        for name, value in self.values.items():
            if name != left_out and value not in (None, "", []):
                queryset = self.filters[name].filter(queryset, value)
        return queryset.order_by()

    def found(self) -> QuerySet[Challenge]:
        """Return what all filters keep, in the order asked for."""
        return ordered(self.without(""), self.sorting, self.values.get("q") or "", is_similar=self.is_similar)

    @property
    def sorting(self) -> str:
        """The order in force: the best match first where words were searched for."""
        asked = self.values.get("sort") or ""
        text = self.values.get("q")
        if asked and not (asked == "relevance" and not text):
            return asked
        return "relevance" if text else "closing"

    def sorts(self) -> list[tuple[str, Any, bool]]:
        """Return the orders to choose from: value, label, whether in force."""
        text = self.values.get("q")
        return [(key, label, key == self.sorting) for key, label in SORTS.items() if text or key != "relevance"]

    def facets(self) -> list[dict[str, Any]]:
        """Return each facet with its options and live counts: one query each. Empty options are left out."""
        return [
            self._facet("state", self._state_counts()),
            self._facet(
                "area", self._counts("area", "policy_area__slug", PolicyArea.objects.order_by("order", "pk"), "slug")
            ),
            self._facet("amount", self._amount_counts()),
            self._facet(
                "department", self._counts("department", "department__code", Department.objects.by_name(), "code")
            ),
        ]

    def _facet(self, name: str, counts: list[tuple[str, Any, int]]) -> dict[str, Any]:
        chosen = {
            str(getattr(item, {"area": "slug", "department": "code"}.get(name, ""), item))
            for item in self.values.get(name) or []
        }
        options = [
            {"value": value, "label": label, "count": count, "chosen": value in chosen, "id": f"{name}-{value}"}
            for value, label, count in counts
            if count or value in chosen
        ]
        return {"name": name, "label": self.filters[name].label, "options": options, "chosen": len(chosen)}

    def _state_counts(self) -> list[tuple[str, Any, int]]:
        by_phase = dict(self.without("state").values_list("phase").annotate(count=Count("pk")))
        return [
            (key, label, sum(by_phase.get(phase.value, 0) for phase in phases))
            for key, (label, phases) in STATES.items()
        ]

    def _amount_counts(self) -> list[tuple[str, Any, int]]:
        counts = self.without("amount").aggregate(
            **{f"band_{key}": Count("pk", filter=band) for key, (_label, band) in AMOUNTS.items()}
        )
        return [(key, label, counts[f"band_{key}"]) for key, (label, _band) in AMOUNTS.items()]

    def _counts(self, name: str, column: str, things: QuerySet[Any], key: str) -> list[tuple[str, Any, int]]:
        counts = dict(self.without(name).values_list(column).annotate(count=Count("pk")))
        return [(getattr(thing, key), str(thing), counts.get(getattr(thing, key), 0)) for thing in things]


def ordered(queryset: QuerySet[Challenge], sort: str, text: str, *, is_similar: bool = False) -> QuerySet[Challenge]:
    """Order a catalogue, always the same way for the same challenges."""
    if sort == "newest":
        return queryset.order_by("-publish_at", "-pk")
    if sort == "amount":
        return queryset.order_by("-max_amount_net", "-publish_at", "-pk")
    if sort == "relevance" and is_similar:
        return queryset.order_by("-likeness", "-publish_at", "-pk")
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
