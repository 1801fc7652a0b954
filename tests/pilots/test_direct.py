"""Contracts of technical assistance and Govtech4All contributions: the same ledger, signed by two people."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from govtech import clock
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError, TransitionError
from pilots.actions import budget, direct, verification
from pilots.actions import invoice as invoices
from pilots.desk import direct as desk
from pilots.models import BudgetYear, Commitment, DirectContract, DirectStatus, LedgerEntry
from tests import people
from tests.conftest import as_application
from tests.pilots import directs
from tests.pilots.ledgers import flush_deferred
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db
YEAR, AT = 2031, datetime(2031, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"), clock.travel(AT):
        yield


@pytest.fixture
def year() -> BudgetYear:
    return funded_year(YEAR, others=True)


def sums(code: str = "AT", number: int = YEAR) -> dict[str, str]:
    line = line_of(number, code)
    return {name: str(getattr(line, name)) for name in ("rc", "a", "d", "o", "p") if getattr(line, name)}


def proven() -> None:
    flush_deferred()
    with connection.cursor() as cursor:
        assert verification.differences(cursor) == []


def test_from_reserve_to_payment(year):
    contract = directs.waiting(("Primera", date(YEAR, 4, 1), "1000.00"), ("Segunda", date(YEAR, 6, 1), "333.33"))
    assert sums() == {"rc": "1613.33"}
    assert contract.reference == f"CONTRATO-{YEAR}-001"

    direct.approve(contract, by=people.director(), at=clock.now())
    assert sums() == {"a": "1613.33", "d": "1613.33"}

    directs.paid(contract, 1)
    assert sums() == {"a": "1613.33", "d": "1613.33", "o": "1210.00", "p": "1210.00"}
    contract.refresh_from_db()
    assert contract.status == DirectStatus.RUNNING

    directs.paid(contract, 2)
    contract.refresh_from_db()
    assert contract.status == DirectStatus.COMPLETED
    assert sums() == {"a": "1613.33", "d": "1613.33", "o": "1613.33", "p": "1613.33"}
    proven()


def test_contribution_without_vat_on_its_own_line(year):
    contract = directs.signed(
        ("Cuota", date(YEAR, 4, 1), "6000.00"), kind="govtech4all", line_code="G4A", vat_regime="exempt", route="",
        supplier_name="Consorcio Ficticio", supplier_tax_id="",
    )  # fmt: skip
    directs.paid(contract)

    assert sums("G4A") == {"a": "6000.00", "d": "6000.00", "o": "6000.00", "p": "6000.00"}
    assert sums("AT") == {}
    proven()


def test_crossing_the_year_end_waits_in_the_provisional_year(year):
    funded_year(YEAR + 1, others=True, is_open=False)
    contract = directs.signed(("Este año", date(YEAR, 11, 3), "1000.00"), ("El otro", date(YEAR + 1, 2, 3), "500.00"))

    assert sums() == {"a": "1210.00", "d": "1210.00"}
    assert sums(number=YEAR + 1) == {"a": "605.00"}

    following = BudgetYear.objects.get(year=YEAR + 1)
    budget.prepare_opening(following, by=people.officer(), at=clock.now())
    budget.open_year(following, by=people.director(), at=clock.now())
    assert sums(number=YEAR + 1) == {"a": "605.00", "d": "605.00"}
    contract.commitment.refresh_from_db()
    assert contract.commitment.d == contract.commitment.amount_gross == Decimal("1815.00")
    proven()


def test_closing_carries_over_what_is_not_delivered_and_stops_at_what_is_not_invoiced(year):
    funded_year(YEAR + 1, others=True, is_open=False)
    contract = directs.signed(("Informe", date(YEAR, 11, 3), "1000.00"), ("Taller", date(YEAR, 12, 1), "500.00"))
    directs.accepted(contract, 1)
    with clock.travel(datetime(YEAR + 1, 1, 20, 9, tzinfo=UTC)):
        with pytest.raises(DomainError, match=r"Delivery 1 of CONTRATO-2031-001 was accepted in 2031"):
            budget.prepare_closing(year, by=people.officer(), at=clock.now())
        directs.invoiced(contract, 1)
        budget.prepare_closing(year, by=people.officer(), at=clock.now())
        budget.close_year(year, by=people.director(), at=clock.now())
        assert sums() == {"a": "1210.00", "d": "1210.00", "o": "1210.00"}
        assert sums(number=YEAR + 1) == {"a": "605.00", "d": "605.00"}
        directs.paid(contract, 2)
        assert sums(number=YEAR + 1) == {"a": "605.00", "d": "605.00", "o": "605.00", "p": "605.00"}
        proven()


def test_closing_waits_for_a_contract_to_be_signed(year):
    directs.waiting(("Informe", date(YEAR, 11, 3), "1000.00"))

    with clock.travel(datetime(YEAR + 1, 1, 20, 9, tzinfo=UTC)), pytest.raises(DomainError, match="waits for approval"):
        budget.prepare_closing(year, by=people.officer(), at=clock.now())


def test_returned_is_free_again_and_may_be_rewritten_or_dropped(year):
    officer = people.officer()
    contract = directs.waiting(by=officer)
    direct.send_back(contract, comment="Falta el informe", by=people.director(), at=clock.now())
    assert sums() == {}

    direct.rewrite(contract, directs.terms(("Otro", date(YEAR, 5, 5), "200.00")), by=officer, at=clock.now())
    assert sums() == {"rc": "242.00"}
    direct.send_back(contract, comment="Tampoco", by=people.director(), at=clock.now())
    direct.drop(contract, by=officer, at=clock.now())

    contract.refresh_from_db()
    assert (contract.status, sums()) == (DirectStatus.DROPPED, {})
    assert not LedgerEntry.objects.public().filter(expenditure=contract.commitment.expenditure).exists()
    proven()


def test_early_end_by_two_frees_what_is_not_accepted(year):
    contract = directs.signed(("Uno", date(YEAR, 4, 1), "1000.00"), ("Dos", date(YEAR, 6, 1), "500.00"))
    directs.paid(contract, 1)
    officer = people.officer()
    direct.prepare_end(contract, reason="No hace falta", by=officer, at=clock.now())
    with pytest.raises((DomainError, PermissionDenied)):
        direct.approve_end(contract, by=officer, at=clock.now())
    direct.approve_end(contract, by=people.director(), at=clock.now())

    assert sums() == {"a": "1210.00", "d": "1210.00", "o": "1210.00", "p": "1210.00"}
    with pytest.raises(TransitionError):
        directs.accepted(contract, 2)
    proven()


def test_one_person_alone_signs_nothing(year):
    director = people.director()
    contract = direct.prepare(directs.terms(), by=director, at=clock.now())

    with pytest.raises(DomainError, match="another person must approve"):
        direct.approve(contract, by=director, at=clock.now())
    with pytest.raises(PermissionDenied):
        direct.approve(contract, by=people.officer(), at=clock.now())


def test_who_accepted_cannot_record_the_invoice(year):
    officer, contract = people.officer(), directs.signed()
    directs.accepted(contract, by=officer)

    with pytest.raises(PermissionDenied, match="another person must record"):
        directs.invoiced(contract, by=officer)


@pytest.mark.parametrize(
    ("changes", "words", "field"),
    [
        ({"line_code": "RETOS"}, "isn't for this", "line_code"),
        ({"line_code": "NADA"}, "has no line NADA", "line_code"),
        ({"route": ""}, "Choose the procurement route", "route"),
        ({"parts": (("X", date(YEAR, 5, 5), "15000.00"),)}, "under €15,000", "route"),
        ({"parts": (("X", date(YEAR, 5, 5), "0.00"),)}, "over zero", "amount_1"),
        ({"parts": (("X", date(YEAR - 1, 5, 5), "10.00"),)}, "one of the next 4", "due_1"),
        (
            {"parts": (("X", date(YEAR, 5, 5), "14000.00"), ("Y", date(YEAR + 1, 5, 5), "1.00"))},
            "lasts a year",
            "route",
        ),
        ({"kind": "challenge"}, "Choose what it is", "kind"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(year, changes, words, field):
    parts = changes.pop("parts", ())
    with pytest.raises(DomainError, match=words) as refusal:
        directs.waiting(*parts, **changes)
    assert refusal.value.field == field


def test_over_the_credit_of_its_line_is_refused(year):
    with pytest.raises(DomainError, match=r"not enough credit on line AT"):
        directs.waiting(("X", date(YEAR, 5, 5), "40000.00"), route="open")
    assert sums() == {}


def test_the_same_number_twice_from_one_supplier_is_refused(year):
    contract = directs.signed(("Uno", date(YEAR, 4, 1), "10.00"), ("Dos", date(YEAR, 6, 1), "10.00"))
    directs.invoiced(contract, 1, number="F-1")

    with pytest.raises(DomainError, match="another invoice with this number"):
        directs.invoiced(contract, 2, number="f-1")


def test_sql_alone_breaks_none_of_it(year):
    contract = directs.signed(("Uno", date(YEAR, 4, 1), "1000.00"), ("Dos", date(YEAR, 6, 1), "500.00"))
    other = directs.signed(("Tres", date(YEAR, 4, 1), "1000.00"), supplier_tax_id="B87654323", supplier_name="Otra SL")
    part, foreign = contract.parts.get(number=1), other.parts.get()
    line, officer = line_of(year, "AT"), people.officer()
    entry = (
        "INSERT INTO pilots_ledgerentry (line_id, expenditure_id, commitment_id, part_id, phase, amount, document_no, "
        "reason, made_at, made_by_id) VALUES (%s, %s, %s, %s, 'O', %s, '', '', portal_now(), %s)"
    )
    known = [line.pk, contract.commitment.expenditure_id, contract.commitment_id]
    statements = [
        ("UPDATE pilots_contractpart SET amount_gross = 1 WHERE id = %s", [part.pk]),
        ("UPDATE pilots_contractpart SET o = 5 WHERE id = %s", [part.pk]),
        ("DELETE FROM pilots_contractpart WHERE id = %s", [part.pk]),
        ("UPDATE pilots_commitment SET amount_net = 1 WHERE id = %s", [contract.commitment_id]),
        ("UPDATE pilots_directcontract SET status = 'returned' WHERE id = %s", [contract.pk]),
        (entry, [*known, part.pk, "10.00", officer.pk]),  # not accepted
        (entry, [*known, foreign.pk, "10.00", officer.pk]),  # of another contract
        (entry, [*known, None, "10.00", officer.pk]),  # of nothing
    ]
    directs.accepted(other)
    for sql, values in statements:
        with as_application(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    proven()


# Pages ----------------------------------------------------------------------------------------------


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


FIELDS = {
    "kind": "technical_assistance", "title": "Apoyo experto", "purpose": "Hace falta.", "line_code": "AT",
    "supplier_name": "Consultora Ficticia SL", "supplier_country": "ES", "supplier_tax_id": "B12345674",
    "vat_regime": "general", "route": "minor", "title_1": "Informe", "due_1": f"{YEAR}-05-05", "amount_1": "1.000,50",
}  # fmt: skip


def test_office_enters_it_and_the_director_signs_on_the_page(year):
    officer, director = people.officer(), people.director()
    client = signed_in(officer)
    with translation.override("es"):
        answer = client.post(reverse("pilots:create_direct"), FIELDS)
        contract = DirectContract.objects.get()
        decision = PreparedDecision.objects.get(kind=DecisionKind.CONTRACT)
        address = reverse("pilots:decision", kwargs={"public_id": decision.public_id})
        page = signed_in(director).get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")
        signed_in(director).post(address, {"answer": "approve"})
    contract.refresh_from_db()

    assert answer.status_code == 302
    assert "1.210,61 €" in page
    assert "Consultora Ficticia SL" in page
    assert contract.status == DirectStatus.RUNNING
    assert sums() == {"a": "1210.61", "d": "1210.61"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"supplier_tax_id": "B12345675"}, "last character is wrong"),
        ({"supplier_tax_id": ""}, "Write the tax number"),
        ({"title_2": "A medias"}, "Complete this delivery"),
        ({"amount_1": "mil"}, "with figures only"),
        ({"line_code": "RETOS"}, "RETOS"),
        ({"route": ""}, "Choose the procurement route"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_stays(year, changes, words):
    with translation.override("en"):
        answer = signed_in(people.officer()).post(
            reverse("pilots:create_direct"), FIELDS | {"amount_1": "1000.50"} | changes
        )

    assert answer.status_code == 422
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert "Apoyo experto" in answer.content.decode()
    assert not DirectContract.objects.exists()
    assert not Commitment.objects.exists()


def test_the_desk_says_what_is_next(year):
    officer, other = people.officer(), people.officer()
    contract = directs.signed(("Informe", date(YEAR, 3, 10), "1000.00"))
    titles = lambda user: [item.title for item in desk.deliveries(user, at=clock.now())]  # noqa: E731

    assert titles(officer) == ["Accept «Informe»"]
    directs.accepted(contract, by=officer)
    assert (titles(officer), titles(other)) == ([], ["Record the invoice of «Informe»"])
    invoice = directs.invoiced(contract, number="F-9")
    assert titles(other) == ["Pay invoice F-9"]
    invoices.pay(invoice, ordered_on=AT.date(), paid_on=AT.date(), by=other, at=clock.now())
    assert titles(other) == []
    assert desk.deliveries(people.director(), at=clock.now()) == []


def test_the_list_asks_as_much_for_five_as_for_one(year):
    client, address = signed_in(people.officer()), reverse("pilots:directs")
    directs.waiting()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(4):
        directs.waiting()
    with CaptureQueriesContext(connection) as five:
        assert client.get(address).content.decode().count("CONTRATO-") == 5
    assert len(five) == len(one)


def test_an_electronic_invoice_goes_to_the_units_of_the_year_that_pays(year):
    following = funded_year(YEAR + 1, others=True, is_open=False)
    BudgetYear.objects.filter(pk=year.pk).update(accounting_office="LA0000001")
    BudgetYear.objects.filter(pk=following.pk).update(accounting_office="LA0000002")
    contract = directs.signed(("Informe", date(YEAR, 11, 3), "1000.00"))
    with clock.travel(datetime(YEAR + 1, 1, 20, 9, tzinfo=UTC)):
        budget.prepare_closing(year, by=people.officer(), at=clock.now())
        budget.close_year(year, by=people.director(), at=clock.now())
        part = directs.accepted(contract)
        part.contract.commitment.refresh_from_db()
        with pytest.raises(DomainError, match=r"LA0000001 and this contract's is LA0000002"):
            directs.invoiced(contract, electronic=directs.facturae_of(part, office="LA0000001"))
        invoice = directs.invoiced(contract, electronic=directs.facturae_of(part, office="LA0000002"))
    assert invoice.file is not None
