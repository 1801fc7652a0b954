"""The Atom feed of any search of the catalogue (RFC 4287), in pages (RFC 5005). Anybody."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from challenges.calculations.phase import CLOSING_SOON_HOURS
from challenges.feeds.answers import answered
from challenges.feeds.calendar import changed_at
from challenges.filters.saved import Searches
from challenges.models import Challenge, Phase, PlannedChallenge, PlannedState, Status
from challenges.templatetags.challenge_tags import expected
from govtech import clock
from govtech.shell import words
from govtech.shell.tags import tag
from govtech.shell.templatetags.components import localised

PAGE, PLANNED_PAGE = 40, 10  # fifty entries at most
MOST_PAGES = 1000


class Feed(Atom1Feed):
    """An Atom feed that says which page of itself it is, and when it last changed."""

    def __init__(self, *args: Any, changed_at: datetime | None, links: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed_at = changed_at
        self.links = links

    def latest_post_date(self) -> datetime:
        """When something in it last changed; the beginning of time where it is empty."""
        return self.changed_at or datetime.fromisoformat("2026-01-01T00:00:00+00:00")

    def add_root_elements(self, handler: Any) -> None:
        """Add the other pages."""
        super().add_root_elements(handler)
        for rel, href in self.links.items():
            handler.addQuickElement("link", "", {"rel": rel, "href": href, "type": "application/atom+xml"})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Add what sort of entry it is, with the label to show."""
        super().add_item_elements(handler, item)
        for term, label in item["labels"]:
            handler.addQuickElement("category", "", {"term": term, "label": label})


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


@login_not_required
@require_safe
@vary_on_headers("Accept-Encoding")
def of_search(request: HttpRequest) -> HttpResponse:
    """What a search of the catalogue finds, the last changed first, and what is announced in the same areas."""
    asked = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    page = _page(asked.pop("page", ["1"])[-1])
    searches = Searches()
    filterset = searches.filterset(asked.urlencode())
    rows = list(
        filterset.without()
        .select_related("department", "policy_area")
        .order_by("-changed_at", "-pk")[(page - 1) * PAGE : page * PAGE + 1]
    )
    planned = _planned(filterset, page)
    more = len(rows) > PAGE or len(planned) > PLANNED_PAGE
    rows, planned = rows[:PAGE], planned[:PLANNED_PAGE]
    query = filterset.query(sort=None)
    dated: list[tuple[datetime, Challenge | PlannedChallenge]] = [(changed_at(row), row) for row in rows]
    dated += [(row.changed_at, row) for row in planned]
    feed = _feed(searches.in_words(query), query, page, [instant for instant, _row in dated], more)
    for _instant, row in sorted(dated, key=lambda pair: (pair[0], pair[1].public_id), reverse=True):
        if isinstance(row, Challenge):
            _add(feed, row)
        else:
            _add_planned(feed, row)
    data = feed.writeString("utf-8").encode()
    changes = [*(instant for instant, _row in dated), *_phases(rows, clock.now())]
    return answered(request, data, "application/atom+xml; charset=utf-8", changes)


def _phases(rows: list[Challenge], at: datetime) -> list[datetime]:
    """Return when calls opened, began to close soon and closed: their entries say it, though nothing was changed."""
    soon = timedelta(hours=CLOSING_SOON_HOURS)
    instants = [row.opens_at for row in rows] + [row.closes_at for row in rows]
    instants += [row.closes_at - soon for row in rows if row.closes_at]
    return [instant for instant in instants if instant and instant <= at]


def _page(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_PAGES)) else 0
    if not 1 <= number <= MOST_PAGES:
        raise Http404
    return number


def _feed(words_of_search: str, query: str, page: int, changes: list[datetime], more: bool) -> Feed:  # noqa: FBT001
    own = _absolute(reverse("challenges:feed"))

    def at(number: int) -> str:
        parts = [part for part in (query, f"page={number}" if number > 1 else "") if part]
        return f"{own}?{'&'.join(parts)}" if parts else own

    links = {"first": at(1)}
    if page > 1:
        links["previous"] = at(page - 1)
    if more and page < MOST_PAGES:
        links["next"] = at(page + 1)
    return Feed(
        title=f"{settings.PROGRAMME_NAME} · {words_of_search}",
        link=_absolute(reverse("challenges:list")) + (f"?{query}" if query else ""),
        description="",
        subtitle=_("Challenges of the city: new ones, corrections, deadlines and how they end."),
        language=get_language() or settings.LANGUAGE_CODE,
        author_name=settings.OFFICE_NAME,
        feed_url=at(page),
        feed_guid=f"{tag('feed', get_language() or settings.LANGUAGE_CODE)}:{query}",
        changed_at=max(changes, default=None),
        links=links,
    )


def _add(feed: Feed, challenge: Challenge) -> None:
    phase = Phase(challenge.phase)  # type: ignore[attr-defined]
    title = localised(challenge, "title")
    if challenge.status == Status.CANCELLED:
        title = _("Cancelled: %(title)s") % {"title": title}
    areas = [(challenge.policy_area.slug, str(challenge.policy_area))] if challenge.policy_area else []
    closing = _("Closes on %(when)s, Madrid time.") % {"when": words.formatted(challenge.closes_at, "when")}
    feed.add_item(
        title=title,
        link=_absolute(challenge.get_absolute_url()),
        description=f"{localised(challenge, 'summary')} {closing}",
        author_name=challenge.department.name,
        pubdate=challenge.publish_at,
        updateddate=changed_at(challenge),
        unique_id=tag("challenge", challenge.public_id),
        labels=[(phase.value, str(phase.label)), *areas],
    )


def _planned(filterset: Any, page: int) -> list[PlannedChallenge]:
    """Return announcements for the search: none where it asks for what these can't have, an amount for instance."""
    if filterset.text or set(filterset.chosen) - {"area", "department"}:
        return []
    rows = PlannedChallenge.objects.exclude(challenge__in=Challenge.objects.public().values("pk"))
    if areas := filterset.chosen.get("area"):
        rows = rows.filter(policy_areas__slug__in=areas).distinct()
    if departments := filterset.chosen.get("department"):
        rows = rows.filter(department__code__in=departments)
    rows = rows.select_related("department").order_by("-changed_at", "-pk")
    return list(rows[(page - 1) * PLANNED_PAGE : page * PLANNED_PAGE + 1])


def _add_planned(feed: Feed, planned: PlannedChallenge) -> None:
    title, text = localised(planned, "title"), localised(planned, "summary")
    if planned.state == PlannedState.DROPPED:
        title, text = _("No longer planned: %(title)s") % {"title": title}, planned.dropped_reason
    else:
        title = _("Planned: %(title)s") % {"title": title}
        text = f"{text} {_('Expected: %(when)s.') % {'when': expected(planned)}}"
    feed.add_item(
        title=title,
        link=_absolute(planned.get_absolute_url()),
        description=text,
        author_name=planned.department.name,
        pubdate=planned.announced_at,
        updateddate=planned.changed_at,
        unique_id=tag("planned", planned.public_id),
        labels=[(planned.state, str(PlannedState(planned.state).label))],
    )
