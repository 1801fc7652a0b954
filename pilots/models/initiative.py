"""Govtech4All initiatives: what the city does in a European grant, with whom, and with what money."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.ids import public_id
from pilots.models.pilot import Pilot


class InitiativeStage(models.TextChoices):
    """Where an initiative stands on a day: what its grant period says."""

    AHEAD = "ahead", _("about to begin")
    RUNNING = "running", _("running")
    OVER = "over", _("over")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return {"ahead": "soon", "running": "open", "over": "closed"}[self.value]


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    """Reads of initiatives."""

    def visible_to(self, user: Any) -> "InitiativeQuerySet":
        """Published ones for everybody; staff see those being written as well."""
        if user.is_authenticated and roles.is_staff_role(user):
            return self
        return self.filter(published_at__isnull=False)


class Initiative(models.Model):
    """A Govtech4All initiative: its grant period, what the city does there, own money and what the EU adds. Euros.

    What is really spent follows from its contributions in the ledger; income from the credit that it generated.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    summary = models.TextField(_("what it does"))
    summary_en = models.TextField(_("what it does, in English"), blank=True)
    grant = models.CharField(_("grant agreement"), max_length=120)
    work_package = models.CharField(_("work package or pilot"), max_length=120)
    city_role = models.TextField(_("what the city does in it"))
    city_role_en = models.TextField(_("what the city does in it, in English"), blank=True)
    starts_on = models.DateField(_("grant begins"))
    ends_on = models.DateField(_("grant ends"))
    own_amount = models.DecimalField(_("own money planned"), max_digits=12, decimal_places=2)
    eu_amount = models.DecimalField(_("EU co-funding planned"), max_digits=12, decimal_places=2)
    website = models.URLField(_("website"), blank=True)
    challenges = models.ManyToManyField(Challenge, related_name="initiatives", blank=True)
    pilots = models.ManyToManyField(Pilot, related_name="initiatives", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="initiative_dates_in_order", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(name="initiative_amounts", condition=Q(own_amount__gte=0, eu_amount__gte=0)),
            models.CheckConstraint(
                name="initiative_created_by_somebody", condition=Q(created_at__isnull=False, created_by__isnull=False)
            ),
            models.CheckConstraint(
                name="initiative_published_pair",
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Address of the public page."""
        return reverse("pilots:initiative", kwargs={"slug": self.slug})

    def stage(self, today: date) -> InitiativeStage:
        """Return where it stands on a day."""
        if today < self.starts_on:
            return InitiativeStage.AHEAD
        return InitiativeStage.OVER if today > self.ends_on else InitiativeStage.RUNNING


class InitiativePartner(models.Model):
    """An organisation of the consortium and its country."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(max_length=160)
    country = models.CharField(max_length=2)
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_partner_of_a_name", fields=["initiative", "name"])]

    def __str__(self) -> str:
        return f"{self.name} (#{self.pk})"


class InitiativeDeliverable(models.Model):
    """What the city hands in to the consortium, when it is due and when it was handed in."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="deliverables")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    delivered_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="deliverable_numbered", fields=["initiative", "number"])]

    def __str__(self) -> str:
        return f"{self.number}. {self.title} (#{self.pk})"
