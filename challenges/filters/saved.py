"""Searches that are kept: written always the same way, told in words, and held against many challenges at once."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from challenges.filters.challenge import FACETS, LABELS, ChallengeFilter, Thing, things
from challenges.filters.text import text_query
from challenges.models import Challenge
from govtech.reference.models import Department, PolicyArea

# States that something new can have: what was awarded was published long ago.
OF_NEW = ("open", "upcoming")
AT_A_TIME = 40  # searches held against challenges in one query


class SavedFilter(ChallengeFilter):
    """The catalogue's filters for a kept search: its words are taken as written, and nothing is looked up for it."""

    def __init__(self, query: str, rows: dict[str, list[Thing]]) -> None:
        super().__init__(QueryDict(query))
        self.things = rows  # type: ignore[misc] # computed once for all searches

    def without(self, *left_out: str) -> QuerySet[Challenge]:
        """Return the challenges that all filters but some keep."""
        rows = self.narrowing.without([*left_out, "q"]).queryset().order_by()
        if not self.text or "q" in left_out:
            return rows
        words, query = SearchVector("name", "name_en", config="portal_es"), text_query(self.text)
        return rows.filter(
            Q(search=query)
            | Q(policy_area__in=PolicyArea.objects.annotate(words=words).filter(words=query).values("pk"))
            | Q(department__in=Department.objects.annotate(words=words).filter(words=query).values("pk"))
        )

    def _words(self) -> dict[str, Any]:
        return {}


class Searches:
    """Reads searches. Looks policy areas, departments and districts up once for all of them."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Thing]] | None = None

    def filterset(self, query: str) -> SavedFilter:
        """Return the filters of a search."""
        if self._rows is None:
            self._rows = {"area": [], "department": [], "district": []}
            for row in things(None):
                self._rows[row.kind].append(row)
        return SavedFilter(query, self._rows)

    def normalised(self, query: str) -> str:
        """Return a search as it is kept: what can be read, in one order, without what an alert can't use."""
        filterset = self.filterset(query)
        states = [state for state in filterset.values.get("state") or [] if state in OF_NEW]
        return filterset.query(q=" ".join(filterset.text.split()) or None, state=states, exact=None, sort=None)

    def left_out(self, query: str) -> bool:
        """Say whether a search asks for a state that nothing new has."""
        return any(state not in OF_NEW for state in self.filterset(query).values.get("state") or [])

    def in_words(self, query: str) -> str:
        """Return a search as a person would say it."""
        filterset = self.filterset(query)
        parts = [f"«{filterset.text}»"] if filterset.text else []
        for name in FACETS:
            labels = {key: str(label) for key, label in filterset.choices(name)}
            chosen = [labels[key] for key in filterset.chosen.get(name, [])]
            if chosen:
                parts.append(f"{LABELS[name]}: {_(' or ').join(chosen)}")
        return " · ".join(parts) or _("All challenges")

    def holding(self, queries: Iterable[str], challenges: Iterable[Challenge]) -> dict[int, set[str]]:
        """Return, for each challenge, which searches find it now: one query for every forty searches."""
        found: dict[int, set[str]] = {challenge.pk: set() for challenge in challenges}
        every = sorted(set(queries))
        for start in range(0, len(every), AT_A_TIME):
            named = {f"finds_{number}": query for number, query in enumerate(every[start : start + AT_A_TIME])}
            rows = Challenge.objects.filter(pk__in=found).annotate(
                **{
                    name: Exists(self.filterset(query).without().filter(pk=OuterRef("pk")))
                    for name, query in named.items()
                }
            )
            for row in rows.values("pk", *named):
                found[row["pk"]] |= {query for name, query in named.items() if row[name]}
        return found

    def found_now(self, query: str, most: int) -> list[Challenge]:
        """Return what a search finds among the calls that can still be answered or are to come, the newest first."""
        rows = self.filterset(query).without().filter(phase__in=["upcoming", "open", "closing_soon"])
        return list(rows.select_related("department").order_by("-publish_at", "-pk")[:most])


def stateless(query: str) -> str:
    """Return a search without the state it asks for: a call is found in one state, and what becomes of it in others."""
    parameters = QueryDict(query, mutable=True)
    parameters.pop("state", None)
    return parameters.urlencode()


def has_state(query: str) -> bool:
    """Say whether a search asks for a state: it finds a challenge anew when that opens."""
    return "state" in QueryDict(query)
