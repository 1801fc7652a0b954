"""What happens to every request: id, kept pages, health, sign-in by default, private pages, refusals on record."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth import middleware as auth_middleware
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, DataError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.utils.cache import patch_cache_control
from redis.exceptions import RedisError

from govtech import clock
from govtech.audit import actions as audit
from govtech.audit.context import request_id
from govtech.errors import LostError, UnavailableError
from govtech.shell import pages
from govtech.shell.views.errors import bad_request, lost, unavailable

GetResponse = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger(__name__)

_SAFE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def named(given: str) -> str:
    """Return the id of a request: what was given where it is well formed, else a new one."""
    return given if _SAFE_ID.fullmatch(given) else secrets.token_hex(8)


class HealthMiddleware:
    """Answers `/healthz` and `/readyz` before hosts, sessions and languages matter."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the two addresses, pass on all others."""
        if request.path == "/healthz":
            return self._answer({"process": True})
        if request.path == "/readyz":
            return self._answer({"database": self._database_answers(), "broker": self._broker_answers()})
        return self.get_response(request)

    @staticmethod
    def _answer(parts: dict[str, bool]) -> HttpResponse:
        well = all(parts.values())
        body = {
            "status": "ok" if well else "unavailable",
            **{name: "ok" if up else "down" for name, up in parts.items()},
        }
        return JsonResponse(body, status=200 if well else 503, headers={"Cache-Control": "no-store"})

    @staticmethod
    def _database_answers() -> bool:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return False
        return True

    @staticmethod
    def _broker_answers() -> bool:
        client = redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()


class RequestIdMiddleware:
    """Gives each request an id: in the logs, and in the header `X-Request-ID` of the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take a proxy's id when it is well formed, else make one."""
        name = named(request.headers.get("X-Request-ID", ""))
        token = request_id.set(name)
        request.request_id = name  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response.headers["X-Request-ID"] = name
        return response


class PagesMiddleware:
    """Answers with a kept page where there is one that holds (`govtech.shell.pages`), before anything else is done."""

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.PAGE_CACHE_SECONDS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find the page, or have it made and keep it. Whoever has a session isn't concerned."""
        key = pages.key_of(request.META)
        shelf = pages.shelf()
        edition = shelf.edition() if key else None
        if key is None or edition is None:
            return self.get_response(request)
        page = shelf.find(key, edition)
        if page:
            return pages.answer(request.META, page)
        with shelf.alone(key) as waited:
            page = shelf.find(key, edition) if waited else None
            return pages.answer(request.META, page) if page else self._make(request, key, edition)

    def _make(self, request: HttpRequest, key: str, edition: str) -> HttpResponseBase:
        """Have the page made; what it shows is at least as new as the edition, which was read before."""
        began = time.monotonic()
        response = self.get_response(request)
        page = pages.page_of(request, response, edition, began)
        if page is None:
            return response
        pages.shelf().keep(key, page)
        return pages.answer(request.META, page)


class LoginRequiredMiddleware(auth_middleware.LoginRequiredMiddleware):
    """Deny by default: a view is public only when marked with `login_not_required`."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        """Send a person to sign in; tell a script plainly, so that it keeps what was typed."""
        if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request"):
            return JsonResponse({"error": "signed-out"}, status=401)
        return super().handle_no_permission(request, view_func)


class PrivatePagesMiddleware:
    """Keeps pages of a signed-in person, and of signing in, out of every cache and of the browser's history."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add `Cache-Control: no-store, private` where the page is somebody's."""
        response = self.get_response(request)
        if request.user.is_authenticated or self._is_sign_in(request) or "sessionid" in response.cookies:
            response.headers.pop("Cache-Control", None)
            patch_cache_control(response, no_store=True, private=True)
        return response

    @staticmethod
    def _is_sign_in(request: HttpRequest) -> bool:
        match = request.resolver_match
        return match is not None and (match.view_name or "").startswith(("account_", "mfa_", "usersessions_", "admin:"))


class RefusalMiddleware:
    """Puts on record that a signed-in person was refused (403), after the refused change was rolled back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Record once; a record that can't be written is logged and the answer stays."""
        response = self.get_response(request)
        if response.status_code == 403 and request.user.is_authenticated and not hasattr(response, "is_stale_form"):
            try:
                self._record(request)
            except DatabaseError:
                logger.exception("A refusal couldn't be put on record.")
        return response

    @staticmethod
    def _record(request: HttpRequest) -> None:
        """Say which page; its address only when that names nothing (no reference, no code)."""
        match = request.resolver_match
        page = match.view_name if match else ""
        where = request.path if match and not match.kwargs and not match.args else page
        with transaction.atomic():
            audit.record(
                "access.refused",
                target=request.user,
                by=request.user,
                at=clock.now(),
                reason=f"{request.method} {where}",
            )


class UnkeepableTextMiddleware:
    """Answers 400 to what can't be read: a body that stops halfway, or a NUL where no form looked at the text.

    PostgreSQL keeps no NUL, and no person types one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    @staticmethod
    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for it; None leaves any other exception as it is."""
        unkeepable = isinstance(exception, DataError) and "NUL" in str(exception)
        return bad_request(request, exception) if unkeepable or isinstance(exception, UnreadablePostError) else None


class UnavailableMiddleware:
    """Answers 503 in words where something beside the portal doesn't answer; what was asked was rolled back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    @staticmethod
    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for it; None leaves any other exception as it is. The log counts each."""
        if not isinstance(exception, UnavailableError):
            return None
        match = request.resolver_match
        logger.error("Unavailable at %s: %s", match.view_name if match else "", exception)
        return lost(request) if isinstance(exception, LostError) else unavailable(request)
