"""Years, lines and credit through their actions: two people, the envelope, and what a closed year still takes."""

import doctest
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import translation

from govtech import clock
from govtech.audit.models import AuditEvent, DecisionKind, PreparedDecision
from govtech.errors import DomainError, TransitionError
from pilots.actions import budget, ledger
from pilots.calculations import money
from pilots.models import BudgetYear, CreditKind, CreditMovement, LedgerEntry, YearStatus
from pilots.policies import budget as policies
from tests import people
from tests.pilots.ledgers import contract, flush_deferred, spending_file
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db
AFTER_2031 = datetime(2032, 1, 15, 9, tzinfo=UTC)


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


def euro(text: str) -> Decimal:
    return Decimal(text)


def at() -> Any:
    return clock.now()


def test_calculations_say_what_their_examples_say():
    assert doctest.testmod(money).failed == 0
    assert doctest.testmod(money).attempted > 10


def test_a_year_is_there_once(officer):
    budget.create_year(2031, envelope=euro("1000"), by=officer, at=at())

    with pytest.raises(DomainError, match="already") as caught:
        budget.create_year(2031, envelope=euro("1000"), by=officer, at=at())
    assert caught.value.field == "year"
    with pytest.raises(DomainError):
        budget.create_year(12, envelope=euro("1000"), by=officer, at=at())


@pytest.mark.parametrize("role", ["auditor", "administrator", "delegate", "person"])
def test_only_the_office_prepares_the_budget(role):
    year = funded_year(2031)
    by = getattr(people, role)()

    for attempt in (
        lambda: budget.create_year(2032, envelope=euro("1"), by=by, at=at()),
        lambda: budget.add_line(year, code="X", name="X", kind="other", by=by, at=at()),
        lambda: budget.change_year(year, envelope=euro("95000"), is_split_illustrative=True, by=by, at=at()),
        lambda: budget.prepare_credit_change(year, kind="transfer", changes=[], reason="x", by=by, at=at()),
        lambda: budget.prepare_year_move(year, to="closed", by=by, at=AFTER_2031),
        lambda: budget.approve_year_move(year, by=by, at=at()),
        lambda: budget.approve_credit_change(year, by=by, at=at()),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_credits_over_the_envelope_are_refused_in_words(officer):
    year = budget.create_year(2031, envelope=euro("1000"), by=officer, at=at())
    budget.add_line(year, code="A", name="A", kind="other", credit=euro("600"), by=officer, at=at())

    with pytest.raises(DomainError, match="€1,000"):
        budget.add_line(year, code="B", name="B", kind="other", credit=euro("400.01"), by=officer, at=at())
    line = line_of(2031, "A")
    with pytest.raises(DomainError, match="€1,000"):
        budget.set_initial_credit(line, credit=euro("1000.01"), by=officer, at=at())
    assert budget.set_initial_credit(line, credit=euro("900"), by=officer, at=at()).credit == euro("900")
    with pytest.raises(DomainError, match="over the envelope"):
        budget.change_year(year, envelope=euro("899.99"), is_split_illustrative=False, by=officer, at=at())


def test_credit_of_a_provisional_line_stays_over_what_is_reserved(officer):
    funded_year(2031, "1000.00", is_open=False, officer=officer)
    ledger.post(line_of(2031), spending_file(officer), "A", euro("700"), by=officer, at=at())

    with pytest.raises(DomainError, match="€300 available"):
        budget.set_initial_credit(line_of(2031), credit=euro("699.99"), by=officer, at=at())


def test_year_opens_when_credits_equal_the_envelope(officer, director):
    year = funded_year(2031, "999.99", envelope="1000.00", is_open=False, officer=officer)

    with pytest.raises(DomainError, match="must be equal"):
        budget.prepare_opening(year, by=officer, at=at())
    budget.set_initial_credit(line_of(2031), credit=euro("1000"), by=officer, at=at())
    budget.prepare_opening(year, by=officer, at=at())
    assert budget.open_year(year, by=director, at=at()).status == YearStatus.OPEN
    flush_deferred()
    assert AuditEvent.objects.filter(kind="budget_year.opened", amount=euro("1000")).count() == 1


def test_a_year_is_opened_by_another_person(director):
    year = funded_year(2031, is_open=False)
    budget.prepare_opening(year, by=director, at=at())

    with pytest.raises(DomainError, match="another person"):
        budget.open_year(year, by=director, at=at())
    with pytest.raises(PermissionDenied):
        budget.open_year(year, by=people.officer(), at=at())


@pytest.mark.parametrize("old", YearStatus)
@pytest.mark.parametrize("new", [YearStatus.OPEN, YearStatus.CLOSED])
def test_year_moves_exactly_where_the_table_allows(old, new, officer):
    year = funded_year(2031, officer=officer)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        BudgetYear.objects.filter(pk=year.pk).update(status=old)
        cursor.execute("SET LOCAL session_replication_role = origin")

    if new in policies.TRANSITIONS[old]:
        assert budget.prepare_year_move(year, to=new, by=officer, at=AFTER_2031).payload["to"] == new.value
    else:
        with pytest.raises(TransitionError):
            budget.prepare_year_move(year, to=new, by=officer, at=AFTER_2031)


def test_the_table_covers_every_status():
    assert set(policies.TRANSITIONS) == set(YearStatus)


def test_year_closes_after_december(officer, director):
    year = funded_year(2031, officer=officer)
    line, file = line_of(2031), spending_file(officer)
    commitment = contract(file)
    for phase, amount in (("A", "500"), ("D", "500"), ("O", "300"), ("P", "100")):
        ledger.post(
            line, file, phase, euro(amount), by=officer, at=at(), commitment=commitment if phase != "A" else None
        )

    with pytest.raises(DomainError, match="31 December"):
        budget.prepare_closing(year, by=officer, at=datetime(2031, 12, 31, 22, tzinfo=UTC))
    budget.prepare_closing(year, by=officer, at=AFTER_2031)
    year = budget.close_year(year, by=director, at=AFTER_2031)

    assert (year.status, year.closed_at) == (YearStatus.CLOSED, AFTER_2031)
    ledger.post(line, file, "P", euro("200"), by=officer, at=AFTER_2031, commitment=commitment)
    with pytest.raises(DomainError, match="is closed"):
        ledger.post(line, file, "O", euro("1"), by=officer, at=AFTER_2031, commitment=commitment)
    for attempt in (
        lambda: budget.prepare_credit_change(year, kind="transfer", changes=[], reason="x", by=officer, at=AFTER_2031),
        lambda: budget.add_line(year, code="X", name="X", kind="other", by=officer, at=AFTER_2031),
        lambda: budget.change_year(
            year, envelope=year.envelope, is_split_illustrative=False, by=officer, at=AFTER_2031
        ),
    ):
        with pytest.raises(TransitionError):
            attempt()


# Changes of credit ----------------------------------------------------------------------------------


@pytest.fixture
def year(officer):
    return funded_year(2031, "1000.00", envelope="61000.00", others=True, officer=officer)


def change(year: BudgetYear, by: Any, **amounts: str) -> PreparedDecision:
    kind = amounts.pop("kind", CreditKind.TRANSFER)
    rows = [{"line": line_of(year, code).pk, "amount": euro(amount)} for code, amount in amounts.items()]
    return budget.prepare_credit_change(year, kind=kind, changes=rows, reason="Motivo", by=by, at=at())


def lines_of(year: BudgetYear) -> dict[str, Decimal]:
    return dict(year.lines.values_list("code", "credit"))


def test_transfer_is_prepared_by_one_and_made_by_another(year, officer, director):
    change(year, officer, AT="-100.50", RETOS="100.50")
    assert lines_of(year)["RETOS"] == euro("1000")

    movements = budget.approve_credit_change(year, by=director, at=at())

    flush_deferred()
    assert lines_of(year) == {"RETOS": euro("1100.50"), "AT": euro("39899.50"), "G4A": euro("20000")}
    assert {row.decision.kind for row in movements} == {DecisionKind.CREDIT}
    assert AuditEvent.objects.filter(kind="credit.changed", amount=euro("-100.50"), reason="Motivo").count() == 1


def test_director_does_not_approve_their_own_change(year, director):
    change(year, director, AT="-1", RETOS="1")

    with pytest.raises(DomainError, match="another person"):
        budget.approve_credit_change(year, by=director, at=at())
    assert lines_of(year)["AT"] == euro("40000")


def test_what_can_not_be_is_refused_while_preparing_and_leaves_nothing(year, officer):
    ledger.post(line_of(year), spending_file(officer), "RC", euro("900"), by=officer, at=at())
    before = CreditMovement.objects.count()

    for amounts, words in (
        ({"AT": "-10"}, "not to zero"),
        ({"RETOS": "-100.01", "AT": "100.01"}, "€100 available"),
        ({"AT": "10", "kind": CreditKind.NOT_AVAILABLE, "RETOS": "100.01"}, "€100 available"),
        ({}, "at least one line"),
    ):
        with pytest.raises(DomainError, match=words):
            change(year, officer, **amounts)
    with pytest.raises(DomainError, match="reason"):
        budget.prepare_credit_change(year, kind="transfer", changes=[], reason=" ", by=officer, at=at())
    with pytest.raises(DomainError, match="kind"):
        change(year, officer, kind=CreditKind.INITIAL, AT="1")
    assert CreditMovement.objects.count() == before
    assert not PreparedDecision.objects.filter(kind=DecisionKind.CREDIT).exists()
    change(year, officer, RETOS="-100", AT="100")


def test_generated_credit_comes_on_top_of_the_envelope(year, officer, director):
    change(year, officer, kind=CreditKind.GENERATED, G4A="5000")
    budget.approve_credit_change(year, by=director, at=at())

    flush_deferred()
    assert lines_of(year)["G4A"] == euro("25000")


def test_credit_declared_not_available_can_be_freed_again(year, officer, director):
    change(year, officer, kind=CreditKind.NOT_AVAILABLE, RETOS="400")
    budget.approve_credit_change(year, by=director, at=at())
    assert line_of(year).available == euro("600")

    change(year, officer, kind=CreditKind.NOT_AVAILABLE, RETOS="-400")
    budget.approve_credit_change(year, by=director, at=at())
    assert line_of(year).available == euro("1000")


def test_one_change_waits_at_a_time_and_may_be_taken_back(year, officer, director):
    decision = change(year, officer, AT="-1", RETOS="1")
    with pytest.raises(DomainError, match="already waiting"):
        change(year, officer, AT="-2", RETOS="2")

    with pytest.raises(PermissionDenied):
        budget.send_back(decision, comment="No", by=people.officer(), at=at())
    with pytest.raises(DomainError):
        budget.send_back(decision, comment=" ", by=director, at=at())
    budget.send_back(decision, comment="Me equivoqué", by=officer, at=at())

    with pytest.raises(DomainError, match="Nothing is waiting"):
        budget.approve_credit_change(year, by=director, at=at())
    assert not LedgerEntry.objects.exists()


def test_what_is_to_be_signed_of_a_year_does_not_change_while_it_waits(officer, director):
    year = funded_year(2031, "1000.00", is_open=False, others=True, envelope="61000.00", officer=officer)
    budget.prepare_opening(year, by=officer, at=at())

    for attempt in (
        lambda: budget.set_initial_credit(line_of(2031), credit=euro("0"), by=director, at=at()),
        lambda: budget.add_line(year, code="X", name="X", kind="other", by=director, at=at(), credit=euro("1")),
        lambda: budget.change_year(year, envelope=euro("1"), is_split_illustrative=False, by=director, at=at()),
    ):
        with pytest.raises(TransitionError):
            attempt()
    assert budget.open_year(year, by=director, at=at()).envelope == euro("61000")
