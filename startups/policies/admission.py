"""Who decides which proposals go on to the panel, and when."""

from datetime import datetime, time

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.policies import check_move
from govtech.reference.calculations.calendar import add_calendar_days, is_working_day
from govtech.reference.models import Holiday, Rules
from govtech.shell.words import formatted
from startups.models import Evaluation, Membership, OrganisationRole, Proposal, ProposalStatus
from startups.models.proposal import TRANSITIONS
from startups.policies.panel import takes_part

SHORTEST_REASON = 20  # characters
END_OF_DAY = time(23, 59)


def check_can_see(*, by: User, at: datetime) -> None:
    """The Office, the director and internal control see who is admitted."""
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the Digital Office and internal control see the admission."))


def check_can_decide_at_all(*, by: User) -> None:
    """Only officers decide."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only an officer of the Digital Office without a conflict decides on admission."))


def check_can_decide(proposal: Proposal, status: ProposalStatus, *, by: User, at: datetime) -> None:
    """An officer without a conflict, whose own organisation isn't in it, in evaluation, before the scores are locked.

    A correction that was asked for is waited for until it comes or its term ends.
    """
    check_can_decide_at_all(by=by)
    if takes_part(proposal.challenge, by) or not Proposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("Only an officer of the Digital Office without a conflict decides on admission."))
    check_move(TRANSITIONS, proposal.status, status)
    _check_in_evaluation(proposal)
    if (
        proposal.status == ProposalStatus.CORRECTION_REQUESTED
        and proposal.corrected_at is None
        and at < proposal.correction_due_at
    ):
        raise DomainError(
            _("The organisation has until %(instant)s to answer. Decide then, or when it has answered.")
            % {"instant": formatted(proposal.correction_due_at, "when")}
        )


def check_reason(reason: str, *, field: str) -> None:
    """A reason says something: it will be read by whom it concerns."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise DomainError(
            _("Write the reason in at least %(n)s characters: the organisation will read it.") % {"n": SHORTEST_REASON},
            field=field,
        )


def earliest_due(*, at: datetime) -> datetime:
    """Return the first instant at which a correction asked for now may be due: end of a working day."""
    today = local_date(at)
    day = add_calendar_days(today, Rules.objects.in_force(today).correction_days, Holiday.objects.dates())
    return timezone.make_aware(datetime.combine(day, END_OF_DAY))


def check_due(due_at: datetime, *, at: datetime) -> None:
    """A term for a correction isn't shorter than the rules give, and ends on a working day."""
    if not is_working_day(local_date(due_at), Holiday.objects.dates()):
        raise DomainError(_("A term can't end on a Saturday, Sunday or holiday. Choose a working day."), field="due_at")
    earliest = earliest_due(at=at)
    if local_date(due_at) < local_date(earliest):
        raise DomainError(
            _("The organisation must have until %(day)s at least.") % {"day": formatted(earliest, "day")},
            field="due_at",
        )


def check_can_correct(proposal: Proposal, *, by: User, at: datetime) -> None:
    """An owner or editor of the organisation, once, until the term ends."""
    is_writer = (
        Membership.objects.current()
        .filter(
            organisation=proposal.organisation_id,
            user=by,
            role__in=[OrganisationRole.OWNER, OrganisationRole.EDITOR],
        )
        .exists()
    )
    if not is_writer:
        raise PermissionDenied(_("Only an owner or editor of the organisation may answer."))
    if proposal.status != ProposalStatus.CORRECTION_REQUESTED:
        raise TransitionError(_("No correction is being asked for. Reload the page to see where the proposal stands."))
    if proposal.corrected_at is not None:
        raise TransitionError(_("Your organisation has already answered."))
    if at > proposal.correction_due_at:
        raise DomainError(
            _("The term to answer ended on %(instant)s.") % {"instant": formatted(proposal.correction_due_at, "when")}
        )


def _check_in_evaluation(proposal: Proposal) -> None:
    challenge: Challenge = proposal.challenge
    if challenge.status != Status.EVALUATING:
        raise TransitionError(_("Admission is over: the challenge is no longer in evaluation."))
    if Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists():
        raise TransitionError(_("Admission is over: the scores are locked."))
