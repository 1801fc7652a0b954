"""Who records the sessions of a panel, what they may agree on, and who reads it."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.utils.translation import gettext as _

from challenges.models import Challenge, Criterion, CriterionKind, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from startups.models import (
    Evaluation,
    Opening,
    PanelMember,
    PanelRole,
    PanelSession,
    PitchScore,
    Proposal,
    ScoreSheet,
    SheetStatus,
)
from startups.models.panel import VOTING
from startups.policies import evaluation as evaluations
from startups.policies import panel as panels
from startups.policies.progress import Work

SHORTEST_AGENDA = 10  # characters
SEATED = [PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SUBSTITUTE, PanelRole.SECRETARY]


def is_locked(challenge: Challenge) -> bool:
    """Say whether chair and secretary have locked the scores."""
    return Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists()


def check_can_see(challenge: Challenge, *, by: User, at: datetime) -> None:
    """The panel, having declared; after the lock also staff without a conflict: it tells who gave and said what."""
    member = evaluations.member_of(challenge, by)
    if member is not None and member.role in SEATED and member.has_conflict is False:
        return
    if not (roles.is_staff_role(by) and is_locked(challenge)):
        raise PermissionDenied(
            _("Only the panel, having declared, talks over its scores. Others read it after the lock.")
        )
    if member is None:
        panels.check_no_conflict(challenge, by=by)


def check_is_secretary(challenge: Challenge, *, by: User, at: datetime) -> PanelMember:
    """The secretary, still an officer, without a conflict. Returns the seat."""
    member = evaluations.member_of(challenge, by)
    if member is None or member.role != PanelRole.SECRETARY or not roles.is_officer(by):
        raise PermissionDenied(_("Only the secretary of the panel records its sessions and what they agree on."))
    if member.has_conflict is not False:
        raise PermissionDenied(_("Declare first whether you have a conflict."))
    return member


def check_can_record(challenge: Challenge, *, by: User, at: datetime) -> None:
    """The secretary, while the proposals are evaluated and no scores are locked."""
    check_is_secretary(challenge, by=by, at=at)
    if challenge.status != Status.EVALUATING:
        raise TransitionError(_("This challenge is not in evaluation."))
    if is_locked(challenge):
        raise TransitionError(_("The scores are locked."))


def check_session(challenge: Challenge, *, held_at: datetime, agenda: str, at: datetime) -> None:
    """A session was held, after the opening, about something."""
    if held_at > at:
        raise DomainError(_("A session is put on record once it was held."), field="held_at")
    opened = Opening.objects.filter(challenge=challenge).order_by("opened_at").first()
    if opened is None or held_at < opened.opened_at:
        raise DomainError(_("The panel meets once the proposals are opened."), field="held_at")
    if len(agenda.strip()) < SHORTEST_AGENDA:
        raise DomainError(
            _("Say in at least %(n)s characters what it was about.") % {"n": SHORTEST_AGENDA}, field="agenda"
        )


def check_quorum(members: Mapping[PanelMember, bool]) -> None:
    """Chair and secretary came, and half of those who vote at least (LRJSP art. 17.2)."""
    came = {member.role for member, is_present in members.items() if is_present}
    for role in (PanelRole.CHAIR, PanelRole.SECRETARY):
        if role not in came:
            raise DomainError(
                _("Without the %(role)s the session isn't valid (Law 40/2015, art. 17.2).") % {"role": role.label},
                field="present",
            )
    voting = [is_present for member, is_present in members.items() if member.role in VOTING]
    if 2 * sum(voting) < len(voting):
        raise DomainError(
            _("Half of the members who vote must come, at least: %(came)s of %(all)s did (Law 40/2015, art. 17.2).")
            % {"came": sum(voting), "all": len(voting)},
            field="present",
        )


def check_can_agree(
    proposal: Proposal, criterion: Criterion, session: PanelSession, found: Work, *, by: User, at: datetime
) -> None:
    """The secretary, in a session after all sheets on the proposal were in, where its scores are far apart."""
    check_can_record(proposal.challenge, by=by, at=at)
    if not Proposal.objects.judged_by(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("You declared a conflict with this organisation."))
    if session.challenge_id != proposal.challenge_id:
        raise DomainError(_("That session was of another panel."), field="session")
    if criterion in found.pitch:
        _check_presented(proposal, found)
    elif proposal.pk in found.owed:
        raise DomainError(_("Sheets on this proposal are still missing: the panel agrees when all are in."))
    if criterion not in [*found.criteria, *found.pitch] or not found.is_wide(proposal.pk, criterion.pk):
        raise DomainError(_("The scores of this criterion aren't far enough apart to be talked over."))
    last = _last_given(proposal, criterion)
    if last is not None and session.held_at < last:
        raise DomainError(
            _("That session was held before the last sheet on this proposal was in. Choose a later one."),
            field="session",
        )


def _check_presented(proposal: Proposal, found: Work) -> None:
    if any((proposal.pk, member) not in found.heard for member in found.hearing[proposal.pk]):
        raise DomainError(_("Points on this presentation are still missing: the panel agrees when all are in."))


def _last_given(proposal: Proposal, criterion: Criterion) -> datetime | None:
    """Return when the last of what is talked over was handed in."""
    if criterion.kind == CriterionKind.PITCH:
        return PitchScore.objects.filter(proposal=proposal).aggregate(last=Max("given_at"))["last"]
    sheets = ScoreSheet.objects.filter(proposal=proposal, status=SheetStatus.HANDED_IN)
    return sheets.aggregate(last=Max("handed_in_at"))["last"]
