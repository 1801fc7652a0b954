"""Opening pages as people of each role, and what an answer must be like whoever asks."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.http import HttpResponseBase
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import translation

from tests.access import ROLES, Route
from tests.world import World, undone

Keys = tuple[str, ...]
# What opening a page may write: the session and where it was used; that somebody was refused.
KEPT_BY_READING = {"django_session", "usersessions_usersession"}
IN_ENGLISH = ("visitor", "participant", "delegate", "officer")
KEPT_BY_REFUSING = KEPT_BY_READING | {"audit_auditevent"}


class Address(NamedTuple):
    """A kind of address: its name, its last pattern, the names of the parts that it is filled in with."""

    name: str
    pattern: URLPattern
    keys: tuple[str, ...]


def addresses(resolver: URLResolver | None = None, names: tuple[str, ...] = (), keys: Keys = ()) -> Iterator[Address]:
    """Yield every kind of address of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        found = (*keys, *pattern.pattern.regex.groupindex, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, (*names, pattern.namespace) if pattern.namespace else names, found)
        else:
            name = ":".join((*names, pattern.name or repr(pattern.pattern)))
            yield Address(name, pattern, tuple(key for key in dict.fromkeys(found) if key not in pattern.default_args))


def body(response: HttpResponseBase) -> bytes:
    """Return everything the answer holds, streamed or not."""
    return response.getvalue() if response.streaming else response.content


def written() -> dict[str, int]:
    """Return how many rows this transaction has written by table, rolled back or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Answer:
    """What somebody got: status, headers, tables written, and what is wrong with the page."""

    status: int
    headers: dict[str, str]
    wrote: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


TAG = re.compile(r"<([a-z][a-z0-9]*)\b([^<>]*)>")
ID = re.compile(r"\sid=\"([^\"]+)\"")
INLINE = re.compile(r"\s(style|on[a-z]+)=")


def faults(html: str, language: str) -> list[str]:
    """Return what is wrong with a page of the portal: `<` in text is escaped, so tags can be told apart."""
    tags = TAG.findall(html)
    ids = Counter(name for _tag, rest in tags for name in ID.findall(rest))
    inline = [f"{tag} {rest}"[:80] for tag, rest in tags if INLINE.search(rest) or tag == "style"]
    inline += [rest for tag, rest in tags if tag == "script" and "src=" not in rest and "json" not in rest]
    twice = sorted(name for name, times in ids.items() if times > 1)
    headings = sum(tag == "h1" for tag, _rest in tags)
    found = {
        "it doesn't say its language": not any(tag == "html" and f'lang="{language}"' in rest for tag, rest in tags),
        f"it has {headings} main headings": headings != 1,
        "it has no title": not re.search(r"<title>\s*\S[^<]*</title>", html),
        f"the same id twice: {twice}": bool(twice),
        f"inline script or style: {inline}": bool(inline),
    }
    return [words for words, is_so in found.items() if is_so]


def ask(
    world: World, role: str, address: str, method: str = "get", language: str = "es", *, counted: dict[str, int]
) -> Answer:
    """Ask for an address as the person of a role, and take back what it wrote.

    `counted` says what was written before, and then what is written now.
    """
    with undone():
        client = world.client(role)
        response = getattr(client, method)(address)
        after = written()
        wrote = {table for table, n in after.items() if n != counted.get(table, 0)}
        counted |= after
        kind = response.headers.get("Content-Type", "")
        wrong = faults(body(response).decode(), language) if kind.startswith("text/html") and body(response) else []
        return Answer(response.status_code, dict(response.headers), wrote, wrong)


class Visits:
    """Answers to everybody at every stated address, each asked for once."""

    def __init__(self, world: World, stated: dict[str, Route]) -> None:
        self.world = world
        self.stated = stated
        self._answers: dict[tuple[str, str, str], dict[str, Answer]] = {}

    def address(self, name: str, language: str = "es", **more: Any) -> str:
        """Return the address of a route, its parts taken from the world."""
        kwargs = self.stated[name].kwargs(self.world)
        with translation.override(language):
            return reverse(name, kwargs={**kwargs, **more})

    def of(self, name: str, method: str = "get", language: str = "es") -> dict[str, Answer]:
        """Return the answer to each role; in English, where the same function answers, to some."""
        key = (name, method, language)
        if key not in self._answers:
            address = self.address(name, language)
            roles = ROLES if language == "es" else IN_ENGLISH
            counted = written()
            self._answers[key] = {
                role: ask(self.world, role, address, method, language, counted=counted) for role in roles
            }
        return self._answers[key]
