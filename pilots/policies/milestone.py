"""Who delivers and who accepts."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.errors import TransitionError
from govtech.policies import check_move
from pilots.models import Milestone, MilestoneStatus, PilotStatus
from pilots.models.milestone import TRANSITIONS
from pilots.policies.pilot import acts_for_company, is_department


def check_can_deliver(milestone: Milestone, *, by: Any, at: datetime) -> None:
    """Let the company deliver a milestone of a running pilot."""
    if not acts_for_company(milestone.pilot, by):
        raise PermissionDenied(_("Only owners and editors of the company deliver its milestones."))
    if milestone.pilot.status != PilotStatus.RUNNING:
        raise TransitionError(_("Milestones are delivered while the pilot runs. This one is %(status)s.")
                              % {"status": milestone.pilot.get_status_display()})  # fmt: skip
    check_move(TRANSITIONS, milestone.status, MilestoneStatus.DELIVERED)


def _check_judges(milestone: Milestone, by: Any) -> None:
    if not is_department(milestone.pilot, by):
        raise PermissionDenied(_("Only the department's digital delegate accepts or returns what is delivered."))
    if acts_for_company(milestone.pilot, by):
        raise PermissionDenied(_("You belong to the company: somebody else in the department has to decide this."))


def check_can_give_back(milestone: Milestone, *, by: Any, at: datetime) -> None:
    """Let the department return a delivered milestone."""
    _check_judges(milestone, by)
    check_move(TRANSITIONS, milestone.status, MilestoneStatus.RETURNED)


def check_can_accept(milestone: Milestone, *, by: Any, at: datetime) -> None:
    """Let the department accept a delivered milestone."""
    _check_judges(milestone, by)
    check_move(TRANSITIONS, milestone.status, MilestoneStatus.ACCEPTED)
