"""What an organisation says of itself besides who it is: companies it is tied to, past work, emerging company."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from startups.models.organisation import Organisation


class Relation(models.TextChoices):
    """How a company is tied to another (Recommendation 2003/361/EC, annex, art. 3)."""

    PARTNER = "partner", _("partner: one holds from 25 % to 50 % of the other")
    LINKED = "linked", _("linked: one controls the other, or holds more than 50 %")


class Holder(models.TextChoices):
    """Who may hold from 25 % to 50 % of a company without being its partner (art. 3.2, second paragraph)."""

    INVESTOR = "investor", _("venture capital, public investor, or business angels with less than 1.25 million in it")
    UNIVERSITY = "university", _("university, or research centre that isn't for profit")
    INSTITUTIONAL = "institutional", _("institutional investor or regional development fund")
    LOCAL = "local", _("local authority with under 5,000 people and under 10 million of budget")


class RelatedCompany(models.Model):
    """A company whose figures count for the size of an organisation: all of a linked one, the share of a partner's.

    Yearly figures, in euros. `share` is in percent. `holder` is empty for a company like any other; what another
    holds as a partner doesn't count, and its figures needn't be known.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="related_companies")
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=7, choices=Relation)
    holder = models.CharField(max_length=13, choices=Holder, blank=True)
    share = models.DecimalField(max_digits=5, decimal_places=2)
    staff = models.PositiveIntegerField(null=True)
    turnover = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    balance = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="related_share_fits",
                condition=Q(relation="partner", share__gte=25, share__lte=50)
                | Q(relation="linked", share__gte=0, share__lte=100),
            ),
            models.CheckConstraint(name="related_amounts_fit", condition=Q(turnover__gte=0, balance__gte=0)),
            models.CheckConstraint(name="related_holder_known", condition=Q(holder__in=["", *Holder.values])),
            models.CheckConstraint(
                name="related_staff_known",
                condition=Q(staff__isnull=False) | (Q(relation="partner") & ~Q(holder="")),
            ),
        ]

    def __str__(self) -> str:
        return f"related company #{self.pk}"


class PastWork(models.Model):
    """Something done before and for whom: a reference that can be checked. Shown with the public profile."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="past_work")
    title = models.CharField(max_length=140)
    client = models.CharField(max_length=140)
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1950), MaxValueValidator(2100)])
    summary = models.CharField(max_length=600, blank=True)
    url = models.URLField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="past_work_year_known", condition=Q(year__gte=1950, year__lte=2100)),
        ]

    def __str__(self) -> str:
        return f"past work #{self.pk}"


class EmergingCompany(models.Model):
    """What an organisation answers on each condition of an *empresa emergente* (Ley 28/2022, arts. 3 and 6).

    None is "not said": nothing is supposed. Age and turnover are taken from the organisation itself. Its group here
    is that of art. 42 of the Código de Comercio, by control: not everybody who counts for its size.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="emerging")
    long_sector = models.BooleanField(null=True)
    is_new = models.BooleanField(null=True)
    keeps_profits = models.BooleanField(null=True)
    is_unlisted = models.BooleanField(null=True)
    is_in_spain = models.BooleanField(null=True)
    staff_in_spain = models.BooleanField(null=True)
    in_control_group = models.BooleanField(null=True)
    group_meets = models.BooleanField(null=True)
    is_innovative = models.BooleanField(null=True)
    certificate = models.CharField(max_length=60, blank=True)
    certified_on = models.DateField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="emerging_saved_by_somebody", condition=Q(saved_at__isnull=False, saved_by__isnull=False)
            ),
            models.CheckConstraint(
                name="emerging_certificate_dated",
                condition=Q(certificate="", certified_on__isnull=True)
                | (~Q(certificate="") & Q(certified_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"emerging company #{self.pk}"
