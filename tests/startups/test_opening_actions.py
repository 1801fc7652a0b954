"""The opening: two people, not before its time, a record that says what is and what isn't what was handed in."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from challenges.models import Challenge, Status
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from startups.actions import opening as openings
from startups.models import Opening, Proposal, ProposalStatus, Submission
from startups.policies.opening import opens_from
from tests import people
from tests.challenges.factories import open_challenge
from tests.conftest import as_application
from tests.startups.evaluations import later, opened, opening_of, proposals_of, with_proposals
from tests.startups.factories import draft_proposal, organisation, owner_of

pytestmark = pytest.mark.django_db


def prepared(challenge: Challenge):
    by = people.officer()
    openings.prepare(challenge, by=by, at=clock.now())
    return by


def test_nobody_opens_before_the_hours_after_closing_are_over():
    challenge = with_proposals(["9000.00"])
    early = opens_from(challenge) - timedelta(microseconds=1)

    assert opens_from(challenge) == challenge.closes_at + timedelta(hours=24)
    with clock.travel(early), pytest.raises(DomainError, match=r"siguen cerradas|sealed"):
        openings.prepare(challenge, by=people.officer(), at=early)
    with clock.travel(opens_from(challenge)):
        openings.prepare(challenge, by=people.officer(), at=clock.now())


@pytest.mark.parametrize("who", [people.person, people.director, people.auditor, people.administrator, people.delegate])
def test_only_officers_prepare(who):
    challenge = with_proposals([])

    with clock.travel(later(challenge)), pytest.raises(PermissionDenied):
        openings.prepare(challenge, by=who(), at=clock.now())


@pytest.mark.parametrize("who", [people.officer, people.director, people.auditor])
def test_any_second_officer_director_or_auditor_opens(who):
    challenge = with_proposals(["9000.00"])
    second = who()

    with clock.travel(later(challenge)):
        first = prepared(challenge)
        opening = openings.open_proposals(challenge, by=second, at=clock.now())

    assert (opening.witnessed_by, opening.opened_by) == (first, second)


@pytest.mark.parametrize("who", [people.person, people.administrator, people.delegate])
def test_nobody_else_opens(who):
    challenge = with_proposals(["9000.00"])

    with clock.travel(later(challenge)):
        prepared(challenge)
        with pytest.raises(PermissionDenied):
            openings.open_proposals(challenge, by=who(), at=clock.now())
    assert not Opening.objects.exists()


def test_who_prepared_it_cannot_open_it():
    challenge = with_proposals(["9000.00"])

    with clock.travel(later(challenge)):
        by = prepared(challenge)
        with pytest.raises(DomainError):
            openings.open_proposals(challenge, by=by, at=clock.now())
    assert Proposal.objects.get().opened_at is None


def test_nothing_opens_unprepared_or_twice():
    challenge = with_proposals(["9000.00"])

    with clock.travel(later(challenge)):
        with pytest.raises(DomainError):
            openings.open_proposals(challenge, by=people.officer(), at=clock.now())
        prepared(challenge)
        openings.open_proposals(challenge, by=people.officer(), at=clock.now())
        with pytest.raises(TransitionError):
            openings.open_proposals(challenge, by=people.officer(), at=clock.now())
        with pytest.raises(TransitionError):
            openings.prepare(challenge, by=people.officer(), at=clock.now())


def test_it_opens_what_was_handed_in_and_nothing_else():
    challenge = open_challenge()
    with clock.travel(challenge.opens_at + timedelta(hours=1)):
        draft = draft_proposal(challenge, organisation())
    challenge = opened(with_proposals(["9000.00", "8000.00"], challenge))

    draft.refresh_from_db()
    assert (draft.status, draft.opened_at) == (ProposalStatus.DRAFT, None)
    assert challenge.status == Status.EVALUATING
    assert challenge.proposal_count == 2
    record = opening_of(challenge).record
    assert [entry["proposal"] for entry in record] == [each.public_id for each in proposals_of(challenge)]
    assert all(entry["matches"] and entry["computed_hash"] == entry["manifest_hash"] for entry in record)
    for submission in Submission.objects.filter(proposal__opened_at__isnull=False):
        assert submission.technical["sections"]["title"] == "Sensores que escuchan la tubería"
        assert submission.economic is None
    kinds = AuditEvent.objects.filter(kind__in=["challenge.opened", "proposal.opened", "decision.approved"])
    assert sorted(kinds.values_list("kind", flat=True)) == [
        "challenge.opened", "decision.approved", "proposal.opened", "proposal.opened",
    ]  # fmt: skip


def test_a_damaged_proposal_is_on_record_and_opened_all_the_same():
    challenge = with_proposals(["9000.00", "8000.00"])
    first = Submission.objects.order_by("pk").first()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE startups_submission SET technical_blob = technical_blob || '\\x00'::bytea WHERE id = %s", [first.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    opened(challenge)

    damaged, whole = opening_of(challenge).record
    assert (damaged["matches"], damaged["problem"]) == (False, "technical")
    assert whole["matches"]
    first.refresh_from_db()
    assert first.proposal.opened_at is not None
    assert first.technical is None
    assert AuditEvent.objects.filter(kind="proposal.damaged").count() == 1


def test_no_proposals_is_an_opening_with_an_empty_record():
    challenge = opened(with_proposals([]))

    assert challenge.proposal_count == 0
    assert opening_of(challenge).record == []


def test_proposers_are_told_and_seconds_too():
    challenge = with_proposals(["9000.00"])
    director = people.director()

    opened(challenge)

    owner = owner_of(Proposal.objects.get().organisation)
    assert Notice.objects.filter(recipient=owner, kind="proposal.opened").count() == 1
    assert Notice.objects.filter(recipient=director, kind="opening.prepared").count() == 1


# The database, whoever writes -------------------------------------------------------------------------


def _insert_opening(challenge: Challenge, by: int, witness: int, at) -> None:
    with as_application(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO startups_opening"
            " (challenge_id, opened_at, opened_by_id, witnessed_at, witnessed_by_id, record)"
            " VALUES (%s, %s, %s, %s, %s, '[]')",
            [challenge.pk, at, by, at, witness],
        )


def test_the_database_refuses_an_opening_before_the_deadline():
    challenge = with_proposals(["9000.00"])
    one, two = people.officer(), people.officer()

    with pytest.raises(DatabaseError, match="sealed until the deadline"), transaction.atomic():
        _insert_opening(challenge, one.pk, two.pk, challenge.closes_at + timedelta(days=2))


def test_the_database_refuses_an_opening_by_one_person_twice():
    challenge, one, two = with_proposals(["9000.00"]), people.officer(), people.officer()
    past = clock.now() - timedelta(days=2)
    with connection.cursor() as cursor:  # the application's role can't travel: bring the deadline to it
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE challenges_challenge SET publish_at = %s, opens_at = %s, questions_close_at = NULL, closes_at = %s"
            " WHERE id = %s",
            [past - timedelta(days=30), past - timedelta(days=30), past, challenge.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(DatabaseError, match="opening_by_two_people"), transaction.atomic():
        _insert_opening(challenge, one.pk, one.pk, clock.now())
    _insert_opening(challenge, one.pk, two.pk, clock.now())


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE startups_proposal SET opened_at = now() WHERE challenge_id = %s", "opened once"),
        (
            "UPDATE startups_submission SET technical = '{}' WHERE proposal_id IN"
            " (SELECT id FROM startups_proposal WHERE challenge_id = %s)",
            "written once, by the opening",
        ),
    ],
)
def test_the_database_keeps_the_seal_until_the_opening(sql, words):
    challenge = with_proposals(["9000.00"])

    with as_application(), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match=words):
            cursor.execute(sql, [challenge.pk])
        connection.set_rollback(True)


@pytest.mark.parametrize("sql", ["UPDATE startups_opening SET record = '[{}]'", "DELETE FROM startups_opening"])
def test_the_record_never_changes(sql):
    opened(with_proposals(["9000.00"]))

    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="never changed"):
            cursor.execute(sql)
        connection.set_rollback(True)
