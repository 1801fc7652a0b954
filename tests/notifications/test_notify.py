"""Telling people once, in the change's transaction, whatever the broker does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.translation import gettext_lazy, override

from govtech import clock
from govtech.notifications import addresses, kinds
from govtech.notifications.actions import TASK, notify
from govtech.notifications.models import Notice, OutgoingEmail
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db

PARAMS = {
    "title": "Parques",
    "day": date(2026, 12, 14),
    "instant": datetime(2026, 12, 14, 13, 0, tzinfo=UTC),
    "amount": Decimal("14500.50"),
    "state": gettext_lazy("Save"),
}


def tell(people: Any, *, key: str = "1", address: str = "/mesa/", **values: Any) -> None:
    notify(people, "test.happened", params=PARAMS, address=address, key=key, at=clock.now(), **values)


@contextmanager
def undone() -> Iterator[None]:
    """Run a block in a transaction that is rolled back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_each_person_gets_a_notice_and_a_mail_in_their_language() -> None:
    spanish, english = UserFactory(language="es"), UserFactory(language="en")

    tell([spanish, english, spanish])

    assert {(n.recipient_id, n.email.to, n.email.language) for n in Notice.objects.select_related("email")} == {
        (spanish.pk, spanish.email, "es"),
        (english.pk, english.email, "en"),
    }


def test_nobody_is_told_twice() -> None:
    user = UserFactory()

    tell([user])
    tell([user, UserFactory()])
    tell([user], key="2")

    assert Notice.objects.filter(recipient=user).count() == 2
    assert Notice.objects.count() == OutgoingEmail.objects.count() == 3


def test_people_who_cannot_sign_in_are_not_told() -> None:
    tell([UserFactory(is_active=False)])

    assert not Notice.objects.exists()


def test_a_change_that_fails_tells_nobody() -> None:
    with undone():
        tell([UserFactory()])

    assert not Notice.objects.exists()
    assert not OutgoingEmail.objects.exists()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "mesa/"])
def test_an_address_is_a_path_of_this_site(address: str) -> None:
    with pytest.raises(ValueError):
        tell([UserFactory()], address=address)


def test_an_unknown_kind_or_a_missing_parameter_fails_where_it_is_said() -> None:
    with pytest.raises(LookupError):
        notify([UserFactory()], "no.such", params={}, address="/", key="1", at=clock.now())
    with pytest.raises(KeyError):
        notify([UserFactory()], "test.happened", params={"title": "x"}, address="/", key="1", at=clock.now())


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_address_is_kept_in_spanish_whoever_acts(language: str) -> None:
    path = {"es": "/cuenta/perfil/", "en": "/en/account/profile/"}[language]
    with override(language):
        tell([UserFactory()], address=path)

    address = Notice.objects.get().address
    assert address == "/cuenta/perfil/"
    assert addresses.absolute(address, "en") == "http://testserver/en/account/profile/"
    assert addresses.absolute(address, "es") == "http://testserver/cuenta/perfil/"


def test_parameters_become_words_in_the_readers_language() -> None:
    tell([UserFactory()])
    notice = Notice.objects.get()

    with override("es"):
        text = kinds.get(notice.kind).words(notice.params).text
        assert "14 de diciembre de 2026, 14:00" in text
        assert "14.500,50\N{NO-BREAK SPACE}€" in text
        assert "Estado Guardar." in text
    with override("en"):
        text = kinds.get(notice.kind).words(notice.params).text
        assert "14 December 2026, 14:00" in text
        assert "€14,500.50" in text
        assert "Estado Save." in text


def test_telling_costs_the_same_queries_for_any_number(django_assert_num_queries: Any) -> None:
    few, many = [UserFactory()], [UserFactory() for _ in range(20)]

    with django_assert_num_queries(6):
        tell(few, key="few")
    with django_assert_num_queries(6):
        tell(many, key="many")


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_nudged_once_after_the_commit(kicks: list[str]) -> None:
    with transaction.atomic():
        for key in range(5):
            with transaction.atomic():
                tell([UserFactory()], key=str(key))
        assert kicks == []

    assert kicks == [TASK]


@pytest.mark.django_db(transaction=True)
def test_a_nudge_of_something_rolled_back_is_not_lost_for_the_rest(kicks: list[str]) -> None:
    with transaction.atomic():
        with undone():
            tell([UserFactory()])
        tell([UserFactory()], key="kept")

    assert kicks == [TASK]
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_fails_no_request(caplog: Any) -> None:
    """Nothing listens at the broker's address in tests: publishing is really refused."""
    tell([UserFactory()])

    assert OutgoingEmail.objects.waiting().count() == 1
    assert "OperationalError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_many_at_once_tell_each_person_once(kicks: list[str]) -> None:
    people = [UserFactory() for _ in range(6)]
    barrier = threading.Barrier(8)
    failures: list[BaseException] = []

    def run(turn: int) -> None:
        try:
            barrier.wait()
            for key in ("a", "b", "c"):
                tell(people[::-1] if turn % 2 else people, key=key)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Notice.objects.count() == OutgoingEmail.objects.count() == 18
    assert not Notice.objects.filter(email=None).exists()
