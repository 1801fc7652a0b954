"""The opening of proposals, and the keys that seal them until then."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from challenges.models import Challenge
from govtech.files.models import StoredFile
from startups.models.proposal import Envelope


class EnvelopeKey(models.Model):
    """The key of one envelope of one challenge, wrapped by a key of the environment (`settings.SEALING_KEYS`)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    envelope = models.CharField(max_length=9, choices=Envelope)
    wrapped = models.BinaryField()
    wrapped_with = models.CharField(max_length=16)
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

    `record` is a list of {register_number, received_at, manifest_hash, computed_hash, matches, files}.
    """

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    witnessed_at = models.DateTimeField()
    witnessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
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
