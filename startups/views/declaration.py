"""What a member of a panel declares: on the challenge before any name, then on each organisation."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from startups.actions import panel as actions
from startups.calculations.redaction import folded
from startups.forms.panel import DeclarationForm
from startups.models import (
    ConflictDeclaration,
    Evaluation,
    NamedDeclaration,
    Organisation,
    PanelMember,
    Proposal,
    Recusation,
)
from startups.policies import conflict as conflicts
from startups.policies import evaluation as evaluations
from startups.policies import named
from startups.policies import panel as policies
from startups.views.evaluated import challenge_or_404, pages


@dataclass
class Row:
    """One organisation, or where names aren't hidden one proposal with its consortium, to declare on."""

    key: str
    name: str
    declaration: ConflictDeclaration | NamedDeclaration | None
    matches: list[str] = field(default_factory=list)
    form: DeclarationForm | None = None
    has_errors: bool = False

    @property
    def said(self) -> list[Any]:
        """What the portal found, in words for the person."""
        return [conflicts.KINDS[kind] for kind in self.matches]


def _member(request: HttpRequest, challenge: Challenge) -> PanelMember:
    member = evaluations.member_of(challenge, request.user)
    if member is None:
        raise PermissionDenied(_("Only the people on this panel declare here."))
    return member


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, slug: str) -> HttpResponse:
    """Declare: first for the challenge, before any name is seen; then on each organisation."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    member = _member(request, challenge)
    target, form = None, None
    if request.method == "POST":
        target = request.POST.get("proposal", "")
        form = DeclarationForm(request.POST, auto_id=f"id_{target}_%s")
        if form.is_valid():
            answer = _declare(request, challenge, member, target, form, at=at)
            if answer is not None:
                return answer
    is_whole = not challenge.is_anonymised or policies.is_decided(challenge)
    asks = member.has_conflict is False and is_whole
    context = {
        "challenge": challenge,
        "member": member,
        "at": at,
        "pages": pages(challenge, request.user, "declare", at=at),
        "form": form if target == "" and form is not None else DeclarationForm(only_conflict=bool(member.declared_at)),
        "rows": _rows(challenge, member, target, form, at=at) if asks else [],
        "is_locked": Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists(),
        "challenged": Recusation.objects.filter(member=member).order_by("-asked_at", "-pk"),
    }
    return render(request, "startups/declare.html", context)


def _declare(
    request: HttpRequest, challenge: Challenge, member: PanelMember, target: str, form: DeclarationForm, *, at: datetime
) -> HttpResponse | None:
    """Carry out one declaration and redirect; None to show the page again with what is wrong."""
    has_conflict, text = form.cleaned_data["has_conflict"], form.cleaned_data["text"]
    values = {"has_conflict": has_conflict, "by": request.user, "at": at}
    try:
        if not target:
            actions.declare(member, text=text, **values)
        elif challenge.is_anonymised:
            actions.declare_on_organisation(member, _organisation(challenge, target), reason=text, **values)
        else:
            actions.declare_on(member, _proposal(challenge, target), reason=text, **values)
    except DomainError as refusal:
        form.add_error("text" if refusal.field else None, str(refusal))
        return None
    if has_conflict and not target:
        messages.success(request, _("You have left this panel. Thank you for saying so: the Office has been told."))
        return redirect("shell:desk")
    messages.success(request, _("Declared."))
    return redirect("startups:declare", slug=challenge.slug)


def _proposal(challenge: Challenge, key: str) -> Proposal:
    found = Proposal.objects.on_panel().filter(challenge=challenge, public_id=key).first()
    if found is None:
        raise Http404
    return found


def _organisation(challenge: Challenge, key: str) -> Organisation:
    found = next((row for row in named.taking_part(challenge) if row.public_id == key), None)
    if found is None:
        raise Http404
    return found


def _rows(
    challenge: Challenge, member: PanelMember, target: str | None, form: DeclarationForm | None, *, at: datetime
) -> list[Row]:
    """Return what there is to declare on in alphabetical order, with what the member said and the portal found."""
    rows = (
        _named_rows(challenge, member, at=at) if challenge.is_anonymised else _proposal_rows(challenge, member, at=at)
    )
    for row in rows:
        own = form if target == row.key else None
        row.has_errors = own is not None
        row.form = own or DeclarationForm(
            auto_id=f"id_{row.key}_%s", only_conflict=row.declaration is not None, has_matches=bool(row.matches)
        )
        row.form.fields["has_conflict"].label = row.name
    return rows


def _named_rows(challenge: Challenge, member: PanelMember, *, at: datetime) -> list[Row]:
    organisations = named.taking_part(challenge)
    found = conflicts.matches([member.user], organisations, at=at)
    said = {row.organisation_id: row for row in NamedDeclaration.objects.filter(member=member)}
    return [
        Row(each.public_id, each.name, said.get(each.pk), found.get((member.user_id, each.pk), []))
        for each in organisations
    ]


def _proposal_rows(challenge: Challenge, member: PanelMember, *, at: datetime) -> list[Row]:
    proposals = list(Proposal.objects.on_panel().filter(challenge=challenge).select_related("organisation"))
    organisations = named.organisations_of(proposals)
    found = conflicts.matches([member.user], [row for each in organisations.values() for row in each], at=at)
    said = {row.proposal_id: row for row in ConflictDeclaration.objects.filter(member=member)}
    rows = []
    for proposal in proposals:
        names = [proposal.organisation.name, *(row.name for row in organisations[proposal.pk])]
        kinds = {kind for row in organisations[proposal.pk] for kind in found.get((member.user_id, row.pk), [])}
        matches = [kind for kind in conflicts.KINDS if kind in kinds]
        rows.append(Row(proposal.public_id, " · ".join(dict.fromkeys(names)), said.get(proposal.pk), matches))
    return sorted(rows, key=lambda row: (folded(row.name), row.key))


@require_POST
def decline(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that one can't take part, with the reason."""
    challenge = challenge_or_404(request, slug)
    member = _member(request, challenge)
    try:
        actions.decline(member, reason=request.POST.get("reason", ""), by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("startups:declare", slug=slug)
    messages.success(request, _("You have left this panel, and the Office has been told."))
    return redirect("shell:desk")
