"""Who may name people."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import DomainError


def check_can_manage_delegates(*, by: Any, at: datetime) -> None:
    """Officers appoint digital delegates and end their appointments."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office appoints digital delegates."))


def check_can_name_substitute(*, by: Any, at: datetime) -> None:
    """A director names their own substitute. A substitute can't name another."""
    if not roles.is_named_director(by):
        raise PermissionDenied(_("Only a director names who approves in their place."))


def check_can_substitute(person: Any) -> None:
    """Who approves for the city is of the Digital Office: an officer or another director."""
    if not (roles.is_officer(person) or roles.is_named_director(person)):
        raise DomainError(
            _("Only somebody of the Digital Office, an officer or another director, can approve in your place."),
            field="substitute",
        )


def check_can_see_retention(*, by: Any) -> None:
    """Officers, directors and auditors see what the schedule is to destroy."""
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the Office sees the retention list."))


def check_can_hold(*, by: Any) -> None:
    """Officers hold and release."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office holds what the schedule is to destroy."))
