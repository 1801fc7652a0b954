"""A member of two organisations chooses which one acts: on the desk, when proposing, when asking."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from challenges.models import Question
from govtech import clock
from startups.actions import acting as actions
from startups.actions import consortium as consortia
from startups.actions import membership as memberships
from startups.models import Membership, Proposal, QuestionAsker
from startups.policies import acting as policies
from tests.people import person
from tests.startups.calls import open_call, own_draft
from tests.startups.factories import draft_proposal, member, organisation, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def of_two():
    """Somebody who writes for two organisations, and both."""
    first, second, user = organisation(name="Alfa SL"), organisation(name="Beta SL"), person()
    for company in (first, second):
        member(company, user=user)
    return user, first, second


def choose(company, by):
    return actions.choose(company, by=by, at=clock.now())


def test_the_only_one_acts_and_of_several_none_until_chosen(of_two):
    user, first, second = of_two
    alone = person()
    company = organisation(owner=alone)

    assert policies.acting_for(alone) == company
    assert policies.acting_for(person()) is None
    assert policies.acting_for(user) is None
    choose(second, user)
    assert policies.acting_for(user) == second
    choose(first, user)
    assert policies.acting_for(user) == first
    with pytest.raises(PermissionDenied):
        choose(company, user)


def test_who_is_taken_out_doesnt_act_for_it_any_more(of_two):
    user, first, second = of_two
    choose(first, user)

    memberships.leave(Membership.objects.get(user=user, organisation=first), by=user, at=clock.now())

    assert policies.acting_for(user) == second


def test_the_desk_says_who_acts_and_lets_choose(client, of_two):
    user, first, second = of_two
    client.force_login(user)
    desk = reverse("shell:desk")

    before = client.get(desk).content.decode()
    client.post(reverse("startups:act_for", kwargs={"public_id": second.public_id}), {"desk": "1"})
    after = client.get(desk).content.decode()

    assert "You haven't chosen yet" in before
    assert f"Act for {second.name}" in before
    assert f"Act for {second.name}" not in after
    assert f"Act for {first.name}" in after


def test_the_desk_shows_first_what_waits_at_the_one_chosen_and_hides_nothing(client, of_two):
    user, first, second = of_two
    challenge = open_call()
    drafts = {each: draft_proposal(challenge, each) for each in (first, second)}
    client.force_login(user)
    unchosen = client.get(reverse("shell:desk"))
    choose(second, user)
    page = client.get(reverse("shell:desk"))

    assert len(unchosen.context["own"]) == 2
    assert unchosen.context["others"] == []
    assert all(unchosen.content.decode().count(f"· {each.name}<") == 1 for each in (first, second))
    assert [item.url for item in page.context["own"]] == [drafts[second].get_absolute_url()]
    [(name, [waiting])] = page.context["others"]
    assert (name, waiting.url) == (first.name, drafts[first].get_absolute_url())
    text = page.content.decode()
    assert text.index(f"Waiting for you at {second.name}") < text.index(f"At {first.name}</h2>")


def test_the_desk_says_what_a_partner_writes_under_the_partners_name(client, of_two):
    user, first, second = of_two
    proposal = own_draft()
    terms = {"country": "ES", "tax_id": first.tax_id, "label": "Alfa", "role": "Mide", "share": Decimal(20)}
    partner = consortia.invite(proposal, **terms, by=owner_of(proposal.organisation), at=clock.now())
    consortia.confirm(partner, first, version=1, by=owner_of(first), at=clock.now())
    choose(second, user)
    client.force_login(user)

    page = client.get(reverse("shell:desk"))

    assert [(name, [item.url for item in items]) for name, items in page.context["others"]] == [
        (first.name, [proposal.get_absolute_url()])
    ]
    assert page.context["own"] == []


def test_the_desk_of_who_belongs_to_one_asks_nothing(client):
    client.force_login(organisation().created_by)

    assert "You act for" not in client.get(reverse("shell:desk")).content.decode()


def test_proposing_offers_the_one_chosen_and_takes_the_one_sent(client, of_two):
    user, first, second = of_two
    challenge = open_call()
    client.force_login(user)
    url = reverse("startups:propose", kwargs={"slug": challenge.slug})

    assert client.get(url).context["form"].initial == {}
    choose(second, user)
    assert client.get(url).context["form"].initial == {"organisation": second.public_id}
    client.post(url, {})
    assert not Proposal.objects.exists()
    client.post(url, {"organisation": first.public_id})
    assert Proposal.objects.get().organisation == first
    page = client.get(challenge.get_absolute_url()).content.decode()
    assert f"It is of {first.name}." in page
    assert url in page  # the other may propose, too


def test_asking_says_for_which_one(client, of_two):
    user, _first, second = of_two
    challenge = open_call()
    client.force_login(user)
    url = reverse("challenges:ask", kwargs={"slug": challenge.slug})
    question = {"text": "¿Hay suministro eléctrico en las arquetas?"}

    unsaid = client.post(url, question)
    stranger = client.post(url, question | {"acting": organisation().public_id})
    client.post(url, question | {"acting": second.public_id})

    assert (unsaid.status_code, stranger.status_code) == (422, 422)
    assert QuestionAsker.objects.get(question=Question.objects.get()).organisation == second
    mine = client.get(reverse("challenges:questions", kwargs={"slug": challenge.slug})).content.decode()
    assert "Asked for Beta SL." in mine


def test_asking_for_the_only_one_asks_nothing_more_and_nobody_else_reads_it(client):
    company = organisation(name="Única Ficticia SL")
    challenge = open_call()
    client.force_login(company.created_by)
    url = reverse("challenges:questions", kwargs={"slug": challenge.slug})

    assert "acting" not in client.get(url).context["form"].fields
    client.post(reverse("challenges:ask", kwargs={"slug": challenge.slug}), {"text": "¿Hay planos?"})

    assert QuestionAsker.objects.get().organisation == company
    client.force_login(person())
    assert company.name not in client.get(url).content.decode()
