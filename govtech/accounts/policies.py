"""Who may name people."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles


def check_can_manage_delegates(*, by: Any, at: datetime) -> None:
    """Officers appoint digital delegates and end their appointments."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office appoints digital delegates."))


def check_can_name_substitute(*, by: Any, at: datetime) -> None:
    """A director names their own substitute. A substitute can't name another."""
    if not roles.is_named_director(by):
        raise PermissionDenied(_("Only a director names who approves in their place."))


def check_can_see_retention(*, by: Any) -> None:
    """Officers, directors and auditors see what the schedule is to destroy."""
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the Office sees the retention list."))


def check_can_hold(*, by: Any) -> None:
    """Officers hold and release."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office holds what the schedule is to destroy."))
