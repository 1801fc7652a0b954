"""Where each invoice stands: late first, days to accept and to pay, and those that were sent back."""

from datetime import UTC, date, datetime, timedelta
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
from govtech.notifications.models import Notice
from pilots.actions import invoice
from pilots.models import Invoice, LedgerEntry, RejectedInvoice
from tests import people
from tests.pilots import awards, directs
from tests.pilots.money import funded_year

pytestmark = pytest.mark.django_db
YEAR, AT = 2031, datetime(2031, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def office() -> Client:
    client = Client()
    client.force_login(people.officer())
    return client


def rejected(thing: Any, **changes: Any) -> RejectedInvoice:
    said = {"number": "F-1", "received_on": clock.local_date(clock.now()), "total": thing.amount_gross,
            "reason": "El IVA no es el del contrato", "by": people.officer(), **changes}  # fmt: skip
    return invoice.reject(thing, at=clock.now(), **said)


def test_rejected_recognises_nothing_tells_the_company_and_can_be_invoiced_again():
    milestone = awards.accept(awards.running_pilot())
    with awards.working(60):
        rejected(milestone)

    assert not LedgerEntry.objects.filter(phase="O").exists()
    notice = Notice.objects.get(kind="invoice.rejected")
    assert notice.params["reason"] == "El IVA no es el del contrato"
    awards.invoice_of(milestone, number="F-1")
    with awards.working(70), pytest.raises(TransitionError):
        rejected(awards.milestone_of(milestone.pilot))
    page = office().get(reverse("pilots:invoicing", kwargs={"slug": milestone.pilot.slug})).content.decode()
    assert "was rejected: El IVA no es el del contrato" in page


def test_only_officers_reject_with_a_reason_and_no_day_ahead():
    with clock.travel(AT):
        funded_year(YEAR, others=True)
        part = directs.accepted(directs.signed(("Uno", date(YEAR, 4, 1), "100.00")))
        with pytest.raises(PermissionDenied):
            rejected(part, by=people.director())
        with pytest.raises(DomainError, match="Say why"):
            rejected(part, reason=" ")
        with pytest.raises(DomainError, match="hasn't come"):
            rejected(part, received_on=date(YEAR, 3, 11))


def test_late_first_then_to_pay_then_paid_and_days_are_measured():
    with clock.travel(AT):
        funded_year(YEAR, others=True)
        contract = directs.signed(*((f"Entrega {n}", date(YEAR, 3 + n, 1), "100.00") for n in (1, 2, 3)))
        early = clock.local_date(AT)
        directs.accepted(contract, 1)
        directs.accepted(contract, 2)
    with clock.travel(AT + timedelta(days=4)):
        directs.invoiced(contract, 1, number="TARDE", received_on=early, issued_on=early)
        second = directs.invoiced(contract, 2, number="PAGADA", received_on=early, issued_on=early)
    with clock.travel(AT + timedelta(days=10)):
        day = clock.local_date(clock.now())
        invoice.pay(second, ordered_on=day, paid_on=day, by=people.officer(), at=clock.now())
    with clock.travel(AT + timedelta(days=60)):
        directs.invoiced(contract, 3, number="NUEVA")
        page = office().get(reverse("pilots:invoices")).content.decode()
        public = Client().get(f"/en/budget/{YEAR}/").content.decode()

    places = [page.index(number) for number in ("TARDE", "NUEVA", "PAGADA")]
    assert places == sorted(places)
    assert "until an invoice is accepted" in public
    assert "3 days" in public  # (4 + 4 + 0) / 3 = 2.67
    assert "10 days" in public


def test_on_the_page_of_a_delivery():
    with clock.travel(AT):
        funded_year(YEAR, others=True)
        part = directs.accepted(directs.signed(("Uno", date(YEAR, 4, 1), "100.00")))
        client = office()
        address = reverse("pilots:reject_part_invoice", kwargs={"public_id": part.public_id})
        bad = client.post(address, {"number": "F-7", "total": "x"})
        assert (bad.status_code, "F-7" in bad.content.decode()) == (422, True)
        fine = {"number": "F-7", "total": "121", "received_on": "2031-03-10", "reason": "Falta el expediente"}
        assert client.post(address, fine).status_code == 302
        assert "Falta el expediente" in client.get(reverse("pilots:invoices")).content.decode()
    assert not Invoice.objects.exists()


def test_the_list_asks_as_much_for_five_as_for_one():
    with clock.travel(AT):
        funded_year(YEAR, others=True)
        contract = directs.signed(*((f"Entrega {n}", date(YEAR, 3 + n, 1), "100.00") for n in range(1, 6)))
        directs.invoiced(contract, 1)
        client, address = office(), reverse("pilots:invoices")
        client.get(address)
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        for number in range(2, 6):
            directs.invoiced(contract, number)
        with CaptureQueriesContext(connection) as five:
            client.get(address)
    assert len(five) == len(one)
