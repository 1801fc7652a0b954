"""The Office's review of a challenge: its comments, tied to a step or a field, and who looks at it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models.challenge import Challenge


class CommentState(models.TextChoices):
    """Where a comment stands: open, dealt with by the department, or closed by the Office."""

    OPEN = "open", pgettext_lazy("comment", "open")
    ANSWERED = "answered", _("dealt with")
    CLOSED = "closed", pgettext_lazy("comment", "closed")


# A comment that was dealt with, or closed, is opened again by the Office.
COMMENT_TRANSITIONS: dict[CommentState, set[CommentState]] = {
    CommentState.OPEN: {CommentState.ANSWERED, CommentState.CLOSED},
    CommentState.ANSWERED: {CommentState.OPEN, CommentState.CLOSED},
    CommentState.CLOSED: {CommentState.OPEN},
}


class ReviewCommentQuerySet(models.QuerySet["ReviewComment"]):
    """Reads of comments."""

    def visible_to(self, user: Any) -> "ReviewCommentQuerySet":
        """Comments of the challenges the person may see; which page shows them says who else."""
        return self.filter(challenge__in=Challenge.objects.visible_to(user))

    def unsettled(self) -> "ReviewCommentQuerySet":
        """Those the department has still to deal with."""
        return self.filter(resolved_at=None, closed_at=None)


class ReviewComment(models.Model):
    """A comment of the Office on a step or field of a challenge.

    The department deals with it (`resolved_*`, with a reply if it wants), the Office closes it (`closed_*`) or opens it
    again (`reopened_at`): the reply stays readable.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="review_comments")
    step = models.CharField(max_length=20)
    field = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4_000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reply = models.TextField(max_length=4_000, blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ReviewCommentQuerySet.as_manager()

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
            models.CheckConstraint(
                name="comment_closed_pair",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"comment #{self.pk}"

    @property
    def state(self) -> CommentState:
        """Where it stands."""
        if self.closed_at is not None:
            return CommentState.CLOSED
        return CommentState.OPEN if self.resolved_at is None else CommentState.ANSWERED


class Review(models.Model):
    """Who of the Office looks at a challenge, and until when the Office has read it (`seen_until`)."""

    challenge = models.OneToOneField(Challenge, on_delete=models.CASCADE, related_name="review")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    seen_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="review_taken_pair",
                condition=Q(reviewer__isnull=True, taken_at__isnull=True)
                | Q(reviewer__isnull=False, taken_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"review of #{self.challenge_id}"
