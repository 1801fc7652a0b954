"""Who is told of questions and answers. Nobody is told who asked."""

from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, NewsEvent, Question
from challenges.notifications.audience import bound
from challenges.notifications.news import record, still_public
from govtech.accounts import roles
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register

LOOK_BACK = timedelta(days=1)


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
        text=_(
            "The department has answered your question on «{title}». Question and answer are public, without your name."
        ),
        action=_("Read the answer"),
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


def answered(question: Question, *, at: datetime) -> None:
    """Tell the asker at once. The others hear of it together, within the hour."""
    challenge = question.challenge
    notify(
        [question.asked_by],
        "question.answered",
        params={"title": challenge.title, "reference": challenge.reference},
        address=_address(challenge),
        key=str(question.pk),
        at=at,
    )


def remind_of_answers(*, at: datetime) -> None:
    """Hourly: tell of the answers of each finished hour of the last day. Safe to repeat.

    At once who must know it; who follows the challenge, as they chose.
    """
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    hours = (
        Question.objects.filter(answered_at__gte=this_hour - LOOK_BACK, answered_at__lt=this_hour)
        .annotate(hour=TruncHour("answered_at"))
        .values("challenge", "hour")
        .annotate(count=Count("pk"))
        .order_by("challenge", "hour")
    )
    rows = list(hours)
    challenges = Challenge.objects.in_bulk({row["challenge"] for row in rows})
    for row in rows:
        challenge = challenges[row["challenge"]]
        number = int(row["hour"].timestamp()) // 3600
        record(challenge, NewsEvent.ANSWERS, number=number, count=row["count"], at=row["hour"] + timedelta(hours=1))
        notify(
            bound(challenge),
            "question.published",
            params={"title": challenge.title, "reference": challenge.reference, "count": row["count"]},
            address=_address(challenge),
            key=f"{challenge.pk}:{number}",
            at=at,
        )
