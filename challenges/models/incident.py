"""Outages of the portal and what they moved: every deadline that was running meanwhile."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from challenges.models.challenge import Challenge
from govtech.ids import public_id


class Incident(models.Model):
    """An outage, from `began_at` until `ended_at`. Applied once: from then on its effects are public.

    A deadline is touched if it was running when the outage began; each moves later by the same rule
    (`calculations.outage`). Never changed once applied.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    text = models.TextField(max_length=2_000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="incident_ends_after_it_began", condition=Q(ended_at__gt=F("began_at"))),
            models.CheckConstraint(name="incident_recorded_when_over", condition=Q(recorded_at__gte=F("ended_at"))),
            models.CheckConstraint(
                name="incident_applied_pair",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"incident {self.public_id}"


class IncidentEffectQuerySet(models.QuerySet["IncidentEffect"]):
    """Reads of what incidents moved."""

    def visible_to(self, user: Any) -> "IncidentEffectQuerySet":
        """Public deadlines of challenges the person may see; those of one participant only in the audit."""
        return self.filter(is_public=True, challenge__in=Challenge.objects.visible_to(user))


class IncidentEffect(models.Model):
    """One deadline that an incident moved later, once: of a call (`is_public`) or of one participant in it.

    `term` names the deadline; `target_label` and `target_id` say whose it is.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="effects")
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    term = models.CharField(max_length=40)
    target_label = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    is_public = models.BooleanField()
    old = models.DateTimeField()
    new = models.DateTimeField()

    objects = IncidentEffectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="incident_moves_a_deadline_once", fields=["incident", "term", "target_label", "target_id"]
            ),
            models.CheckConstraint(name="incident_only_moves_later", condition=Q(new__gt=F("old"))),
        ]

    def __str__(self) -> str:
        return f"{self.term} of {self.target_label}:{self.target_id}"
