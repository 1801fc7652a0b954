"""Pages of what the catalogue finds, read by its indexes: a page costs as much among a hundred thousand as among few.

The number of rows is the filter set's own: it isn't counted again.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchRank
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from challenges.filters.challenge import ChallengeFilter
from challenges.filters.text import text_query
from challenges.models import Challenge, Phase, Status
from govtech.clock import PortalNow

RANKED = 500  # matches of a search that are put in order of likeness: the newest ones; older ones follow by date
# What a row of the catalogue shows; the long texts stay in the database.
SHOWN = (
    "public_id", "reference", "slug", "status", "title", "title_en", "summary", "summary_en", "max_amount_net",
    "awards_planned", "duration_months", "minimum_trl", "publish_at", "opens_at", "closes_at", "ended_at",
    "proposal_count", "department", "department__code", "department__short_name", "department__name",
    "department__name_en", "policy_area", "policy_area__slug", "policy_area__name", "policy_area__name_en",
)  # fmt: skip


class Segment(NamedTuple):
    """Rows in an order that one index has, and how many they are."""

    rows: QuerySet[Challenge]
    order: tuple[Any, ...]
    count: int


class Older(Segment):
    """Rows that follow the first `RANKED` of the same order."""


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

    def _rows(self, begin: int, end: int) -> list[Challenge]:
        found: list[Challenge] = []
        for segment in self._segments():
            if begin < segment.count and end > 0:
                found += self._read(segment, max(begin, 0), min(end, segment.count))
            begin, end = begin - segment.count, end - segment.count
        return found

    @staticmethod
    def _read(segment: Segment, begin: int, end: int) -> Iterable[Challenge]:
        """Read some rows: which they are from the index alone, then only those."""
        if not segment.order:  # somebody's own order
            return segment.rows.select_related("department", "policy_area")[begin:end]
        past = RANKED if isinstance(segment, Older) else 0
        chosen = segment.rows.order_by(*segment.order).values("pk")[begin + past : end + past]
        rows = Challenge.objects.filter(pk__in=chosen).with_phase().order_by(*segment.order)
        return rows.select_related("department", "policy_area").only(*SHOWN)

    def _segments(self) -> list[Segment]:
        rows, sorting = self.filterset.without(), self.filterset.sorting
        if sorting == "newest":
            return [Segment(rows, ("-publish_at", "-pk"), self.count)]
        if sorting == "amount":
            return [Segment(rows, ("-max_amount_net", "-publish_at", "-pk"), self.count)]
        if sorting == "closing":
            return self._by_closing(rows)
        if sorting == "relevance":
            return self._by_likeness(rows)
        return [Segment(self.filterset.ordered(rows), (), self.count)]

    def _by_likeness(self, rows: QuerySet[Challenge]) -> list[Segment]:
        """First the newest matches, the most alike first; then the older ones by date: ranking reads the whole text."""
        newest = ("-publish_at", "-pk")
        first = Challenge.objects.filter(pk__in=rows.order_by(*newest).values("pk")[:RANKED])
        likeness = SearchRank(F("search"), text_query(self.filterset.searched)).desc()
        return [
            Segment(first, (likeness, *newest), min(self.count, RANKED)),
            Older(rows, newest, max(self.count - RANKED, 0)),
        ]

    def _by_closing(self, rows: QuerySet[Challenge]) -> list[Segment]:
        """First what can still be answered, the nearest closing first; then what opens next; then the last to close."""
        now = PortalNow()
        live = self._live()
        over = ~Q(status=Status.PUBLISHED) | Q(closes_at__lte=now)
        ahead = rows.filter(status=Status.PUBLISHED, closes_at__gt=now)
        return [
            Segment(ahead.filter(opens_at__lte=now), ("closes_at", "-pk"), live[0]),
            Segment(ahead.filter(opens_at__gt=now), ("opens_at", "-closes_at", "-pk"), live[1]),
            Segment(rows.filter(over), ("-closes_at", "-pk"), self.count - sum(live)),
        ]

    def _live(self) -> tuple[int, int]:
        """Return how many of what was found are open, and how many open later."""
        by_phase = self.filterset.counts[1].get("state", {})
        asked = self.filterset.phases()

        def number(*phases: Phase) -> int:
            return sum(by_phase.get(phase.value, 0) for phase in phases if asked is None or phase in asked)

        return number(Phase.OPEN, Phase.CLOSING_SOON), number(Phase.UPCOMING)
