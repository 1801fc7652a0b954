"""A second factor for whoever acts for the city."""

import time
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from govtech.accounts.roles import needs_mfa

SEEN_SECONDS = 60.0  # so long a visit isn't noted again
MOST_SEEN = 10_000  # sessions that a process remembers to have noted


class SeenMiddleware(UserSessionsMiddleware):
    """Notes where a session was last seen: at once from a new address or browser, else once a minute."""

    _noted: ClassVar[dict[tuple[str, ...], float]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note it, where that is due, and pass on."""
        key = (request.session.session_key or "", request.META.get("REMOTE_ADDR", ""))
        key = (*key, request.META.get("HTTP_X_FORWARDED_FOR", ""), request.META.get("HTTP_USER_AGENT", ""))
        now = time.monotonic()
        if now - self._noted.get(key, -SEEN_SECONDS) < SEEN_SECONDS:
            return self.get_response(request)
        if len(self._noted) >= MOST_SEEN:
            self._noted.clear()
        if key[0] and request.user.is_authenticated:
            self._noted[key] = now
        return super().__call__(request)


# Pages needed to get there: signing in and out, second factors, sessions, the language.
OPEN = ("account_", "mfa_", "usersessions_")
ENROLLED = "mfa_enrolled_by"


class RequireMFAMiddleware:
    """Sends staff, delegates and administrators to their second factor before any other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Redirect to the second factor, or to setting one up, unless this session has shown it."""
        user = request.user
        if not user.is_authenticated or not needs_mfa(user):
            return None
        name = (request.resolver_match.view_name if request.resolver_match else "") or ""
        if name.startswith(OPEN) or name == "set_language" or name.startswith("admin:logout"):
            return None
        if request.session.get(ENROLLED) == user.pk:  # set up in this session: no record of use yet
            return None
        if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
            return None
        if is_mfa_enabled(user):
            return redirect(reverse("mfa_reauthenticate") + "?" + urlencode({"next": request.get_full_path()}))
        return redirect("mfa_index")
