"""Contracting data: what was known when, only what is public, as many queries for a hundred as for one."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import data
from challenges.models import Challenge, Status
from govtech import clock
from pilots.calculations import ocds
from pilots.feeds.ocds import records
from pilots.filters import released
from pilots.models import Award
from tests import people
from tests.challenges import factories
from tests.pilots import awards, calls, money
from tests.visits import body

pytestmark = pytest.mark.django_db


def record(challenge: Challenge, at: Any = calls.LAST) -> dict[str, Any]:
    with clock.travel(at):
        [found] = records(released.public_challenges().filter(pk=challenge.pk), at)
    return found


def tags(challenge: Challenge) -> list[str]:
    return [tag for release in record(challenge)["releases"] for tag in release["tag"]]


@pytest.mark.parametrize(
    ("way", "status", "last"),
    [
        (calls.upcoming, "planned", "tender"),
        (calls.cancelled, "cancelled", "tenderCancellation"),
        (calls.ended("void"), "unsuccessful", "tenderUpdate"),
        (calls.ended("waived"), "cancelled", "tenderCancellation"),
        (calls.refused, "complete", "contractTermination"),
        (calls.paid, "complete", "implementationUpdate"),
        (calls.decided, "complete", "contractUpdate"),
    ],
)
def test_a_call_ends_as_it_ended(way: Callable[[], Challenge], status: str, last: str) -> None:
    challenge = way()

    assert record(challenge)["compiledRelease"]["tender"]["status"] == status
    assert tags(challenge)[-1] == last


def test_each_release_says_what_was_known_then() -> None:
    challenge = calls.corrected()
    found = record(challenge)["releases"]
    first, last = found[0]["tender"], record(challenge)["compiledRelease"]["tender"]

    assert first["title"].startswith("Detectar antes la soledad no deseada")
    assert last["title"] == "Detectar antes la soledad, corregido"
    assert (first["value"]["amount"], last["value"]["amount"]) == (10000.0, 12000.5)
    assert first["awardCriteriaDetails"].startswith("Ajuste al reto: 25 %;")
    assert last["awardCriteriaDetails"].startswith("Encaje, dicho mejor: 20 %;")
    assert first["tenderPeriod"]["endDate"] < last["tenderPeriod"]["endDate"] == ocds.moment(challenge.closes_at)
    assert [each["title"] for each in last["documents"][-2:]] == ["Planos con cotas", "Planos"]
    assert len(last["amendments"]) == challenge.corrections.count()
    assert last["amendments"][0]["amendsReleaseID"] == found[0]["id"]
    assert last["amendments"][0]["releaseID"] == found[1]["id"]


def test_the_past_is_the_same_whenever_it_is_asked_for() -> None:
    challenge = calls.corrected()
    later = record(challenge)["releases"]

    middle = awards.SPRING + timedelta(days=3, hours=1)

    assert record(challenge, middle)["releases"] == [each for each in later if each["date"] <= ocds.moment(middle)]


def test_money_follows_the_record() -> None:
    challenge = calls.decided()
    award = Award.objects.get(resolution__challenge=challenge)
    found = record(challenge)["compiledRelease"]
    [contract] = found["contracts"]

    assert Decimal(str(found["awards"][0]["value"]["amount"])) == award.amount_net
    payments = [Decimal(str(each["value"]["amount"])) for each in contract["implementation"]["transactions"]]
    assert sum(payments) == award.commitment.p == award.amount_gross
    assert {each["status"] for each in contract["implementation"]["milestones"]} == {"met"}


def test_who_took_part_is_named_only_where_the_call_publishes_it() -> None:
    quiet = record(calls.refused())["compiledRelease"]
    roles = [role for party in quiet["parties"] for role in party["roles"]]

    assert "tenderers" not in quiet["tender"]
    assert quiet["tender"]["numberOfTenderers"] == 2
    assert roles.count("tenderer") == roles.count("supplier") == 1  # the winner

    openly = record(calls.awarded_openly())["compiledRelease"]
    assert len(openly["tender"]["tenderers"]) == 2


def test_of_a_person_no_number_is_published() -> None:
    challenge = calls.refused()
    award = Award.objects.get(resolution__challenge=challenge)
    organisation = award.proposal.organisation
    type(organisation).objects.filter(pk=organisation.pk).update(tax_id="12345678Z", kind="self_employed")

    assert "12345678" not in json.dumps(record(challenge))


def test_nothing_is_told_of_what_is_not_public() -> None:
    draft = factories.draft_challenge(title="Zarzamora en borrador")
    review = factories.submitted_challenge(title="Zarzamora en revisión")
    later = factories.published_challenge(title="Zarzamora para luego", publish_at=clock.now() + timedelta(minutes=5))
    shown = money.published(title="Visible")

    for client in (Client(), staff()):
        for name in ("all_releases", "all_records"):
            found = body(client.get(reverse(f"pilots:ocds_{name}"))).decode()
            assert "Zarzamora" not in found
            assert "Visible" in found
        for hidden in (draft, review, later):
            slug = hidden.slug or hidden.public_id
            for name in ("releases", "record"):
                assert client.get(reverse(f"pilots:ocds_{name}", kwargs={"slug": slug})).status_code == 404
    assert shown.slug


def staff() -> Client:
    client = Client()
    client.force_login(people.officer())
    return client


def test_a_year_without_challenges_is_not_found() -> None:
    for year in (1999, 2031, 9999):
        for key in ("releases", "records"):
            assert Client().get(reverse(f"pilots:ocds_year_{key}", kwargs={"year": year})).status_code == 404


def test_years_are_those_of_the_city() -> None:
    with clock.travel(awards.SPRING.replace(year=2025, month=12, day=31, hour=23, minute=30)):  # 2026 in the city
        money.published()
    with clock.travel(calls.LAST):
        assert released.years() == [2026]
        assert Client().get(reverse("pilots:ocds_year_records", kwargs={"year": 2026})).status_code == 200


def test_an_unchanged_record_is_not_sent_again() -> None:
    challenge = calls.upcoming()
    address = reverse("pilots:ocds_record", kwargs={"slug": challenge.slug})
    with clock.travel(calls.LAST):
        first = Client().get(address)
    with clock.travel(calls.LAST + timedelta(minutes=30)):
        again = Client().get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first["Access-Control-Allow-Origin"] == "*"


def test_a_hundred_take_as_many_queries_as_one_and_no_row_is_lost_between_chunks(monkeypatch: Any) -> None:
    data.fill(60)
    rows = Challenge.objects.exclude(status=Status.SUBMITTED)

    def read(chunk: int) -> tuple[int, list[str]]:
        monkeypatch.setattr(released, "CHUNK", chunk)
        with CaptureQueriesContext(connection) as queries:
            found = [each["ocid"] for each in records(released.public_challenges(), clock.now())]
        return len(queries), found

    whole, found = read(200)
    cut, again = read(20)
    assert len(found) == len(set(found)) == rows.filter(publish_at__lte=clock.now()).count()
    assert again == found
    assert cut <= whole * 4
    assert whole < 25
