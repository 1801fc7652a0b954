"""Milestones of a pilot: what is delivered, when, for how much."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.files.models import StoredFile
from govtech.ids import public_id
from pilots.models.pilot import Pilot


class MilestoneStatus(models.TextChoices):
    """Where a milestone stands. Invoiced and paid follow from the ledger."""

    PENDING = "pending", _("pending")
    DELIVERED = "delivered", _("delivered, under review")
    RETURNED = "returned", _("returned")
    ACCEPTED = "accepted", _("accepted")
    CANCELLED = "cancelled", _("cancelled")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return TONES[self]


class Standing(models.TextChoices):
    """What a milestone's row says: its status, its money and the calendar in one word."""

    PENDING = "pending", pgettext_lazy("milestone", "Pending")
    LATE = "late", pgettext_lazy("milestone", "Late")
    DELIVERED = "delivered", pgettext_lazy("milestone", "Under review")
    RETURNED = "returned", pgettext_lazy("milestone", "Returned")
    ACCEPTED = "accepted", pgettext_lazy("milestone", "Accepted")
    INVOICED = "invoiced", pgettext_lazy("milestone", "Invoiced")
    PAID = "paid", pgettext_lazy("milestone", "Paid")
    CANCELLED = "cancelled", pgettext_lazy("milestone", "Cancelled")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return STANDING_TONES[self]


STANDING_TONES = {
    Standing.PENDING: "plain",
    Standing.LATE: "danger",
    Standing.DELIVERED: "soon",
    Standing.RETURNED: "danger",
    Standing.ACCEPTED: "open",
    Standing.INVOICED: "open",
    Standing.PAID: "open",
    Standing.CANCELLED: "plain",
}

TONES = {
    MilestoneStatus.PENDING: "plain",
    MilestoneStatus.DELIVERED: "soon",
    MilestoneStatus.RETURNED: "danger",
    MilestoneStatus.ACCEPTED: "open",
    MilestoneStatus.CANCELLED: "plain",
}

TRANSITIONS: dict[MilestoneStatus, set[MilestoneStatus]] = {
    MilestoneStatus.PENDING: {MilestoneStatus.DELIVERED, MilestoneStatus.CANCELLED},
    MilestoneStatus.DELIVERED: {MilestoneStatus.ACCEPTED, MilestoneStatus.RETURNED, MilestoneStatus.CANCELLED},
    MilestoneStatus.RETURNED: {MilestoneStatus.DELIVERED, MilestoneStatus.CANCELLED},
    MilestoneStatus.ACCEPTED: set(),
    MilestoneStatus.CANCELLED: set(),
}


class Milestone(models.Model):
    """A part of a pilot that is delivered, accepted, invoiced and paid on its own. Amounts in euros.

    VAT is rounded HALF_UP and the last milestone takes the cents, so net and gross both add up to the contract.
    `o` and `p` are kept by the ledger's trigger.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="milestones")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=160)
    deliverables = models.TextField(_("what is delivered"))
    acceptance_criteria = models.TextField(_("accepted when"), blank=True)
    due_on = models.DateField(_("due"))
    amount_net = models.DecimalField(_("amount without VAT"), max_digits=12, decimal_places=2)
    amount_gross = models.DecimalField(_("amount with VAT"), max_digits=12, decimal_places=2)
    status = models.CharField(max_length=9, choices=MilestoneStatus, default=MilestoneStatus.PENDING, editable=False)
    o = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    p = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    delivery_note = models.TextField(blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_reason = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="milestone_numbered", fields=["pilot", "number"]),
            models.CheckConstraint(name="milestone_status_known", condition=Q(status__in=MilestoneStatus.values)),
            models.CheckConstraint(
                name="milestone_amounts_in_order",
                condition=Q(amount_net__gt=0, amount_gross__gte=F("amount_net"), p__gte=0, p__lte=F("o"))
                & Q(o__lte=F("amount_gross")),
            ),
            models.CheckConstraint(
                name="milestone_obligation_after_acceptance", condition=Q(o=0) | Q(accepted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="milestone_delivered_pair",
                condition=Q(delivered_at__isnull=True, delivered_by__isnull=True)
                | Q(delivered_at__isnull=False, delivered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="milestone_returned_pair",
                condition=Q(returned_at__isnull=True, returned_by__isnull=True)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
            ),
            models.CheckConstraint(
                name="milestone_accepted_pair",
                condition=(Q(accepted_at__isnull=True, accepted_by__isnull=True) & ~Q(status="accepted"))
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, status="accepted"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (#{self.pk})"

    @property
    def vat(self) -> Decimal:
        """VAT in euros: gross less net."""
        return self.amount_gross - self.amount_net

    def is_late(self, today: date) -> bool:
        """Say whether it was due before `today` and isn't delivered."""
        return self.status in (MilestoneStatus.PENDING, MilestoneStatus.RETURNED) and self.due_on < today

    def standing(self, today: date) -> Standing:
        """Return what its row says on the day `today`."""
        if self.status == MilestoneStatus.ACCEPTED and self.o:
            return Standing.PAID if self.p >= self.amount_gross else Standing.INVOICED
        if self.status == MilestoneStatus.PENDING and self.is_late(today):
            return Standing.LATE
        return Standing(self.status)


class Deliverable(models.Model):
    """A file the company delivers for a milestone."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deliverable_added_by_somebody", condition=Q(added_at__isnull=False, added_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"deliverable {self.public_id}"
