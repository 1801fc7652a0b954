"""Pages for what went wrong, each with a way out. They need no database."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - the framework's signature
    """400: the request makes no sense."""
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the page exists and this person may not; the reason given with the refusal is shown."""
    reason = str(exception.args[0]) if exception is not None and exception.args else ""
    return render(request, "errors/403.html", {"reason": reason}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - the framework's signature
    """404: there is no such page, or none this person may know of."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. The page uses no context processor, for those may be what failed."""
    context = {
        "name": settings.PROGRAMME_NAME,
        "office_email": settings.OFFICE_EMAIL,
        "request_id": getattr(request, "request_id", ""),
    }
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


RETRY_AFTER = 60  # seconds


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: something beside the portal doesn't answer; nothing was changed, and trying again is the way out."""
    response = render(request, "errors/503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def lost(request: HttpRequest) -> HttpResponse:
    """503: what was kept can't be read any more as things stand; the Office has to look into it."""
    return render(request, "errors/lost.html", status=503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the framework's signature
    """403 of a stale form: the page was open too long, or cookies are off."""
    response = render(
        request,
        "errors/403.html",
        {
            "stale": True,
            "reason": _("This form had been open too long. Go back, reload the page and send it again."),
        },
        status=403,
    )
    response.is_stale_form = True  # type: ignore[attr-defined] # no refusal of a person: nothing to put on record
    return response
