"""What members declare on each organisation: on its proposal, or without names on a list that leads to none."""

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
from startups.actions.seat import fresh, locked
from startups.calculations.panel import callable_members
from startups.models import (
    ConflictDeclaration,
    NamedDeclaration,
    Organisation,
    PanelMember,
    PanelRole,
    Proposal,
)
from startups.models.panel import VOTING
from startups.notifications import panel as notifications
from startups.policies import conflict as conflicts
from startups.policies import named
from startups.policies import panel as policies


@transaction.atomic
def declare_on(
    member: PanelMember, proposal: Proposal, *, has_conflict: bool, reason: str, by: User, at: datetime
) -> ConflictDeclaration:
    """Declare on the organisation of one proposal. A conflict recuses the person from it; the substitute may be called.

    Who declares none although the portal found a match says why. Raises PermissionDenied, TransitionError, DomainError
    (field `reason`).
    """
    challenge = locked(member.challenge)
    member = fresh(member)
    _check(member, reason, has_conflict=has_conflict, by=by, at=at)
    if challenge.is_anonymised:
        raise DomainError(_("This call is judged without names: declare on the list of organisations."))
    if not Proposal.objects.on_panel().filter(pk=proposal.pk, challenge=challenge).exists():
        raise DomainError(_("This proposal is not before the panel."))
    known = ConflictDeclaration.objects.filter(member=member, proposal=proposal).first()
    _check_once(known, has_conflict=has_conflict)
    kinds = _found(member, named.organisations_of([proposal])[proposal.pk], at=at)
    if not has_conflict:
        conflicts.check_dismissed(kinds, reason, field="reason")
    declaration = known or ConflictDeclaration(member=member, proposal=proposal)
    declaration.declared_at, declaration.has_conflict, declaration.reason = at, has_conflict, reason.strip()
    declaration.matches = kinds
    declaration.save()
    audit.record("panel.declared_on", target=declaration, by=by, at=at, new="conflict" if has_conflict else "none")
    if has_conflict:
        _recuse(challenge, member, proposal, by=by, at=at)
    return declaration


@transaction.atomic
def declare_on_organisation(
    member: PanelMember, organisation: Organisation, *, has_conflict: bool, reason: str, by: User, at: datetime
) -> NamedDeclaration:
    """Where proposals are judged without names: declare on one organisation of the list; the system applies it.

    A conflict recuses from that organisation's proposal at once. The others count when the whole list is answered, so
    that no proposal appears with an answer. Raises as `declare_on`.
    """
    challenge = locked(member.challenge)
    member = fresh(member)
    _check(member, reason, has_conflict=has_conflict, by=by, at=at)
    if not challenge.is_anonymised or not policies.is_decided(challenge):
        raise DomainError(_("The list of organisations is whole when all are admitted or left out. Come back then."))
    proposals = named.proposals_by_organisation(challenge)
    if organisation.pk not in proposals:
        raise DomainError(_("This organisation is not before the panel."))
    known = NamedDeclaration.objects.filter(member=member, organisation=organisation).first()
    _check_once(known, has_conflict=has_conflict)
    kinds = _found(member, [organisation], at=at)
    if not has_conflict:
        conflicts.check_dismissed(kinds, reason, field="reason")
    said = known or NamedDeclaration(member=member, organisation=organisation)
    said.declared_at, said.has_conflict, said.reason, said.matches = at, has_conflict, reason.strip(), kinds
    said.save()
    audit.record("panel.declared_on", target=said, by=by, at=at, new="conflict" if has_conflict else "none")
    if has_conflict:
        _apply_conflict(challenge, said, proposals[organisation.pk], by=by, at=at)
    if not named.unanswered(member):
        _apply_rest(member, proposals, at=at)
    return said


def _check(member: PanelMember, reason: str, *, has_conflict: bool, by: User, at: datetime) -> None:
    policies.check_can_declare(member, by=by, at=at)
    policies.check_conflict_text(reason, has_conflict=has_conflict, field="reason")
    if member.has_conflict is not False:
        raise DomainError(_("Declare for the challenge first."))


def _check_once(known: ConflictDeclaration | NamedDeclaration | None, *, has_conflict: bool) -> None:
    if known and (known.has_conflict or not has_conflict):
        raise TransitionError(_("You have already declared on this organisation."))


def _apply_conflict(challenge: Challenge, said: NamedDeclaration, proposal_id: int, *, by: User, at: datetime) -> None:
    """Recuse the member from the organisation's proposal, whichever it is."""
    proposal = Proposal.objects.get(pk=proposal_id)
    row = ConflictDeclaration.objects.filter(member=said.member, proposal=proposal).first()
    if row is not None and row.has_conflict:
        return  # of another organisation of the same consortium
    row = row or ConflictDeclaration(member=said.member, proposal=proposal)
    row.declared_at, row.has_conflict, row.reason, row.matches = at, True, said.reason, said.matches
    row.save()
    _recuse(challenge, said.member, proposal, by=by, at=at)


def _apply_rest(member: PanelMember, proposals: dict[int, int], *, at: datetime) -> None:
    """Nothing is left to answer: clear the member for the proposals of all the others."""
    rows = list(NamedDeclaration.objects.filter(member=member).order_by("pk"))
    done = set(ConflictDeclaration.objects.filter(member=member).values_list("proposal_id", flat=True))
    for proposal_id in sorted(set(proposals.values()) - done):
        mine = [row for row in rows if proposals.get(row.organisation_id) == proposal_id]
        ConflictDeclaration.objects.create(
            member=member,
            proposal_id=proposal_id,
            declared_at=at,
            has_conflict=False,
            reason="\n".join(row.reason for row in mine if row.reason),
            matches=sorted({kind for row in mine for kind in row.matches}),
        )


def _found(member: PanelMember, organisations: list[Organisation], *, at: datetime) -> list[str]:
    """Return the kinds of match the portal knows between the member and any of the organisations."""
    kinds = conflicts.matches([member.user], organisations, at=at)
    return sorted({kind for each in kinds.values() for kind in each})


def _recuse(challenge: Challenge, member: PanelMember, proposal: Proposal, *, by: User, at: datetime) -> None:
    confirmation.withdraw(challenge, by=by, at=at)
    notifications.recused(challenge, member, proposal, at=at)
    _call_substitute(challenge, proposal, at=at)


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
