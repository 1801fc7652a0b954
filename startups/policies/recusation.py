"""Who may challenge a member of a panel, who answers, who decides and until when (Law 40/2015 art. 24)."""

from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.reference.calculations.calendar import (
    add_calendar_days,
    add_months,
    add_working_days,
    roll_forward,
)
from govtech.reference.models import Holiday, Rules
from govtech.reference.terms import Unit
from govtech.shell.words import formatted
from startups.models import Evaluation, PanelMember, Proposal, ProposalStatus, Recusation
from startups.policies.admission import is_writer
from startups.policies.panel import check_no_conflict

SHORTEST_REASON = 20  # characters
END_OF_DAY = time(23, 59, 59)


def is_open(challenge: Challenge) -> bool:
    """Say whether a member may still be challenged: from the opening until the scores are locked."""
    locked = Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False)
    return challenge.status == Status.EVALUATING and not locked.exists()


def check_can_see_form(proposal: Proposal, *, by: User, at: datetime) -> None:
    """Owners and editors of an organisation whose proposal was opened: before, it would tell who takes part."""
    if not is_writer(proposal, by):
        raise PermissionDenied(_("Only an owner or editor of the organisation may challenge a member."))
    if proposal.opened_at is None:
        raise TransitionError(
            _("A member may be challenged from the opening on, so that nobody knows before who takes part.")
        )


def check_can_challenge(
    proposal: Proposal, member: PanelMember, ground: str, known_on: date | None, *, by: User, at: datetime
) -> None:
    """While the panel works, somebody who has accepted a place on it, once at a time.

    By an organisation whose proposal isn't out for good; on the same ground again only of facts known since.
    """
    check_can_see_form(proposal, by=by, at=at)
    if _is_out(proposal, at=at):
        raise TransitionError(_("Your proposal was left out and that is final: this panel doesn't judge it."))
    if not is_open(proposal.challenge):
        raise TransitionError(
            _("The panel has finished. What you think of it can be said in the appeal (Law 40/2015, art. 24.5).")
        )
    if member.challenge_id != proposal.challenge_id or member.left_at is not None:
        raise TransitionError(_("This person is no longer on the panel."))
    if Recusation.objects.pending().filter(member=member, organisation=proposal.organisation_id).exists():
        raise TransitionError(_("Your organisation has challenged this person already: the decision is pending."))
    if known_on is not None and known_on > local_date(at):
        raise DomainError(_("That day is still to come."), field="known_on")
    rows = Recusation.objects.filter(member=member, organisation=proposal.organisation_id, ground=ground)
    last = rows.order_by("-decided_at").first()
    if last is not None and (known_on is None or known_on <= local_date(last.decided_at)):
        raise DomainError(
            _(
                "Your organisation challenged this person on this ground already, and it was decided on %(day)s. Say "
                "on which day after that you came to know of new facts; otherwise it can be said in the appeal against "
                "the award."
            )
            % {"day": formatted(last.decided_at, "day")},
            field="known_on",
        )


def _is_out(proposal: Proposal, *, at: datetime) -> bool:
    """Withdrawn; or left out, and the month to ask for a review of that is over (Law 39/2015 art. 124.1)."""
    if proposal.status == ProposalStatus.WITHDRAWN:
        return True
    if proposal.status != ProposalStatus.EXCLUDED or proposal.decided_at is None:
        return False
    return local_date(at) > roll_forward(add_months(local_date(proposal.decided_at), 1), Holiday.objects.dates())


def check_words(text: str, *, field: str) -> None:
    """Reasons, answers and decisions say something."""
    if len(text.strip()) < SHORTEST_REASON:
        raise DomainError(_("Write at least %(n)s characters.") % {"n": SHORTEST_REASON}, field=field)


def check_can_answer(recusation: Recusation, *, by: User, at: datetime) -> None:
    """The person challenged, once, until it is decided."""
    if recusation.member.user_id != by.pk:
        raise PermissionDenied(_("Only the person challenged answers."))
    if recusation.answered_at is not None:
        raise TransitionError(_("You have answered already."))
    if recusation.decided_at is not None:
        raise TransitionError(_("It is decided already."))


def check_can_decide(recusation: Recusation, *, by: User, at: datetime) -> None:
    """A director who isn't on the panel nor in conflict, when the member has answered or the term to answer is over."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only the director of the Digital Office, or today's substitute, decides this."))
    challenge = recusation.member.challenge
    if (
        PanelMember.objects.current().filter(challenge=challenge, user=by).exists()
        or recusation.member.user_id == by.pk
    ):
        raise PermissionDenied(_("Who sits on the panel doesn't decide on its members."))
    check_no_conflict(challenge, by=by)
    if recusation.decided_at is not None:
        raise TransitionError(_("It is decided already."))
    if recusation.answered_at is None and at <= recusation.answer_due_at:
        raise DomainError(
            _("The person challenged may answer until %(instant)s. Decide then, or when they have answered.")
            % {"instant": formatted(recusation.answer_due_at, "when")}
        )


def end_of(term: str, start: date, *, at: datetime) -> datetime:
    """Return the last instant of a term of the rules that runs from a day."""
    found, holidays = Rules.objects.in_force(local_date(at)).term(term), Holiday.objects.dates()
    add = add_working_days if found.unit == Unit.WORKING else add_calendar_days
    return timezone.make_aware(datetime.combine(add(start, found.length, holidays), END_OF_DAY))


def holds(challenge: Challenge) -> int:
    """Return how many challenges of members are pending: they hold the lock (Law 39/2015 art. 74)."""
    return Recusation.objects.pending().filter(member__challenge=challenge).count()
