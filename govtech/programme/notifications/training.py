"""What people are told of training, with the calendar file where a date is in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.notifications import kinds
from govtech.notifications.actions import notify
from govtech.notifications.addresses import absolute
from govtech.notifications.models import Notice
from govtech.programme.models import (
    Certificate,
    Registration,
    RegistrationStatus,
    SessionQuestion,
    SessionStatus,
    TrainingSession,
)
from govtech.programme.notifications.dates import calendar_of

BEFORE = (timedelta(days=7), timedelta(days=1))


def register_kinds() -> None:
    """Declare what is told."""
    dated: dict[str, Any] = {"shown_to_office": True, "attachments": calendar_file}
    kinds.register(
        "training.invited",
        subject=_("You are invited to «{course}»"),
        text=_("The Digital Office invites you to «{course}» on {starts_at}, {where}. Register while there are seats."),
        action=_("See the session and register"),
        shown_to_office=True,
    )
    kinds.register(
        "training.registered",
        subject=_("You have a seat in «{course}»"),
        text=_("It begins on {starts_at}, {where}. If you can't come, free your seat: others wait for one."),
        action=_("See the session"),
        **dated,
    )
    kinds.register(
        "training.waiting",
        subject=_("You are on the waiting list of «{course}»"),
        text=_("All seats of the session of {starts_at} are taken. When one is free and it is your turn, you get it."),
        action=_("See the session"),
        shown_to_office=True,
    )
    kinds.register(
        "training.moved_up",
        subject=_("A seat in «{course}» is yours"),
        text=_("You were on the waiting list and a seat is free. It begins on {starts_at}, {where}."),
        action=_("See the session"),
        **dated,
    )
    kinds.register(
        "training.changed",
        subject=_("«{course}» has changed"),
        text=_("It now begins on {starts_at}, {where}. If you can't come, free your seat."),
        action=_("See the session"),
        **dated,
    )
    kinds.register(
        "training.cancelled",
        subject=_("«{course}» of {starts_at} is cancelled"),
        text=_("Reason: {reason}"),
        action=_("See other dates"),
        **dated,
    )
    kinds.register(
        "training.reminder",
        subject=_("«{course}» begins on {starts_at}"),
        text=_("You have a seat, {where}. If you can't come, free it: others wait for one."),
        action=_("See the session"),
        still_holds=_still_seated,
        always=True,
        **dated,
    )
    kinds.register(
        "training.question",
        subject=_("A question about «{course}»"),
        text=_("Somebody with a seat in the session of {starts_at} asks: «{question}»"),
        action=_("Answer it"),
    )
    kinds.register(
        "training.answered",
        subject=_("An answer about «{course}»"),
        text=_("You asked: «{question}» The answer: {answer}"),
        action=_("See the session"),
    )
    kinds.register(
        "training.materials",
        subject=_("Materials of «{course}»"),
        text=_("There are new materials of the session of {starts_at}: {titles}."),
        action=_("See the materials"),
        shown_to_office=True,
    )
    kinds.register(
        "training.thanks",
        subject=_("Thank you for coming to «{course}»"),
        text=_("Your certificate of {hours} hours is ready. Tell us in a minute what you thought of the session."),
        action=_("Certificate and opinion"),
        shown_to_office=True,
    )


def _params(session: TrainingSession) -> dict[str, Any]:
    return {
        "course": session.course.title,
        "starts_at": session.starts_at,
        "where": session.place or _("online"),
        "session": session.public_id,
    }


def _tell(people: Iterable[User], kind: str, session: TrainingSession, *, key: str, at: datetime, **more: Any) -> None:
    address = more.pop("address", "") or session.get_absolute_url()
    notify(
        people, f"training.{kind}", params={**_params(session), **more}, address=address, key=key, at=at
    )  # fmt: skip


def _seated(session: TrainingSession) -> list[User]:
    rows = session.registrations.seated().select_related("user").order_by("pk")
    return [row.user for row in rows]


def _runners(session: TrainingSession) -> list[User]:
    """Return who answers for a session: its trainers, else the Office."""
    return list(session.trainers.order_by("pk")) or list(roles.officers())


def invited(session: TrainingSession, people: Iterable[User], *, at: datetime) -> None:
    """Invite people with an account."""
    _tell(people, "invited", session, key=str(session.pk), at=at)


def invited_by_address(session: TrainingSession, email: str) -> None:
    """Invite somebody without an account, in Spanish: where to sign up and register."""
    with translation.override(settings.LANGUAGE_CODE):
        url = absolute(session.get_absolute_url(), settings.LANGUAGE_CODE)
        context = {"session": session, "url": url, "programme": settings.PROGRAMME_NAME, "office": settings.OFFICE_NAME}
        subject = translation.gettext("You are invited to «%(course)s»") % {"course": session.course.title}
        send_mail(subject, render_to_string("programme/emails/invited.txt", context), None, [email])


def registered(registration: Registration, *, moved_up: bool, at: datetime) -> None:
    """Tell the person where they stand: a seat, at once or from the list, or a place in the list."""
    kind = "moved_up" if moved_up else str(registration.status)
    key = f"{registration.pk}:{registration.queued_at.isoformat()}"
    _tell([registration.user], kind, registration.session, key=key, at=at)


def changed(session: TrainingSession, *, at: datetime) -> None:
    """Tell who has a seat or waits that date or place are others."""
    _tell(_concerned(session), "changed", session, key=f"{session.pk}:{session.revision}", at=at)


def cancelled(session: TrainingSession, *, at: datetime) -> None:
    """Tell who has a seat or waits that it won't be held."""
    address = reverse("programme:training")
    _tell(
        _concerned(session), "cancelled", session, key=str(session.pk), at=at,
        reason=session.cancelled_reason, address=address,
    )  # fmt: skip


def _concerned(session: TrainingSession) -> list[User]:
    rows = session.registrations.exclude(status=RegistrationStatus.LEFT).select_related("user").order_by("pk")
    return [*(row.user for row in rows), *session.trainers.order_by("pk")]


def asked(question: SessionQuestion, *, at: datetime) -> None:
    """Tell who gives the session."""
    session = question.session
    address = reverse("programme:manage", kwargs={"public_id": session.public_id})
    _tell(_runners(session), "question", session, key=str(question.pk), at=at, question=question.text, address=address)


def answered(question: SessionQuestion, *, at: datetime) -> None:
    """Tell who asked."""
    _tell(
        [question.asked_by], "answered", question.session, key=str(question.pk), at=at,
        question=question.text, answer=question.answer,
    )  # fmt: skip


def materials(session: TrainingSession, titles: list[str], *, at: datetime) -> None:
    """Tell who has a seat which materials are there."""
    _tell(
        _seated(session), "materials", session, key=f"{session.pk}:{at.isoformat()}", at=at, titles=" · ".join(titles)
    )


def thanked(certificates: Iterable[Certificate], *, at: datetime) -> None:
    """Thank each who came: the certificate is there, and we ask for an opinion."""
    for each in certificates:
        registration = each.registration
        hours = f"{each.hours.normalize():f}"
        _tell([registration.user], "thanks", registration.session, key=str(registration.pk), at=at, hours=hours)


def remind(*, at: datetime) -> None:
    """Remind who has a seat a week and a day before. A session that moved is reminded of anew. Safe to repeat."""
    rows = TrainingSession.objects.to_come().filter(starts_at__lte=at + BEFORE[0]).select_related("course")
    for session in rows.order_by("starts_at", "pk"):
        nearest = min(each for each in BEFORE if session.starts_at <= at + each)
        key = f"{session.pk}:{session.starts_at.isoformat()}:{nearest.days}"
        _tell(_seated(session), "reminder", session, key=key, at=at)


def _still_seated(notices: list[Notice]) -> set[int]:
    """Return the reminders of sessions that are still to be held and in which the person still has a seat."""
    names = {notice.params["session"] for notice in notices}
    rows = Registration.objects.seated().filter(session__public_id__in=names, session__status=SessionStatus.PUBLISHED)
    seats = set(rows.values_list("session__public_id", "user_id"))
    return {notice.pk for notice in notices if (notice.params["session"], notice.recipient_id) in seats}


def calendar_file(notices: list[Notice]) -> list[tuple[str, bytes, str]]:
    """Return the calendar file of the sessions that a mail tells of, one for all."""
    names = {notice.params["session"] for notice in notices}
    rows = TrainingSession.objects.filter(public_id__in=names).select_related("course").order_by("starts_at", "pk")
    return [("sesion.ics", calendar_of(list(rows), with_link=True), "text/calendar")]
