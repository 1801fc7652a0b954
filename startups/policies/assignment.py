"""Who gives a member's proposals, or seat, to somebody else; who sees how far everybody is, and reminds them."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from startups.models import PanelMember, PanelRole, Proposal
from startups.models.panel import SCORING
from startups.policies import evaluation as evaluations
from startups.policies import panel as panels
from startups.policies.consensus import is_locked
from startups.policies.progress import Work

SHORTEST_REASON = 20  # characters


def check_can_see(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Officers without a conflict, and the chair and secretary of the panel."""
    member = evaluations.member_of(challenge, by)
    if member and member.role in {PanelRole.CHAIR, PanelRole.SECRETARY}:
        return
    if roles.is_officer(by):
        panels.check_no_conflict(challenge, by=by)
        return
    raise PermissionDenied(_("Only the Digital Office, the chair and the secretary see how far everybody is."))


def check_can_remind(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Whoever sees it, while there is something to do."""
    check_can_see(challenge, by=by, at=at)
    if challenge.status != Status.EVALUATING or is_locked(challenge):
        raise TransitionError(_("There is nothing to score now."))


def check_can_reassign(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Officers, who name the panel, until the lock; not those with a conflict, who would choose their judges."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only an officer of the Digital Office changes who scores."))
    if evaluations.member_of(challenge, by) is None:
        panels.check_no_conflict(challenge, by=by)
    if challenge.status != Status.EVALUATING or is_locked(challenge):
        raise TransitionError(_("The scores are locked, or the proposals aren't being judged."))


def check_can_take(member: PanelMember, proposal: Proposal, found: Work) -> None:
    """A member who is called, hasn't handed in, and whose place the substitute can take on this proposal."""
    if proposal.pk not in found.called or member.pk not in found.called[proposal.pk]:
        raise DomainError(_("This person doesn't score that proposal."), field="proposal")
    if member.role not in SCORING or member.role == PanelRole.SUBSTITUTE:
        raise DomainError(_("The substitute's proposals can't be given to somebody else: name another member."))
    if (proposal.pk, member.pk) in found.handed_in:
        raise DomainError(_("This person has handed in that sheet: it stays."), field="proposal")
    excused = found.excused.get(proposal.pk, set())
    if not any(each.role == PanelRole.SUBSTITUTE and each.pk not in excused for each in found.members):
        raise DomainError(_("There is no substitute who could score it. Name one first."), field="proposal")


def check_reason(text: str) -> None:
    """The record says why."""
    if len(text.strip()) < SHORTEST_REASON:
        raise DomainError(
            _("Write the reason in at least %(n)s characters: it stays on record.") % {"n": SHORTEST_REASON},
            field="reason",
        )
