"""Consortia: the lead's page, and the invitation as the invited organisation reads it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import consortium as actions
from startups.actions import envelope as envelopes
from startups.actions import terms
from startups.actions.keys import codec_of
from startups.forms import refusal as refusals
from startups.forms.consortium import InviteForm, TermsForm, suggestions
from startups.models import OrganisationRole, Partner, PartnerStatus, Proposal
from startups.models.consortium import OPEN
from startups.policies import consortium as consortia
from startups.policies import organisation as organisations
from startups.policies import proposal as policies
from startups.views import parts
from startups.views.draft import closed, load, page_context


@require_http_methods(["GET", "HEAD", "POST"])
def consortium(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who takes part, with which role and share; the lead invites."""
    proposal, at = load(request, public_id), clock.now()
    by = request.user
    try:
        policies.check_can_edit(proposal, by=by, at=at)
    except DomainError as refusal:
        return closed(request, proposal, refusal)
    can_compose = allows(consortia.check_can_compose, proposal, by=by, at=at)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        names = ("country", "tax_id", "label", "role", "share")
        try:
            actions.invite(proposal, **{name: form.cleaned_data[name] for name in names}, by=by, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(
                request,
                _(
                    "Invited. If the organisation is registered, its owners have been told; if not, the invitation "
                    "waits for it: ask it to register."
                ),
            )
            return redirect("startups:consortium", public_id=public_id)
    copy = envelopes.working_copy(proposal)
    context = page_context(request, proposal, copy, "consortium", at) | {
        "form": form,
        "can_compose": can_compose,
        "rows": [_row(entry) for entry in copy.partners],
        "suggestions": suggestions() if can_compose else [],
        "own_partner": _own_partner(proposal, request),
        "next_url": parts.next_url(proposal, "consortium"),
    }
    return render(request, "startups/consortium.html", context, status=422 if form.errors else 200)


def _row(entry: terms.Entry) -> dict[str, Any]:
    initial = {"role": entry.role, "share": entry.share}
    form = TermsForm(initial=initial, auto_id=f"id_{entry.partner.public_id}_%s")
    state = _("must confirm again") if entry.partner.must_confirm_again else entry.partner.get_status_display()
    return {"entry": entry, "form": form, "state": state}


def _own_partner(proposal: Proposal, request: HttpRequest) -> Partner | None:
    """Return the place of an organisation of which the person is an owner, where it is a partner."""
    rows = proposal.partners.filter(status=PartnerStatus.CONFIRMED).select_related("organisation")
    roles = organisations.roles_in([row.organisation for row in rows], request.user)
    return next((row for row in rows if roles.get(row.organisation_id) == OrganisationRole.OWNER), None)


def _partner(request: HttpRequest, public_id: str, partner: str) -> Partner:
    proposal = load(request, public_id)
    found = get_object_or_404(proposal.partners.filter(status__in=OPEN), public_id=partner)
    found.proposal = proposal
    return found


@require_POST
def partner_terms(request: HttpRequest, public_id: str, partner: str) -> HttpResponse:
    """Change role and share of a partner."""
    found = _partner(request, public_id, partner)
    form = TermsForm(request.POST)
    if not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
        return redirect("startups:consortium", public_id=public_id)
    try:
        actions.change_terms(found, **form.cleaned_data, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Changed. If the partner had confirmed, it is asked to confirm again."))
    return redirect("startups:consortium", public_id=public_id)


@require_POST
def remove_partner(request: HttpRequest, public_id: str, partner: str) -> HttpResponse:
    """Take a partner out."""
    found = _partner(request, public_id, partner)
    try:
        actions.remove(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken out. Hand in again if the proposal was handed in with it."))
    return redirect("startups:consortium", public_id=public_id)


@require_POST
def leave_consortium(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave, as a partner."""
    proposal = load(request, public_id)
    found = _own_partner(proposal, request)
    if found is None:
        raise Http404
    found.proposal = proposal
    try:
        actions.leave(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("startups:proposal", public_id=public_id)
    still = actions.is_named(proposal, found.organisation)
    messages.success(
        request,
        _("You have left, and your place is free. The lead has been asked to hand in again without you.")
        if still
        else _("You have left. Your organisation's place is free."),
    )
    return redirect("startups:proposals")


@require_http_methods(["GET", "HEAD", "POST"])
def partner_invitation(request: HttpRequest, partner: str) -> HttpResponse:
    """Read who invites, for what and on which terms; confirm or decline. For owners of the invited organisation."""
    rows = Partner.objects.filter(status__in=OPEN).select_related("proposal__challenge", "proposal__organisation")
    found = get_object_or_404(rows, public_id=partner)
    organisation = terms.invited(found, request.user)
    if organisation is None:
        raise Http404
    proposal, at = found.proposal, clock.now()
    problem = ""
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "decline":
                actions.decline(found, organisation, by=request.user, at=at)
                messages.success(request, _("Declined. The lead has been told."))
                return redirect("startups:proposals")
            version = request.POST.get("version", "")
            version_seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
            actions.confirm(found, organisation, version=version_seen, by=request.user, at=at)
        except DomainError as refusal:
            problem = str(refusal)
            found = rows.get(pk=found.pk)
        else:
            messages.success(request, _("Confirmed. Your members can read the proposal, and those who write, write."))
            return redirect("startups:proposal", public_id=proposal.public_id)
    obstacle = policies.person_obstacle(proposal.challenge, request.user)
    context = {
        "partner": found,
        "obstacle": obstacle,
        "entry": terms.entry_of(codec_of(proposal), found),
        "organisation": organisation,
        "proposal": proposal,
        "challenge": proposal.challenge,
        "problem": problem,
        "at": at,
        "is_open": allows(consortia.check_can_answer, found, proposal, organisation, by=request.user, at=at),
        "must_confirm": found.confirmed_version != found.version,
    }
    return render(request, "startups/partner_invitation.html", context, status=422 if problem else 200)
