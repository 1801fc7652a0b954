"""Who may ask and who answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Challenge, Question, Status
from challenges.policies import calendar
from govtech.accounts import roles
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.models import Rules
from govtech.shell import words

_registered: list[Callable[..., None]] = []


def register(function: Callable[..., None]) -> None:
    """Add `function(challenge, *, by, at)`, which raises where that person may not ask (startups: be a member)."""
    if function not in _registered:
        _registered.append(function)


@dataclass(frozen=True)
class Askers:
    """For whom a person may ask, where that is one of several (startups: organisations).

    `choices(user)` are (key, name) pairs, `first(user)` the key proposed; `keep(question, key, by=)` keeps the choice
    or raises DomainError(field="acting").
    """

    choices: Callable[[Any], list[tuple[str, str]]]
    first: Callable[[Any], str]
    keep: Callable[..., None]


_askers: list[Askers] = []


def register_askers(askers: Askers) -> None:
    """Let a higher app say for whom people ask."""
    _askers[:] = [askers]


def askers() -> Askers | None:
    """Return who says for whom people ask."""
    return _askers[0] if _askers else None


def check_asks(*, by: Any) -> None:
    """Who acts for the city doesn't ask."""
    if not by.is_authenticated:
        raise PermissionDenied(_("Sign in to ask a question."))
    if roles.is_participantless(by) or by.is_superuser:
        raise PermissionDenied(_("Questions are for those who may propose. You act for the city."))


def check_can_ask(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """A person with a verified address who doesn't act for the city asks, until the questions end."""
    check_asks(by=by)
    _check_open(challenge, at)
    if not EmailAddress.objects.filter(user=by, verified=True).exists():
        raise DomainError(
            _("Confirm your e-mail address first: the answer is sent there. You can do it in your account.")
        )
    for function in _registered:
        function(challenge, by=by, at=at)


def _check_open(challenge: Challenge, at: datetime) -> None:
    if challenge.status != Status.PUBLISHED or challenge.publish_at is None or challenge.publish_at > at:
        raise DomainError(_("This call takes no questions now."))
    until = challenge.questions_close_at or challenge.closes_at
    if until is not None and until <= at:
        raise DomainError(
            _("Questions ended on %(when)s. The answers given are on this page.")
            % {"when": words.formatted(until, "when")}
        )


def is_asking(challenge: Challenge, *, at: datetime) -> bool:
    """Say whether questions are taken now, whoever asks."""
    try:
        _check_open(challenge, at)
    except DomainError:
        return False
    return True


def check_answers(challenge: Challenge, *, by: Any) -> None:
    """Delegates of the department and officers answer questions."""
    if not (roles.is_delegate(by, challenge.department_id) or roles.is_officer(by)):
        raise PermissionDenied(_("Only the department that poses the challenge answers its questions."))


def check_can_answer(question: Question, *, by: Any, at: datetime) -> None:
    """A delegate of the department answers, or an officer; once."""
    challenge = question.challenge
    check_answers(challenge, by=by)
    if question.answered_at is not None:
        raise DomainError(_("This question has an answer already: it is published."))
    if challenge.status not in (Status.PUBLISHED, Status.EVALUATING):
        raise DomainError(_("The call has ended. Its questions are closed."))


def check_can_correct(question: Question, *, by: Any, at: datetime) -> None:
    """A delegate of the department or an officer corrects an answer while the call goes on."""
    check_answers(question.challenge, by=by)
    if question.answered_at is None:
        raise DomainError(_("This question has no answer yet."))
    if question.challenge.status not in (Status.PUBLISHED, Status.EVALUATING):
        raise DomainError(_("The call has ended. Its questions are closed."))


def check_can_move_out(question: Question, *, by: Any, at: datetime) -> None:
    """A delegate of the department or an officer takes a private matter out of the public list while the call goes on.

    An answer that everybody could read is withdrawn by an officer only.
    """
    check_answers(question.challenge, by=by)
    if question.answered_at is not None and not roles.is_officer(by):
        raise PermissionDenied(_("An answer that is published is withdrawn by the Digital Office only. Ask for it."))
    if question.challenge.status not in (Status.PUBLISHED, Status.EVALUATING):
        raise DomainError(_("The call has ended. Its questions are closed."))


def proposed_closing(question: Question, *, at: datetime) -> datetime | None:
    """Return until when a call should be extended because this answer, or its correction, comes late; None if not.

    Companies have as many days after the last answer as the rules say (LCSP art. 138.3).
    """
    challenge = question.challenge
    due_at, closes_at = challenge.answers_due_at, challenge.closes_at
    if question.moved_out_at is not None or due_at is None or closes_at is None or not due_at <= at < closes_at:
        return None
    days = Rules.objects.in_force(local_date(at)).answers_due_days
    proposed = calendar.at_or_after(at + timedelta(days=days), like=closes_at)
    return proposed if proposed > closes_at else None
