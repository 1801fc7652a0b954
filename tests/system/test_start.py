"""The stack starts, answers, survives the loss of a part, and writes as the application's role."""

import urllib.request
from collections.abc import Callable
from typing import Any

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
    assert answer(portal, "/readyz") == 200


def test_killed_worker_and_web_server_start_again(portal: Portal) -> None:
    for name in ("worker", "web"):
        portal.kill(name)
        portal.start(name)

    assert answer(portal, "/") == 200


def test_web_server_connects_as_the_application_role(portal: Portal) -> None:
    answer(portal, "/readyz")

    roles = portal.sql(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    assert roles == [("portal_app",)]


def test_front_page_in_a_browser(portal: Portal, page: Any, axe: Callable[[Any], None]) -> None:
    page.goto("/")

    assert page.locator("h1").count() == 1
    axe(page)
