"""Naming a panel, and what its members declare."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.reference.models import Rules
from startups.actions import confirmation
from startups.calculations.panel import callable_members
from startups.models import ConflictDeclaration, Evaluation, PanelMember, PanelRole, Proposal
from startups.models.panel import VOTING
from startups.notifications import panel as notifications
from startups.policies import panel as policies


@transaction.atomic
def name_member(challenge: Challenge, user: User, *, role: PanelRole | str, by: User, at: datetime) -> PanelMember:
    """Put a person on the panel. A confirmation of the scores given before no longer holds: more are to come.

    Raises PermissionDenied, TransitionError, DomainError (fields `email`, `role`).
    """
    challenge = _locked(challenge)
    role = PanelRole(role)
    policies.check_can_name(challenge, by=by, at=at)
    policies.check_can_sit(challenge, user, role, list(PanelMember.objects.current().filter(challenge=challenge)))
    member = PanelMember.objects.create(challenge=challenge, user=user, role=role, named_at=at, named_by=by)
    audit.record("panel.named", target=member, by=by, at=at, new=role)
    _take_back_confirmation(challenge, by=by, at=at)
    notifications.named(member, at=at)
    return member


@transaction.atomic
def remove_member(member: PanelMember, *, by: User, at: datetime) -> PanelMember:
    """Take a person off the panel; their sheets no longer count. Raises PermissionDenied, TransitionError."""
    challenge = _locked(member.challenge)
    member = _member(member)
    policies.check_can_name(challenge, by=by, at=at)
    if member.left_at is not None:
        raise TransitionError(_("This person is no longer on the panel."))
    _leave(member, by=by, at=at)
    notifications.removed(member, at=at)
    return member


@transaction.atomic
def declare(member: PanelMember, *, has_conflict: bool, text: str, by: User, at: datetime) -> PanelMember:
    """Declare for the whole challenge. A conflict takes the person off the panel.

    Who declared none may still declare one later, never the other way round. Raises PermissionDenied, TransitionError,
    DomainError (field `text`).
    """
    challenge = _locked(member.challenge)
    member = _member(member)
    policies.check_can_declare(member, by=by, at=at)
    policies.check_conflict_text(text, has_conflict=has_conflict, field="text")
    if member.declared_at is not None and not has_conflict:
        raise TransitionError(_("You have already declared."))
    member.declared_at, member.has_conflict, member.conflict_text = at, has_conflict, text.strip()
    member.save(update_fields=["declared_at", "has_conflict", "conflict_text"])
    audit.record("panel.declared", target=member, by=by, at=at, new="conflict" if has_conflict else "none")
    if has_conflict:
        _leave(member, by=by, at=at)
        notifications.conflict(challenge, member, at=at)
    return member


@transaction.atomic
def declare_on(
    member: PanelMember, proposal: Proposal, *, has_conflict: bool, reason: str, by: User, at: datetime
) -> ConflictDeclaration:
    """Declare on the organisation of one proposal. A conflict recuses the person from it; the substitute may be called.

    Raises PermissionDenied, TransitionError, DomainError (field `reason`).
    """
    challenge = _locked(member.challenge)
    member = _member(member)
    policies.check_can_declare(member, by=by, at=at)
    policies.check_conflict_text(reason, has_conflict=has_conflict, field="reason")
    if member.has_conflict is not False:
        raise DomainError(_("Declare for the challenge first."))
    if not Proposal.objects.on_panel().filter(pk=proposal.pk, challenge=challenge).exists():
        raise DomainError(_("This proposal is not before the panel."))
    known = ConflictDeclaration.objects.filter(member=member, proposal=proposal).first()
    if known and (known.has_conflict or not has_conflict):
        raise TransitionError(_("You have already declared on this organisation."))
    declaration = known or ConflictDeclaration(member=member, proposal=proposal)
    declaration.declared_at, declaration.has_conflict, declaration.reason = at, has_conflict, reason.strip()
    declaration.save()
    audit.record("panel.declared_on", target=declaration, by=by, at=at, new="conflict" if has_conflict else "none")
    if has_conflict:
        confirmation.withdraw(challenge, by=by, at=at)
        notifications.recused(challenge, member, proposal, at=at)
        _call_substitute(challenge, proposal, at=at)
    return declaration


def _locked(challenge: Challenge) -> Challenge:
    return Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)


def _member(member: PanelMember) -> PanelMember:
    return (
        PanelMember.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "challenge")
        .get(pk=member.pk)
    )


def _leave(member: PanelMember, *, by: User, at: datetime) -> None:
    member.left_at = at
    member.save(update_fields=["left_at"])
    audit.record("panel.left", target=member, by=by, at=at, old=member.role)
    _take_back_confirmation(member.challenge, by=by, at=at)


def _take_back_confirmation(challenge: Challenge, *, by: User, at: datetime) -> None:
    """The panel isn't the one that was confirmed. Before the opening there is nothing to take back."""
    if Evaluation.objects.filter(challenge=challenge).exists():
        confirmation.withdraw(challenge, by=by, at=at)


def _call_substitute(challenge: Challenge, proposal: Proposal, *, at: datetime) -> None:
    """Tell the substitute when this recusal left a proposal with too few to score it."""
    members = list(PanelMember.objects.current().filter(challenge=challenge).select_related("user").order_by("pk"))
    recused = set(
        ConflictDeclaration.objects.filter(proposal=proposal, has_conflict=True).values_list("member_id", flat=True)
    )
    voting = [member.pk for member in members if member.role in VOTING]
    substitutes = {member.pk: member for member in members if member.role == PanelRole.SUBSTITUTE}
    minimum = Rules.objects.in_force(local_date(at)).minimum_sheets
    for pk in callable_members(voting, substitutes, recused, minimum):
        if pk in substitutes:
            notifications.called(substitutes[pk], proposal, at=at)
