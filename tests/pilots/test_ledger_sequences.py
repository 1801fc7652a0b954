"""Random sequences of money actions, valid and not, over two lines of two years, against the real database.

A plain book kept here foretells what each one does. After each the database says the same, the rules of the budget hold
and `verify_ledger` finds nothing. `LEDGER_SEQUENCES=thorough` runs thousands of steps instead of some hundred.
"""

import os
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.errors import DomainError
from pilots.actions import budget, ledger, verification
from pilots.models import BudgetLine, BudgetYear, Commitment, CommitmentLine, CreditKind, ExpenditureLine, LedgerPhase
from tests import people
from tests.conftest import as_application
from tests.pilots.ledgers import contract, flush_deferred, spending_file
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db

THIS, NEXT = 2031, 2032
AFTER = datetime(NEXT, 1, 20, 9, tzinfo=UTC)
CODES, FILES = ("RETOS", "AT"), (0, 1)
PHASES = ("RC", "A", "D", "O", "P")
GROSS = Decimal("605.00")
ZERO = Decimal("0.00")
EXAMPLES, STEPS = (120, 40) if os.environ.get("LEDGER_SEQUENCES") == "thorough" else (9, 25)

amounts = st.sampled_from(["0.01", "10", "99.99", "250.50", "302.50", "605", "1000"]).map(Decimal)
# More often a step that can be: the phases are drawn with what comes first more often.
phases = st.sampled_from(("RC", "A", "A", "A", "D", "D", "D", "O", "O", "P"))
years, codes, files = st.sampled_from((THIS, THIS, NEXT)), st.sampled_from(CODES), st.sampled_from(FILES)
ENTRY = """
INSERT INTO pilots_ledgerentry (line_id, expenditure_id, commitment_id, phase, amount, document_no, reason, made_at,
  made_by_id) VALUES (%s, %s, %s, %s, %s, '', '', portal_now(), %s)
"""


class Book:
    """What the law says, in plain sums: `credit`, `withheld`, and each phase by file and line."""

    def __init__(self) -> None:
        self.status = {THIS: "open", NEXT: "provisional"}
        self.credit = {(THIS, "RETOS"): Decimal(1000), (THIS, "AT"): Decimal(40000),
                       (NEXT, "RETOS"): Decimal(1000), (NEXT, "AT"): Decimal(40000),
                       (THIS, "G4A"): Decimal(20000), (NEXT, "G4A"): Decimal(20000)}  # fmt: skip
        self.withheld: dict[Any, Decimal] = defaultdict(lambda: ZERO)
        self.income: dict[Any, Decimal] = defaultdict(lambda: ZERO)
        self.sums: dict[Any, Decimal] = defaultdict(lambda: ZERO)

    def of_line(self, line: Any, phase: str) -> Decimal:
        return sum((self.sums[line, file, phase] for file in FILES), ZERO)

    def of_contract(self, file: int, phase: str) -> Decimal:
        return sum((self.sums[line, file, phase] for line in self.credit), ZERO)

    def available(self, line: Any) -> Decimal:
        return self.credit[line] - self.withheld[line] - self.of_line(line, "RC") - self.of_line(line, "A")

    def takes(self, line: Any, file: int, phase: str, amount: Decimal) -> bool:
        """Say whether an entry breaks no rule."""
        status = self.status[line[0]]
        if (status == "closed" and (phase != "P" or amount < 0)) or (status == "provisional" and phase not in "RCA"):
            return False
        if phase in ("RC", "A") and amount > self.available(line):
            return False
        now = {one: self.sums[line, file, one] for one in PHASES}
        now[phase] += amount
        if now["RC"] < 0 or not ZERO <= now["P"] <= now["O"] <= now["D"] <= now["A"]:
            return False
        return phase != "D" or self.of_contract(file, "D") + amount <= GROSS

    def enter(self, line: Any, file: int, phase: str, amount: Decimal) -> None:
        self.sums[line, file, phase] += amount

    def close(self) -> None:
        """Leave what is recognised of the first year; income for a purpose goes on, the next year opens."""
        for code in CODES:
            line = (THIS, code)
            for file in FILES:
                self.sums[line, file, "RC"] = ZERO
                for phase in ("A", "D"):
                    self.sums[line, file, phase] = self.sums[line, file, "O"]
            self.credit[NEXT, code] += min(self.income[line], self.available(line))
        self.status = {THIS: "closed", NEXT: "open"}


class Sequences(RuleBasedStateMachine):
    """Each rule tries something on book and database and compares what both say."""

    office: tuple[Any, Any]
    files: list[Any]
    contracts: list[Any]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.book = Book()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def _tries(self, do: Any, *, works: bool, refusals: Any = DomainError) -> None:
        """Do it: it works exactly when the book says so, and nothing is left of what was refused."""
        try:
            with transaction.atomic():
                do()
                flush_deferred()
        except refusals as error:
            said: Exception | None = error
        else:
            said = None
        assert works == (said is None), said or "it should have been refused"

    @rule(year=years, code=codes, file=files, phase=phases, amount=amounts)
    def post(self, year: int, code: str, file: int, phase: str, amount: Decimal) -> None:
        line, works = (year, code), self.book.takes((year, code), file, phase, amount)
        self._tries(lambda: self._post(line, file, phase, amount), works=works)
        if works:
            self.book.enter(line, file, phase, amount)

    @rule(year=years, code=codes, file=files, amount=amounts)
    def spend_all_the_way(self, year: int, code: str, file: int, amount: Decimal) -> None:
        """From A to P, as far as it goes: or else few sequences would reach a payment."""
        for phase in ("A", "D", "O", "P"):
            self.post(year, code, file, phase, amount)

    def _post(self, line: Any, file: int, phase: str, amount: Decimal) -> None:
        ledger.post(
            line_of(*line), self.files[file], phase, amount, by=self.office[0], at=clock.now(),
            commitment=self.contracts[file] if phase in "DOP" else None,
        )  # fmt: skip

    @rule(year=years, code=codes, file=files, phase=phases, amount=amounts)
    def take_back(self, year: int, code: str, file: int, phase: str, amount: Decimal) -> None:
        line = (year, code)
        works = self.book.takes(line, file, phase, -amount)
        self._tries(
            lambda: ledger.take_back(
                line_of(*line), self.files[file], phase, amount, by=self.office[0], at=clock.now(), reason="Error",
                commitment=self.contracts[file] if phase in "DOP" else None,
            ),
            works=works,
        )  # fmt: skip
        if works:
            self.book.enter(line, file, phase, -amount)

    @rule(year=years, code=codes, file=files, phase=phases, amount=amounts)
    def raw_sql(self, year: int, code: str, file: int, phase: str, amount: Decimal) -> None:
        """The application's role, past every action, meets the same rules."""
        line, works = (year, code), self.book.takes((year, code), file, phase, amount)
        values = [line_of(*line).pk, self.files[file].pk, self.contracts[file].pk if phase in "DOP" else None,
                  phase, amount, self.office[0].pk]  # fmt: skip

        def write() -> None:
            with as_application(), connection.cursor() as cursor:
                cursor.execute(ENTRY, values)

        self._tries(write, works=works, refusals=DatabaseError)
        if works:
            self.book.enter(line, file, phase, amount)

    @rule(statement=st.sampled_from((
        "UPDATE pilots_budgetline SET a = a + 1", "UPDATE pilots_budgetline SET credit = credit + 1",
        "UPDATE pilots_commitment SET d = d + 1", "UPDATE pilots_expenditureline SET p = p + 1",
        "DELETE FROM pilots_creditmovement", "UPDATE pilots_ledgerentry SET amount = 1", "TRUNCATE pilots_ledgerentry",
        "DELETE FROM pilots_budgetline",
    )))  # fmt: skip
    def rewrite(self, statement: str) -> None:
        def write() -> None:
            with as_application(), connection.cursor() as cursor:
                cursor.execute(statement)

        self._tries(write, works=False, refusals=DatabaseError)

    @rule(year=years, kind=st.sampled_from(("transfer", "generated", "not_available")), code=codes, amount=amounts,
          two=st.booleans(), frees=st.booleans())  # fmt: skip
    def change_credit(self, year: int, kind: str, code: str, amount: Decimal, two: bool, frees: bool) -> None:
        line, other = (year, code), (year, CODES[1 - CODES.index(code)])
        sign = -1 if kind == "transfer" or (kind == "not_available" and frees) else 1
        changes = {line: sign * amount} | ({other: amount} if kind == "transfer" else {})
        works = two and self.book.status[year] != "closed"
        if kind == "not_available" and frees:
            works = works and amount <= self.book.withheld[line]
        elif kind != "generated":
            works = works and amount <= self.book.available(line)
        self._tries(lambda: self._change(year, kind, changes, two=two), works=works)
        if works:
            for changed, by in changes.items():
                kept = self.book.withheld if kind == CreditKind.NOT_AVAILABLE else self.book.credit
                kept[changed] += by
                self.book.income[changed] += by if kind == CreditKind.GENERATED else ZERO

    def _change(self, year: int, kind: str, changes: dict[Any, Decimal], *, two: bool) -> None:
        officer, director = self.office
        found = BudgetYear.objects.get(year=year)
        rows = [{"line": line_of(*line).pk, "amount": amount} for line, amount in changes.items()]
        preparer = officer if two else director
        budget.prepare_credit_change(found, kind=kind, changes=rows, reason="Motivo", by=preparer, at=clock.now())
        budget.approve_credit_change(found, by=director, at=clock.now())

    @rule(year=st.sampled_from((THIS, NEXT)))
    def open_year(self, year: int) -> None:
        def open_it() -> None:
            found = BudgetYear.objects.get(year=year)
            budget.prepare_opening(found, by=self.office[0], at=AFTER)
            budget.open_year(found, by=self.office[1], at=AFTER)

        works = self.book.status[year] == "provisional"
        self._tries(open_it, works=works)
        if works:
            self.book.status[year] = "open"

    @rule(sure=st.sampled_from((True, False, False, False)))
    def close_year(self, sure: bool) -> None:
        """Seldom: what follows a closing is mostly refused."""
        if not sure:
            return

        def close_it() -> None:
            found = BudgetYear.objects.get(year=THIS)
            budget.prepare_closing(found, by=self.office[0], at=AFTER)
            budget.close_year(found, by=self.office[1], at=AFTER)

        works = self.book.status[THIS] == "open"
        self._tries(close_it, works=works)
        if works:
            self.book.close()

    @invariant()
    def database_says_what_the_book_says(self) -> None:
        for line in BudgetLine.objects.select_related("budget_year").order_by("budget_year__year", "code", "pk"):
            key = (line.budget_year.year, line.code)
            said = {phase: getattr(line, phase.lower()) for phase in PHASES}
            assert said == {phase: self.book.of_line(key, phase) for phase in PHASES}, key
            assert (line.credit, line.not_available) == (self.book.credit[key], self.book.withheld[key]), key
            assert line.available == self.book.available(key) >= 0
            assert 0 <= line.p <= line.o <= line.d <= line.a
        for one in CommitmentLine.objects.all():
            assert 0 <= one.p <= one.o <= one.d
        for commitment in Commitment.objects.all():
            assert commitment.d <= commitment.amount_gross
        for annuity in ExpenditureLine.objects.all():
            assert 0 <= annuity.p <= annuity.o <= annuity.d <= annuity.a
            assert annuity.rc >= 0

    @invariant()
    def verification_agrees(self) -> None:
        with connection.cursor() as cursor:
            assert verification.differences(cursor) == []

    @invariant()
    def nothing_waits_that_was_refused(self) -> None:
        for year in BudgetYear.objects.all():
            assert decisions.open_for(DecisionKind.CREDIT, year) is None


@pytest.mark.timeout(1800)
def test_every_sequence_keeps_the_rules():
    officer, director = people.officer(), people.director()
    for year in (THIS, NEXT):
        funded_year(year, "1000.00", others=True, officer=officer, director=director, is_open=year == THIS)
    Sequences.office = (officer, director)
    Sequences.files = [spending_file(officer) for _ in FILES]
    Sequences.contracts = [contract(file, "500.00") for file in Sequences.files]
    flush_deferred()
    assert {phase.value for phase in LedgerPhase} == set(PHASES)

    run_state_machine_as_test(
        Sequences,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, derandomize=EXAMPLES < 100,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
