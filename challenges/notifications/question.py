"""Who is told of questions and answers. Nobody is told who asked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models.functions import TruncHour
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import AnswerCorrection, Challenge, News, NewsEvent, Question
from challenges.notifications.audience import bound
from challenges.notifications.news import record, still_public
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register

LOOK_BACK = timedelta(days=7)
HOUR = timedelta(hours=1)
SETTLING = timedelta(seconds=30)  # an answer bears the instant of its request, and is written some moments later


def register_kinds() -> None:
    """Declare the words of each notice. Whom they reach would tell who asked: the Office doesn't see it."""
    register(
        "question.asked",
        subject=_("A question on {reference}"),
        text=_("A company has asked about «{title}». The answer is due by {due_at} and is published for everybody."),
        action=_("Answer"),
    )
    register(
        "question.answered",
        subject=_("Your question on {reference} has an answer"),
        text=_("The department has answered your question on «{title}». It is a private matter: only you read it."),
        action=_("Read the answer"),
    )
    register(
        "question.moved_out",
        subject=_("Your question on {reference} isn't published"),
        text=_(
            "Your question on «{title}» is a private matter and isn't published. Only you will read its answer. "
            "Reason: {reason}"
        ),
        action=_("See the question"),
    )
    register(
        "question.answered_late",
        subject=_("A late answer in {reference}: more time?"),
        text=_(
            "An answer in «{title}» was due by {due_at} and has come late. So that companies can use it, the call "
            "should close on {proposed} or later."
        ),
        action=_("Give more time"),
        shown_to_office=True,
    )
    register(
        "question.published",
        subject=_("New answers in {reference}"),
        text=_("New answers have been published in «{title}»: {count}."),
        action=_("Read them"),
        still_holds=still_public,
    )


def _address(challenge: Challenge) -> str:
    return reverse("challenges:questions", kwargs={"slug": challenge.slug})


def asked(question: Question, *, at: datetime) -> None:
    """Tell the department's delegates; questions of the same hour in one notice."""
    challenge = question.challenge
    notify(
        roles.delegates_of(challenge.department_id),
        "question.asked",
        params={
            "title": challenge.title,
            "reference": challenge.reference,
            "due_at": challenge.answers_due_at or challenge.closes_at,
        },
        address=_address(challenge),
        key=f"{challenge.pk}:{at:%Y%m%d%H}",
        at=at,
    )


def answered_late(question: Question, *, proposed: datetime, at: datetime) -> None:
    """Propose to the Office to give more time: an answer came late. Once a call and a day."""
    challenge = question.challenge
    address = reverse("challenges:extend", kwargs={"slug": challenge.slug})
    notify(
        roles.officers(),
        "question.answered_late",
        params={
            "title": challenge.title,
            "reference": challenge.reference,
            "due_at": challenge.answers_due_at,
            "proposed": proposed,
        },
        address=f"{address}?{urlencode({'closes_at': proposed.isoformat()})}",
        key=f"{challenge.pk}:{proposed.isoformat()}",
        at=at,
    )


def moved_out(question: Question, *, at: datetime) -> None:
    """Tell who asked that the matter is theirs alone. The Office doesn't see to whom it goes."""
    challenge = question.challenge
    notify(
        [question.asked_by],
        "question.moved_out",
        params={"title": challenge.title, "reference": challenge.reference, "reason": question.moved_out_reason},
        address=_address(challenge),
        key=str(question.pk),
        at=at,
    )


def remind_of_answers(*, at: datetime) -> None:
    """Hourly: tell of the answers, and corrections of answers, of each finished hour. Safe to repeat, or late by days.

    Once an hour and call: who asked and who must know it at once, who follows the challenge as they chose. Who asked is
    told also where the answer was written after the others of its hour had been told. Hours are those of UTC, so that
    the night in which the clocks change has all of its own.
    """
    counts: dict[tuple[int, datetime], int] = {}
    askers: dict[tuple[int, datetime, bool], set[int]] = {}
    rows = _given((at - SETTLING).astimezone(UTC).replace(minute=0, second=0, microsecond=0))
    for challenge_id, hour, asker, moved_out_at in rows:
        if moved_out_at is not None and moved_out_at >= hour + HOUR:
            continue  # it was published that hour, and who asked was told when it ceased to be
        if moved_out_at is None:
            counts[challenge_id, hour] = counts.get((challenge_id, hour), 0) + 1
        askers.setdefault((challenge_id, hour, moved_out_at is not None), set()).add(asker)
    challenges = Challenge.objects.select_related("department").in_bulk({row[0] for row in rows})
    people = User.objects.in_bulk({person for found in askers.values() for person in found})
    for challenge_id, hour in sorted({key[:2] for key in askers}):
        challenge, number = challenges[challenge_id], int(hour.timestamp()) // 3600
        private = [people[pk] for pk in sorted(askers.get((challenge_id, hour, True), ()))]
        _answered(challenge, private, "question.answered", number=number, at=at)
        count = counts.get((challenge_id, hour), 0)
        if not count:
            continue
        public = [people[pk] for pk in sorted(askers.get((challenge_id, hour, False), ()))]
        if not News.objects.filter(challenge=challenge, event=NewsEvent.ANSWERS, number=number).exists():
            record(challenge, NewsEvent.ANSWERS, number=number, count=count, at=hour + HOUR)
            public += bound(challenge)
        _answered(challenge, public, "question.published", number=number, count=count, at=at)


def _given(until: datetime) -> list[tuple[int, datetime, int, datetime | None]]:
    """Return the answers and corrections of the last days: call, hour, who asked, when it was made private."""
    span = {"gte": until - LOOK_BACK, "lt": until}
    given = Question.objects.filter(**{f"answered_at__{name}": value for name, value in span.items()})
    mended = AnswerCorrection.objects.filter(**{f"published_at__{name}": value for name, value in span.items()})
    return [
        *given.values_list("challenge", TruncHour("answered_at", tzinfo=UTC), "asked_by", "moved_out_at"),
        *mended.values_list(
            "question__challenge",
            TruncHour("published_at", tzinfo=UTC),
            "question__asked_by",
            "question__moved_out_at",
        ),
    ]


def _answered(challenge: Challenge, people: list[User], kind: str, *, number: int, at: datetime, **params: Any) -> None:
    notify(
        people,
        kind,
        params={"title": challenge.title, "reference": challenge.reference, **params},
        address=_address(challenge),
        key=f"{challenge.pk}:{number}",
        at=at,
    )
