"""What every template knows: the city, the menus, the other language. Runs no query."""

from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language, override

from govtech.shell.registry import Shown, account, footer, nav

_NAMES = {"es": "Español", "en": "English"}


class Twin(NamedTuple):
    """This page in the other language."""

    code: str
    name: str
    url: str


def _twin(request: HttpRequest) -> Twin:
    """Return code, name and address of this page in the other language; of the home page where there is none."""
    here = get_language() or settings.LANGUAGE_CODE
    code = next((code for code, _ in settings.LANGUAGES if code != here), here)
    with override(code):
        url = _address(request) or _home()
    return Twin(code, _NAMES.get(code, code), url)


def _address(request: HttpRequest) -> str:
    """Return this page's address in the language in force; nothing where it has none, or the same."""
    match = request.resolver_match
    try:
        path = reverse(match.view_name, args=match.args, kwargs=match.kwargs) if match else request.path
    except NoReverseMatch:
        path = request.path
    query = request.META.get("QUERY_STRING", "")
    return "" if path == request.path else f"{path}?{iri_to_uri(query)}" if query else path


def _home() -> str:
    try:
        return reverse("shell:home")
    except NoReverseMatch:
        return "/"


class Installation:
    """What is the same on every page of this installation: names, the city, its colour."""

    name = property(lambda _self: settings.PROGRAMME_NAME)
    city = property(lambda _self: settings.CITY_NAME)
    council = property(lambda _self: settings.CITY_COUNCIL_NAME)
    office = property(lambda _self: settings.OFFICE_NAME)
    office_email = property(lambda _self: settings.OFFICE_EMAIL)
    site_url = property(lambda _self: settings.SITE_URL)
    colour = property(lambda _self: settings.BRAND_COLOUR)
    has_own_colour = property(lambda _self: settings.BRAND_COLOUR.lower() != "#0a3fd4")
    demo = property(lambda _self: settings.DEMO)
    zone = property(lambda _self: settings.TIME_ZONE)

    def __getitem__(self, name: str) -> Any:
        """Answer templates, which ask this way first."""
        return getattr(self, name)


class Portal(Installation):
    """The same, and what belongs to the page asked for. Computed only where the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def nav(self) -> tuple[Shown, ...]:
        """The main menu."""
        return nav.shown(self._request.path)

    @cached_property
    def footer(self) -> tuple[Shown, ...]:
        """The foot."""
        return footer.shown(self._request.path)

    @cached_property
    def account(self) -> tuple[Shown, ...]:
        """The menu under a person's name."""
        return account.shown(self._request.path)

    @cached_property
    def twin(self) -> Twin:
        """This page in the other language."""
        return _twin(self._request)


def portal(request: HttpRequest) -> dict[str, Any]:
    """Add `portal` to the context."""
    return {"portal": Portal(request)}
