"""Contracts and contributions that don't come from a challenge: technical assistance and Govtech4All."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models.challenge import Route
from govtech.accounts import roles
from govtech.ids import public_id
from pilots.models.ledger import Commitment


class DirectStatus(models.TextChoices):
    """Where a contract entered by the Office stands."""

    WAITING = "waiting", _("waiting for approval")
    RETURNED = "returned", _("returned")
    DROPPED = "dropped", _("dropped")
    RUNNING = "running", _("running")
    COMPLETED = "completed", _("completed")
    ENDED = "ended", _("ended early")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return TONES[self]


TONES = {
    DirectStatus.WAITING: "soon",
    DirectStatus.RETURNED: "danger",
    DirectStatus.DROPPED: "plain",
    DirectStatus.RUNNING: "open",
    DirectStatus.COMPLETED: "closed",
    DirectStatus.ENDED: "closed",
}

TRANSITIONS: dict[DirectStatus, set[DirectStatus]] = {
    DirectStatus.WAITING: {DirectStatus.RUNNING, DirectStatus.RETURNED},
    DirectStatus.RETURNED: {DirectStatus.WAITING, DirectStatus.DROPPED},
    DirectStatus.DROPPED: set(),
    DirectStatus.RUNNING: {DirectStatus.COMPLETED, DirectStatus.ENDED},
    DirectStatus.COMPLETED: set(),
    DirectStatus.ENDED: set(),
}
SIGNED = (DirectStatus.RUNNING, DirectStatus.COMPLETED, DirectStatus.ENDED)


class DirectContractQuerySet(models.QuerySet["DirectContract"]):
    """Reads of contracts entered by the Office."""

    def public(self) -> "DirectContractQuerySet":
        """Those that two people signed."""
        return self.filter(status__in=SIGNED)

    def visible_to(self, user: Any) -> "DirectContractQuerySet":
        """Every contract `user` may know of: staff all, everybody else those that were signed."""
        return self if user.is_authenticated and roles.is_staff_role(user) else self.public()


class DirectContract(models.Model):
    """A technical-assistance contract or a Govtech4All contribution, entered by the Office, signed by another person.

    Supplier and amounts stand in its commitment, the kind in its expenditure. Its parts add up to it, net and gross.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    reference = models.CharField(max_length=24, unique=True)
    commitment = models.OneToOneField(Commitment, on_delete=models.PROTECT, related_name="direct_contract")
    initiative = models.ForeignKey("pilots.Initiative", on_delete=models.PROTECT, null=True, related_name="contracts")
    line_code = models.CharField(max_length=12)
    route = models.CharField(_("procurement route"), max_length=24, choices=Route, blank=True)
    purpose = models.TextField(_("what it is for"))
    status = models.CharField(
        max_length=9, choices=DirectStatus, default=DirectStatus.WAITING, editable=False, db_index=True
    )
    end_reason = models.TextField(blank=True)

    objects = DirectContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="direct_status_known", condition=Q(status__in=DirectStatus.values)),
            models.CheckConstraint(name="direct_route_known", condition=Q(route__in=["", *Route.values])),
        ]

    def __str__(self) -> str:
        return self.reference


class ContractPart(models.Model):
    """A part of a contract entered by the Office that is delivered, accepted, invoiced and paid on its own. Euros.

    A contract with one delivery has one part. `o` and `p` are kept by the ledger's trigger.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    contract = models.ForeignKey(DirectContract, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("what is delivered"), max_length=160)
    due_on = models.DateField(_("due"))
    amount_net = models.DecimalField(max_digits=12, decimal_places=2)
    amount_gross = models.DecimalField(max_digits=12, decimal_places=2)
    is_cancelled = models.BooleanField(default=False)
    o = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    p = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    acceptance_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="part_numbered", fields=["contract", "number"]),
            models.CheckConstraint(
                name="part_amounts_in_order",
                condition=Q(amount_net__gt=0, amount_gross__gte=F("amount_net"), p__gte=0, p__lte=F("o"))
                & Q(o__lte=F("amount_gross")),
            ),
            models.CheckConstraint(
                name="part_obligation_after_acceptance", condition=Q(o=0) | Q(accepted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="part_accepted_pair",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="part_cancelled_or_accepted", condition=Q(is_cancelled=False) | Q(accepted_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title} (#{self.pk})"

    @property
    def vat(self) -> Decimal:
        """Euros of VAT of this part."""
        return self.amount_gross - self.amount_net
