"""The public directory: words, and facets with how many each choice would give."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django.contrib.postgres.search import SearchRank
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.calculations import maturity
from challenges.filters.facet import FacetFilter
from challenges.filters.text import text_query
from govtech.reference.models import PolicyArea
from startups.models import Organisation, OrganisationKind

SIZES = {
    "micro": pgettext_lazy("size", "Micro (fewer than 10 people)"),
    "small": pgettext_lazy("size", "Small (fewer than 50)"),
    "medium": pgettext_lazy("size", "Medium (fewer than 250)"),
    "large": pgettext_lazy("size", "Large"),
}
MATURITIES = {key: (label, Q(trl__gte=least, trl__lte=most)) for key, (label, (least, most)) in maturity.BANDS.items()}
BAND = Case(
    *(When(band, then=Value(key)) for key, (_label, band) in MATURITIES.items()),
    default=Value(""),
    output_field=CharField(),
)
FACETS = {"kind": F("kind"), "area": F("policy_areas__slug"), "size": F("size"), "maturity": BAND}
PARAMETERS = ("q", *FACETS)


class DirectoryFilter(filters.FilterSet):
    """Filters of the directory. What can't be read in an address is left out, not refused."""

    q = filters.CharFilter(label=_("Name, activity or capability"), max_length=100, method="filter_text")
    kind = FacetFilter(label=_("Kind"), choices=OrganisationKind.choices)
    area = FacetFilter(label=_("Policy area"), method="filter_area")
    size = FacetFilter(label=_("Size, by the European definition"), choices=list(SIZES.items()))
    maturity = FacetFilter(
        label=_("What it offers"),
        choices=[(key, label) for key, (label, _band) in MATURITIES.items()],
        method="filter_maturity",
    )

    class Meta:
        model = Organisation
        fields: list[str] = []

    @cached_property
    def areas(self) -> list[PolicyArea]:
        """All policy areas in their order. One query."""
        return list(PolicyArea.objects.order_by("order", "pk"))

    @property
    def form(self) -> Any:
        """The form, with the policy areas there are."""
        if not hasattr(self, "_form"):
            super().form.fields["area"].choices = [(area.slug, str(area)) for area in self.areas]
        return super().form

    @cached_property
    def values(self) -> dict[str, Any]:
        """What was asked for and could be read."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    @property
    def text(self) -> str:
        """The words asked for."""
        return str(self.values.get("q", ""))

    def filter_text(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:  # noqa: ARG002
        """Search in name, capabilities and description; accents don't matter, the last word may be half written."""
        return queryset.filter(Q(search=text_query(value)) | Q(name__icontains=value))

    def filter_area(self, queryset: QuerySet[Organisation], name: str, value: list[str]) -> QuerySet[Organisation]:  # noqa: ARG002
        """Keep those that work in one of the policy areas."""
        works_in = Organisation.policy_areas.through.objects.filter(organisation=OuterRef("pk"))
        return queryset.filter(Exists(works_in.filter(policyarea__slug__in=value)))

    def filter_maturity(self, queryset: QuerySet[Organisation], name: str, value: list[str]) -> QuerySet[Organisation]:  # noqa: ARG002
        """Keep the chosen bands of maturity."""
        wanted = Q()
        for key in value:
            wanted |= MATURITIES[key][1]
        return queryset.filter(wanted)

    def without(self, left_out: str = "") -> QuerySet[Organisation]:
        """Return what all filters but one keep."""
        queryset = self.queryset
        for name, value in self.values.items():
            if name != left_out:
                queryset = self.filters[name].filter(queryset, value)
        return queryset.order_by()

    def found(self) -> QuerySet[Organisation]:
        """Return what all filters keep: the best match first where words were searched for, else by name."""
        if self.text:
            return self.without().order_by(SearchRank(F("search"), text_query(self.text)).desc(), "name", "pk")
        return self.without().order_by("name", "pk")

    def query(self, **changes: Any) -> str:
        """Return the query string of this view, always the same for the same view. None leaves a filter out."""
        values = {**self.values, **changes}
        pairs = [(name, values[name]) for name in PARAMETERS if values.get(name) not in (None, "", [])]
        return urlencode(pairs, doseq=True)

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many each choice of each facet would give. One query."""
        parts = [
            self.without(name)
            .annotate(facet=Value(name, output_field=CharField()), key=column)
            .values("facet", "key")
            .annotate(count=Count("pk", distinct=True))
            .values_list("facet", "key", "count")
            for name, column in FACETS.items()
        ]
        found: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for facet, key, count in parts[0].union(*parts[1:], all=True):
            found[facet][key or ""] = count
        return found

    def facets(self) -> list[dict[str, Any]]:
        """Return each facet with its options and counts. Options that would give nothing are left out."""
        return [self._facet(name) for name in FACETS]

    def _facet(self, name: str) -> dict[str, Any]:
        chosen, counts = self.values.get(name, []), self.counts[name]
        options = [
            {"value": key, "label": label, "count": counts.get(key, 0), "chosen": key in chosen, "id": f"{name}-{key}"}
            for key, label in self.form.fields[name].choices
            if counts.get(key) or key in chosen
        ]
        return {"name": name, "label": self.filters[name].label, "options": options, "chosen": len(chosen)}

    def taken_off(self) -> list[dict[str, str]]:
        """Return each filter in force with the query string without it."""
        chips = [{"label": f"«{self.text}»", "query": self.query(q=None)}] if self.text else []
        for name in FACETS:
            labels = dict(self.form.fields[name].choices)
            for key in self.values.get(name, []):
                rest = [other for other in self.values[name] if other != key]
                chips.append({"label": str(labels[key]), "query": self.query(**{name: rest})})
        return chips
