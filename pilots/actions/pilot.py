"""The life of a pilot: start, pauses, early end, decision."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions import lifecycle
from challenges.models import Challenge, Status
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.reference.models import Holiday
from pilots.actions import annuity
from pilots.calculations.plan import ends_on, milestone_dates
from pilots.models import (
    Award,
    AwardStatus,
    Expenditure,
    FinalDecision,
    IndicatorValue,
    Milestone,
    MilestoneStatus,
    Pilot,
    PilotStatus,
)
from pilots.notifications import pilot as notifications
from pilots.policies import charter as charters
from pilots.policies import pilot as policies
from pilots.policies import term

DECISION = ("final_decision", "decision_reason", "decision_reason_en", "lessons", "next_step")


def locked(pilot: Pilot) -> Pilot:
    """Lock a pilot's row and return it fresh."""
    rows = Pilot.objects.select_for_update(of=("self",), no_key=True).select_related(
        "challenge", "organisation", "award__commitment"
    )
    return rows.get(pk=pilot.pk)


@transaction.atomic
def start(pilot: Pilot, *, starts_on: date, by: User, at: datetime) -> Pilot:
    """Start a pilot on a day: due dates and annuities follow, and the challenge is in pilot.

    The day is the award's or later, at most a year from it, and not after `at`'s day by more than a year.
    Raises `DomainError` where the charter isn't signed by both sides, or the money of a year isn't there.
    """
    Challenge.objects.select_for_update(no_key=True).get(pk=pilot.challenge_id)  # before the pilot, as awards do
    pilot = locked(pilot)
    policies.check_can_start(pilot, by=by, at=at)
    charters.check_is_agreed(pilot)
    _check_start(pilot, starts_on)
    term.check_standstill(pilot.award, starts_on=starts_on, at=at)
    months = [int(part["month"]) for part in plan_of(pilot.award)]
    pilot.status, pilot.started_at = PilotStatus.RUNNING, at
    pilot.starts_on = starts_on
    pilot.ends_on = ends_on(starts_on, length_of(pilot.challenge, months))
    pilot.save(update_fields=["status", "started_at", "starts_on", "ends_on"])
    milestones = list(pilot.milestones.order_by("number"))
    due = milestone_dates(starts_on, months, Holiday.objects.dates())
    for milestone, due_on in zip(milestones, due, strict=True):
        milestone.due_on = due_on
        milestone.save(update_fields=["due_on"])
    annuity.settle(pilot.award.commitment, by=by, at=at, reason=_("Calendar of the pilot at its start"))
    if pilot.challenge.status == Status.AWARDED:
        lifecycle.mark_piloting(pilot.challenge, by=by, at=at)
    audit.record("pilot.started", target=pilot, by=by, at=at, old=PilotStatus.PREPARING, new=PilotStatus.RUNNING)
    notifications.started(pilot, due_on=milestones[0].due_on, by=by, at=at)
    return pilot


def _check_start(pilot: Pilot, starts_on: date) -> None:
    awarded_on = clock.local_date(pilot.created_at)
    if starts_on < awarded_on:
        raise DomainError(_("A pilot can't start before its award."), field="starts_on")
    if (starts_on - awarded_on).days > 365:
        raise DomainError(_("Choose a day within a year of the award."), field="starts_on")


def plan_of(award: Award) -> list[dict[str, Any]]:
    """Return the milestones of the winner's offer, as it was handed in."""
    return award.proposal.submissions.filter(superseded_by__isnull=True)[0].economic["milestones"]


def length_of(challenge: Challenge, months: list[int]) -> int:
    """Return the months of a pilot: those of the call, or those of the plan where the call says none."""
    return max(challenge.duration_months or 0, *months)


@transaction.atomic
def suspend(pilot: Pilot, *, reason: str, by: User, at: datetime) -> Pilot:
    """Suspend a running pilot, with a reason."""
    pilot = locked(pilot)
    policies.check_can_suspend(pilot, by=by, at=at)
    _move(pilot, PilotStatus.SUSPENDED, by=by, at=at, kind="pilot.suspended", reason=reason)
    notifications.suspended(pilot, reason=reason, by=by, at=at)
    return pilot


@transaction.atomic
def resume(pilot: Pilot, *, by: User, at: datetime) -> Pilot:
    """Take up a suspended pilot; it is complete where all was accepted meanwhile."""
    pilot = locked(pilot)
    policies.check_can_resume(pilot, by=by, at=at)
    _move(pilot, PilotStatus.RUNNING, by=by, at=at, kind="pilot.resumed")
    notifications.resumed(pilot, by=by, at=at)
    if not pilot.milestones.exclude(status=MilestoneStatus.ACCEPTED).exists():
        complete_locked(pilot, by=by, at=at)
    return pilot


@transaction.atomic
def complete(pilot: Pilot, *, by: User, at: datetime) -> Pilot:
    """Complete a pilot whose milestones are all accepted. The last acceptance does it."""
    return complete_locked(locked(pilot), by=by, at=at)


def complete_locked(pilot: Pilot, *, by: User, at: datetime) -> Pilot:
    """Complete a pilot that the caller has locked."""
    policies.check_can_complete(pilot, by=by, at=at)
    if pilot.milestones.exclude(status=MilestoneStatus.ACCEPTED).exists():
        raise DomainError(_("There are milestones that aren't accepted yet. Accept them, or end the pilot early."))
    pilot.ended_at = at
    _move(pilot, PilotStatus.COMPLETED, by=by, at=at, kind="pilot.completed", fields=["ended_at"])
    notifications.completed(pilot, by=by, at=at)
    return pilot


def _move(
    pilot: Pilot,
    status: PilotStatus,
    *,
    by: User,
    at: datetime,
    kind: str,
    reason: str = "",
    amount: Decimal | None = None,
    fields: list[str] | None = None,
) -> None:
    old, pilot.status = pilot.status, status
    pilot.save(update_fields=["status", *(fields or [])])
    audit.record(kind, target=pilot, by=by, at=at, old=old, new=status, reason=reason, amount=amount)


@transaction.atomic
def prepare_termination(pilot: Pilot, *, reason: str, hearing: str, by: User, at: datetime) -> PreparedDecision:
    """Put the early end before a director, after the company was heard: `hearing` says when and what it answered."""
    pilot = locked(pilot)
    policies.check_can_prepare_termination(pilot, by=by, at=at)
    payload = {"reason": reason, "hearing": hearing}
    decision = decisions.prepare(DecisionKind.TERMINATION, pilot, by=by, at=at, payload=payload)
    notifications.termination_prepared(pilot, reason=reason, by=by, at=at)
    return decision


@transaction.atomic
def approve_termination(pilot: Pilot, *, by: User, at: datetime) -> Pilot:
    """End a pilot early: what was accepted is paid, the rest leaves D and A, in one transaction.

    Raises `DomainError` when `by` prepared it.
    """
    pilot = locked(pilot)
    policies.check_can_approve_termination(pilot, by=by, at=at)
    decision = decisions.approve(decisions.open_for(DecisionKind.TERMINATION, pilot), by=by, at=at)
    reason = decision.payload["reason"]
    cancelled = cancel_milestones(pilot)
    amounts = annuity.paid_in((milestone.due_on, milestone.amount_gross, False) for milestone in cancelled)
    pilot.ended_at, pilot.ended_reason = at, reason
    fields = ["ended_at", "ended_reason"]
    amount = sum(amounts.values(), Decimal(0))
    _move(
        pilot,
        PilotStatus.TERMINATED,
        by=by,
        at=at,
        kind="pilot.terminated",
        reason=reason,
        amount=amount,
        fields=fields,
    )
    annuity.settle(pilot.award.commitment, by=by, at=at, reason=_("Early end of the pilot"), release=amounts)
    notifications.terminated(pilot, reason=reason, by=by, at=at)
    return pilot


@transaction.atomic
def return_termination(pilot: Pilot, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return the early end to the officer who prepared it, with a comment. Also where the pilot has ended meanwhile."""
    pilot = locked(pilot)
    policies.check_can_return_termination(pilot, by=by, at=at)
    waiting = decisions.open_for(DecisionKind.TERMINATION, pilot)
    decision = decisions.send_back(waiting, by=by, at=at, comment=comment)
    notifications.termination_returned(pilot, comment=comment, to=decision.prepared_by, at=at)
    return decision


def cancel_milestones(pilot: Pilot) -> list[Milestone]:
    """Cancel what isn't accepted; return it."""
    rows = pilot.milestones.exclude(status__in=[MilestoneStatus.ACCEPTED, MilestoneStatus.CANCELLED])
    found = list(rows.select_for_update(no_key=True).order_by("number"))
    for milestone in found:
        milestone.status = MilestoneStatus.CANCELLED
        milestone.save(update_fields=["status"])
    return found


@transaction.atomic
def decide(
    pilot: Pilot,
    *,
    decision: str,
    reason: str,
    by: User,
    at: datetime,
    lessons: str = "",
    next_step: str = "",
    reason_en: str = "",
) -> Pilot:
    """Publish what the city does with the result. The challenge is finished when all its pilots are decided.

    Raises `DomainError` where it would scale what nobody has measured.
    """
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=pilot.challenge_id)
    pilot = locked(pilot)
    policies.check_can_decide(pilot, by=by, at=at)
    if decision == FinalDecision.SCALE and not IndicatorValue.objects.filter(indicator__pilot=pilot).exists():
        raise DomainError(
            _("Nothing was measured in this pilot. Record the results before deciding to scale it."), field="decision"
        )
    pilot.final_decision, pilot.decision_reason, pilot.decision_reason_en = decision, reason, reason_en
    pilot.lessons, pilot.next_step = lessons, next_step
    pilot.decided_at, pilot.decided_by = at, by
    pilot.save(update_fields=[*DECISION, "decided_at", "decided_by"])
    audit.record("pilot.decided", target=pilot, by=by, at=at, new=decision, reason=reason)
    finish_if_decided(challenge, by=by, at=at)
    notifications.decided(pilot, by=by, at=at)
    return pilot


def finish_if_decided(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Finish a challenge none of whose awards is open and none of whose pilots waits for its decision.

    No award can follow: what is authorised and not committed is given back.
    """
    open_awards = Award.objects.filter(
        resolution__challenge=challenge, status__in=[AwardStatus.PROPOSED, AwardStatus.ACCEPTED]
    )
    undecided = Pilot.objects.filter(challenge=challenge, final_decision="", award__status=AwardStatus.APPROVED)
    if challenge.status in (Status.AWARDED, Status.PILOTING) and not (open_awards.exists() or undecided.exists()):
        lifecycle.mark_finished(challenge, by=by, at=at)
        expenditure = Expenditure.objects.get(challenge=challenge)
        annuity.release_rest(expenditure, by=by, at=at, reason=_("What no award needs"))
