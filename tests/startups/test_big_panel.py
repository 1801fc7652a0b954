"""30 proposals, 7 members, 6 criteria and the price: the ranking's page in its number of queries."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from startups.models import ProposalResult, Score
from tests.startups.big_panel import JUDGED, PROPOSALS, VOTING, BigPanel, big_panel

MOST_QUERIES = 24  # of which the session, the person and the notices take the first


@pytest.fixture(scope="module")
def panel(django_db_setup: None, django_db_blocker: Any) -> Iterator[BigPanel]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield big_panel(locked=True)
        transaction.set_rollback(True)


def test_it_is_as_large_as_it_says(panel: BigPanel) -> None:
    assert Score.objects.filter(sheet__proposal__challenge=panel.challenge).count() == PROPOSALS * VOTING * JUDGED
    ranks = ProposalResult.objects.filter(proposal__challenge=panel.challenge, passes=True).values_list("rank")
    assert 5 < len(ranks) < PROPOSALS  # some are below a minimum
    assert sorted(rank for (rank,) in ranks) == list(range(1, len(ranks) + 1))


@pytest.mark.parametrize("person", ["chair", "secretary"])
def test_the_ranking_is_read_in_few_queries(panel: BigPanel, person: str) -> None:
    client = Client()
    client.force_login(getattr(panel, person).user)
    address = reverse("startups:ranking", kwargs={"slug": panel.challenge.slug})
    with override_settings(USERSESSIONS_TRACK_ACTIVITY=False):
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            response = client.get(address)

    assert response.status_code == 200
    assert len(seen) <= MOST_QUERIES, "\n".join(query["sql"][:120] for query in seen)
    assert response.content.decode().count("Empresa Grande") == PROPOSALS
