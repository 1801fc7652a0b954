"""Write and sign the charter of a pilot; write down its contract."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from pilots.actions import pilot as pilots
from pilots.models import Charter, ContractRecord, Pilot, PilotStatus
from pilots.models.charter import SIGNED
from pilots.notifications import charter as notifications
from pilots.policies import charter as policies
from pilots.policies import pilot as pilot_policies

WORDS = ("title", "title_en", "summary", "summary_en")  # they may be mended while the pilot runs
SIGNED_OF_PILOT = ("hypothesis", "hypothesis_en")
RECORD = (
    "reference", "formalised_on", "starts_on", "ends_on", "responsible", "responsible_post", "file_number",
    "accounting_document", "register_number", "other_numbers",
)  # fmt: skip


@transaction.atomic
def write(pilot: Pilot, *, by: User, at: datetime, **values: Any) -> Pilot:
    """Write the charter: any of its texts, `districts` too. What was signed has to be signed again.

    Once the pilot has started only its public words change. Raises `DomainError` where more would.
    """
    pilot = pilots.locked(pilot)
    pilot_policies.check_can_write_charter(pilot, by=by, at=at)
    changed = _write(pilot, (*WORDS, *SIGNED_OF_PILOT), values)
    charter = policies.charter_of(pilot) or Charter(pilot=pilot)
    changed_charter = _write(charter, SIGNED, values)
    districts = set(values["districts"]) if "districts" in values else None
    if districts is not None and districts != (set(charter.districts.all()) if charter.pk else set()):
        changed_charter.append("districts")
    signed = [*changed_charter, *(name for name in changed if name in SIGNED_OF_PILOT)]
    if signed and pilot.status != PilotStatus.PREPARING:
        raise DomainError(_("This was signed when the pilot started. To change it, ask for a change of the pilot."))
    if changed:
        pilot.save(update_fields=changed)
    if signed:
        _save(charter, districts, by=by, at=at)
    if changed or signed:
        audit.record("pilot.charter_written", target=pilot, by=by, at=at, fields=[*changed, *changed_charter])
    return pilot


def _write(row: Any, names: tuple[str, ...], values: dict[str, Any]) -> list[str]:
    changed = [name for name in names if name in values and values[name] != getattr(row, name)]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _save(charter: Charter, districts: Any, *, by: User, at: datetime) -> None:
    """Save another version: nobody has signed it."""
    had_signed = [person for person in (charter.department_signed_by, charter.company_signed_by) if person]
    charter.version = charter.version + 1 if charter.pk else 1
    charter.department_signed_at = charter.department_signed_by = None
    charter.company_signed_at = charter.company_signed_by = None
    charter.save()
    if districts is not None:
        charter.districts.set(districts)
    notifications.changed(charter.pilot, had_signed, by=by, at=at)


@transaction.atomic
def sign(pilot: Pilot, *, version: int, by: User, at: datetime) -> Charter:
    """Sign the charter for one's side. `version` is what the person read: raises `DomainError` where it is another."""
    pilot = pilots.locked(pilot)
    policies.check_can_sign(pilot, by=by, at=at)
    charter = pilot.charter
    if charter.version != version:
        raise DomainError(_("The charter changed while you were reading it. Read it again before you sign."))
    party = policies.party_of(pilot, by)
    setattr(charter, f"{party}_signed_at", at)
    setattr(charter, f"{party}_signed_by", by)
    charter.save(update_fields=[f"{party}_signed_at", f"{party}_signed_by"])
    audit.record("pilot.charter_signed", target=pilot, by=by, at=at, new=party)
    notifications.signed(pilot, party=party, is_agreed=charter.is_signed, by=by, at=at)
    return charter


@transaction.atomic
def record_contract(pilot: Pilot, *, by: User, at: datetime, **values: Any) -> ContractRecord:
    """Write down the contract as the city's own systems know it; again where a number was missing."""
    pilot = pilots.locked(pilot)
    policies.check_can_record_contract(pilot, by=by, at=at)
    if values["starts_on"] < values["formalised_on"]:
        raise DomainError(_("A contract isn't in force before it is formalised."), field="starts_on")
    if values["ends_on"] <= values["starts_on"]:
        raise DomainError(_("The end comes after the beginning."), field="ends_on")
    record = ContractRecord.objects.filter(pilot=pilot).first() or ContractRecord(pilot=pilot)
    changed = _write(record, RECORD, values)
    if changed or not record.pk:
        record.recorded_at, record.recorded_by = at, by
        record.save()
        audit.record("pilot.contract_recorded", target=pilot, by=by, at=at, fields=changed)
    return record
