"""Pages of what the catalogue finds, read by its indexes: a page costs as much among a hundred thousand as among few.

The number of rows is the filter set's own: it isn't counted again.
"""

from functools import partial
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchRank
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from challenges.filters.challenge import ChallengeFilter
from challenges.filters.narrow import Narrowing, likeness, slot
from challenges.models import Challenge, Phase, Status
from challenges.models.challenge import LAUNCHED
from challenges.models.listed import Entry
from govtech.clock import PortalNow

RANKED = 200  # matches of a search that are put in order of likeness: the newest ones; older ones follow by date
FEW = 10_000  # so many matches of a search are read from the index of words; of more, the newest by walking dates
NEWEST = ("-publish_at", "-pk")
NEWEST_OF_FEW = ("-published", "-pk")  # the same order, which no index has
LIVE = Q(status=Status.PUBLISHED, closes_at__gt=PortalNow())
# The same of public challenges, said so that the index of closing dates answers it, rows untouched, in its order.
LIVE_BY_CLOSING = Q(closes_at__gt=PortalNow()) & ~Q(status__in=sorted(set(LAUNCHED) - {Status.PUBLISHED}))
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
        few = "_of_few" if "text" in self.filterset.narrowing.shape and self.count <= FEW else ""
        if sorting == "newest":
            return [Segment(f"newest{few}", self.count)]
        if sorting == "amount":
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
            return [Segment(f"alike{few}", first), Segment(f"newest{few}", self.count - first, after=RANKED)]
        return []

    def _live(self) -> tuple[int, int]:
        """Return how many of what was found are open, and how many open later."""
        by_phase = self.filterset.counts[1].get("state", {})
        asked = self.filterset.phases()

        def number(*phases: Phase) -> int:
            return sum(by_phase.get(phase.value, 0) for phase in phases if asked is None or phase in asked)

        return number(Phase.OPEN, Phase.CLOSING_SOON), number(Phase.UPCOMING)


def _alike(
    rows: QuerySet[Challenge], narrowing: Narrowing, ranked: int, newest: tuple[str, ...] = NEWEST
) -> QuerySet[Challenge]:
    """Of the newest matches, the most alike first: ranking reads the whole text of each."""
    first = Challenge.objects.filter(pk__in=rows.order_by(*newest).values("pk")[:ranked])
    return first.order_by(SearchRank(F("search"), likeness(narrowing.shape, slot)).desc(), *NEWEST)


# Each part of an order, as one index has it.
PARTS: dict[str, Any] = {
    "newest": lambda rows, _asked, _ranked: rows.order_by(*NEWEST),
    "amount": lambda rows, _asked, _ranked: rows.order_by("-max_amount_net", *NEWEST),
    "open": lambda rows, _asked, _ranked: rows.filter(LIVE_BY_CLOSING, opens_at__lte=PortalNow()).order_by(
        "closes_at", "-pk"
    ),
    "upcoming": lambda rows, _asked, _ranked: rows.filter(LIVE, opens_at__gt=PortalNow()).order_by(
        "opens_at", "-closes_at", "-pk"
    ),
    "over": lambda rows, _asked, _ranked: rows.filter(OVER).order_by("-closes_at", "-pk"),
    "alike": _alike,
    "alike_of_few": partial(_alike, newest=NEWEST_OF_FEW),
    "newest_of_few": lambda rows, _asked, _ranked: rows.order_by(*NEWEST_OF_FEW),
}
