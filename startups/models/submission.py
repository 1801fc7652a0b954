"""What was handed in: immutable snapshots, and the receipts that prove them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from govtech.files.models import StoredFile
from startups.models.proposal import Proposal, ProposalQuerySet


class Submission(models.Model):
    """A snapshot of a proposal as it was handed in: two envelopes, each one AES-256-GCM blob of canonical JSON.

    Immutable, but for `superseded_by` (once) and the plain answers, written by the opening (technical) and when
    judgement scores are locked (economic). `manifest` lists for each envelope and file its SHA-256; it holds no name.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    technical_blob = models.BinaryField()
    economic_blob = models.BinaryField()
    manifest = models.JSONField()
    manifest_hash = models.CharField(max_length=64)
    signatory_name = models.BinaryField()
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    superseded_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    technical = models.JSONField(null=True)
    economic = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="submission_numbered", fields=["proposal", "number"]),
            models.UniqueConstraint(
                name="one_last_submission", fields=["proposal"], condition=Q(superseded_by__isnull=True)
            ),
            models.CheckConstraint(
                name="submission_submitted_by_somebody",
                condition=Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of #{self.proposal_id}"


class SubmissionFile(models.Model):
    """A file as it was handed in."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files")
    attachment_public_id = models.CharField(max_length=12)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"file of submission #{self.submission_id}"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Reads of receipts."""

    def visible_to(self, user: Any) -> "ReceiptQuerySet":
        """Receipts of proposals the user may see. Anyone with the code may check one, and learns no name."""
        proposals: ProposalQuerySet = Proposal.objects.visible_to(user)
        return self.filter(submission__proposal__in=proposals)


class Receipt(models.Model):
    """Proof of what was handed in and when (L39 art. 16.3). Append-only, chained, given by the database's clock.

    `code` opens the public check page, which shows time and integrity and no name; the public chain has its hash only.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="receipt")
    register_number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=24, unique=True)
    code_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    manifest_hash = models.CharField(max_length=64)

    objects = ReceiptQuerySet.as_manager()

    def __str__(self) -> str:
        return self.register_number

    def get_absolute_url(self) -> str:
        """Address of the public check."""
        return reverse("startups:verify", kwargs={"code": self.code})


class Withdrawal(models.Model):
    """A proposal taken back by its organisation before the deadline."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="withdrawal_by_somebody", condition=Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"withdrawal of #{self.proposal_id}"
