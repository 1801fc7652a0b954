"""Admission: the rules a proposal may break, files that answer a correction, clarifications in writing."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.files.models import StoredFile
from govtech.ids import public_id
from startups.models.proposal import Proposal


class ExclusionRule(models.TextChoices):
    """The rule that an excluded proposal breaks, with its source."""

    CONDITIONS = "conditions", _("It doesn't meet a condition of the call (Law 9/2017, art. 139.1)")
    UNRELATED = "unrelated", _("It doesn't answer the challenge (Law 9/2017, art. 139.1)")
    NOT_CORRECTED = "not_corrected", _("It didn't correct in time what it was asked to (Law 9/2017, art. 141.2)")
    PRICE_SHOWN = "price_shown", _("It shows its price outside the economic part (Law 9/2017, arts. 139.2 and 157.2)")
    SEVERAL = "several", _("It takes part in more than one proposal (Law 9/2017, art. 139.3)")
    BARRED = "barred", _("It is barred from contracting with the public sector (Law 9/2017, art. 71)")
    NO_POWER = "no_power", _("Who signed has no power to act for it (Law 39/2015, art. 5)")
    ABNORMAL = "abnormal", _("Its offer is abnormally low and wasn't justified (Law 9/2017, art. 149.6)")
    UNREADABLE = "unreadable", _("What is stored isn't what was handed in and can't be put right")


class CorrectionFile(models.Model):
    """A file with which an organisation answers a correction. Encrypted on disk like the proposal's own."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="correction_files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"correction file {self.public_id}"


class Clarification(models.Model):
    """A question of the Office about opened proposals, in writing. What concerns all is asked of all, word for word."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    concerns_all = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clarification_asked_by_somebody", condition=Q(asked_at__isnull=False, asked_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"clarification {self.public_id}"


class ClarificationAnswer(models.Model):
    """Of whom it was asked, and the answer once it is there.

    `due_at` is a later end of the term than the others have: of a proposal that was opened after the question, or
    whose term an outage moved.
    """

    clarification = models.ForeignKey(Clarification, on_delete=models.PROTECT, related_name="answers")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="clarifications")
    due_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_answer_a_proposal", fields=["clarification", "proposal"]),
            models.CheckConstraint(
                name="clarification_answered_pair",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"answer to clarification #{self.clarification_id}"

    def get_absolute_url(self) -> str:
        """Address at which the organisation reads and answers."""
        kwargs = {"public_id": self.proposal.public_id, "clarification": self.clarification.public_id}
        return reverse("startups:clarify", kwargs=kwargs)

    @property
    def ends_at(self) -> datetime:
        """Until when it may be answered."""
        return self.due_at or self.clarification.due_at
