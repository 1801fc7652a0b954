"""Eight at once: never a seat too many, nobody passed over, nobody twice."""

from collections import Counter
from datetime import timedelta

import pytest

from govtech import clock
from govtech.notifications.models import Notice
from govtech.programme.actions import registration
from govtech.programme.models import Registration, RegistrationStatus
from tests import people
from tests.programme import factories
from tests.startups.test_proposal_race import PROCESSES, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def count(session) -> Counter:
    return Counter(Registration.objects.filter(session=session).values_list("status", flat=True))


def test_eight_want_three_seats_and_five_wait():
    session = factories.session(capacity=3)
    delegates = [people.delegate() for _ in range(PROCESSES)]

    said = at_once(lambda number: registration.register(session, by=delegates[number], at=clock.now()))

    assert said == ["ok"] * PROCESSES
    assert count(session) == {RegistrationStatus.REGISTERED: 3, RegistrationStatus.WAITING: 5}
    told = Counter(Notice.objects.values_list("kind", flat=True))
    assert (told["training.registered"], told["training.waiting"]) == (3, 5)


def test_one_person_in_eight_windows_has_one_place():
    session, delegate = factories.session(capacity=3), people.delegate()

    said = at_once(lambda number: registration.register(session, by=delegate, at=clock.now()))

    assert said.count("ok") == 1
    assert count(session) == {RegistrationStatus.REGISTERED: 1}


def test_four_leave_while_four_come_and_the_first_who_waited_have_the_seats():
    session = factories.session(capacity=4)
    at = clock.now()
    early = [registration.register(session, by=people.delegate(), at=at + timedelta(seconds=n)) for n in range(8)]
    late = [people.delegate() for _ in range(4)]

    def act(number: int) -> None:
        if number < 4:
            registration.leave(early[number], by=early[number].user, at=clock.now())
        else:
            registration.register(session, by=late[number - 4], at=clock.now() + timedelta(minutes=1))

    assert at_once(act) == ["ok"] * PROCESSES
    assert count(session) == {
        RegistrationStatus.REGISTERED: 4,
        RegistrationStatus.WAITING: 4,
        RegistrationStatus.LEFT: 4,
    }
    seated = set(session.registrations.seated().values_list("user", flat=True))
    assert seated == {row.user_id for row in early[4:]}  # who waited before anybody came late
