"""Every address, as every role, on GET and on an empty POST: what is stated is what happens.

A route without a statement in a `tests/<app>/access_*.py` fails here, so no page comes into the world unguarded.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from tests.access import ROLES, Route
from tests.world import World

HERE = Path(__file__).parent


def stated() -> dict[str, Route]:
    """Collect what all apps state. The same route twice is an error."""
    routes: dict[str, Route] = {}
    for path in sorted(HERE.glob("*/access_*.py")):
        module = importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
        twice = routes.keys() & module.ROUTES.keys()
        assert not twice, f"stated twice: {twice}"
        routes |= module.ROUTES
    return routes


def existing(resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Yield the name and the pattern of every address of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from existing(pattern, inner)
        else:
            yield ":".join((*namespaces, pattern.name or repr(pattern.pattern))), pattern


STATED = stated()


def test_every_address_has_a_statement_and_every_statement_an_address() -> None:
    names = {name for name, _ in existing() if not name.startswith("admin:")}

    assert names - STATED.keys() == set(), "no statement of who may open these"
    assert STATED.keys() - names == set(), "statements about addresses that don't exist"


@pytest.mark.parametrize("name", sorted(STATED))
def test_a_statement_names_every_role(name: str) -> None:
    assert set(STATED[name].get) == set(STATED[name].post) == set(ROLES)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(STATED))
def test_each_role_gets_what_is_stated(name: str, method: str, world: World) -> None:
    route = STATED[name]
    address = reverse(name, kwargs=route.kwargs(world))

    found: dict[str, Any] = {}
    for role in ROLES:
        with transaction.atomic():
            client = Client()
            if role != "visitor":
                client.force_login(world.person(role))
            found[role] = getattr(client, method)(address).status_code
            transaction.set_rollback(True)

    assert found == getattr(route, method), address


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_the_administration_is_for_administrators(role: str, world: World) -> None:
    addresses = [
        reverse(name) for name, pattern in existing() if name.startswith("admin:") and not pattern.pattern.converters
        and "(?P" not in str(pattern.pattern)
    ]
    client = Client()
    if role != "visitor":
        client.force_login(world.person(role))

    found = {address: client.get(address).status_code for address in addresses if "logout" not in address}

    assert {address for address, status in found.items() if status not in (302, 403, 404, 405)} == set()


def test_the_administration_opens_for_administrators(world: World) -> None:
    client = Client()
    client.force_login(world.person("administrator"))

    assert client.get(reverse("admin:index")).status_code == 200
