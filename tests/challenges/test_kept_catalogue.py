"""Public pages are kept for everybody: never past a change of what they show, and nobody's page for anybody else."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from challenges.actions import lifecycle
from challenges.actions import question as questions
from challenges.models import Challenge
from govtech import clock
from govtech.embedded import ValkeyServer
from govtech.shell import pages
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(valkey: ValkeyServer, settings: Any) -> Iterator[None]:
    """Pages are kept, in a Valkey of the test's own."""
    settings.PAGE_CACHE_SECONDS = 60
    pages.forget_shelf()
    yield
    pages.forget_shelf()


@pytest.fixture
def challenge(keeping: None) -> Challenge:
    return factories.open_challenge(title="Ordenar la carga y descarga")


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Run something and commit it."""

    def run(act: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        connection.run_on_commit = []  # what the test has prepared waits for a commit that never comes
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **kw)

    return run


def look(address: str) -> str:
    return Client().get(address).content.decode()


def is_kept(address: str, assert_num_queries: Any) -> None:
    look(address)
    with assert_num_queries(0):
        look(address)


@pytest.mark.parametrize("kind", ["list", "detail", "home", "english"])
def test_pages_are_kept_and_cost_no_query(challenge: Challenge, django_assert_num_queries: Any, kind: str) -> None:
    address = {"list": "/retos/", "detail": challenge.get_absolute_url(), "home": "/", "english": "/en/challenges/"}[
        kind
    ]

    is_kept(address, django_assert_num_queries)


def test_a_cancelled_call_is_shown_as_such_at_once(challenge: Challenge, committed: Callable[..., Any]) -> None:
    addresses = ["/retos/", challenge.get_absolute_url()]
    assert not any("Cancelado" in look(address) for address in addresses)

    committed(lifecycle.cancel, challenge, reason="Ya no hace falta.", by=people.director(), at=clock.now())

    assert all("Cancelado" in look(address) for address in addresses)


def test_a_longer_deadline_is_shown_at_once(challenge: Challenge, committed: Callable[..., Any]) -> None:
    address = challenge.get_absolute_url()
    assert "Plazo más amplio por petición" not in look(address)
    until = challenge.closes_at + timedelta(days=factories.workday(challenge.closes_at.date(), 10).toordinal()
                                            - challenge.closes_at.date().toordinal())  # fmt: skip

    committed(
        lifecycle.extend, challenge, closes_at=until, reason="Plazo más amplio por petición.", by=people.officer(),
        at=clock.now(),
    )  # fmt: skip

    assert "Plazo más amplio por petición" in look(address)


def test_an_answer_is_shown_at_once_and_a_question_alone_changes_nothing(
    challenge: Challenge, committed: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    address = challenge.get_absolute_url()
    look(address)

    question = committed(questions.ask, challenge, text="¿Se puede visitar el lugar?", by=people.person())
    with django_assert_num_queries(0):
        assert "visitar" not in look(address)
    answerer = people.delegate(challenge.department)
    committed(questions.answer, question, text="Sí, los martes.", by=answerer, at=clock.now())

    assert "Sí, los martes." in look(address)


def test_a_new_call_is_in_the_list_at_once(challenge: Challenge, committed: Callable[..., Any]) -> None:
    assert "Medir el ruido nocturno" not in look("/retos/")

    committed(factories.open_challenge, title="Medir el ruido nocturno")

    assert "Medir el ruido nocturno" in look("/retos/")


@pytest.mark.parametrize("first", ["visitor", "officer"])
def test_nobody_gets_the_page_of_somebody_else(challenge: Challenge, first: str) -> None:
    office = Client()
    office.force_login(people.officer("Oficial Reconocible"))
    for address in ("/", "/retos/", challenge.get_absolute_url(), "/en/challenges/", "/pilotos/"):
        for turn in (first, "officer" if first == "visitor" else "visitor", first):
            page = (office if turn == "officer" else Client()).get(address)
            text = page.content.decode()
            assert ("Oficial" in text) is (turn == "officer"), (address, turn)
            assert ("no-store" in page["Cache-Control"]) is (turn == "officer")
            assert ("csrfmiddlewaretoken" in text) <= (turn == "officer")


def test_after_signing_out_the_page_is_everybodys_again(challenge: Challenge) -> None:
    client = Client()
    client.force_login(people.person("Persona Reconocible"))
    assert "Persona" in client.get("/retos/").content.decode()

    client.logout()

    assert "Persona Reconocible" not in client.get("/retos/").content.decode()


def test_kept_pages_hold_nothing_of_one_request(challenge: Challenge) -> None:
    for address in ("/", "/retos/", challenge.get_absolute_url()):
        first, second = Client().get(address), Client().get(address)

        assert first.content == second.content
        assert not second.cookies
        assert not re.search(r"nonce|csrfmiddlewaretoken", second.content.decode())
        assert first["X-Request-ID"] != second["X-Request-ID"]
        assert "Content-Security-Policy" in second
        assert Client().get(address, headers={"If-None-Match": second["ETag"]}).status_code == 304


def test_a_page_does_not_outlive_the_phase_it_shows(keeping: None) -> None:
    at = clock.now()
    soon = factories.open_challenge(title="Cierra pronto")
    with clock.travel(soon.closes_at - timedelta(seconds=8)):
        look("/retos/")
        [left] = [
            pages.shelf()._client.pttl(name)
            for name in pages.shelf()._client.keys(f"pages:{pages.shelf().edition()}:*")
            if not name.split(b":", 2)[2].startswith(b"value")
        ]
    assert at < soon.closes_at
    assert 0 < left <= 8_000
