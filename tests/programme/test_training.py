"""Seats, the list that moves up by itself, attendance, certificates, and what they count for."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from challenges.policies import preflight
from govtech import clock
from govtech.accounts import erasure, roles
from govtech.accounts.models import DelegateAppointment
from govtech.errors import DomainError
from govtech.notifications import actions as outbox
from govtech.notifications.models import Notice
from govtech.programme.actions import attendance, registration, training
from govtech.programme.models import (
    Attendance,
    Certificate,
    Feedback,
    Invitation,
    Registration,
    RegistrationStatus,
    Requirement,
    SessionStatus,
)
from govtech.programme.notifications.training import remind
from govtech.programme.policies.coverage import of_departments
from tests import people
from tests.challenges.factories import draft_challenge
from tests.programme import factories

pytestmark = pytest.mark.django_db
HERE, AWAY = Attendance.PRESENT.value, Attendance.ABSENT.value


def status_of(session: Any) -> dict[str, str]:
    """Return where each person of a session stands."""
    return dict(session.registrations.order_by("pk").values_list("user__full_name", "status"))


def told(kind: str) -> list[str]:
    """Return who was told something of training, in order."""
    return list(
        Notice.objects.filter(kind=f"training.{kind}").order_by("pk").values_list("recipient__full_name", flat=True)
    )


def enter(session: Any, *names: str) -> list[Any]:
    """Register new delegates one after the other."""
    return [registration.register(session, by=people.delegate(name=name), at=clock.now()) for name in names]


def test_who_comes_too_late_waits_and_moves_up_in_order_as_seats_are_freed() -> None:
    session = factories.session()
    first, _second, _third, _fourth = enter(session, "Ana", "Berta", "Carla", "Dora")
    assert list(status_of(session).values()) == ["registered", "registered", "waiting", "waiting"]

    registration.leave(first, by=first.user, at=clock.now())

    assert status_of(session) == {"Ana": "left", "Berta": "registered", "Carla": "registered", "Dora": "waiting"}
    assert told("moved_up") == ["Carla"]
    registration.register(session, by=first.user, at=clock.now())  # behind who waited all the time
    values = {name: getattr(session, name) for name in training.SESSION}
    training.change(session, **{**values, "capacity": 3}, trainers=[], by=people.officer(), at=clock.now())
    assert status_of(session) == {"Ana": "waiting", "Berta": "registered", "Carla": "registered", "Dora": "registered"}
    assert told("changed") == []  # more seats change nobody's plans
    with pytest.raises(DomainError, match="3"):
        training.change(session, **{**values, "capacity": 1}, trainers=[], by=people.officer(), at=clock.now())


def test_who_waits_but_can_sign_in_no_more_is_passed_over_and_nobody_moves_once_it_began() -> None:
    session = factories.session(capacity=1)
    first, gone, third = enter(session, "Ana", "Berta", "Carla")
    gone.user.is_active = False
    gone.user.save()

    registration.leave(first, by=first.user, at=clock.now())
    assert status_of(session)["Carla"] == "registered"
    with clock.travel(session.starts_at), pytest.raises(DomainError):
        registration.leave(third, by=third.user, at=clock.now())


def test_a_seat_is_for_those_the_course_is_for_or_who_were_invited_and_for_a_time() -> None:
    session, stranger, officer = factories.session(), people.person(), people.officer()
    for other in (stranger, officer):
        with pytest.raises(PermissionDenied):
            registration.register(session, by=other, at=clock.now())
    department = people.department("A03")
    training.invite(
        session,
        addresses=[stranger.email.upper(), "nadie@example.test"],
        department=department,
        by=officer,
        at=clock.now(),
    )

    row = registration.register(session, by=stranger, at=clock.now())

    assert (row.status, row.department) == (RegistrationStatus.REGISTERED, department)
    with pytest.raises(DomainError):
        registration.register(session, by=stranger, at=clock.now())
    with clock.travel(session.registration_closes_at), pytest.raises(DomainError):
        registration.register(session, by=people.delegate(), at=clock.now())


def test_nobody_is_invited_twice_and_an_address_without_account_gets_a_mail() -> None:
    session, officer, delegate = factories.session(), people.officer(), people.delegate(name="Ana")

    values = {"audiences": ["delegates"], "addresses": ["Nueva@example.test"], "by": officer, "at": clock.now()}
    assert training.invite(session, **values) == 2
    assert training.invite(session, **values) == 0

    assert told("invited") == ["Ana"]
    outbox.send_due()
    (message,) = [each for each in mail.outbox if each.to == ["nueva@example.test"]]
    assert reverse("programme:session", kwargs={"public_id": session.public_id}) in message.body
    assert set(Invitation.objects.values_list("email", flat=True)) == {delegate.email, "nueva@example.test"}


def test_reminders_come_once_each_with_the_date_for_the_calendar_and_not_to_who_left() -> None:
    session = factories.session(link="https://video.example.test/sala")
    first, second = enter(session, "Ana", "Berta")
    for days, so_far in ((8, 0), (7, 2), (6, 2), (1, 4), (0.5, 4)):
        with clock.travel(session.starts_at - timedelta(days=days)):
            remind(at=clock.now())
        assert len(told("reminder")) == so_far, days
    with clock.travel(session.starts_at - timedelta(hours=5)):
        registration.leave(first, by=first.user, at=clock.now())
    mail.outbox.clear()

    with clock.travel(session.starts_at - timedelta(hours=4)):
        outbox.send_due()

    reminders = [each for each in mail.outbox if "empieza" in each.subject]
    assert {each.to[0] for each in reminders} == {second.user.email}
    ((name, data, kind),) = reminders[0].attachments
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert (name, kind) == ("sesion.ics", "text/calendar")
    assert event["dtstart"].dt == session.starts_at.replace(microsecond=0)
    assert session.link in event["description"]


def test_two_trainers_with_one_list_dont_undo_each_other_and_closing_certifies_who_came() -> None:
    trainer = people.person("Tomás")
    session = factories.session(trainers=[trainer], capacity=3)
    ana, berta, carla = enter(session, "Ana", "Berta", "Carla")
    shown = {row.public_id: ("", "") for row in (ana, berta, carla)}
    with clock.travel(session.starts_at - timedelta(hours=2)), pytest.raises(DomainError):
        attendance.mark(session, seen=shown, by=trainer, at=clock.now())
    with clock.travel(session.starts_at):
        at = clock.now()
        attendance.mark(
            session, seen=shown | {ana.public_id: ("", HERE), carla.public_id: ("", AWAY)}, by=trainer, at=at
        )
        attendance.mark(session, seen=shown | {berta.public_id: ("", HERE)}, by=people.officer(), at=at)
        assert set(session.registrations.values_list("attendance", flat=True)) == {HERE, AWAY}
        attendance.mark(session, seen={berta.public_id: (HERE, "")}, by=trainer, at=at)
        with pytest.raises(DomainError, match="1"):
            attendance.close(session, by=trainer, at=at)
        attendance.mark(session, seen={berta.public_id: ("", HERE)}, by=trainer, at=at)
        with pytest.raises(PermissionDenied):
            attendance.close(session, by=ana.user, at=at)
        attendance.close(session, by=trainer, at=at)

    assert told("thanks") == ["Ana", "Berta"]
    assert set(Certificate.objects.values_list("registration__user__full_name", flat=True)) == {"Ana", "Berta"}
    with pytest.raises(DomainError):
        attendance.give_feedback(session, usefulness=5, clarity=4, comment="", by=carla.user, at=clock.now())
    session.refresh_from_db()
    attendance.give_feedback(session, usefulness=5, clarity=4, comment="Más ejemplos", by=ana.user, at=clock.now())
    assert Feedback.objects.get().usefulness == 5


def test_the_public_check_says_genuine_over_or_taken_back_and_no_whole_name(client: Client) -> None:
    made = factories.passed(people.delegate(name="Ana Belén Cano"), factories.course(valid_months=12))
    address = reverse("programme:certificate_check", kwargs={"code": made.code})

    page = client.get(address).content.decode()
    assert "El certificado es auténtico" in page
    assert "Ana B." in page
    assert "Cano" not in page
    with clock.travel(clock.now() + timedelta(days=400)):
        assert "ya no cuenta" in client.get(address).content.decode()
    attendance.revoke(made, reason="Se confundió de persona", by=people.officer(), at=clock.now())
    page = client.get(address).content.decode()
    assert "Se retiró" in page
    assert "confundió" not in page
    typed = f"{made.code[:6]} {made.code[6:].upper()}"
    assert client.get(reverse("programme:certificate_form"), {"code": typed}).url == address
    assert client.get(reverse("programme:certificate_check", kwargs={"code": "z" * 12})).status_code == 404


def test_a_certificate_is_a_document_for_its_holder_and_who_runs_the_session() -> None:
    holder = people.delegate(name="Ana Belén Cano")
    made = factories.passed(holder, factories.course())
    session = made.registration.session
    address = reverse("programme:certificate", kwargs={"public_id": session.public_id, "code": made.code})
    found = {}
    for name, user in (("holder", holder), ("officer", people.officer()), ("other", people.delegate())):
        client = Client()
        client.force_login(user)
        found[name] = client.get(address)

    assert [found[name].status_code for name in found] == [200, 200, 404]
    assert found["holder"].content.startswith(b"%PDF")


def test_a_challenge_cant_be_sent_until_a_delegate_of_the_department_has_passed_what_is_asked() -> None:
    challenge = draft_challenge()
    course = factories.course(requirement=Requirement.STOP, valid_months=12)
    delegate, other = people.delegate(challenge.department), people.delegate(people.department("A03"))

    def line() -> Any:
        (check,) = [each for each in preflight.checks(challenge, at=clock.now()) if each.field == "training"]
        return check

    factories.passed(other, course)
    assert (line().level, line().rule) == (preflight.STOP, "training_missing")
    made = factories.passed(delegate, course)
    assert line().level == preflight.OK
    with clock.travel(clock.now() + timedelta(days=400)):
        assert line().level == preflight.STOP  # it counted for a year
    course.requirement = Requirement.ADVICE
    course.save()
    attendance.revoke(made, reason="Un error", by=people.officer(), at=clock.now())
    assert line().level == preflight.ADVICE


def test_coverage_names_who_is_trained_and_who_isnt(django_assert_num_queries: Any) -> None:
    department, course = people.department(), factories.course()
    trained, untrained = people.delegate(department, "Ana"), people.delegate(department, "Berta")
    DelegateAppointment.objects.filter(user=trained).update(substitute=people.person("Sara"))
    factories.passed(trained, course)
    today = clock.local_date(clock.now())

    with django_assert_num_queries(3):
        rows = of_departments(course, today)

    row = next(each for each in rows if each.department == department)
    assert (row.trained, [each.full_name for each in row.untrained]) == ([trained], [untrained.full_name, "Sara"])
    assert [each.department for each in of_departments(course, today, only=roles.departments_of(untrained))] == [
        department
    ]


def test_who_is_delegate_of_two_departments_is_one_person_trained(client: Client) -> None:
    ana, course = people.delegate(people.department("A03"), "Ana"), factories.course()
    officer = people.officer()
    DelegateAppointment.objects.create(
        user=ana, department=people.department("D06"), from_on=people.LONG_AGO, appointed_by=officer,
        appointed_at=clock.now(),
    )  # fmt: skip
    guest = people.person("Gil")
    session = factories.session(course, starts_at=clock.now() + timedelta(hours=2))
    training.invite(session, addresses=[guest.email], department=people.department("D06"), by=officer, at=clock.now())
    seats = [registration.register(session, by=each, at=clock.now()) for each in (ana, guest)]
    with clock.travel(session.starts_at):
        seen = {row.public_id: ("", HERE) for row in seats}
        attendance.mark(session, seen=seen, by=officer, at=clock.now())
        attendance.close(session, by=officer, at=clock.now())
    client.force_login(officer)

    context = client.get(reverse("programme:coverage")).context

    assert (context["covered"], context["people"]) == (2, 2)


def test_erasing_an_account_frees_its_seat_and_keeps_the_certificate_without_a_name() -> None:
    session, leaver = factories.session(capacity=1), people.person("Ana")
    course = session.course
    training.invite(session, addresses=[leaver.email], by=people.officer(), at=clock.now())
    registration.register(session, by=leaver, at=clock.now())
    enter(session, "Berta")
    other = factories.session(course, capacity=1, starts_at=clock.now() + timedelta(hours=2))
    training.invite(other, addresses=[leaver.email], by=people.officer(), at=clock.now())
    row = registration.register(other, by=leaver, at=clock.now())
    with clock.travel(other.starts_at):
        by = people.officer()
        attendance.mark(other, seen={row.public_id: ("", HERE)}, by=by, at=clock.now())
        attendance.close(other, by=by, at=clock.now())

    erasure.erase(leaver, by=leaver, at=clock.now())

    assert status_of(session)["Berta"] == "registered"
    assert Certificate.objects.get().registration.user.full_name == "Cuenta borrada"
    assert not Invitation.objects.filter(email=leaver.email).exists()


def test_a_cancelled_session_tells_all_and_takes_nobody() -> None:
    session, officer = factories.session(capacity=1), people.officer()
    enter(session, "Ana", "Berta")

    training.cancel(session, reason="La formadora está enferma.", by=officer, at=clock.now())

    assert told("cancelled") == ["Ana", "Berta"]
    session.refresh_from_db()
    assert session.status == SessionStatus.CANCELLED
    with pytest.raises(DomainError):
        registration.register(session, by=people.delegate(), at=clock.now())


@pytest.mark.parametrize(
    "change",
    [
        lambda: Registration.objects.filter(status="waiting").update(status="registered"),
        lambda: Registration.objects.values_list("session", flat=True) and _session().update(capacity=0),
        lambda: Certificate.objects.update(hours=9),
        lambda: Certificate.objects.all().delete(),
    ],
)
def test_the_database_refuses_too_many_seats_and_other_certificates(change: Any) -> None:
    factories.passed(people.delegate(), factories.course())
    enter(factories.session(capacity=1), "Ana", "Berta")

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        change()


def _session() -> Any:
    return factories.TrainingSession.objects.filter(status="published")
