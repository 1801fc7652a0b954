"""People of an organisation: list, invitations, roles; the page of an invitation."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from govtech import clock
from govtech.errors import DomainError
from startups.actions import membership as actions
from startups.forms import refusal as refusals
from startups.forms.organisation import InvitationForm, JoinAnswerForm, RoleForm
from startups.models import Invitation, JoinRequest, Membership, Organisation, OrganisationRole
from startups.policies import organisation as policies

MOST_PAST = 200


def _load(request: HttpRequest, public_id: str) -> Organisation:
    return get_object_or_404(Organisation.objects.of_member(request.user), public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who belongs to it and who is invited; owners invite here."""
    organisation, at = _load(request, public_id), clock.now()
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        policies.check_is_owner(organisation, by=request.user, at=at)
        if form.is_valid():
            try:
                invitation, _token = actions.invite(organisation, **form.cleaned_data, by=request.user, at=at)
            except DomainError as refusal:
                refusals.put(form, refusal)
            else:
                messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
                return redirect("startups:members", public_id=public_id)
    rows = Membership.objects.current().filter(organisation=organisation).select_related("user", "joined_by")
    waiting = organisation.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)
    role = policies.role_in(organisation, request.user)
    context = {
        "organisation": organisation,
        "rows": list(rows.order_by("user__full_name", "pk")),
        "waiting": waiting.select_related("invited_by").order_by("invited_at", "pk"),
        "form": form,
        "is_owner": role == OrganisationRole.OWNER and not organisation.withdrawn_at,
        "roles": OrganisationRole.choices,
        "at": at,
        "requests": list(JoinRequest.objects.waiting(at).filter(organisation=organisation).select_related("asked_by"))
        if role == OrganisationRole.OWNER
        else [],
        "answer_form": JoinAnswerForm(),
        "past": _past(organisation),
    }
    return render(request, "startups/members.html", context, status=422 if form.errors else 200)


def _past(organisation: Organisation) -> list[Membership]:
    """Return what ended, the last first: who was in, as what, from when until when."""
    rows = Membership.objects.filter(organisation=organisation, left_at__isnull=False)
    return list(rows.select_related("user", "joined_by", "left_by").order_by("-left_at", "-pk")[:MOST_PAST])


def _act(request: HttpRequest, public_id: str, done: str, act: Callable[[], Any]) -> HttpResponse:
    """Do it and go back to the people's page, with the refusal in words where there is one."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("startups:members", public_id=public_id)


def _membership(request: HttpRequest, public_id: str, member: str) -> Membership:
    """Return the membership in force of the person that one of this organisation's is of: a page may be old."""
    of = Membership.objects.filter(organisation=_load(request, public_id))
    return get_object_or_404(of.current(), user__in=of.filter(public_id=member).values("user"))


@require_POST
def change_role(request: HttpRequest, public_id: str, member: str) -> HttpResponse:
    """Give a member another role."""
    membership, form = _membership(request, public_id, member), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role."))
        return redirect("startups:members", public_id=public_id)
    role = form.cleaned_data["role"]
    return _act(
        request,
        public_id,
        _("The role is changed."),
        lambda: actions.change_role(membership, role=role, by=request.user, at=clock.now()),
    )


@require_POST
def remove(request: HttpRequest, public_id: str, member: str) -> HttpResponse:
    """Take a member out."""
    membership = _membership(request, public_id, member)
    done = _("That person doesn't belong to the organisation any more.")
    return _act(request, public_id, done, lambda: actions.remove(membership, by=request.user, at=clock.now()))


@require_POST
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave the organisation."""
    membership = get_object_or_404(
        Membership.objects.current(), organisation=_load(request, public_id), user=request.user
    )
    try:
        actions.leave(membership, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("startups:members", public_id=public_id)
    messages.success(request, _("You have left the organisation."))
    return redirect("startups:my_organisations")


@require_POST
def revoke(request: HttpRequest, public_id: str, invitation: str) -> HttpResponse:
    """Take an invitation back."""
    found = get_object_or_404(Invitation, organisation=_load(request, public_id), public_id=invitation)
    done = _("The invitation is revoked: its link opens nothing.")
    return _act(request, public_id, done, lambda: actions.revoke_invitation(found, by=request.user, at=clock.now()))


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation, with an account of the invited address."""
    at = clock.now()
    try:
        found = actions.find_invitation(token, at=at)
        actions.check_is_invited(found, request.user)
        if request.method == "POST":
            membership = actions.accept_invitation(token, by=request.user, at=at)
            messages.success(request, _("Welcome to %(name)s.") % {"name": membership.organisation.name})
            return redirect(membership.organisation)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("startups:my_organisations")
    return render(request, "startups/invitation.html", {"invitation": found, "organisation": found.organisation})


@require_POST
def accept(request: HttpRequest, invitation: str) -> HttpResponse:
    """Accept an invitation from one's own page, without its mail."""
    at = clock.now()
    found = get_object_or_404(actions.invitations_for(request.user, at=at), public_id=invitation)
    try:
        membership = actions.accept(found, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("startups:my_organisations")
    messages.success(request, _("Welcome to %(name)s.") % {"name": membership.organisation.name})
    return redirect(membership.organisation)
