"""Giving proposals or a seat to somebody else. What the first wrote stays on record."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from govtech.errors import TransitionError
from govtech.notifications import reminders
from startups.actions import confirmation, panel
from startups.models import Evaluation, PanelMember, PanelRole, Proposal, Reassignment, Replacement
from startups.notifications import assignment as notifications
from startups.notifications import panel as panels
from startups.policies import assignment as policies
from startups.policies.progress import Work, work, works

DAYS = (2, 7)  # before the evaluation ends


@transaction.atomic
def reassign(member: PanelMember, proposal: Proposal, *, reason: str, by: User, at: datetime) -> Reassignment:
    """Give a proposal that a member hasn't handed in to the substitute. A draft stays on record and doesn't count.

    Raises PermissionDenied, TransitionError, DomainError (fields `proposal`, `reason`).
    """
    challenge, member = _locked(member)
    policies.check_can_reassign(challenge, by=by, at=at)
    policies.check_reason(reason)
    before = work(challenge, at=at)
    policies.check_can_take(member, proposal, before)
    made = Reassignment.objects.create(member=member, proposal=proposal, reason=reason.strip(), made_at=at, made_by=by)
    audit.record("panel.reassigned", target=made, by=by, at=at)
    confirmation.withdraw(challenge, by=by, at=at)
    notifications.taken(member, proposal, at=at)
    for seat in before.members:
        if seat.role == PanelRole.SUBSTITUTE and seat.pk not in before.called[proposal.pk]:
            panels.called(seat, proposal, at=at)
    return made


@transaction.atomic
def replace(member: PanelMember, user: User, *, reason: str, by: User, at: datetime) -> Replacement:
    """Put somebody else in a member's seat. The first's sheets and declarations stay on record; they don't count.

    Raises PermissionDenied, TransitionError, DomainError (fields `email`, `role`, `reason`).
    """
    challenge, member = _locked(member)
    policies.check_can_reassign(challenge, by=by, at=at)
    policies.check_reason(reason)
    if member.left_at is not None:
        raise TransitionError(_("This person is no longer on the panel."))
    first = panel.remove_member(member, by=by, at=at)
    second = panel.name_member(challenge, user, role=member.role, by=by, at=at)
    made = Replacement.objects.create(first=first, second=second, reason=reason.strip(), made_at=at, made_by=by)
    audit.record("panel.replaced", target=made, by=by, at=at)
    return made


@transaction.atomic
def remind(challenge: Challenge, *, by: User, at: datetime) -> int:
    """Tell everybody who owes a sheet, once a day however often it is pressed. Return how many were told now.

    Raises PermissionDenied, TransitionError.
    """
    challenge = Challenge.objects.get(pk=challenge.pk)
    policies.check_can_remind(challenge, by=by, at=at)
    late = owing(work(challenge, at=at))
    day = local_date(at)
    told = notifications.asked_on(day, late)
    now = {member: left for member, left in late.items() if member.pk not in told}
    for member, left in now.items():
        notifications.asked_again(challenge, member, left, day=day, at=at)
    if now:
        audit.record("panel.reminded", target=challenge, by=by, at=at, new=str(len(now)))
    return len(now)


def remind_of_sheets(*, at: datetime) -> None:
    """Hourly: tell who still owes sheets, once for each of `DAYS` and each end of the evaluation. Safe to repeat."""
    today = local_date(at)
    last = today + timedelta(days=max(DAYS))
    ending = Challenge.objects.filter(
        status=Status.EVALUATING, evaluation_until__gte=today, evaluation_until__lte=last
    ).exclude(pk__in=Evaluation.objects.filter(locked_at__isnull=False).values("challenge"))
    for found in works(list(ending.order_by("pk")), at=at).values():
        until = found.challenge.evaluation_until
        days = min(each for each in DAYS if until - timedelta(days=each) <= today)
        for member, left in owing(found).items():
            notifications.due(found.challenge, member, left, until=until, days=days, at=at)


def owing(found: Work) -> dict[PanelMember, int]:
    """Return who owes how many sheets."""
    counts = Counter(pk for members in found.owed.values() for pk in members)
    return {member: counts[member.pk] for member in found.members if counts[member.pk]}


def _locked(member: PanelMember) -> tuple[Challenge, PanelMember]:
    """Lock the challenge and its evaluation, so that no sheet is handed in meanwhile."""
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=member.challenge_id)
    Evaluation.objects.select_for_update(no_key=True).get(challenge=challenge)
    found = PanelMember.objects.select_related("user").get(pk=member.pk)
    found.challenge = challenge
    return challenge, found


reminders.register(remind_of_sheets)
