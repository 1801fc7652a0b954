"""Follows: who wants to hear of a challenge."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from challenges.models.challenge import Challenge
from govtech.reference.models import Department, PolicyArea


class Follow(models.Model):
    """A person follows one challenge, or a policy area, or a department."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, null=True, related_name="follows")
    policy_area = models.ForeignKey(PolicyArea, on_delete=models.CASCADE, null=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="follow_one_thing",
                condition=Q(challenge__isnull=False, policy_area__isnull=True, department__isnull=True)
                | Q(challenge__isnull=True, policy_area__isnull=False, department__isnull=True)
                | Q(challenge__isnull=True, policy_area__isnull=True, department__isnull=False),
            ),
            models.UniqueConstraint(
                name="follow_once", fields=["user", "challenge", "policy_area", "department"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"follow #{self.pk}"
