"""Who may look at what was sent."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles


def check_can_see_sent(*, by: Any, at: datetime) -> None:
    """Officers see what was sent, and try again what wasn't."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office sees the notices that were sent."))
