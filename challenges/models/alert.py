"""What all alerts share: whose, how often by mail, and what they found last."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models.challenge import Challenge
from govtech.ids import public_id


class Frequency(models.TextChoices):
    """How often an alert writes. Whatever it is, what it finds is in the inbox at once."""

    AT_ONCE = "at_once", pgettext_lazy("frequency", "At once")
    DAILY = "daily", pgettext_lazy("frequency", "Once a day")
    WEEKLY = "weekly", pgettext_lazy("frequency", "Once a week")
    INBOX = "inbox", pgettext_lazy("frequency", "Only in the portal")


class AlertQuerySet(models.QuerySet[Any]):
    """Reads of alerts."""

    def visible_to(self, user: Any) -> "AlertQuerySet":
        """A person's own, nobody else's."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Alert(models.Model):
    """A wish to hear of something, `since` an instant: what was news before isn't told.

    `with_changes`: also of corrections, more time and the end of what it found. Mail stopped from the mail itself
    remembers how often it came (`mail_before`), so that it can be undone.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    frequency = models.CharField(_("by e-mail"), max_length=8, choices=Frequency, default=Frequency.AT_ONCE)
    with_changes = models.BooleanField(_("also corrections, longer deadlines and endings"), default=True)
    since = models.DateTimeField()
    silenced_at = models.DateTimeField(null=True)
    mail_before = models.CharField(max_length=8, blank=True)
    last_challenge = models.ForeignKey(Challenge, on_delete=models.SET_NULL, null=True, related_name="+")
    last_found_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    SORT = ""  # before the public id in the key of a source of notices

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_frequency_known", condition=Q(frequency__in=Frequency.values)),
            models.CheckConstraint(
                name="%(class)s_silenced_whole",
                condition=Q(silenced_at=None, mail_before="")
                | (Q(silenced_at__isnull=False, frequency="inbox") & ~Q(mail_before="")),
            ),
        ]

    @property
    def key(self) -> str:
        """The key under which notices say that they come of it."""
        return f"{self.SORT}:{self.public_id}"
