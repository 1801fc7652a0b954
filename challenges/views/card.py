"""The picture of a challenge for where its address is shared, and what is said beside it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.calculations import card as drawing
from challenges.calculations import structured
from challenges.models import Challenge
from govtech.shell import words
from govtech.shell.templatetags.components import localised

KEPT_SECONDS = 30 * 86_400
FOR_LONG = "public, max-age=31536000, immutable"  # another card has another address


def _contents(challenge: Challenge) -> dict[str, str]:
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
    version = drawing.version(*_contents(challenge).values())
    return reverse("challenges:card", kwargs={"slug": challenge.slug, "version": version})


@login_not_required
@require_safe
def card(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The card as PNG. An address of before leads to that of today. Anybody who sees the challenge."""
    challenge = get_object_or_404(
        Challenge.objects.visible_to(request.user).select_related("department"), slug=slug, closes_at__isnull=False
    )
    contents = _contents(challenge)
    now = drawing.version(*contents.values())
    if version != now:
        response = redirect("challenges:card", slug=slug, version=now)
        response.headers["Cache-Control"] = "no-cache"
        return response
    image = cache.get_or_set(f"card:{now}", lambda: drawing.render(**contents), KEPT_SECONDS)
    return HttpResponse(image, content_type="image/png", headers={"Cache-Control": FOR_LONG})


def meta(challenge: Challenge, *, districts: list[str]) -> dict[str, Any]:
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
        districts=districts,
        trail=[
            (settings.PROGRAMME_NAME, site + reverse("shell:home")),
            (_("Challenges"), site + reverse("challenges:list")),
            (title, url),
        ],
    )
    return {"url": url, "image": image, "title": title, "summary": summary, "data": data}
