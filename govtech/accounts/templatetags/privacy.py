"""The first layer of the privacy notice, where data is asked."""

from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from govtech.accounts import rights

register = template.Library()


@register.simple_tag
def privacy_notice(key: str) -> SafeString:
    """Say who asks, what for, by which right, for how long; the rest is a page away. LookupError where unknown."""
    found = rights.notices.get(key)
    if found is None:
        raise LookupError(f"No privacy notice is called {key!r}: register it in the app's ready().")
    context: dict[str, Any] = {
        "notice": found,
        "controller": settings.OFFICE_NAME,
        "council": settings.CITY_COUNCIL_NAME,
    }
    return render_to_string("accounts/_privacy.html", context)
