"""A draft read as it would be published, by a link that expires and can be revoked."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from challenges.actions import challenge as actions
from challenges.actions import preview as previews
from challenges.models import PreviewLink
from challenges.views import preview as views
from govtech import clock
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_count() -> None:
    cache.clear()


def link(challenge: Any, days: int = 7) -> str:
    _link, token = previews.make(challenge, days=days, label="Ana", by=challenge.created_by, at=clock.now())
    return f"/vista-previa/{token}/"


def test_whoever_has_the_link_reads_the_call_and_no_comment(client: Client) -> None:
    challenge = factories.submitted_challenge()
    officer = people.officer("Ofelia Oficina")
    actions.send_back(
        challenge, comments=[{"step": "problem", "text": "Comentario reservado"}], by=officer, at=clock.now()
    )

    answer = client.get(link(challenge))
    page = answer.content.decode()

    assert answer.status_code == 200
    for text in (challenge.title, challenge.problem, challenge.outcome, "Ajuste al reto", "14.500"):
        assert text in page
    for hidden in ("Comentario reservado", "Ofelia", challenge.created_by.full_name, challenge.public_id, "None"):
        assert hidden not in page
    assert answer["Cache-Control"] == "no-store, private"
    assert "noindex" in answer["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in page


def test_the_token_is_not_stored_and_a_wrong_one_opens_nothing(client: Client) -> None:
    url = link(factories.draft_challenge())
    token = url.split("/")[2]

    assert len(token) >= 43
    assert token not in str(PreviewLink.objects.values().get())
    assert client.get(f"/vista-previa/{token[:-1]}{'a' if token[-1] != 'a' else 'b'}/").status_code == 404


def test_a_link_closes_when_it_expires_is_revoked_or_the_draft_ends(client: Client) -> None:
    challenge = factories.draft_challenge()
    url = link(challenge)
    with clock.travel(clock.now() + timedelta(days=7, seconds=1)):
        assert client.get(url).status_code == 404
    assert client.get(url).status_code == 200

    mine = Client()
    mine.force_login(challenge.created_by)
    mine.post(f"/mis-retos/{challenge.public_id}/vista-previa/revocar/", {"link": PreviewLink.objects.get().pk})
    assert client.get(url).status_code == 404

    sent = factories.submitted_challenge()
    url = link(sent)
    actions.reject(sent, reason="No.", by=people.officer(), at=clock.now())
    assert client.get(url).status_code == 404


def test_links_are_made_on_the_page_and_shown_once() -> None:
    challenge = factories.draft_challenge()
    mine, url = Client(), f"/mis-retos/{challenge.public_id}/vista-previa/"
    mine.force_login(challenge.created_by)

    made = mine.post(url, {"label": "Servicio jurídico", "days": "3"}).content.decode()
    later = mine.get(url).content.decode()

    assert "/vista-previa/" in made.split('id="new-link"')[1][:200]
    assert 'id="new-link"' not in later
    assert "Servicio jurídico" in later
    assert mine.post(url, {"label": "x", "days": "400"}).status_code == 422


def test_guessing_is_slowed_down(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "MOST", 3)
    url = link(factories.draft_challenge())

    answers = [client.get(url).status_code for _ in range(5)]

    assert answers == [200, 200, 200, 429, 429]


def test_an_empty_draft_has_a_preview_too() -> None:
    challenge = factories.draft_challenge(complete=False)
    mine = Client()
    mine.force_login(challenge.created_by)

    answer = mine.get(f"/mis-retos/{challenge.public_id}/vista-previa/")

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Todavía no está escrito." in page
    assert "Cierre (hora de Madrid)" not in page
    assert [sub for _label, sub, _state in answer.context["timeline"] if sub] == []
