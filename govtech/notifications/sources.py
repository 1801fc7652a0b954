"""Why somebody is told: what they asked to hear of. Apps register each sort of it; mail about it can be stopped.

A notice that nobody asked for (one's own proposal, a duty) has no source and can't be switched off. A key is
`<sort>:<public id>`: it names what was asked for and never a person.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from govtech.accounts.models import User

SALT = "govtech.notifications.unsubscribe"
EVERYTHING = "all"


@dataclass(frozen=True)
class Source:
    """One thing asked for: its key, the words for "because …" in each language, when its mail is due (None: never)."""

    key: str
    because: Mapping[str, str]
    mail_at: datetime | None

    @property
    def stored(self) -> dict[str, Any]:
        """As data for the database."""
        return {
            "key": self.key,
            "because": dict(self.because),
            "mail_at": self.mail_at.isoformat() if self.mail_at else None,
        }


@dataclass(frozen=True)
class Sort:
    """How mail of one sort of source is stopped and allowed again. What was stopped before stays as it was.

    `silence(public_id, at)` and `restore(public_id)` return False where it is gone. `silence_all(user, at)` stops all
    of a person's; `restore_all(user, since)` undoes what was stopped at the instant `since`. `mailing(public_ids)`
    returns those of them that write by mail now.
    """

    silence: Callable[[str, datetime], bool]
    restore: Callable[[str], bool]
    silence_all: Callable[[User, datetime], None]
    restore_all: Callable[[User, datetime], None]
    mailing: Callable[[Iterable[str]], set[str]]


_sorts: dict[str, Sort] = {}


def register(name: str, sort: Sort) -> None:
    """Declare a sort of source, from an app's `ready()`. The same name again replaces it."""
    _sorts[name] = sort


def of(key: str) -> tuple[Sort, str]:
    """Return the sort that a key is of, and the public id in it. LookupError where nobody declared it."""
    name, _, public_id = key.partition(":")
    try:
        return _sorts[name], public_id
    except KeyError:
        raise LookupError(f"No sort of source is called {name!r}: register it in the app's ready().") from None


def all_sorts() -> Iterable[Sort]:
    """Return every sort."""
    return _sorts.values()


def mailing(keys: Iterable[str]) -> set[str]:
    """Return which keys write by mail now: not what was stopped or taken away since. One question a sort."""
    by_sort: dict[str, set[str]] = {}
    for key in keys:
        name, _, public_id = key.partition(":")
        by_sort.setdefault(name, set()).add(public_id)
    return {
        f"{name}:{public_id}"
        for name, public_ids in by_sort.items()
        if name in _sorts
        for public_id in _sorts[name].mailing(public_ids)
    }


def in_each_language(words: Callable[[], str]) -> dict[str, str]:
    """Return what `words()` says in each of the site's languages."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = words()
    return found


def because(sources: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the reasons in the language in force."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return [row["because"].get(language) or row["because"].get(settings.LANGUAGE_CODE, "") for row in sources]


# Tokens ----------------------------------------------------------------------------------------------


def token_of(key: str) -> str:
    """Return a signed text that stops the mail of `key` (or `all:<subscriber>`). Valid while its key signs or did."""
    return signing.Signer(salt=SALT).sign_object(key)


def key_in(token: str) -> str | None:
    """Return what a token names, None where it isn't ours."""
    try:
        key = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    return key if isinstance(key, str) else None


def address_of(key: str) -> str:
    """Return the path of the page that stops the mail of `key`, in the language in force."""
    return reverse("notifications:unsubscribe", kwargs={"token": token_of(key)})
