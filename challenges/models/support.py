"""Departments that share a need."""

from django.conf import settings
from django.db import models

from challenges.models.challenge import Challenge
from govtech.reference.models import Department


class Support(models.Model):
    """A department wants this too: one for each department, with a note of its own need.

    `came_from` is the draft of that department that was merged into this challenge, if any: it is co-sponsor then.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="supports")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(max_length=600, blank=True)
    came_from = models.ForeignKey(Challenge, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_support_a_department", fields=["challenge", "department"])]

    def __str__(self) -> str:
        return f"support #{self.pk} of #{self.challenge_id}"
