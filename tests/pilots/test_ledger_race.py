"""Fifty processes at once on one line: never a cent over the credit, and each who is refused is told why."""

import multiprocessing
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.utils import translation

from govtech import clock
from govtech.errors import DomainError
from pilots.actions import budget, ledger
from pilots.models import BudgetLine, Expenditure, LedgerEntry
from tests import people
from tests.pilots.ledgers import spending_file
from tests.pilots.money import funded_year, line_of

PROCESSES, EACH = 50, 1
AMOUNT = Decimal("30.00")


def _spend(line: BudgetLine, files: list[Expenditure], barrier: Any, results: Any, who: Any) -> None:
    connections.close_all()
    said = []
    barrier.wait(60)
    with translation.override("en"):
        for file in files:
            try:
                ledger.post(line, file, "RC", AMOUNT, by=who, at=clock.now())
                said.append("ok")
            except DomainError as refusal:
                said.append(str(refusal))
            except Exception as error:  # noqa: BLE001 - the parent fails on it
                said.append(f"{type(error).__name__}: {error}")
    results.put(said)
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_fifty_spenders_never_pass_the_credit():
    officer = people.officer()
    line = line_of(funded_year(2031, "1000.00", officer=officer))
    files = [[spending_file(officer) for _ in range(EACH)] for _ in range(PROCESSES)]
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    barrier, results = forked.Barrier(PROCESSES), forked.Queue()

    workers = [forked.Process(target=_spend, args=(line, own, barrier, results, officer)) for own in files]
    for worker in workers:
        worker.start()
    said = [word for _ in workers for word in results.get(timeout=90)]
    for worker in workers:
        worker.join(30)

    refused = [word for word in said if word != "ok"]
    assert len(said) == PROCESSES * EACH
    assert len(said) - len(refused) == 33  # 33 x 30 = 990, and 10 are left
    assert all("€30 asked, €10 available" in word for word in refused), refused[:3]
    assert line_of(2031).rc == Decimal("990.00")
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == Decimal("990.00")


def _give(line: BudgetLine, barrier: Any, results: Any, who: Any) -> None:
    connections.close_all()
    barrier.wait(60)
    try:
        budget.set_initial_credit(line, credit=Decimal("600.00"), by=who, at=clock.now())
        results.put("ok")
    except Exception as error:  # noqa: BLE001 - the parent looks at it
        results.put(f"{type(error).__name__}: {error}")
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_credits_given_at_once_never_pass_the_envelope():
    officer = people.officer()
    year = budget.create_year(2031, envelope=Decimal("1000.00"), by=officer, at=clock.now())
    lines = [
        budget.add_line(year, code=f"L{n}", name=f"L{n}", kind="other", by=officer, at=clock.now()) for n in range(6)
    ]
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    barrier, results = forked.Barrier(len(lines)), forked.Queue()

    workers = [forked.Process(target=_give, args=(line, barrier, results, officer)) for line in lines]
    for worker in workers:
        worker.start()
    said = [results.get(timeout=90) for _ in workers]
    for worker in workers:
        worker.join(30)

    assert said.count("ok") == 1, said
    assert all(word.startswith("DomainError") for word in said if word != "ok")
    assert sum(BudgetLine.objects.values_list("credit", flat=True)) == Decimal("600.00")
