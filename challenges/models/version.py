"""What a draft said before: its versions, cut now and then and never changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from challenges.calculations.step import ROWS, STEPS, TERMS
from challenges.models.challenge import Challenge

CRITERION = (
    "kind", "name", "name_en", "guidance", "guidance_en", "anchors", "anchors_en", "weight_percent", "threshold_points",
)  # fmt: skip
COLUMNS = (*(name for names in STEPS.values() for name in names if name not in ROWS), *TERMS)


class VersionCause(models.TextChoices):
    """Why a version was cut."""

    WORK = "work", _("another day or another author")
    SENT = "sent", _("sent to the Digital Office")
    RETURNED = "returned", _("returned by the Digital Office")


class ChallengeVersion(models.Model):
    """All that a draft said at an instant, by column (see `content_of`). The database refuses to change it.

    `made_by` wrote last before it was cut, or sent or returned it; `made_at` is when.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=10, choices=VersionCause)
    content = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="version_in_order", fields=["challenge", "number"]),
            models.CheckConstraint(name="version_cause_known", condition=Q(cause__in=VersionCause.values)),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of #{self.challenge_id}"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | date | datetime | models.Model):
        return value.isoformat() if isinstance(value, date | datetime) else str(value)
    return value


def content_of(challenge: Challenge) -> dict[str, Any]:
    """Return all that a draft says now, as JSON holds it. Reads criteria, districts and documents.

    Amounts are texts of net euros, instants ISO 8601 in UTC, areas and districts their names.
    """
    content = {name: _plain(getattr(challenge, name)) for name in COLUMNS}
    content["districts"] = [str(district) for district in challenge.districts.order_by("number")]
    content["criteria"] = [
        {name: _plain(value) for name, value in row.items()}
        for row in challenge.criteria.order_by("position").values(*CRITERION)
    ]
    content["documents"] = list(challenge.documents.order_by("pk").values_list("title", flat=True))
    return content
