"""Three hundred submissions in the last ten seconds of a call, from twenty processes, through the page people use.

The deadline is a real one: the processes wait for it by the database's clock, as the portal does.
"""

import multiprocessing
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from govtech.audit.chains import CHAINS, verify
from govtech.ids import public_id
from startups.actions import chain
from startups.actions.envelope import mark_of, working_copy
from startups.actions.keys import Codec, keys_for
from startups.calculations import check_receipts
from startups.models import Membership, Organisation, Participation, Proposal, ProposalSection, Receipt, Submission
from tests.startups.calls import open_call
from tests.startups.factories import SIGNATORY, company_nif, draft_proposal, organisation

PROPOSALS, PROCESSES = 300, 20
WINDOW = 10.0  # seconds before the deadline in which they come
ZONE = ZoneInfo(settings.TIME_ZONE)
LATE = 30  # of them come after it
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]


def many_drafts(challenge: Challenge) -> list[tuple[int, str, str]]:
    """Write complete drafts of as many organisations, sealed one by one; return owner, address and mark of each."""
    template = draft_proposal(challenge, organisation())
    keys = keys_for(challenge, at=clock.now())
    codec = Codec(template, keys)
    sections = list(template.sections.all())
    plain = {row.key: codec.unseal(row.envelope, row.key, row.body) for row in sections}
    at, by = clock.now(), template.created_by
    users = User.objects.bulk_create(
        User(email=f"plazo{n}@example.org", full_name=f"Dueña {n}", password="!") for n in range(PROPOSALS)
    )
    with transaction.atomic():  # each has an owner at its end
        companies = Organisation.objects.bulk_create(
            Organisation(
                name=f"Última Hora {n} SL", kind="sme", tax_id=company_nif(5_000_000 + n), created_at=at, created_by=by
            )
            for n in range(PROPOSALS)
        )
        Membership.objects.bulk_create(
            Membership(organisation=company, user=user, role="owner", joined_at=at, joined_by=user)
            for company, user in zip(companies, users, strict=True)
        )
    made = Proposal.objects.bulk_create(
        Proposal(public_id=public_id(), challenge=challenge, organisation=company, created_at=at, created_by=user)
        for company, user in zip(companies, users, strict=True)
    )
    Participation.objects.bulk_create(
        Participation(challenge=challenge, organisation_id=each.organisation_id, proposal=each) for each in made
    )
    ProposalSection.objects.bulk_create(
        ProposalSection(
            proposal=each,
            key=row.key,
            envelope=row.envelope,
            body=Codec(each, keys).seal(row.envelope, row.key, plain[row.key]),
            version=1,
            saved_at=at,
            saved_by_id=each.created_by_id,
        )
        for each in made
        for row in sections
    )
    addresses = [reverse("startups:review", kwargs={"public_id": each.public_id}) for each in made]
    mark = mark_of(working_copy(made[0]))  # the same versions, no file, no partner: all have the same
    return [(user.pk, address, mark) for user, address in zip(users, addresses, strict=True)]


def close_at(challenge: Challenge, instant: datetime) -> None:
    """Bring the deadline to an instant, below the guards that keep it from coming nearer."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE challenges_challenge SET closes_at = %s, questions_close_at = NULL WHERE id = %s",
            [instant, challenge.pk],
        )
        cursor.execute("SET session_replication_role = origin")


def hand_in(work: list[tuple[float, int, str, str]], ready: Any, closes: Any, results: Any) -> None:
    """Sign each owner in; at its moment before or after the deadline send the form; tell what the page answered."""
    connections.close_all()
    clients = []
    for _moment, user, _address, _mark in work:
        client = Client()
        client.force_login(User.objects.get(pk=user))
        clients.append(client)
    ready.wait(120)
    while not closes.value:
        time.sleep(0.05)
    offset = clock.now().timestamp() - time.time()  # the database's clock decides, not this process's
    for (moment, _user, address, mark), client in zip(work, clients, strict=True):
        time.sleep(max(0.0, closes.value + moment - (time.time() + offset)))
        try:
            with zeal_ignore():  # it counts the queries of all requests of this process together
                answer = client.post(address, {**SIGNATORY, "has_power": "on", "declares": "on", "seen": mark})
        except Exception as error:  # noqa: BLE001 - the parent fails on it
            results.put(f"{type(error).__name__}: {error}")
            continue
        told = answer.headers.get("Location", "")
        if "justificantes" in told:
            results.put(told)
        else:  # said on the form where it closed while we waited for its lock, else on the proposal's page
            said = " ".join(str(message) for message in get_messages(answer.wsgi_request)) or answer.content.decode()
            words = f"cerró a las {datetime.fromtimestamp(closes.value, tz=ZONE):%H:%M:%S}"
            results.put("closed" if words in said else f"{answer.status_code} {said}")
    connections.close_all()


def test_three_hundred_in_the_last_ten_seconds(valkey: Any):
    challenge = open_call()
    drafts = many_drafts(challenge)
    on_time = PROPOSALS - LATE
    moments = [-WINDOW + 0.2 + WINDOW * n / on_time for n in range(on_time)] + [0.02 * n for n in range(LATE)]
    work = [(moment, *draft) for moment, draft in zip(moments, drafts, strict=True)]
    forked = multiprocessing.get_context("fork")
    ready, closes, results = forked.Barrier(PROCESSES + 1), forked.Value("d", 0.0), forked.Queue()
    connections.close_all()
    workers = [
        forked.Process(target=hand_in, args=(work[n::PROCESSES], ready, closes, results)) for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    ready.wait(120)
    deadline = (clock.now() + timedelta(seconds=WINDOW + 1)).replace(microsecond=0)
    close_at(challenge, deadline)
    closes.value = deadline.timestamp()

    answers = [results.get(timeout=240) for _ in work]
    for worker in workers:
        worker.join(30)

    told = Counter("receipt" if "justificantes" in text else text for text in answers)
    receipts = list(Receipt.objects.order_by("pk").values_list("register_number", "received_at"))
    assert set(told) == {"receipt", "closed"}, told
    assert told["receipt"] == len(receipts) == Submission.objects.count()
    assert told["closed"] >= LATE
    assert len({text for text in answers if "justificantes" in text}) == len(receipts), "one each"
    assert all(received_at < deadline for _number, received_at in receipts), "none after the deadline"
    assert sorted(int(number[-6:]) for number, _at in receipts) == list(range(1, len(receipts) + 1))
    with connection.cursor() as cursor:
        report = verify(cursor, next(each for each in CHAINS if each.name == "receipts"))
    assert (report.links, report.problem) == (len(receipts), "")
    assert list(check_receipts.problems_of_links(list(chain.links(len(receipts))))) == []
