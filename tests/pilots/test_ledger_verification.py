"""The command that proves the ledger finds what was written past its triggers."""

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from govtech import clock
from pilots.actions import ledger
from tests import people
from tests.pilots.ledgers import contract, flush_deferred, spending_file
from tests.pilots.money import funded_year, line_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Any:
    officer = people.officer()
    year = funded_year(2031, "1000.00", officer=officer)
    file = spending_file(officer)
    commitment = contract(file)
    for phase, amount in (("RC", "700"), ("RC", "-100"), ("A", "300"), ("D", "200"), ("O", "100"), ("P", "50")):
        ledger.post(
            line_of(year), file, phase, Decimal(amount), by=officer, at=clock.now(),
            commitment=commitment if phase in "DOP" else None,
        )  # fmt: skip
    flush_deferred()


def verified() -> str:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    return out.getvalue()


def test_sound_ledger_is_ok(book):
    assert "OK: 6 entries adding up to 1250.00" in verified()


def test_empty_ledger_is_ok():
    assert "OK: 0 entries" in verified()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE pilots_budgetline SET a = a + 1", "pilots_budgetline"),
        ("UPDATE pilots_budgetline SET credit = credit + 1", "credit is 1001.00, entries say 1000.00"),
        ("UPDATE pilots_budgetline SET not_available = 1", "not_available"),
        ("UPDATE pilots_commitment SET p = 0", "pilots_commitment"),
        ("UPDATE pilots_expenditureline SET o = 99", "pilots_expenditureline"),
        ("UPDATE pilots_commitmentline SET d = 201", "pilots_commitmentline"),
        ("UPDATE pilots_ledgerentry SET amount = 701 WHERE amount = 700", "broken at 1: row altered"),
        ("UPDATE pilots_ledgerentry SET reason = 'x' WHERE amount = 700", "broken at 1: row altered"),
        ("DELETE FROM pilots_ledgerentry WHERE amount = 50", "row missing"),
        ("UPDATE pilots_budgetyear SET envelope = 999", "envelope is 999.00, entries say 1000.00"),
    ],
)
def test_what_was_written_past_the_triggers_is_found(book, statement, words):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")

    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=out)
    assert words in out.getvalue()
