"""Who of a panel asks, through the secretary, and who sends the question on."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from startups.models import PanelMember, PanelQuestion, PanelRole, Proposal, QuestionState
from startups.models.panel import SCORING
from startups.policies import clarification
from startups.policies import evaluation as evaluations

SHORTEST, LONGEST = 20, 2_000  # characters


def check_can_ask(member: PanelMember, proposal: Proposal, *, by: User, at: datetime) -> None:
    """A member with a vote, without a conflict, on a proposal that is being judged."""
    if member.user_id != by.pk or member.left_at is not None or member.challenge_id != proposal.challenge_id:
        raise PermissionDenied(_("Only members of the panel ask."))
    if member.role not in SCORING or member.has_conflict is not False:
        raise PermissionDenied(_("Only members with a vote, having declared, ask."))
    if not Proposal.objects.judged_by(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("You declared a conflict with this organisation."))
    if not clarification.is_asked(proposal):
        raise TransitionError(_("The scores are locked, or this proposal isn't judged: nothing more is asked."))


def check_can_settle(question: PanelQuestion, *, by: User, at: datetime) -> None:
    """The secretary of the panel, without a conflict with that organisation, once."""
    member = evaluations.member_of(question.proposal.challenge, by)
    if member is None or member.role != PanelRole.SECRETARY or member.has_conflict is not False:
        raise PermissionDenied(_("Only the secretary of the panel, having declared, deals with its questions."))
    if not Proposal.objects.visible_to(by).filter(pk=question.proposal_id).exists():
        raise PermissionDenied(_("You declared a conflict with this organisation."))
    if question.state != QuestionState.WAITING:
        raise TransitionError(_("This question was dealt with already."))
    if not clarification.is_asked(question.proposal):
        raise TransitionError(_("The scores are locked, or this proposal isn't judged: nothing more is asked."))


def check_text(text: str, *, field: str) -> None:
    """A question, or the reason not to send it, says something."""
    if not SHORTEST <= len(text.strip()) <= LONGEST:
        raise DomainError(
            _("Write between %(least)s and %(most)s characters.") % {"least": SHORTEST, "most": LONGEST}, field=field
        )
