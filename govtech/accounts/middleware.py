"""A second factor for whoever acts for the city."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from govtech.accounts.roles import needs_mfa

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
