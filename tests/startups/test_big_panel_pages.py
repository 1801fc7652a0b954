"""Thirty proposals, seven members, six criteria: the pages of scoring and consensus, in both languages."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.startups.big_panel import JUDGED, PROPOSALS, BigPanel, big_panel

pytestmark = pytest.mark.django_db
BUDGET = {"scores": 32, "score": 40, "progress": 35, "consensus": 35, "agree": 40, "sessions": 25, "lock": 35}


@pytest.fixture
def big() -> BigPanel:
    return big_panel()


def page_of(big: BigPanel, name: str) -> tuple[Client, str]:
    seat = big.secretary if name in {"sessions", "lock"} else big.chair
    kwargs = {"public_id": big.proposals[0].public_id} if name in {"score", "agree"} else {"slug": big.challenge.slug}
    client = Client()
    client.force_login(seat.user)
    return client, reverse(f"startups:{name}", kwargs=kwargs)


@pytest.mark.parametrize("name", BUDGET)
def test_a_big_panel_stays_within_its_queries_in_both_languages(big, name):
    for language in ("es", "en"):
        with translation.override(language):
            client, address = page_of(big, name)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        assert answer.status_code == 200
        assert len(captured) <= BUDGET[name], len(captured)
        assert f'lang="{language}"' in answer.content.decode()


def test_consensus_shows_every_cell_of_it(big):
    client, address = page_of(big, "consensus")
    text = client.get(address).content.decode()
    assert text.count('class="num apart') == PROPOSALS * JUDGED
    assert all(each.public_id in text for each in big.proposals)
