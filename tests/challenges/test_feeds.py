"""Feeds and calendars as strangers' programs read them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from challenges.actions import lifecycle, planned
from challenges.models import Challenge
from govtech import clock
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db

ATOM, CALENDAR = "/retos/feed.atom", "/retos/calendario.ics"


def feed(client: Client, query: str = "", path: str = ATOM) -> Any:
    read = feedparser.parse(client.get(f"{path}{query}").content)
    assert not read.bozo, read.get("bozo_exception")
    return read


def calendar(client: Client, query: str = "", path: str = CALENDAR) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(client.get(f"{path}{query}").content)


def events(client: Client, **kw: Any) -> dict[str, icalendar.Event]:
    found = calendar(client, **kw).walk("VEVENT")
    assert len({str(event["UID"]) for event in found}) == len(found)
    return {str(event["UID"]): event for event in found}


def extended(challenge: Challenge, days: int = 7) -> datetime:
    zone = factories.ZoneInfo("Europe/Madrid")
    day = factories.workday(clock.local_date(challenge.closes_at), days)
    closes_at = datetime.combine(day, challenge.closes_at.astimezone(zone).time(), tzinfo=zone)
    lifecycle.extend(challenge, closes_at=closes_at, reason="Más tiempo.", by=people.officer(), at=clock.now())
    return closes_at


def cancelled(challenge: Challenge) -> None:
    with factories.unfunded():
        lifecycle.cancel(challenge, reason="Ya no hace falta.", by=people.director(), at=clock.now())


# Calendars ----------------------------------------------------------------------------------------------


def test_a_calendar_has_the_three_dates_of_each_challenge_in_the_citys_time(client: Client) -> None:
    challenge = factories.published_challenge(summary="Con coma, punto; y\nsalto.")

    read = calendar(client)
    own = events(client)

    assert set(own) == {f"{challenge.public_id}{end}@testserver" for end in ("-opening", "-questions", "")}
    closing = own[f"{challenge.public_id}@testserver"]
    assert closing.decoded("DTEND") == challenge.closes_at.replace(microsecond=0)
    assert closing["DTEND"].params["TZID"] == "Europe/Madrid"
    assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["Europe/Madrid"]
    assert str(closing["DESCRIPTION"]) == "Con coma, punto; y\nsalto."
    opening = own[f"{challenge.public_id}-opening@testserver"]
    assert opening.decoded("DTSTART") == challenge.opens_at.replace(microsecond=0)
    assert {int(event["SEQUENCE"]) for event in own.values()} == {0}


@pytest.mark.parametrize("path", [CALENDAR, "own"])
def test_a_longer_deadline_is_an_update_of_the_same_event(client: Client, path: str) -> None:
    challenge = factories.open_challenge()
    path = reverse("challenges:deadline", args=[challenge.slug]) if path == "own" else path
    before = events(client, path=path)

    closes_at = extended(challenge)

    after = events(client, path=path)
    assert set(after) == set(before)
    uid = f"{challenge.public_id}@testserver"
    assert int(after[uid]["SEQUENCE"]) > int(before[uid]["SEQUENCE"])
    assert after[uid].decoded("DTEND") == closes_at.replace(microsecond=0)
    assert str(after[uid]["STATUS"]) == "CONFIRMED"


def test_a_cancelled_call_stays_as_cancelled_everywhere(client: Client) -> None:
    challenge = factories.open_challenge()
    before = events(client)
    cancelled(challenge)

    after = events(client)
    assert set(after) == set(before)
    assert {str(event["STATUS"]) for event in after.values()} == {"CANCELLED"}
    assert all(int(after[uid]["SEQUENCE"]) > int(before[uid]["SEQUENCE"]) for uid in after)
    assert not any(event.walk("VALARM") for event in after.values())
    [entry] = feed(client).entries
    assert entry.title.startswith("Cancelado: ")
    assert "cancelled" in {each.term for each in entry.tags}


def test_a_calendar_of_a_search_has_what_the_search_finds(client: Client) -> None:
    wanted = factories.open_challenge(title="Fugas en la red de riego")
    factories.open_challenge(title="Ruido de las terrazas")

    assert {uid.split("@")[0].split("-")[0] for uid in events(client, query="?q=riego")} == {wanted.public_id}
    assert events(client, query="?q=nadalotiene") == {}


# Atom ----------------------------------------------------------------------------------------------------


def test_a_feed_names_each_challenge_for_ever_and_says_when_it_changed(client: Client) -> None:
    challenge = factories.open_challenge(title="Fugas en la red de riego", title_en="Leaks in the irrigation network")
    challenge.refresh_from_db()

    english, spanish = feed(client, path="/en/challenges/feed.atom"), feed(client)

    [entry], [twin] = spanish.entries, english.entries
    assert entry.id == twin.id == f"tag:testserver,2026:challenge:{challenge.public_id}"
    assert (entry.title, twin.title) == ("Fugas en la red de riego", "Leaks in the irrigation network")
    assert (entry.link, twin.link) == (
        f"http://testserver/retos/{challenge.slug}/",
        f"http://testserver/en/challenges/{challenge.slug}/",
    )
    assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == challenge.publish_at.replace(microsecond=0)
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == challenge.publish_at.replace(microsecond=0)
    assert spanish.feed.updated == entry.updated
    assert spanish.feed.language == "es"


def test_a_longer_deadline_updates_the_entry_and_brings_it_to_the_top(client: Client) -> None:
    at = clock.now()
    with clock.travel(at - timedelta(days=2)):
        older = factories.open_challenge()
    factories.open_challenge()
    before = {entry.id: entry.updated_parsed for entry in feed(client).entries}

    extended(older)

    after = feed(client).entries
    assert {entry.id for entry in after} == set(before)
    assert after[0].id.endswith(older.public_id)
    assert after[0].updated_parsed > before[after[0].id]


@pytest.mark.parametrize("change", ["corrected", "status"])
def test_each_change_of_a_public_call_counts_one_up(change: str) -> None:
    challenge = factories.open_challenge()
    challenge.refresh_from_db()
    assert (challenge.revision, challenge.changed_at) == (0, challenge.publish_at)

    if change == "corrected":
        lifecycle.correct(
            challenge, field="place", new_text="Otro.", reason="Error.", by=people.officer(), at=clock.now()
        )
    else:
        cancelled(challenge)

    challenge.refresh_from_db()
    assert challenge.revision == 1
    assert challenge.changed_at > challenge.publish_at
    Challenge.objects.filter(pk=challenge.pk).update(title=challenge.title)
    challenge.refresh_from_db()
    assert challenge.revision == 1


def test_nothing_that_is_not_public_is_in_a_feed(client: Client) -> None:
    factories.draft_challenge()
    factories.published_challenge(publish_at=clock.now() + timedelta(hours=5))
    client.force_login(people.officer())

    assert feed(client).entries == []
    assert events(client) == {}


def test_a_long_feed_comes_in_pages_of_fifty_at_most(client: Client, django_assert_max_num_queries: Any) -> None:
    from tests.copies import copies  # noqa: PLC0415 - needs every app

    copies(factories.open_challenge(), 99)
    for _ in range(12):
        factories.planned_challenge()
    found: list[str] = []
    path, pages = ATOM, 0
    while path:
        with django_assert_max_num_queries(6):
            read = feed(client, path=path)
        pages += 1
        assert len(read.entries) <= 50
        found += [entry.id for entry in read.entries]
        links = {link.rel: link.href for link in read.feed.links}
        assert ("previous" in links) == (pages > 1)
        path = links.get("next", "").removeprefix("http://testserver")

    assert len(found) == len(set(found)) == 112
    assert pages == 3


@pytest.mark.parametrize(
    "page", ["0", "-1", "x", "1001", "²", "99999999999999999999", "00000000199999999999999999999", "9" * 5000, ""]
)
def test_a_page_that_cannot_be_is_not_found(client: Client, page: str) -> None:
    assert client.get(ATOM, {"page": page}).status_code == 404


def test_a_query_that_cannot_be_read_is_left_out(client: Client) -> None:
    factories.open_challenge()
    assert len(feed(client, query="?state=invented&area=none&amount=&sort=x&other=1").entries) == 1
    assert client.get(f"{ATOM}?q=%00").status_code in (200, 400)


@pytest.mark.parametrize("path", [ATOM, CALENDAR])
def test_who_has_the_newest_gets_nothing_and_it_may_be_kept(client: Client, path: str) -> None:
    challenge = factories.open_challenge()
    first = client.get(path)
    assert first["Cache-Control"] == "public, max-age=300"
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get(path, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    assert not first.cookies

    extended(challenge)
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_what_is_announced_is_in_the_feed_and_stays_when_dropped(client: Client) -> None:
    announced = factories.planned_challenge()
    [entry] = feed(client).entries
    assert entry.id == f"tag:testserver,2026:planned:{announced.public_id}"
    assert entry.title.startswith("Previsto: ")
    assert "trimestre" in entry.summary
    assert len(feed(client, query="?area=medio-ambiente-y-energia").entries) == 1
    assert feed(client, query="?area=vivienda").entries == []
    assert feed(client, query="?amount=more").entries == []

    planned.drop(announced, reason="Sin crédito.", by=people.officer(), at=clock.now())

    [entry] = feed(client).entries
    assert entry.title.startswith("Ya no previsto: ")
    assert entry.summary == "Sin crédito."


def test_the_catalogue_leads_to_its_feeds(client: Client) -> None:
    factories.open_challenge()
    html = client.get("/retos/?area=servicios-sociales-y-mayores").content.decode()
    for path in (ATOM, CALENDAR):
        assert f'href="http://testserver{path}?area=servicios-sociales-y-mayores"' in html
