"""The panel of a challenge, and the declarations of its members."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges.models import Challenge
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import panel as actions
from startups.actions.terms import partners_of
from startups.forms.panel import DeclarationForm, NameForm
from startups.models import ConflictDeclaration, Evaluation, PanelMember, PanelRole, Proposal
from startups.policies import evaluation as evaluations
from startups.policies import panel as policies
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
                member = actions.name_member(
                    challenge, form.cleaned_data["email"], role=form.cleaned_data["role"], by=request.user, at=at
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
    lines = [*policies.composition(challenge, current), policies.approval_line(challenge, current, at=at)]
    return {
        "members": [{"member": member, "recusals": recusals.get(member.pk, 0)} for member in current],
        "former": [member for member in everybody if member.left_at is not None],
        "checks": [(line.level, line.text) for line in lines],
        "calls": sum(bool(substitutes & set(called)) for called in work.called.values()),
        "reads_reasons": roles.is_staff_role(user),
        "declarations": ConflictDeclaration.objects.filter(
            proposal__in=Proposal.objects.visible_to(user), member__challenge=challenge, has_conflict=True
        )
        .select_related("member__user", "proposal__organisation")
        .order_by("declared_at", "pk")
        if roles.is_staff_role(user)
        else [],
    }


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


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, slug: str) -> HttpResponse:
    """Declare: first for the challenge, before any name is seen; then on each organisation."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    member = evaluations.member_of(challenge, request.user)
    if member is None:
        raise PermissionDenied(_("Only the people on this panel declare here."))
    target, form = None, None
    if request.method == "POST":
        target = request.POST.get("proposal", "")
        form = DeclarationForm(request.POST, auto_id=f"id_{target}_%s")
        if form.is_valid():
            answer = _declare(request, challenge, member, target, form, at=at)
            if answer is not None:
                return answer
    context = {
        "challenge": challenge,
        "member": member,
        "at": at,
        "pages": pages(challenge, request.user, "declare", at=at),
        "form": form if target == "" and form is not None else DeclarationForm(only_conflict=bool(member.declared_at)),
        "rows": _organisations(challenge, member, target, form) if member.has_conflict is False else [],
        "is_locked": Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists(),
    }
    return render(request, "startups/declare.html", context)


def _declare(
    request: HttpRequest, challenge: Challenge, member: PanelMember, target: str, form: DeclarationForm, *, at: datetime
) -> HttpResponse | None:
    """Carry out one declaration and redirect; None to show the page again with what is wrong."""
    has_conflict, text = form.cleaned_data["has_conflict"], form.cleaned_data["text"]
    try:
        if target:
            proposal = Proposal.objects.on_panel().filter(challenge=challenge, public_id=target).first()
            if proposal is None:
                raise Http404
            actions.declare_on(member, proposal, has_conflict=has_conflict, reason=text, by=request.user, at=at)
        else:
            actions.declare(member, has_conflict=has_conflict, text=text, by=request.user, at=at)
    except DomainError as refusal:
        form.add_error("text" if refusal.field else None, str(refusal))
        return None
    if has_conflict and not target:
        messages.success(request, _("You have left this panel. Thank you for saying so: the Office has been told."))
        return redirect("shell:desk")
    messages.success(request, _("Declared."))
    return redirect("startups:declare", slug=challenge.slug)


def _organisations(
    challenge: Challenge, member: PanelMember, target: str | None, form: DeclarationForm | None
) -> list[dict[str, Any]]:
    """Return the organisations that take part in alphabetical order, with what the member said of each."""
    said = {row.proposal_id: row for row in ConflictDeclaration.objects.filter(member=member)}
    proposals = Proposal.objects.on_panel().filter(challenge=challenge).select_related("organisation")
    rows = []
    partners = partners_of(proposals)
    for proposal in proposals.order_by("organisation__name", "pk"):
        name = " · ".join([proposal.organisation.name, *partners.get(proposal.pk, [])])
        declaration = said.get(proposal.pk)
        own = form if target == proposal.public_id else None
        if own is not None:
            own.fields["has_conflict"].label = name
        rows.append(
            {
                "public_id": proposal.public_id,
                "name": name,
                "declaration": declaration,
                "has_errors": own is not None,
                "form": own
                or DeclarationForm(
                    auto_id=f"id_{proposal.public_id}_%s",
                    legend=name,
                    only_conflict=declaration is not None,
                ),
            }
        )
    return rows
