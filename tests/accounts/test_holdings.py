"""What a download has of one's work, what the schedule does with companies and requests, what the database refuses."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from govtech import clock
from govtech.accounts import erasure, export, rights
from govtech.accounts.models import Erasure, RetentionEntry
from startups.actions import admission, evaluation
from startups.actions import join_request as join_requests
from startups.actions import organisation as organisations
from startups.actions.retention import delete_paper
from startups.models import (
    DossierPaper,
    JoinRequest,
    OrganisationKind,
    OrganisationRole,
    Proposal,
    Receipt,
    Submission,
    Verification,
    VerificationCheck,
)
from tests import people
from tests.accounts.test_retention import WEEK, YEAR, night, waiting
from tests.files import samples
from tests.pilots import awards
from tests.startups.calls import open_call
from tests.startups.evaluations import admitted, judged_criteria, later, opened, panel, proposals_of
from tests.startups.factories import draft_proposal, hand_in, member, organisation, owner_of, verify
from tests.startups.test_dossier import paper
from tests.startups.test_opening_actions import stopped_one

pytestmark = pytest.mark.django_db


def downloaded(user):
    """Return the zip of all the person's data and a way to read one part."""
    made = zipfile.ZipFile(io.BytesIO(b"".join(export.archive(user, at=clock.now()))))
    return made, lambda part: json.loads(made.read(f"{part}.json"))


def test_who_handed_in_gets_the_receipt_and_after_leaving_only_its_number():
    company = organisation()
    hand_in(draft_proposal(open_call(), company), by=(writer := member(company, OrganisationRole.OWNER)))
    receipt = Receipt.objects.get()

    (said,) = downloaded(writer)[1]("handed_in")
    company.memberships.filter(user=writer).update(left_at=clock.now(), left_by=writer)
    (less,) = downloaded(writer)[1]("handed_in")

    assert said["manifest"] == receipt.submission.manifest
    assert less["register_number"] == said["register_number"] == receipt.register_number
    assert "code" not in less
    assert "manifest" not in less


def test_an_answer_to_a_correction_is_in_the_download_with_its_file():
    challenge = opened(prices=["9000.00"])
    proposal = Proposal.objects.get(challenge=challenge)
    writer = owner_of(proposal.organisation)
    with clock.travel(later(challenge, 1)):
        at = clock.now()
        admission.request_correction(
            proposal, text="Falta el poder de quien firma.", due_at=at + WEEK, by=people.officer(), at=at
        )
        upload = SimpleUploadedFile("poder.pdf", samples.pdf())
        admission.correct(proposal, text="Aquí va el poder que faltaba.", uploads=[upload], by=writer, at=at)

        made, rows = downloaded(writer)

    answer = next(row for row in rows("handed_in") if row["what"] == "answer to a correction")
    assert answer["answer"] == "Aquí va el poder que faltaba."
    (name,) = [name for name in made.namelist() if name.startswith("handed_in/") and name.endswith("poder.pdf")]
    assert made.read(name).startswith(b"%PDF")


def test_a_panel_member_gets_their_scores_with_the_reasons():
    challenge = admitted()
    chair = panel(challenge).chair
    proposal = proposals_of(challenge)[0]
    entries = {each.pk: (4, "Lo razona con cifras de otros pilotos.") for each in judged_criteria(challenge)}
    with clock.travel(later(challenge, 3)):
        evaluation.save_sheet(chair, proposal, entries=entries, by=chair.user, at=clock.now())
        (sheet,) = downloaded(chair.user)[1]("judged")

    assert sheet["proposal"] == proposal.public_id
    assert {(score["points"], score["reason"]) for score in sheet["scores"]} == set(entries.values())


def test_the_words_of_a_request_to_join_are_downloaded_erased_and_swept():
    company, asker, other = organisation(), people.person(), people.person()
    for user in (asker, other):
        join_requests.ask_to_join(
            tax_id=company.tax_id, country="ES", message="Soy la contable.", by=user, at=clock.now()
        )

    assert downloaded(asker)[1]("organisations")[0]["message"] == "Soy la contable."
    erasure.erase(asker, by=asker, at=clock.now())
    assert [row.asked_by for row in JoinRequest.objects.all()] == [other]
    with clock.travel(clock.now() + YEAR):
        rights.schedule.get("startups.requests").sweep(clock.now())
    assert not JoinRequest.objects.exists()


def test_a_company_that_left_without_a_proposal_is_wiped_a_year_later_and_one_with_files_stays():
    left, used = (organisation(kind=OrganisationKind.SELF_EMPLOYED, address="Calle Mayor, 1") for _number in range(2))
    paper(left)
    hand_in(draft_proposal(open_call(), used))
    for company in (left, used):
        organisations.withdraw(company, by=owner_of(company), at=clock.now())
    name, number = left.name, left.tax_id

    night(clock.now() + YEAR)
    (entry,) = waiting("startups.organisations")
    assert name not in entry.words
    night(clock.now() + YEAR + WEEK)
    night(clock.now() + 2 * YEAR)

    left.refresh_from_db()
    used.refresh_from_db()
    assert (name in left.name, left.tax_id == number, left.address) == (False, False, "")
    assert not DossierPaper.objects.current().filter(organisation=left).exists()
    assert used.tax_id
    assert used.address == "Calle Mayor, 1"
    assert waiting("startups.organisations") == []


def test_a_person_that_leaves_as_a_company_takes_the_address_along():
    company = organisation(
        kind=OrganisationKind.SELF_EMPLOYED, tax_id="00000000T", address="Calle Mayor, 1", description="Yo"
    )

    organisations.withdraw(company, by=owner_of(company), at=clock.now())

    company.refresh_from_db()
    assert (company.address, company.description) == ("", "")


def test_a_check_says_which_paper_it_looked_at_when_the_paper_has_gone():
    company = organisation()
    proof = paper(company)
    sha256 = proof.file.sha256
    verify(company, by=people.officer())
    DossierPaper.objects.filter(pk=proof.pk).update(ended_at=clock.now(), ended_by=owner_of(company))

    with clock.travel(clock.now() + 2 * YEAR):
        delete_paper(str(proof.pk), clock.now())

    (check,) = VerificationCheck.objects.exclude(paper_words="")
    assert check.paper is None
    assert sha256 in check.paper_words
    assert str(proof.label) in check.paper_words
    assert any(check.paper_words in text for _tone, text in check.verification.as_checks())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        VerificationCheck.objects.filter(pk=check.pk).update(paper_words="")


def test_the_paper_that_proves_a_verification_stays_while_an_award_rests_on_it():
    challenge = awards.ranked()
    winner = proposals_of(challenge).order_by("pk").filter(result__rank=1).get().organisation
    proof, idle = paper(winner), organisation()
    unused = paper(idle)
    for company in (winner, idle):
        verify(company, by=people.officer())
    awards.prepared(challenge)

    assert proof.pk in set(VerificationCheck.objects.values_list("paper", flat=True))
    assert rights.needed("startups.dossierpaper", [proof.pk, unused.pk]) == {proof.pk}


@pytest.mark.parametrize(
    "change",
    [
        lambda: DossierPaper.objects.update(title="Otro"),
        lambda: DossierPaper.objects.update(valid_until=None),
        lambda: DossierPaper.objects.all().delete(),
        lambda: Verification.objects.update(note="Otra cosa"),
        lambda: VerificationCheck.objects.update(outcome="not_applicable"),
        lambda: VerificationCheck.objects.all().delete(),
        lambda: Erasure.objects.update(by_schedule=True),
        lambda: Erasure.objects.all().delete(),
        lambda: RetentionEntry.objects.filter(rule="done").update(outcome="Nada"),
        lambda: RetentionEntry.objects.filter(rule="done").delete(),
        lambda: RetentionEntry.objects.filter(rule="held").update(done_at=clock.now()),
        lambda: RetentionEntry.objects.filter(rule="held").delete(),
    ],
)
def test_the_database_keeps_what_was_looked_at_erased_or_destroyed(change):
    company, gone, at = organisation(), people.person(), clock.now()
    paper(company)
    verify(company, by=(by := people.officer()))
    VerificationCheck.objects.filter(paper__isnull=False).update(paper=None)  # as the schedule does, and nobody else
    erasure.erase(gone, by=gone, at=at)
    common = {"words": "x", "due_at": at, "listed_at": at}
    RetentionEntry.objects.create(rule="done", target="1", done_at=at, **common)
    RetentionEntry.objects.create(rule="held", target="1", held_at=at, held_by=by, held_reason="Recurso", **common)

    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def test_the_database_opens_no_stopped_proposal_without_a_late_opening():
    _challenge, one, other = stopped_one()

    with pytest.raises(IntegrityError, match="two people"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE startups_proposal SET opened_at = portal_now() WHERE id = %s", [one.proposal_id])
    assert Submission.objects.get(pk=other.pk).proposal.opened_at
