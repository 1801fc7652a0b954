"""The corporate ledger beside ours: what matches, what differs until it is explained, files refused in words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from govtech import clock
from govtech.errors import DomainError
from pilots.actions import reconciliation
from pilots.models import BudgetYear, CorporateMovement, DifferenceNote, LedgerEntry
from tests import people
from tests.pilots import directs
from tests.pilots.money import funded_year

pytestmark = pytest.mark.django_db
YEAR, AT = 2031, datetime(2031, 3, 10, 9, tzinfo=UTC)
HEAD = "N.º documento;Fecha;Fase;Importe;Línea;Texto"


@pytest.fixture(autouse=True)
def _then() -> Any:
    with translation.override("en"), clock.travel(AT):
        yield


@pytest.fixture
def year() -> BudgetYear:
    found = funded_year(YEAR, others=True)
    contract = directs.signed(("Uno", date(YEAR, 4, 1), "1000.00"))
    directs.invoiced(contract, number="F-1")
    return found


def loaded(year: BudgetYear, *lines: str, head: str = HEAD) -> dict[str, int]:
    data = ("\ufeff" + "\r\n".join([head, *lines])).encode()
    return reconciliation.load(year, data, by=people.officer(), at=clock.now())


def said(year: BudgetYear) -> list[str]:
    return [f"{row.why}: {(row.movement or row.entry).phase} {row.amount}" for row in reconciliation.differences(year)
            if not (row.note and row.note.explained_at)]  # fmt: skip


ALL = (
    "RC/1;10/03/2031;RC;1.210,00;AT;Reserva",
    "RC/1;10/03/2031;RC/;1.210,00;AT;Consumo",
    "RC/1;11/03/2031;A;1.210,00;AT;",
    "D-77;12/03/2031;D;1.210,00;AT;",
    "f 1;14/03/2031;O;1210,00;;Factura",
)


def test_what_both_have_matches_by_document_amount_and_date(year):
    counts = loaded(year, *ALL)

    assert counts == {"new": 5, "known": 0, "matched": 5}
    assert said(year) == []
    movement = CorporateMovement.objects.get(phase="O")
    assert movement.entry.document_no == "F-1"
    assert CorporateMovement.objects.get(phase="D").entry.phase == "D"  # ours has no number: by amount, line and day


def test_the_whole_year_again_is_known(year):
    loaded(year, *ALL[:3])
    counts = loaded(year, *ALL)

    assert (counts["new"], counts["known"]) == (2, 3)
    assert CorporateMovement.objects.count() == 5


def test_differences_of_both_sides_are_listed_until_explained(year):
    loaded(year, *ALL[:2], "F-1;14/03/2031;O;1.200,00;AT;", "X-9;20/03/2031;P;50,00;AT;Otro pago")

    listed = said(year)
    assert "The amount differs: O 1200.00" in listed
    assert "The amount differs: O 1210.00" in listed
    assert "Only in the corporate ledger: P 50.00" in listed
    assert "Only in the portal: A 1210.00" in listed

    officer = people.officer()
    movement = CorporateMovement.objects.get(document_no="X-9")
    reconciliation.note(movement, owner=officer, due_on=AT.date(), explanation="", by=officer, at=clock.now())
    assert "Only in the corporate ledger: P 50.00" in said(year)
    reconciliation.note(movement, owner=officer, due_on=None, explanation="De otra obra", by=officer, at=clock.now())
    assert "Only in the corporate ledger: P 50.00" not in said(year)
    entry = LedgerEntry.objects.get(phase="A")
    reconciliation.note(entry, owner=None, due_on=None, explanation="Llega en abril", by=officer, at=clock.now())
    assert "Only in the portal: A 1210.00" not in said(year)
    assert DifferenceNote.objects.exclude(explained_at=None).count() == 2


def test_the_same_document_on_a_day_too_far_is_a_difference(year):
    loaded(year, "F-1;14/04/2031;O;1.210,00;AT;")

    assert "The date differs: O 1210.00" in said(year)


def test_one_movement_of_ours_matches_one_of_theirs(year):
    counts = loaded(year, "F-1;14/03/2031;O;1.210,00;AT;", "F-1;15/03/2031;O;1.210,00;AT;")

    assert counts["matched"] == 1
    assert sum("O 1210.00" in line for line in said(year)) == 1


def test_what_comes_later_in_the_portal_is_not_missing_there_yet(year):
    loaded(year, *ALL)
    with clock.travel(AT + timedelta(days=40)):
        directs.signed(("Dos", date(YEAR, 6, 1), "100.00"), rc_certificate="RC/2")

    assert not any("121.00" in line for line in said(year))


def test_nothing_is_entered_by_itself(year):
    before = LedgerEntry.objects.count()
    loaded(year, *ALL, "X-9;20/03/2031;P;50,00;AT;Otro pago")

    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("F-1;14/03/2031;Z;1,00",), r"Line 2: «Z» isn't a phase"),
        (("F-1;14/03/2031;O;mil",), r"Line 2: «mil» isn't an amount"),
        (("F-1;14/03/2031;O;1,005",), r"«1,005» isn't an amount"),
        (("F-1;14/03/2031;O;0",), r"«0» isn't an amount"),
        (("F-1;14/03/2031;O;NaN",), r"«NaN» isn't an amount"),
        (("F-1;ayer;O;1,00",), r"Line 2: «ayer» isn't a date"),
        (("F-1;14/03/2029;O;1,00",), r"Line 2 is of another year: 2029"),
        ((";14/03/2031;O;1,00",), r"Line 2 has no document number"),
        ((), r"no movements"),
    ],
)
def test_a_bad_file_is_refused_whole_and_says_where(year, lines, words):
    with pytest.raises(DomainError, match=words):
        loaded(year, *lines)
    assert not CorporateMovement.objects.exists()


def test_a_file_without_its_columns_or_that_is_no_csv_is_refused(year):
    with pytest.raises(DomainError, match="lacks the column «importe»"):
        loaded(year, head="documento;fecha;fase")
    with pytest.raises(DomainError, match="isn't a CSV"):
        reconciliation.load(year, b"PK\x03\x04\0\0", by=people.officer(), at=clock.now())


def test_only_the_office_imports_and_explains(year):
    for other in (people.auditor(), people.person()):
        with pytest.raises(PermissionDenied):
            reconciliation.load(year, HEAD.encode(), by=other, at=clock.now())


def test_on_the_page(year):
    client = Client()
    client.force_login(people.officer())
    address = f"/en/budget/{YEAR}/management/reconciliation/"
    upload = SimpleUploadedFile("mayor.csv", "\n".join([HEAD, *ALL, "X-9;20/03/2031;P;50,00;AT;Otro"]).encode())
    assert client.post(address, {"file": upload}).status_code == 302
    page = client.get(address).content.decode()
    assert "Only in the corporate ledger" in page
    movement = CorporateMovement.objects.get(document_no="X-9")
    explain = f"{address}movements/{movement.public_id}/"
    refused = client.post(explain, {})
    assert (refused.status_code, "Say who looks into it" in refused.content.decode()) == (422, True)
    assert client.post(explain, {"explanation": "De otra obra"}).status_code == 302
    assert "De otra obra" in client.get(address).content.decode()
    bad = client.post(address, {"file": SimpleUploadedFile("m.csv", b"x;y\n1;2")})
    assert (bad.status_code, "lacks the column" in bad.content.decode()) == (422, True)
