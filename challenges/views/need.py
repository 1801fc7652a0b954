"""Needs of other departments: read about them, share them, and merge two of the same."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import support as actions
from challenges.filters.need import merge_targets, needs_of, supports_of
from challenges.forms.support import MergeForm, SupportForm
from challenges.models import Challenge
from challenges.policies import support as policies
from challenges.views.draft import preparing
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.reference.models import Department

PAGE = 20


def _check_works_for_the_city(request: HttpRequest) -> None:
    if not policies.may_read_needs(request.user):
        raise PermissionDenied(_("This page is for digital delegates and the Digital Office."))


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """What other departments need, the most shared first. Delegates, officers and directors."""
    _check_works_for_the_city(request)
    page = Paginator(needs_of(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "challenges/needs.html", {"page": page, "writes": roles.is_delegate(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest, public_id: str) -> HttpResponse:
    """One need: its problem, who shares it, and the note with which a department does."""
    _check_works_for_the_city(request)
    challenge = get_object_or_404(needs_of(request.user), public_id=public_id)
    departments = Department.objects.filter(pk__in=roles.departments_of(request.user)).by_name()
    supports = supports_of(challenge)
    own = [row for row in supports if roles.is_delegate(request.user, row.department_id)]
    initial = {"department": own[0].department_id, "note": own[0].note} if own else {}
    form = SupportForm(request.POST if request.method == "POST" else None, departments=departments, initial=initial)
    if request.method == "POST":
        if not departments:
            raise PermissionDenied(_("Only digital delegates share a need."))
        if form.is_valid():
            try:
                actions.support(challenge, **form.cleaned_data, by=request.user, at=clock.now())
            except DomainError as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                messages.success(request, _("Your department shares this need. The Digital Office counts on it."))
                return redirect("challenges:need", public_id=public_id)
    context = {"challenge": challenge, "supports": supports, "own": own, "form": form, "writes": bool(departments)}
    return render(request, "challenges/need.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back that one's departments share the need."""
    _check_works_for_the_city(request)
    challenge = get_object_or_404(needs_of(request.user), public_id=public_id)
    mine: Any = challenge.supports.filter(department__in=roles.departments_of(request.user))
    row = get_object_or_404(
        mine.select_related("challenge", "department"), department__code=request.POST.get("department", "")
    )
    try:
        actions.withdraw(row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your department no longer shares this need."))
    return redirect("challenges:need", public_id=public_id)


@require_POST
def show_idea(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let other departments see a draft, or stop it."""
    challenge = preparing(request, public_id)
    shows = "shows" in request.POST
    try:
        actions.show_idea(challenge, shows=shows, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Other departments can see the idea.") if shows else _("Only your department sees it.")
        )
    return redirect("challenges:draft", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Merge a challenge into another of the same need. The Office."""
    challenge: Challenge = preparing(request, public_id)
    at = clock.now()
    try:
        policies.check_can_merge(challenge, by=request.user, at=at)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect("challenges:review", public_id=public_id)
    form = MergeForm(request.POST if request.method == "POST" else None, targets=merge_targets(challenge))
    if request.method == "POST" and form.is_valid():
        try:
            actions.merge(
                challenge, form.cleaned_data["into"], reason=form.cleaned_data["reason"], by=request.user, at=at
            )
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Merged. Both departments have been told."))
            return redirect("challenges:review", public_id=form.cleaned_data["into"].public_id)
    context = {"challenge": challenge, "form": form, "supports": supports_of(challenge)}
    return render(request, "challenges/merge.html", context, status=422 if form.is_bound else 200)
