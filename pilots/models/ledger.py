"""Expenditures, commitments and the ledger: every euro from reservation to payment."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.ids import public_id
from pilots.models.award import Award
from pilots.models.budget import BudgetLine
from startups.models import Organisation
from startups.models.proposal import VatRegime


class ExpenditureKind(models.TextChoices):
    """What the money is spent on."""

    CHALLENGE = "challenge", _("challenge contracts")
    TECHNICAL_ASSISTANCE = "technical_assistance", _("technical assistance")
    GOVTECH4ALL = "govtech4all", _("Govtech4All contribution")


UNSIGNED = ("waiting", "returned", "dropped")  # contracts of the Office that nobody else has signed


class ExpenditureQuerySet(models.QuerySet["Expenditure"]):
    """Reads of spending files."""

    def public(self) -> "ExpenditureQuerySet":
        """Files anyone may read: nothing of a challenge that isn't public, nor of a contract not signed yet."""
        return self.filter(Q(challenge__isnull=True) | Q(challenge__in=Challenge.objects.public())).exclude(
            commitments__direct_contract__status__in=UNSIGNED
        )


class Expenditure(models.Model):
    """A spending file: one for each challenge, technical-assistance contract or Govtech4All contribution."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=20, choices=ExpenditureKind)
    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, null=True, related_name="expenditure")
    title = models.CharField(max_length=160)
    case_file = models.CharField(max_length=60, blank=True)
    rc_certificate = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ExpenditureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="expenditure_kind_known", condition=Q(kind__in=ExpenditureKind.values)),
            models.CheckConstraint(
                name="expenditure_of_a_challenge",
                condition=Q(kind="challenge", challenge__isnull=False)
                | (~Q(kind="challenge") & Q(challenge__isnull=True)),
            ),
            models.CheckConstraint(
                name="expenditure_created_by_somebody", condition=Q(created_at__isnull=False, created_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (#{self.pk})"


class ExpenditureLine(models.Model):
    """What an expenditure has on a line of a year: its annuity. Kept by the ledger's trigger alone."""

    expenditure = models.ForeignKey(Expenditure, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="expenditure_lines")
    rc = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    a = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    d = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    o = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    p = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_annuity", fields=["expenditure", "line"]),
            models.CheckConstraint(
                name="annuity_phases_in_order",
                condition=Q(p__gte=0, p__lte=F("o"), o__lte=F("d"), d__lte=F("a"), rc__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"annuity #{self.pk}"


class Commitment(models.Model):
    """Money promised to a supplier: one for each award or contract. Net, VAT and gross in euros.

    A minor contract is under the limit, net (LCSP art. 118.1): the database refuses one at or over it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    expenditure = models.ForeignKey(Expenditure, on_delete=models.PROTECT, related_name="commitments")
    award = models.OneToOneField(Award, on_delete=models.PROTECT, null=True, related_name="commitment")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    supplier_name = models.CharField(max_length=160, blank=True)
    supplier_tax_id = models.CharField(max_length=20, blank=True)
    amount_net = models.DecimalField(max_digits=12, decimal_places=2)
    vat_regime = models.CharField(max_length=14, choices=VatRegime, default=VatRegime.GENERAL)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    amount_gross = models.DecimalField(max_digits=12, decimal_places=2)
    d = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    o = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    p = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commitment_phases_in_order",
                condition=Q(p__gte=0, p__lte=F("o"), o__lte=F("d"), d__lte=F("amount_gross")),
            ),
            models.CheckConstraint(
                name="commitment_has_a_supplier", condition=Q(supplier__isnull=False) | ~Q(supplier_name="")
            ),
            models.CheckConstraint(
                name="commitment_amounts_positive",
                condition=Q(amount_net__gt=0, amount_gross__gte=F("amount_net"), vat_rate__gte=0),
            ),
            models.CheckConstraint(
                name="commitment_created_by_somebody", condition=Q(created_at__isnull=False, created_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"commitment {self.public_id}"


class CommitmentLine(models.Model):
    """What a commitment has on a line of a year. Kept by the ledger's trigger alone."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="+")
    d = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    o = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    p = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_line_of_a_commitment", fields=["commitment", "line"]),
            models.CheckConstraint(
                name="commitment_line_in_order", condition=Q(p__gte=0, p__lte=F("o"), o__lte=F("d"))
            ),
        ]

    def __str__(self) -> str:
        return f"commitment line #{self.pk}"


class LedgerPhase(models.TextChoices):
    """Phases of spending (RD 500/1990 arts. 31, 54, 56, 58, 61)."""

    RC = "RC", _("retention of credit")
    A = "A", _("authorisation")
    D = "D", _("commitment")
    O = "O", _("recognised obligation")  # noqa: E741 - the law's letter
    P = "P", _("payment")


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    """Reads of entries."""

    def public(self) -> "LedgerEntryQuerySet":
        """Entries anyone may read: nothing of a challenge that isn't public, nor of a contract not signed yet."""
        return self.filter(
            Q(expenditure__challenge__isnull=True) | Q(expenditure__challenge__in=Challenge.objects.public())
        ).exclude(expenditure__commitments__direct_contract__status__in=UNSIGNED)


class LedgerEntry(models.Model):
    """One signed movement of one phase on one line, in euros, VAT included. Append-only and chained.

    A mistake is corrected by an entry with the opposite sign that names it in `reverses`. D, O and P name their
    commitment; O and P of a pilot their milestone, of a contract of the Office its part. The trigger carries the sums
    and the CHECKs bind them.
    """

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="entries")
    expenditure = models.ForeignKey(Expenditure, on_delete=models.PROTECT, related_name="entries")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, related_name="entries")
    milestone = models.ForeignKey("pilots.Milestone", on_delete=models.PROTECT, null=True, related_name="entries")
    part = models.ForeignKey("pilots.ContractPart", on_delete=models.PROTECT, null=True, related_name="entries")
    phase = models.CharField(max_length=2, choices=LedgerPhase)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    document_no = models.CharField(max_length=40, blank=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.TextField(blank=True)
    ordered_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="entry_phase_known", condition=Q(phase__in=LedgerPhase.values)),
            models.CheckConstraint(name="entry_amount_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="entry_names_its_commitment",
                condition=Q(phase__in=["RC", "A"], commitment__isnull=True, milestone__isnull=True)
                | Q(phase__in=["D", "O", "P"], commitment__isnull=False),
            ),
            models.CheckConstraint(
                name="entry_of_a_part",
                condition=Q(part__isnull=True) | Q(phase__in=["O", "P"], milestone__isnull=True),
            ),
            models.CheckConstraint(
                name="entry_made_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["line", "made_at", "id"], name="entry_line_when")]

    def __str__(self) -> str:
        return f"{self.phase} {self.amount} (#{self.pk})"
