"""What is said of a challenge where its address is shared, and to machines."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from challenges.calculations import card as drawing
from challenges.calculations import structured
from challenges.models import Challenge
from govtech.shell import words
from govtech.shell.templatetags.components import localised

register = template.Library()


def contents(challenge: Challenge) -> dict[str, str]:
    """Return the texts of its card, in the language in force."""
    parts = [challenge.reference or "", challenge.department.short_name]
    amount = _("%(amount)s without VAT") % {"amount": words.euros(challenge.max_amount_net)}
    return {
        "title": localised(challenge, "title"),
        "eyebrow": " · ".join([*parts, amount]),
        "foot": _("Proposals until %(when)s") % {"when": words.formatted(challenge.closes_at, "when")},
        "name": settings.PROGRAMME_NAME,
        "colour": settings.BRAND_COLOUR,
    }


def address(challenge: Challenge) -> str:
    """Return the address of the card as it is now, in the language in force. Another card has another address."""
    version = drawing.version(*contents(challenge).values())
    return reverse("challenges:card", kwargs={"slug": challenge.slug, "version": version})


@register.simple_tag(name="meta_of")
def meta(challenge: Challenge) -> dict[str, Any]:
    """Return what the page of a challenge tells machines: its address, card, and itself in the words of schema.org."""
    site = settings.SITE_URL.rstrip("/")
    url = site + challenge.get_absolute_url()
    image = site + address(challenge)
    title, summary = localised(challenge, "title"), localised(challenge, "summary")
    data = structured.page(
        challenge,
        title=title,
        summary=summary,
        language=get_language() or settings.LANGUAGE_CODE,
        url=url,
        image=image,
        publisher={
            "name": settings.CITY_COUNCIL_NAME,
            "url": site + reverse("shell:home"),
            "city": settings.CITY_NAME,
        },
        districts=challenge.place_names,  # type: ignore[attr-defined]
        trail=[
            (settings.PROGRAMME_NAME, site + reverse("shell:home")),
            (_("Challenges"), site + reverse("challenges:list")),
            (title, url),
        ],
    )
    return {"url": url, "image": image, "title": title, "summary": summary, "data": data}
