"""The panel of a challenge: who is on it, what it lacks, what its members declared."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges.models import Challenge
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import panel as actions
from startups.forms.panel import NameForm
from startups.models import ConflictDeclaration, ExpertInvitation, PanelMember, PanelRole, Proposal, Recusation
from startups.policies import conflict as conflicts
from startups.policies import evaluation as evaluations
from startups.policies import finish
from startups.policies import panel as policies
from startups.policies import redaction as redactions
from startups.views.evaluated import challenge_or_404, pages, refused

ORDER = [PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SECRETARY, PanelRole.SUBSTITUTE, PanelRole.ADVISER]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is on the panel, what it lacks, who has declared; officers name people."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(challenge, by=request.user, at=at)
    form = NameForm(request.POST or None)
    if request.method == "POST":
        policies.check_can_name_at_all(by=request.user)
        if form.is_valid():
            try:
                data = form.cleaned_data
                member = actions.name_member(
                    challenge,
                    data["email"],
                    role=data["role"],
                    post=data["post"],
                    expertise=data["expertise"],
                    by=request.user,
                    at=at,
                )
            except DomainError as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _("%(person)s is on the panel.") % {"person": member.user.full_name})
                return redirect("startups:panel", slug=slug)
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "panel", at=at),
        "form": form,
        "can_name": allows(policies.check_can_name, challenge, by=request.user, at=at),
        **_people(challenge, request.user, at=at),
    }
    return render(request, "startups/panel.html", context)


def _people(challenge: Challenge, user: Any, *, at: datetime) -> dict[str, Any]:
    everybody = list(PanelMember.objects.filter(challenge=challenge).select_related("user").order_by("named_at", "pk"))
    current = [member for member in everybody if member.left_at is None]
    current.sort(key=lambda member: ORDER.index(PanelRole(member.role)))
    work = evaluations.work(challenge, at=at)
    recusals: dict[int, int] = {}
    for members in work.recused.values():
        for member in members:
            recusals[member] = recusals.get(member, 0) + 1
    substitutes = {member.pk for member in current if member.role == PanelRole.SUBSTITUTE}
    lines = [*policies.composition(challenge, current), *finish.lines(challenge, work, at=at)]
    return {
        "members": [{"member": member, "recusals": recusals.get(member.pk, 0)} for member in current],
        "former": [member for member in everybody if member.left_at is not None],
        "checks": [(line.level, line.text) for line in lines],
        "calls": sum(bool(substitutes & set(called)) for called in work.called.values()),
        "reads_reasons": roles.is_staff_role(user),
        "declarations": _declarations(challenge, user),
        "recusations": Recusation.objects.visible_to(user)
        .filter(member__challenge=challenge)
        .select_related("member__user", "organisation")
        .order_by("-asked_at", "-pk")
        if roles.is_staff_role(user)
        else [],
        "invitations": [
            (row, row.state(at), row.answered_at is None and row.revoked_at is None)
            for row in ExpertInvitation.objects.visible_to(user)
            .filter(challenge=challenge)
            .order_by("-invited_at", "-pk")
        ],
        "copies": _copies(challenge, user),
    }


def _declarations(challenge: Challenge, user: Any) -> list[dict[str, Any]]:
    """Return, for staff, conflicts on an organisation and matches said to be none, of proposals they may see."""
    if not roles.is_staff_role(user):
        return []
    rows = ConflictDeclaration.objects.filter(
        proposal__in=Proposal.objects.visible_to(user), member__challenge=challenge
    )
    rows = rows.exclude(has_conflict=False, matches=[]).select_related("member__user", "proposal__organisation")
    return [
        {"row": row, "found": ", ".join(str(conflicts.TOLD[kind]) for kind in row.matches)}
        for row in rows.order_by("-has_conflict", "declared_at", "pk")
    ]


def _copies(challenge: Challenge, user: Any) -> list[dict[str, Any]]:
    """Return, for staff, the proposals of a call without names and whether the panel can read each."""
    if not challenge.is_anonymised or not roles.is_staff_role(user):
        return []
    rows = Proposal.objects.visible_to(user).on_panel().filter(challenge=challenge)
    rows = list(rows.select_related("organisation").order_by("organisation__name", "pk"))
    out = {proposal.pk for proposal in redactions.unreleased(rows)}
    seats = PanelMember.objects.current().filter(challenge=challenge, user=user, role=PanelRole.SECRETARY)
    writes = seats.exists()
    return [{"proposal": row, "is_out": row.pk not in out, "writes": writes} for row in rows]


@require_POST
def remove(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Take somebody off the panel."""
    challenge = challenge_or_404(request, slug)
    policies.check_can_name_at_all(by=request.user)
    member = get_object_or_404(PanelMember.objects.visible_to(request.user), challenge=challenge, public_id=public_id)
    try:
        actions.remove_member(member, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Removed. Name a replacement if the panel needs one."))
    return redirect("startups:panel", slug=slug)
