"""The public check of a receipt: read once for all who ask, few times for one address, honest while keys are away."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from startups.actions import receipt_check
from startups.actions.keys import KeyServiceError
from startups.models import Receipt
from startups.views import receipt as views
from tests.startups.calls import own_draft
from tests.startups.factories import hand_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt() -> Receipt:
    return hand_in(own_draft())


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often everything that was handed in is read."""
    found: list[int] = []
    verify = receipt_check.envelopes.verify
    monkeypatch.setattr(receipt_check.envelopes, "verify", lambda row: (found.append(row.pk), verify(row))[1])
    return found


def asked(client: Client, receipt: Receipt) -> Any:
    return client.get(reverse("startups:verify", kwargs={"code": receipt.code}))


def test_many_who_ask_cost_one_reading(client: Client, receipt: Receipt, readings: list[int]) -> None:
    answers = [asked(client, receipt) for _time in range(3)]

    assert all(answer.context["outcome"].is_same for answer in answers)
    assert len(readings) == 1


def test_another_record_is_read_anew(client: Client, receipt: Receipt, readings: list[int]) -> None:
    asked(client, receipt)
    receipt.submission.manifest_hash = "0" * 64

    receipt_check.check(receipt.submission, at=receipt.received_at)

    assert len(readings) == 2


def test_one_address_asks_so_often_and_no_more(
    client: Client, receipt: Receipt, readings: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST", 2)

    assert [asked(client, receipt).status_code for _time in range(3)] == [200, 200, 429]


def test_no_keys_no_verdict(client: Client, receipt: Receipt, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_submission: Any) -> str:
        raise KeyServiceError

    with monkeypatch.context() as patch:
        patch.setattr(receipt_check.envelopes, "verify", away)
        answer = asked(client, receipt)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    said = answer.content.decode()
    assert "Ahora no se puede comprobar" in said
    assert "No coincide" not in said
    assert asked(client, receipt).status_code == 200, "nothing of it is kept"


def test_what_is_being_read_is_not_read_twice(client: Client, receipt: Receipt, readings: list[int]) -> None:
    submission = receipt.submission
    cache.add(f"receipt:{submission.pk}:{submission.manifest_hash}:reading", 1, 60)

    assert asked(client, receipt).status_code == 503
    assert readings == []
