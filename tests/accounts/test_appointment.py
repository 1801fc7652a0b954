"""Naming delegates and substitutes: rules, record, pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from govtech import clock
from govtech.accounts import actions, roles
from govtech.accounts.models import ApproverSubstitution, DelegateAppointment
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from tests.accounts.factories import AppointmentFactory, SubstitutionFactory, UserFactory
from tests.reference.factories import DepartmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    return UserFactory(is_officer=True)


@pytest.fixture
def today() -> date:
    return clock.local_date(clock.now())


def days(count: int) -> timedelta:
    return timedelta(days=count)


def test_an_officer_appoints_and_it_is_on_record(officer: Any, today: date) -> None:
    user, substitute, department = UserFactory(), UserFactory(), DepartmentFactory()
    assert not roles.is_delegate(user)

    appointment = actions.appoint(
        user, department=department, from_on=today, substitute=substitute, by=officer, at=clock.now()
    )

    assert roles.is_delegate(user, department)
    assert roles.is_delegate(substitute, department)
    event = AuditEvent.objects.get(kind="delegate.appointed")
    assert (event.target_id, event.actor_id) == (str(appointment.pk), officer.pk)


@pytest.mark.parametrize("traits", [{}, {"is_director": True}, {"is_auditor": True}, {"is_administrator": True}])
def test_nobody_else_appoints(traits: dict[str, bool], today: date) -> None:
    with pytest.raises(PermissionDenied):
        actions.appoint(
            UserFactory(), department=DepartmentFactory(), from_on=today, by=UserFactory(**traits), at=clock.now()
        )
    assert not DelegateAppointment.objects.exists()


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ((0, None), (10, None), True),
        ((0, 10), (10, 20), True),
        ((0, 10), (11, 20), False),
        ((10, None), (0, 9), False),
        ((10, 20), (0, None), True),
        ((0, 30), (10, 20), True),
    ],
)
def test_appointments_of_a_person_in_a_department_do_not_overlap(
    officer: Any, today: date, first: Any, second: Any, refused: bool
) -> None:
    def dates(pair: Any) -> dict[str, Any]:
        return {"from_on": today + days(pair[0]), "until_on": None if pair[1] is None else today + days(pair[1])}

    existing = AppointmentFactory(**dates(first))
    attempt = {"department": existing.department, "by": officer, "at": clock.now(), **dates(second)}

    if refused:
        with pytest.raises(DomainError) as refusal:
            actions.appoint(existing.user, **attempt)
        assert refusal.value.field == "user"
    else:
        actions.appoint(existing.user, **attempt)
    assert DelegateAppointment.objects.count() == (1 if refused else 2)


def test_bad_appointments_are_refused_in_words(officer: Any, today: date) -> None:
    user, department = UserFactory(), DepartmentFactory()
    base = {"department": department, "from_on": today, "by": officer, "at": clock.now()}
    for values, field in [
        ({"until_on": today - days(1)}, "until_on"),
        ({"substitute": user}, "substitute"),
    ]:
        with pytest.raises(DomainError) as refusal:
            actions.appoint(user, **base, **values)
        assert refusal.value.field == field
    with pytest.raises(DomainError) as refusal:
        actions.appoint(UserFactory(is_active=False), **base)
    assert refusal.value.field == "user"
    assert not AuditEvent.objects.filter(kind="delegate.appointed").exists()


def test_an_appointment_ends_today_or_later_and_only_once(officer: Any, today: date) -> None:
    appointment = AppointmentFactory(from_on=today - days(10))
    at = clock.now()

    with pytest.raises(DomainError):
        actions.end(appointment, until_on=today - days(1), by=officer, at=at)
    actions.end(appointment, until_on=today, by=officer, at=at)

    appointment.refresh_from_db()
    assert appointment.until_on == today
    assert appointment.is_in_force(today)
    assert not appointment.is_in_force(today + days(1))
    assert AuditEvent.objects.get(kind="delegate.appointment_ended").new == str(today)
    over = AppointmentFactory(from_on=today - days(10), until_on=today - days(1))
    with pytest.raises(DomainError):
        actions.end(over, until_on=today + days(5), by=officer, at=at)
    future = AppointmentFactory(from_on=today + days(5))
    with pytest.raises(DomainError):
        actions.end(future, until_on=today, by=officer, at=at)
    with pytest.raises(PermissionDenied):
        actions.end(future, until_on=today + days(9), by=future.user, at=at)


def test_a_director_names_a_substitute_but_a_substitute_does_not(today: date) -> None:
    director, other = UserFactory(is_director=True), UserFactory(is_officer=True)
    values = {"from_on": today, "until_on": today + days(3), "reason": "Vacaciones", "at": clock.now()}

    actions.name_substitute(director, substitute=other, by=director, **values)

    assert roles.is_director(other)
    assert AuditEvent.objects.get(kind="director.substitute_named").reason == "Vacaciones"
    with pytest.raises(PermissionDenied):
        actions.name_substitute(director, substitute=UserFactory(), by=other, **values)
    for change, field in [
        ({"substitute": director}, "substitute"),
        ({"substitute": UserFactory(is_active=False)}, "substitute"),
        ({"substitute": UserFactory()}, "substitute"),  # nobody of the Office
        ({"from_on": today - days(1)}, "from_on"),
        ({"from_on": today + days(9)}, "until_on"),
        ({}, "from_on"),  # overlaps the first
    ]:
        with pytest.raises(DomainError) as refusal:
            actions.name_substitute(
                director, by=director, **{"substitute": UserFactory(is_officer=True), **values, **change}
            )
        assert refusal.value.field == field
    assert ApproverSubstitution.objects.count() == 1


def test_a_director_ends_a_substitution_early_and_names_another(today: date) -> None:
    director, other = UserFactory(is_director=True), UserFactory(is_officer=True)
    values = {"from_on": today, "until_on": today + days(3), "reason": "Vacaciones", "at": clock.now()}
    row = actions.name_substitute(director, substitute=other, by=director, **values)
    assert roles.is_director(other)
    with pytest.raises(PermissionDenied):
        actions.end_substitution(row, by=UserFactory(is_director=True), at=clock.now())

    actions.end_substitution(row, by=director, at=clock.now())

    assert not roles.is_director(type(other).objects.get(pk=other.pk))
    assert AuditEvent.objects.filter(kind="director.substitution_ended").count() == 1
    with pytest.raises(DomainError):
        actions.end_substitution(row, by=director, at=clock.now())
    actions.name_substitute(director, substitute=UserFactory(is_officer=True), by=director, **values)


def test_groups_change_through_the_action_that_records_them(officer: Any) -> None:
    user = UserFactory(is_officer=True)
    director = Group.objects.get(name=roles.DIRECTORS)

    actions.set_groups(user, groups=[director], by=officer, at=clock.now())
    actions.set_groups(user, groups=[director], by=officer, at=clock.now())

    event = AuditEvent.objects.get(kind="account.groups_changed")
    assert (event.old, event.new) == ("office", "directors")
    assert roles.is_director(user) or roles.is_director(type(user).objects.get(pk=user.pk))


# Pages -----------------------------------------------------------------------------------------------


def test_the_office_appoints_and_ends_in_the_browser(client: Client, officer: Any, today: date) -> None:
    user, department = UserFactory(full_name="Carmen Vega"), DepartmentFactory()
    client.force_login(officer)

    page = client.post(
        reverse("accounts:appoint"),
        {"user": user.email.upper(), "department": department.pk, "from_on": today.isoformat()},
        follow=True,
    )
    appointment = DelegateAppointment.objects.get()
    ended = client.post(
        reverse("accounts:end", args=[appointment.public_id]), {"until_on": today.isoformat()}, follow=True
    )

    assert "Carmen Vega" in page.content.decode()
    assert appointment.user == user
    assert ended.redirect_chain[-1][0] == reverse("accounts:delegates")
    appointment.refresh_from_db()
    assert appointment.until_on == today


def test_refusals_stand_beside_their_field(client: Client, officer: Any, today: date) -> None:
    user, department = UserFactory(), DepartmentFactory()
    client.force_login(officer)
    good = {"user": user.email, "department": department.pk, "from_on": today.isoformat()}

    for change, field in [
        ({"user": "nobody@example.org"}, "user"),
        ({"substitute": user.email}, "substitute"),
        ({"until_on": (today - days(1)).isoformat()}, "until_on"),
        ({"from_on": "yesterday"}, "from_on"),
        ({"department": "999999"}, "department"),
        ({"user": "a\x00b"}, "user"),
    ]:
        page = client.post(reverse("accounts:appoint"), {**good, **change})
        assert page.status_code == 200
        assert field in page.context["form"].errors, change
    assert not DelegateAppointment.objects.exists()


@pytest.mark.parametrize("name", ["delegates", "appoint"])
@pytest.mark.parametrize("traits", [{}, {"is_director": True}, {"is_auditor": True}, {"is_administrator": True}])
def test_pages_of_delegates_are_the_offices(client: Client, name: str, traits: dict[str, bool]) -> None:
    client.force_login(UserFactory(**traits))

    assert client.get(reverse(f"accounts:{name}")).status_code == 403


def test_list_of_delegates_takes_the_same_queries_for_any_length(
    client: Client, officer: Any, today: date, django_assert_num_queries: Any
) -> None:
    client.force_login(officer)
    AppointmentFactory(substitute=UserFactory())
    client.get(reverse("accounts:delegates"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("accounts:delegates"))
    for _ in range(6):
        AppointmentFactory(substitute=UserFactory())

    with django_assert_num_queries(len(one)):
        page = client.get(reverse("accounts:delegates"))

    assert len(page.context["page"]) == 7


def test_a_director_names_a_substitute_in_the_browser(client: Client, today: date) -> None:
    director, other = UserFactory(is_director=True), UserFactory(full_name="Luis Soto", is_officer=True)
    client.force_login(director)
    values = {
        "substitute": other.email,
        "from_on": today.isoformat(),
        "until_on": (today + days(2)).isoformat(),
        "reason": "Vacaciones",
    }

    page = client.post(reverse("accounts:substitutes"), values, follow=True)
    again = client.post(reverse("accounts:substitutes"), values)

    assert "Luis Soto" in page.content.decode()
    assert "from_on" in again.context["form"].errors
    client.force_login(SubstitutionFactory().substitute)
    assert client.get(reverse("accounts:substitutes")).status_code == 403


def test_a_profile_changes_name_post_and_language_only(client: Client) -> None:
    user = UserFactory(full_name="Ana Gil")
    client.force_login(user)

    client.post(
        reverse("accounts:profile"),
        {
            "full_name": "  Ana   Gil  Soto ",
            "post": "Jefa de servicio",
            "language": "en",
            "email": "x@example.org",
            "is_staff": "on",
            "is_superuser": "on",
        },
    )

    user.refresh_from_db()
    assert (user.full_name, user.post, user.language) == ("Ana Gil Soto", "Jefa de servicio", "en")
    assert not user.is_staff
    assert not user.is_superuser
    assert user.email != "x@example.org"
    assert AuditEvent.objects.get(kind="account.profile_changed").fields == ["full_name", "post", "language"]


@pytest.mark.parametrize("name", ["", "   ", "🙂🙂", "123", "x" * 121])
def test_a_name_needs_letters(client: Client, name: str) -> None:
    user = UserFactory(full_name="Ana Gil")
    client.force_login(user)

    page = client.post(reverse("accounts:profile"), {"full_name": name, "post": "", "language": "es"})

    assert "full_name" in page.context["form"].errors
    assert "Ana G." in page.content.decode()
    user.refresh_from_db()
    assert user.full_name == "Ana Gil"
