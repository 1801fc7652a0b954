"""What the database itself refuses about money, in raw SQL as the application's role."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from challenges.models import Challenge
from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from pilots.models import BudgetLine, BudgetYear, Commitment, CreditMovement, Expenditure, LedgerEntry
from tests import people
from tests.challenges.factories import submitted_challenge
from tests.conftest import as_application
from tests.pilots.ledgers import contract, flush_deferred, pilot_of, spending_file
from tests.pilots.money import funded_year, line_of, opened_years, published

pytestmark = pytest.mark.django_db

ENTRY = """
INSERT INTO pilots_ledgerentry (line_id, expenditure_id, commitment_id, milestone_id, phase, amount, document_no,
  reverses_id, reason, made_at, made_by_id)
VALUES (%(line)s, %(file)s, %(commitment)s, %(milestone)s, %(phase)s, %(amount)s, '', %(reverses)s, '',
  portal_now(), %(by)s)
RETURNING id
"""


class Book:
    """A line of 1 000 euros, a spending file and a contract; `enter` writes raw SQL."""

    def __init__(self, credit: str = "1000.00", *, is_open: bool = True) -> None:
        self.officer, self.director = people.officer(), people.director()
        self.year = funded_year(2031, credit, is_open=is_open, officer=self.officer, director=self.director)
        self.line = line_of(2031)
        self.file = spending_file(self.officer)
        self.contract = contract(self.file)

    def enter(self, phase: str, amount: str, **kw: Any) -> int:
        values = {
            "line": self.line.pk,
            "file": self.file.pk,
            "commitment": self.contract.pk if phase in "DOP" else None,
            "milestone": None,
            "reverses": None,
            "by": self.officer.pk,
            "phase": phase,
            "amount": amount,
            **kw,
        }
        return sql(ENTRY, values)[0][0]

    def up_to(self, **amounts: str) -> "Book":
        for phase, amount in amounts.items():
            self.enter(phase, amount)
        return self


@pytest.fixture
def book() -> Book:
    return Book()


def sql(statement: str, values: Any = None) -> list[tuple]:
    with as_application(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str, values: Any = None) -> str:
    """Run the statement and have what is deferred checked; return the refusal. Fails when nothing refuses."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():  # noqa: PT012 - refused now or at commit
        sql(statement, values)
        flush_deferred()
    return str(caught.value)


def refused_entry(book: Book, phase: str, amount: str, **kw: Any) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():  # noqa: PT012 - refused now or at commit
        book.enter(phase, amount, **kw)
        flush_deferred()
    return str(caught.value)


def test_role_is_the_applications():
    assert sql("SELECT current_user") == [("portal_app",)]


def test_sums_follow_the_entries(book):
    book.up_to(RC="600.00", A="300.00", D="250.00", O="200.00", P="100.00")

    line = line_of(2031)
    assert (line.rc, line.a, line.d, line.o, line.p) == tuple(map(Decimal, ("600", "300", "250", "200", "100")))
    assert line.available == Decimal("100.00")


@pytest.mark.parametrize(
    ("before", "phase", "amount", "constraint"),
    [
        ({}, "RC", "1000.01", "line_within_credit"),
        ({}, "A", "1000.01", "line_within_credit"),
        ({"RC": "600"}, "A", "400.01", "line_within_credit"),
        ({"A": "500"}, "D", "500.01", "line_phases_in_order"),
        ({"A": "500", "D": "400"}, "O", "400.01", "line_phases_in_order"),
        ({"A": "500", "D": "400", "O": "300"}, "P", "300.01", "line_phases_in_order"),
        ({"A": "500", "D": "400"}, "A", "-100.01", "line_phases_in_order"),
        ({"A": "500", "D": "400", "O": "300"}, "D", "-100.01", "line_phases_in_order"),
        ({"A": "500", "D": "400", "O": "300", "P": "200"}, "O", "-100.01", "line_phases_in_order"),
        ({"RC": "100"}, "RC", "-100.01", "line_phases_in_order"),
        ({}, "P", "-0.01", "line_phases_in_order"),
        ({}, "RC", "0", "entry_amount_not_zero"),
        ({}, "RC", "NaN", "entry_amount_is_a_number"),
        ({}, "XX", "1", "entry_"),
    ],
)
def test_entry_that_breaks_a_bound_is_refused(book, before, phase, amount, constraint):
    book.up_to(**before)

    assert constraint in refused_entry(book, phase, amount)


def test_other_files_money_is_not_there_for_this_one(book):
    other = spending_file(book.officer)
    book.enter("A", "800.00", file=other.pk)
    book.enter("RC", "100.00", file=other.pk)
    book.enter("A", "100.00")

    assert "annuity_phases_in_order" in refused_entry(book, "D", "100.01")
    assert "annuity_phases_in_order" in refused_entry(book, "RC", "-1.00")


def test_other_contracts_money_is_not_there_for_this_one(book):
    other = contract(book.file, "50.00")
    book.up_to(A="500.00", D="100.00")
    book.enter("D", "60.50", commitment=other.pk)

    assert "commitment_phases_in_order" in refused_entry(book, "D", "0.01", commitment=other.pk)
    assert "commitment_phases_in_order" in refused_entry(book, "O", "60.51", commitment=other.pk)


def test_other_lines_commitment_is_not_there_for_this_one(book):
    funded_year(2032, "1000.00", officer=book.officer, director=book.director)
    later = line_of(2032)
    book.up_to(A="500.00", D="100.00")
    book.enter("A", "500.00", line=later.pk)
    book.enter("D", "10.00", line=later.pk)
    other = contract(book.file, "300.00")
    book.enter("D", "200.00", line=later.pk, commitment=other.pk)

    assert "commitment_line_in_order" in refused_entry(book, "O", "10.01", line=later.pk)


@pytest.mark.parametrize("phase", ["D", "O", "P"])
def test_entry_without_its_contract_is_refused(book, phase):
    assert "entry_names_its_commitment" in refused_entry(book, phase, "1", commitment=None)


@pytest.mark.parametrize("phase", ["RC", "A"])
def test_reserve_with_a_contract_is_refused(book, phase):
    assert "entry_names_its_commitment" in refused_entry(book, phase, "1", commitment=book.contract.pk)


def test_contract_of_another_file_is_refused(book):
    book.up_to(A="500.00")
    foreign = contract(spending_file(book.officer))

    assert "another expenditure" in refused_entry(book, "D", "1", commitment=foreign.pk)


def commit(book, row):
    """Commit a contract whole: the year's opening does it where the year was provisional."""
    opened_years(book.line.budget_year.year)
    row.refresh_from_db()
    if row.d < row.amount_gross:
        book.enter("D", str(row.amount_gross - row.d), commitment=row.pk)


def test_obligation_of_a_pilot_names_a_milestone_of_its_own_contract():
    officer, director = people.officer(), people.director()
    challenge = published(officer=officer, director=director)
    file = Expenditure.objects.get(challenge=challenge)
    first, milestones = pilot_of(challenge, file, "5000.00", ["2000", "3000"], officer=officer, director=director)
    second, others = pilot_of(challenge, file, "4000.00", ["4000"], officer=officer, director=director)
    book = object.__new__(Book)
    book.officer, book.file, book.contract = officer, file, first
    book.line = file.lines.order_by("-a").first().line
    for row in (first, second):
        commit(book, row)

    assert "names its milestone" in refused_entry(book, "O", "2420.00")
    assert "another commitment" in refused_entry(book, "O", "2420.00", milestone=others[0].pk)
    assert "milestone_amounts_in_order" in refused_entry(book, "O", "2420.01", milestone=milestones[0].pk)
    book.enter("O", "2420.00", milestone=milestones[0].pk)
    assert "milestone_amounts_in_order" in refused_entry(book, "O", "0.01", milestone=milestones[0].pk)
    assert "carried by the ledger" in refused("UPDATE pilots_milestone SET p = 1 WHERE id = %s", [milestones[0].pk])
    moved = "UPDATE pilots_milestone SET pilot_id = %s WHERE id = %s"
    assert "written once" in refused(moved, [others[0].pilot_id, milestones[0].pk])
    changed = "UPDATE pilots_milestone SET amount_net = amount_net - 1 WHERE id = %s"
    assert "milestones add up" in refused(changed, [milestones[1].pk])


def test_obligation_before_acceptance_is_refused():
    officer, director = people.officer(), people.director()
    challenge = published(officer=officer, director=director)
    file = Expenditure.objects.get(challenge=challenge)
    first, milestones = pilot_of(challenge, file, "5000.00", ["5000"], officer=officer, director=director)
    milestones[0].status, milestones[0].accepted_at, milestones[0].accepted_by = "delivered", None, None
    milestones[0].save()
    book = object.__new__(Book)
    book.officer, book.file, book.contract = officer, file, first
    book.line = file.lines.order_by("-a").first().line
    commit(book, first)

    assert "milestone_obligation_after_acceptance" in refused_entry(book, "O", "1.00", milestone=milestones[0].pk)


# The year -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["D", "O", "P"])
def test_nothing_is_committed_before_the_year_opens(phase):
    book = Book(is_open=False).up_to(RC="100.00", A="500.00")

    assert "provisional" in refused_entry(book, phase, "1.00")


def test_closed_year_takes_only_payments(book):
    book.up_to(RC="100.00", A="500.00", D="400.00", O="300.00", P="100.00")
    BudgetYear.objects.update(status="closed")

    for phase, amount in (("RC", "1"), ("RC", "-1"), ("A", "1"), ("A", "-1"), ("D", "1"), ("O", "1"), ("P", "-1")):
        assert "closed" in refused_entry(book, phase, amount)
    book.enter("P", "200.00")
    assert line_of(2031).p == Decimal("300.00")


@pytest.mark.parametrize(("old", "new"), [("open", "provisional"), ("closed", "open"), ("closed", "provisional")])
def test_year_only_goes_forward(book, old, new):
    BudgetYear.objects.update(status=old)

    assert "goes forward" in refused("UPDATE pilots_budgetyear SET status = %s", [new])


def test_year_opens_only_with_credits_equal_to_the_envelope():
    funded_year(2031, "900.00", envelope="1000.00", is_open=False)

    assert "not the envelope" in refused("UPDATE pilots_budgetyear SET status = 'open'")


def test_envelope_of_an_open_year_stays_what_the_credits_are(book):
    assert "not the envelope" in refused("UPDATE pilots_budgetyear SET envelope = envelope + 1")
    assert "year_envelope_is_a_number" in refused("UPDATE pilots_budgetyear SET envelope = 'NaN'")


# Credit ---------------------------------------------------------------------------------------------

CREDIT = """
INSERT INTO pilots_creditmovement (line_id, kind, amount, document_no, reason, decision_id, made_at, made_by_id)
VALUES (%(line)s, %(kind)s, %(amount)s, '', '', %(decision)s, portal_now(), %(by)s)
"""


def movement(book: Book, amount: str, kind: str, decision: int | None = None, line: int | None = None) -> dict:
    return {"line": line or book.line.pk, "kind": kind, "amount": amount, "decision": decision, "by": book.officer.pk}


def decided(book: Book, *, is_approved: bool = True) -> int:
    decision = decisions.prepare(DecisionKind.CREDIT, book.year, by=book.officer, at=clock.now())
    return decisions.approve(decision, by=book.director, at=clock.now()).pk if is_approved else decision.pk


def test_credits_over_the_envelope_are_refused():
    book = Book(is_open=False)

    assert "over the envelope" in refused(CREDIT, movement(book, "0.01", "initial"))
    assert "credit_amount_is_a_number" in refused(CREDIT, movement(book, "NaN", "initial"))
    assert "credit_kind_known" in refused(CREDIT, movement(book, "-0.01", "not_a_kind"))


def test_credit_of_an_open_year_changes_by_an_approved_decision(book):
    assert "before the year opens" in refused(CREDIT, movement(book, "10", "initial"))
    assert "approved decision" in refused(CREDIT, movement(book, "10", "generated"))
    waiting = decided(book, is_approved=False)
    assert "approved decision" in refused(CREDIT, movement(book, "10", "generated", waiting))
    decisions.approve(PreparedDecision.objects.get(pk=waiting), by=book.director, at=clock.now())

    sql(CREDIT, movement(book, "10", "generated", waiting))
    flush_deferred()
    assert line_of(2031).credit == Decimal("1010.00")


def test_transfer_that_does_not_sum_to_zero_is_refused():
    book = Book(is_open=False)
    other = BudgetLine.objects.create(budget_year=book.year, code="AT", name="Otra", kind="other")
    decision = decided(book)

    assert "not zero" in refused(CREDIT, movement(book, "-10", "transfer", decision))
    assert "names its decision" in refused(CREDIT, movement(book, "-10", "transfer"))
    sql(CREDIT, movement(book, "-10", "transfer", decision))
    sql(CREDIT, movement(book, "10", "transfer", decision, other.pk))
    flush_deferred()
    other.refresh_from_db()
    assert (line_of(2031).credit, other.credit) == (Decimal("990.00"), Decimal("10.00"))


def test_transfer_between_years_is_refused(book):
    funded_year(2032, "0.01", is_open=False, officer=book.officer)
    decision = decided(book)

    both = CREDIT.strip() + ", (%(other)s, %(kind)s, 10, '', '', %(decision)s, portal_now(), %(by)s)"
    values = movement(book, "-10", "transfer", decision) | {"other": line_of(2032).pk}
    taken = refused(both, values)
    assert "envelope" in taken or "in 2 years" in taken


def test_credit_under_what_is_used_is_refused(book):
    book.up_to(RC="300.00", A="600.00")
    decision = decided(book)

    assert "line_within_credit" in refused(CREDIT, movement(book, "-100.01", "transfer", decision))
    assert "line_within_credit" in refused(CREDIT, movement(book, "100.01", "not_available", decision))
    assert "line_phases_in_order" in refused(CREDIT, movement(book, "-0.01", "not_available", decision))


def test_closed_year_takes_no_credit(book):
    decision = decided(book)
    BudgetYear.objects.update(status="closed")

    assert "closed" in refused(CREDIT, movement(book, "1", "generated", decision))
    assert "closed" in refused("UPDATE pilots_budgetyear SET envelope = envelope + 1")


# What is written once -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pilots_ledgerentry SET amount = 1",
        "UPDATE pilots_ledgerentry SET made_by_id = made_by_id",
        "DELETE FROM pilots_ledgerentry",
        "TRUNCATE pilots_ledgerentry CASCADE",
        "UPDATE pilots_creditmovement SET amount = 1",
        "DELETE FROM pilots_creditmovement",
        "TRUNCATE pilots_creditmovement",
        "TRUNCATE pilots_budgetline CASCADE",
        "UPDATE pilots_expenditureline SET a = 500",
        "INSERT INTO pilots_expenditureline (expenditure_id, line_id, rc, a, d, o, p) "
        "SELECT expenditure_id, line_id, 0, 500, 0, 0, 0 FROM pilots_expenditureline",
        "DELETE FROM pilots_expenditureline",
        "UPDATE pilots_commitmentline SET d = 0",
        "DELETE FROM pilots_commitmentline",
        "DELETE FROM pilots_budgetline",
        "DELETE FROM pilots_commitment",
        "DELETE FROM audit_chainlink",
        "UPDATE audit_chainlink SET hash = ''",
        "ALTER TABLE pilots_ledgerentry DISABLE TRIGGER ALL",
        "DROP TRIGGER pilots_ledger_carry ON pilots_ledgerentry",
        "SET session_replication_role = replica",
    ],
)
def test_application_may_not(book, statement):
    book.up_to(A="500.00", D="400.00")

    assert refused(statement)


@pytest.mark.parametrize("column", ["credit", "not_available", "rc", "a", "d", "o", "p"])
def test_sums_of_a_line_are_not_written_by_hand(book, column):
    book.up_to(A="500.00")

    assert "carried by the ledger" in refused(f"UPDATE pilots_budgetline SET {column} = 1")
    columns = ["credit", "not_available", "rc", "a", "d", "o", "p"]
    numbers = ", ".join("5" if name == column else "0" for name in columns)
    written = (
        f"INSERT INTO pilots_budgetline (budget_year_id, code, application, name, name_en, kind, {', '.join(columns)}) "
        f"VALUES (%s, 'X', '', 'X', '', 'other', {numbers})"
    )
    assert "carried by the ledger" in refused(written, [book.year.pk])


@pytest.mark.parametrize("column", ["d", "o", "p"])
def test_sums_of_a_contract_are_not_written_by_hand(book, column):
    assert "carried by the ledger" in refused(f"UPDATE pilots_commitment SET {column} = 1")


def test_trigger_of_a_session_does_not_pass_for_the_ledgers_own(book):
    """A temporary table with a trigger makes the depth two: the sums still can't be written."""
    bypass = """
      CREATE TEMP TABLE door (x int);
      CREATE FUNCTION pg_temp.write() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN UPDATE public.pilots_budgetline SET credit = 999999; RETURN NULL; END';
      CREATE TRIGGER t AFTER INSERT ON door FOR EACH ROW EXECUTE FUNCTION pg_temp.write();
      INSERT INTO door VALUES (1);
    """

    assert "carried by the ledger" in refused(bypass)


def test_line_contract_and_file_stay_where_they_are(book):
    funded_year(2032, "1.00", officer=book.officer, director=book.director)
    other = spending_file(book.officer)
    later = line_of(2032).budget_year_id

    assert "written once" in refused(
        "UPDATE pilots_budgetline SET budget_year_id = %s WHERE id = %s", [later, book.line.pk]
    )
    assert "written once" in refused(
        "UPDATE pilots_commitment SET expenditure_id = %s WHERE id = %s", [other.pk, book.contract.pk]
    )
    assert "written once" in refused("UPDATE pilots_expenditure SET kind = 'govtech4all' WHERE id = %s", [other.pk])


# Reversals ------------------------------------------------------------------------------------------


def test_reversal_undoes_at_most_what_it_names(book):
    entry = book.enter("A", "300.00")
    book.enter("A", "-200.00", reverses=entry)

    assert "undoes the whole or a part" in refused_entry(book, "A", "-100.01", reverses=entry)
    assert "undoes the whole or a part" in refused_entry(book, "A", "10.00", reverses=entry)
    assert "undoes the whole or a part" in refused_entry(book, "RC", "-10.00", reverses=entry)
    other = spending_file(book.officer)
    book.enter("A", "100.00", file=other.pk)
    assert "undoes the whole or a part" in refused_entry(book, "A", "-1.00", reverses=entry, file=other.pk)
    book.enter("A", "-100.00", reverses=entry)
    assert line_of(2031).a == Decimal("100.00")


def test_reversal_names_the_same_contract(book):
    other = contract(book.file, "100.00")
    book.up_to(A="500.00")
    entry = book.enter("D", "100.00")
    book.enter("D", "100.00", commitment=other.pk)

    assert "undoes the whole or a part" in refused_entry(book, "D", "-1.00", reverses=entry, commitment=other.pk)


# Contracts and challenges ---------------------------------------------------------------------------


def test_minor_contract_at_the_limit_is_refused():
    challenge = published()
    file = Expenditure.objects.get(challenge=challenge)

    with pytest.raises(DatabaseError, match="under 15000"), transaction.atomic():
        contract(file, "15000.00")
    made = contract(file, "14999.99")
    assert "under 15000" in refused("UPDATE pilots_commitment SET amount_net = 15000 WHERE id = %s", [made.pk])
    assert Commitment.objects.count() == 1


def test_published_challenge_keeps_its_authorisation():
    officer = people.officer()
    challenge = published(officer=officer)
    file = Expenditure.objects.get(challenge=challenge)
    entry = LedgerEntry.objects.get(expenditure=file, phase="A", line=file.lines.order_by("-a").first().line)
    values = {
        "line": entry.line_id, "file": file.pk, "commitment": None, "milestone": None, "phase": "A", "amount": "-0.01",
        "reverses": entry.pk, "by": officer.pk,
    }  # fmt: skip

    assert "authorised and has" in refused(ENTRY, values)
    more = "UPDATE challenges_challenge SET max_amount_net = 14999 WHERE id = %s"
    assert "authorised and has" in refused(more, [challenge.pk])


def test_challenge_without_spending_is_not_published():
    challenge = submitted_challenge()
    publish = (
        "UPDATE challenges_challenge SET status = 'published', reference = 'RETO-2031-999', slug = 'x', "
        "publish_at = portal_now(), approved_at = portal_now() WHERE id = %s"
    )

    assert "authorised and has 0" in refused(publish, [challenge.pk])
    assert Challenge.objects.get(pk=challenge.pk).status == "submitted"


def test_ledger_of_tests_is_not_empty(book):
    book.enter("RC", "1.00")

    assert LedgerEntry.objects.count() == 1
    assert CreditMovement.objects.count() == 1
