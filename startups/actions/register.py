"""What links a receipt to the city's official register."""

from datetime import datetime

from django.db import transaction

from govtech.accounts.models import User
from govtech.audit import actions as audit
from startups.models import ExternalEntry, Receipt
from startups.policies import receipt as policies


@transaction.atomic
def record_entry(receipt: Receipt, *, number: str, by: User, at: datetime) -> ExternalEntry:
    """Write the number of the entry in the official register; a later one corrects it, both stay.

    Raises PermissionDenied, DomainError (field `number`).
    """
    policies.check_can_record_entry(receipt, by=by, at=at)
    number = " ".join(number.split())
    policies.check_number(number)
    by_office = policies.speaks_for_office(receipt, by=by)
    entry = ExternalEntry.objects.create(
        receipt=receipt, number=number, by_office=by_office, recorded_at=at, recorded_by=by
    )
    audit.record("receipt.entry_recorded", target=receipt, by=by, at=at, new=number)
    return entry
