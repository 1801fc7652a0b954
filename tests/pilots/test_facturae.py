"""Electronic invoices: the three versions are taken; what doesn't fit is refused in words that name it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from lxml import etree

from govtech import clock
from govtech.errors import DomainError
from pilots.actions import facturae
from pilots.calculations.facturae import MOST_BYTES, VERSIONS
from pilots.calculations.facturae import read as parse
from pilots.models import BudgetYear, Invoice, LedgerEntry, Milestone
from tests import people
from tests.pilots import awards

FOLDER = Path(__file__).parent / "facturae"
SAMPLE = (FOLDER / "invoice.xml").read_text()
NAMESPACES = {version: namespace for namespace, version in VERSIONS.items()}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def sample(version: str = "3.2.1", **values: Any) -> bytes:
    """Return the sample with other values."""
    said = {
        "namespace": NAMESPACES[version], "version": version, "seller": "B12345674", "number": "F-1",
        "issued_on": "2026-06-20", "rate": "21.00", "base": "1000.00", "vat": "210.00", "total": "1210.00",
        "office": "L01280796", "text": "PILOTO-2026-001, hito 1: Sensores",
    }  # fmt: skip
    return SAMPLE.format(**(said | values)).encode()


def schema(version: str) -> etree.XMLSchema:
    """Return the official schema; that of 3.2 is 3.2.1's in its own namespace, as far as these samples go."""
    name = {"3.2": "Facturaev3_2_1.xsd", "3.2.1": "Facturaev3_2_1.xsd", "3.2.2": "Facturaev3_2_2.xsd"}[version]
    text = (FOLDER / name).read_text(encoding="utf-8-sig")
    if version == "3.2":
        text = text.replace(NAMESPACES["3.2.1"], NAMESPACES["3.2"]).replace('"3.2.1"', '"3.2"')
    text = text.replace("http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd", "xmldsig-core-schema.xsd")
    parser = etree.XMLParser(load_dtd=False, no_network=True)
    root = etree.fromstring(text.encode(), parser, base_url=str(FOLDER / name))
    return etree.XMLSchema(root)


@pytest.mark.parametrize("version", sorted(NAMESPACES))
def test_samples_are_valid_by_their_schema_and_are_read(version):
    data = sample(version)

    assert schema(version).validate(etree.fromstring(data)), schema(version).error_log
    found = facturae.read(data)
    assert (found.version, found.number, found.issued_on) == (version, "F-1", date(2026, 6, 20))
    assert (str(found.base), str(found.vat), str(found.total)) == ("1000.00", "210.00", "1210.00")
    assert found.offices == {"01": "L01280796"}
    assert not found.is_signed


BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "isn't well-formed XML"),
        (b"%PDF-1.7", "isn't well-formed XML"),
        (sample()[:700], r"breaks off on line \d+"),
        (BOMB, "declares a document type or entities"),
        (OUTSIDE, "declares a document type or entities"),
        (BOMB.decode().replace('?>', ' encoding="UTF-16"?>', 1).encode("utf-16"), "document type or entities"),
        (b'<?xml version="1.0"?><!DOCTYPE l SYSTEM "http://evil.example/l.dtd"><l/>', "document type or entities"),
        (b"<Facturae/>", "isn't a Facturae 3.2, 3.2.1 or 3.2.2"),
        (sample(version="3.2.1", namespace=NAMESPACES["3.2.2"]), "isn't a Facturae 3.2, 3.2.1 or 3.2.2"),
        (sample().replace(b"<InvoiceNumber>F-1</InvoiceNumber>", b""), "lacks InvoiceNumber"),
        (sample().replace(b">OO<", b">OR<"), "corrective"),
        (sample().replace(b"<InvoiceCurrencyCode>EUR", b"<InvoiceCurrencyCode>USD"), "isn't in euros"),
        (sample().replace(b">I</Modality>", b">L</Modality>"), "Send one file for each milestone"),
        (sample(issued_on="ayer"), "IssueDate isn't a date"),
        (sample(base="NaN"), "isn't an amount"),
        (sample(base="1e999"), "isn't an amount"),
        (sample(total="1210.01"), "come to €1,210 and the total says €1,210.01"),
        (sample(vat="210.02", total="1210.02"), "A tax comes to €210 and it says €210.02"),
        (sample().replace(b"<TotalTaxOutputs>210.00", b"<TotalTaxOutputs>209.00"), "taxes add up to €210"),
        (sample().replace(b"<GrossAmount>1000.00", b"<GrossAmount>999.00"), "lines add up to €999"),
        (b"<a>" + b" " * MOST_BYTES + b"</a>", "too big"),
    ],
)  # fmt: skip
def test_what_is_no_invoice_is_refused_in_words(data, words):
    with pytest.raises(DomainError, match=words) as caught:
        facturae.read(data)
    assert caught.value.field == "electronic"


def test_deep_and_long_files_are_refused_without_harm():
    with pytest.raises(DomainError, match="well-formed"):
        facturae.read(b"<a>" * 100_000)


# Against the milestone --------------------------------------------------------------------------------


@pytest.fixture
def milestone(db: Any) -> Milestone:
    return awards.accept(awards.running_pilot())


def invoice_for(milestone: Milestone, **values: Any) -> bytes:
    rate = milestone.pilot.award.vat_rate
    said = {
        "seller": milestone.pilot.organisation.tax_id, "base": milestone.amount_net, "vat": milestone.vat,
        "total": milestone.amount_gross, "rate": rate,
        "text": f"Expediente 1. {milestone.pilot.reference}, hito {milestone.number}: {milestone.title}",
    }  # fmt: skip
    return sample(**(said | values))


def sent(client: Client, milestone: Milestone, data: bytes, **fields: Any) -> Any:
    url = reverse("pilots:record_invoice", kwargs={"public_id": milestone.public_id})
    upload = SimpleUploadedFile("factura.xsig", data, content_type="application/xml")
    return client.post(url, {"electronic": upload, "received_on": "2026-06-22", **fields})


@pytest.fixture
def office(milestone: Milestone) -> Any:
    client = Client()
    client.force_login(people.officer())
    with awards.working(100):
        yield client


def test_an_invoice_is_recorded_from_its_file_alone(office, milestone):
    data = invoice_for(milestone, issued_on="2026-06-20")

    answer = sent(office, milestone, data)

    assert answer.status_code == 302, answer.context["form"].errors
    [invoice] = Invoice.objects.select_related("file")
    assert (invoice.number, invoice.issued_on, invoice.total) == ("F-1", date(2026, 6, 20), milestone.amount_gross)
    assert invoice.file.size == len(data)
    assert LedgerEntry.objects.filter(phase="O", milestone=milestone, amount=milestone.amount_gross).exists()
    page = office.get(reverse("pilots:electronic_invoice", kwargs={"public_id": invoice.public_id}))
    assert b"".join(page.streaming_content) == data
    assert page["Content-Disposition"].startswith("attachment")
    shown = office.get(reverse("pilots:invoicing", kwargs={"slug": milestone.pilot.slug})).content.decode()
    assert page.request["PATH_INFO"] in shown


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": "Sensores"}, "doesn&#x27;t say «PILOTO"),
        ({"text": "{reference}, hito 2"}, "names another one"),
        ({"text": "PILOTO-2020-999, hito 1"}, "names another one"),
        ({"text": "{reference}, hitos 1 y 2, hito 1 e hito 2"}, "names another one"),
        ({"seller": "A99999997"}, "The invoice is of A99999997 and the contract is with"),
        ({"base": "100.00", "vat": "21.00", "total": "121.00"}, "The milestone says"),
    ],
)
def test_an_invoice_of_something_else_is_refused_in_words(office, milestone, values, words):
    values = dict(values)
    if "text" in values:
        values["text"] = values["text"].replace("{reference}", milestone.pilot.reference)

    answer = sent(office, milestone, invoice_for(milestone, **values))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Invoice.objects.exists()
    assert not LedgerEntry.objects.filter(phase="O").exists()


def test_what_is_typed_and_what_the_file_says_are_the_same(office, milestone):
    answer = sent(office, milestone, invoice_for(milestone), number="F-9")

    assert answer.status_code == 422
    assert "The file says F-1 here." in answer.content.decode()


def test_another_unit_of_the_city_is_refused(office, milestone):
    BudgetYear.objects.filter(year=milestone.due_on.year).update(accounting_office="L02000001")

    answer = sent(office, milestone, invoice_for(milestone))

    assert "goes to the unit L01280796 and this contract&#x27;s is L02000001" in answer.content.decode()


def test_a_number_comes_once(office, milestone):
    pilot = milestone.pilot
    assert sent(office, milestone, invoice_for(milestone)).status_code == 302
    second = awards.accept(pilot, 2)
    assert second.accepted_at <= clock.now()

    answer = sent(office, second, invoice_for(second, number="f-1", issued_on="2026-06-20"))

    assert answer.status_code == 422
    assert "another invoice with this number" in answer.content.decode()


def test_without_a_file_all_is_written_by_hand(office, milestone):
    url = reverse("pilots:record_invoice", kwargs={"public_id": milestone.public_id})

    answer = office.post(url, {"received_on": "2026-06-22"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"number", "issued_on", "base", "vat", "total"}


def test_reading_has_no_side_effects():
    assert parse(sample()) == parse(sample())
