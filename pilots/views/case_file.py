"""The case file: what it holds, and all of it as one zip with its index and hashes."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.models import Challenge
from govtech import clock
from pilots.actions import case_file as actions
from pilots.policies import case_file as policies
from pilots.views.award import load


def _load(request: HttpRequest, slug: str) -> Challenge:
    challenge = load(request, slug)
    policies.check_can_take(challenge, by=request.user, at=clock.now())
    return challenge


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """List the documents of the file."""
    challenge = load(request, slug)
    folders: dict[str, list[str]] = {}
    is_ready = policies.is_ready(challenge)
    for entry in actions.entries(challenge, at=clock.now()) if is_ready else []:
        folders.setdefault(entry.path.split("/")[0], []).append(entry.title)
    shown = [(_names().get(key, key), titles) for key, titles in folders.items()]
    context = {"challenge": challenge, "folders": shown, "is_ready": is_ready}
    return render(request, "pilots/case_file.html", context)


def _names() -> dict[str, str]:
    return {
        "01-convocatoria": _("Call"),
        "02-apertura": _("Opening"),
        "03-admision": _("Admission"),
        "04-propuestas": _("Proposals"),
        "05-valoracion": _("Evaluation"),
        "06-adjudicacion": _("Award"),
        "07-notificaciones": _("Notifications"),
        "07-recursos": _("Requests to review"),
        "08-registro": _("Record of what was done"),
    }


@require_POST
def download(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Send the zip, made while it travels. Who took it is recorded."""
    challenge = _load(request, slug)
    user = request.user
    if not user.is_authenticated:
        raise PermissionDenied
    response = StreamingHttpResponse(actions.whole(challenge, by=user, at=clock.now()), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="expediente-{challenge.reference.lower()}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
