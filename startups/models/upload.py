"""Files on their way: sent piece by piece, so that a line that breaks costs one piece and not the file."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from govtech.ids import public_id
from startups.models.proposal import Attachment, Envelope, Proposal


class Upload(models.Model):
    """A file on its way. `about` is ciphertext: name, day of the last change, reason to be confidential.

    Once whole it names its `attachment` and stays for the rest of its day: who lost our answer asks again, and is told.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="uploads")
    envelope = models.CharField(max_length=9, choices=Envelope, default=Envelope.TECHNICAL)
    about = models.BinaryField()
    size = models.PositiveBigIntegerField()
    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, null=True, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upload_started_by_somebody", condition=Q(started_at__isnull=False, started_by__isnull=False)
            ),
            models.CheckConstraint(name="upload_envelope_known", condition=Q(envelope__in=Envelope.values)),
            models.CheckConstraint(name="upload_size_positive", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return f"upload {self.public_id}"


class UploadPart(models.Model):
    """A piece of a file on its way: bytes `start` to `start + size`, ciphertext in the private folder at `path`."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    start = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=100, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_part_at_a_place", fields=["upload", "start"]),
            models.CheckConstraint(name="part_size_positive", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return f"part of upload #{self.upload_id}"
