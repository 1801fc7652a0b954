"""Who shows a draft to people without an account."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.errors import TransitionError

SHOWN = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)


def check_can_share(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The department and the Office make links to what isn't approved yet."""
    check_can_revoke(challenge, by=by, at=at)
    if challenge.status not in SHOWN:
        raise TransitionError(_("A preview is of what is being prepared. Share the page of the call instead."))


def check_can_revoke(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The department and the Office revoke links, whoever made them."""
    if not (roles.is_delegate(by, challenge.department_id) or roles.is_officer(by)):
        raise PermissionDenied(_("Only the department and the Digital Office share previews."))
