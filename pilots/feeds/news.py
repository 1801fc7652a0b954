"""News for other sites: each feed as Atom, as JSON Feed and as a piece of HTML. Anybody."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from challenges.feeds.answers import answered
from challenges.feeds.atom import tag
from govtech.shell.registry import Feed, FeedEntry, feeds
from pilots.feeds.ocds import LICENCE, text
from pilots.filters.released import whole

MOST, SHOWN = 50, 5  # entries of a feed; of a piece of a page, unless said


class Dated(Atom1Feed):
    """A feed that says when its last entry changed, on which terms it may be used, and under which name it goes."""

    def __init__(self, *args: Any, changed_at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed_at = changed_at

    def latest_post_date(self) -> Any:
        """When something in it last changed."""
        return self.changed_at or super().latest_post_date()

    def add_root_elements(self, handler: Any) -> None:
        """Add the licence."""
        super().add_root_elements(handler)
        handler.addQuickElement("link", "", {"rel": "license", "href": LICENCE})


def _found(key: str, most: int) -> tuple[Feed, list[FeedEntry]]:
    feed = feeds.get(key)
    if feed is None:
        raise Http404
    return feed, list(feed.entries(most))


def _named(entry: FeedEntry) -> str:
    kind, _colon, key = entry.key.partition(":")
    return tag(kind, key)


def _send(request: HttpRequest, data: bytes, content_type: str, entries: list[FeedEntry]) -> HttpResponse:
    response = answered(request, data, content_type, [entry.changed_at for entry in entries])
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
def as_atom(request: HttpRequest, feed: str) -> HttpResponse:
    """The newest entries as Atom (RFC 4287)."""
    found, entries = _found(feed, MOST)
    language = get_language() or settings.LANGUAGE_CODE
    made = Dated(
        title=f"{settings.PROGRAMME_NAME} · {found.title}",
        link=whole(reverse("pilots:open_data")),
        description="",
        subtitle=str(found.words),
        language=language,
        author_name=settings.OFFICE_NAME,
        feed_url=whole(request.path),
        feed_guid=f"{tag('feed', language)}:{found.key}",
        changed_at=max((entry.changed_at for entry in entries), default=None),
    )
    for entry in entries:
        made.add_item(
            title=entry.title,
            link=whole(entry.url),
            description=entry.summary,
            pubdate=entry.happened_at,
            updateddate=entry.changed_at,
            unique_id=_named(entry),
        )
    return _send(request, made.writeString("utf-8").encode(), "application/atom+xml; charset=utf-8", entries)


@login_not_required
@require_safe
def as_json(request: HttpRequest, feed: str) -> HttpResponse:
    """The newest entries as JSON Feed 1.1."""
    found, entries = _found(feed, MOST)
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{settings.PROGRAMME_NAME} · {found.title}",
        "description": str(found.words),
        "home_page_url": whole(reverse("pilots:open_data")),
        "feed_url": whole(request.path),
        "language": get_language() or settings.LANGUAGE_CODE,
        "authors": [{"name": settings.OFFICE_NAME}],
        "_licence": LICENCE,
        "items": [
            {
                "id": _named(entry),
                "url": whole(entry.url),
                "title": entry.title,
                "content_text": entry.summary,
                "date_published": entry.happened_at.isoformat(),
                "date_modified": entry.changed_at.isoformat(),
            }
            for entry in entries
        ],
    }
    return _send(request, text(data).encode(), "application/feed+json; charset=utf-8", entries)


@login_not_required
@require_safe
def as_html(request: HttpRequest, feed: str) -> HttpResponse:
    """The newest entries as a piece of HTML for a site that puts it into its own page; `limit` says how many."""
    given = request.GET.get("limit", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 4 else SHOWN  # noqa: PLR2004
    found, entries = _found(feed, min(max(number, 1), MOST))
    context = {"feed": found, "entries": entries, "site": settings.SITE_URL.rstrip("/")}
    made = render(request, "pilots/_news.html", context)
    return _send(request, made.content, "text/html; charset=utf-8", entries)
