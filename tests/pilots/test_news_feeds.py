"""News for other sites, as strangers' programs read it: new challenges, results, decisions, sessions."""

import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from challenges.models import Challenge
from govtech import clock
from govtech.shell import registry
from pilots.feeds import news
from pilots.models import Pilot, Resolution
from tests.challenges import factories
from tests.copies import copies
from tests.pilots import awards, calls, money

pytestmark = pytest.mark.django_db


def answer(feed: str, form: str = "atom", query: str = "", language: str = "es", **kw: Any) -> Any:
    with clock.travel(calls.LAST), translation.override(language):
        return Client().get(reverse(f"pilots:feed_{form}", kwargs={"feed": feed}) + query, **kw)


def atom(feed: str, **kw: Any) -> Any:
    found = feedparser.parse(answer(feed, **kw).content)
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("feed", ["challenges", "results", "decisions", "news", "sessions"])
def test_all_three_forms_say_the_same_and_are_well_formed(feed: str) -> None:
    calls.decided()
    read = atom(feed)
    data = json.loads(answer(feed, "json").content)
    piece = answer(feed, "html").content.decode()

    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert [each.id for each in read.entries] == [each["id"] for each in data["items"]]
    assert [each.link for each in read.entries] == [each["url"] for each in data["items"]]
    for each in read.entries:
        assert each.link in piece
        assert Client().get(each.link.removeprefix("http://testserver")).status_code == 200
    assert ("govtech-novedades__vacio" in piece) == (not read.entries)
    assert feed in {each.key for each in registry.feeds}


def test_a_result_names_the_winner_and_a_call_without_award_says_why() -> None:
    given = calls.awarded_openly()
    void = calls.ended("waived")()

    read = {each.link.split("/")[-3]: each for each in atom("results").entries}

    assert read[given.slug].title.startswith(f"Adjudicado: {given.reference}")
    assert "Empresa Ficticia" in read[given.slug].summary
    assert "14.520 €" in read[given.slug].summary.replace("\xa0", " ")
    assert read[void.slug].title.startswith("Sin adjudicar")
    assert read[void.slug].summary == "Por esto."


def test_a_winner_who_gave_up_is_no_longer_named_as_one() -> None:
    challenge = calls.refused()
    winner = Resolution.objects.get(challenge=challenge).awards.get().proposal.organisation.name

    [entry] = atom("results").entries

    assert winner not in entry.summary
    assert entry.updated_parsed > entry.published_parsed


def test_a_decision_says_what_and_why() -> None:
    challenge = calls.decided()
    pilot = Pilot.objects.get(challenge=challenge)

    [entry] = atom("decisions").entries

    assert pilot.reference in entry.title
    assert entry.title.startswith("Escalar")
    assert entry.summary == "Funciona."
    assert entry.id == f"tag:testserver,2026:pilot:{pilot.public_id}"


def test_only_what_is_public_is_told() -> None:
    with clock.travel(calls.LAST - timedelta(hours=1)):
        factories.draft_challenge(title="Zarzamora en borrador")
        factories.published_challenge(title="Zarzamora para luego", publish_at=calls.LAST + timedelta(minutes=5))
    awards.prepared()  # a resolution waits for the director
    awards.running_pilot()

    for feed in ("challenges", "results", "decisions", "sessions"):
        for form in ("atom", "json", "html"):
            assert "Zarzamora" not in answer(feed, form).content.decode()
    assert len(atom("results").entries) == 1
    assert atom("decisions").entries == []


def test_what_hasnt_changed_is_not_sent_again_and_any_site_may_read_it() -> None:
    calls.decided()
    for form in ("atom", "json", "html"):
        first = answer("results", form)
        again = answer("results", form, headers={"If-None-Match": first["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert first["Access-Control-Allow-Origin"] == "*"


def test_a_piece_has_as_many_entries_as_asked_for_and_there_is_no_other_feed(monkeypatch: Any) -> None:
    with clock.travel(calls.LAST - timedelta(hours=1)):
        copies(money.published(), 7)

    def count(query: str) -> int:
        return answer("challenges", "html", query).content.decode().count('class="govtech-novedad"')

    assert [count(""), count("?limit=2"), count("?limit=0"), count("?limit=x"), count("?limit=999")] == [5, 2, 1, 5, 8]
    monkeypatch.setattr(news, "MOST", 3)
    assert len(atom("challenges").entries) == 3
    assert answer("people").status_code == 404


def test_the_english_feed_is_in_english() -> None:
    challenge = calls.decided()
    Challenge.objects.filter(pk=challenge.pk).update(title_en="Hear the pipes")

    assert "Hear the pipes" in atom("challenges", language="en").entries[0].title
    assert "/en/challenges/" in atom("challenges", language="en").entries[0].link


@pytest.mark.parametrize("feed", ["challenges", "results", "decisions", "news", "sessions"])
def test_a_feed_takes_few_queries(feed: str, django_assert_max_num_queries: Any) -> None:
    calls.decided()
    calls.awarded_openly()

    with django_assert_max_num_queries(8):
        answer(feed)
