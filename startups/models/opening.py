"""The opening of proposals, and the keys that seal them until then."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from challenges.models import Challenge
from govtech.files.models import StoredFile
from startups.models.proposal import Envelope, Proposal


class EnvelopeKey(models.Model):
    """The key of one envelope of one challenge, wrapped by what `wrapped_with` names: see `actions.wrapping`.

    `recovery` is the same key for the holder of the recovery key, whose private half isn't on any server.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    envelope = models.CharField(max_length=9, choices=Envelope)
    wrapped = models.BinaryField()
    wrapped_with = models.CharField(max_length=64)
    recovery = models.BinaryField(null=True)
    recovery_with = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_key_an_envelope", fields=["challenge", "envelope"]),
            models.CheckConstraint(name="key_envelope_known", condition=Q(envelope__in=Envelope.values)),
        ]

    def __str__(self) -> str:
        return f"{self.envelope} key of challenge #{self.challenge_id}"


class Opening(models.Model):
    """The act of opening, by two people after the deadline: which receipts, which hashes, whether they match.

    `record` is a list of {register_number, received_at, manifest_hash, computed_hash, matches, files}. A proposal that
    doesn't match was not opened: see `LateOpening`.
    """

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    witnessed_at = models.DateTimeField()
    witnessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    record = models.JSONField()
    report = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_by_two_people",
                condition=Q(opened_at__isnull=False, witnessed_at__isnull=False) & ~Q(opened_by=F("witnessed_by")),
            )
        ]

    def __str__(self) -> str:
        return f"opening of challenge #{self.challenge_id}"


class LateOpening(models.Model):
    """The opening of a proposal that the opening of its challenge stopped, by two people with a reason. Append-only.

    Either what is stored was put right and matches now, or it is opened as it is, and `entry` says that it doesn't.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="late_opening")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    witnessed_at = models.DateTimeField()
    witnessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    entry = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="late_opening_by_two_people",
                condition=Q(opened_at__isnull=False, witnessed_at__isnull=False) & ~Q(opened_by=F("witnessed_by")),
            )
        ]

    def __str__(self) -> str:
        return f"late opening of #{self.proposal_id}"
