"""Thirty proposals, seven members, six criteria: the pages of scoring and consensus, in both languages."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from challenges.models import Criterion
from govtech import clock
from startups.models import AgreedScore, Attendance, PanelQuestion, PanelSession
from tests.copies import unchecked
from tests.startups.big_panel import JUDGED, PROPOSALS, REASON, BigPanel, big_panel

pytestmark = pytest.mark.django_db
BUDGET = {
    "scores": 32, "score": 40, "progress": 35, "consensus": 35, "agree": 40, "sessions": 25, "lock": 35, "reasons": 45,
    "panel_questions": 25, "panel": 35,
}  # fmt: skip
OF_SECRETARY = {"sessions", "lock", "reasons", "panel_questions", "panel"}
OF_ONE = {"score", "agree", "reasons"}
LEVELS = [f"Lo que se pide para {number}" for number in range(6)]


@pytest.fixture
def big() -> BigPanel:
    return big_panel()


def page_of(big: BigPanel, name: str) -> tuple[Client, str]:
    seat = big.secretary if name in OF_SECRETARY else big.chair
    kwargs = {"public_id": big.proposals[0].public_id} if name in OF_ONE else {"slug": big.challenge.slug}
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


def test_thirty_proposals_and_seven_members_ask_as_much_as_three_and_two():
    counted = {}
    for made in (big_panel(proposals=3, voting=2), big_panel()):
        for name in BUDGET:
            client, address = page_of(made, name)
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counted.setdefault(name, []).append(len(captured))
    assert {name: (few, many) for name, (few, many) in counted.items() if many > few} == {}


def test_consensus_shows_every_cell_of_it(big):
    client, address = page_of(big, "consensus")
    text = client.get(address).content.decode()
    assert text.count('class="num apart') == PROPOSALS * JUDGED
    assert all(each.public_id in text for each in big.proposals)


def test_sessions_questions_and_agreed_scores_cost_no_more_when_there_are_many(big):
    at, secretary = clock.now(), big.secretary.user
    asked = {}

    def more(number: int) -> None:
        with unchecked():
            held = PanelSession.objects.bulk_create(
                PanelSession(
                    challenge=big.challenge, number=PanelSession.objects.count() + each + 1, held_at=at, mode="remote",
                    agenda=f"Sesión larga {each}", recorded_at=at, recorded_by=secretary,
                )
                for each in range(number)
            )  # fmt: skip
            Attendance.objects.bulk_create(
                Attendance(session=one, member=member, role=member.role, is_present=True)
                for one in held
                for member in [*big.voting, big.secretary]
            )
            rows = list(zip(big.proposals, held, strict=False))
            AgreedScore.objects.bulk_create(
                AgreedScore(
                    proposal=proposal, criterion=big.criteria[0], session=one, points=3, reason=REASON, made_at=at,
                    made_by=secretary,
                )
                for proposal, one in rows
            )  # fmt: skip
            PanelQuestion.objects.bulk_create(
                PanelQuestion(proposal=proposal, member=big.chair, text="¿Cuánto cuesta?", asked_at=at)
                for proposal, _one in rows
            )

    for number in (1, PROPOSALS - 1):
        more(number)
        for name in ("sessions", "consensus", "agree", "lock", "panel_questions"):
            client, address = page_of(big, name)
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            assert len(captured) <= asked.setdefault(name, len(captured)), name
            assert len(captured) <= BUDGET[name], name


def test_the_sheet_says_what_each_level_means_where_the_call_states_it():
    big = big_panel(proposals=3, voting=2, handed_in=0)
    first = big.criteria[0]
    with unchecked():
        Criterion.objects.filter(pk=first.pk).update(anchors="\n".join(LEVELS))
    client, address = page_of(big, "score")

    page = client.get(address).content.decode()
    (shown,) = re.findall(r'<ol start="0"[^>]*>(.*?)</ol>', page, flags=re.S)  # from 0, and of that criterion alone
    assert re.findall(r"<li>(.*?)</li>", shown) == LEVELS
    before = page.partition(shown)[0]
    assert before.rindex(first.name) > max((before.rfind(each.name) for each in big.criteria[1:]), default=-1)
