"""What everybody is told at once: letters read beforehand, held while a reason is missing, contested and answered."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError, TransitionError
from govtech.notifications.mails import message_of
from govtech.notifications.models import Notice, OutgoingEmail
from pilots.actions import award as actions
from pilots.actions import letter as letters
from pilots.actions import review as reviews
from pilots.models import Letter, Pilot, Resolution, ReviewOutcome, ReviewRequest
from pilots.policies import term
from startups.models import CriterionReason, Partner
from tests import people
from tests.copies import unchecked
from tests.pilots import awards
from tests.startups.factories import member, organisation, owner_of

pytestmark = pytest.mark.django_db


def test_letters_are_read_beforehand_and_released_together_with_the_award(client):
    challenge = awards.prepared()
    second = {"slug": challenge.slug, "proposal": actions.policies.candidates(challenge)[0].public_id}
    reason = CriterionReason.objects.filter(proposal__public_id=second["proposal"]).order_by("pk")[0].text
    client.force_login(people.officer())
    with awards.working(3) as at:
        before = client.get(reverse("pilots:letter_draft", kwargs=second)).content.decode()
        page = client.get(reverse("pilots:letters", kwargs={"slug": challenge.slug})).content.decode()
        assert not Letter.objects.exists()
        assert not OutgoingEmail.objects.filter(kind="award.resolved").exists()
        actions.approve(challenge, by=people.director(), at=at)

    assert reason in before
    assert awards.REASON in before
    assert page.count(second["proposal"]) == 1
    sent = {letter.proposal.public_id: letter for letter in Letter.objects.select_related("proposal")}
    assert {letter.outcome for letter in sent.values()} == {"awarded", "reserve"}
    letter = sent[second["proposal"]]
    row = letter.content["rows"][0]
    assert (row["lowest"], row["highest"], row["reason"]) == (4, 4, reason)
    mail = OutgoingEmail.objects.get(kind="award.resolved", recipient=owner_of(letter.proposal.organisation))
    body = message_of(mail).body
    for words in (reason, awards.REASON, "4 de 5", row["criterion"]):
        assert words in body


def test_nothing_is_released_while_a_reason_is_missing():
    challenge = awards.prepared()
    missing = CriterionReason.objects.filter(proposal__challenge=challenge).order_by("-pk")[0]
    with unchecked():  # the database itself refuses it after the lock
        CriterionReason.objects.filter(pk=missing.pk).delete()

    with awards.working(3) as at, pytest.raises(DomainError, match=missing.criterion.name):
        actions.approve(challenge, by=people.director(), at=at)

    assert not Pilot.objects.exists()
    assert not Letter.objects.exists()
    with awards.working(3) as at:
        actions.send_back(challenge, comment="Falta el motivo.", by=people.director(), at=at)
        with pytest.raises(DomainError, match=missing.criterion.name):
            actions.prepare_approval(challenge, by=people.officer(), at=at)


def test_review_is_lodged_and_answered_on_the_record(client):
    challenge = awards.awarded()
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    company = letter.proposal.organisation
    owner, rival = owner_of(company), people.person()
    address = reverse("pilots:ask_review", kwargs={"public_id": letter.public_id})
    client.force_login(owner)
    with awards.working(10) as at:
        for by in (member(company, "editor"), people.officer(), rival):
            with pytest.raises(PermissionDenied):
                reviews.lodge(letter, text="No.", upload=None, by=by, at=at)
        assert client.post(address, {"text": ""}).status_code == 422
        assert (
            client.post(address, {"text": "El criterio 2 no se valoró como dice la convocatoria."}).status_code == 302
        )
        with pytest.raises(DomainError):
            reviews.lodge(letter, text="Otra vez.", upload=None, by=owner, at=at)
    review = ReviewRequest.objects.get()
    told = Notice.objects.filter(kind="review.lodged").values_list("params", flat=True)
    assert told
    assert not any(company.name in str(params) for params in told)  # some may not know who took part
    assert not review.is_late
    own_page = reverse("pilots:review", kwargs={"public_id": review.public_id})
    director = people.director()
    with awards.working(12) as at:
        for by in (people.officer(), people.auditor(), owner):
            with pytest.raises(PermissionDenied):
                reviews.answer(review, outcome=ReviewOutcome.DISMISSED, answer="No.", by=by, at=at)
        client.force_login(director)
        assert client.post(own_page, {"outcome": "dismissed", "answer": ""}).status_code == 422
        client.post(own_page, {"outcome": "dismissed", "answer": "Se valoró con datos de la memoria."})
        client.force_login(rival)
        assert client.get(own_page).status_code == 404
        client.force_login(owner)
        assert "Se valoró con datos" in client.get(own_page).content.decode()
        client.logout()
        public = client.get(reverse("pilots:resolution", kwargs={"slug": challenge.slug})).content.decode()
    assert "Se ha presentado 1 recurso" in public
    assert company.tax_id not in public
    with awards.working(13) as at, pytest.raises(TransitionError):
        reviews.lodge(letter, text="Otra vez.", upload=None, by=owner, at=at)
    review.refresh_from_db()
    assert (review.outcome, review.answered_by) == ("dismissed", director)
    for change in ({"answer": "Otra."}, {"text": "Otro."}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReviewRequest.objects.filter(pk=review.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(content={})


def test_terms_run_from_the_formal_notification_and_a_late_request_says_so():
    challenge = awards.awarded()
    resolution = Resolution.objects.get(challenge=challenge)
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    with awards.working(6) as at:
        day = clock.local_date(at)
        with pytest.raises(DomainError):
            letters.record_service(
                letter, served_on=day + timedelta(days=1), served_reference="", by=people.officer(), at=at
            )
        with pytest.raises(PermissionDenied):
            letters.record_service(letter, served_on=day, served_reference="", by=people.director(), at=at)
        letter = letters.record_service(letter, served_on=day, served_reference="N-1", by=people.officer(), at=at)
        with pytest.raises(TransitionError):  # the terms already run
            letters.record_service(letter, served_on=day, served_reference="N-2", by=people.officer(), at=at)
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(served_on=day - timedelta(days=1))
        letters.record_publication(
            resolution, reference="PLACSP-7", url="https://example.test/7", published_on=day, by=people.officer(), at=at
        )
    terms = term.of_letter(Letter.objects.select_related("resolution__challenge").get(pk=letter.pk))
    assert terms.counted_from == day
    assert terms.review_until.isoformat() == "2026-05-26"
    with awards.working(60) as at:
        made = reviews.lodge(letter, text="Tarde.", upload=None, by=owner_of(letter.proposal.organisation), at=at)
    assert made.is_late


@pytest.mark.parametrize(("days", "is_late"), [(5, False), (45, True)])
def test_who_asks_in_time_isnt_told_that_the_term_is_over(client, days, is_late):
    awards.awarded()
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    client.force_login(owner_of(letter.proposal.organisation))
    with awards.working(days):
        page = client.get(reverse("pilots:ask_review", kwargs={"public_id": letter.public_id})).content.decode()

    assert ("El plazo ha terminado" in page) == is_late


def test_partners_read_the_letter_and_the_lead_alone_contests_it(client):
    challenge = awards.prepared()
    second = actions.policies.candidates(challenge)[0]
    partner = organisation(name="Aporta SL")
    owner = owner_of(partner)
    Partner.objects.create(
        proposal=second, mark="x", organisation=partner, status="confirmed", terms=b"", confirmed_version=1,
        invited_at=second.created_at, invited_by=owner, answered_at=second.created_at, answered_by=owner,
    )  # fmt: skip
    with awards.working(3) as at:
        actions.approve(challenge, by=people.director(), at=at)
    letter = Letter.objects.get(proposal=second)
    client.force_login(owner)
    with awards.working(4) as at:
        page = client.get(letter.get_absolute_url())
        with pytest.raises(PermissionDenied):
            reviews.lodge(letter, text="No.", upload=None, by=owner, at=at)
        made = reviews.lodge(letter, text="Pido que se mire.", upload=None, by=owner_of(second.organisation), at=at)
        asked = client.get(made.get_absolute_url())
        reviews.answer(made, outcome=ReviewOutcome.DISMISSED, answer="No.", by=people.director(), at=at)

    assert (page.status_code, asked.status_code) == (200, 200)
    told = set(OutgoingEmail.objects.filter(recipient=owner).values_list("kind", flat=True))
    assert told >= {"award.resolved", "review.answered"}


def test_reserve_is_told_when_its_list_is_over():
    pilot = awards.running_pilot()
    conflicted = people.officer()
    member(Letter.objects.exclude(outcome="awarded").get().proposal.organisation, "editor", conflicted)
    with awards.working(5) as at:
        with pytest.raises(PermissionDenied):
            actions.release(pilot.challenge, by=conflicted, at=at)
        actions.release(pilot.challenge, by=people.officer("Otra Oficial"), at=at)

    letter = Letter.objects.get(outcome="lapsed")
    assert letter.proposal.status == "not_selected"
    person = owner_of(letter.proposal.organisation)
    assert OutgoingEmail.objects.filter(kind="award.resolved", recipient=person).count() == 2
    assert letter.content["winners"][0]["amount_net"] == str(Decimal("12000.00"))


def test_who_prepared_the_first_award_may_approve_a_later_one():
    both = people.person("Dora Doble", (roles.OFFICE, roles.DIRECTORS))
    challenge = awards.ranked(("12000.00", "13000.00", "14000.00"), points=(5, 4, 4))
    awards.accepted(challenge)
    with awards.working(2) as at:
        actions.prepare_approval(challenge, by=both, at=at)
        with pytest.raises(DomainError):
            actions.approve(challenge, by=both, at=at)
        actions.approve(challenge, by=people.director(), at=at)
        pilot = Pilot.objects.select_related("award__resolution__challenge").get()
        actions.refuse(pilot.award, reason="Renuncia.", by=people.officer(), at=at)
    awards.prepared(challenge)
    with awards.working(3) as at:
        actions.approve(challenge, by=both, at=at)
    assert Pilot.objects.count() == 2
