"""Approvals that compete for the same money or are killed half way: one outcome, and nothing half done."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections

from challenges.models import Challenge, Status
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.files import pdf
from govtech.files.models import StoredFile
from govtech.notifications import actions as notifications
from govtech.notifications.models import Notice, OutgoingEmail
from pilots.actions import award as actions
from pilots.models import Award, Commitment, LedgerEntry, Letter, Milestone, Pilot, Resolution
from startups.models import Proposal
from tests import people
from tests.pilots import awards
from tests.pilots.money import funded_year, line_of
from tests.pilots.test_award_race import together

# The first writing of each part of an approval, in order; the last is the commit, after which all of it stands.
STEPS = (
    "audit_prepareddecision",
    "pilots_award",
    "pilots_commitment",
    "pilots_pilot",
    "pilots_milestone",
    "pilots_ledgerentry",
    "challenges_challenge",
    "startups_proposal",
    "files_storedfile",
    "pilots_resolution",
    "pilots_letter",
    "notifications_outgoingemail",
    "notifications_notice",
)
WRITTEN = (Pilot, Milestone, Commitment, LedgerEntry, Letter, StoredFile, Notice, OutgoingEmail, AuditEvent)


def everything(challenge: Challenge) -> list[Any]:
    """Return what an approval changes, to be compared."""
    return [
        *(model.objects.count() for model in WRITTEN),
        list(Award.objects.order_by("pk").values_list("status", "approved_at")),
        list(Proposal.objects.filter(challenge=challenge).order_by("pk").values_list("status", flat=True)),
        list(Resolution.objects.values_list("published_at", "document")),
        Challenge.objects.get(pk=challenge.pk).status,
        [(line_of(2026).a, line_of(2026).d)],
    ]


def killed_after(table: str, do: Callable[[], Any]) -> int:
    """Do it in a process of its own that is killed after its first writing into `table`; return how it ended."""
    connections.close_all()

    def kill(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith(("INSERT INTO", "UPDATE")) and f'"{table}"' in sql[:60]:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def run() -> None:
        connections.close_all()
        pdf._compile = lambda *_data: b"%PDF-1.7\n"  # typst's threads don't survive a fork; outside the house
        with ExitStack() as stack:
            stack.enter_context(awards.working(3))
            stack.enter_context(connection.execute_wrapper(kill))
            do()
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(60)
    return process.exitcode if process.exitcode is not None else 1


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_approval_killed_at_each_step_leaves_nothing_and_can_be_repeated(monkeypatch):
    """The broker is dead all the while: what is to be sent waits in the database."""

    def dead() -> None:
        raise OSError("no broker")

    monkeypatch.setattr(notifications, "_kick", dead)
    challenge, director = awards.prepared(), people.director()
    before = everything(challenge)

    for table in STEPS:
        ended = killed_after(table, lambda: actions.approve(challenge, by=director, at=clock.now()))
        assert ended == -signal.SIGKILL, table
        assert everything(challenge) == before, table

    with awards.working(3):
        actions.approve(challenge, by=director, at=clock.now())
    challenge.refresh_from_db()
    assert challenge.status == Status.AWARDED
    assert Pilot.objects.count() == Commitment.objects.count() == 1
    assert line_of(2026).d == Decimal("14520.00")
    results = OutgoingEmail.objects.filter(kind="award.resolved")
    assert results.count() == Letter.objects.count() == 2
    assert not results.exclude(sent_at=None).exists()  # nobody sends while the worker is down; nothing is lost


@pytest.mark.django_db(transaction=True)
def test_two_awards_compete_for_the_last_ten_thousand_of_a_line():
    """Both plans are paid this year though their money was authorised for the next: one gets the last credit."""
    with clock.travel(awards.SPRING):
        funded_year(2026, "10000.00")
        funded_year(2027, is_open=False)
    lines = [{"line": line_of(2027).pk, "amount": "17545.00"}]
    found = [awards.prepared(awards.ranked(("8000.00",), points=(5,), lines=lines)) for _ in range(2)]
    directors = [people.director(), people.director()]

    jobs = [
        lambda one=one, by=by: actions.approve(one, by=by, at=clock.now())
        for one, by in zip(found, directors, strict=True)
    ]
    said = together(jobs)

    assert said == ["ok", "refused"]
    line = line_of(2026)
    assert (line.a, line.d, line.available) == (Decimal("9680.00"), Decimal("9680.00"), Decimal("320.00"))
    statuses = [Challenge.objects.get(pk=one.pk).status for one in found]
    assert sorted(statuses) == [Status.AWARDED, Status.EVALUATING]
    assert Pilot.objects.count() == Commitment.objects.count() == Letter.objects.count() == 1
    assert Award.objects.get(status="accepted").approved_at is None
