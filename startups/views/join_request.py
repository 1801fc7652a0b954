"""Requests to join an organisation: asked by its tax number, taken back, answered by its owners."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from govtech import clock
from govtech.errors import DomainError
from govtech.shell import limits
from startups.actions import join_request as actions
from startups.forms.organisation import JoinAnswerForm, JoinRequestForm
from startups.models import JoinRequest

TRIES = 10  # an hour and address
MOST_SHOWN = 10
TONES = {"approved": "open", "refused": "danger", "waiting": "soon"}


def own(user: Any, at: datetime) -> list[dict[str, Any]]:
    """Return what the person asked, the last first: by the number they wrote, with where it stands."""
    rows = JoinRequest.objects.filter(asked_by=user).order_by("-asked_at", "-pk")[:MOST_SHOWN]
    return [
        {"row": row, "state": row.words(row.state(at)), "tone": TONES.get(row.state(at), "plain"),
         "waits": row.state(at) == "waiting"}
        for row in rows
    ]  # fmt: skip


@require_POST
def ask_to_join(request: HttpRequest) -> HttpResponse:
    """Ask the owners of the organisation with that tax number to let one in. Nothing is told of it."""
    form = JoinRequestForm(request.POST)
    if limits.is_over(request, "join-request", most=TRIES, seconds=3600):
        messages.error(request, _("Too many requests came from here. Try again in an hour."))
    elif not form.is_valid():
        messages.error(request, _("Write the country, the tax number and at most 300 characters."))
    else:
        try:
            actions.ask_to_join(**form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Its owners have been told. You will get a notice when one of them answers."))
    return redirect("startups:my_organisations")


@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Not want to join any more."""
    found = get_object_or_404(JoinRequest, asked_by=request.user, public_id=public_id)
    try:
        actions.take_back(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The request is taken back."))
    return redirect("startups:my_organisations")


@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let somebody in, or not: an owner."""
    owned = JoinRequest.objects.visible_to(request.user).exclude(asked_by=request.user)
    found = get_object_or_404(owned.select_related("organisation"), public_id=public_id)
    at, by = clock.now(), request.user
    form = JoinAnswerForm(request.POST)
    try:
        if "refuse" in request.POST:
            actions.refuse(found, by=by, at=at)
            messages.success(request, _("The request is refused. The person is told so, and not by whom."))
        elif form.is_valid():
            actions.approve(found, role=form.cleaned_data["role"], by=by, at=at)
            messages.success(request, _("The person belongs to the organisation now."))
        else:
            messages.error(request, _("Choose a role."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("startups:members", public_id=found.organisation.public_id)
