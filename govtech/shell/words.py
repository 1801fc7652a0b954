"""Amounts, instants and sizes in a person's words, in the language in force. Pure: no query, no clock."""

import functools
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
CENT = Decimal("0.01")

# Django date formats by language: (long instant, short instant, long day, short day, short day with year, time)
_FORMATS = {
    "es": {
        "when": r"l j \d\e F \d\e Y, H:i",
        "short_when": "j b, H:i",
        "day": r"j \d\e F \d\e Y",
        "short_day": "j b",
        "short_day_year": "j b Y",
    },
    "en": {
        "when": "l j F Y, H:i",
        "short_when": "j M, H:i",
        "day": "j F Y",
        "short_day": "j M",
        "short_day_year": "j M Y",
    },
}


def _is_spanish() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("es")


def number(value: Decimal | float, *, places: int | None = None) -> str:
    """Return `value` with grouped thousands; `places` decimals, or as many as it has.

    >>> from django.utils.translation import override
    >>> with override("en"): number(Decimal("14500.5"))
    '14,500.5'
    """
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    if places is not None:
        amount = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(amount):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if _is_spanish():
        text = text.translate(str.maketrans(",.", ".,"))
    return (MINUS if amount < 0 else "") + text


def euros(value: Decimal | float | None) -> str:
    """Return an amount of euros: `14.500 €` or `€14,500`; the cents only when there are some. None is a dash."""
    if value is None:
        return "—"
    amount = (value if isinstance(value, Decimal) else Decimal(str(value))).quantize(CENT, rounding=ROUND_HALF_UP)
    text = number(abs(amount), places=0 if amount == amount.to_integral_value() else 2)
    sign = MINUS if amount < 0 else ""
    symbol = settings.CURRENCY_SYMBOL
    return f"{sign}{text}{NBSP}{symbol}" if _is_spanish() else f"{sign}{symbol}{text}"


def percent(value: Decimal | float | None) -> str:
    """Return a percentage: `30 %` in Spanish, `30%` in English."""
    if value is None:
        return "—"
    return f"{number(value)}{NBSP}%" if _is_spanish() else f"{number(value)}%"


def formatted(value: date | datetime | None, kind: str) -> str:
    """Return a day or an instant in the city's zone, in the format `kind` of the language in force."""
    if value is None:
        return ""
    return _formatted(value, kind, "es" if _is_spanish() else "en", timezone.get_default_timezone())


@functools.lru_cache(maxsize=4000, typed=True)
def _formatted(value: date | datetime, kind: str, language: str, zone: tzinfo) -> str:
    """Return it in the language in force, which is named for that, as is the city's zone."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = value.astimezone(zone)
    return date_format(value, _FORMATS[language][kind])


def clock_time(value: datetime) -> str:
    """Return the hour and minute in the city's zone: `14:00`."""
    return date_format(timezone.localtime(value), "H:i")


def duration_until(instant: datetime | None, at: datetime) -> str:
    """Return how far `instant` is from `at`: `en 3 días`, `mañana a las 14:00`, `hace 2 horas`.

    Days are calendar days of the city, so that "in 1 day" never means tonight.
    """
    if instant is None:
        return ""
    zone = timezone.get_default_timezone()
    days = (instant.astimezone(zone).date() - at.astimezone(zone).date()).days
    minutes = int(abs((instant - at).total_seconds()) // 60)
    past = instant <= at
    if minutes < 60:
        if past:
            return ngettext("%(n)d minute ago", "%(n)d minutes ago", max(minutes, 1)) % {"n": max(minutes, 1)}
        return ngettext("in %(n)d minute", "in %(n)d minutes", max(minutes, 1)) % {"n": max(minutes, 1)}
    if days == 0:
        return gettext("today at %(time)s") % {"time": clock_time(instant)}
    if days == 1:
        return gettext("tomorrow at %(time)s") % {"time": clock_time(instant)}
    if days == -1:
        return gettext("yesterday at %(time)s") % {"time": clock_time(instant)}
    if past:
        return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def due(instant: datetime | None, at: datetime) -> str:
    """Return the day something is due, for a list: `Hoy, 14:00`, `Mañana`, `27 nov`. Nothing without a date."""
    if instant is None:
        return ""
    days = (timezone.localtime(instant).date() - timezone.localtime(at).date()).days
    if days == 0:
        return gettext("Today, %(time)s") % {"time": clock_time(instant)}
    if days == 1:
        return gettext("Tomorrow")
    return formatted(instant, "short_day")


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """Return a browser's own long description as a person says it: `Firefox, Windows`. Unknown ones cut at 60 signs."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or user_agent[:60] or "—"


def file_size(size: int | None) -> str:
    """Return a size in bytes as `240 kB` or `2,1 MB` (powers of 1 000)."""
    if size is None:
        return ""
    if size < 1_000:
        return ngettext("%(n)s byte", "%(n)s bytes", size) % {"n": size}
    if size < 1_000_000:
        return f"{number(Decimal(size) / 1_000, places=0)}{NBSP}kB"
    return f"{number((Decimal(size) / 1_000_000).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP))}{NBSP}MB"
