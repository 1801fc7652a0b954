"""The Office's comments on a draft, tied to a step or a field."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from challenges.models.challenge import Challenge


class ReviewComment(models.Model):
    """A comment of the Office on a step or field of a challenge, settled when the delegate has dealt with it."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="review_comments")
    step = models.CharField(max_length=20)
    field = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4_000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="comment_made_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            ),
            models.CheckConstraint(
                name="comment_resolved_pair",
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"comment #{self.pk}"
