"""Questions of companies and the department's answers, published to everybody without the asker."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from challenges.models.challenge import Challenge
from govtech.accounts import roles
from govtech.ids import public_id


class QuestionQuerySet(models.QuerySet["Question"]):
    """Reads of questions."""

    def answered(self) -> "QuestionQuerySet":
        """Those the public reads."""
        return self.filter(answered_at__isnull=False)

    def visible_to(self, user: Any) -> "QuestionQuerySet":
        """Answered ones of visible challenges; all of them for the department and the Office; one's own."""
        seen = Q(answered_at__isnull=False, challenge__in=Challenge.objects.visible_to(user))
        if user.is_authenticated:
            seen |= Q(asked_by=user)
            if roles.is_officer(user) or roles.is_director(user):
                seen |= Q(challenge__in=Challenge.objects.visible_to(user))
            departments = roles.departments_of(user)
            if departments:
                seen |= Q(challenge__department__in=departments)
        return self.filter(seen)


class Question(models.Model):
    """A question on a call. `asked_by` is shown to nobody before the opening, and never to the public."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField(max_length=2_000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True, max_length=10_000)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_asked_by_somebody", condition=Q(asked_at__isnull=False, asked_by__isnull=False)
            ),
            models.CheckConstraint(
                name="question_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"question #{self.pk}"
