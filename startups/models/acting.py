"""For which organisation a person of several acts, and for which they asked a question."""

from django.conf import settings
from django.db import models

from challenges.models import Question
from startups.models.organisation import Organisation


class ActingChoice(models.Model):
    """The organisation that a person of several chose to act for. It is proposed first, never supposed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"acting choice #{self.pk}"


class QuestionAsker(models.Model):
    """The organisation that a question was asked for. As hidden as the person who asked it."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"asker of question #{self.question_id}"
