"""Who adds to a receipt the number of its entry in the official register."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import DomainError
from startups.models import OrganisationRole, Receipt
from startups.policies import organisation as organisations

LONGEST = 40  # characters


def check_can_record_entry(receipt: Receipt, *, by: Any, at: datetime) -> None:
    """An owner of its organisation at any time; an officer once the proposal is open. The caller checked the sight."""
    proposal = receipt.submission.proposal
    is_owner = organisations.role_in(proposal.organisation, by) == OrganisationRole.OWNER
    if not is_owner and not (proposal.opened_at is not None and roles.is_officer(by)):
        raise PermissionDenied(_("An owner of the organisation or, after the opening, the Office writes this number."))
    if settings.REGISTER_EFFECT:
        raise DomainError(_("This receipt is itself an entry of the official register: it needs no other number."))


def speaks_for_office(receipt: Receipt, *, by: Any) -> bool:
    """Say whether the person states it for the Office, and not for the organisation they belong to."""
    return roles.is_officer(by) and not organisations.role_in(receipt.submission.proposal.organisation, by)


def check_number(number: str) -> None:
    """A number of an entry has a digit and fits."""
    if not any(letter.isdigit() for letter in number) or len(number) > LONGEST:
        raise DomainError(
            _("Write the number as it stands in the official register's receipt, %(n)s characters at most.")
            % {"n": LONGEST},
            field="number",
        )
