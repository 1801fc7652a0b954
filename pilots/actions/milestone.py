"""Deliver, return, accept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import all_or_nothing, store
from govtech.reference.calculations.calendar import add_calendar_days
from govtech.reference.models import Holiday, Rules
from pilots.actions import pilot as pilots
from pilots.models import Deliverable, Milestone, MilestoneStatus
from pilots.notifications import pilot as notifications
from pilots.policies import milestone as policies


def _locked(milestone: Milestone) -> Milestone:
    """Lock the pilot, then the milestone."""
    pilot = pilots.locked(milestone.pilot)
    milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    milestone.pilot = pilot
    return milestone


def _move(milestone: Milestone, status: MilestoneStatus, *, by: User, at: datetime, reason: str = "") -> None:
    old, milestone.status = milestone.status, status
    milestone.save()
    audit.record(f"milestone.{status}", target=milestone, by=by, at=at, old=old, new=status, reason=reason)


@all_or_nothing()
@transaction.atomic
def deliver(
    milestone: Milestone, *, note: str, by: User, at: datetime, files: Iterable[UploadedFile] = ()
) -> Milestone:
    """Hand in a milestone: a note and files. Late or not, it is taken; the page says how late."""
    milestone = _locked(milestone)
    policies.check_can_deliver(milestone, by=by, at=at)
    for upload in files:
        kept = store(upload, by=by, at=at)
        Deliverable.objects.create(milestone=milestone, file=kept, added_at=at, added_by=by)
    milestone.delivered_at, milestone.delivered_by, milestone.delivery_note = at, by, note
    _move(milestone, MilestoneStatus.DELIVERED, by=by, at=at)
    day = clock.local_date(at)
    until_on = add_calendar_days(day, Rules.objects.in_force(day).acceptance_days, Holiday.objects.dates())
    notifications.delivered(milestone, until_on=until_on, at=at)
    return milestone


@transaction.atomic
def give_back(milestone: Milestone, *, reason: str, by: User, at: datetime) -> Milestone:
    """Return a delivery, saying what is missing."""
    milestone = _locked(milestone)
    policies.check_can_give_back(milestone, by=by, at=at)
    if not reason.strip():
        raise DomainError(_("Say what is missing, so that the company can mend it."), field="reason")
    milestone.returned_at, milestone.returned_by, milestone.returned_reason = at, by, reason
    _move(milestone, MilestoneStatus.RETURNED, by=by, at=at, reason=reason)
    notifications.returned(milestone, at=at)
    return milestone


@transaction.atomic
def accept(milestone: Milestone, *, by: User, at: datetime) -> Milestone:
    """Accept a delivery: it may be invoiced. The last acceptance completes a running pilot."""
    milestone = _locked(milestone)
    policies.check_can_accept(milestone, by=by, at=at)
    milestone.accepted_at, milestone.accepted_by = at, by
    _move(milestone, MilestoneStatus.ACCEPTED, by=by, at=at)
    notifications.accepted(milestone, by=by, at=at)
    if not _rest(milestone).exists() and milestone.pilot.status == "running":
        pilots.complete_locked(milestone.pilot, by=by, at=at)
    return milestone


def _rest(milestone: Milestone) -> Any:
    return milestone.pilot.milestones.exclude(status=MilestoneStatus.ACCEPTED)
