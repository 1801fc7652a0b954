"""Indicators: whether a pilot works, in numbers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from govtech.files.models import StoredFile
from govtech.ids import public_id
from pilots.models.pilot import Pilot


class Direction(models.TextChoices):
    """Which way is better."""

    UP = "up", _("higher is better")
    DOWN = "down", _("lower is better")


class Indicator(models.Model):
    """Something measured from a baseline to a target, in `unit`."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="indicators")
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    unit = models.CharField(_("unit"), max_length=40)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    baseline = models.DecimalField(_("today's figure"), max_digits=14, decimal_places=2)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=2)
    source = models.CharField(_("where the figure comes from"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="indicator_direction_known", condition=Q(direction__in=Direction.values))
        ]

    def __str__(self) -> str:
        return f"{self.name} (#{self.pk})"


class IndicatorValue(models.Model):
    """A measured value, with its date and what proves it."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="values")
    measured_on = models.DateField(_("measured"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    evidence = models.TextField(_("evidence"))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_value_a_day", fields=["indicator", "measured_on"]),
            models.CheckConstraint(
                name="value_recorded_by_somebody", condition=Q(recorded_at__isnull=False, recorded_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"value #{self.pk}"
