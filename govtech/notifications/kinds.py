"""Kinds of notices: the words for each, declared by the app that tells it, from its `ready()`.

Parameters are plain values (text, numbers, `Decimal` euros, days, instants, lazy translations). They are stored as data
and become words in the reader's language when shown or sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

INSTANT, DAY, EUROS, WORDS = "instant", "day", "euros", "words"


@dataclass(frozen=True)
class Words:
    """A notice in one language."""

    subject: str
    text: str
    action: str


class _Gap(dict[str, Any]):
    """Stands for the parameters it lacks."""

    def __missing__(self, name: str) -> str:
        return "…"


@dataclass(frozen=True)
class Kind:
    """How a kind of notice reads. `{name}` in the words is a parameter.

    `shown_to_office` lets officers see on their page who was told. It stays off where that alone would tell them
    something: who proposes, who asked. `still_holds(notices)` returns the primary keys of those that are still so: a
    cancelled call isn't mailed as new. Asked when the mail is written and again when it is sent, of what people asked
    to hear of only; with `always`, of every notice of the kind. It may bring a notice up to date for this mail.
    `attachments(notices)` returns the files that go with a mail of theirs: name, bytes, type.
    """

    name: str
    subject: str | Promise
    text: str | Promise
    action: str | Promise
    shown_to_office: bool
    still_holds: Callable[[list[Any]], set[int]] | None = None
    always: bool = False
    attachments: Callable[[list[Any]], list[tuple[str, bytes, str]]] | None = None

    @property
    def title(self) -> str:
        """The subject without its parameters, for a list: "New challenge: …"."""
        return str(self.subject).format_map(_Gap())

    def words(self, params: Mapping[str, Any], *, strict: bool = False) -> Words:
        """Return the words in the language in force. `params` as stored.

        A parameter that an older notice lacks reads "…"; with `strict`, KeyError names it.
        """
        values = {name: _shown(value) for name, value in params.items()}
        if not strict:
            values = _Gap(values)
        return Words(
            subject=" ".join(str(self.subject).format_map(values).split()),
            text=str(self.text).format_map(values),
            action=str(self.action).format_map(values),
        )


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    *,
    subject: str | Promise,
    text: str | Promise,
    action: str | Promise = "",
    shown_to_office: bool = False,
    still_holds: Callable[[list[Any]], set[int]] | None = None,
    always: bool = False,
    attachments: Callable[[list[Any]], list[tuple[str, bytes, str]]] | None = None,
) -> Kind:
    """Declare the kind `name`, in the past tense: "challenge.published". The same name again replaces it."""
    _kinds[name] = Kind(name, subject, text, action, shown_to_office, still_holds, always, attachments)
    return _kinds[name]


def get(name: str) -> Kind:
    """Return a declared kind. LookupError where nobody declared it."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"No kind of notice is called {name!r}: register it in the app's ready().") from None


def words_of(name: str, params: Mapping[str, Any]) -> Words:
    """Return the words of a notice in the inbox, also of a kind that the portal no longer knows."""
    kind = _kinds.get(name)
    return (
        kind.words(params)
        if kind
        else Words(subject=_("A notice of an earlier version of the portal"), text="", action="")
    )


def declared() -> list[Kind]:
    """Return all kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def holding(notices: list[Any]) -> list[Any]:
    """Return the notices that still hold. One question a kind; what always comes is asked where it says `always`."""
    kept: set[int] = set()
    for name in {notice.kind for notice in notices}:
        kind = _kinds.get(name)
        asked = [notice for notice in notices if notice.kind == name]
        if kind is not None and kind.still_holds is not None:
            in_doubt = [notice for notice in asked if notice.sources or kind.always]
            kept |= {notice.pk for notice in asked if not notice.sources and not kind.always}
            kept |= kind.still_holds(in_doubt) if in_doubt else set()
        else:
            kept |= {notice.pk for notice in asked}
    return [notice for notice in notices if notice.pk in kept]


def stored(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return `params` as data for the database."""
    return {name: _as_data(value) for name, value in params.items()}


def _as_data(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"as": INSTANT, "value": value.isoformat()}
    if isinstance(value, date):
        return {"as": DAY, "value": value.isoformat()}
    if isinstance(value, Decimal):
        return {"as": EUROS, "value": str(value)}
    if isinstance(value, Promise):
        languages = [code for code, _name in settings.LANGUAGES]
        return {"as": WORDS, "value": {code: _in(code, value) for code in languages}}
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)


def _in(language: str, words: Promise) -> str:
    with translation.override(language):
        return str(words)


def _shown(value: Any) -> Any:
    if not isinstance(value, dict):
        return "" if value is None else value
    kind, data = value["as"], value["value"]
    spanish = (translation.get_language() or settings.LANGUAGE_CODE).startswith("es")
    if kind == INSTANT:
        instant = timezone.localtime(datetime.fromisoformat(data))
        return formats.date_format(instant, r"j \d\e F \d\e Y, H:i" if spanish else "j F Y, H:i")
    if kind == DAY:
        return formats.date_format(date.fromisoformat(data), r"j \d\e F \d\e Y" if spanish else "j F Y")
    if kind == EUROS:
        return _euros(Decimal(data), spanish=spanish)
    return data.get(translation.get_language()) or data[settings.LANGUAGE_CODE]


def _euros(amount: Decimal, *, spanish: bool) -> str:
    text = f"{amount:,.2f}"
    if not spanish:
        return f"{settings.CURRENCY_SYMBOL}{text}"
    return text.translate(str.maketrans(",.", ".,")) + f"\N{NO-BREAK SPACE}{settings.CURRENCY_SYMBOL}"
