"""What desks, other apps' pages and notices say of organisations and sealed proposals."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse

from challenges.actions import lifecycle
from challenges.models import Challenge
from challenges.notifications import audience
from govtech import clock
from govtech.notifications import kinds
from govtech.notifications.models import Notice
from govtech.shell import registry
from startups.actions import membership as memberships
from startups.actions import proposal as proposals
from startups.desk import dossier as dossier_desk
from startups.desk import organisation as organisation_desk
from startups.desk import proposal as proposal_desk
from startups.models import OrganisationRole
from tests import people
from tests.startups.calls import after, open_call, own_draft
from tests.startups.factories import draft_proposal, member, organisation, owner_of, submitted_proposal, verify

pytestmark = pytest.mark.django_db


def test_a_draft_is_on_the_desks_of_those_who_write_until_the_deadline():
    draft = own_draft()
    editor, reader = member(draft.organisation), member(draft.organisation, OrganisationRole.READER)

    (item,) = proposal_desk.drafts(editor, at=clock.now())

    assert (item.due_at, item.url) == (draft.challenge.closes_at, draft.get_absolute_url())
    assert proposal_desk.drafts(reader, at=clock.now()) == []
    assert proposal_desk.drafts(people.officer(), at=clock.now()) == []
    with after(draft.challenge):
        assert proposal_desk.drafts(editor, at=clock.now()) == []


def test_what_was_handed_in_or_withdrawn_waits_for_nobody():
    company = organisation()
    submitted_proposal(open_call(), company)
    withdrawn = draft_proposal(open_call(), company)
    proposals.withdraw(withdrawn, by=owner_of(company))

    assert proposal_desk.drafts(owner_of(company), at=clock.now()) == []


def test_an_invitation_is_on_the_desk_of_the_invited():
    company, ana = organisation(), people.person(email="ana@example.test")
    memberships.invite(company, email="ANA@example.test", role="editor", by=owner_of(company), at=clock.now())

    (item,) = organisation_desk.invitations(ana, at=clock.now())

    assert company.name in item.title
    assert organisation_desk.invitations(people.person(), at=clock.now()) == []


def test_the_office_is_asked_to_verify_without_learning_who_proposes():
    quiet, proposing = organisation(), organisation()
    submitted_proposal(open_call(), proposing)
    by = people.officer()

    (item,) = dossier_desk.verifications(by, at=clock.now())

    assert item.due_at is None
    assert item.title.startswith("2 ")
    assert not any(each.name in f"{item.title}{item.detail}" for each in (quiet, proposing))
    verify(quiet, by=by)
    assert dossier_desk.verifications(by, at=clock.now())[0].title.startswith("1 ")
    assert dossier_desk.verifications(people.director(), at=clock.now()) == []


def aside(challenge: Challenge, user: object) -> str:
    registry.slots.prepare("challenge.aside", [challenge], user, request=RequestFactory().get("/"))
    return registry.slots.html("challenge.aside", challenge)


def test_the_page_of_a_challenge_offers_each_the_one_thing_to_do(client):
    challenge, company = open_call(), organisation()
    owner = owner_of(company)
    propose = reverse("startups:propose", kwargs={"slug": challenge.slug})

    assert propose in client.get(challenge.get_absolute_url()).content.decode()
    assert propose in aside(challenge, owner)
    draft = draft_proposal(challenge, company)
    assert "Continuar mi propuesta" in aside(challenge, owner)
    proposals.withdraw(draft, by=owner)
    submitted_proposal(challenge, company)
    assert "Ver mi propuesta" in aside(challenge, owner)
    with after(challenge):
        assert "Ver mi propuesta" in aside(challenge, owner)
        assert propose not in aside(challenge, owner_of(organisation()))
        assert "1 propuesta sellada" in aside(challenge, people.officer())
    other = people.delegate(people.department("A03"))
    assert "sellada" not in aside(challenge, other)


def test_who_takes_part_hears_of_every_change_and_the_office_isnt_shown_whom():
    challenge = open_call()
    drafting, handed_in = draft_proposal(challenge, organisation()), submitted_proposal(challenge, organisation())
    gone = draft_proposal(challenge, organisation())
    proposals.withdraw(gone, by=owner_of(gone.organisation))
    taking_part = {owner_of(each.organisation) for each in (drafting, handed_in)}

    assert set(proposal_desk.members_taking_part(challenge)) == taking_part
    assert taking_part <= set(audience.bound(challenge))
    closes_at = challenge.closes_at + timedelta(days=7)
    lifecycle.extend(challenge, closes_at=closes_at, reason="Incidencia técnica", by=people.officer(), at=clock.now())
    told = Notice.objects.filter(kind="challenge.deadline_extended")
    assert {each.pk for each in taking_part} <= set(told.values_list("recipient", flat=True))
    concerning_all = ("challenge.deadline_extended", "challenge.cancelled", "challenge.corrected", "challenge.ended")
    assert not any(kinds.get(kind).shown_to_office for kind in concerning_all)
