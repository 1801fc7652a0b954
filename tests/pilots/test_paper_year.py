"""The year that docs/paper-year.md works by hand, through the portal: pages and files say the same to the cent."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from govtech import clock
from govtech.shell.words import euros
from pilots.actions import budget, verification
from pilots.actions import invoice as invoices
from pilots.actions import pilot as pilots
from pilots.models import BudgetYear, Pilot
from tests import people
from tests.pilots import awards, directs
from tests.pilots.ledgers import flush_deferred
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


DOC = (Path(__file__).parents[2] / "docs" / "paper-year.md").read_text(encoding="utf-8")
PHASES = ("RC", "A", "D", "O", "P")
COLUMNS = ("Initial", "Changes", "Credit", *PHASES, "Available")
FILES = ("initial credit", "changes of credit", "credit", *PHASES, "available")


def tables(heading: str) -> list[list[dict[str, str]]]:
    """Return the tables under a heading of the page, each row by its columns."""
    part = DOC.split(f"## {heading}")[1].split("\n## ")[0]
    found = []
    for block in re.findall(r"((?:^\|.*\n)+)", part, re.MULTILINE):
        head, _rule, *rows = [[cell.strip() for cell in line.strip("| \n").split("|")] for line in block.splitlines()]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


ON_PAPER = {2026: tables("2026, closed")[0], 2027: tables("2027, open")[0]}


def lived() -> None:
    """Live the year: every step by the action that the page's button calls."""
    officer, director = people.officer(), people.director()
    with clock.travel(awards.SPRING):
        for year in (2026, 2027):
            funded_year(year, others=True, is_open=year == 2026)
    [offers] = tables("What happens")
    first, _second, third = (
        awards.running_pilot(prices=(row["Offer, net"], "14000.00"), starts_on=day)
        for row, day in zip(offers, (awards.STARTS_ON, date(2026, 11, 9), awards.STARTS_ON), strict=True)
    )
    for number in (1, 2):
        awards.paid(awards.invoice_of(awards.accept(first, number)))
    awards.paid(awards.invoice_of(awards.accept(third, 1)))
    with awards.working(90) as at:
        pilots.prepare_termination(third, reason="No funciona", hearing="Oída el 1 de julio.", by=officer, at=at)
        pilots.approve_termination(awards.fresh(third), by=director, at=at)
        year = BudgetYear.objects.get(year=2026)
        at_, retos, g4a = (line_of(2026, code).pk for code in ("AT", "RETOS", "G4A"))
        moved = [{"line": at_, "amount": "-2000.00"}, {"line": retos, "amount": "2000.00"}]
        signed_by_two(year, "transfer", moved, officer, director)
        made = directs.initiative()
        signed_by_two(year, "generated", [{"line": g4a, "amount": "4500.25"}], officer, director, initiative=made)
        help_ = directs.signed(("Análisis", date(2026, 9, 1), "8000.00"), ("Taller", date(2026, 11, 2), "4500.50"))
        fee = directs.signed(
            ("Cuota", date(2026, 9, 1), "6000.00"), kind="govtech4all", line_code="G4A", vat_regime="exempt", route="",
            supplier_name="Consorcio Ficticio", supplier_tax_id="", initiative=made,
        )  # fmt: skip
    with awards.working(150):
        directs.paid(help_, 1)
        directs.paid(fee)
    with awards.working(230):
        last = directs.invoiced(help_, 2)
    with clock.travel(datetime(2027, 1, 20, 9, tzinfo=UTC)):
        at = clock.now()
        budget.prepare_closing(year, by=officer, at=at)
        budget.close_year(year, by=director, at=at)
        day = clock.local_date(at)
        invoices.pay(last, ordered_on=day, paid_on=day, by=people.officer(), at=at)


def signed_by_two(year: BudgetYear, kind: str, changes: list[Any], officer: Any, director: Any, **extra: Any) -> None:
    at = clock.now()
    budget.prepare_credit_change(year, kind=kind, changes=changes, reason="Motivo", by=officer, at=at, **extra)
    budget.approve_credit_change(year, by=director, at=at)


def csv_of(name: str, year: int) -> list[dict[str, str]]:
    answer = Client().get(reverse(f"pilots:{name}", kwargs={"year": year}))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [
        {key: value.replace(",", ".") if re.fullmatch(r"-?\d+,\d\d", value) else value for key, value in row.items()}
        for row in csv.DictReader(io.StringIO(text), delimiter=";")
    ]


def xlsx_of(name: str, year: int) -> list[dict[str, Any]]:
    answer = Client().get(reverse(f"pilots:{name}_xlsx", kwargs={"year": year}))
    head, *rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def cents(value: Any) -> str:
    return f"{Decimal(str(value)):.2f}"


def page_of(address: str, user: Any = None) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    with clock.travel(datetime(2027, 1, 21, 9, tzinfo=UTC)):
        return client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")


def cells_of(page: str, line: str) -> list[str]:
    """Return the cells of the row that begins with a name, as texts."""
    for row in re.findall(r"<tr\b.*?</tr>", page, re.DOTALL):
        cells = re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        cells = [re.sub(r"<[^>]+>", "  ", cell).strip() for cell in cells]
        if cells and cells[0].split("  ")[0].strip() == line:
            return cells[1:]
    raise AssertionError(line)


def test_the_paper_itself_adds_up():
    for rows in ON_PAPER.values():
        *lines, total = rows
        for column in COLUMNS:
            assert sum(Decimal(row[column]) for row in lines) == Decimal(total[column]), column
        for row in rows:
            assert Decimal(row["Credit"]) == Decimal(row["Initial"]) + Decimal(row["Changes"])
            assert Decimal(row["Available"]) == Decimal(row["Credit"]) - Decimal(row["RC"]) - Decimal(row["A"])
    paid = sum(Decimal(row["Amount"]) for row in tables("2026, closed")[1])
    assert paid == Decimal(ON_PAPER[2026][-1]["P"])


def test_the_year_on_paper_is_the_year_in_the_portal():
    lived()
    flush_deferred()
    with connection.cursor() as cursor:
        assert verification.differences(cursor) == []

    for year, rows in ON_PAPER.items():
        balances = {row["line code"]: row for row in csv_of("budget_balances", year)}
        sheet = {row["line code"]: row for row in xlsx_of("budget_balances", year)}
        entries = csv_of("budget_entries", year), xlsx_of("budget_entries", year)
        public = page_of(f"/en/budget/{year}/")
        inside = page_of(f"/en/budget/{year}/management/", people.auditor())
        for row in rows[:-1]:
            line = line_of(year, row["Line"])
            on_paper = [row[column] for column in COLUMNS]
            assert [balances[line.code][name] for name in FILES] == on_paper, (year, line.code)
            assert [cents(sheet[line.code][name]) for name in FILES] == on_paper, (year, line.code)
            for table in entries:
                for phase in PHASES:
                    own = [one for one in table if one["line code"] == line.code and one["phase"] == phase]
                    total = sum((Decimal(str(one["amount in euros, VAT included"])) for one in own), Decimal(0))
                    assert cents(total) == row[phase], (year, line.code, phase)
            amount = {column: Decimal(row[column]) for column in COLUMNS}
            shown = [amount["Credit"], amount["RC"] + amount["A"] - amount["D"], amount["D"] - amount["O"],
                     amount["O"] - amount["P"], amount["P"], amount["Available"]]  # fmt: skip
            assert cells_of(public, line.name_en) == [euros(one) for one in shown], (year, line.code)
            held = [amount["Credit"], Decimal(0), *(amount[phase] for phase in PHASES), amount["Available"]]
            assert cells_of(inside, f"{line.code} {line.name}")[:8] == [euros(one) for one in held], (year, line.code)

    paid = [(row["Line"], row["Amount"]) for row in tables("2026, closed")[1]]
    for table in (csv_of("budget_payments", 2026), xlsx_of("budget_payments", 2026)):
        assert sorted((row["line code"], cents(row["amount in euros, VAT included"])) for row in table) == sorted(paid)
    assert csv_of("budget_payments", 2027) == []


def test_contracts_on_paper_are_those_of_the_portal_and_their_annuities_add_up():
    lived()

    header = re.search(r"^\| Pilot .*$", DOC, re.MULTILINE)
    assert header
    rows = re.findall(r"^\| \d, .*$", DOC, re.MULTILINE)
    for pilot, row in zip(Pilot.objects.order_by("pk"), rows, strict=True):
        [_name, *amounts] = [cell.strip() for cell in row.strip("| ").split("|")]
        halves = [
            str(one) for half in pilot.milestones.order_by("number") for one in (half.amount_net, half.amount_gross)
        ]
        commitment = pilot.award.commitment
        assert [str(commitment.amount_net), str(commitment.amount_gross), *halves] == amounts
        by_line = sum((line.d for line in commitment.lines.all()), Decimal(0))
        assert by_line == commitment.d
    second = Pilot.objects.order_by("pk")[1].award.commitment
    assert second.d == second.amount_gross
    assert {line.line.budget_year.year: str(line.d) for line in second.lines.select_related("line__budget_year")} == {
        2026: "0.00", 2027: "13310.61",
    }  # fmt: skip
