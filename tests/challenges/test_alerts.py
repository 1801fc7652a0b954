"""Alerts: who hears of what, once each; saved searches; mail when it is due."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from challenges.actions import alert as actions
from challenges.actions import lifecycle
from challenges.actions.follow import follow
from challenges.calculations.due import due_at
from challenges.filters.saved import Searches
from challenges.models import Follow, Frequency, News, NewsEvent, SavedSearch
from challenges.policies.alert import MOST
from challenges.tasks.news import match_news
from govtech import clock
from govtech.errors import DomainError
from govtech.notifications import digests
from govtech.notifications.mails import NothingToSay, message_of
from govtech.notifications.models import Notice, OutgoingEmail
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db

MADRID = ZoneInfo("Europe/Madrid")
AREA = "servicios-sociales-y-mayores"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def area(slug: str = AREA) -> Any:
    return factories.PolicyArea.objects.get(slug=slug)


def search(user: Any, query: str = f"area={AREA}", frequency: str = "at_once", **kw: Any) -> SavedSearch:
    values = {"name": f"Mi búsqueda {query}", "with_changes": True, **kw}
    return actions.save_search(query=query, frequency=frequency, by=user, at=clock.now(), **values)


def follows(thing: Any, frequency: str = "at_once", user: Any = None) -> Any:
    user = user or people.person()
    made = follow(thing, by=user, at=clock.now())
    actions.set_frequency(made, frequency=frequency, by=user, at=clock.now())
    return user


def told(user: Any) -> list[str]:
    """Return the kinds of what a person was told, in order."""
    return list(Notice.objects.filter(recipient=user).order_by("created_at", "pk").values_list("kind", flat=True))


def mails(user: Any) -> list[Any]:
    """Return a person's mails as they were when they were written."""
    found = []
    for email in OutgoingEmail.objects.filter(recipient=user).order_by("pk"):
        with clock.travel(max(email.created_at, clock.now())):
            found.append(message_of(email))
    return found


def gather() -> int:
    return digests.gather(at=clock.now())


# When -------------------------------------------------------------------------------------------------


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MADRID)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("frequency", "found", "due"),
    [
        ("at_once", local(2026, 5, 4, 3), local(2026, 5, 4, 3)),
        ("inbox", local(2026, 5, 4, 3), None),
        ("daily", local(2026, 5, 4, 7, 59), local(2026, 5, 4, 8)),
        ("daily", local(2026, 5, 4, 8), local(2026, 5, 4, 8)),
        ("daily", local(2026, 5, 4, 8, 1), local(2026, 5, 5, 8)),
        ("weekly", local(2026, 5, 4, 7), local(2026, 5, 4, 8)),  # a Monday
        ("weekly", local(2026, 5, 4, 9), local(2026, 5, 11, 8)),
        ("weekly", local(2026, 5, 10, 23), local(2026, 5, 11, 8)),
        # the nights on which the clock is put forward and back
        ("daily", local(2026, 3, 28, 12), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        ("daily", local(2026, 3, 27, 12), datetime(2026, 3, 28, 7, tzinfo=UTC)),
        ("daily", local(2026, 10, 24, 12), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("daily", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("daily", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("weekly", local(2026, 3, 28, 12), datetime(2026, 3, 30, 6, tzinfo=UTC)),
    ],
)
def test_mail_is_due_by_the_citys_clock(frequency: str, found: datetime, due: datetime | None) -> None:
    assert due_at(frequency, found, zone=MADRID) == due


# Who hears of what -------------------------------------------------------------------------------------


def test_a_challenge_that_becomes_public_by_itself_is_told_once_to_who_asked_before() -> None:
    at = clock.now()
    follower, saver, elsewhere, late = follows(area()), people.person(), follows(area("vivienda")), people.person()
    search(saver, "q=soledad")
    search(saver, "department=D06", name="Tetuán")
    factories.published_challenge(publish_at=at + 5 * HOUR, opens_at=at + 5 * HOUR)

    with clock.travel(at + 4 * HOUR):
        gather()
        assert not Notice.objects.exclude(kind__in=["challenge.submitted", "challenge.approved"]).exists()
    with clock.travel(at + 6 * HOUR):
        search(late)
        for _again in range(3):
            gather()
    assert told(follower) == told(saver) == ["challenge.published"]
    assert told(elsewhere) == told(late) == []
    [mail] = mails(saver)
    assert "Por tu alerta «Mi búsqueda q=soledad»." in mail.body
    assert "Por tu alerta «Tetuán»." in mail.body


def test_a_worker_that_slept_for_months_leaves_no_gap() -> None:
    at = clock.now()
    user = follows(area(), "daily")
    factories.published_challenge(publish_at=at + HOUR, opens_at=at + HOUR)

    with clock.travel(at + timedelta(days=200)):
        assert gather() == 1
    assert told(user) == ["challenge.published"]


@pytest.mark.parametrize(
    ("event", "follower", "chose_changes", "chose_none"),
    [
        ("corrected", True, True, False),
        ("extended", True, True, False),
        ("cancelled", True, True, False),
    ],
)
def test_changes_are_told_to_followers_and_to_alerts_that_want_them(
    event: str, follower: bool, chose_changes: bool, chose_none: bool
) -> None:
    with_changes, without = people.person(), people.person()
    search(with_changes)
    search(without, with_changes=False)
    challenge = factories.open_challenge()
    gather()
    own = follows(challenge)
    change(challenge, event)
    gather()

    kind = {"extended": "challenge.deadline_extended"}.get(event, f"challenge.{event}")
    assert (kind in told(own), kind in told(with_changes), kind in told(without)) == (
        follower,
        chose_changes,
        chose_none,
    )


def change(challenge: Any, event: str) -> None:
    office, at = people.officer(), clock.now()
    if event == "corrected":
        lifecycle.correct(challenge, field="place", new_text="Otro barrio.", reason="Error.", by=office, at=at)
    elif event == "extended":
        day = factories.workday(clock.local_date(challenge.closes_at), 7)
        closes_at = datetime.combine(day, challenge.closes_at.astimezone(MADRID).time(), tzinfo=MADRID)
        lifecycle.extend(challenge, closes_at=closes_at, reason="Más tiempo.", by=office, at=at)
    else:
        with factories.unfunded():
            lifecycle.cancel(challenge, reason="Ya no hace falta.", by=people.director(), at=at)


def test_the_end_of_a_call_one_never_heard_of_is_not_told() -> None:
    challenge = factories.open_challenge()
    gather()
    late = follows(area())
    change(challenge, "cancelled")
    gather()

    assert told(late) == []


def test_who_must_know_is_told_at_once_and_once_though_they_follow_once_a_week() -> None:
    delegate = people.delegate()
    challenge = factories.open_challenge(by=people.director())
    follows(challenge, "weekly", delegate)
    change(challenge, "extended")
    for _again in range(2):
        gather()

    rows = Notice.objects.filter(recipient=delegate, kind="challenge.deadline_extended")
    assert [(row.sources, row.mail_at, row.email is None) for row in rows] == [([], None, False)]


def test_a_followed_call_that_was_to_come_is_told_when_it_opens() -> None:
    at = clock.now()
    challenge = factories.published_challenge(publish_at=at)
    gather()
    user, wide, wants_open = follows(challenge), follows(area()), people.person()
    search(wants_open, f"state=open&area={AREA}")
    with clock.travel(challenge.opens_at + HOUR):
        for _again in range(2):
            gather()

    assert told(user) == told(wants_open) == ["challenge.opened"]
    assert told(wide) == []


def test_a_search_of_open_calls_hears_of_a_call_at_its_publication_or_its_opening_and_not_twice() -> None:
    at = clock.now()
    both, only_open = people.person(), people.person()
    search(both, f"area={AREA}")
    search(both, f"state=open&area={AREA}", name="Abiertos")
    search(only_open, f"state=open&area={AREA}")
    challenge = factories.published_challenge(publish_at=at)
    gather()
    assert (told(both), told(only_open)) == (["challenge.published"], [])
    with clock.travel(challenge.opens_at + HOUR):
        gather()

    assert (told(both), told(only_open)) == (["challenge.published"], ["challenge.opened"])


@pytest.mark.parametrize("event", ["cancelled", "hidden"])
def test_what_was_called_off_before_the_digest_is_not_mailed(event: str) -> None:
    user = follows(area(), "weekly")
    challenge = factories.open_challenge()
    gather()
    assert told(user) == ["challenge.published"]
    if event == "cancelled":
        change(challenge, "cancelled")
    else:
        with factories.unfunded():
            later = clock.now() + 100 * DAY
            dates = dict.fromkeys(("publish_at", "opens_at", "questions_close_at", "answers_due_at"), later)
            type(challenge).objects.filter(pk=challenge.pk).update(**dates, closes_at=later + DAY)
    with clock.travel(clock.now() + 8 * DAY):
        gather()

    assert all("Nuevo reto" not in mail.subject and "Nuevo reto" not in mail.body for mail in mails(user))


def test_a_call_called_off_before_it_opens_is_never_told_as_open() -> None:
    user = people.person()
    challenge = factories.published_challenge()
    follows(challenge, user=user)
    gather()
    change(challenge, "cancelled")
    with clock.travel(challenge.opens_at + HOUR):
        gather()

    assert told(user) == ["challenge.cancelled"]
    assert not News.objects.filter(matched_at=None).exists()


@pytest.mark.parametrize("event", ["corrected", "cancelled"])
def test_a_search_for_a_state_hears_the_rest_of_what_it_found_whatever_its_state_is(event: str) -> None:
    upcoming, only_open, never = people.person(), people.person(), people.person()
    search(upcoming, f"state=upcoming&area={AREA}")
    search(only_open, f"state=open&area={AREA}")
    search(never, "state=open&area=vivienda")
    challenge = factories.published_challenge()
    gather()
    with clock.travel(challenge.opens_at + HOUR):
        gather()
        change(challenge, event)
        gather()

    assert told(upcoming) == ["challenge.published", f"challenge.{event}"]
    assert told(only_open) == ["challenge.opened", f"challenge.{event}"]
    assert told(never) == []


def test_a_search_for_open_calls_hears_nothing_of_one_it_never_told_about() -> None:
    user = people.person()
    search(user, f"state=open&area={AREA}")
    challenge = factories.published_challenge()
    gather()
    for event in ("corrected", "cancelled"):
        change(challenge, event)
        gather()

    assert told(user) == []


def test_news_that_cannot_be_told_keeps_no_other_back_and_is_tried_again(caplog: Any) -> None:
    bad, good, user = factories.open_challenge(), factories.open_challenge(), people.person()
    for challenge in (bad, good):
        follows(challenge, user=user)
    gather()
    news = News.objects.create(
        challenge=bad, event=NewsEvent.CORRECTED, number=99, params={}, happened_at=clock.now() + HOUR
    )
    at = clock.now() + 2 * HOUR
    with clock.travel(at):
        change(good, "cancelled")
        gather()
        gather()
    assert told(user) == ["challenge.cancelled"]
    assert "was not told" in caplog.text
    news.refresh_from_db()
    assert (news.matched_at, news.failures, news.retry_at) == (None, 1, at + timedelta(minutes=2))

    with clock.travel(at + timedelta(minutes=2)):
        gather()
    news.refresh_from_db()
    assert (news.failures, news.retry_at) == (2, at + timedelta(minutes=6))
    News.objects.filter(pk=news.pk).update(params={"what": "el lugar", "reason": "Error."})
    with clock.travel(at + timedelta(minutes=6)):
        gather()
    assert told(user) == ["challenge.cancelled", "challenge.corrected"]


def test_news_is_put_off_a_day_at_most() -> None:
    news = News.objects.get(challenge=factories.open_challenge(), event=NewsEvent.PUBLISHED)
    news.failures, at = 5000, clock.now()
    actions.put_off(news, at=at)

    news.refresh_from_db()
    assert news.retry_at == at + DAY


# Digests ------------------------------------------------------------------------------------------------


def next_digest(after: datetime) -> datetime:
    due = due_at("daily", after + timedelta(seconds=1), zone=MADRID)
    assert due is not None
    return due


def test_one_mail_for_what_all_alerts_have_due() -> None:
    user = follows(area(), "daily")
    search(user, "q=soledad", "daily")
    search(user, "amount=more", "weekly", name="Grandes")
    first, second = factories.open_challenge(), factories.open_challenge()
    gather()
    assert mails(user) == []
    with clock.travel(next_digest(clock.now())):
        assert gather() == 1
        assert gather() == 0
    with clock.travel(clock.now() + 15 * DAY):
        assert gather() == 0

    [mail] = mails(user)
    assert first.title in mail.body
    assert second.title in mail.body


def test_a_digest_three_hours_late_tells_what_was_due_and_leaves_the_rest_for_tomorrow() -> None:
    user = follows(area(), "daily")
    eight = next_digest(clock.now() + DAY)
    with clock.travel(eight - HOUR):
        early = factories.open_challenge()
    with clock.travel(eight + HOUR):  # the worker is down until eleven, and finds both only then
        later = factories.open_challenge()
    with clock.travel(eight + 3 * HOUR):
        assert gather() == 1
        assert gather() == 0
    with clock.travel(eight + DAY):
        assert gather() == 1

    bodies = [mail.body for mail in mails(user)]
    assert [(early.title in body, later.title in body) for body in bodies] == [(True, False), (False, True)]


def test_five_hundred_followers_are_found_with_the_same_queries_as_five() -> None:
    counts = []
    for number in (5, 500):
        made = [
            Follow(user=people.person(verified=False), policy_area=area(), since=clock.now()) for _ in range(number)
        ]
        Follow.objects.bulk_create(made)
        factories.open_challenge()
        with CaptureQueriesContext(connection) as queries:
            match_news(at=clock.now())
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert Notice.objects.filter(kind="challenge.published").count() == 5 + 505


def test_searches_are_held_against_a_challenge_forty_at_a_time() -> None:
    counts = []
    user = people.person()
    for number in (1, 39, 41):
        SavedSearch.objects.bulk_create(
            SavedSearch(user=user, name="x", query=f"q=palabra{number}x{index}", since=clock.now())
            for index in range(number - SavedSearch.objects.count())
        )
        factories.open_challenge()
        with CaptureQueriesContext(connection) as queries:
            match_news(at=clock.now())
        counts.append(len(queries))

    assert counts == [counts[0], counts[0], counts[0] + 1]


# Frequency and stopping ---------------------------------------------------------------------------------


def test_a_change_of_frequency_moves_the_mail_that_waits() -> None:
    user = follows(area(), "weekly")
    factories.open_challenge()
    gather()
    actions.set_frequency(Follow.objects.get(user=user), frequency="at_once", by=user, at=clock.now())

    assert gather() == 1


def test_mail_stopped_by_the_link_stays_stopped_and_comes_again_when_undone() -> None:
    user = follows(area(), "daily")
    mine = Follow.objects.get(user=user)
    factories.open_challenge()
    gather()
    at = clock.now()

    assert actions.silence(Follow, mine.public_id, at)
    assert actions.silence(Follow, mine.public_id, at + HOUR)
    mine.refresh_from_db()
    assert (mine.frequency, mine.mail_before, mine.silenced_at) == ("inbox", "daily", at)
    factories.open_challenge()
    with clock.travel(at + 2 * DAY):
        assert gather() == 0
    assert len(told(user)) == 2

    assert actions.restore(Follow, mine.public_id)
    with clock.travel(at + 2 * DAY):
        assert gather() == 1
        assert gather() == 0
    mine.refresh_from_db()
    assert (mine.frequency, mine.mail_before, mine.silenced_at) == ("daily", "", None)


def test_all_are_stopped_and_only_those_come_again() -> None:
    user = follows(area(), "daily")
    quiet = search(user, "q=agua", "inbox")
    loud = search(user, "q=ruido", "weekly")
    at = clock.now()
    for model in (Follow, SavedSearch):
        actions.silence_all(model, user, at)
    assert {*Follow.objects.values_list("frequency"), *SavedSearch.objects.values_list("frequency")} == {("inbox",)}
    for model in (Follow, SavedSearch):
        actions.restore_all(model, user, at)

    quiet.refresh_from_db()
    loud.refresh_from_db()
    assert (quiet.frequency, loud.frequency, Follow.objects.get().frequency) == ("inbox", "weekly", "daily")


def test_an_alert_taken_away_sends_nothing_more() -> None:
    user = follows(area(), "weekly")
    factories.open_challenge()
    gather()
    actions.remove(Follow.objects.get(user=user), by=user, at=clock.now())
    with clock.travel(clock.now() + 8 * DAY):
        assert gather() == 0
    assert told(user) == ["challenge.published"]
    assert not actions.silence(Follow, "222222222222", clock.now())


def refuse_to_send(email: Any) -> bool:
    """Say whether nothing is left to tell in a mail that was gathered already."""
    try:
        message_of(email)
    except NothingToSay:
        return True
    return False


@pytest.mark.parametrize("how", ["removed", "silenced", "in the portal only"])
def test_mail_that_was_gathered_but_not_sent_is_not_sent_once_its_alert_is_stopped(how: str) -> None:
    user = follows(area())
    mine, other = Follow.objects.get(user=user), search(user, "q=soledad")
    factories.open_challenge()
    assert gather() == 1
    [email] = OutgoingEmail.objects.filter(recipient=user)
    stop = {
        "removed": lambda alert: actions.remove(alert, by=user, at=clock.now()),
        "silenced": lambda alert: actions.silence(type(alert), alert.public_id, clock.now()),
        "in the portal only": lambda alert: actions.set_frequency(alert, frequency="inbox", by=user, at=clock.now()),
    }[how]

    stop(mine)
    assert not refuse_to_send(email)  # the other alert still writes
    stop(other)
    assert refuse_to_send(email)


def test_who_stops_an_alert_while_its_news_is_being_told_gets_no_mail() -> None:
    kept, stopped, gone = follows(area()), follows(area()), follows(area())
    news = News.objects.get(challenge=factories.open_challenge(), event=NewsEvent.PUBLISHED)
    read_before = list(Follow.objects.order_by("-pk"))
    actions.silence_all(Follow, stopped, clock.now())
    actions.remove(Follow.objects.get(user=gone), by=gone, at=clock.now())
    with CaptureQueriesContext(connection) as queries:
        actions.tell_of(news, read_before, at=clock.now())

    assert (told(kept), told(stopped), told(gone)) == (["challenge.published"], ["challenge.published"], [])
    assert gather() == 1
    assert not OutgoingEmail.objects.filter(recipient__in=[stopped, gone]).exists()
    # Locked in the order in which all of a person's are stopped, before any is changed: nobody waits for each other.
    [locking] = [number for number, query in enumerate(queries) if "FOR NO KEY UPDATE" in query["sql"]]
    assert 'ORDER BY "challenges_follow"."id" ASC FOR NO KEY UPDATE' in queries[locking]["sql"]
    assert locking < min(n for n, query in enumerate(queries) if query["sql"].startswith('UPDATE "challenges_follow"'))


def test_an_alert_is_taken_away_twice_without_harm() -> None:
    user = follows(area())
    mine = Follow.objects.get(user=user)
    for _again in range(2):
        actions.remove(mine.__class__(pk=mine.pk, user=user, public_id=mine.public_id), by=user, at=clock.now())

    assert not Follow.objects.exists()


# Saved searches -----------------------------------------------------------------------------------------


def test_what_is_published_already_is_told_only_when_asked() -> None:
    challenge = factories.open_challenge()
    asks, asks_not = people.person(), people.person()
    found = Searches().found_now(f"area={AREA}", 50)
    search(asks, found=found)
    search(asks_not)
    gather()

    assert found == [challenge]
    assert (told(asks), told(asks_not)) == (["challenge.published"], [])
    assert SavedSearch.objects.get(user=asks).last_challenge == challenge


def test_the_weekly_mail_of_what_is_published_already_waits_for_its_monday() -> None:
    user, challenge = people.person(), factories.open_challenge()
    at = challenge.publish_at + 30 * DAY
    with clock.travel(at):
        search(user, frequency="weekly", found=[challenge])
        assert gather() == 0

    notice = Notice.objects.get(recipient=user)
    assert notice.mail_at == due_at("weekly", at, zone=MADRID)


def test_an_alert_knows_what_it_found_last() -> None:
    user = people.person()
    mine, other = search(user), search(user, "q=nada", name="Nada")
    challenge = factories.open_challenge()
    gather()

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.last_challenge, other.last_challenge) == (challenge, None)
    assert mine.last_found_at is not None


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("sort=amount&page=3&nonsense=1", ""),
        ("q=++soledad++mayores", "q=soledad+mayores"),
        ("area=vivienda&q=agua&exact=1", "q=agua&area=vivienda"),
        ("state=awarded&state=open", "state=open"),
        ("area=no-such&department=D06&department=XX", "department=D06"),
        ("amount=more&amount=5000", "amount=5000&amount=more"),
    ],
)
def test_a_search_is_always_written_the_same_way(query: str, kept: str) -> None:
    searches = Searches()
    assert searches.normalised(query) == kept
    assert searches.normalised(kept) == kept


def test_a_search_reads_as_words() -> None:
    words = Searches().in_words("q=agua&area=vivienda&department=D06&amount=more&state=open")
    assert words == (
        "«agua» · Estado: Abiertos · Materia: Vivienda · Importe máximo: Más de 10.000 € · Servicio: Distrito de Tetuán"
    )
    assert Searches().in_words("") == "Todos los retos"


def test_nobody_saves_more_than_the_most_nor_the_same_twice_nor_without_a_name() -> None:
    user = people.person()
    for number in range(MOST - 1):
        search(user, f"q=palabra{number}")
    with pytest.raises(DomainError, match="Ya tienes"):
        search(user, "q=palabra0")
    with pytest.raises(DomainError) as refusal:
        search(user, "q=otra", name="  ")
    assert refusal.value.field == "name"
    search(user, "q=otra")
    with pytest.raises(DomainError, match=str(MOST)):
        search(user, "q=una-de-más")
    assert SavedSearch.objects.count() == MOST


@pytest.mark.parametrize("act", ["set_frequency", "change_search", "remove"])
def test_nobody_touches_somebody_elses_alert(act: str) -> None:
    mine, other = search(people.person()), people.officer()
    arguments: dict[str, Any] = {
        "set_frequency": {"frequency": "inbox"},
        "change_search": {"name": "x", "query": "", "frequency": "inbox", "with_changes": False},
        "remove": {},
    }[act]
    with pytest.raises(PermissionDenied):
        getattr(actions, act)(mine, by=other, at=clock.now(), **arguments)
    assert set(SavedSearch.objects.visible_to(other)) == set()
    assert set(SavedSearch.objects.visible_to(mine.user)) == {mine}


# The database -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"frequency": "hourly"},
        {"name": ""},
        {"mail_before": "daily"},
        {"silenced_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"silenced_at": datetime(2026, 1, 1, tzinfo=UTC), "mail_before": "daily", "frequency": "daily"},
        {"query": "q=uno"},
    ],
)
def test_the_database_refuses_half_an_alert(values: dict[str, Any]) -> None:
    user = people.person()
    search(user, "q=uno")
    mine = search(user, "q=dos")
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedSearch.objects.filter(pk=mine.pk).update(**values)


@pytest.mark.parametrize("things", [(), ("challenge", "policy_area"), ("planned_id", "department")])
def test_a_follow_is_of_one_thing(things: tuple[str, ...]) -> None:
    challenge = factories.open_challenge()
    values = {"challenge": challenge, "policy_area": area(), "department": challenge.department, "planned_id": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(user=people.person(), since=clock.now(), **{name: values[name] for name in things})


def test_a_thing_is_news_once() -> None:
    challenge = factories.open_challenge()
    with pytest.raises(IntegrityError), transaction.atomic():
        News.objects.create(challenge=challenge, event=NewsEvent.PUBLISHED, happened_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        News.objects.create(challenge=challenge, event="invented", happened_at=clock.now())


def test_frequencies_are_named_in_words() -> None:
    words = [str(label) for label in Frequency.labels]
    assert words == ["Al momento", "Una vez al día", "Una vez a la semana", "Solo en el portal"]
