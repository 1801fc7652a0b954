"""What follows an award: nothing is signed too soon, everybody is told, the list ends, an upheld review annuls it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from challenges.models import Status
from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from pilots.actions import annulment
from pilots.actions import award as actions
from pilots.actions import letter as letters
from pilots.actions import pilot as pilots
from pilots.actions import resolution as resolutions
from pilots.actions import review as reviews
from pilots.calculations import appeal
from pilots.desk.award import office_items
from pilots.models import (
    Award,
    BudgetLine,
    FormalPublication,
    Letter,
    PilotStatus,
    Resolution,
    ResolutionKind,
    ReviewRequest,
)
from pilots.policies import annulment as annulment_policies
from pilots.policies import award as policies
from pilots.policies import term
from startups.models import Partner, Proposal, ProposalStatus
from startups.models.consortium import PartnerStatus
from tests import people
from tests.copies import unchecked
from tests.pilots import awards
from tests.pilots.money import published
from tests.startups.evaluations import admitted, with_proposals
from tests.startups.factories import organisation, owner_of

pytestmark = pytest.mark.django_db
TWO = {"awards_planned": 2, "max_amount_net": Decimal("7300.00")}


def latest(proposal):
    return Letter.objects.filter(proposal=proposal).order_by("-released_at", "-pk")[0]


# Terms ------------------------------------------------------------------------------------------------


def test_pilot_waits_for_the_standstill_where_the_law_has_one(monkeypatch):
    pilot = awards.preparing_pilot()
    by = awards.delegate_of(pilot)
    with awards.working(4) as at:
        awards.agreed(pilot, at=at)
    monkeypatch.setattr(appeal, "SPECIAL_APPEAL_OVER", Decimal(1000))
    until = term.of_resolution(Resolution.objects.select_related("challenge").get()).standstill_until
    assert until == date(2026, 5, 18)  # 15 working days after 23 April; 1, 2 and 15 May are holidays

    with awards.working(25) as at, pytest.raises(DomainError, match="18 de mayo"):  # 15 May
        pilots.start(pilot, starts_on=until + timedelta(days=10), by=by, at=at)
    with awards.working(29) as at:
        with pytest.raises(DomainError, match="18 de mayo"):
            pilots.start(pilot, starts_on=until, by=by, at=at)
        pilots.start(pilot, starts_on=until + timedelta(days=1), by=by, at=at)
    assert awards.fresh(pilot).status == PilotStatus.RUNNING


def test_over_the_limit_the_remedy_is_the_tribunals_and_no_review_is_taken(monkeypatch, client):
    challenge = awards.awarded()
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    address = reverse("pilots:resolution", kwargs={"slug": challenge.slug})
    before = client.get(address).content.decode()
    monkeypatch.setattr(appeal, "SPECIAL_APPEAL_OVER", Decimal(1000))
    after = client.get(f"{address}?x=1").content.decode()

    assert "Recurso de reposición, hasta" in before or "reposición" in before
    assert "recurso especial" not in before.lower()
    assert "recurso especial" in after.lower()
    with awards.working(5) as at, pytest.raises(TransitionError, match=r"44\.5"):
        reviews.lodge(letter, text="No.", upload=None, by=owner_of(letter.proposal.organisation), at=at)


def test_days_of_a_later_award_are_its_own():
    challenge = awards.awarded(awards.ranked(("7000.00", "7200.00"), **TWO))
    awards.accepted(challenge)
    with awards.working(30) as at:
        actions.prepare_approval(challenge, by=people.officer(), at=at)
    with awards.working(31) as at:
        actions.approve(challenge, by=people.director(), at=at)

    resolution = Resolution.objects.select_related("challenge").get()
    assert term.of_resolution(resolution).counted_from == date(2026, 5, 21)


# Letters ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ResolutionKind.WAIVED, ResolutionKind.DESISTED])
def test_everybody_whose_proposal_was_opened_is_notified_of_an_end_before_the_lock(kind):
    with clock.travel(awards.SPRING):
        challenge = admitted(with_proposals(("12000.00", "14000.00"), published()))
    with awards.working() as at:
        resolutions.prepare_void(challenge, kind=kind, reason="Cambió la ley.", by=people.officer(), at=at)
    with awards.working(1) as at:
        resolutions.approve_void(challenge, by=people.director(), at=at)

    told = Letter.objects.select_related("proposal__organisation")
    assert [letter.content["end"]["reason"] for letter in told] == ["Cambió la ley."] * 2
    assert set(Proposal.objects.values_list("status", flat=True)) == {ProposalStatus.NOT_SELECTED}
    with awards.working(2) as at:
        letter = told[0]
        assert reviews.lodge(letter, text="No.", upload=None, by=owner_of(letter.proposal.organisation), at=at)


def test_a_later_award_is_told_to_everybody_with_its_reasons():
    challenge = awards.ranked(("7000.00", "7100.00", "7200.00"), points=(5, 4, 4), **TWO)
    awards.awarded(challenge)
    first = Letter.objects.count()
    awards.accepted(challenge)
    with awards.working(4) as at:
        actions.prepare_approval(challenge, by=people.officer(), at=at)
        actions.approve(challenge, by=people.director(), at=at)

    assert (first, Letter.objects.count()) == (3, 6)
    for proposal in Proposal.objects.all():
        assert len(latest(proposal).content["winners"]) == 2
    assert sorted(latest(proposal).outcome for proposal in Proposal.objects.all()) == ["awarded", "awarded", "reserve"]


def test_who_declined_reads_that_it_was_offered_and_declined():
    challenge = awards.ranked()
    declined = awards.proposed(challenge)
    with awards.working(1) as at:
        actions.decline(declined, note="No tenemos equipo.", by=owner_of(declined.proposal.organisation), at=at)
    awards.awarded(challenge)

    letter = latest(declined.proposal)
    assert (letter.outcome, letter.content["offer"]["reason"]) == ("declined", "No tenemos equipo.")
    declined.proposal.refresh_from_db()
    assert declined.proposal.status == ProposalStatus.NOT_SELECTED


def test_reserve_list_ends_where_no_money_is_left(client):
    pilot = awards.running_pilot()
    with awards.working(5) as at:
        officer = people.officer("Otra Oficial")
        assert "Cerrar la lista de reserva" in {str(item.title) for item in office_items(officer, at=at)}
        actions.release_if_settled(pilot.challenge, by=officer, at=at)
        client.force_login(officer)
        page = client.get(reverse("pilots:award", kwargs={"slug": pilot.challenge.slug})).content.decode()
        assert "Cerrar la lista de reserva" in page
        client.post(reverse("pilots:release_rest", kwargs={"slug": pilot.challenge.slug}))
        assert "Cerrar la lista de reserva" not in {str(item.title) for item in office_items(officer, at=at)}
    assert Letter.objects.filter(outcome="lapsed").count() == 1


# Papers and publication -------------------------------------------------------------------------------


def test_accepted_award_keeps_its_ten_days_while_papers_are_missing():
    award = awards.proposed(awards.ranked())
    with awards.working(1) as at:
        actions.accept(award, by=owner_of(award.proposal.organisation), at=at)
    with awards.working(15) as at, pytest.raises(TransitionError, match="5 de mayo"):
        actions.withdraw(award, reason="Sin documentos.", by=people.officer(), at=at)
    with awards.working(16) as at:
        assert actions.withdraw(award, reason="Sin documentos.", by=people.officer(), at=at).status == "withdrawn"


def test_nothing_is_prepared_without_papers_or_with_a_partner_nobody_verified():
    challenge = awards.ranked()
    award = awards.proposed(challenge)
    awards.verify(award.proposal.organisation)
    officer = people.officer()
    with awards.working(1) as at:
        actions.accept(award, by=owner_of(award.proposal.organisation), at=at)
        with pytest.raises(DomainError, match="no ha entregado"):
            actions.prepare_approval(challenge, by=officer, at=at)
        awards.hand_in(award, at=at)
        partner = organisation(name="Socia Ficticia SL")
        with unchecked():
            Partner.objects.create(
                proposal=award.proposal, organisation=partner, status=PartnerStatus.CONFIRMED, invited_at=at,
                invited_by=officer, answered_at=at, answered_by=owner_of(partner), confirmed_version=1,
            )  # fmt: skip
        with pytest.raises(DomainError, match="Socia Ficticia"):
            actions.prepare_approval(challenge, by=officer, at=at)


def test_formal_publication_is_written_once_and_corrected_by_a_later_row(client):
    challenge = awards.awarded()
    resolution, officer = Resolution.objects.select_related("challenge").get(), people.officer()
    known = {"reference": "2026/155", "url": "https://perfil.example/mal", "published_on": date(2026, 4, 24)}
    with awards.working(6) as at:
        letters.record_publication(resolution, **known, by=officer, at=at)
        with pytest.raises(DomainError):
            letters.record_publication(resolution, **known, by=officer, at=at)
        letters.record_publication(resolution, **{**known, "url": "https://perfil.example/bien"}, by=officer, at=at)

    page = client.get(reverse("pilots:resolution", kwargs={"slug": challenge.slug})).content.decode()
    assert FormalPublication.objects.count() == 2
    assert "https://perfil.example/bien" in page
    assert "https://perfil.example/mal" not in page


# Annulment --------------------------------------------------------------------------------------------


def upheld(challenge):
    """A rival's request to review is upheld."""
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").order_by("pk")[0]
    with awards.working(6) as at:
        review = reviews.lodge(letter, text="Otra vez.", upload=None, by=owner_of(letter.proposal.organisation), at=at)
    with awards.working(8) as at:
        reviews.answer(review, outcome="upheld", answer="Es verdad.", by=people.director(), at=at)
    return Award.objects.select_related("resolution__challenge", "proposal").get(status="approved")


def review_of(award):
    """Return the only request to review of its resolution."""
    return ReviewRequest.objects.get(letter__resolution=award.resolution_id)


def test_awards_approved_together_are_each_annulled_for_a_review_of_their_own(client):
    challenge = awards.ranked(("7000.00", "7100.00", "7200.00"), points=(5, 4, 4), **TWO)
    for _ in range(2):
        awards.accepted(challenge)
    with awards.working(3) as at:
        actions.prepare_approval(challenge, by=people.officer(), at=at)
        actions.approve(challenge, by=people.director(), at=at)
    first, second = Award.objects.select_related("resolution__challenge").filter(status="approved").order_by("pk")
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    with awards.working(6) as at:
        asked = reviews.lodge(letter, text="Otra vez.", upload=None, by=owner_of(letter.proposal.organisation), at=at)
        reviews.answer(asked, outcome="upheld", answer="Es verdad.", by=people.director(), at=at)
    for award in (first, second):  # until somebody says which one it brings down, it may be either
        assert annulment_policies.reviews_upheld(award) == [asked]
    officer = people.officer("Otra Oficial")
    client.force_login(officer)
    address = reverse("pilots:annul_award", kwargs={"public_id": second.public_id})
    with awards.working(9) as at:
        page = client.get(address).content.decode()
        assert asked.public_id in page
        assert client.post(address, {"reason": "Se estimó.", "review": "otra"}).status_code == 422
        assert client.post(address, {"reason": "Se estimó.", "review": asked.public_id}).status_code == 302
        waits = annulment_policies.waiting(second)
        assert waits.payload == {"reason": "Se estimó.", "review": asked.public_id}
        with pytest.raises(DomainError):
            annulment.prepare(first, review=asked, reason="También.", by=officer, at=at)
        director = people.director()
        client.force_login(director)
        page = client.get(reverse("pilots:approve_annulment", kwargs={"public_id": second.public_id})).content.decode()
        assert asked.get_absolute_url() in page
        annulment.approve(second, by=director, at=at)
        with pytest.raises(DomainError, match="recurso"):
            annulment.prepare(first, review=asked, reason="También.", by=officer, at=at)
    second.refresh_from_db()
    assert second.annulled_for == asked
    assert Award.objects.get(pk=first.pk).status == "approved"
    with pytest.raises(DatabaseError, match="annulled_for"), transaction.atomic():
        Award.objects.filter(pk=first.pk).update(status="annulled", annulled_for=asked)


@pytest.mark.parametrize("runs", [False, True])
def test_upheld_review_annuls_the_award_by_two_people_and_the_next_is_asked(runs):
    challenge = awards.awarded()
    if runs:
        awards.accept(awards.running_pilot(awards.pilot_of(challenge)), 1)
    both = people.director("Dora Directora")
    both.groups.add(*people.officer().groups.all())
    award = upheld(challenge)
    with awards.working(60) as at:
        with pytest.raises(DomainError):
            annulment.prepare(award, review=review_of(award), reason=" ", by=both, at=at)
        with pytest.raises(PermissionDenied):
            annulment.prepare(award, review=review_of(award), reason="Se estimó.", by=people.auditor(), at=at)
        annulment.prepare(award, review=review_of(award), reason="Se estimó.", by=both, at=at)
        with pytest.raises(DomainError):
            annulment.approve(award, by=both, at=at)
        annulment.approve(award, by=people.director(), at=at)

    award.refresh_from_db()
    commitment = award.commitment
    assert award.status == "annulled"
    assert awards.pilot_of(challenge).status == PilotStatus.TERMINATED
    assert commitment.d == (award.pilot.milestones.get(number=1).amount_gross if runs else 0)
    assert {latest(each).outcome for each in Proposal.objects.all()} == {"annulled", "reserve"}
    assert "Se estimó." in Resolution.objects.get().reason
    assert policies.candidates(challenge)[0] != award.proposal
    if not runs:
        later = awards.pilot_of(awards.awarded(challenge)).award
        assert later != award
        later.approved_at = award.ended_at  # the helper always approves on the same day
        assert annulment_policies.reviews_upheld(award)
        assert not annulment_policies.reviews_upheld(later)


def test_award_stands_without_an_upheld_review_and_when_the_director_returns_it():
    challenge = awards.awarded()
    award = Award.objects.select_related("resolution__challenge").get()
    with awards.working(5) as at, pytest.raises(DomainError):
        annulment.prepare(
            award, review=ReviewRequest(letter=Letter.objects.all()[0]), reason="Porque sí.", by=people.officer(), at=at
        )
    award = upheld(challenge)
    with awards.working(9) as at:
        officer = people.officer()
        annulment.prepare(award, review=review_of(award), reason="Se estimó.", by=officer, at=at)
        annulment.send_back(award, comment="Falta el informe.", by=people.director(), at=at)
        with pytest.raises(TransitionError):
            annulment.approve(award, by=people.director(), at=at)
    award.refresh_from_db()
    assert award.status == "approved"
    assert Notice.objects.filter(kind="award.annulment_returned", recipient=officer).count() == 1


def test_lapsed_reserve_is_called_back_when_the_award_is_annulled():
    pilot = awards.running_pilot()
    with awards.working(5) as at:
        actions.release(pilot.challenge, by=people.officer("Otra Oficial"), at=at)
    award = upheld(pilot.challenge)
    with awards.working(9) as at:
        annulment.prepare(award, review=review_of(award), reason="Se estimó.", by=people.officer(), at=at)
        annulment.approve(award, by=people.director(), at=at)

    pilot.challenge.refresh_from_db()
    assert pilot.challenge.status == Status.PILOTING
    assert [each.status for each in policies.candidates(pilot.challenge)] == [ProposalStatus.RESERVE]
    assert BudgetLine.objects.get(budget_year__year=2026, d__gte=0, a__gt=0).d == 0
