"""Questions and answers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions.challenge import locked
from challenges.models import Challenge, Question
from challenges.notifications import question as notifications
from challenges.policies import question as policies
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.shell import words

MAX_QUESTION = 2_000
MAX_ANSWER = 10_000


def _text(text: str, most: int, *, field: str) -> str:
    text = text.strip()
    if not text:
        raise DomainError(_("Write it first."), field=field)
    if len(text) > most:
        raise DomainError(
            _("This has %(length)s characters and the most is %(most)s. Shorten it.")
            % {"length": words.number(len(text)), "most": words.number(most)},
            field=field,
        )
    return text


@transaction.atomic
def ask(challenge: Challenge, *, text: str, by: User) -> Question:
    """Ask in time: the instant is the database's, read once the challenge is locked. The asker stays hidden.

    The audit event names nobody: until the opening not even the Office knows who asked.
    """
    challenge = locked(challenge)
    at = clock.now()
    policies.check_can_ask(challenge, by=by, at=at)
    question = Question.objects.create(
        challenge=challenge, text=_text(text, MAX_QUESTION, field="text"), asked_at=at, asked_by=by
    )
    audit.record("question.asked", target=question, by=None, at=at)
    notifications.asked(question, at=at)
    return question


@transaction.atomic
def answer(question: Question, *, text: str, by: User, at: datetime) -> Question:
    """Publish the answer for everybody, without the asker. Once: what is published stays."""
    question = (
        Question.objects.select_for_update(of=("self",), no_key=True)
        .select_related("challenge", "asked_by")
        .get(pk=question.pk)
    )
    policies.check_can_answer(question, by=by, at=at)
    question.answer = _text(text, MAX_ANSWER, field="text")
    question.answered_at, question.answered_by = at, by
    question.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record("question.answered", target=question, by=by, at=at)
    notifications.answered(question, at=at)
    return question
