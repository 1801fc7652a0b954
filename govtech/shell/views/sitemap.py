"""The map of the site for search engines: an index, and for each kind of page its addresses in every language."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from govtech.shell.registry import Addresses, footer, nav, sitemaps

MOST = 50_000  # addresses of one file, by the protocol
MOST_FILES = 50_000  # of one index, by the protocol
PAGES = "pages"  # the kind of those that menus lead to
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
KEPT_SECONDS = 3600
CONTENT_TYPE = "application/xml; charset=utf-8"


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def rows_a_file() -> int:
    """Return how many pages one file holds: each has an address in every language."""
    return MOST // len(_languages())


def _site() -> str:
    return settings.SITE_URL.rstrip("/")


@login_not_required
@require_safe
@cache_control(max_age=KEPT_SECONDS, public=True)
def index(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The index of all files. One query for each kind of page."""
    names = [(PAGES, 1)]
    for key, kind in sitemaps:
        files = -(-kind.rows().count() // rows_a_file())
        names += [(key, number) for number in range(1, files + 1)]
    with override(settings.LANGUAGE_CODE):
        paths = [reverse("shell:sitemap_part", kwargs={"key": key, "part": number}) for key, number in names]
    entries = "".join(f"<sitemap><loc>{escape(_site() + path)}</loc></sitemap>\n" for path in paths)
    return HttpResponse(
        f'{HEAD}<sitemapindex xmlns="{SITEMAP}">\n{entries}</sitemapindex>\n', content_type=CONTENT_TYPE
    )


@login_not_required
@require_safe
@cache_control(max_age=KEPT_SECONDS, public=True)
def part(request: HttpRequest, key: str, part: int) -> HttpResponseBase:  # noqa: ARG001 - a view
    """One file of the map. 404 beyond the last."""
    if key == PAGES and part == 1:
        return HttpResponse("".join(_file(_menus())), content_type=CONTENT_TYPE)
    kind = sitemaps.get(key)
    first = (part - 1) * rows_a_file()
    if kind is None or not 1 <= part <= MOST_FILES:
        raise Http404
    rows = kind.rows()[first : first + rows_a_file()]
    if not rows.exists():
        raise Http404
    entries = _of_kind(kind, rows.iterator(chunk_size=2_000))
    return StreamingHttpResponse(_file(entries), content_type=CONTENT_TYPE)


def _menus() -> Iterator[tuple[dict[str, str], datetime | None]]:
    for name in dict.fromkeys(["shell:home", *(link.url_name for menu in (nav, footer) for link in menu)]):
        paths = {}
        for code in _languages():
            with override(code):
                try:
                    paths[code] = reverse(name)
                except NoReverseMatch:
                    break
        else:
            yield paths, None


def _of_kind(kind: Addresses, rows: Any) -> Iterator[tuple[dict[str, str], datetime | None]]:
    """Give each page its path in every language; the route is resolved once a language."""
    place = "0-0"
    frames = {}
    for code in _languages():
        with override(code):
            frames[code] = reverse(kind.url_name, kwargs={kind.argument: place}).split(place)
    for value, changed_at in rows:
        yield {code: value.join(frame) for code, frame in frames.items()}, changed_at


def _file(entries: Iterator[tuple[dict[str, str], datetime | None]]) -> Iterator[str]:
    yield f'{HEAD}<urlset xmlns="{SITEMAP}" xmlns:xhtml="{XHTML}">\n'
    for paths, changed_at in entries:
        addresses = {code: escape(_site() + path, {'"': "&quot;"}) for code, path in paths.items()}
        twins = [*addresses.items(), ("x-default", addresses[settings.LANGUAGE_CODE])]
        links = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{url}"/>' for code, url in twins)
        lastmod = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
        yield "".join(f"<url><loc>{url}</loc>{lastmod}{links}</url>\n" for url in addresses.values())
    yield "</urlset>\n"
