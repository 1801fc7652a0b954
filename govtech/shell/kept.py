"""Texts that depend on nothing but some values, made once and kept in the process's memory.

What a text says can't be anybody else's nor of before: the same values always say the same. Values are plain: texts,
numbers, instants, rows of the database with the rows they hang on, lists and dictionaries of those. Of named tuples
each field always has the same type.
"""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

ROOM = 4000  # bytes that the values of a piece take, about


class Memory:
    """Texts by what they were made of; the oldest go where room is short."""

    def __init__(self) -> None:
        """Begin empty."""
        self.size = 0
        self._texts: dict[Any, SafeString] = {}
        self._lock = threading.Lock()
        self.get = self._texts.get

    def __iter__(self) -> Iterator[tuple[Any, SafeString]]:
        """Give each text with what it was made of."""
        return iter(list(self._texts.items()))

    def put(self, key: Any, text: SafeString) -> None:
        """Keep a text."""
        with self._lock:
            if key in self._texts or not settings.FRAGMENT_BYTES:
                return
            self._texts[key] = text
            self.size += sys.getsizeof(text) + ROOM
            while self.size > settings.FRAGMENT_BYTES:
                self.size -= sys.getsizeof(self._texts.pop(next(iter(self._texts)))) + ROOM

    def clear(self, **kw: Any) -> None:
        """Forget all."""
        with self._lock:
            self._texts.clear()
            self.size = 0


memory = Memory()
setting_changed.connect(memory.clear)  # tests only: a running portal's settings don't change


def remembered(
    what: Any,
    values: Iterable[Any],
    make: Callable[[], SafeString],
    known: dict[int, Any] | None = None,
    language: str | None = None,
) -> SafeString:
    """Return what `make` gives for these values in the language in force. It may look at nothing else."""
    key = (
        what,
        language or get_language(),
        *[_known(value, known) if known is not None else _plain(value) for value in values],
    )
    text = memory.get(key)
    if text is None:
        text = make()
        memory.put(key, text)
    return text


def framed(
    request: HttpRequest, template: str, key: Iterable[Any], context: Callable[[], dict[str, Any]], **holes: SafeString
) -> HttpResponse:
    """Answer somebody without a session with a page whose frame is made once for `key`, around `holes`.

    The frame sees the address, and of `context` what `key` says, nothing else. It asks the database nothing and has no
    form with a token: one that has isn't kept.
    """
    known = ("frame", template, get_language(), request.get_full_path(), *[_plain(value) for value in key])
    frame = memory.get(known)
    if frame is None:
        marks = {name: SafeString(f"\0{name}\0") for name in holes}
        with connection.execute_wrapper(refuse):
            frame = SafeString(render_to_string(template, {**context(), **marks}, request))
        if "CSRF_COOKIE_NEEDS_UPDATE" not in request.META and not getattr(request, "_csp_nonce", None):
            memory.put(known, frame)
    for name, text in holes.items():  # nothing that the database keeps has such characters
        frame = frame.replace(f"\0{name}\0", text)  # type: ignore[assignment]
    return HttpResponse(frame)


def refuse(_execute: Any, statement: str, *_rest: Any) -> None:
    """Stand before the database while a piece is made that will be shown again."""
    raise RuntimeError(f"A kept piece asked the database: it must be given what it shows. {statement[:300]}")


def _known(value: Any, known: dict[int, Any]) -> Any:
    """Return `_plain(value)`, for a row once a page: `known` holds the row, too, so that no other takes its place."""
    if not isinstance(value, Model):
        return _plain(value)
    if id(value) not in known:
        known[id(value)] = (value, _plain(value))
    return known[id(value)][1]


def _plain(value: Any) -> Any:
    """Return what tells a value from every other: 1 isn't True, and a safe text isn't the same text unsafe."""
    if isinstance(value, Promise):
        return str(value)
    kind = type(value)
    if kind is tuple or kind is list:
        return (kind, *[_plain(each) for each in value])
    if kind is dict:
        return (kind, *[(name, _plain(each)) for name, each in value.items()])
    if isinstance(value, Model):
        return (kind, *_columns(value))
    return (kind, value)


def _columns(row: Model) -> Iterator[Any]:
    """Give what a template can read of a row: all but names that begin with an underscore, and the rows it hangs on."""
    for name, value in vars(row).items():
        if name[0] != "_":
            yield name
            yield value if type(value) in _SIMPLE else _plain(value)
    for name, other in row._state.fields_cache.items():  # type: ignore[attr-defined]  # noqa: SLF001 - read, not asked
        yield name
        yield _plain(other)


_SIMPLE = {str, int, bool, NoneType, datetime, date, Decimal}
