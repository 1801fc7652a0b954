"""Kept pages in the real web server: two processes, of which neither shows what the other has changed."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from challenges.models import Challenge
from govtech import clock
from govtech.embedded import PostgresServer
from tests import people
from tests.challenges import factories
from tests.system.portal import Portal
from tests.system.visitor import Visitor

pytestmark = pytest.mark.system
PASSWORD = "una-clave-muy-larga-155"


@pytest.fixture(scope="module")
def keeping(
    postgres: PostgresServer, migrated_database: str, system_static: Path, tmp_path_factory: Any, django_db_blocker: Any
) -> Iterator[Portal]:
    """The portal as in production: pages are kept."""
    portal = Portal(postgres, migrated_database, tmp_path_factory.mktemp("keeping"), system_static)
    portal.env["PAGE_CACHE_SECONDS"] = "60"
    portal.env["STAFF_MFA_REQUIRED"] = "0"
    with django_db_blocker.unblock():
        try:
            portal.open()
            yield portal
        finally:
            portal.close()


def texts(portal: Portal, address: str, count: int = 40) -> list[str]:
    """Open a page often, each time on a connection of its own, so that both processes are met."""

    def look(_number: int) -> str:
        connection = http.client.HTTPConnection("localhost", portal.port, timeout=30)
        connection.request("GET", address)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == 200, text
        return text

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(look, range(count)))


def test_an_answer_is_seen_in_every_process_at_once(keeping: Portal) -> None:
    with keeping.orm():
        challenge: Challenge = factories.open_challenge(title="Ordenar la carga y descarga")
        delegate = people.delegate(challenge.department, password=PASSWORD)
        asker = people.person(password=PASSWORD)
        asked = f"{challenge.get_absolute_url()}preguntas/"
        assert clock.now() < challenge.questions_close_at
    address = challenge.get_absolute_url()
    visitor = Visitor(keeping).sign_in(asker.email, PASSWORD)
    visitor.get(asked)
    visitor.post(f"{asked}preguntar/", text="¿Se puede visitar el lugar?", anyway="1")
    [(public_id,)] = keeping.sql("SELECT public_id FROM challenges_question")
    assert len(set(texts(keeping, address))) == 1
    answering = Visitor(keeping).sign_in(delegate.email, PASSWORD)

    answering.get(f"{asked}{public_id}/")
    answering.post(f"{asked}{public_id}/", answer="Sí, cualquier martes.", text="Sí, cualquier martes.")

    assert all("Sí, cualquier martes." in text for text in texts(keeping, address))


def test_without_valkey_the_page_is_there_and_kept_again_when_it_is_back(keeping: Portal) -> None:
    with keeping.orm():
        factories.open_challenge(title="Semáforos que avisan")
    texts(keeping, "/retos/")

    keeping.stop_valkey()
    assert all("</html>" in text for text in texts(keeping, "/retos/", 8))
    assert all("</html>" in text for text in texts(keeping, "/en/challenges/", 8))  # nothing of it was ever kept
    keeping.start_valkey()

    assert all("</html>" in text for text in texts(keeping, "/retos/", 8))
