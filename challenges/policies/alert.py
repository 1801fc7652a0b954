"""Who may do what with alerts."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Alert, SavedSearch
from govtech.accounts.models import User
from govtech.errors import DomainError

MOST = 20  # saved searches a person


def check_can_change(alert: Alert, *, by: User, at: datetime) -> None:
    """Only whose it is."""
    if alert.user_id != by.pk:
        raise PermissionDenied(_("This alert is somebody else's."))


def check_can_save_another(*, by: User, at: datetime) -> None:
    """A person has at most `MOST` saved searches."""
    if SavedSearch.objects.filter(user=by).count() >= MOST:
        raise DomainError(
            _("You have %(most)s alerts, the most one can have. Take one away or change one of them.") % {"most": MOST}
        )
