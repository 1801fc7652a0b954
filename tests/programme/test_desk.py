"""What the Office finds on its desk about mail."""

from datetime import timedelta
from typing import Any

import pytest

from govtech import clock
from govtech.programme.desk.mail import undelivered
from tests.accounts.factories import UserFactory
from tests.notifications.factories import EmailFactory, NoticeFactory

pytestmark = pytest.mark.django_db


def give_up(days_ago: int = 0) -> None:
    email = EmailFactory(gave_up_at=clock.now() - timedelta(days=days_ago), body_text="", subject="")
    NoticeFactory.create_batch(2, email=email)


def test_officers_hear_of_recent_mail_that_was_not_delivered(django_assert_num_queries: Any) -> None:
    officer = UserFactory(is_officer=True)
    at = clock.now()
    assert undelivered(officer, at=at) == []
    give_up()
    give_up()
    give_up(days_ago=20)
    EmailFactory(gave_up_at=at)  # an account's code: nothing to try again

    at = clock.now()
    with django_assert_num_queries(1):
        (item,) = undelivered(officer, at=at)

    assert item.title == "2 correos no se entregaron"
    assert item.url == "/avisos-enviados/?state=given-up"


def test_nobody_else_hears_of_it() -> None:
    give_up()

    for traits in ({}, {"is_director": True}, {"is_auditor": True}, {"is_administrator": True}):
        assert undelivered(UserFactory(**traits), at=clock.now()) == []
