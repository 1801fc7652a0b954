"""What goes wrong in a machine room, done to the running portal: nothing is lost, doubled, late or half done."""

import email
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import policy
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any

import psycopg
import pytest
from django.urls import reverse
from psycopg import sql

from challenges.models import Challenge
from govtech import clock
from govtech.audit.chains import CHAINS
from govtech.audit.models import PreparedDecision
from govtech.embedded import PostgresServer, free_port
from govtech.embedded.postgres import PORT, programs
from govtech.notifications import actions as notifications
from pilots.models import LedgerEntry
from startups.models import Proposal, Receipt
from tests import environment, people
from tests.challenges.factories import submitted_challenge
from tests.environment import clone, drop
from tests.pilots.money import funded_year, line_of
from tests.startups import factories
from tests.startups.calls import open_call
from tests.system.mailing import MailServer
from tests.system.portal import BASE_DIR, SECONDS, Portal, manage, settings_variables
from tests.system.visitor import Answer, Visitor

PASSWORD = "una-clave-muy-larga-155"
HOUR = 3600
PROCESSES = 2  # of a worker (`govtech.processes`)
_number = count(1)


# Set-up ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _clock_of_the_portal(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the database its own clock back after a test that moved it."""
    if "portal" not in request.fixturenames:
        yield
        return
    portal = request.getfixturevalue("portal")
    [(own,)] = portal.sql("SELECT pg_get_functiondef('portal_now'::regproc)")
    yield
    portal.sql(own)


@pytest.fixture(autouse=True)
def _no_broker_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has none; what it writes into the portal's database is found by the worker's sweep."""
    monkeypatch.setattr(notifications, "_kick", lambda: None)


def freeze(portal: Portal, instant: datetime) -> None:
    """Stop the one clock at `instant`, so that an instant can be met to the second."""
    body = sql.SQL("CREATE OR REPLACE FUNCTION portal_now() RETURNS timestamptz LANGUAGE sql STABLE AS {}")
    with portal.postgres.connect(portal.database) as connection:
        connection.execute(body.format(sql.Literal(f"SELECT timestamptz '{instant.isoformat()}'")))


def forward(portal: Portal, **kw: float) -> None:
    """Let the one clock be ahead of what it says now."""
    [(now,)] = portal.sql("SELECT portal_now()")
    portal.travel(now + timedelta(**kw))


def two_sweeps(portal: Portal) -> None:
    """Return after the worker has looked for mail twice more."""
    before = portal.log("worker").count("succeeded in")
    portal.wait_for(lambda: portal.log("worker").count("succeeded in") >= before + 2, what="sweep for mail")


def waiting(portal: Portal) -> int:
    """Return how many mails are still to be sent."""
    [(number,)] = portal.sql("SELECT count(*) FROM notifications_outgoingemail WHERE sent_at IS NULL")
    return int(number)


def tell(portal: Portal, number: int) -> set[str]:
    """Write a notice to each of so many new people, as an action does; return their addresses."""
    with portal.orm():
        users = [people.person(email=f"aviso{next(_number)}@example.test") for _ in range(number)]
        at = clock.now()
        params = {"challenge": "Fugas en la red de riego", "withdrawn_at": at}
        notifications.notify(
            users, "proposal.withdrawn", params=params, address="/", key=f"reliability-{next(_number)}", at=at
        )
        return {user.email for user in users}


@dataclass
class Bidder:
    """A company with a complete draft in an open call, its owner, and a colleague who is told as well."""

    portal: Portal
    proposal: Proposal
    owner: str
    colleague: str

    @property
    def review(self) -> str:
        """The page on which the proposal is handed in."""
        return reverse("startups:review", args=[self.proposal.public_id])

    def visitor(self) -> Visitor:
        """Sign the owner in."""
        return Visitor(self.portal).sign_in(self.owner, PASSWORD)

    def hand_in(self, visitor: Visitor) -> Answer:
        """Send the form of the review page that was opened before."""
        fields = {**factories.SIGNATORY, "has_power": "on", "declares": "on", "seen": visitor.seen}
        return visitor.post(self.review, **fields)

    def receipts(self) -> list[datetime]:
        """Return the instants of the proposal's receipts."""
        with self.portal.orm():
            found = Receipt.objects.filter(submission__proposal=self.proposal).order_by("pk")
            return [receipt.received_at for receipt in found]

    def written(self) -> dict[str, int]:
        """Return how many rows of each sort handing in has left."""
        queries = {
            "status": "SELECT (status = 'submitted')::int FROM startups_proposal WHERE id = %s",
            "submissions": "SELECT count(*) FROM startups_submission WHERE proposal_id = %s",
            "receipts": "SELECT count(*) FROM startups_receipt r JOIN startups_submission s ON s.id = r.submission_id"
            " WHERE s.proposal_id = %s",
            "events": "SELECT count(*) FROM audit_auditevent e JOIN audit_chainlink l ON l.row_id = e.id AND"
            " l.chain = 'audit' WHERE e.kind = 'proposal.submitted' AND e.target_id = (%s)::text",
        }
        found = {name: self.portal.sql(query, self.proposal.pk)[0][0] for name, query in queries.items()}
        told = "SELECT count(*) FROM {} WHERE kind = 'proposal.submitted' AND recipient_id IN"
        told += " (SELECT id FROM accounts_user WHERE email = ANY(%s))"
        for name in ("notifications_notice", "notifications_outgoingemail"):
            rows = self.portal.sql(told.replace("{}", name), [self.owner, self.colleague])
            found[name.removeprefix("notifications_")] = rows[0][0]
        return found


NOTHING = {"status": 0, "submissions": 0, "receipts": 0, "events": 0, "notice": 0, "outgoingemail": 0}
WHOLE = {"status": 1, "submissions": 1, "receipts": 1, "events": 1, "notice": 2, "outgoingemail": 2}


BLOCKED = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'portal_app'"
    " AND wait_event_type = 'Lock'"
)


def hold_call(connection: psycopg.Connection[Any], bidder: Bidder) -> None:
    connection.execute(
        "SELECT 1 FROM challenges_challenge WHERE id = %s FOR UPDATE", [bidder.proposal.challenge_id]
    ).fetchall()


def hold_notices(connection: psycopg.Connection[Any], bidder: Bidder) -> None:
    connection.execute("LOCK TABLE notifications_notice IN SHARE MODE")


def hold_chain(connection: psycopg.Connection[Any], bidder: Bidder) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(7021551)").fetchall()


def bidders(portal: Portal, number: int = 1) -> list[Bidder]:
    """Return companies that could hand in now, in one call."""
    made = []
    with portal.orm():
        with clock.travel(clock.now() - timedelta(days=10)):  # credit for the calls of all tests
            year = clock.local_date(clock.now()).year
            for each in (year, year + 1):
                funded_year(each, "900000.00", is_open=each == year)
        challenge = open_call()
        for _ in range(number):
            owner, colleague = people.person(password=PASSWORD), people.person()
            company = factories.organisation(owner=owner)
            factories.member(company, user=colleague)
            draft = factories.draft_proposal(challenge, company)
            made.append(Bidder(portal, draft, owner.email, colleague.email))
    return made


# Broker and mail ---------------------------------------------------------------------------------------


def test_without_broker_one_signs_in_and_hands_in_and_the_mail_goes_out_once_it_is_back(portal: Portal) -> None:
    [bidder] = bidders(portal)
    portal.stop_valkey()

    visitor = bidder.visitor()
    visitor.get(bidder.review)
    answer = bidder.hand_in(visitor)

    assert answer.status == 200
    assert "/justificantes/REG-" in answer.path
    assert bidder.written() == WHOLE
    assert portal.mail(bidder.owner) == []

    portal.start_valkey()
    for address in (bidder.owner, bidder.colleague):
        portal.wait_for_mail(address, "Hemos recibido tu propuesta")
    two_sweeps(portal)
    assert [len(portal.mail(address)) for address in (bidder.owner, bidder.colleague)] == [1, 1]


@pytest.fixture
def worker(portal: Portal) -> Iterator[Callable[..., None]]:
    """`worker(**env)` starts the worker again with other variables; afterwards it is as it was."""
    before = dict(portal.processes["worker"].env)

    def again(**env: str) -> None:
        portal.kill("worker")
        portal.start("worker", **env)

    yield again
    portal.kill("worker")
    portal.processes["worker"].env = before
    portal.start("worker")


def test_worker_killed_twice_amid_200_notices_loses_none(portal: Portal, worker: Callable[..., None]) -> None:
    """First in the worst moment for losing, before handing over; then in the worst for doubling, after it."""
    mails, folder = portal.folder / "hanging" / "mail", portal.folder / "hanging"
    folder.mkdir()
    backend = "tests.system.mailing.HangingBackend"
    (folder / "hang-before").write_text("60")
    worker(EMAIL_DELIVERY_BACKEND=backend, EMAIL_FILE_PATH=str(mails))
    told = tell(portal, 200)
    for where, following in (("before", "after"), ("after", "")):
        hanging = portal.wait_for(
            lambda: found if len(found := list(folder.glob("hangs-*"))) == PROCESSES else None,
            what=f"worker that hangs {where} handing over",
        )
        portal.kill("worker")
        assert 0 < len(list(mails.glob("*.eml"))) < 200
        for path in (*hanging, folder / f"hang-{where}"):
            path.unlink()
        if following:
            (folder / f"hang-{following}").write_text("130")
        forward(portal, minutes=2)  # past the leases of the dead
        portal.start("worker")

    portal.wait_for(lambda: waiting(portal) == 0, what="end of the mail")

    two_sweeps(portal)
    sent = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in mails.glob("*.eml")]
    got = Counter(mail["To"] for mail in sent)
    assert set(got) == told
    assert sum(got.values()) == 200 + PROCESSES  # what they had handed over, killed before they could say so
    assert max(got.values()) == 2
    assert len({mail["Message-ID"] for mail in sent}) == 200  # so mail programs show doubles once


FAILED = (
    "SELECT count(*) FROM notifications_outgoingemail"
    " WHERE sent_at IS NULL AND lease_until IS NULL AND error <> '' AND attempts = %s"
)


def test_mail_server_gone_then_busy_then_silent_then_slow_gets_each_mail_once(
    portal: Portal, worker: Callable[..., None]
) -> None:
    port = free_port()
    worker(
        EMAIL_DELIVERY_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(port),
    )
    told = tell(portal, 2)

    def troubles(attempt: int) -> list[str]:
        """Return what was wrong for each mail at that attempt."""
        portal.wait_for(lambda: portal.sql(FAILED, attempt)[0][0] == 2, what=f"failure of attempt {attempt}")
        rows = portal.sql("SELECT error FROM notifications_outgoingemail WHERE sent_at IS NULL")
        return [error for (error,) in rows]

    assert all("ConnectionRefusedError" in error for error in troubles(1))
    with MailServer(port, "busy") as server:
        forward(portal, minutes=2)  # the time of the next attempt comes when the server is as it shall be met
        assert all("451" in error for error in troubles(2))
        server.mode = "silent"
        forward(portal, minutes=4)
        assert all("timed out" in error for error in troubles(3))
        assert server.taken == []
        server.mode = "slow"
        server.over.set()
        forward(portal, minutes=8)
        portal.wait_for(lambda: waiting(portal) == 0, what="mail that is sent")
        two_sweeps(portal)
        assert sorted(server.taken) == sorted(told)


# The clock ---------------------------------------------------------------------------------------------


@pytest.fixture(params=[HOUR, -HOUR], ids=["an hour fast", "an hour slow"])
def wrong_clock(portal: Portal, request: pytest.FixtureRequest) -> Iterator[int]:
    """The web server's own clock is wrong by so many seconds."""
    portal.kill("web")
    portal.start("web", PYTHONPATH=str(BASE_DIR / "tests" / "system" / "wrong_clock"), CLOCK_SHIFT=str(request.param))
    yield request.param
    portal.kill("web")
    portal.start("web", CLOCK_SHIFT="0")


def test_a_second_before_the_deadline_is_in_time_and_a_second_after_is_not(portal: Portal, wrong_clock: int) -> None:
    early, late = bidders(portal, 2)
    closes_at = early.proposal.challenge.closes_at
    freeze(portal, closes_at - timedelta(minutes=5))
    punctual, tardy = early.visitor(), late.visitor()
    page = punctual.get(early.review)
    off = parsedate_to_datetime(page.headers["Date"]) - datetime.now(UTC)
    assert abs(off.total_seconds() - wrong_clock) < HOUR / 4  # the server really believes it
    tardy.get(late.review)

    freeze(portal, closes_at - timedelta(seconds=1))
    taken = early.hand_in(punctual)
    refused = []
    for seconds in (0, 1):
        freeze(portal, closes_at + timedelta(seconds=seconds))
        refused.append(late.hand_in(tardy))

    assert "/justificantes/REG-" in taken.path
    assert early.receipts() == [closes_at - timedelta(seconds=1)]
    assert late.written() == NOTHING
    for answer in refused:
        assert answer.status == 200
        assert "El plazo" in answer.text, answer.text
        assert answer.path == reverse("startups:proposal", args=[late.proposal.public_id])


def test_who_gets_the_lock_after_the_deadline_is_late_however_early_the_request_came(portal: Portal) -> None:
    [bidder] = bidders(portal)
    closes_at = bidder.proposal.challenge.closes_at
    freeze(portal, closes_at - timedelta(seconds=1))
    visitor = bidder.visitor()
    visitor.get(bidder.review)

    with ThreadPoolExecutor(1) as pool, portal.postgres.connect(portal.database) as connection:
        with connection.transaction():
            hold_call(connection, bidder)
            request = pool.submit(bidder.hand_in, visitor)
            portal.wait_for(lambda: portal.sql(BLOCKED), what="request that waits for a lock")
            freeze(portal, closes_at + timedelta(seconds=1))
        answer = request.result(SECONDS)

    assert answer.status == 422
    assert "El plazo" in answer.text
    assert bidder.written() == NOTHING


# Connections and processes that die --------------------------------------------------------------------


def test_connections_cut_by_the_database_are_no_error_page(portal: Portal) -> None:
    [bidder] = bidders(portal)
    visitor = bidder.visitor()
    paths = ["/", "/retos/", "/presupuesto/", "/entidades/", "/mesa/", "/propuestas/", bidder.review, "/readyz"] * 4

    def ask(path: str) -> int:
        other = Visitor(portal)
        other.jar = visitor.jar
        return other.get(path).status

    with ThreadPoolExecutor(16) as pool:
        before = list(pool.map(ask, paths))
        [(cut,)] = portal.sql(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"  # ms until each has really ended
            " WHERE datname = current_database() AND usename = 'portal_app'"
        )
        after = list(pool.map(ask, paths))

    assert cut >= 2
    assert set(before) <= {200, 404}
    assert after == before
    [told] = tell(portal, 1)  # the worker has new ones, too
    portal.wait_for_mail(told)


@pytest.mark.parametrize(
    ("hold", "left"),
    [(hold_call, NOTHING), (hold_notices, NOTHING), (hold_chain, WHOLE)],
    ids=["before anything is written", "with the receipt written and nobody told", "while it commits"],
)
def test_web_server_killed_while_somebody_hands_in_leaves_nothing_half_done(
    portal: Portal, hold: Callable[[psycopg.Connection[Any], Bidder], None], left: dict[str, int]
) -> None:
    [bidder] = bidders(portal)
    visitor = bidder.visitor()
    visitor.get(bidder.review)
    with ThreadPoolExecutor(1) as pool, portal.postgres.connect(portal.database) as connection:
        with connection.transaction():
            hold(connection, bidder)
            request = pool.submit(bidder.hand_in, visitor)
            [(pid,)] = portal.wait_for(lambda: portal.sql(BLOCKED), what="request that waits for a lock")
            portal.kill("web")
            with suppress(Exception):
                request.result(SECONDS)
            assert request.exception() is not None  # nobody was told that it worked
        gone = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = %s"
        portal.wait_for(lambda: portal.sql(gone, pid)[0][0], what="end of the connection of a dead process")

    assert bidder.written() == left
    portal.start("web")
    visitor.get(bidder.review)
    answer = bidder.hand_in(visitor)
    assert "/justificantes/REG-" in answer.path
    assert bidder.written() == WHOLE
    [(receipts, last)] = portal.sql("SELECT count(*), max(right(register_number, 6)::int) FROM startups_receipt")
    assert receipts == last
    assert portal.manage("verify_audit").count("whole") == len(CHAINS)


# Money -------------------------------------------------------------------------------------------------


ASKED, ROOM_FOR = Decimal("17545.00"), 8


def test_forty_ask_for_credit_at_once_and_two_directors_sign_each(portal: Portal) -> None:
    """Over HTTP: eight reserves fit. Each other is told line, amount asked and amount available."""
    with portal.orm():
        office = [people.officer(password=PASSWORD) for _ in range(4)]
        directors = [people.director(password=PASSWORD) for _ in range(2)]
        year = clock.local_date(clock.now()).year + 3
        line = line_of(funded_year(year, ASKED * ROOM_FOR + Decimal("1000.00"), is_open=False))
        delegate = people.delegate()
        asked = [submitted_challenge(by=delegate).public_id for _ in range(40)]
    visitors = [Visitor(portal).sign_in(user.email, PASSWORD) for user in office]
    for visitor in visitors:
        visitor.get(reverse("pilots:approve_spending", args=[asked[0]]))

    def reserve(number: int) -> Answer:
        fields = {"line_0": f"{year}-{line.code}", "amount_0": "17545,00", "rc_certificate": f"RC/{number}"}
        return visitors[number % 4].post(reverse("pilots:approve_spending", args=[asked[number]]), **fields)

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(reserve, range(40)))

    assert Counter(answer.status for answer in answers) == {200: ROOM_FOR, 400: 40 - ROOM_FOR}
    words = (
        f"línea {line.code} {line.name} de {year}: se piden 17.545\N{NO-BREAK SPACE}€ y hay 1.000\N{NO-BREAK SPACE}€"
    )
    assert all(words in answer.text for answer in answers if answer.status == 400)
    with portal.orm():
        line = line_of(year)
        assert (line.rc, line.a, line.available) == (ASKED * ROOM_FOR, 0, Decimal("1000.00"))
        decisions = list(PreparedDecision.objects.filter(approved_at=None, kind="publication"))
        assert len(decisions) == ROOM_FOR
    signing = [Visitor(portal).sign_in(user.email, PASSWORD) for user in directors]
    for visitor in signing:
        visitor.get(reverse("pilots:decision", args=[decisions[0].public_id]))

    def sign(job: tuple[Visitor, PreparedDecision]) -> Answer:
        visitor, decision = job
        return visitor.post(reverse("pilots:decision", args=[decision.public_id]), answer="approve")

    with ThreadPoolExecutor(16) as pool:
        signed = list(pool.map(sign, [(visitor, decision) for decision in decisions for visitor in signing]))

    assert {answer.status for answer in signed} == {200}
    with portal.orm():
        line = line_of(year)
        assert (line.rc, line.a, line.available) == (0, ASKED * ROOM_FOR, Decimal("1000.00"))
        entries = LedgerEntry.objects.filter(line=line, phase="A")
        assert sorted(entries.values_list("amount", flat=True)) == [ASKED] * ROOM_FOR
        assert Challenge.objects.filter(public_id__in=asked, status="published").count() == ROOM_FOR
    portal.manage("verify_ledger")


# Backup ------------------------------------------------------------------------------------------------


def rows(postgres: PostgresServer, database: str) -> dict[str, int]:
    """Return the number of rows of each table."""
    with postgres.connect(database) as connection:
        tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        counted = {}
        for (name,) in connection.execute(tables).fetchall():
            statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            counted[name] = connection.execute(statement).fetchone()[0]
        return counted


def test_a_dump_restored_elsewhere_is_whole(postgres: PostgresServer, demo_database: str, tmp_path: Any) -> None:
    dump = tmp_path / "portal.dump"
    server = ["--host", str(postgres.sockets), "--port", PORT, "--username", "portal_owner", "--no-password"]
    binaries = programs(copy=os.geteuid() == 0)
    clone(postgres, "template0", "restored")

    subprocess.run(
        [binaries / "pg_dump", *server, "--format=custom", "--file", dump, demo_database], check=True, cwd="/"
    )
    subprocess.run(
        [binaries / "pg_restore", *server, "--exit-on-error", "--dbname=restored", dump], check=True, cwd="/"
    )

    counted = rows(postgres, "restored")
    assert counted == rows(postgres, demo_database)
    assert all(counted[name] > 0 for name in ("audit_auditevent", "startups_receipt", "pilots_ledgerentry"))
    env = settings_variables(postgres, "restored", environment.folder() / "demo")
    assert manage(env, "verify_audit").count("whole") == len(CHAINS)
    assert manage(env, "verify_ledger").startswith(f"OK: {counted['pilots_ledgerentry']} entries")
    with postgres.connect("restored", role="portal_app") as connection:
        connection.execute("SELECT count(*) FROM startups_receipt")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE startups_receipt SET code = 'x'")
    drop(postgres, "restored")
