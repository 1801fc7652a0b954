"""Who reads the audit."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles


def may_read(user: Any) -> bool:
    """Say whether `user` reads the audit: internal control and directors."""
    return roles.is_auditor(user) or roles.is_director(user)


def check_can_read(*, by: Any, at: datetime) -> None:
    """Auditors and directors read and verify; nobody else."""
    if not may_read(by):
        raise PermissionDenied(_("Only internal control and the directors read the audit."))
