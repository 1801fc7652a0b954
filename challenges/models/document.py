"""Documents of a challenge: public once the challenge is."""

from django.db import models

from challenges.models.challenge import Challenge
from govtech.files.models import StoredFile


class ChallengeDocument(models.Model):
    """A file that goes with the call, with the name people read."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=140)

    def __str__(self) -> str:
        return f"{self.title} (#{self.pk})"
