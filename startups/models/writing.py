"""What stands around the words of a proposal while it is written: comments among members, reminders told."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from govtech.ids import public_id
from startups.models.organisation import Membership
from startups.models.proposal import Proposal


class ProposalCommentQuerySet(models.QuerySet["ProposalComment"]):
    """Reads of comments."""

    def visible_to(self, user: Any) -> "ProposalCommentQuerySet":
        """Those on proposals of the user's organisations; nobody else's, not even after the opening."""
        if not user.is_authenticated:
            return self.none()
        own = Membership.objects.filter(user=user, left_at__isnull=True).values("organisation")
        return self.filter(proposal__organisation__in=own)


class ProposalComment(models.Model):
    """A remark of a member on a part of the organisation's own proposal. `body` is ciphertext and is never opened.

    It is no part of what is handed in. `settled_at` says that it was dealt with.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="comments")
    part = models.CharField(max_length=20, blank=True)
    body = models.BinaryField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ProposalCommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="proposal_comment_made_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            ),
            models.CheckConstraint(
                name="proposal_comment_settled_pair",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.public_id}"


class DraftReminder(models.Model):
    """That members were told of a draft that closes in so many hours: once for each deadline it has had."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+")
    closes_at = models.DateTimeField()
    hours = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draft_reminded_once", fields=["proposal", "closes_at", "hours"]),
        ]

    def __str__(self) -> str:
        return f"{self.hours} h before {self.closes_at:%Y-%m-%d %H:%M}: #{self.proposal_id}"
