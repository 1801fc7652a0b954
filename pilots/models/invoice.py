"""Invoices of milestones, and of parts of the contracts that the Office enters."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from govtech.files.models import StoredFile
from govtech.ids import public_id
from pilots.models.direct import ContractPart
from pilots.models.milestone import Milestone


class Invoice(models.Model):
    """The invoice of an accepted milestone or part of a contract. Who accepted that can't record it. Amounts in euros.

    `file` is the electronic invoice (Facturae), where there is one.
    `pay_by_on`: 30 days after acceptance or receipt, whichever is later (LCSP art. 198.4).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, null=True, related_name="invoice")
    part = models.OneToOneField(ContractPart, on_delete=models.PROTECT, null=True, related_name="invoice")
    number = models.CharField(_("invoice number"), max_length=40)
    issued_on = models.DateField(_("date of the invoice"))
    received_on = models.DateField(_("received"))
    base = models.DecimalField(_("taxable base"), max_digits=12, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=12, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    register_number = models.CharField(_("entry in the invoice register"), max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    pay_by_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    payment_recorded_at = models.DateTimeField(null=True)
    payment_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invoice_of_one_thing",
                condition=Q(milestone__isnull=False, part__isnull=True) | Q(milestone__isnull=True, part__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_recorded_by_somebody", condition=Q(recorded_at__isnull=False, recorded_by__isnull=False)
            ),
            models.CheckConstraint(
                name="invoice_adds_up", condition=Q(total=F("base") + F("vat"), base__gt=0, vat__gte=0)
            ),
            models.CheckConstraint(
                name="invoice_payment_recorded_pair",
                condition=Q(payment_recorded_at__isnull=True, payment_recorded_by__isnull=True, paid_on__isnull=True)
                | Q(payment_recorded_at__isnull=False, payment_recorded_by__isnull=False, paid_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"invoice {self.number} (#{self.pk})"

    @property
    def owed(self) -> Milestone | ContractPart:
        """What it invoices: a milestone, or a part of a contract of the Office."""
        return self.milestone or self.part  # type: ignore[return-value] # one of them, by constraint


class RejectedInvoice(models.Model):
    """An invoice that came in and was sent back, with the reason. What it was for may be invoiced again."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="rejected_invoices")
    part = models.ForeignKey(ContractPart, on_delete=models.PROTECT, null=True, related_name="rejected_invoices")
    number = models.CharField(_("invoice number"), max_length=40)
    received_on = models.DateField(_("received"))
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    reason = models.TextField(_("why it is rejected"))
    rejected_at = models.DateTimeField()
    rejected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rejected_of_one_thing",
                condition=Q(milestone__isnull=False, part__isnull=True) | Q(milestone__isnull=True, part__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_rejected_by_somebody",
                condition=Q(rejected_at__isnull=False, rejected_by__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"rejected invoice {self.number} (#{self.pk})"

    @property
    def owed(self) -> Milestone | ContractPart:
        """What it was for."""
        return self.milestone or self.part  # type: ignore[return-value] # one of them, by constraint
