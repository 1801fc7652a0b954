"""Requests to review a resolution (recurso de reposición, L39 arts. 123 and 124), and their answers."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.accounts import roles
from govtech.files.models import StoredFile
from govtech.ids import public_id
from pilots.models.letter import Letter
from startups.models import Proposal


class ReviewOutcome(models.TextChoices):
    """How a request ends."""

    UPHELD = "upheld", pgettext_lazy("review", "upheld")
    PARTLY = "partly", pgettext_lazy("review", "upheld in part")
    DISMISSED = "dismissed", pgettext_lazy("review", "dismissed")
    NOT_ADMITTED = "not_admitted", pgettext_lazy("review", "not admitted")


class ReviewRequestQuerySet(models.QuerySet["ReviewRequest"]):
    """Reads of requests."""

    def visible_to(self, user: Any) -> "ReviewRequestQuerySet":
        """Office, directors and auditors: all; members of who proposed, lead or partner: their own."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_staff_role(user):
            return self
        return self.filter(letter__proposal__in=Proposal.objects.of_member(user))

    def open(self) -> "ReviewRequestQuerySet":
        """Those without an answer."""
        return self.filter(answered_at__isnull=True)


class ReviewRequest(models.Model):
    """What a participant asks to be looked at again, and the answer. What was asked never changes."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="reviews")
    text = models.TextField(_("what you ask for, and why"), max_length=10_000)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    lodged_at = models.DateTimeField()
    lodged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()  # the last day to answer it
    is_late = models.BooleanField(default=False)  # lodged after the last day to ask
    outcome = models.CharField(max_length=12, choices=ReviewOutcome, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=10_000)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_lodged_by_somebody", condition=Q(lodged_at__isnull=False, lodged_by__isnull=False)
            ),
            models.CheckConstraint(
                name="review_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, outcome="", answer="")
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False, outcome__in=ReviewOutcome.values)
                    & ~Q(answer="")
                ),
            ),
            models.UniqueConstraint(
                name="one_open_review_a_letter", fields=["letter"], condition=Q(answered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"review request {self.public_id}"

    def get_absolute_url(self) -> str:
        """Where its organisation reads it and the director answers it."""
        return reverse("pilots:review", kwargs={"public_id": self.public_id})
