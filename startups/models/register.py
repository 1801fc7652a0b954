"""What stands around the receipts: published heads of their chain, and entries in the official register."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from startups.models.submission import Receipt


class PublishedHead(models.Model):
    """The head of the chain of receipts at the end of a day, as it was published. Append-only.

    Covers every receipt given before `until` (midnight in the city's zone): the database refuses a receipt with an
    earlier time afterwards. `published_at` is when it was written; days that were missed are published late.
    """

    day = models.DateField(unique=True)
    until = models.DateTimeField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="head_after_its_day", condition=Q(published_at__gte=F("until"))),
            models.CheckConstraint(name="head_hash_is_sha256", condition=Q(hash__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"head of {self.day}"


class ExternalEntry(models.Model):
    """The number of the entry that a receipt has in the city's official register. Append-only; the last one counts.

    `by_office`: stated by the Office. Else the organisation says so, and nobody has looked.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="external_entries")
    number = models.CharField(max_length=40)
    by_office = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="external_entry_by_somebody", condition=Q(recorded_at__isnull=False, recorded_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"entry of receipt #{self.receipt_id}"
