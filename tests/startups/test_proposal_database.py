"""What the database refuses whoever writes the row: raw SQL with the application's rights."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from govtech import clock
from startups.actions import organisation as organisations
from startups.models import Participation, Proposal, Receipt, Submission
from tests.conftest import as_application
from tests.startups.calls import after, announced_call, open_call, own_draft
from tests.startups.factories import draft_proposal, organisation, owner_of, submitted_proposal

pytestmark = pytest.mark.django_db

SUBMISSION = """
INSERT INTO startups_submission (proposal_id, number, technical_blob, economic_blob, manifest, manifest_hash,
  signatory_name, submitted_at, submitted_by_id, technical, economic)
VALUES (%(proposal)s, 7, 'x', 'x', '{}', 'x', 'x', %(at)s, %(by)s, %(technical)s, NULL)
"""


def run(sql, params=None, match="permission denied|append-only|never|says what"):
    """Run the statement with the application's rights and expect the database to refuse it."""
    refusal = pytest.raises(DatabaseError, match=match)
    with refusal, transaction.atomic(), as_application(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def submission_of(proposal, at, technical=None):
    by = owner_of(proposal.organisation).pk
    return {"proposal": proposal.pk, "at": at, "by": by, "technical": technical}


@pytest.mark.parametrize("seconds", [0, 1, 86_400])
def test_a_submission_at_or_after_the_deadline(seconds):
    proposal = own_draft()

    with after(proposal.challenge, seconds=seconds):
        at = proposal.challenge.closes_at + timedelta(seconds=seconds)
        refused_by_owner(SUBMISSION, submission_of(proposal, at), "does not take proposals")


def refused_by_owner(sql, params, match):
    """Travelling in time takes the owner's session; the guard is the same."""
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_a_submission_before_the_opening_of_the_call():
    proposal = draft_proposal(announced_call(), organisation())

    run(SUBMISSION, submission_of(proposal, clock.now()), "does not take proposals")


@pytest.mark.parametrize("hours", [-240, 1])
def test_a_submission_with_another_time_than_now(hours):
    proposal = own_draft()

    run(SUBMISSION, submission_of(proposal, clock.now() + timedelta(hours=hours)), "carries the time it happens")


def test_the_application_cant_travel_in_time_to_hand_in_late():
    proposal = own_draft()
    early = proposal.challenge.opens_at + timedelta(hours=1)

    with as_application(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.now', %s, true)", [early.isoformat()])
        cursor.execute("SELECT portal_now() > %s + interval '1 minute'", [early])
        assert cursor.fetchone() == (True,)


def test_a_submission_with_plain_content():
    proposal = own_draft()

    run(SUBMISSION, submission_of(proposal, clock.now(), json.dumps({"sections": {}})), "sealed|carries")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("technical = '{}'", "written once, by the opening"),
        ("economic = '{}'", "stays sealed until judgement is locked"),
        ("technical_blob = 'x'", "never changed"),
        ("submitted_at = now()", "never changed"),
        ("manifest_hash = 'x'", "never changed"),
    ],
)
def test_a_submission_changed_afterwards(change, words):
    submitted_proposal(open_call(), organisation())

    run(f"UPDATE startups_submission SET {change}", match=words)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE startups_receipt SET received_at = received_at - interval '1 day'",
        "UPDATE startups_receipt SET code = 'x'",
        "DELETE FROM startups_receipt",
        "TRUNCATE startups_receipt CASCADE",
        "DELETE FROM startups_submission",
        "UPDATE audit_chainlink SET hash = 'x'",
    ],
)
def test_receipts_are_neither_changed_nor_deleted(statement):
    submitted_proposal(open_call(), organisation())

    run(statement)


def test_a_receipt_that_says_something_else_than_its_submission():
    proposal = own_draft()
    other = submitted_proposal(open_call(), organisation())
    submission = Submission.objects.get(proposal=other)
    assert proposal

    run(
        "INSERT INTO startups_receipt (submission_id, register_number, code, code_hash, received_at, manifest_hash) "
        "VALUES (%s, 'REG-1', 'c', '', %s, 'x')",
        [submission.pk, submission.submitted_at],
    )


def test_a_proposal_opened_without_an_opening():
    proposal = submitted_proposal(open_call(), organisation())

    run("UPDATE startups_proposal SET opened_at = now() WHERE id = %s", [proposal.pk], "opened once, by the opening")


def test_an_opening_before_the_deadline():
    proposal = submitted_proposal(open_call(), organisation())
    people = [owner_of(proposal.organisation).pk, owner_of(organisation()).pk]

    run(
        "INSERT INTO startups_opening (challenge_id, opened_at, opened_by_id, witnessed_at, witnessed_by_id,"
        " reason, record) VALUES (%s, now(), %s, now(), %s, '', '[]')",
        [proposal.challenge_id, *people],
        "sealed until the deadline",
    )


@pytest.mark.parametrize("column", ["challenge_id", "organisation_id"])
def test_a_proposal_given_to_another(column):
    proposal = submitted_proposal(open_call(), organisation())
    other = submitted_proposal(open_call(), organisation())

    run(
        f"UPDATE startups_proposal SET {column} = %s WHERE id = %s", [getattr(other, column), proposal.pk], "stays with"
    )


def test_a_proposal_of_a_withdrawn_organisation():
    challenge, company = open_call(), organisation()
    owner = owner_of(company)
    organisations.withdraw(company, by=owner, at=clock.now())

    with pytest.raises(IntegrityError, match="starts no proposal"), transaction.atomic():
        Proposal.objects.create(challenge=challenge, organisation=company, created_at=clock.now(), created_by=owner)


def test_a_second_place_in_the_same_challenge():
    proposal = own_draft()

    with pytest.raises(IntegrityError, match="one_live_participation"), transaction.atomic():
        Participation.objects.create(
            challenge=proposal.challenge, organisation=proposal.organisation, proposal=proposal, role="partner"
        )


def test_two_last_submissions():
    proposal = submitted_proposal(open_call(), organisation())

    run(SUBMISSION, submission_of(proposal, clock.now()), "one_last_submission")


def test_a_withdrawal_after_the_deadline():
    proposal = submitted_proposal(open_call(), organisation())
    sql = "INSERT INTO startups_withdrawal (proposal_id, withdrawn_at, withdrawn_by_id) VALUES (%s, %s, %s)"

    with after(proposal.challenge):
        params = [proposal.pk, proposal.challenge.closes_at, owner_of(proposal.organisation).pk]
        refused_by_owner(sql, params, "does not take proposals")


def test_every_receipt_is_chained_at_commit():
    submitted_proposal(open_call(), organisation())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT row_id FROM audit_chainlink WHERE chain = 'receipts'")
        assert [row for (row,) in cursor.fetchall()] == [Receipt.objects.get().pk]
