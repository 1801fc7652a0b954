"""The forecast to 31 December: what contracts still owe, month by month, and what may lapse."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from govtech import clock
from pilots.actions import forecast
from pilots.models import BudgetYear
from tests import people
from tests.pilots import awards, directs
from tests.pilots.money import funded_year

pytestmark = pytest.mark.django_db
YEAR, AT = 2031, datetime(2031, 9, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _then() -> Any:
    with translation.override("en"), clock.travel(AT):
        yield


@pytest.fixture
def year() -> BudgetYear:
    funded_year(YEAR + 1, others=True, is_open=False)
    return funded_year(YEAR, others=True)


def of_at(year: BudgetYear) -> Any:
    [row] = [row for row in forecast.of_year(year, today=AT.date()) if row.line.code == "AT"]
    return row


def test_what_is_due_in_time_is_expected_in_its_month(year):
    directs.signed(("Uno", date(YEAR, 10, 1), "1000.00"), ("Dos", date(YEAR, 11, 3), "500.00"))
    contract = directs.signed(("Tres", date(YEAR, 9, 10), "100.00"))
    directs.invoiced(contract)

    found = of_at(year).forecast

    assert found.expected == {10: Decimal("1210.00"), 11: Decimal("605.00")}
    assert (found.recognised, found.at_year_end, found.risk) == (Decimal("121.00"), Decimal("1936.00"), Decimal("0.00"))
    assert found.uncommitted == Decimal("40000.00") - Decimal("1936.00")


def test_late_and_december_are_at_risk_and_accepted_is_not(year):
    contract = directs.signed(
        ("Uno", date(YEAR, 9, 1), "1000.00"), ("Dos", date(YEAR, 12, 30), "500.00"), ("Tres", date(YEAR, 9, 2), "10.00")
    )
    directs.accepted(contract, 3)

    row = of_at(year)

    assert [(name.split(": ")[1], str(amount)) for name, amount, _why in row.risks] == [
        ("Uno", "1210.00"), ("Dos", "605.00"),
    ]  # fmt: skip
    assert next(str(why) for *_rest, why in row.risks) == "Late"
    assert row.forecast.expected == {9: Decimal("12.10")}


def test_what_is_due_next_year_is_not_of_this_one(year):
    directs.signed(("Uno", date(YEAR, 10, 1), "1000.00"), ("Dos", date(YEAR + 1, 2, 3), "500.00"))

    assert of_at(year).forecast.at_year_end == Decimal("1210.00")
    assert of_at(year).forecast.risk == 0


def test_milestones_of_pilots_count_like_deliveries():
    pilot = awards.running_pilot()
    year = BudgetYear.objects.get(year=2026)
    days = list(pilot.milestones.order_by("number").values_list("due_on", "amount_gross"))

    [row, *_others] = forecast.of_year(year, today=date(2026, 5, 4))

    expected = row.forecast.expected_sum + row.forecast.risk
    assert expected == sum(amount for due_on, amount in days if due_on.year == 2026)


def test_the_page_adds_up_and_asks_as_much_for_five_contracts_as_for_one(year):
    client = Client()
    client.force_login(people.officer())
    directs.signed(("Uno", date(YEAR, 9, 1), "1000.00"))
    address = f"/en/budget/{YEAR}/management/forecast/"
    assert "€1,210" in client.get(address).content.decode()
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(4):
        directs.signed(("Uno", date(YEAR, 9, 1), "1000.00"), supplier_tax_id="", supplier_name="Otra", route="open")
    with CaptureQueriesContext(connection) as five:
        page = client.get(address).content.decode()
    assert len(five) == len(one)
    assert "€6,050" in page
