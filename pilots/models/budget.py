"""Budget years, their lines, and what changes the credit of a line."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.audit.models import PreparedDecision


class YearStatus(models.TextChoices):
    """Where a budget year stands."""

    PROVISIONAL = "provisional", _("provisional")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class LineKind(models.TextChoices):
    """The three purposes of the envelope, and any the Office adds."""

    CHALLENGE_CONTRACTS = "challenge_contracts", _("challenge contracts")
    TECHNICAL_ASSISTANCE = "technical_assistance", _("technical assistance")
    GOVTECH4ALL = "govtech4all", _("Govtech4All initiatives")
    OTHER = "other", _("other")


class BudgetYearQuerySet(models.QuerySet["BudgetYear"]):
    """Reads of years."""

    def public(self) -> "BudgetYearQuerySet":
        """Years whose budget is approved: open or closed."""
        return self.exclude(status=YearStatus.PROVISIONAL)

    def visible_to(self, user: Any) -> "BudgetYearQuerySet":
        """Every year `user` may know of: open and closed ones for everybody, those in preparation for staff."""
        return self if user.is_authenticated and roles.is_staff_role(user) else self.public()

    def with_sums(self) -> "BudgetYearQuerySet":
        """Annotate the sums of the lines' `credit_sum`, `rc_sum`, `a_sum`, `d_sum`, `o_sum`, `p_sum`, in euros."""
        zero = Value(0, output_field=models.DecimalField(max_digits=14, decimal_places=2))
        names = ("credit", "rc", "a", "d", "o", "p")
        return self.annotate(**{f"{name}_sum": Coalesce(Sum(f"lines__{name}"), zero) for name in names})


class BudgetYear(models.Model):
    """A year of the programme's envelope, in euros, VAT included.

    While provisional the credits of its lines add up to at most the envelope; once open to exactly the envelope plus
    generated and carried-over credit. After closing only payments of recognised obligations are entered.
    """

    year = models.PositiveSmallIntegerField(unique=True)
    envelope = models.DecimalField(max_digits=12, decimal_places=2)
    status = models.CharField(max_length=11, choices=YearStatus, default=YearStatus.PROVISIONAL)
    is_split_illustrative = models.BooleanField(_("the split by line is illustrative"), default=False)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    accounting_office = models.CharField(_("accounting office (DIR3)"), max_length=12, blank=True)
    managing_body = models.CharField(_("managing body (DIR3)"), max_length=12, blank=True)
    processing_unit = models.CharField(_("processing unit (DIR3)"), max_length=12, blank=True)

    objects = BudgetYearQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="year_status_known", condition=Q(status__in=YearStatus.values)),
            models.CheckConstraint(name="year_envelope_positive", condition=Q(envelope__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.year)


class BudgetLine(models.Model):
    """A line of one year. Amounts in euros, VAT included; carried by the ledger's trigger, bound by CHECK.

    `0 <= p <= o <= d <= a` and `rc + a + not_available <= credit`, where `rc` is what A has not consumed.
    """

    budget_year = models.ForeignKey(BudgetYear, on_delete=models.PROTECT, related_name="lines")
    code = models.CharField(max_length=12)
    application = models.CharField(_("budget application"), max_length=40, blank=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20, choices=LineKind)
    credit = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    not_available = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    rc = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    a = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    d = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    o = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    p = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_line_of_a_code", fields=["budget_year", "code"]),
            models.CheckConstraint(name="line_kind_known", condition=Q(kind__in=LineKind.values)),
            models.CheckConstraint(
                name="line_phases_in_order",
                condition=Q(p__gte=0, p__lte=F("o"), o__lte=F("d"), d__lte=F("a"), rc__gte=0, not_available__gte=0),
            ),
            models.CheckConstraint(
                name="line_within_credit", condition=Q(credit__gte=F("rc") + F("a") + F("not_available"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name} (#{self.pk})"

    @property
    def available(self) -> Any:
        """Euros, VAT included, that nothing has claimed."""
        return self.credit - self.not_available - self.rc - self.a


class CreditKind(models.TextChoices):
    """What changes a credit (RD 500/1990 art. 34)."""

    INITIAL = "initial", _("initial credit")
    TRANSFER = "transfer", _("transfer")
    GENERATED = "generated", _("generated by income")
    CARRIED_OVER = "carried_over", _("carried over")
    NOT_AVAILABLE = "not_available", _("declared not available")


class CreditMovement(models.Model):
    """A change of a line's credit, signed, in euros. Append-only; transfers sum to zero within their decision."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="credit_movements")
    kind = models.CharField(max_length=13, choices=CreditKind)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    document_no = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    decision = models.ForeignKey(PreparedDecision, on_delete=models.PROTECT, null=True, related_name="+")
    initiative = models.ForeignKey(
        "pilots.Initiative", on_delete=models.PROTECT, null=True, related_name="credit_movements"
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_kind_known", condition=Q(kind__in=CreditKind.values)),
            models.CheckConstraint(name="credit_amount_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="credit_income_of_an_initiative", condition=Q(initiative__isnull=True) | Q(kind="generated")
            ),
            models.CheckConstraint(
                name="credit_made_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} (#{self.pk})"
