"""Who hears an organisation on its abnormally low offer, who answers, who decides, and when (Ley 9/2017, art. 149)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from govtech.shell.words import formatted
from startups.models import AbnormalOffer
from startups.policies import admission
from startups.policies.evaluation import member_of


def is_read_inside(found: AbnormalOffer, *, by: Any) -> bool:
    """Say whether the person reads it as Office, internal control or panel; delegates of an awarded one don't."""
    return roles.is_staff_role(by) or member_of(found.proposal.challenge, by) is not None


def check_can_ask(found: AbnormalOffer, *, by: User, at: datetime) -> None:
    """An officer without a conflict, once."""
    admission.check_is_deciding_officer(found.proposal, by=by)
    _check_in_evaluation(found)
    if found.asked_at is not None:
        raise TransitionError(_("The organisation has been asked already."))


def check_can_answer(found: AbnormalOffer, *, by: User, at: datetime) -> None:
    """An owner or editor of the organisation, once, in its term."""
    if not admission.is_writer(found.proposal, by):
        raise PermissionDenied(_("Only an owner or editor of the organisation may answer."))
    if found.asked_at is None or found.decided_at is not None:
        raise TransitionError(_("Nothing is being asked about this offer now."))
    if found.answered_at is not None:
        raise TransitionError(_("Your organisation has already answered."))
    if at > found.due_at:
        raise DomainError(_("The term to answer ended on %(instant)s.") % {"instant": formatted(found.due_at, "when")})


def check_can_decide(found: AbnormalOffer, *, by: User, at: datetime) -> None:
    """An officer without a conflict, once the organisation has answered or its term is over: nobody unheard."""
    admission.check_is_deciding_officer(found.proposal, by=by)
    _check_in_evaluation(found)
    if found.decided_at is not None:
        raise TransitionError(_("This offer has been decided on already."))
    if found.asked_at is None:
        raise DomainError(_("Ask the organisation to justify its price first: nobody is left out unheard."))
    if found.answered_at is None and at < found.due_at:
        raise DomainError(
            _("The organisation has until %(instant)s to answer. Decide then, or when it has answered.")
            % {"instant": formatted(found.due_at, "when")}
        )


def check_heard(challenge: Challenge) -> None:
    """Nothing is awarded, nor declared void, while an abnormally low offer is undecided."""
    waiting = AbnormalOffer.objects.undecided().filter(proposal__challenge=challenge).count()
    if waiting:
        text = ngettext(
            "%(n)s abnormally low offer is still to be decided on: hear its organisation from the ranking.",
            "%(n)s abnormally low offers are still to be decided on: hear their organisations from the ranking.",
            waiting,
        )
        raise DomainError(text % {"n": waiting})


def _check_in_evaluation(found: AbnormalOffer) -> None:
    if found.proposal.challenge.status != Status.EVALUATING:
        raise TransitionError(_("The challenge is no longer in evaluation."))
