"""Who asks for clarifications, who answers, and until when."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from govtech.shell.words import formatted
from startups.models import ClarificationAnswer, Proposal, ProposalStatus
from startups.policies import admission

ASKED = [ProposalStatus.SUBMITTED, ProposalStatus.CORRECTION_REQUESTED, ProposalStatus.ADMITTED]


def asked_with(proposal: Proposal, *, concerns_all: bool) -> QuerySet[Proposal]:
    """Return whom a clarification about this proposal is asked of: it alone, or every open one that wasn't left out."""
    rows = Proposal.objects.filter(challenge=proposal.challenge_id, opened_at__isnull=False, status__in=ASKED)
    return rows if concerns_all else rows.filter(pk=proposal.pk)


def check_can_ask(proposal: Proposal, *, by: User, at: datetime) -> None:
    """An officer without a conflict, while proposals are evaluated and no scores are locked."""
    admission.check_is_deciding_officer(proposal, by=by)
    admission.check_in_evaluation(proposal)
    if proposal.status not in ASKED:
        raise TransitionError(_("A proposal that was left out is asked nothing more."))


def check_can_answer(answer: ClarificationAnswer, *, by: User, at: datetime) -> None:
    """An owner or editor of the organisation, once, in its term, while it is judged and no scores are locked."""
    if not admission.is_writer(answer.proposal, by):
        raise PermissionDenied(_("Only an owner or editor of the organisation may answer."))
    if answer.answered_at is not None:
        raise TransitionError(_("Your organisation has already answered."))
    if not is_asked(answer.proposal):
        raise TransitionError(_("The evaluation went on: nothing is asked of this proposal any more."))
    if at > answer.ends_at:
        raise DomainError(
            _("The term to answer ended on %(instant)s.") % {"instant": formatted(answer.ends_at, "when")}
        )


def is_asked(proposal: Proposal) -> bool:
    """Say whether the proposal is still judged, so that an answer counts."""
    try:
        admission.check_in_evaluation(proposal)
    except TransitionError:
        return False
    return proposal.status in ASKED


def check_sees_all(asked: QuerySet[Proposal], *, by: User) -> None:
    """Who asks organisations may see the proposal of each: nobody asks where they declared a conflict."""
    if asked.exclude(pk__in=Proposal.objects.visible_to(by).values("pk")).exists():
        raise DomainError(
            _("You declared a conflict with one of the organisations. Let another officer ask all of them."),
            field="concerns_all",
        )
