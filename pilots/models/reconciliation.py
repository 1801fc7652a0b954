"""The corporate ledger's movements as they were imported, and what is said of those that differ from ours."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from govtech.ids import public_id
from pilots.models.budget import BudgetYear
from pilots.models.ledger import LedgerEntry, LedgerPhase


class CorporateMovement(models.Model):
    """A movement of the corporate ledger, as its file had it. Signed euros, VAT included. Written once but for `entry`.

    `entry` is the movement of ours that it matches: same document, amount and date. None: a difference.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    year = models.ForeignKey(BudgetYear, on_delete=models.PROTECT, related_name="corporate_movements")
    document_no = models.CharField(max_length=40)
    phase = models.CharField(max_length=2, choices=LedgerPhase)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    booked_on = models.DateField()
    line_code = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=200, blank=True)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, null=True, related_name="corporate")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="corporate_phase_known", condition=Q(phase__in=LedgerPhase.values)),
            models.CheckConstraint(
                name="corporate_imported_by_somebody",
                condition=Q(imported_at__isnull=False, imported_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["year", "booked_on"], name="corporate_when")]

    def __str__(self) -> str:
        return f"{self.phase} {self.amount} {self.document_no} (#{self.pk})"


class DifferenceNote(models.Model):
    """What is said of a difference: who looks into it until when, and in the end why it is. One for each side.

    Explained, it leaves the list; it stays in the record.
    """

    movement = models.OneToOneField(CorporateMovement, on_delete=models.PROTECT, null=True, related_name="note")
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, null=True, related_name="note")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    explanation = models.TextField(blank=True)
    explained_at = models.DateTimeField(null=True)
    explained_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="note_of_one_side",
                condition=Q(movement__isnull=False, entry__isnull=True) | Q(movement__isnull=True, entry__isnull=False),
            ),
            models.CheckConstraint(
                name="note_explained_whole",
                condition=Q(explained_at__isnull=True, explained_by__isnull=True, explanation="")
                | (Q(explained_at__isnull=False, explained_by__isnull=False) & ~Q(explanation="")),
            ),
        ]

    def __str__(self) -> str:
        return f"note #{self.pk}"
