"""Questions and answers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions.challenge import locked
from challenges.models import AnswerCorrection, Challenge, Question
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
def ask(challenge: Challenge, *, text: str, acting: str = "", by: User) -> Question:
    """Ask in time: the instant is the database's, read once the challenge is locked. The asker stays hidden.

    `acting` says for whom, where `by` belongs to several organisations; DomainError(field="acting") without.
    The audit event names nobody: until the opening not even the Office knows who asked.
    """
    challenge = locked(challenge)
    at = clock.now()
    policies.check_can_ask(challenge, by=by, at=at)
    question = Question.objects.create(
        challenge=challenge, text=_text(text, MAX_QUESTION, field="text"), asked_at=at, asked_by=by
    )
    askers = policies.askers()
    if askers:
        askers.keep(question, acting, by=by)
    audit.record("question.asked", target=question, by=None, at=at)
    notifications.asked(question, at=at)
    return question


def _locked(question: Question) -> Question:
    return (
        Question.objects.select_for_update(of=("self",), no_key=True)
        .select_related("challenge__department", "asked_by")
        .get(pk=question.pk)
    )


@transaction.atomic
def save_draft(question: Question, *, text: str, by: User, at: datetime) -> Question:
    """Keep an answer that isn't ready: the department and the Office read it, nobody else. The last one counts."""
    question = _locked(question)
    policies.check_can_answer(question, by=by, at=at)
    question.draft = _text(text, MAX_ANSWER, field="text")
    question.draft_saved_at, question.draft_saved_by = at, by
    question.save(update_fields=["draft", "draft_saved_at", "draft_saved_by"])
    return question


@transaction.atomic
def answer(question: Question, *, text: str, by: User, at: datetime) -> Question:
    """Publish the answer for everybody, without the asker. Once: what is published changes only by a correction.

    A private matter, moved out of the public list, is answered to who asked only. An answer that comes late proposes
    to the Office to give more time (decisions: terms).
    """
    question = _locked(question)
    policies.check_can_answer(question, by=by, at=at)
    question.answer = _text(text, MAX_ANSWER, field="text")
    question.answered_at, question.answered_by = at, by
    question.draft, question.draft_saved_at, question.draft_saved_by = "", None, None
    question.save(update_fields=["answer", "answered_at", "answered_by", "draft", "draft_saved_at", "draft_saved_by"])
    audit.record("question.answered", target=question, by=by, at=at)
    _propose_more_time(question, at=at)
    return question


def _propose_more_time(question: Question, *, at: datetime) -> None:
    proposed = policies.proposed_closing(question, at=at)
    if proposed is not None:
        notifications.answered_late(question, proposed=proposed, at=at)


@transaction.atomic
def correct(question: Question, *, text: str, reason: str, by: User, at: datetime) -> AnswerCorrection:
    """Change a published answer; the old one stays readable beside the new, with the reason.

    One that comes late proposes to give more time, as a late answer does.
    """
    question = _locked(question)
    policies.check_can_correct(question, by=by, at=at)
    text, reason = _text(text, MAX_ANSWER, field="text"), _text(reason, MAX_QUESTION, field="reason")
    if text == question.answer:
        raise DomainError(_("That is what it says already."), field="text")
    correction = AnswerCorrection.objects.create(
        question=question,
        number=question.corrections.count() + 1,
        old_text=question.answer,
        new_text=text,
        reason=reason,
        published_at=at,
        published_by=by,
    )
    question.answer = text
    question.save(update_fields=["answer"])
    audit.record("question.corrected", target=question, by=by, at=at, fields=["answer"], reason=reason)
    _propose_more_time(question, at=at)
    return correction


@transaction.atomic
def move_out(question: Question, *, reason: str, by: User, at: datetime) -> Question:
    """Take a private matter out of the public list, for good: who asked reads the answer and the reason, nobody else.

    The department and the Office keep reading it, without the asker. Where the answer was public already, everybody
    reads that it was withdrawn, when and why. Twice is once.
    """
    question = _locked(question)
    policies.check_can_move_out(question, by=by, at=at)
    reason = _text(reason, MAX_QUESTION, field="reason")
    if question.moved_out_at is None:
        question.moved_out_at, question.moved_out_by, question.moved_out_reason = at, by, reason
        question.save(update_fields=["moved_out_at", "moved_out_by", "moved_out_reason"])
        audit.record("question.moved_out", target=question, by=by, at=at, reason=reason)
        notifications.moved_out(question, at=at)
    return question
