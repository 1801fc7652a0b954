"""What a panel that judges without names doesn't read of a proposal."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from startups.models.proposal import Proposal


class Redaction(models.Model):
    """What the secretary hides of a proposal, and which of its files the panel gets. No row: the panel gets nothing.

    `passages` are hidden wherever they stand, besides what the portal always hides (`calculations.redaction`);
    `hidden` are keys of whole sections; `files` the attachments without a name in them. `released_at`: the panel reads.

    `shown` are the keys of what was there when it was let out: what comes later waits until it is let out, too.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="redaction")
    passages = models.JSONField(default=list)
    hidden = ArrayField(models.CharField(max_length=20), default=list)
    files = ArrayField(models.CharField(max_length=12), default=list)
    shown = ArrayField(models.CharField(max_length=20), default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="redaction_released_by_somebody",
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"redaction #{self.pk}"
