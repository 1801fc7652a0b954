"""From the envelope down to every entry: line, spending file, supplier, months and years say the same figures."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from govtech import clock
from pilots.models import BudgetYear, Commitment
from pilots.views.spent import by_month
from tests import people
from tests.pilots import awards, directs
from tests.pilots.money import funded_year, line_of, prepared

pytestmark = pytest.mark.django_db
YEAR, AT = 2031, datetime(2031, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _then() -> Any:
    with translation.override("en"), clock.travel(AT):
        yield


@pytest.fixture
def year() -> BudgetYear:
    return funded_year(YEAR, others=True)


def text_of(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_from_the_bar_to_the_entry_by_links_alone(client, year):
    contract = directs.signed(("Uno", date(YEAR, 4, 1), "1000.05"))
    directs.paid(contract)
    line = reverse("pilots:budget_line", kwargs={"year": YEAR, "code": "AT"})
    spending = reverse("pilots:expenditure", kwargs={"public_id": contract.commitment.expenditure.public_id})
    supplier = reverse("pilots:supplier", kwargs={"public_id": contract.commitment.public_id})

    assert line in text_of(client, f"/en/budget/{YEAR}/")
    assert spending in text_of(client, line)
    page = text_of(client, spending)
    assert supplier in page
    assert page.count("€1,210.06") >= 5  # RC, RC/, A, D, O, P
    assert "€1,210.06" in text_of(client, supplier)


def test_what_is_not_published_is_one_sum_of_its_line_and_has_no_page(client, year):
    waiting = directs.waiting(("Uno", date(YEAR, 4, 1), "1000.00"), title="Secreto", supplier_name="Oculta SL")
    page = text_of(client, reverse("pilots:budget_line", kwargs={"year": YEAR, "code": "AT"}))

    assert "Secreto" not in page
    assert "Not published yet" in page
    assert "€1,210" in page
    expenditure = waiting.commitment.expenditure.public_id
    for name, key in (("expenditure", expenditure), ("supplier", waiting.commitment.public_id)):
        assert client.get(reverse(f"pilots:{name}", kwargs={"public_id": key})).status_code == 404


def test_a_challenge_under_review_is_on_no_public_page(client):
    challenge = prepared()
    expenditure = challenge.expenditure

    assert client.get(reverse("pilots:expenditure", kwargs={"public_id": expenditure.public_id})).status_code == 404


def test_a_supplier_page_gathers_pilots_and_contracts_of_one_company(client):
    pilot = awards.running_pilot()
    with awards.working(30):
        funded_year(2027, others=True)
        contract = directs.signed(
            ("Uno", date(2027, 4, 1), "1000.00"), supplier_tax_id=pilot.organisation.tax_id, route="open",
            supplier_name="Otro nombre",
        )  # fmt: skip
    commitment = Commitment.objects.get(award=pilot.award)

    for key in (commitment.public_id, contract.commitment.public_id):
        page = text_of(client, reverse("pilots:supplier", kwargs={"public_id": key}))
        assert pilot.organisation.name in page
        assert "€1,210" in page
        assert pilot.reference in page
        assert "€15,730" in page  # 14 520 + 1 210


def test_months_end_in_the_figure_of_the_year(year):
    with clock.travel(datetime(YEAR, 5, 10, 9, tzinfo=UTC)):
        directs.paid(directs.signed(("Uno", date(YEAR, 6, 1), "1000.00")))
    with clock.travel(datetime(YEAR, 7, 10, 9, tzinfo=UTC)):
        directs.invoiced(directs.signed(("Dos", date(YEAR, 8, 1), "500.00"), supplier_tax_id="B87654323"))

    recognised, paid = by_month(year)["recognised"], by_month(year, line_of(YEAR, "AT"))["paid"]

    assert [amount for _month, amount in recognised][-1] == line_of(YEAR, "AT").o == Decimal("1815.00")
    assert recognised[4] == ("May", Decimal("1210.00"))
    assert recognised[3][1] == Decimal("0.00")
    assert paid[-1] == ("May", Decimal("1210.00"))


def test_the_chart_has_its_table_and_needs_no_script(client, year):
    directs.paid(directs.signed(("Uno", date(YEAR, 6, 1), "1000.00")))

    page = text_of(client, f"/en/budget/{YEAR}/")

    assert page.count("<svg") >= 3
    assert page.count("The same figures in a table") == 2


def test_years_are_compared_by_the_figures_of_their_pages(client, year):
    directs.paid(directs.signed(("Uno", date(YEAR, 6, 1), "1000.00")))
    funded_year(YEAR + 1, others=True, is_open=False)
    page = text_of(client, "/en/budget/compare/")

    assert f"/en/budget/{YEAR}/" in page
    assert f"/en/budget/{YEAR + 1}/" not in page
    for words in ("€1,210", "€155,000"):
        assert words in page, words


@pytest.mark.parametrize("name", ["budget_line", "budget_compare"])
def test_lists_ask_as_much_for_five_as_for_one(name, year):
    client = Client()
    client.force_login(people.officer())
    address = reverse(f"pilots:{name}", kwargs={"year": YEAR, "code": "AT"} if name == "budget_line" else {})
    directs.signed(("Uno", date(YEAR, 6, 1), "10.00"))
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(4):
        directs.signed(("Uno", date(YEAR, 6, 1), "10.00"))
    with CaptureQueriesContext(connection) as five:
        client.get(address)
    assert len(five) == len(one)
