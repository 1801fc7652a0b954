"""A draft as it would be published: for who writes it, and by a secret link for people without an account."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import preview as actions
from challenges.forms.preview import LinkForm
from challenges.models import Challenge, ChallengeDocument, Phase, PreviewLink
from challenges.policies import preview as policies
from challenges.views.catalogue import timeline
from challenges.views.draft import preparing, to_number
from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.reference.models import Rules
from govtech.shell.limits import is_over
from govtech.shell.registry import slots

MOST = 60  # in a minute from one address: a person who reads, never one who guesses


def published_face(challenge: Challenge, at: datetime, **address: str) -> dict[str, Any]:
    """Return what the public page shows of a challenge, before it has an address of its own. No comments, no names.

    `address` is the token of a link, or the private address, with which the documents are read.
    """
    name = "challenges:shared_document" if "token" in address else "challenges:draft_document"
    face: Any = challenge
    face.phase = Phase.PREPARING
    face.reference = _("Preview")  # it has none yet
    face.vat_rate = Rules.objects.in_force(clock.local_date(at)).vat_rate
    face.place_names = list(challenge.districts.order_by("number").values_list("name", flat=True))
    face.papers = [
        {
            "title": row.title,
            "size": row.file.size,
            "url": reverse(name, kwargs={**address, "file_id": row.file.public_id}),
        }
        for row in challenge.documents.select_related("file").order_by("pk")
    ]
    for slot in ("challenge.aside", "challenge.after"):
        slots.leave_empty(slot, challenge)
    return {
        "challenge": challenge,
        "at": at,
        "phase": Phase.PREPARING,
        "tone": Phase.PREPARING.tone,
        "phase_words": Phase.PREPARING.label,
        "timeline": timeline(challenge),
        "criteria": list(challenge.criteria.order_by("position")),
        "is_preview": True,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """The draft exactly as it would be published, and the links with which others read it. POST makes a link."""
    challenge = preparing(request, public_id)
    at = clock.now()
    can_share = allows(policies.check_can_share, challenge, by=request.user, at=at)
    form, url = LinkForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST":
        policies.check_can_revoke(challenge, by=request.user, at=at)
        if form.is_valid():
            try:
                _link, token = actions.make(challenge, **form.cleaned_data, by=request.user, at=at)
            except DomainError as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                url = settings.SITE_URL.rstrip("/") + reverse("challenges:shared_preview", kwargs={"token": token})
                form = LinkForm()
    context = published_face(challenge, at, public_id=public_id) | {
        "form": form,
        "new_url": url,
        "can_share": can_share,
        "links": challenge.preview_links.select_related("made_by").order_by("-pk")[:30],
    }
    return render(request, "challenges/preview.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close a link."""
    challenge = preparing(request, public_id)
    policies.check_can_revoke(challenge, by=request.user, at=clock.now())
    link = get_object_or_404(
        challenge.preview_links.select_related("challenge"), pk=to_number(request.POST.get("link", ""))
    )
    actions.revoke(link, by=request.user, at=clock.now())
    messages.success(request, _("The link no longer opens."))
    return redirect("challenges:preview", public_id=public_id)


def _shared(request: HttpRequest, token: str) -> Challenge:
    link = (
        PreviewLink.objects.in_force()
        .filter(token_sha256=actions.digest(token))
        .select_related("challenge__department", "challenge__policy_area", "challenge__cpv")
        .first()
    )
    if link is None or link.challenge.status not in policies.SHOWN:
        raise Http404(_("This link has expired or was revoked. Ask who sent it to you for another."))
    return link.challenge


def _private(response: Any) -> Any:
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _too_many(request: HttpRequest) -> HttpResponse | None:
    if not is_over(request, "preview", most=MOST):
        return None
    return _private(HttpResponse(_("Too many requests. Wait a minute."), status=429, content_type="text/plain"))


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The draft by a secret link: whoever has it, until it expires or is revoked."""
    refused = _too_many(request)
    if refused:
        return refused
    context = published_face(_shared(request, token), clock.now(), token=token)
    return _private(render(request, "challenges/preview_shared.html", context))


@login_not_required
@require_safe
def shared_document(request: HttpRequest, token: str, file_id: str) -> HttpResponse:
    """A document of the draft by a secret link."""
    refused = _too_many(request)
    if refused:
        return refused
    found = get_object_or_404(
        ChallengeDocument.objects.select_related("file"), challenge=_shared(request, token), file__public_id=file_id
    )
    return _private(send_file(found.file))
