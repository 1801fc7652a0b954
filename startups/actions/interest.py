"""What a person declares about ties to organisations, for the portal to compare."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from govtech.errors import DomainError
from startups.models import Interest, InterestKind

MOST = 50


@transaction.atomic
def add(
    *, kind: str, organisation_name: str, tax_id: str = "", until_on: date | None = None, by: User, at: datetime
) -> Interest:
    """Declare a tie of one's own. Raises DomainError(field="until_on") for an end to come."""
    if until_on is not None and until_on > local_date(at):
        raise DomainError(_("Leave it blank while it lasts."), field="until_on")
    if Interest.objects.current().filter(user=by).count() >= MOST:
        raise DomainError(_("%(n)s at most. Take out what no longer counts.") % {"n": MOST})
    row = Interest.objects.create(
        user=by,
        kind=InterestKind(kind),
        organisation_name=organisation_name.strip(),
        tax_id=tax_id.replace(" ", "").replace("-", "").upper(),
        until_on=until_on,
        added_at=at,
    )
    audit.record("interest.added", target=row, by=by, at=at)
    return row


@transaction.atomic
def remove(interest: Interest, *, by: User, at: datetime) -> Interest:
    """Take out one's own."""
    if interest.user_id != by.pk:
        raise PermissionDenied(_("Everybody declares for themselves."))
    interest.removed_at = interest.removed_at or at
    interest.save(update_fields=["removed_at"])
    audit.record("interest.removed", target=interest, by=by, at=at)
    return interest
