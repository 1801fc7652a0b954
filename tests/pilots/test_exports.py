"""Balances and payments of a year as CSV: the same cents as the ledger, nothing of what isn't published."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from govtech import clock
from pilots.actions import budget, ledger
from pilots.models import BudgetLine, BudgetYear
from tests import people
from tests.pilots import awards, directs
from tests.pilots.ledgers import contract, spending_file
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db


def rows_of(name: str, year: int) -> list[dict[str, str]]:
    with translation.override("en"):
        answer = Client().get(reverse(f"pilots:{name}", kwargs={"year": year}))
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def number(text: str) -> Decimal:
    assert "." not in text
    return Decimal(text.replace(",", "."))


def test_balances_are_those_of_the_lines_to_the_cent():
    officer, director = people.officer(), people.director()
    year = funded_year(2031, "1000.00", envelope="61000.00", others=True, officer=officer, director=director)
    changes: list[Any] = [
        {"line": line_of(2031, "AT").pk, "amount": Decimal("-10.55")},
        {"line": line_of(2031).pk, "amount": Decimal("10.55")},
    ]
    budget.prepare_credit_change(year, kind="transfer", changes=changes, reason="Motivo", by=officer, at=clock.now())
    budget.approve_credit_change(year, by=director, at=clock.now())
    file = spending_file(officer)
    work = contract(file, "500.00")
    for phase, amount in (("RC", "0.05"), ("A", "605"), ("D", "605"), ("O", "302.50"), ("P", "100.01")):
        ledger.post(
            line_of(2031), file, phase, Decimal(amount), by=officer, at=clock.now(),
            commitment=work if phase in "DOP" else None,
        )  # fmt: skip

    rows = {row["line code"]: row for row in rows_of("budget_balances", 2031)}

    assert (rows["RETOS"]["initial credit"], rows["RETOS"]["changes of credit"]) == ("1000,00", "10,55")
    for line in BudgetLine.objects.filter(budget_year=BudgetYear.objects.get(year=2031)):
        row = rows[line.code]
        said = [number(row[name]) for name in ("credit", "not available", "RC", "A", "D", "O", "P", "available")]
        assert said == [line.credit, line.not_available, line.rc, line.a, line.d, line.o, line.p, line.available]
    [payment] = rows_of("budget_payments", 2031)
    assert (payment["contractor"], payment["amount in euros, VAT included"]) == ("Proveedora Ficticia SL", "100,01")


def test_a_payment_says_its_invoice_and_the_days_it_took():
    milestone = awards.accept(awards.running_pilot())
    invoice = awards.paid(awards.invoice_of(milestone, number="=F-1"))

    [payment] = rows_of("budget_payments", milestone.due_on.year)

    assert payment["invoice"] == "'=F-1"  # no spreadsheet takes it for a formula
    assert (payment["received"], payment["days until paid"]) == (invoice.received_on.isoformat(), "10")
    assert number(payment["amount in euros, VAT included"]) == milestone.amount_gross
    assert payment["contractor"] == milestone.pilot.organisation.name


def test_many_payments_take_as_many_queries_as_one(django_assert_num_queries):
    officer = people.officer()
    funded_year(2031, "50000.00", officer=officer)
    for _n in range(12):
        file = spending_file(officer)
        work = contract(file, "100.00")
        for phase in "ADOP":
            ledger.post(
                line_of(2031), file, phase, Decimal("121"), by=officer, at=clock.now(),
                commitment=work if phase in "DOP" else None,
            )  # fmt: skip

    with django_assert_num_queries(2):
        assert len(rows_of("budget_payments", 2031)) == 12


def test_a_year_in_preparation_is_not_exported_to_everybody():
    funded_year(2031, is_open=False)

    for name in ("budget_balances", "budget_payments"):
        assert Client().get(reverse(f"pilots:{name}", kwargs={"year": 2031})).status_code == 404


def sheet_of(name: str, year: int) -> list[list[Any]]:
    with translation.override("en"):
        answer = Client().get(reverse(f"pilots:{name}_xlsx", kwargs={"year": year}))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert f"-{year}.xlsx" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


@pytest.mark.parametrize("name", ["budget_entries", "budget_balances", "budget_payments"])
def test_spreadsheet_and_csv_say_the_same_to_the_cent(name):
    with clock.travel(datetime(2031, 3, 10, 9, tzinfo=UTC)):
        year = funded_year(2031, others=True)
        contract = directs.signed(("Uno", date(2031, 4, 1), "1000.05"), title="=1+1", supplier_name="@Otra SL",
                                  supplier_tax_id="B87654323")  # fmt: skip
        directs.paid(contract)

    head, *sheet = sheet_of(name, year.year)
    rows = rows_of(name, year.year)

    assert head == list(rows[0])
    assert len(sheet) == len(rows) > 0
    for cells, row in zip(sheet, rows, strict=True):
        for cell, text in zip(cells, row.values(), strict=True):
            if isinstance(cell, datetime):
                assert cell.date().isoformat() == text
            elif isinstance(cell, float | int):
                assert Decimal(str(cell)) == number(text)
            else:
                assert (cell or "") == text
                assert not text.startswith(("=", "@"))


def test_amounts_of_a_spreadsheet_are_numbers_and_days_are_days():
    with clock.travel(datetime(2031, 3, 10, 9, tzinfo=UTC)):
        funded_year(2031, others=True)
        directs.paid(directs.signed(("Uno", date(2031, 4, 1), "1000.05")))

    head, row = sheet_of("budget_payments", 2031)

    said = dict(zip(head, row, strict=True))
    assert said["paid on"] == datetime(2031, 3, 10)  # noqa: DTZ001 - a spreadsheet's day has no zone
    assert Decimal(str(said["amount in euros, VAT included"])) == Decimal("1210.06")
    assert said["contractor"] == "Consultora Ficticia SL"
    assert said["days until paid"] == 0


def test_a_contract_that_nobody_signed_is_in_no_file():
    with clock.travel(datetime(2031, 3, 10, 9, tzinfo=UTC)):
        funded_year(2031, others=True)
        directs.waiting(("Uno", date(2031, 4, 1), "1000.00"), title="Todavía no")

    assert len(sheet_of("budget_entries", 2031)) == 1
    assert rows_of("budget_entries", 2031) == []
