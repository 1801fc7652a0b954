"""Who writes, signs and records what is agreed before a pilot starts."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech.accounts import roles
from govtech.errors import DomainError, TransitionError
from pilots.models import Charter, Pilot, PilotStatus
from pilots.policies.pilot import ENDED, is_department, membership_of
from startups.models.organisation import OrganisationRole

DEPARTMENT, COMPANY = "department", "company"
NEEDED = {
    "scope": gettext_lazy("scope"),
    "users": gettext_lazy("who uses it"),
    "data": gettext_lazy("data that it uses"),
    "data_protection": gettext_lazy("how the data is protected"),
    "risks": gettext_lazy("risks, and what is done about each"),
    "exit_plan": gettext_lazy("exit plan"),
    "department_person": gettext_lazy("department: who"),
    "company_person": gettext_lazy("company: who"),
}
HOURS = {
    "department_hours": gettext_lazy("department: hours a week"),
    "company_hours": gettext_lazy("company: hours a week"),
    "it_hours": gettext_lazy("IT: hours a week"),
    "legal_hours": gettext_lazy("legal: hours a week"),
}


def charter_of(pilot: Pilot) -> Charter | None:
    """Return the charter of a pilot, None before anybody wrote one."""
    try:
        return pilot.charter
    except ObjectDoesNotExist:
        return None


def missing(pilot: Pilot) -> list[str]:
    """Return, in words, what the charter doesn't say yet."""
    charter = charter_of(pilot)
    found = [] if pilot.hypothesis.strip() else [_("hypothesis")]
    if charter is None:
        return [*found, *map(str, [*NEEDED.values(), *HOURS.values()]), _("districts")]
    found += [str(label) for name, label in NEEDED.items() if not getattr(charter, name).strip()]
    found += [str(label) for name, label in HOURS.items() if getattr(charter, name) is None]
    if not (charter.place or charter.districts.exists()):
        found.append(_("districts"))
    return found


def party_of(pilot: Pilot, by: Any) -> str:
    """Return for whom `by` may sign: the department, the company, or "" for neither."""
    if is_department(pilot, by):
        return DEPARTMENT
    return COMPANY if membership_of(by, pilot.organisation_id) == OrganisationRole.OWNER else ""


def check_can_sign(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let a digital delegate of the department, and an owner of the company, sign a complete charter once."""
    party = party_of(pilot, by)
    if not party:
        raise PermissionDenied(
            _("Only the department's digital delegate and the owners of the company sign the charter.")
        )
    if pilot.status != PilotStatus.PREPARING:
        raise TransitionError(_("This pilot isn't in preparation: its charter is part of the record."))
    absent = missing(pilot)
    if absent:
        raise DomainError(_("The charter isn't complete. Missing: %(what)s.") % {"what": ", ".join(absent)})
    charter = pilot.charter
    if getattr(charter, f"{party}_signed_at"):
        raise TransitionError(_("Your side has signed this charter already."))
    if by.pk in (charter.department_signed_by_id, charter.company_signed_by_id):
        raise DomainError(_("You signed for the other side: somebody else has to sign for this one."))


def check_is_agreed(pilot: Pilot) -> None:
    """Raise `DomainError` unless both parties signed the charter as it stands."""
    charter = charter_of(pilot)
    absent = missing(pilot)
    if absent:
        raise DomainError(_("Write the charter first. Missing: %(what)s.") % {"what": ", ".join(absent)})
    if charter is None or not charter.department_signed_at:
        raise DomainError(_("The department hasn't signed the charter yet."))
    if not charter.company_signed_at:
        raise DomainError(_("The company hasn't signed the charter yet."))


def check_can_record_contract(pilot: Pilot, *, by: Any, at: datetime) -> None:
    """Let officers write down the contract until the pilot has ended."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office writes down the contract of a pilot."))
    if pilot.status in ENDED:
        raise TransitionError(_("This pilot has ended: its contract is part of the record."))
