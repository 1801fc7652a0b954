"""Papers of an award: what the winner's dossier holds is handed in by itself; verification must hold on the day."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from govtech import clock
from govtech.errors import DomainError
from pilots.actions import award as actions
from pilots.actions import paper as papers
from pilots.models import AwardPaper
from pilots.policies import award as policies
from startups.models import Organisation, PaperKind
from tests.people import director, officer, person
from tests.pilots import awards
from tests.startups.factories import member, owner_of
from tests.startups.test_dossier import declared, paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def award():
    return awards.proposed(awards.ranked())


def test_what_the_dossier_holds_is_handed_in_on_acceptance_and_asked_of_nobody(award, client):
    company = award.proposal.organisation
    with awards.working() as at:
        paper(company, at=at)
        declared(company)
        client.force_login(owner_of(company))
        page = client.get(reverse("pilots:my_award", kwargs={"public_id": award.public_id})).content.decode()
        actions.accept(award, by=owner_of(company), at=at)

    assert "nadie te los vuelve a pedir" in page
    assert f"?kind={PaperKind.SOCIAL_SECURITY}" in page  # what it lacks is
    assert f"?kind={PaperKind.TAX}" not in page
    handed_in = {row.dossier_paper.kind: row for row in AwardPaper.objects.filter(award=award)}
    assert set(handed_in) == {PaperKind.TAX, PaperKind.NOT_BARRED}
    assert handed_in[PaperKind.NOT_BARRED].file is None
    with awards.working() as at:
        assert papers.in_dossier(award, at=at) == []


def test_what_comes_later_to_the_dossier_is_handed_in_with_one_press(award, client):
    company = award.proposal.organisation
    with awards.working() as at:
        actions.accept(award, by=owner_of(company), at=at)
        paper(company, at=at)
        client.force_login(owner_of(company))
        client.post(reverse("pilots:my_award", kwargs={"public_id": award.public_id}), {"answer": "dossier"})
        kinds = {row.dossier_paper.kind for row in AwardPaper.objects.filter(award=award)}
        assert kinds == {PaperKind.NOT_BARRED, PaperKind.TAX}  # accepting is declaring again
        assert papers.add_from_dossier(award, by=member(company), at=at) == []
        for user in (officer(), person(), member(company, "reader")):
            with pytest.raises(PermissionDenied):
                papers.add_from_dossier(award, by=user, at=at)


def test_the_office_opens_a_paper_and_a_declaration_has_no_file(award, client):
    company = award.proposal.organisation
    with awards.working() as at:
        declared(company)
        paper(company, at=at)
        actions.accept(award, by=owner_of(company), at=at)
    client.force_login(officer())

    answers = {
        row.dossier_paper.kind: client.get(reverse("pilots:paper", kwargs={"public_id": row.public_id})).status_code
        for row in AwardPaper.objects.filter(award=award)
    }
    page = client.get(reverse("pilots:award", kwargs={"slug": award.resolution.challenge.slug})).content.decode()

    assert answers == {PaperKind.TAX: 200, PaperKind.NOT_BARRED: 404}
    assert "firmada por Ana Prueba" in page


def test_the_director_reads_a_declaration_that_has_no_file(client):
    challenge = awards.ranked()
    with awards.working():
        declared(policies.candidates(challenge)[0].organisation)
    awards.prepared(challenge)
    client.force_login(director())

    page = client.get(reverse("pilots:approve_award", kwargs={"slug": challenge.slug}))

    assert page.status_code == 200
    assert "firmada por Ana Prueba" in page.content.decode()


def test_a_verification_that_is_over_lets_no_award_through(award):
    company = award.proposal.organisation
    awards.verify(company)
    with awards.working() as at:
        actions.accept(award, by=owner_of(company), at=at)
        awards.hand_in(award, at=at)
        award.refresh_from_db()
        policies.check_ready(award, at=at)
        Organisation.objects.filter(pk=company.pk).update(verified_until=clock.local_date(at) - timedelta(days=1))
        award.proposal.organisation.refresh_from_db()
        with pytest.raises(DomainError):
            policies.check_ready(award, at=at)
