"""Two second persons opening at once, chair and secretary locking at once: each act happens once."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from startups.actions import evaluation, report
from startups.actions import opening as openings
from startups.models import Opening, ProposalResult, Submission
from tests import people
from tests.startups.evaluations import evaluation_of, later, scored, with_proposals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no PDF: the maker has threads, and a process forked after its first use would wait for them for ever."""
    monkeypatch.setattr(report.pdf, "render", lambda *args, **kwargs: b"%PDF-1.7")


def _try(act: Callable[..., Any], challenge: Challenge, by: User, at: datetime, barrier: Any, results: Any) -> None:
    connections.close_all()
    barrier.wait(60)
    try:
        with clock.travel(at):
            act(challenge, by=by, at=at)
        results.put("ok")
    except DomainError as refusal:
        results.put(type(refusal).__name__)
    except Exception as error:  # noqa: BLE001 - the parent fails on it
        results.put(f"{type(error).__name__}: {error}")
    connections.close_all()


def at_once(act: Callable[..., Any], challenge: Challenge, people_: list[User], at: datetime) -> Counter:
    """Let everybody do the same at the same time, each in a process of their own; return what came of it."""
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    barrier, results = forked.Barrier(len(people_)), forked.Queue()
    workers = [forked.Process(target=_try, args=(act, challenge, by, at, barrier, results)) for by in people_]
    for worker in workers:
        worker.start()
    said = Counter(results.get(timeout=90) for _ in workers)
    for worker in workers:
        worker.join(30)
    return said


def test_eight_second_persons_open_once():
    challenge = with_proposals(["9000.00", "8000.00"])
    at = later(challenge)
    with clock.travel(at):
        openings.prepare(challenge, reason="El plazo ha terminado.", by=people.officer(), at=at)

    said = at_once(openings.open_proposals, challenge, [people.officer() for _ in range(8)], at)

    assert said == {"ok": 1, "TransitionError": 7}
    assert Opening.objects.count() == 1
    assert AuditEvent.objects.filter(kind="proposal.opened").count() == 2
    assert Submission.objects.filter(technical__isnull=False).count() == 2


def test_chair_and_secretary_confirming_many_times_at_once_lock_once():
    challenge, found = scored(prices=["9000.00", "8000.00"])
    at = later(challenge, 4) + timedelta(minutes=1)

    said = at_once(evaluation.lock, challenge, [found.chair.user, found.secretary.user] * 4, at)

    assert said == {"ok": 2, "TransitionError": 6}
    assert evaluation_of(challenge).locked_at == at
    assert ProposalResult.objects.count() == 2
    assert AuditEvent.objects.filter(kind="evaluation.locked").count() == 1
    assert AuditEvent.objects.filter(kind="economic.opened").count() == 1
