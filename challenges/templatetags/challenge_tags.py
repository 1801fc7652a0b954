"""How a challenge's phase is said."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from challenges.calculations import structured
from challenges.calculations.step import STEPS
from challenges.models import Challenge, Incident, Phase, PlannedChallenge
from challenges.models.listed import Entry, Listed
from govtech.clock import local_date
from govtech.shell import words
from govtech.shell.kept import remembered
from govtech.shell.registry import slots
from govtech.shell.templatetags.components import chip

register = template.Library()


def phase_words(challenge: Challenge | Listed, at: datetime, *, long: bool = False) -> str:
    """Return the phase with its date where that matters: `Cierra en 3 días`, `Abierto · cierra en 19 días`.

    `challenge.phase` comes from `with_phase()`.
    """
    phase = Phase(challenge.phase)  # type: ignore[union-attr]
    if phase == Phase.CLOSING_SOON:
        return _("Closes %(due)s") % {"due": words.duration_until(challenge.closes_at, at)}
    if long and phase == Phase.OPEN:
        return _("Open · closes %(due)s") % {"due": words.duration_until(challenge.closes_at, at)}
    if long and phase == Phase.UPCOMING:
        return _("Coming soon · opens %(due)s") % {"due": words.duration_until(challenge.opens_at, at)}
    return str(phase.label)


@register.simple_tag
def phase_chip(challenge: Challenge | Listed, *, at: datetime) -> SafeString:
    """Show the phase of a challenge."""
    return chip(phase_words(challenge, at), tone=Phase(challenge.phase).tone)  # type: ignore[union-attr]


TWINS = [name for names in STEPS.values() for name in names if f"{name}_en" in names]  # texts with an English twin


@register.filter
def is_partly_spanish(challenge: Challenge) -> bool:
    """Say whether a page in another language shows texts of the call that exist in Spanish only."""
    if (get_language() or "es").startswith("es"):
        return False
    return any(getattr(challenge, name) and not getattr(challenge, f"{name}_en") for name in TWINS)


@register.filter
def outage(incident: Incident) -> str:
    """Return when the portal failed, in words; the day once where it began and ended on the same."""
    began, ended = incident.began_at, incident.ended_at
    if local_date(began) == local_date(ended):
        values = {
            "day": words.formatted(began, "day"),
            "from": words.clock_time(began),
            "until": words.clock_time(ended),
        }
        return _("%(day)s, from %(from)s to %(until)s") % values
    values = {"from": words.formatted(began, "when"), "until": words.formatted(ended, "when")}
    return _("From %(from)s until %(until)s") % values


def expected_words(first: date, last: date) -> str:
    """Return a month or a quarter in words: `marzo de 2027`, `segundo trimestre de 2027`."""
    if first.month == last.month:
        return _("%(month)s %(year)s") % {"month": date_format(first, "F"), "year": first.year}
    quarter = [_("first quarter"), _("second quarter"), _("third quarter"), _("fourth quarter")][(first.month - 1) // 3]
    return _("%(quarter)s of %(year)s") % {"quarter": quarter, "year": first.year}


@register.simple_tag
def phase_label(challenge: Challenge | Listed) -> SafeString:
    """Show the phase of a challenge without its date."""
    phase = Phase(challenge.phase)  # type: ignore[union-attr]
    return chip(phase.label, tone=phase.tone)


@register.simple_tag
def entries(challenges: Iterable[Any], *, at: datetime, with_slot: bool = False) -> SafeString:
    """List challenges: entries (`models.listed`), or models `with_phase()`, their department and policy area.

    Each is made once for what it shows. `with_slot` adds what other apps say of it.
    """
    language = get_language()
    return SafeString("".join([
        _entry(each, at, slots.html("challenge.row", each) if with_slot else "", language) for each in challenges
    ]))  # fmt: skip


def _entry(each: Any, at: datetime, extra: str, language: str | None) -> SafeString:
    """Return one entry; what a row says is known by the row as it was read."""
    is_read = isinstance(each, Entry)
    given: Any = each.given if is_read else Listed.of(each)
    soon = phase_words(each, at) if each.phase == Phase.CLOSING_SOON else ""
    marks = (each.marked_title, each.marked_summary, each.excerpt, each.excerpt_language, each.reason)

    def make() -> SafeString:
        listed = each.listed if is_read else given
        names = ("title", "summary", "excerpt", "excerpt_language", "reason")
        shown = {"challenge": listed, "state": soon, "extra": extra, **dict(zip(names, marks, strict=True))}
        template: Any = get_template("challenges/_row.html")
        return template.template.render(Context(shown))

    return remembered(_entry, (given, soon, extra, *marks), make, language=language)


@register.simple_tag
def expected(planned: PlannedChallenge) -> str:
    """Say when a planned challenge is expected."""
    return expected_words(planned.expected_from, planned.expected_until)


@register.simple_tag
def next_instant(challenge: Challenge | Listed) -> SafeString:
    """Give the date that matters now, as a fact: when it opens, closes or closed."""
    phase = Phase(challenge.phase)  # type: ignore[union-attr]
    if phase == Phase.UPCOMING:
        label, value = _("Opens"), words.formatted(challenge.opens_at, "short_when")
    elif phase in (Phase.OPEN, Phase.CLOSING_SOON):
        label, value = _("Closes"), words.formatted(challenge.closes_at, "short_when")
    else:
        label, value = _("Closed"), words.formatted(challenge.closes_at, "short_day_year")
    return format_html('<div><dt>{}</dt><dd class="num">{}</dd></div>', label, value)


@register.simple_tag
def structured_data(data: dict[str, Any]) -> SafeString:
    """Write what machines read: data, no script that runs, so no nonce. No text in it can end the element."""
    return format_html('<script type="application/ld+json">{}</script>', SafeString(structured.as_text(data)))
