"""Consortia: the partners of a proposal, invited by its lead, each confirming for itself."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id
from startups.models.organisation import Organisation
from startups.models.proposal import Proposal


class PartnerStatus(models.TextChoices):
    """Where a partner stands."""

    INVITED = "invited", _("waits for its answer")
    CONFIRMED = "confirmed", _("has confirmed")
    DECLINED = "declined", _("has declined")
    LEFT = "left", _("has left")
    REMOVED = "removed", _("was taken out")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return {"invited": "soon", "confirmed": "open"}.get(self.value, "plain")


OPEN = [PartnerStatus.INVITED, PartnerStatus.CONFIRMED]


class Partner(models.Model):
    """An organisation that the lead wants in a proposal, or has in it.

    `terms` is ciphertext: label, country, tax number, role and share. `mark` is a keyed hash of the tax number: it
    finds the invitations of an organisation, also of one that registers later, and tells the lead and a copy of the
    database nothing. Only confirming writes which organisation it is. A change of the terms raises `version`: what
    was confirmed is `confirmed_version`, and the partner confirms anew.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="partners")
    mark = models.CharField(max_length=64, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=9, choices=PartnerStatus, default=PartnerStatus.INVITED, editable=False)
    terms = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    confirmed_version = models.PositiveIntegerField(null=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="partner_status_known", condition=Q(status__in=PartnerStatus.values)),
            models.CheckConstraint(
                name="partner_invited_by_somebody", condition=Q(invited_at__isnull=False, invited_by__isnull=False)
            ),
            models.CheckConstraint(
                name="partner_confirmed_by_itself",
                condition=~Q(status="confirmed")
                | Q(
                    organisation__isnull=False,
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    confirmed_version__isnull=False,
                    confirmed_version__lte=F("version"),
                ),
            ),
            models.UniqueConstraint(
                name="one_open_partner", fields=["proposal", "mark"], condition=Q(status__in=["invited", "confirmed"])
            ),
            models.UniqueConstraint(
                name="one_confirmed_partner", fields=["proposal", "organisation"], condition=Q(status="confirmed")
            ),
        ]
        indexes = [models.Index(fields=["mark"], name="partner_mark")]

    def __str__(self) -> str:
        return f"partner {self.public_id}"

    @property
    def tone(self) -> str:
        """Colour of the chip of its state."""
        return "soon" if self.must_confirm_again else PartnerStatus(self.status).tone

    @property
    def must_confirm_again(self) -> bool:
        """Say whether the terms changed after it confirmed them."""
        return self.status == PartnerStatus.CONFIRMED and self.confirmed_version != self.version
