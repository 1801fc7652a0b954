"""Govtech4All initiatives: written by the Office, read by everybody once published, with the ledger's own figures."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from govtech import clock
from govtech.errors import DomainError, TransitionError
from pilots.actions import budget, initiative
from pilots.models import Initiative
from tests import people
from tests.pilots import directs
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db
YEAR, AT = 2026, datetime(2026, 7, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _then() -> Any:
    with translation.override("es"), clock.travel(AT):
        yield


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_says_who_what_when_and_how_much(client):
    year = funded_year(YEAR, others=True)
    made = directs.initiative()
    contract = directs.signed(
        ("Cuota", date(YEAR, 8, 3), "6000.00"), kind="govtech4all", line_code="G4A", vat_regime="exempt", route="",
        supplier_name="Consorcio Ficticio", supplier_tax_id="", initiative=made,
    )  # fmt: skip
    directs.paid(contract)
    officer, line = people.officer(), line_of(year, "G4A")
    budget.prepare_credit_change(
        year, kind="generated", changes=[{"line": line.pk, "amount": "4500.25"}], reason="Anticipo de la UE",
        initiative=made, by=officer, at=clock.now(),
    )  # fmt: skip
    budget.approve_credit_change(year, by=people.director(), at=clock.now())

    page = text_of(client.get(made.get_absolute_url()))
    listed = text_of(client.get("/govtech4all/"))

    for words in ("Lantik", "Francia", "SGA2", "WP3", "20.000 €", "60.000 €", "75 %", "6.000 €", "4.500,25 €",
                  "Consorcio Ficticio", "En marcha"):  # fmt: skip
        assert words in page, words
    assert "Datos seguros entre ciudades" in listed


def test_nobody_outside_sees_one_that_is_being_written(client):
    made = directs.initiative(is_published=False)

    assert client.get(made.get_absolute_url()).status_code == 404
    assert made.title not in text_of(client.get("/govtech4all/"))
    assert signed_in(people.auditor()).get(made.get_absolute_url()).status_code == 200


def test_a_contract_that_waits_does_not_count(client):
    funded_year(YEAR, others=True)
    made = directs.initiative()
    directs.waiting(
        ("Cuota", date(YEAR, 8, 3), "6000.00"), kind="govtech4all", line_code="G4A", vat_regime="exempt", route="",
        initiative=made, supplier_name="Consorcio Secreto",
    )  # fmt: skip

    assert "Consorcio Secreto" not in text_of(client.get(made.get_absolute_url()))


def test_only_the_office_writes_and_publishes_once(client):
    made = directs.initiative(is_published=False)
    for stranger in (people.person(), people.auditor()):
        with pytest.raises(PermissionDenied):
            initiative.publish(made, by=stranger, at=clock.now())
    initiative.publish(made, by=people.director(), at=clock.now())
    with pytest.raises(TransitionError):
        initiative.publish(made, by=people.director(), at=clock.now())


def test_without_partners_it_is_not_published():
    made = directs.initiative(is_published=False, partners=())

    with pytest.raises(DomainError, match="socios"):
        initiative.publish(made, by=people.officer(), at=clock.now())


def test_income_of_an_initiative_is_credit_generated_by_it():
    year = funded_year(YEAR, others=True)

    with pytest.raises(DomainError) as refusal:
        budget.prepare_credit_change(
            year, kind="carried_over", changes=[{"line": line_of(year, "G4A").pk, "amount": "1.00"}], reason="x",
            initiative=directs.initiative(), by=people.officer(), at=clock.now(),
        )  # fmt: skip
    assert refusal.value.field == "initiative"


FIELDS = {
    "title": "Otra iniciativa", "summary": "Hace algo.", "grant": "SGA2", "work_package": "WP1", "city_role": "Prueba.",
    "starts_on": "2026-01-01", "ends_on": "2027-12-31", "own_amount": "1.000", "eu_amount": "3.000",
    "partners": "*Lantik; es\nDINUM; FR", "deliverables": "Informe; 31/12/2026\nDatos; 01/06/2026; 02/06/2026",
}  # fmt: skip


def test_written_and_written_again_on_the_page():
    client = signed_in(people.officer())
    assert client.post("/govtech4all/nueva/", FIELDS).status_code == 302
    made = Initiative.objects.get()
    shown = text_of(client.get(reverse("pilots:change_initiative", kwargs={"slug": made.slug})))
    assert "*Lantik; ES" in shown
    assert "Datos; 01/06/2026; 02/06/2026" in shown

    changed = FIELDS | {"partners": "Lantik; ES", "deliverables": ""}
    assert client.post(reverse("pilots:change_initiative", kwargs={"slug": made.slug}), changed).status_code == 302
    assert list(made.partners.values_list("name", "is_lead")) == [("Lantik", False)]
    assert not made.deliverables.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"partners": "Lantik"}, "Línea 1"),
        ({"partners": "Lantik; ES\nDINUM; ZZ"}, "Línea 2"),
        ({"partners": "Lantik; ES\nLantik; ES"}, "Línea 2"),
        ({"deliverables": "Informe"}, "Línea 1"),
        ({"deliverables": "Informe; mañana"}, "no es una fecha"),
        ({"ends_on": "2025-01-01"}, "termina después"),
        ({"own_amount": "-1"}, "no puede ser menor"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_stays(changes, words):
    answer = signed_in(people.officer()).post("/govtech4all/nueva/", FIELDS | changes)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "Otra iniciativa" in text_of(answer)
    assert not Initiative.objects.exists()


def test_two_with_one_title_have_two_addresses():
    assert directs.initiative().slug != directs.initiative().slug


def test_the_list_asks_as_much_for_five_as_for_one():
    client = signed_in(people.officer())
    directs.initiative()
    client.get("/govtech4all/")
    with CaptureQueriesContext(connection) as one:
        client.get("/govtech4all/")
    for _ in range(4):
        directs.initiative()
    with CaptureQueriesContext(connection) as five:
        client.get("/govtech4all/")
    assert len(five) == len(one)
