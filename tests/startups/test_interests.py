"""Who belongs to an organisation that takes part has no other part in that call, whatever else they are."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from govtech.errors import DomainError
from startups.actions import admission, evaluation
from startups.actions import panel as panels
from startups.actions import proposal as proposals
from startups.models import OrganisationRole, PanelRole, Proposal, ProposalStatus
from tests import people
from tests.startups.evaluations import (
    clear,
    evaluation_of,
    later,
    opened,
    proposals_of,
    scored,
    sheet,
    with_proposals,
)
from tests.startups.factories import member, organisation, owner_of

pytestmark = pytest.mark.django_db


def joins(user: User, proposal: Proposal) -> User:
    """Make the person a member of the organisation whose proposal it is."""
    return member(proposal.organisation, OrganisationRole.OWNER, user)


def seen(user: User, challenge: Challenge) -> list[Proposal]:
    """Return the opened proposals the person sees."""
    return list(Proposal.objects.visible_to(user).filter(challenge=challenge).order_by("pk"))


@pytest.mark.parametrize("make", [people.officer, people.director, people.auditor])
def test_staff_that_belongs_to_one_organisation_sees_no_rival(make):
    challenge = opened(prices=["9000.00", "8000.00"])
    own, rival = proposals_of(challenge)
    user = make()
    assert seen(user, challenge) == [own, rival]

    joins(user, own)

    assert seen(user, challenge) == [own]


def test_a_draft_never_handed_in_shuts_nobody_out():
    challenge = with_proposals(["9000.00"])
    officer, entity = people.officer(), organisation()
    member(entity, OrganisationRole.EDITOR, officer)
    with clock.travel(challenge.opens_at + timedelta(hours=1)):
        proposals.start(challenge, entity, by=owner_of(entity), at=clock.now())
    challenge = opened(challenge)

    assert seen(officer, challenge)[0] == proposals_of(challenge).get()


def test_an_officer_decides_nothing_where_their_organisation_takes_part():
    challenge = opened(prices=["9000.00", "8000.00"])
    own, rival = proposals_of(challenge)
    officer = joins(people.officer(), own)
    with clock.travel(later(challenge, 1)):
        for proposal in (own, rival):
            with pytest.raises(PermissionDenied):
                admission.admit(proposal, by=officer, at=clock.now())

    assert set(proposals_of(challenge).values_list("status", flat=True)) == {ProposalStatus.SUBMITTED}


def test_naming_somebody_doesnt_tell_that_their_organisation_has_a_draft():
    challenge = with_proposals(["9000.00"])
    entity = organisation()
    person = owner_of(entity)
    with clock.travel(challenge.opens_at + timedelta(hours=1)):
        proposals.start(challenge, entity, by=person, at=clock.now())
    challenge = opened(challenge)
    rival = owner_of(proposals_of(challenge).get().organisation)

    with clock.travel(later(challenge, 1)):
        panels.name_member(challenge, person, role=PanelRole.MEMBER, by=people.officer(), at=clock.now())
        with pytest.raises(DomainError):
            panels.name_member(challenge, rival, role=PanelRole.MEMBER, by=people.officer(), at=clock.now())


def test_somebody_named_after_a_confirmation_takes_it_back():
    challenge, found = scored(prices=["9000.00", "8000.00"])
    with clock.travel(later(challenge, 4)):
        evaluation.lock(challenge, by=found.chair.user, at=clock.now())
        new = panels.name_member(challenge, people.person(), role=PanelRole.MEMBER, by=people.officer(), at=clock.now())
        assert evaluation_of(challenge).locked_by_chair is None

        clear(new)
        for proposal in proposals_of(challenge):
            sheet(new, proposal, 4)
        evaluation.lock(challenge, by=found.secretary.user, at=clock.now())

    assert evaluation_of(challenge).locked_at is None


def test_who_declared_a_conflict_on_the_challenge_isnt_named_again():
    challenge = opened(prices=["9000.00"])
    officer, person = people.officer(), people.person()
    with clock.travel(later(challenge, 1)):
        at = clock.now()
        member = panels.name_member(challenge, person, role=PanelRole.MEMBER, by=officer, at=at)
        panels.declare(member, has_conflict=True, text="Trabajé en la entidad.", by=person, at=at)

        with pytest.raises(DomainError) as refusal:
            panels.name_member(challenge, person, role=PanelRole.MEMBER, by=officer, at=at)

    assert refusal.value.field == "email"
