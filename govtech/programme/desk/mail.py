"""What the notices below the shell put on the Office's desk."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from govtech.accounts import roles
from govtech.notifications.models import OutgoingEmail
from govtech.shell.registry import DeskItem

RECENT = timedelta(days=14)


def undelivered(user: Any, *, at: datetime) -> Iterable[DeskItem]:
    """Tell officers that notices of the last days didn't get through: one item for all, one query."""
    if not roles.is_officer(user):
        return []
    count = OutgoingEmail.objects.filter(gave_up_at__gt=at - RECENT, notices__isnull=False).distinct().count()
    if not count:
        return []
    return [
        DeskItem(
            due_at=None,
            title=ngettext("%(n)d mail was not delivered", "%(n)d mails were not delivered", count) % {"n": count},
            detail=_("The portal tried for hours. Check the address, or try again."),
            url=reverse("notifications:sent") + "?state=given-up",
            action_label=_("See them"),
        )
    ]
