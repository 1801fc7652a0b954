"""Who says what is measured, and who measures."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import TransitionError
from pilots.models import Indicator, Pilot, PilotStatus
from pilots.policies.pilot import acts_for_company, is_department


def _check_undecided(pilot: Pilot) -> None:
    if pilot.final_decision:
        raise TransitionError(_("The decision on this pilot is published: its figures are part of the record."))


def check_can_add(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let department and Office add indicators until the decision."""
    if not (is_department(pilot, by) or roles.is_officer(by)):
        raise PermissionDenied(_("Only the department's digital delegate or the Office adds indicators."))
    _check_undecided(pilot)


def check_can_measure(indicator: Indicator, *, by: Any, at: datetime) -> None:
    """Let company, department and Office record values from the start until the decision."""
    check_can_measure_in(indicator.pilot, by=by, at=at)


def check_can_measure_in(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let company, department and Office record values of this pilot."""
    if not (acts_for_company(pilot, by) or is_department(pilot, by) or roles.is_officer(by)):
        raise PermissionDenied(_("Only the company, the department and the Office record measured values."))
    if pilot.status == PilotStatus.PREPARING:
        raise TransitionError(_("Values are recorded once the pilot has started."))
    _check_undecided(pilot)
