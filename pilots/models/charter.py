"""What is agreed before a pilot starts, and its contract as the city's own systems know it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from govtech.reference.models import District
from pilots.models.pilot import Pilot

PARTIES = ("department", "company", "it", "legal")
# What the signatures are for, beside the hypothesis and the districts.
SIGNED = (
    "scope", "users", "place", "data", "has_personal_data", "data_protection", "department_person",
    "department_hours", "company_person", "company_hours", "it_person", "it_hours", "legal_person", "legal_hours",
    "risks", "exit_plan",
)  # fmt: skip


def _person(label: Any) -> models.CharField:
    return models.CharField(label, max_length=160, blank=True)


def _hours(label: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=4, decimal_places=1, null=True, blank=True)


class Charter(models.Model):
    """The charter of a pilot, beside its hypothesis. Both parties sign one `version`; a change takes it to the next.

    From the start on it stays as it was signed: the database refuses another text, and a start without both signatures.
    """

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="charter")
    version = models.PositiveIntegerField(default=1, editable=False)
    scope = models.TextField(_("scope"), blank=True)
    users = models.TextField(_("who uses it"), blank=True)
    districts = models.ManyToManyField(District, related_name="+", blank=True, verbose_name=_("districts"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    data = models.TextField(_("data that it uses"), blank=True)
    has_personal_data = models.BooleanField(_("it uses personal data"), default=False)
    data_protection = models.TextField(_("how the data is protected"), blank=True)
    department_person = _person(_("department: who"))
    department_hours = _hours(_("department: hours a week"))
    company_person = _person(_("company: who"))
    company_hours = _hours(_("company: hours a week"))
    it_person = _person(_("IT: who"))
    it_hours = _hours(_("IT: hours a week"))
    legal_person = _person(_("legal: who"))
    legal_hours = _hours(_("legal: hours a week"))
    risks = models.TextField(_("risks, and what is done about each"), blank=True)
    exit_plan = models.TextField(_("exit plan"), blank=True)
    department_signed_at = models.DateTimeField(null=True, editable=False)
    department_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    company_signed_at = models.DateTimeField(null=True, editable=False)
    company_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="charter_department_signed_pair",
                condition=Q(department_signed_at__isnull=True, department_signed_by__isnull=True)
                | Q(department_signed_at__isnull=False, department_signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="charter_company_signed_pair",
                condition=Q(company_signed_at__isnull=True, company_signed_by__isnull=True)
                | Q(company_signed_at__isnull=False, company_signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="charter_signed_by_two_people",
                condition=Q(department_signed_by__isnull=True)
                | Q(company_signed_by__isnull=True)
                | ~Q(department_signed_by=F("company_signed_by")),
            ),
            models.CheckConstraint(
                name="charter_hours_of_a_week",
                condition=Q(
                    *[
                        Q(**{f"{party}_hours__isnull": True})
                        | Q(**{f"{party}_hours__gte": 0, f"{party}_hours__lte": 168})
                        for party in PARTIES
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"charter of pilot #{self.pilot_id}"

    @property
    def is_signed(self) -> bool:
        """Say whether both parties have signed it as it stands."""
        return self.department_signed_at is not None and self.company_signed_at is not None


class ContractRecord(models.Model):
    """The contract of a pilot in the city's own systems: its reference, its dates, who answers for it, its numbers."""

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="contract_record")
    reference = models.CharField(_("reference of the contract"), max_length=60)
    formalised_on = models.DateField(_("formalised"))
    starts_on = models.DateField(_("in force from"))
    ends_on = models.DateField(_("in force until"))
    responsible = models.CharField(_("who answers for the contract"), max_length=160)
    responsible_post = models.CharField(_("post"), max_length=160)
    file_number = models.CharField(_("procurement file"), max_length=60, blank=True)
    accounting_document = models.CharField(_("accounting document of the commitment"), max_length=60, blank=True)
    register_number = models.CharField(_("contracts register"), max_length=60, blank=True)
    other_numbers = models.TextField(_("other documents"), blank=True)
    recorded_at = models.DateTimeField(editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contract_dates_in_order",
                condition=Q(ends_on__gt=F("starts_on"), starts_on__gte=F("formalised_on")),
            ),
            models.CheckConstraint(name="contract_has_reference", condition=~Q(reference="") & ~Q(responsible="")),
            models.CheckConstraint(
                name="contract_recorded_by_somebody", condition=Q(recorded_at__isnull=False, recorded_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reference
