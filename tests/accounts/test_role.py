"""Who is what, and what it costs to know."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import IntegrityError, transaction

from govtech import clock
from govtech.accounts import roles
from govtech.accounts.models import ApproverSubstitution, DelegateAppointment, User
from tests.accounts.factories import AppointmentFactory, SubstitutionFactory, UserFactory
from tests.reference.factories import DepartmentFactory

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


QUESTIONS = (
    roles.is_officer,
    roles.is_director,
    roles.is_auditor,
    roles.is_staff_role,
    roles.is_delegate,
    roles.is_participantless,
)


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({}, set()),
        ({"is_officer": True}, {"is_officer", "is_staff_role", "is_participantless"}),
        ({"is_director": True}, {"is_director", "is_staff_role", "is_participantless"}),
        ({"is_auditor": True}, {"is_auditor", "is_staff_role", "is_participantless"}),
        ({"is_administrator": True}, set()),  # runs the platform, is nothing in the programme
    ],
)
def test_groups_make_roles(traits: dict[str, bool], expected: set[str]) -> None:
    user = UserFactory(**traits)

    assert {ask.__name__ for ask in QUESTIONS if ask(user)} == expected


def test_nobody_signed_in_is_nothing_without_a_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert not any(ask(AnonymousUser()) for ask in QUESTIONS)
        assert roles.departments_of(AnonymousUser()) == frozenset()


def test_all_questions_about_a_person_take_two_queries(django_assert_num_queries: Any) -> None:
    user = UserFactory(is_officer=True)
    AppointmentFactory(user=user)
    AppointmentFactory(user=user)
    user = fresh(user)

    with django_assert_num_queries(2):
        for ask in QUESTIONS * 2:
            ask(user)
        assert len(roles.departments_of(user)) == 2


@pytest.mark.parametrize(
    ("from_on", "until_on", "counts"),
    [
        (date(2026, 5, 10), None, True),
        (date(2026, 5, 10), date(2026, 5, 10), True),
        (date(2026, 5, 1), date(2026, 5, 9), False),
        (date(2026, 5, 11), None, False),
        (date(2026, 5, 1), date(2026, 5, 11), True),
    ],
)
@pytest.mark.parametrize("as_substitute", [False, True])
def test_an_appointment_counts_on_its_days_for_both(
    from_on: date, until_on: date | None, counts: bool, as_substitute: bool
) -> None:
    user = UserFactory()
    who = {"substitute": user} if as_substitute else {"user": user}
    appointment = AppointmentFactory(from_on=from_on, until_on=until_on, **who)

    with clock.travel(datetime(2026, 5, 10, 12, tzinfo=UTC)):
        assert roles.departments_of(user) == (frozenset({appointment.department_id}) if counts else frozenset())
        assert roles.is_delegate(user) is counts
        assert roles.is_delegate(user, appointment.department) is counts
        assert not roles.is_delegate(user, DepartmentFactory())
        assert set(roles.delegates_of(appointment.department)) == (
            {appointment.user, *([user] if as_substitute else [])} if counts else set()
        )


def test_the_day_is_the_citys(settings: Any) -> None:
    """At 22:30 in London's winter time a summer night in Madrid is already the next day."""
    appointment = AppointmentFactory(from_on=date(2026, 7, 2))

    with clock.travel(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)):
        assert not roles.is_delegate(fresh(appointment.user))
    with clock.travel(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)):
        assert roles.is_delegate(fresh(appointment.user))


def test_a_substitute_approves_while_it_lasts() -> None:
    substitution = SubstitutionFactory(from_on=date(2026, 8, 1), until_on=date(2026, 8, 31))
    user = substitution.substitute

    for day, counts in [(31, False), (1, True), (15, True)]:
        month = 7 if day == 31 else 8
        with clock.travel(datetime(2026, month, day, 12, tzinfo=UTC)):
            assert roles.is_director(fresh(user)) is counts
            assert (user in roles.directors()) is counts
            assert not roles.is_named_director(fresh(user))
            assert substitution.director in roles.directors()
    with clock.travel(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        assert not roles.is_director(fresh(user))


def test_a_director_who_left_has_no_substitute() -> None:
    substitution = SubstitutionFactory()
    assert roles.is_director(fresh(substitution.substitute))

    substitution.director.groups.clear()

    assert not roles.is_director(fresh(substitution.substitute))


def test_forget_reads_again() -> None:
    user = UserFactory()
    assert not roles.is_officer(user)
    user.groups.add(Group.objects.get(name=roles.OFFICE))
    assert not roles.is_officer(user)

    roles.forget(user)

    assert roles.is_officer(user)


def test_officers_who_cannot_sign_in_are_not_listed() -> None:
    working = UserFactory(is_officer=True)
    UserFactory(is_officer=True, is_active=False)

    assert list(roles.officers()) == [working]


@pytest.mark.parametrize(
    ("traits", "needed"),
    [
        ({}, False),
        ({"is_officer": True}, True),
        ({"is_director": True}, True),
        ({"is_auditor": True}, True),
        ({"is_administrator": True}, True),
    ],
)
def test_who_acts_for_the_city_needs_a_second_factor(settings: Any, traits: dict[str, bool], needed: bool) -> None:
    user = UserFactory(**traits)
    settings.STAFF_MFA_REQUIRED = True
    assert roles.needs_mfa(user) is needed
    settings.STAFF_MFA_REQUIRED = False
    assert not roles.needs_mfa(user)


def test_delegates_need_a_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True

    assert roles.needs_mfa(AppointmentFactory().user)


@pytest.mark.parametrize(
    ("name", "short"),
    [("Marta Ruiz", "Marta R."), ("Marta", "Marta"), ("María del Carmen Vega", "María d."), ("", "marta")],
)
def test_short_name(name: str, short: str) -> None:
    assert User(full_name=name, email="marta@example.org").short_name == short


def bad_appointment(**values: Any) -> None:
    user = UserFactory()
    AppointmentFactory(user=user, **{key: user if value == "self" else value for key, value in values.items()})


def test_impossible_rows_are_refused() -> None:
    week = timedelta(days=7)
    today = date(2026, 5, 10)
    open_one = AppointmentFactory()
    substitution = SubstitutionFactory()
    refused = [
        ("appointment_dates_in_order", lambda: bad_appointment(from_on=today, until_on=today - week)),
        ("appointment_substitute_is_another", lambda: bad_appointment(substitute="self")),
        (
            "appointment_one_open_per_department",
            lambda: AppointmentFactory(user=open_one.user, department=open_one.department),
        ),
        ("substitution_dates_in_order", lambda: SubstitutionFactory(from_on=today, until_on=today - week)),
        (
            "substitution_by_another_person",
            lambda: ApproverSubstitution.objects.filter(pk=substitution.pk).update(substitute=substitution.director),
        ),
        ("user_email_unique_whatever_capitals", lambda: UserFactory(email=UserFactory().email.upper())),
        ("user_language_known", lambda: UserFactory(language="fr")),
    ]
    for constraint, attempt in refused:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            attempt()
    assert DelegateAppointment.objects.count() == 1
