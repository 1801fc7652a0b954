"""Corrections and notices on a published challenge: numbered, kept with the old text."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from challenges.models.challenge import Challenge
from govtech.files.models import StoredFile


class CorrectionKind(models.TextChoices):
    """What changed."""

    TEXT = "text", _("correction")
    CRITERIA = "criteria", _("correction of the criteria")
    AMOUNT = "amount", _("correction of the amount")
    DOCUMENT = "document", _("correction of a document")
    DEADLINE = "deadline", _("longer deadline")
    INCIDENT = "incident", _("longer deadline after a technical incident")
    END = "end", _("end of the call")


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Reads of corrections."""

    def visible_to(self, user: Any) -> "CorrectionQuerySet":
        """Corrections of challenges the user may see."""
        return self.filter(challenge__in=Challenge.objects.visible_to(user))


class Correction(models.Model):
    """A published change: what was said before, what is said now, why. Never changed or removed.

    LCSP art. 136.2: a significant change extends the deadline in proportion. `field` is a column of the challenge, or
    "criterion:<key>:<column>", or "document:<key>"; `old_file` and `new_file` are the documents before and after.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=CorrectionKind)
    field = models.CharField(max_length=40, blank=True)
    old_text = models.TextField(blank=True)
    new_text = models.TextField(blank=True)
    old_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    new_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="correction_numbered", fields=["challenge", "number"]),
            models.CheckConstraint(name="correction_kind_known", condition=Q(kind__in=CorrectionKind.values)),
            models.CheckConstraint(
                name="correction_published_by_somebody",
                condition=Q(published_at__isnull=False, published_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.number} of #{self.challenge_id}"
