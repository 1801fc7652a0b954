"""Eight at once: one live participation, one last submission, numbers without gaps, a whole chain."""

import multiprocessing
from typing import Any

import pytest
from django.db import connection, connections

from govtech import clock
from govtech.audit.chains import CHAINS, verify
from govtech.errors import DomainError
from startups.actions import proposal as actions
from startups.models import Participation, Proposal, ProposalStatus, Receipt, Submission
from tests.startups.calls import open_call, own_draft
from tests.startups.factories import SIGNATORY, draft_proposal, organisation, owner_of

PROCESSES = 8
pytestmark = pytest.mark.django_db(transaction=True)


def _work(act: Any, number: int, barrier: Any, results: Any) -> None:
    connections.close_all()
    barrier.wait(60)
    try:
        act(number)
        results.put("ok")
    except DomainError as refusal:
        results.put(f"refused: {refusal}")
    except Exception as error:  # noqa: BLE001 - the parent fails on it
        results.put(f"{type(error).__name__}: {error}")
    connections.close_all()


def at_once(act: Any) -> list[str]:
    """Call `act(number)` in eight forked processes at the same time; return what each said."""
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    barrier, results = forked.Barrier(PROCESSES), forked.Queue()
    workers = [forked.Process(target=_work, args=(act, number, barrier, results)) for number in range(PROCESSES)]
    for worker in workers:
        worker.start()
    said = [results.get(timeout=90) for _ in workers]
    for worker in workers:
        worker.join(30)
    assert all(word == "ok" or word.startswith("refused") for word in said), said
    return said


def chain_of_receipts() -> str:
    with connection.cursor() as cursor:
        return verify(cursor, next(chain for chain in CHAINS if chain.name == "receipts")).problem


def test_eight_drafts_of_one_organisation_at_once_are_one():
    challenge, company = open_call(), organisation()
    owner = owner_of(company)

    said = at_once(lambda number: actions.start(challenge, company, by=owner, at=clock.now()))

    assert said.count("ok") == 1
    assert Proposal.objects.count() == Participation.objects.filter(is_live=True).count() == 1


def test_pressed_in_eight_windows_it_is_handed_in_once():
    proposal = own_draft()
    owner = owner_of(proposal.organisation)

    said = at_once(lambda number: actions.submit(proposal, **SIGNATORY, by=owner))

    assert said == ["ok"] * PROCESSES
    assert Submission.objects.count() == Receipt.objects.count() == 1


def test_handed_in_replaced_and_withdrawn_at_once_leaves_one_truth():
    proposal = own_draft()
    owner = owner_of(proposal.organisation)

    def act(number: int) -> None:
        if number == 7:
            actions.withdraw(proposal, by=owner)
        elif number == 6:
            actions.start(proposal.challenge, proposal.organisation, by=owner, at=clock.now())
        else:  # each signs by another name, so that each is a version of its own
            actions.submit(proposal, **{**SIGNATORY, "signatory_name": f"Firmante {'ABCDEF'[number]}"}, by=owner)

    said = at_once(act)

    live = Participation.objects.filter(is_live=True)
    states = dict(Proposal.objects.values_list("pk", "status"))
    assert live.count() == sum(status != ProposalStatus.WITHDRAWN for status in states.values()) <= 1
    assert states[proposal.pk] == ProposalStatus.WITHDRAWN, said
    receipts = Receipt.objects.order_by("pk")
    assert sorted(int(each.register_number[-6:]) for each in receipts) == list(range(1, receipts.count() + 1))
    assert Submission.objects.filter(proposal=proposal, superseded_by=None).count() == min(receipts.count(), 1)
    assert chain_of_receipts() == ""


def test_eight_organisations_hand_in_at_once():
    challenge = open_call()
    drafts = [draft_proposal(challenge, organisation()) for _ in range(PROCESSES)]
    owners = [owner_of(draft.organisation) for draft in drafts]

    said = at_once(lambda number: actions.submit(drafts[number], **SIGNATORY, by=owners[number]))

    assert said == ["ok"] * PROCESSES
    numbers = sorted(int(number[-6:]) for number in Receipt.objects.values_list("register_number", flat=True))
    assert numbers == list(range(1, PROCESSES + 1))
    assert chain_of_receipts() == ""
