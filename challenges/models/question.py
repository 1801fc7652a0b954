"""Questions of companies and the department's answers, published to everybody without the asker."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from challenges.models.challenge import Challenge
from govtech.accounts import roles
from govtech.ids import public_id


class QuestionQuerySet(models.QuerySet["Question"]):
    """Reads of questions."""

    def answered(self) -> "QuestionQuerySet":
        """Those the public reads: answered, and not a private matter."""
        return self.filter(answered_at__isnull=False, moved_out_at=None)

    def withdrawn(self) -> "QuestionQuerySet":
        """Those that the public could read until they turned out to be a private matter: what is left is the note."""
        return self.filter(answered_at__isnull=False, moved_out_at__gt=F("answered_at"))

    def waiting(self) -> "QuestionQuerySet":
        """Those without an answer."""
        return self.filter(answered_at=None)

    def visible_to(self, user: Any) -> "QuestionQuerySet":
        """Public ones of visible challenges; all of them for the department and the Office; one's own."""
        seen = Q(answered_at__isnull=False, moved_out_at=None, challenge__in=Challenge.objects.visible_to(user))
        if user.is_authenticated:
            seen |= Q(asked_by=user)
            if roles.is_officer(user) or roles.is_director(user):
                seen |= Q(challenge__in=Challenge.objects.visible_to(user))
            departments = roles.departments_of(user)
            if departments:
                seen |= Q(challenge__department__in=departments)
        return self.filter(seen)


class Question(models.Model):
    """A question on a call. `asked_by` is shown to nobody before the opening, and never to the public.

    `answer` is what is published; `draft` what the department is writing. One that is a private matter is moved out of
    the public list (`moved_out_*`), with the reason on record: then only who asked reads the answer.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField(max_length=2_000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    draft = models.TextField(blank=True, max_length=10_000)
    draft_saved_at = models.DateTimeField(null=True)
    draft_saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True, max_length=10_000)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved_out_at = models.DateTimeField(null=True)
    moved_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved_out_reason = models.TextField(blank=True, max_length=2_000)

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
            models.CheckConstraint(
                name="question_draft_saved_by_somebody",
                condition=Q(draft_saved_at__isnull=True, draft_saved_by__isnull=True, draft="")
                | Q(draft_saved_at__isnull=False, draft_saved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="question_moved_out_with_reason",
                condition=Q(moved_out_at__isnull=True, moved_out_by__isnull=True, moved_out_reason="")
                | (Q(moved_out_at__isnull=False, moved_out_by__isnull=False) & ~Q(moved_out_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"question #{self.pk}"


class AnswerCorrectionQuerySet(models.QuerySet["AnswerCorrection"]):
    """Reads of corrected answers."""

    def visible_to(self, user: Any) -> "AnswerCorrectionQuerySet":
        """Corrections of the answers the person may read."""
        return self.filter(question__in=Question.objects.visible_to(user))


class AnswerCorrection(models.Model):
    """A published answer that changed: what it said before and why. Never changed or removed."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField()
    old_text = models.TextField()
    new_text = models.TextField()
    reason = models.TextField(max_length=2_000)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AnswerCorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="answer_correction_numbered", fields=["question", "number"]),
        ]

    def __str__(self) -> str:
        return f"correction {self.number} of question #{self.question_id}"
