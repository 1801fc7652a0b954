"""Who may do what in a pilot, and when."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.errors import TransitionError
from govtech.policies import check_move
from pilots.models import AwardStatus, Pilot, PilotStatus
from pilots.models.pilot import TRANSITIONS
from startups.models import Membership
from startups.models.organisation import OrganisationRole

ENDED = {PilotStatus.COMPLETED, PilotStatus.TERMINATED}


def membership_of(user: Any, organisation_id: int) -> str:
    """Return the user's role in the organisation today, or "". Read once for each user object."""
    if not user.is_authenticated:
        return ""
    if not hasattr(user, "portal_organisations"):
        rows = Membership.objects.current().filter(user=user)
        user.portal_organisations = dict(rows.values_list("organisation_id", "role"))
    return user.portal_organisations.get(organisation_id, "")


def is_company(pilot: Pilot, by: Any) -> bool:
    """Say whether `by` belongs to the company that runs the pilot."""
    return bool(membership_of(by, pilot.organisation_id))


def acts_for_company(pilot: Pilot, by: Any) -> bool:
    """Say whether `by` may write for the company: owner or editor."""
    return membership_of(by, pilot.organisation_id) in (OrganisationRole.OWNER, OrganisationRole.EDITOR)


def is_department(pilot: Pilot, by: Any) -> bool:
    """Say whether `by` is a digital delegate of the department today, or the substitute of one."""
    return pilot.challenge.department_id in roles.departments_of(by)


def check_can_see_work(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let company, department, Office, directors and auditors see the inside page."""
    if not (is_company(pilot, by) or is_department(pilot, by) or roles.is_staff_role(by)):
        raise PermissionDenied(_("Only the company, the department and the Office see the work of a pilot."))


def check_can_see_invoicing(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let company, Office, directors and auditors see how to invoice."""
    if not (is_company(pilot, by) or roles.is_staff_role(by)):
        raise PermissionDenied(_("Only the company and the Office see the invoices of a pilot."))


def _check_city(pilot: Pilot, by: Any) -> None:
    if not (is_department(pilot, by) or roles.is_officer(by)):
        raise PermissionDenied(_("Only the department's digital delegate or the Office may do this."))


def check_can_write_charter(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let department and Office write the charter until the decision."""
    _check_city(pilot, by)
    if pilot.status in ENDED:
        raise TransitionError(_("This pilot has ended: its charter is part of the record."))


def check_can_start(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let department and Office start a pilot in preparation. Whether its charter is signed: `policies.charter`."""
    _check_city(pilot, by)
    if pilot.status != PilotStatus.PREPARING:
        check_move(TRANSITIONS, pilot.status, PilotStatus.RUNNING)
        raise TransitionError(_("This pilot has started already."))


def check_can_suspend(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let department and Office suspend a running pilot."""
    _check_city(pilot, by)
    check_move(TRANSITIONS, pilot.status, PilotStatus.SUSPENDED)


def check_can_resume(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let department and Office take up a suspended pilot."""
    _check_city(pilot, by)
    if pilot.status != PilotStatus.SUSPENDED:
        raise TransitionError(_("This pilot isn't suspended."))


def check_can_complete(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let department and Office complete a pilot whose milestones are all accepted."""
    _check_city(pilot, by)
    check_move(TRANSITIONS, pilot.status, PilotStatus.COMPLETED)


def check_can_prepare_termination(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let officers prepare an early end, of a pilot that has started and hasn't ended."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office prepares the early end of a pilot."))
    if pilot.status == PilotStatus.PREPARING:
        raise TransitionError(_("This pilot hasn't started. If the company gives it up, record it on the award."))
    check_move(TRANSITIONS, pilot.status, PilotStatus.TERMINATED)


def check_can_approve_termination(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let a director end early what an officer prepared."""
    check_can_return_termination(pilot, by=by, at=at)
    check_move(TRANSITIONS, pilot.status, PilotStatus.TERMINATED)


def check_can_return_termination(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let a director return what waits, wherever the pilot stands by now."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only a director approves the early end of a pilot."))
    if decisions.open_for(DecisionKind.TERMINATION, pilot) is None:
        raise TransitionError(_("Nothing waits for approval here. Reload the page to see where it stands."))


def check_can_decide(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let department and Office decide once on a pilot that has ended."""
    _check_city(pilot, by)
    if pilot.status not in ENDED:
        raise TransitionError(_("The decision comes when the pilot has ended."))
    if pilot.award.status == AwardStatus.REFUSED:
        raise TransitionError(_("This pilot never started: there is nothing to decide."))
    if pilot.award.status == AwardStatus.ANNULLED:
        raise TransitionError(_("The award of this pilot was annulled: there is nothing to decide."))
    if pilot.final_decision:
        raise TransitionError(_("The decision on this pilot is published already."))
