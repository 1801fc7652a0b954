"""People and groups in the administration."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.audit.models import AuditEvent
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Any:
    user = UserFactory(is_administrator=True)
    client.force_login(user)
    return user


def test_only_administrators_enter(client: Client) -> None:
    for traits in ({}, {"is_officer": True}, {"is_director": True}, {"is_auditor": True}):
        client.force_login(UserFactory(**traits))
        assert client.get("/gestion/").status_code in (302, 403)


def test_a_change_of_groups_goes_on_record(client: Client, administrator: Any) -> None:
    user = UserFactory()
    values = {"email": user.email, "full_name": user.full_name, "language": "es", "is_active": "on"}

    client.post(
        f"/gestion/accounts/user/{user.pk}/change/", {**values, "groups": [Group.objects.get(name="office").pk]}
    )
    client.post(f"/gestion/accounts/user/{user.pk}/change/", {**values, "full_name": "Otra Persona", "groups": []})

    events = AuditEvent.objects.filter(kind="account.groups_changed").order_by("pk")
    assert [(event.old, event.new, event.actor_id) for event in events] == [
        ("", "office", administrator.pk),
        ("office", "", administrator.pk),
    ]
    user = User.objects.get(pk=user.pk)
    assert user.full_name == "Otra Persona"
    assert not roles.is_officer(user)


def test_people_are_added_and_never_deleted(client: Client, administrator: Any) -> None:
    client.post(
        "/gestion/accounts/user/add/",
        {
            "email": "nueva@example.org",
            "full_name": "Nueva Persona",
            "language": "es",
            "usable_password": "true",
            "password1": "una frase muy larga 155",
            "password2": "una frase muy larga 155",
        },
    )

    user = User.objects.get(email="nueva@example.org")
    assert user.check_password("una frase muy larga 155")
    assert client.post(f"/gestion/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_groups_are_neither_added_nor_renamed(client: Client, administrator: Any) -> None:
    group = Group.objects.get(name="office")

    client.post(f"/gestion/auth/group/{group.pk}/change/", {"name": "other"})

    assert client.get("/gestion/auth/group/add/").status_code == 403
    group.refresh_from_db()
    assert group.name == "office"


@pytest.mark.parametrize(
    "path",
    [
        "accounts/user/",
        "auth/group/",
        "reference/department/",
        "reference/district/",
        "reference/policyarea/",
        "reference/cpvcode/",
        "reference/holiday/",
        "reference/rules/",
        "programme/page/",
    ],
)
def test_lists_open(client: Client, administrator: Any, path: str) -> None:
    assert client.get(f"/gestion/{path}").status_code == 200
