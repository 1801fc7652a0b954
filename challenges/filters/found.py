"""Pages of what the catalogue finds, read by its indexes: a page costs as much among a hundred thousand as among few.

The number of rows is the filter set's own: it isn't counted again.
"""

from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchRank
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from challenges.filters.challenge import ChallengeFilter
from challenges.filters.narrow import Narrowing, likeness, slot
from challenges.models import Challenge, Phase, Status
from challenges.models.listed import Entry
from govtech.clock import PortalNow

RANKED = 500  # matches of a search that are put in order of likeness: the newest ones; older ones follow by date
NEWEST = ("-publish_at", "-pk")
LIVE = Q(status=Status.PUBLISHED, closes_at__gt=PortalNow())
OVER = ~Q(status=Status.PUBLISHED) | Q(closes_at__lte=PortalNow())


class Segment(NamedTuple):
    """Rows in an order that one index has, how many they are, and after how many of that order they begin."""

    name: str
    count: int
    after: int = 0


class Found(Paginator):
    """Pages of what a filter set keeps, in the order asked for."""

    def __init__(self, filterset: ChallengeFilter, per_page: int) -> None:
        super().__init__([], per_page)
        self.filterset = filterset
        self.count = filterset.total

    def page(self, number: Any) -> Page:
        """Return a page with its rows read."""
        number = self.validate_number(number)
        begin = (number - 1) * self.per_page
        return self._get_page(self._rows(begin, min(begin + self.per_page, self.count)), number, self)

    def _rows(self, begin: int, end: int) -> list[Any]:
        """Read some rows: which they are from the indexes alone, then only those."""
        segments = self._segments()
        if not segments:  # somebody's own order
            rows = self.filterset.found().select_related("department", "policy_area")
            return list(rows[begin:end])
        wanted: list[tuple[Segment, int, int]] = []
        for segment in segments:
            first, last = max(begin, 0), min(end, segment.count)
            if first < last:
                wanted.append((segment, first, last))
            begin, end = begin - segment.count, end - segment.count
        return [entry for part in wanted for entry in self._entries(*part)]

    def _entries(self, segment: Segment, begin: int, end: int) -> list[Entry]:
        narrowing = self.filterset.narrowing
        part, ranked = PARTS[segment.name], RANKED
        return narrowing.entries(
            (segment.name, ranked), lambda rows: part(rows, narrowing, ranked), begin + segment.after, end - begin
        )

    def _segments(self) -> list[Segment]:
        sorting = self.filterset.sorting
        if sorting in ("newest", "amount"):
            return [Segment(sorting, self.count)]
        if sorting == "closing":  # what can still be answered; then what opens next; then the last to close
            live = self._live()
            return [
                Segment("open", live[0]),
                Segment("upcoming", live[1]),
                Segment("over", self.count - sum(live)),
            ]
        if sorting == "relevance":  # the newest matches by likeness; then the older ones by date
            first = min(self.count, RANKED)
            return [Segment("alike", first), Segment("newest", self.count - first, after=RANKED)]
        return []

    def _live(self) -> tuple[int, int]:
        """Return how many of what was found are open, and how many open later."""
        by_phase = self.filterset.counts[1].get("state", {})
        asked = self.filterset.phases()

        def number(*phases: Phase) -> int:
            return sum(by_phase.get(phase.value, 0) for phase in phases if asked is None or phase in asked)

        return number(Phase.OPEN, Phase.CLOSING_SOON), number(Phase.UPCOMING)


def _alike(rows: QuerySet[Challenge], narrowing: Narrowing, ranked: int) -> QuerySet[Challenge]:
    """Of the newest matches, the most alike first: ranking reads the whole text of each."""
    first = Challenge.objects.filter(pk__in=rows.order_by(*NEWEST).values("pk")[:ranked])
    return first.order_by(SearchRank(F("search"), likeness(narrowing.shape, slot)).desc(), *NEWEST)


# Each part of an order, as one index has it.
PARTS: dict[str, Any] = {
    "newest": lambda rows, _asked, _ranked: rows.order_by(*NEWEST),
    "amount": lambda rows, _asked, _ranked: rows.order_by("-max_amount_net", *NEWEST),
    "open": lambda rows, _asked, _ranked: rows.filter(LIVE, opens_at__lte=PortalNow()).order_by("closes_at", "-pk"),
    "upcoming": lambda rows, _asked, _ranked: rows.filter(LIVE, opens_at__gt=PortalNow()).order_by(
        "opens_at", "-closes_at", "-pk"
    ),
    "over": lambda rows, _asked, _ranked: rows.filter(OVER).order_by("-closes_at", "-pk"),
    "alike": _alike,
}
