"""Who reconciles with the corporate ledger."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles


def check_can_import(*, by: Any, at: datetime) -> None:
    """Officers and directors import its movements and explain what differs."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Digital Office reconciles the budget."))
