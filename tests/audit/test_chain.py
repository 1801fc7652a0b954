"""Audit events can't be rewritten, and the chain tells when somebody did it all the same."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from govtech import clock
from govtech.audit import actions, chains
from govtech.audit.models import AuditEvent, ChainLink

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def record(count: int = 1) -> list[AuditEvent]:
    """Write events."""
    return [actions.record("challenge.submitted", by=None, at=AT, old="draft", new="submitted") for _ in range(count)]


def verify() -> str:
    """Return the problem of the audit chain, empty when whole."""
    with connection.cursor() as cursor:
        return chains.verify(cursor, chains.Chain("audit", "audit_auditevent")).problem


def as_owner_without_triggers(statement: str, *arguments: object) -> None:
    """Rewrite history as only a dishonest owner of the database can."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, list(arguments))


@pytest.mark.django_db(transaction=True)
def test_each_event_gets_one_link_at_commit() -> None:
    with transaction.atomic():
        record(3)
        assert ChainLink.objects.count() == 0

    assert list(ChainLink.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]
    assert verify() == ""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_a_change_that_fails() -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        record()
        raise ZeroDivisionError

    assert AuditEvent.objects.count() == ChainLink.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit_auditevent SET reason = 'x' WHERE id = %s", "row altered"),
        ("DELETE FROM audit_auditevent WHERE id = %s", "row missing"),
        ("DELETE FROM audit_chainlink WHERE row_id = %s", "gap"),
        ("UPDATE audit_chainlink SET hash = repeat('0', 64) WHERE row_id = %s", "row altered"),
    ],
)
def test_verification_names_what_a_dishonest_owner_rewrote(statement: str, problem: str) -> None:
    events = record(3)

    as_owner_without_triggers(statement, events[1].pk)

    assert problem in verify()
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_an_event_slipped_in_without_a_link_is_found() -> None:
    record()

    as_owner_without_triggers(
        "INSERT INTO audit_auditevent"
        " (kind, target_label, target_id, old, new, fields, reason, request_id, occurred_at)"
        " VALUES ('x', '', '', '', '', '[]', '', '', now())"
    )

    assert "has no link" in verify()


@pytest.mark.django_db(transaction=True)
def test_the_chain_does_not_depend_on_the_time_zone_of_the_session() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET timezone = 'Pacific/Auckland'")
    record(2)

    assert verify() == ""


ANYBODY = [
    "UPDATE audit_auditevent SET reason = 'x'",
    "DELETE FROM audit_auditevent",
    "TRUNCATE audit_auditevent",
    "UPDATE audit_chainlink SET hash = ''",
    "DELETE FROM audit_chainlink",
]
APPLICATION = [  # the owner may; the chain and the backup tell on him
    "INSERT INTO audit_chainlink (chain, seq, row_id, fields, prev_hash, hash) VALUES ('audit', 9, 9, '', '', '')",
    "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "statement"),
    [("owner", line) for line in ANYBODY] + [("application", line) for line in ANYBODY + APPLICATION],
)
def test_the_database_refuses_to_rewrite_the_audit(role: str, statement: str) -> None:
    record()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if role == "application":
            cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier("portal_app")).as_string(connection.connection))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_whole_chain() -> None:
    barrier = Barrier(8)

    def write() -> None:
        barrier.wait()
        for _ in range(5):
            with transaction.atomic():
                record(2)
        connection.close()

    threads = [Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ChainLink.objects.filter(chain="audit").count() == 80
    assert verify() == ""


@pytest.mark.django_db
def test_the_owner_travels_in_time_and_the_application_does_not() -> None:
    with clock.travel(AT):
        assert clock.now() == AT
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE portal_app")
            cursor.execute("SELECT portal_now()")
            seen = cursor.fetchone()[0]
            cursor.execute("SET portal.now = '2000-01-01'")
            cursor.execute("SELECT portal_now()")
            still = cursor.fetchone()[0]
            cursor.execute("RESET ROLE")

    assert abs(seen - AT) > timedelta(days=1)
    assert abs(still - seen) < timedelta(minutes=5)


@pytest.mark.django_db
def test_events_are_append_only_in_python_too() -> None:
    record()

    with pytest.raises(TypeError):
        AuditEvent.objects.all().update(reason="x")
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
