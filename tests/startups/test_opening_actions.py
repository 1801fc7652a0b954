"""The opening: two people, not before its time, a record that says what is and what isn't what was handed in."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from challenges.models import Challenge, Status
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.files import actions as files
from govtech.notifications.models import Notice
from startups.actions import admission, attachment, clarification
from startups.actions import opening as openings
from startups.calculations import sealing
from startups.models import Opening, Proposal, ProposalStatus, Submission
from startups.policies import admission as admission_policies
from startups.policies.evaluation import work
from startups.policies.opening import opens_from
from tests import people
from tests.challenges.factories import open_challenge
from tests.conftest import as_application
from tests.files import samples
from tests.startups.evaluations import later, opened, opening_of, proposals_of, with_proposals
from tests.startups.factories import draft_proposal, hand_in, organisation, owner_of

pytestmark = pytest.mark.django_db


def prepared(challenge: Challenge):
    by = people.officer()
    openings.prepare(challenge, reason="El plazo ha terminado.", by=by, at=clock.now())
    return by


def test_nobody_opens_before_the_hours_after_closing_are_over():
    challenge = with_proposals(["9000.00"])
    early = opens_from(challenge) - timedelta(microseconds=1)

    assert opens_from(challenge) == challenge.closes_at + timedelta(hours=24)
    with clock.travel(early), pytest.raises(DomainError, match=r"siguen cerradas|sealed"):
        openings.prepare(challenge, reason="El plazo ha terminado.", by=people.officer(), at=early)
    with clock.travel(opens_from(challenge)):
        openings.prepare(challenge, reason="El plazo ha terminado.", by=people.officer(), at=clock.now())


@pytest.mark.parametrize("who", [people.person, people.director, people.auditor, people.administrator, people.delegate])
def test_only_officers_prepare(who):
    challenge = with_proposals([])

    with clock.travel(later(challenge)), pytest.raises(PermissionDenied):
        openings.prepare(challenge, reason="El plazo ha terminado.", by=who(), at=clock.now())


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
            openings.prepare(challenge, reason="El plazo ha terminado.", by=people.officer(), at=clock.now())


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


def spoilt(submission: Submission, blob: bytes | None = None) -> None:
    """Change what is stored of a submission below all guards; with `blob`, to that."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE startups_submission SET technical_blob = %s WHERE id = %s",
            [blob or bytes(submission.technical_blob) + b"?", submission.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def stopped_one() -> tuple[Challenge, Submission, Submission]:
    """Return an opened challenge in which the first proposal was stopped, its submission and the other."""
    challenge = with_proposals(["9000.00", "8000.00"])
    one, other = Submission.objects.order_by("pk")
    spoilt(one)
    return opened(challenge), one, other


def test_a_proposal_that_was_altered_is_stopped_with_an_alarm_and_the_others_are_opened(caplog):
    director, auditor = people.director(), people.auditor()

    challenge, one, other = stopped_one()

    damaged, whole = opening_of(challenge).record
    assert (damaged["matches"], damaged["problem"], whole["matches"]) == (False, "technical", True)
    for submission in (one, other):
        submission.refresh_from_db()
    assert (one.proposal.opened_at, one.technical) == (None, None)
    assert other.proposal.opened_at
    assert other.technical
    assert not Proposal.objects.visible_to(director).filter(pk=one.proposal_id).exists()
    assert AuditEvent.objects.get(kind="proposal.stopped").target_id == str(one.proposal_id)
    alarms = Notice.objects.filter(kind="opening.stopped")
    assert {director.pk, auditor.pk} <= set(alarms.values_list("recipient", flat=True))
    assert Notice.objects.filter(kind="proposal.stopped", recipient=owner_of(one.proposal.organisation)).exists()
    assert "it was not opened" in caplog.text


@pytest.mark.parametrize("manifest", ["{}", "[]", '{"version": 2, "answers": 7, "files": [{"sha256": 1}]}'])
def test_a_manifest_that_makes_no_sense_stops_its_proposal_and_no_other(manifest):
    challenge = with_proposals(["9000.00", "8000.00"])
    one, _other = Submission.objects.order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE startups_submission SET manifest = %s WHERE id = %s", [manifest, one.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")

    record = opening_of(opened(challenge)).record

    assert [(entry["matches"], entry["problem"]) for entry in record] == [(False, "manifest"), (True, "")]
    first, second = people.officer(), people.director()
    with clock.travel(later(challenge, 1)):
        at = clock.now()
        openings.prepare_stopped(one.proposal, reason="No hay copia mejor.", by=first, at=at)
        openings.open_stopped(one.proposal, by=second, at=at)
    assert AuditEvent.objects.filter(kind="proposal.damaged", target_id=str(one.proposal_id)).exists()


def test_what_was_rewritten_with_its_hash_is_not_what_the_receipt_says():
    challenge = with_proposals(["9000.00"])
    submission = Submission.objects.get()
    manifest = {**submission.manifest, "note": "x"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Submission.objects.filter(pk=submission.pk).update(
            manifest=manifest, manifest_hash=sealing.sha256(sealing.canonical_json(manifest))
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert opening_of(opened(challenge)).record[0]["problem"] == "manifest"


def test_the_opening_reads_each_file_once(monkeypatch):
    challenge = open_challenge()
    with clock.travel(challenge.opens_at + timedelta(hours=1)):
        proposal = draft_proposal(challenge, organisation())
        upload = SimpleUploadedFile("memoria.pdf", samples.pdf())
        attachment.add(proposal, upload, envelope="technical", by=owner_of(proposal.organisation), at=clock.now())
        hand_in(proposal)
    read: list[str] = []
    real = files.digest
    monkeypatch.setattr(files, "digest", lambda source: read.append("") or real(source))

    opened(challenge)

    assert len(read) == 1


@pytest.mark.parametrize("is_put_right", [True, False])
def test_a_stopped_proposal_is_opened_by_two_people_put_right_or_as_it_is(is_put_right):
    challenge, one, _other = stopped_one()
    proposal = one.proposal
    if is_put_right:
        spoilt(one, bytes(one.technical_blob))
    first, second = people.officer(), people.auditor()
    with clock.travel(later(challenge, 1)):
        at = clock.now()
        with pytest.raises(DomainError):
            openings.prepare_stopped(proposal, reason="ya", by=first, at=at)
        with pytest.raises(PermissionDenied):
            openings.prepare_stopped(proposal, reason="Copia de seguridad repuesta.", by=second, at=at)
        openings.prepare_stopped(proposal, reason="Copia de seguridad repuesta.", by=first, at=at)
        with pytest.raises(DomainError):
            openings.open_stopped(proposal, by=first, at=at)
        late = openings.open_stopped(proposal, by=second, at=at)
        with pytest.raises(TransitionError):
            openings.open_stopped(proposal, by=second, at=at)

    one.refresh_from_db()
    assert late.entry["matches"] is is_put_right
    assert one.proposal.opened_at is not None
    assert bool(one.technical) is is_put_right


def test_a_proposal_opened_late_is_asked_what_all_were_asked_with_a_term_of_its_own():
    challenge, one, other = stopped_one()
    with clock.travel(later(challenge, 1)):
        at, by = clock.now(), people.officer()
        due_at = admission_policies.earliest_due(at=at)
        for concerns_all, text in ((True, "¿Qué datos hacen falta?"), (False, "¿Qué dice la página 4?")):
            clarification.ask(other.proposal, text=text, concerns_all=concerns_all, due_at=due_at, by=by, at=at)
    with clock.travel(due_at + timedelta(hours=1)):
        at = clock.now()
        openings.prepare_stopped(one.proposal, reason="No hay copia mejor.", by=by, at=at)
        openings.open_stopped(one.proposal, by=people.auditor(), at=at)

        answer = one.proposal.clarifications.get()
        assert answer.clarification.text == "¿Qué datos hacen falta?"
        assert answer.ends_at == admission_policies.earliest_due(at=at)
        owner = owner_of(one.proposal.organisation)
        assert Notice.objects.filter(kind="clarification.asked", recipient=owner).exists()
        clarification.answer(answer, text="Los de presión.", by=owner, at=at)


def test_scores_are_not_locked_while_a_proposal_is_stopped():
    challenge, _one, other = stopped_one()
    with clock.travel(later(challenge, 1)):
        admission.admit(other.proposal, by=people.officer(), at=clock.now())
        assert work(challenge, at=clock.now()).undecided == 1


def test_the_page_of_the_opening_leads_through_a_stopped_proposal(client):
    challenge, one, _other = stopped_one()
    first, second = people.officer(), people.director()
    kwargs = {"slug": challenge.slug}
    page = reverse("startups:opening", kwargs=kwargs)
    with clock.travel(later(challenge, 1)):
        client.force_login(first)
        text = client.get(page).content.decode()
        assert one.receipt.register_number in text
        assert one.proposal.organisation.name not in text
        target = {**kwargs, "public_id": one.proposal.public_id}
        client.post(reverse("startups:stopped_prepare", kwargs=target), {"reason": "No hay copia mejor."})
        client.force_login(second)
        assert "No hay copia mejor." in client.get(page).content.decode()
        client.post(reverse("startups:stopped_open", kwargs=target))
        assert one.proposal.organisation.name in client.get(page).content.decode()


def test_an_opening_says_why():
    challenge = with_proposals([])
    with clock.travel(later(challenge)), pytest.raises(DomainError) as refusal:
        openings.prepare(challenge, reason="  ", by=people.officer(), at=clock.now())
    assert refusal.value.field == "reason"
    assert opening_of(opened(challenge)).reason == "El plazo ha terminado."


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
            " (challenge_id, opened_at, opened_by_id, witnessed_at, witnessed_by_id, reason, record)"
            " VALUES (%s, %s, %s, %s, %s, '', '[]')",
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
