"""Who decides which proposals go on to the panel, and when."""

from datetime import datetime, time

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.policies import check_move
from govtech.reference.calculations.calendar import add_calendar_days, add_working_days, is_working_day
from govtech.reference.models import Holiday, Rules
from govtech.reference.terms import Term, Unit
from govtech.shell.words import formatted
from startups.calculations.counting import has_words
from startups.models import Evaluation, ExclusionRule, Membership, OrganisationRole, Proposal, ProposalStatus
from startups.models.proposal import TRANSITIONS
from startups.policies.panel import takes_part

SHORTEST_REASON = 20  # characters
END_OF_DAY = time(23, 59)
# For an abnormally low offer there is a hearing of its own: see `policies.abnormal`.
ADMISSION_RULES = [rule for rule in ExclusionRule if rule != ExclusionRule.ABNORMAL]


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
    check_is_deciding_officer(proposal, by=by)
    check_move(TRANSITIONS, proposal.status, status)
    check_in_evaluation(proposal)
    if (
        proposal.status == ProposalStatus.CORRECTION_REQUESTED
        and proposal.corrected_at is None
        and at < proposal.correction_due_at
    ):
        raise DomainError(
            _("The organisation has until %(instant)s to answer. Decide then, or when it has answered.")
            % {"instant": formatted(proposal.correction_due_at, "when")}
        )


def check_is_deciding_officer(proposal: Proposal, *, by: User) -> None:
    """An officer without a conflict on this proposal, whose own organisation isn't in the challenge."""
    check_can_decide_at_all(by=by)
    if takes_part(proposal.challenge, by) or not Proposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("Only an officer of the Digital Office without a conflict decides on admission."))


def check_rule(rule: str) -> None:
    """An exclusion names the rule that was broken, from the list."""
    if rule not in ADMISSION_RULES:
        raise DomainError(_("Choose the rule that the proposal breaks."), field="rule")


def check_reason(reason: str, *, field: str) -> None:
    """A reason says something: it will be read by whom it concerns."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise DomainError(
            _("Write the reason in at least %(n)s characters: the organisation will read it.") % {"n": SHORTEST_REASON},
            field=field,
        )


def check_answer(text: str, *, field: str) -> None:
    """An answer says something."""
    if not has_words(text):
        raise DomainError(_("Write your answer."), field=field)


def term(*, at: datetime) -> Term:
    """Return the term to correct that is in force: its length, kind of days and legal source."""
    return Rules.objects.in_force(local_date(at)).term("correction_days")


def term_in_words(*, at: datetime) -> str:
    """Say the term: "3 calendar days (Ley 9/2017, art. 141.2)"."""
    found = term(at=at)
    if found.unit == Unit.WORKING:
        words = ngettext("%(n)s working day", "%(n)s working days", found.length)
    else:
        words = ngettext("%(n)s calendar day", "%(n)s calendar days", found.length)
    return f"{words % {'n': found.length}} ({found.source})"


def earliest_due(*, at: datetime) -> datetime:
    """Return the first instant at which a correction asked for now may be due: end of a working day.

    The law's term counts in the days that its rule says, calendar or working, from the day after.
    """
    today, found, holidays = local_date(at), term(at=at), Holiday.objects.dates()
    add = add_working_days if found.unit == Unit.WORKING else add_calendar_days
    day = add(today, found.length, holidays)
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


def is_writer(proposal: Proposal, by: User) -> bool:
    """Say whether the person is an owner or editor of the proposal's organisation."""
    writers = [OrganisationRole.OWNER, OrganisationRole.EDITOR]
    rows = Membership.objects.current().filter(organisation=proposal.organisation_id, user=by, role__in=writers)
    return rows.exists()


def check_can_correct(proposal: Proposal, *, by: User, at: datetime) -> None:
    """An owner or editor of the organisation, once, until the term ends."""
    if not is_writer(proposal, by):
        raise PermissionDenied(_("Only an owner or editor of the organisation may answer."))
    if proposal.status != ProposalStatus.CORRECTION_REQUESTED:
        raise TransitionError(_("No correction is being asked for. Reload the page to see where the proposal stands."))
    if proposal.corrected_at is not None:
        raise TransitionError(_("Your organisation has already answered."))
    if at > proposal.correction_due_at:
        raise DomainError(
            _("The term to answer ended on %(instant)s.") % {"instant": formatted(proposal.correction_due_at, "when")}
        )


def check_in_evaluation(proposal: Proposal) -> None:
    """Nothing is decided or asked before the opening, or once the scores are locked."""
    challenge: Challenge = proposal.challenge
    if challenge.status != Status.EVALUATING:
        raise TransitionError(_("Admission is over: the challenge is no longer in evaluation."))
    if Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists():
        raise TransitionError(_("Admission is over: the scores are locked."))
