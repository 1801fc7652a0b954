"""Participations: one place for an organisation in a challenge, as lead or as partner."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from startups.models.organisation import Organisation
from startups.models.proposal import Proposal


class ParticipationRole(models.TextChoices):
    """Part in a proposal."""

    LEAD = "lead", _("lead")
    PARTNER = "partner", _("partner")


class Participation(models.Model):
    """An organisation's place in a challenge (LCSP art. 139.3: one proposal, alone or with others).

    `is_live` ends when the proposal is withdrawn, which frees the place.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participations")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=7, choices=ParticipationRole, default=ParticipationRole.LEAD)
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_live_participation", fields=["challenge", "organisation"], condition=Q(is_live=True)
            )
        ]

    def __str__(self) -> str:
        return f"participation #{self.pk}"
