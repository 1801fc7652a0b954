"""Challenges announced ahead: for everybody to read, for the Office to keep."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import planned as actions
from challenges.forms.planned import DropForm, LinkForm, PlannedForm
from challenges.models import Challenge, Follow, PlannedChallenge, PlannedState
from challenges.policies import planned as policies
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows


@login_not_required
@require_safe
def planned_list(request: HttpRequest) -> HttpResponse:
    """What the city prepares, the nearest first; below, what it has given up. Officers see who keeps each."""
    everything = (
        PlannedChallenge.objects.visible_to(request.user)
        .select_related("department", "kept_by", "challenge")
        .prefetch_related("policy_areas")
        .order_by("expected_until", "expected_from", "pk")
    )
    user = request.user
    followed = Follow.objects.visible_to(user).exclude(planned=None).values_list("planned", flat=True)
    context = {
        "rows": list(everything.expected()),
        "dropped": list(everything.filter(state=PlannedState.DROPPED).order_by("-changed_at", "-pk")[:20]),
        "followed": set(followed),
        "can_announce": allows(policies.check_can_announce, by=user, at=clock.now()),
    }
    return render(request, "challenges/planned_list.html", context)


def _planned(request: HttpRequest, public_id: str) -> PlannedChallenge:
    rows = PlannedChallenge.objects.visible_to(request.user).select_related("department", "kept_by", "challenge")
    return get_object_or_404(rows, public_id=public_id)


@login_not_required
@require_safe
def planned(request: HttpRequest, public_id: str) -> HttpResponse:
    """One announcement. Leads to the challenge once that is public."""
    announcement = _planned(request, public_id)
    if announcement.challenge_id and Challenge.objects.public().filter(pk=announcement.challenge_id).exists():
        return redirect(announcement.challenge)
    user, at = request.user, clock.now()
    forms: dict[str, Any] = {}
    if roles.is_officer(user):
        if allows(policies.check_can_drop, announcement, by=user, at=at):
            forms = {"drop_form": DropForm(), "link_form": LinkForm(user=user, planned=announcement)}
        forms["can_change"] = allows(policies.check_can_change, announcement, by=user, at=at)
        forms["can_unlink"] = allows(policies.check_can_unlink, announcement, by=user, at=at)
    return _page(request, announcement, forms)


def _page(
    request: HttpRequest, announcement: PlannedChallenge, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {
        "planned": announcement,
        "areas": list(announcement.policy_areas.order_by("order", "pk")),
        "is_following": Follow.objects.visible_to(request.user).filter(planned=announcement).exists(),
        "is_office": roles.is_officer(request.user),
        **more,
    }
    return render(request, "challenges/planned.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """Announce a challenge."""
    at = clock.now()
    policies.check_can_announce(by=request.user, at=at)
    form = PlannedForm(
        request.POST if request.method == "POST" else None,
        today=clock.local_date(at),
        initial={"kept_by": request.user.pk},
    )
    return _write(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change an announcement."""
    at, announcement = clock.now(), _planned(request, public_id)
    try:
        policies.check_can_change(announcement, by=request.user, at=at)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect(announcement)
    form = PlannedForm(
        request.POST if request.method == "POST" else None, today=clock.local_date(at), instance=announcement
    )
    return _write(request, form, announcement)


def _write(request: HttpRequest, form: PlannedForm, announcement: PlannedChallenge | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        values = {**form.values(), "by": request.user, "at": clock.now()}
        try:
            written = actions.change(announcement, **values) if announcement else actions.announce(**values)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Saved. Everybody can read it now."))
            return redirect(written)
    context = {"form": form, "planned": announcement}
    return render(request, "challenges/announce.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that it will not come."""
    announcement = _planned(request, public_id)
    policies.check_can_announce(by=request.user, at=clock.now())
    form = DropForm(request.POST)
    if form.is_valid():
        try:
            actions.drop(announcement, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("It is no longer planned. Who asked to hear of it has been told."))
            return redirect(announcement)
    link_form = LinkForm(user=request.user, planned=announcement)
    return _page(request, announcement, {"drop_form": form, "link_form": link_form}, 422)


@require_POST
def link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say which file it has become."""
    announcement = _planned(request, public_id)
    policies.check_can_announce(by=request.user, at=clock.now())
    form = LinkForm(request.POST, user=request.user, planned=announcement)
    if form.is_valid():
        try:
            linked = actions.link(announcement, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            is_public = Challenge.objects.public().filter(pk=linked.challenge_id).exists()
            messages.success(
                request,
                _("Linked. Who asked to hear of it has been told that the challenge is published.")
                if is_public
                else _("Linked. Who asked to hear of it is told when the challenge is published."),
            )
            return redirect("challenges:planned_list")
    return _page(request, announcement, {"drop_form": DropForm(), "link_form": form}, 422)


@require_POST
def unlink(request: HttpRequest, public_id: str) -> HttpResponse:
    """Undo the link to a file."""
    announcement = _planned(request, public_id)
    try:
        actions.unlink(announcement, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is planned again, without a file."))
    return redirect(announcement)
