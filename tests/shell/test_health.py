"""`/healthz` and `/readyz`: for load balancers, so without host, session or language."""

import pytest
from django.db import OperationalError

pytestmark = pytest.mark.django_db


def test_healthz_answers_for_any_host_without_the_database(client, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["portal.example"]
    monkeypatch.setattr("govtech.shell.middleware.connection.cursor", _broken)

    response = client.get("/healthz", headers={"host": "10.0.0.7"})

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "process": "ok"}
    assert not response.cookies


def test_readyz_is_well_with_database_and_broker(client, valkey):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok"}
    assert response["Cache-Control"] == "no-store"


def test_readyz_is_503_with_the_broker_down(client):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "ok", "broker": "down"}


def test_readyz_is_503_with_the_database_down(client, monkeypatch):
    monkeypatch.setattr("govtech.shell.middleware.connection.cursor", _broken)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "down"


def _broken():
    raise OperationalError
