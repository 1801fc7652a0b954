"""Offers presumed abnormally low, and their hearing."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from govtech.files.models import StoredFile
from startups.models.proposal import Proposal


class AbnormalOfferQuerySet(models.QuerySet["AbnormalOffer"]):
    """Reads of abnormally low offers."""

    def visible_to(self, user: Any) -> "AbnormalOfferQuerySet":
        """Those of proposals the user may see."""
        return self.filter(proposal__in=Proposal.objects.visible_to(user))

    def undecided(self) -> "AbnormalOfferQuerySet":
        """Those nobody has decided on: until then nothing is awarded."""
        return self.filter(decided_at__isnull=True)


class AbnormalOffer(models.Model):
    """An offer that the call's parameters presume abnormally low. Its organisation is heard before a decision.

    Found when the prices open, once (Ley 9/2017, art. 149). Amounts are net euros; `offer_net` is below `limit_net`.
    Each part is written once: what is asked, until when (an outage may move it); the answer; the decision.
    `report_before` is the evaluation report that the decision replaced. `decided_in` lets the ranking be made again in
    the transaction that leaves the offer out, and in no other.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="abnormal")
    offer_net = models.DecimalField(max_digits=12, decimal_places=2)
    limit_net = models.DecimalField(max_digits=12, decimal_places=2)
    found_at = models.DateTimeField()
    # the hearing
    request = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # the decision
    is_accepted = models.BooleanField(null=True)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_in = models.BigIntegerField(null=True, editable=False)  # the transaction, written by the database
    report_before = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AbnormalOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="abnormal_below_limit", condition=Q(offer_net__lte=F("limit_net"))),
            models.CheckConstraint(
                name="abnormal_asked_whole",
                condition=Q(asked_at__isnull=True, asked_by__isnull=True, due_at__isnull=True)
                | Q(asked_at__isnull=False, asked_by__isnull=False, due_at__gt=F("asked_at")),
            ),
            models.CheckConstraint(
                name="abnormal_answered_when_asked",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="abnormal_decided_after_hearing",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, is_accepted__isnull=True)
                | (
                    Q(asked_at__isnull=False, decided_at__isnull=False, decided_by__isnull=False)
                    & Q(is_accepted__isnull=False)
                    & (Q(answered_at__isnull=False) | Q(due_at__lte=F("decided_at")))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"abnormally low offer of #{self.proposal_id}"

    def get_absolute_url(self) -> str:
        """Address at which the organisation justifies it and the Office asks and decides."""
        return reverse("startups:abnormal", kwargs={"public_id": self.proposal.public_id})
