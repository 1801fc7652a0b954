"""Who writes and publishes the Govtech4All initiatives."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import DomainError, TransitionError
from pilots.models import Initiative


def check_can_write(*, by: Any, at: datetime) -> None:
    """Officers and directors write initiatives."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Digital Office writes the initiatives."))


def check_can_publish(initiative: Initiative, *, by: Any, at: datetime) -> None:
    """Officers and directors publish once what has its partners."""
    check_can_write(by=by, at=at)
    if initiative.published_at is not None:
        raise TransitionError(_("This initiative is published already."))
    if not initiative.partners.exists():
        raise DomainError(_("Write its partners and their countries first."))
