"""Outside experts: the Office invites, whoever has the mail answers."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from govtech import clock
from govtech.errors import DomainError
from startups.actions import expert as actions
from startups.forms.expert import DeclineForm, ExpertForm
from startups.models import ExpertInvitation
from startups.policies import expert as policies
from startups.policies import panel as panel_policies
from startups.views.evaluated import challenge_or_404, pages, refused

TO_ANSWER = timedelta(days=10)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite somebody by mail."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    panel_policies.check_can_name_at_all(by=request.user)
    initial = {"expires_on": clock.local_date(at + TO_ANSWER), "until_on": challenge.award_until}
    form = ExpertForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, _token = actions.invite(challenge, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
            return redirect("startups:panel", slug=slug)
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "panel", at=at),
        "form": form,
    }
    return render(request, "startups/expert_invite.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Take an invitation back."""
    challenge = challenge_or_404(request, slug)
    panel_policies.check_can_name_at_all(by=request.user)
    rows = ExpertInvitation.objects.visible_to(request.user).filter(challenge=challenge)
    try:
        actions.revoke(get_object_or_404(rows, public_id=public_id), by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is revoked: its link opens nothing."))
    return redirect("startups:panel", slug=slug)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Accept, with an account of the invited address; or decline, for which nobody needs one."""
    at = clock.now()
    try:
        found = actions.find(token, at=at)
    except DomainError as refusal:
        return render(request, "startups/expert_over.html", {"why": str(refusal)}, status=404)
    form = DeclineForm(request.POST if "decline" in request.POST else None)
    if "decline" in request.POST and form.is_valid():
        by = request.user if request.user.is_authenticated else None
        actions.decline(token, reason=form.cleaned_data["reason"], by=by, at=at)
        return render(request, "startups/expert_over.html", {"why": _("Thank you for answering. The Office knows.")})
    if "accept" in request.POST:
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        policies.check_is_invited(found, by=request.user)
        try:
            member = actions.accept(token, by=request.user, at=at)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You are on the panel. Declare first whether you have a conflict."))
            return redirect("startups:declare", slug=member.challenge.slug)
    context = {"invitation": found, "challenge": found.challenge, "form": form, "at": at}
    return render(request, "startups/expert_invitation.html", context)
