"""Places in the shell that other apps fill from `AppConfig.ready()`, so that nothing below imports what is above.

`nav`, `footer`, `account`, `desk_links`: links. `slots`: pieces of another app's page. `desk`, `desk_panels`, `home`:
what a person must do, what stands beside it, and the sections of the front page. `feeds`: news for other sites.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.core.signals import setting_changed
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_PREPARED = "_prepared_slots"


def _anyone(user: Any) -> bool:  # noqa: ARG001 - the shape of `allowed`
    return True


@dataclass(frozen=True)
class Link:
    """One entry of a menu. `allowed(user)` may query, so menus of every page leave it alone."""

    key: str
    label: str | Promise
    url_name: str
    order: int
    allowed: Callable[[Any], bool] = _anyone


class Shown(NamedTuple):
    """One entry of a menu as a page shows it. `current`: "page", "true" for a page below it, or nothing."""

    key: str
    label: str
    url: str
    current: str


class Links:
    """A menu: links in order. A link whose page doesn't exist isn't shown."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}
        self._urls: dict[str, list[tuple[Link, str]]] = {}  # by language: the addresses of a running portal are fixed
        setting_changed.connect(self._forget)  # tests only

    def _forget(self, **kw: Any) -> None:
        self._urls.clear()

    def register(
        self,
        key: str,
        label: str | Promise,
        url_name: str,
        order: int,
        *,
        allowed: Callable[[Any], bool] = _anyone,
    ) -> None:
        """Add a link to the page named `url_name`. The same key again replaces the link."""
        self._links[key] = Link(key, label, url_name, order, allowed)
        self._urls.clear()

    def __iter__(self) -> Iterator[Link]:
        return iter(sorted(self._links.values(), key=lambda link: (link.order, link.key)))

    def entries(self, path: str = "", *, user: Any = None) -> list[dict[str, Any]]:
        """Return label, address and whether `path` lies under it, for the language in force.

        With `user`, only what `allowed` lets that person see.
        """
        return [
            {"key": link.key, "label": link.label, "url": url, "current": _current(path, url)}
            for link, url in self._addresses()
            if user is None or link.allowed(user)
        ]

    def shown(self, path: str) -> tuple[Shown, ...]:
        """Return the entries of everybody's menu for the page `path`, in the language in force."""
        return tuple(Shown(link.key, str(link.label), url, _current(path, url)) for link, url in self._addresses())

    def _addresses(self) -> list[tuple[Link, str]]:
        language = get_language() or ""
        if language not in self._urls:
            self._urls[language] = [(link, url) for link in self if (url := _address(link.url_name))]
        return self._urls[language]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _current(path: str, url: str) -> str:
    return "page" if path == url else "true" if url.count("/") > 1 and path.startswith(url) else ""


@dataclass(frozen=True)
class DeskItem:
    """One thing that needs a person. `due_at` None means whenever; `late` is said in red.

    `of` is the key of the one for whom the person does it, where they act for several: see `Acting`.
    """

    due_at: datetime | None
    title: str
    detail: str
    url: str
    action_label: str
    late: bool = False
    of: str = ""


@dataclass(frozen=True)
class Acting:
    """For whom a person of several acts: `key` of the one chosen, empty where none is; `names` by key of all."""

    key: str
    names: dict[str, str]


@dataclass(frozen=True)
class Section:
    """A piece of a page: a template and its context. On the home page `place` is "hero" or "body".

    `until` is the instant from which on it says something else by itself, None where that is a change of date at most.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    place: str = "body"
    until: datetime | None = None


class Desk:
    """What needs a person now, from every app."""

    def __init__(self) -> None:
        self._functions: list[Callable[..., Iterable[DeskItem]]] = []
        self._acting: Callable[[Any], Acting | None] = lambda _user: None

    def register_acting(self, function: Callable[[Any], Acting | None]) -> None:
        """Let `function(user)` say for whom the person acts; None where there is nothing to choose."""
        self._acting = function

    def acting(self, user: Any) -> Acting | None:
        """Return for whom the person acts, if they may act for several."""
        return self._acting(user)

    def register(self, function: Callable[..., Iterable[DeskItem]]) -> None:
        """Add `function(user, *, at) -> list[DeskItem]`; its number of queries must not grow with the items."""
        if function not in self._functions:
            self._functions.append(function)

    def items(self, user: Any, *, at: datetime) -> list[DeskItem]:
        """Return all items of `user`, the nearest deadline first and undated ones last."""
        found = [item for function in self._functions for item in function(user, at=at)]
        return sorted(found, key=lambda item: (item.due_at is None, item.due_at or at, item.title))


class Sections:
    """Sections of a page in order, from every app."""

    def __init__(self) -> None:
        self._functions: list[tuple[int, Callable[..., Any]]] = []

    def register(self, function: Callable[..., Any], order: int) -> None:
        """Add `function(user, *, at)`; it returns a Section, a list of them, or None for nothing."""
        if all(known is not function for _, known in self._functions):
            self._functions.append((order, function))

    def sections(self, user: Any, *, at: datetime) -> list[Section]:
        """Return the sections for `user` at the instant `at`, in order."""
        found: list[Section] = []
        for _, function in sorted(self._functions, key=lambda pair: pair[0]):
            result = function(user, at=at)
            found += [result] if isinstance(result, Section) else list(result or [])
        return found


class Slots:
    """Named places in a page of one app that higher apps fill, without a query per row."""

    def __init__(self) -> None:
        self._functions: dict[str, list[tuple[int, Callable[..., dict[Any, str]], bool]]] = {}

    def register(self, slot: str, function: Callable[..., dict[Any, str]], order: int) -> None:
        """Add `function(objects: list, *, user) -> {pk: safe html}` to `slot`; it may also take `request`."""
        known = self._functions.setdefault(slot, [])
        if all(function is not other for _, other, _ in known):
            known.append((order, function, "request" in inspect.signature(function).parameters))

    def prepare(self, slot: str, objects: Iterable[Any], user: Any, *, request: Any = None) -> None:
        """Compute `slot` for all `objects` at once and keep the result on each: call it in the view."""
        objects = list(objects)
        parts: dict[Any, list[str]] = {thing.pk: [] for thing in objects}
        for _, function, takes_request in sorted(self._functions.get(slot, ()), key=lambda entry: entry[0]):
            extra = {"request": request} if takes_request else {}
            for pk, html in (function(objects, user=user, **extra) if objects else {}).items():
                if html and not isinstance(html, SafeString):
                    raise TypeError(f"{function.__module__}.{function.__qualname__} must return safe HTML.")
                parts[pk].append(html)
        for thing in objects:
            thing.__dict__.setdefault(_PREPARED, {})[slot] = mark_safe("".join(filter(None, parts[thing.pk])))  # noqa: S308 - each part was checked to be safe

    def leave_empty(self, slot: str, thing: Any) -> None:
        """Show nothing of other apps in `slot` for this object: on a preview, for instance."""
        thing.__dict__.setdefault(_PREPARED, {})[slot] = SafeString("")

    def is_prepared(self, slot: str, thing: Any) -> bool:
        """Return whether the view prepared `slot` for this object."""
        return slot in thing.__dict__.get(_PREPARED, {})

    def html(self, slot: str, thing: Any) -> str:
        """Return what was prepared. LookupError when the view forgot `prepare`."""
        try:
            return thing.__dict__[_PREPARED][slot]
        except KeyError:
            raise LookupError(f"Call slots.prepare({slot!r}, objects, user) in the view first.") from None


@dataclass(frozen=True)
class Addresses:
    """Public pages of one kind for the map of the site.

    `rows()` returns a queryset of pairs: the `argument` of the route, and when the page last changed (None: not known).
    Its order must be the same each time.
    """

    url_name: str
    rows: Callable[[], Any]
    argument: str = "slug"


class Sitemaps:
    """Public pages of every app, for search engines."""

    def __init__(self) -> None:
        self._kinds: dict[str, Addresses] = {}

    def register(self, key: str, addresses: Addresses) -> None:
        """Add the pages of one kind; `key` stands in the address of their map."""
        self._kinds[key] = addresses

    def __iter__(self) -> Iterator[tuple[str, Addresses]]:
        return iter(sorted(self._kinds.items()))

    def get(self, key: str) -> Addresses | None:
        """Return the pages of a kind, None where nobody registered it."""
        return self._kinds.get(key)


@dataclass(frozen=True)
class FeedEntry:
    """Something that happened and that everybody may read. `key` names it for ever: "pilot:abc"; `url` is its page."""

    key: str
    title: str
    summary: str
    url: str
    happened_at: datetime
    changed_at: datetime
    language: str = ""  # of its words, where it isn't that of the page


@dataclass(frozen=True)
class Feed:
    """A feed of one kind of news. `entries(most)` gives the newest first, only what an anonymous visitor sees."""

    key: str
    title: str | Promise
    words: str | Promise
    entries: Callable[[int], Iterable[FeedEntry]]
    order: int = 50


class Feeds:
    """News of every app that other sites can follow or show."""

    def __init__(self) -> None:
        self._feeds: dict[str, Feed] = {}

    def register(self, feed: Feed) -> None:
        """Add a feed; its key stands in its addresses."""
        self._feeds[feed.key] = feed

    def __iter__(self) -> Iterator[Feed]:
        return iter(sorted(self._feeds.values(), key=lambda feed: (feed.order, feed.key)))

    def get(self, key: str) -> Feed | None:
        """Return the feed of a key, None where nobody registered it."""
        return self._feeds.get(key)


nav = Links()  # the main menu of every page: `allowed` isn't asked
footer = Links()  # the foot of every page: `allowed` isn't asked
account = Links()  # the menu under a person's name: `allowed` isn't asked
desk_links = Links()  # links beside the desk, for those `allowed`
slots = Slots()
desk = Desk()
desk_panels = Sections()
home = Sections()
sitemaps = Sitemaps()
feeds = Feeds()
