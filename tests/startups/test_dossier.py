"""Papers handed in once: who keeps them, how long they hold, what goes with a proposal, who is reminded."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from govtech import clock
from govtech.errors import DomainError
from govtech.notifications.models import Notice
from startups.actions import dossier
from startups.actions import envelope as envelopes
from startups.models import DossierPaper, Envelope, OrganisationRole, PaperKind, Submission
from startups.notifications import dossier as notifications
from startups.policies.dossier import missing_for_award
from tests.files import samples
from tests.people import administrator, auditor, director, officer, person
from tests.startups.calls import open_call
from tests.startups.factories import draft_proposal, hand_in, member, organisation, owner_of

pytestmark = pytest.mark.django_db


def paper(of, kind=PaperKind.TAX, *, by=None, at=None, **fields):
    at = at or clock.now()
    if kind == PaperKind.TAX:
        fields.setdefault("issued_on", clock.local_date(at))
    upload = SimpleUploadedFile("papel.pdf", samples.pdf())
    return dossier.add_paper(of, upload, kind=kind, by=by or owner_of(of), at=at, **fields)


def declared(of, *, by=None):
    words = {"signatory_name": "Ana Prueba", "signatory_post": "Administradora", "is_true": True}
    return dossier.declare(of, **words, by=by or owner_of(of), at=clock.now())


def test_a_newer_paper_of_a_kind_takes_the_place_of_the_former_which_stays():
    company = organisation()
    first = paper(company)

    second = paper(company)

    first.refresh_from_db()
    assert first.ended_at is not None
    assert list(DossierPaper.objects.current().filter(organisation=company)) == [second]
    with pytest.raises(IntegrityError), transaction.atomic():
        DossierPaper.objects.filter(pk=first.pk).update(ended_at=None, ended_by=None)


def test_the_law_says_how_long_a_certificate_holds_whatever_is_typed():
    company, today = organisation(), clock.local_date(clock.now())

    made = paper(company, valid_until=today + timedelta(days=900))

    assert made.valid_until is not None
    assert today + timedelta(days=180) <= made.valid_until <= today + timedelta(days=185)


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (PaperKind.TAX, {"issued_on": None}, "issued_on"),
        (PaperKind.INSURANCE, {}, "valid_until"),
        (PaperKind.OTHER, {"title": " "}, "title"),
        (PaperKind.NOT_BARRED, {}, "kind"),
    ],
)
def test_what_a_paper_lacks_is_said_beside_its_field(kind, fields, field):
    with pytest.raises(DomainError) as refusal:
        paper(organisation(), kind, **fields)

    assert refusal.value.field == field


def test_a_paper_that_is_over_or_from_the_future_is_refused():
    company, today = organisation(), clock.local_date(clock.now())

    for fields in ({"issued_on": today - timedelta(days=400)}, {"issued_on": today + timedelta(days=1)}):
        with pytest.raises(DomainError):
            paper(company, **fields)
    assert not DossierPaper.objects.exists()


def test_owners_and_officers_add_papers_and_only_owners_declare():
    company = organisation()
    paper(company, by=officer())
    declared(company)

    for user in (member(company), member(company, OrganisationRole.READER), director(), administrator(), person()):
        with pytest.raises(PermissionDenied):
            paper(company, by=user)
    with pytest.raises(PermissionDenied):
        declared(company, by=officer())


def test_who_reads_which_papers():
    mine, other = paper(organisation()), paper(organisation())
    company = mine.organisation

    seen = {
        "owner": set(DossierPaper.objects.visible_to(owner_of(company))),
        "editor": set(DossierPaper.objects.visible_to(member(company))),
        "administrator": set(DossierPaper.objects.visible_to(administrator())),
        "auditor": set(DossierPaper.objects.visible_to(auditor())),
    }

    assert seen == {"owner": {mine}, "editor": set(), "administrator": set(), "auditor": {mine, other}}


def test_what_holds_goes_with_the_proposal_inside_the_seal_and_changes_nothing_when_pressed_twice():
    company = organisation()
    kept, signed = paper(company), declared(company)
    paper(company, PaperKind.OTHER, title="Memoria").refresh_from_db()
    dossier.take_out(DossierPaper.objects.get(title="Memoria"), by=owner_of(company), at=clock.now())
    draft = draft_proposal(open_call(), company)

    receipt = hand_in(draft)

    submission = Submission.objects.get(receipt=receipt)
    sent = envelopes.read_envelope(submission, Envelope.TECHNICAL)["dossier"]
    assert [row["paper"] for row in sent] == [signed.public_id, kept.public_id]
    assert sent[1]["sha256"] == kept.file.sha256
    assert "Ana Prueba" in sent[0]["signatory"]["name"]
    assert "dossier" not in str({key: value for key, value in submission.manifest.items() if key != "answers"})
    assert hand_in(draft) == receipt
    paper(company)
    assert hand_in(draft) != receipt  # a newer certificate is other content


def test_the_page_says_what_holds_and_what_the_award_still_needs(client):
    company, today = organisation(), clock.local_date(clock.now())
    paper(company)
    declared(company)
    client.force_login(owner_of(company))

    page = client.get(reverse("startups:dossier", kwargs={"public_id": company.public_id})).content.decode()

    assert page.count("chip--open") == 2
    assert missing_for_award(company, on=today) == [PaperKind.POWER, PaperKind.SOCIAL_SECURITY]
    assert PaperKind.TAX in missing_for_award(company, on=today + timedelta(days=200))


def test_owners_are_reminded_thirty_and_seven_days_before_and_when_it_is_over():
    company = organisation()
    made = paper(company, PaperKind.INSURANCE, valid_until=clock.local_date(clock.now()) + timedelta(days=60))
    editor = member(company)
    end = clock.now() + timedelta(days=60)

    told = []
    for days in (40, 30, 29, 7, 1, 0, -1, -2):
        with clock.travel(end - timedelta(days=days)):
            notifications.remind(at=clock.now())
            told.append(Notice.objects.filter(kind__startswith="organisation.paper_").count())

    assert told == [0, 1, 1, 2, 2, 2, 3, 3]
    assert not Notice.objects.filter(recipient=editor).exists()
    dossier.take_out(made, by=owner_of(company), at=clock.now())
