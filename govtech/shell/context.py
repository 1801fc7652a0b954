"""What every template knows: the city, the menus, the other language. Runs no query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, override

from govtech.shell.registry import account, footer, nav

_NAMES = {"es": "Español", "en": "English"}


def _twin(request: HttpRequest) -> dict[str, str]:
    """Return code, name and address of this page in the other language; of the home page where there is none."""
    here = get_language() or settings.LANGUAGE_CODE
    code = next((code for code, _ in settings.LANGUAGES if code != here), here)
    url = translate_url(request.get_full_path(), code)
    if url == request.get_full_path():
        with override(code):
            try:
                url = reverse("shell:home")
            except NoReverseMatch:
                url = "/"
    return {"code": code, "name": _NAMES.get(code, code), "url": url}


def portal(request: HttpRequest) -> dict[str, Any]:
    """Add `portal` to the context. Everything in it is computed only where the template asks."""
    path = request.path
    return {
        "portal": {
            "name": settings.PROGRAMME_NAME,
            "city": settings.CITY_NAME,
            "council": settings.CITY_COUNCIL_NAME,
            "office": settings.OFFICE_NAME,
            "office_email": settings.OFFICE_EMAIL,
            "site_url": settings.SITE_URL,
            "colour": settings.BRAND_COLOUR,
            "has_own_colour": settings.BRAND_COLOUR.lower() != "#0a3fd4",
            "demo": settings.DEMO,
            "zone": settings.TIME_ZONE,
            "nav": SimpleLazyObject(lambda: nav.entries(path)),
            "footer": SimpleLazyObject(lambda: footer.entries(path)),
            "account": SimpleLazyObject(lambda: account.entries(path)),
            "twin": SimpleLazyObject(lambda: _twin(request)),
        }
    }
