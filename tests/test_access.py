"""Every address, as every role, on GET and on an empty POST: what is stated is what happens.

A route without a statement in a `tests/<app>/access_*.py` fails here, so no page comes into the world unguarded.
"""

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve, reverse
from django.utils import translation

from tests.access import ROLES, Route
from tests.visits import KEPT_BY_READING, KEPT_BY_REFUSING, Visits, addresses
from tests.world import World, undone

HERE = Path(__file__).parent


def collected() -> dict[str, Route]:
    """Collect what all apps state. The same route twice is an error."""
    routes: dict[str, Route] = {}
    for path in sorted(HERE.glob("*/access_*.py")):
        module = importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
        twice = routes.keys() & module.ROUTES.keys()
        assert not twice, f"stated twice: {twice}"
        routes |= module.ROUTES
    return routes


STATED = collected()
EXISTING: dict[str, list[Any]] = {}
for _address in addresses():
    if not _address.name.startswith("admin:"):
        EXISTING.setdefault(_address.name, []).append(_address.pattern)
BOTH = sorted(STATED.keys() & EXISTING.keys())
PIECES = {"challenges:fragment", "pilots:feed_html"}  # HTML for the page of another site


@pytest.fixture(scope="module")
def visits(world: World) -> Visits:
    """Everybody's visits, remembered."""
    return Visits(world, STATED)


def test_every_address_has_a_statement_and_every_statement_an_address() -> None:
    assert EXISTING.keys() - STATED.keys() == set(), "no statement of who may open these"
    assert STATED.keys() - EXISTING.keys() == set(), "statements about addresses that don't exist"


@pytest.mark.parametrize("name", BOTH)
def test_a_statement_names_every_role(name: str) -> None:
    assert set(STATED[name].get) == set(STATED[name].post) == set(ROLES)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", BOTH)
def test_an_address_leads_to_its_own_page(name: str, language: str, visits: Visits) -> None:
    for pattern in EXISTING[name]:
        address = visits.address(name, language, **pattern.default_args)

        with translation.override(language):
            found = resolve(address)

        assert (found.view_name, found.func) == (name, pattern.callback), f"another page hides {address}"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", BOTH)
def test_each_role_gets_what_is_stated(name: str, method: str, visits: Visits) -> None:
    found = {role: answer.status for role, answer in visits.of(name, method).items()}

    assert found == getattr(STATED[name], method), visits.address(name)


@pytest.mark.parametrize("name", BOTH)
def test_the_english_twin_answers_the_same(name: str, visits: Visits) -> None:
    found = {role: answer.status for role, answer in visits.of(name, language="en").items()}

    assert found == {role: answer.status for role, answer in visits.of(name).items() if role in found}
    assert visits.address(name, "en").startswith("/en/")


@pytest.mark.parametrize("name", BOTH)
def test_opening_a_page_changes_nothing(name: str, visits: Visits) -> None:
    wrote = {
        role: answer.wrote - (KEPT_BY_REFUSING if answer.status in (403, 404) else KEPT_BY_READING)
        for role, answer in visits.of(name).items()
    }

    assert {role: tables for role, tables in wrote.items() if tables} == {}


@pytest.mark.parametrize("name", BOTH)
def test_an_empty_form_changes_nothing_for_who_may_not(name: str, visits: Visits) -> None:
    refused = {role: answer for role, answer in visits.of(name, "post").items() if answer.status in (403, 404, 405)}

    assert {role: wrote for role, answer in refused.items() if (wrote := answer.wrote - KEPT_BY_REFUSING)} == {}


@pytest.mark.parametrize("name", BOTH)
def test_pages_of_a_signed_in_person_are_kept_nowhere(name: str, visits: Visits) -> None:
    answers = {**visits.of(name), **{f"{role} (form)": each for role, each in visits.of(name, "post").items()}}

    kept = {role for role, each in answers.items() if "no-store" not in each.headers.get("Cache-Control", "")}

    assert kept <= {"visitor", "visitor (form)"}


@pytest.mark.parametrize("name", [name for name in BOTH if name not in PIECES])
def test_pages_are_well_made(name: str, visits: Visits) -> None:
    for language in ("es", "en"):
        assert {role: each.faults for role, each in visits.of(name, language=language).items() if each.faults} == {}
    assert {role: each.faults for role, each in visits.of(name, "post").items() if each.faults} == {}


# The administration --------------------------------------------------------------------------------


def administration() -> list[str]:
    """Return the addresses of the administration that need no object."""
    return [reverse(each.name) for each in addresses() if each.name.startswith("admin:") and not each.keys]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_the_administration_is_for_administrators(role: str, world: World) -> None:
    found = {}
    for address in administration():
        for method in ("get", "post"):
            with undone():
                found[f"{method} {address}"] = getattr(world.client(role), method)(address).status_code

    assert {address for address, status in found.items() if status not in (302, 403, 404, 405)} == set()


def test_the_administration_opens_for_administrators(world: World) -> None:
    found = {}
    for address in administration():
        if not address.endswith(("logout/", "autocomplete/")):
            with undone():
                found[address] = world.client("administrator").get(address).status_code

    assert set(found.values()) <= {200, 302, 403}
    assert found[reverse("admin:index")] == 200
    assert sum(status == 200 for status in found.values()) > 15
