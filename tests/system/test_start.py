"""The stack starts, answers, survives the loss of a part, and writes as the application's role."""

import urllib.request
from collections.abc import Callable
from typing import Any

from tests import people
from tests.system.portal import Portal


def answer(portal: Portal, path: str) -> int:
    try:
        with urllib.request.urlopen(portal.url + path, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_portal_answers_and_knows_when_its_broker_is_gone(portal: Portal) -> None:
    assert (answer(portal, "/healthz"), answer(portal, "/readyz")) == (200, 200)

    portal.stop_valkey()
    without = answer(portal, "/healthz"), answer(portal, "/readyz"), answer(portal, "/")
    portal.start_valkey()

    assert without == (200, 503, 200)
    portal.wait_for(lambda: answer(portal, "/readyz") == 200, what="portal that is ready again")


def test_killed_worker_and_web_server_start_again(portal: Portal) -> None:
    for name in ("worker", "web"):
        portal.kill(name)
        portal.start(name)

    assert answer(portal, "/") == 200


def test_web_server_connects_as_the_application_role(portal: Portal) -> None:
    ours = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'portal_owner'"
    portal.wait_for(lambda: portal.sql(ours) == [(1,)], what="end of the connections of other tests")
    answer(portal, "/readyz")

    roles = portal.sql(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    assert roles == [("portal_app",)]


def test_a_person_made_by_the_test_signs_in_and_the_mail_arrives(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any]
) -> None:
    with portal.orm():
        people.officer("Ana Oficina", email="ana@example.test", password="una-clave-muy-larga")

    page = sign_in(portal, "ana@example.test", "una-clave-muy-larga")

    assert page.goto("/mesa/").status == 200
    visitor = new_page(portal)
    visitor.goto("/cuenta/password/reset/")
    visitor.fill("input[name=email]", "ana@example.test")
    visitor.press("input[name=email]", "Enter")
    assert portal.url in portal.wait_for_mail("ana@example.test").get_body(("plain",)).get_content()


def test_front_page_in_a_browser(portal: Portal, page: Any, axe: Callable[[Any], None]) -> None:
    page.goto("/")

    assert page.locator("h1").count() == 1
    axe(page)
