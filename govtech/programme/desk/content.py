"""What the programme says of itself on the front page, and to search engines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from govtech.programme.models import Article, ArticleKind, Video
from govtech.programme.views.article import next_to_come
from govtech.shell import registry
from govtech.shell.registry import Addresses, Feed, FeedEntry, Section
from govtech.shell.templatetags.components import localised

SHOWN = 3


def how(user: Any, *, at: datetime) -> Section:  # noqa: ARG001 - the shape of the registry
    """Lead to the guide for each kind of visitor."""
    return Section("programme/_hero.html", place="hero")


def news(user: Any, *, at: datetime) -> Section | None:  # noqa: ARG001 - the shape of the registry
    """The last news, until the next."""
    rows = list(Article.objects.public().filter(kind=ArticleKind.NEWS).listed()[:SHOWN])
    return Section("programme/_news.html", {"rows": rows}, until=next_to_come())


def _articles(kind: ArticleKind) -> Any:
    def rows() -> QuerySet[Article, Any]:
        return Article.objects.public().filter(kind=kind).order_by("pk").values_list("slug", "changed_at")

    return rows


def _videos() -> QuerySet[Video, Any]:
    return Video.objects.published().order_by("pk").values_list("slug", "changed_at")


def latest(most: int) -> Iterator[FeedEntry]:
    """Yield the last news. One query."""
    for row in Article.objects.public().filter(kind=ArticleKind.NEWS).listed()[:most]:
        if row.publish_at is not None:
            yield FeedEntry(
                key=f"news:{row.public_id}",
                title=localised(row, "title"),
                summary=localised(row, "summary"),
                url=row.get_absolute_url(),
                happened_at=row.publish_at,
                changed_at=max(row.changed_at, row.publish_at),
            )


def register() -> None:
    """Fill the registries of the shell."""
    registry.home.register(how, 11)
    registry.home.register(news, 70)
    registry.sitemaps.register("guides", Addresses("programme:guide", _articles(ArticleKind.GUIDE)))
    registry.sitemaps.register("news", Addresses("programme:news", _articles(ArticleKind.NEWS)))
    registry.sitemaps.register("videos", Addresses("programme:video", _videos))
    registry.feeds.register(
        Feed("news", gettext_lazy("News of the programme"), gettext_lazy("What the Office tells."), latest, 45)
    )
