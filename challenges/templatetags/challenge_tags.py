"""How a challenge's phase is said."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from challenges.calculations import structured
from challenges.models import Challenge, Phase, PlannedChallenge
from govtech.shell import words
from govtech.shell.templatetags.components import chip

register = template.Library()


def phase_words(challenge: Challenge, at: datetime, *, long: bool = False) -> str:
    """Return the phase with its date where that matters: `Cierra en 3 días`, `Abierto · cierra en 19 días`.

    `challenge.phase` comes from `with_phase()`.
    """
    phase = Phase(challenge.phase)  # type: ignore[attr-defined]
    if phase == Phase.CLOSING_SOON:
        return _("Closes %(due)s") % {"due": words.duration_until(challenge.closes_at, at)}
    if long and phase == Phase.OPEN:
        return _("Open · closes %(due)s") % {"due": words.duration_until(challenge.closes_at, at)}
    if long and phase == Phase.UPCOMING:
        return _("Coming soon · opens %(due)s") % {"due": words.duration_until(challenge.opens_at, at)}
    return str(phase.label)


@register.simple_tag
def phase_chip(challenge: Challenge, *, at: datetime) -> SafeString:
    """Show the phase of a challenge."""
    return chip(phase_words(challenge, at), tone=Phase(challenge.phase).tone)  # type: ignore[attr-defined]


def expected_words(first: date, last: date) -> str:
    """Return a month or a quarter in words: `marzo de 2027`, `segundo trimestre de 2027`."""
    if first.month == last.month:
        return _("%(month)s %(year)s") % {"month": date_format(first, "F"), "year": first.year}
    quarter = [_("first quarter"), _("second quarter"), _("third quarter"), _("fourth quarter")][(first.month - 1) // 3]
    return _("%(quarter)s of %(year)s") % {"quarter": quarter, "year": first.year}


@register.simple_tag
def expected(planned: PlannedChallenge) -> str:
    """Say when a planned challenge is expected."""
    return expected_words(planned.expected_from, planned.expected_until)


@register.simple_tag
def next_instant(challenge: Challenge) -> SafeString:
    """Give the date that matters now, as a fact: when it opens, closes or closed."""
    phase = Phase(challenge.phase)  # type: ignore[attr-defined]
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
