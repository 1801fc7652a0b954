"""The closing of a year: what it pays later, carries over, passes on, and lets lapse; two people and one database."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import PreparedDecision
from govtech.errors import DomainError
from pilots.actions import annuity, budget, closing, credit, invoice, ledger
from pilots.models import BudgetYear, CreditKind, CreditMovement, Expenditure, LedgerEntry, Milestone, YearStatus
from tests import people
from tests.pilots.ledgers import contract, flush_deferred, pilot_of, spending_file
from tests.pilots.money import funded_year, line_of, opened_years, prepared, published

pytestmark = pytest.mark.django_db
NO = Decimal("0.00")


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def officer() -> Any:
    return people.officer()


@pytest.fixture
def director() -> Any:
    return people.director()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def euro(text: str) -> Decimal:
    return Decimal(text)


def after(year: int) -> datetime:
    return datetime(year + 1, 1, 20, 9, tzinfo=UTC)


def close(year: int, officer: Any, director: Any) -> BudgetYear:
    found = BudgetYear.objects.get(year=year)
    budget.prepare_closing(found, by=officer, at=after(year))
    closed = budget.close_year(found, by=director, at=after(year))
    flush_deferred()
    call_command("verify_ledger")
    return closed


def sums(year: int, code: str = "RETOS") -> dict[str, Decimal]:
    line = line_of(year, code)
    return {name: getattr(line, name) for name in ("credit", "rc", "a", "d", "o", "p")}


@pytest.fixture
def at_work(officer: Any, director: Any) -> Any:
    """A call with one award whose two milestones of 1 210 are due in the first year, the first one invoiced."""
    challenge = published(officer=officer, director=director)
    file = Expenditure.objects.get(challenge=challenge)
    line = max(file.lines.select_related("line__budget_year"), key=lambda row: row.a).line
    year = line.budget_year.year
    opened_years(year)
    commitment, milestones = pilot_of(challenge, file, "2000.00", ["1000", "1000"], officer=officer, director=director)
    Milestone.objects.filter(pk__in=[row.pk for row in milestones]).update(due_on=date(year, 12, 1))
    Milestone.objects.filter(pk=milestones[1].pk).update(status="pending", accepted_at=None, accepted_by=None)
    ledger.post(line, file, "D", euro("2420"), by=officer, at=clock.now(), commitment=commitment)
    return year, file, commitment, milestones


def recognise(at_work: Any, officer: Any) -> None:
    year, file, commitment, milestones = at_work
    ledger.post(
        line_of(year), file, "O", euro("1210"), by=officer, at=clock.now(), commitment=commitment,
        milestone=milestones[0],
    )  # fmt: skip


def test_accepted_work_is_invoiced_before_its_year_closes(at_work, officer):
    year = at_work[0]
    funded_year(year + 1, officer=officer, is_open=False)

    with pytest.raises(DomainError, match=r"Milestone 1 of PILOTO.* its invoice isn't recorded"):
        budget.prepare_closing(BudgetYear.objects.get(year=year), by=officer, at=after(year))


def test_what_goes_on_needs_a_next_year_with_its_line(at_work, officer):
    year = at_work[0]
    recognise(at_work, officer)

    with pytest.raises(DomainError, match=f"goes on in {year + 1}, which has no line RETOS"):
        budget.prepare_closing(BudgetYear.objects.get(year=year), by=officer, at=after(year))


def test_undelivered_work_passes_to_the_next_year_with_its_credit_and_a_live_call_without(at_work, officer, director):
    year, _file, commitment, milestones = at_work
    recognise(at_work, officer)
    funded_year(year + 1, "50000.00", officer=officer, is_open=False)
    before = sums(year)
    waiting = before["a"] - before["d"]  # the call may still choose: its money is needed
    assert waiting > 0

    close(year, officer, director)

    assert sums(year) == before | {"a": euro("1210"), "d": euro("1210"), "o": euro("1210"), "p": NO}
    following = sums(year + 1)
    assert BudgetYear.objects.get(year=year + 1).status == YearStatus.OPEN  # it opened with the closing
    assert following["credit"] == euro("51210")  # what backs the commitment is carried over
    assert (following["a"], following["d"]) == (waiting + euro("1210"), euro("1210"))
    [movement] = CreditMovement.objects.filter(kind=CreditKind.CARRIED_OVER)
    assert (movement.amount, movement.decision.approved_by) == (euro("1210"), director)
    assert annuity.needed_by_year(commitment) == {year: euro("1210"), year + 1: euro("1210")}
    assert annuity.pending_by_year(commitment) == {}

    later = Milestone.objects.get(pk=milestones[1].pk)
    Milestone.objects.filter(pk=later.pk).update(
        status="accepted", accepted_at=after(year), accepted_by=people.delegate()
    )
    with clock.travel(after(year)):
        invoice.record(
            Milestone.objects.get(pk=later.pk), number="F-2", issued_on=date(year + 1, 1, 15),
            received_on=date(year + 1, 1, 16), base=later.amount_net, vat=later.vat, total=later.amount_gross,
            by=officer, at=after(year),
        )  # fmt: skip
    assert sums(year + 1)["o"] == euro("1210")
    flush_deferred()
    call_command("verify_ledger")


def test_what_was_carried_over_once_passes_on_against_the_next_years_own_credit(at_work, officer, director):
    year, _file, commitment, _milestones = at_work
    recognise(at_work, officer)
    for number in (year + 1, year + 2):
        funded_year(number, "50000.00", officer=officer, is_open=False)
    close(year, officer, director)

    plan = closing.plan_for(BudgetYear.objects.get(year=year + 1))

    fates = {item.fate: item.amount for item in plan.items if item.commitment == commitment}
    assert fates == {closing.Fate.MOVED: euro("1210")}


def test_what_nothing_needs_is_released_and_lapses(officer, director):
    year = funded_year(2031, "1000.00", officer=officer)
    line, file = line_of(2031), spending_file(officer)
    commitment = contract(file)
    for phase, amount in (("A", "500"), ("D", "400"), ("O", "300"), ("P", "100"), ("RC", "50")):
        ledger.post(
            line, file, phase, euro(amount), by=officer, at=clock.now(),
            commitment=commitment if phase in "DOP" else None,
        )  # fmt: skip

    close(2031, officer, director)

    assert sums(2031) == {"credit": euro("1000"), "rc": NO, "a": euro("300"), "d": euro("300"), "o": euro("300"),
                          "p": euro("100")}  # fmt: skip
    signed = closing.shown(PreparedDecision.objects.of(year).get(payload__to="closed").payload)
    [row] = signed["lines"]
    assert (row["unpaid"], row["carried"], row["lapses"]) == (euro("200"), NO, euro("700"))
    ledger.post(line, file, "P", euro("200"), by=officer, at=after(2031), commitment=commitment)
    with pytest.raises(DomainError, match="is closed"):
        ledger.post(line, file, "A", euro("1"), by=officer, at=after(2031))


def test_income_for_a_purpose_is_carried_over(officer, director):
    year = funded_year(2031, "1000.00", envelope="61000.00", others=True, officer=officer)
    funded_year(2032, "1000.00", envelope="61000.00", others=True, officer=officer, is_open=False)
    rows = [{"line": line_of(2031, "G4A").pk, "amount": euro("7000")}]
    budget.prepare_credit_change(
        year, kind="generated", changes=rows, reason="Ayuda europea", by=officer, at=clock.now()
    )
    budget.approve_credit_change(year, by=director, at=clock.now())

    close(2031, officer, director)

    assert sums(2032, "G4A")["credit"] == euro("27000")
    assert sums(2032)["credit"] == euro("1000")


def test_money_that_waits_for_a_signature_is_decided_first(officer, director):
    challenge = prepared(officer=officer)
    lines = Expenditure.objects.get(challenge=challenge).lines.select_related("line__budget_year")
    year = max(lines, key=lambda row: row.rc).line.budget_year
    opened_years(year.year)
    year.refresh_from_db()

    with pytest.raises(DomainError, match="waits for approval with money of this year"):
        budget.prepare_closing(year, by=officer, at=after(year.year))
    credit.send_back_publication(challenge, comment="Al año que viene", by=director, at=clock.now())
    assert budget.prepare_closing(year, by=officer, at=after(year.year))


def test_what_is_signed_is_what_was_prepared(officer, director):
    year = funded_year(2031, "1000.00", officer=officer)
    budget.prepare_closing(year, by=officer, at=after(2031))
    ledger.post(line_of(2031), spending_file(officer), "A", euro("5"), by=officer, at=clock.now())

    with pytest.raises(DomainError, match="changed after its closing was prepared"):
        budget.close_year(year, by=director, at=after(2031))


def test_who_prepared_the_closing_does_not_approve_it(director):
    year = funded_year(2031, "1000.00")
    budget.prepare_closing(year, by=director, at=after(2031))

    with pytest.raises(DomainError, match="another person"):
        budget.close_year(year, by=director, at=after(2031))


def test_next_year_without_room_for_a_live_call_stops_the_closing(at_work, officer):
    year = at_work[0]
    recognise(at_work, officer)
    funded_year(year + 1, "100.00", officer=officer, is_open=False)

    with pytest.raises(DomainError, match=r"Line RETOS of \d+ has €100 available and calls of this year need"):
        budget.prepare_closing(BudgetYear.objects.get(year=year), by=officer, at=after(year))


def test_the_assistant_is_prepared_by_one_person_and_approved_by_another_on_screen(officer, director):
    year = funded_year(2031, "1000.00", officer=officer)
    file = spending_file(officer)
    ledger.post(line_of(2031), file, "A", euro("120.50"), by=officer, at=clock.now())
    url = reverse("pilots:closing", kwargs={"year": 2031})
    before = client_of(officer).get(url)
    assert "it closes after 31 December" in before.content.decode()
    assert "Send the closing" not in before.content.decode()

    with clock.travel(after(2031)):
        page = client_of(officer).get(url).content.decode()
        assert file.title in page
        assert "€120.50" in page
        assert client_of(officer).post(url).status_code == 302
        decision = decisions.open_for("budget_year", year)
        sheet = reverse("pilots:decision", kwargs={"public_id": decision.public_id})
        assert file.title in client_of(director).get(sheet).content.decode()
        assert client_of(director).post(sheet, {"answer": "approve"}).status_code == 302
        year.refresh_from_db()
        assert year.status == YearStatus.CLOSED
        signed = client_of(officer).get(url).content.decode()
    assert "As it was signed" in signed
    assert "€120.50" in signed
    assert LedgerEntry.objects.filter(line__budget_year=year).count() == 2


def test_assistant_asks_as_much_with_many_rows(officer, django_assert_max_num_queries):
    funded_year(2031, "50000.00", officer=officer)
    line = line_of(2031)
    for _n in range(20):
        file = spending_file(officer)
        ledger.post(line, file, "A", euro("100"), by=officer, at=clock.now())
        ledger.post(line, file, "D", euro("50"), by=officer, at=clock.now(), commitment=contract(file))
    client, url = client_of(officer), reverse("pilots:closing", kwargs={"year": 2031})
    client.get(url)

    with django_assert_max_num_queries(32):
        assert client.get(url).status_code == 200


def test_provisional_year_has_no_assistant(officer):
    funded_year(2031, officer=officer, is_open=False)

    assert client_of(officer).get(reverse("pilots:closing", kwargs={"year": 2031})).status_code == 404
