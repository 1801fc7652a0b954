"""What awards put on the pages of the evaluation: the button to go on, and the winner's advantages."""

import pytest
from django.test import Client
from django.urls import reverse

from startups.models import Proposal
from tests import people
from tests.pilots.awards import awarded, ranked
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db


def page(user, name: str, **kwargs: str) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse(name, kwargs=kwargs))
    assert response.status_code == 200
    return response.content.decode()


def test_ranking_leads_an_officer_to_the_award() -> None:
    challenge = ranked()

    text = page(people.officer(), "startups:ranking", slug=challenge.slug)

    assert reverse("pilots:award", kwargs={"slug": challenge.slug}) in text


def test_whoever_was_not_chosen_reads_who_was_and_why() -> None:
    challenge = awarded()
    loser = Proposal.objects.filter(challenge=challenge).exclude(status="awarded").select_related("organisation").get()
    winner = Proposal.objects.filter(challenge=challenge, status="awarded").select_related("organisation").get()

    text = page(owner_of(loser.organisation), "startups:result", public_id=loser.public_id)

    assert winner.organisation.name in text
    assert winner.awards.get().reason in text


def test_before_the_resolution_nobody_reads_who_wins() -> None:
    challenge = ranked()
    second = Proposal.objects.filter(challenge=challenge).select_related("organisation").order_by("-result__rank")[0]
    first = Proposal.objects.filter(challenge=challenge).select_related("organisation").order_by("result__rank")[0]

    text = page(owner_of(second.organisation), "startups:result", public_id=second.public_id)

    assert first.organisation.name not in text
