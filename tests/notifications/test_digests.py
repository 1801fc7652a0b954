"""News people asked for: told once, mailed together when due, stopped with one click."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from govtech import clock
from govtech.embedded import PostgresServer
from govtech.notifications import actions, digests, kinds, sources
from govtech.notifications.digests import Item, gather, tell
from govtech.notifications.mails import message_of
from govtech.notifications.models import Notice, OutgoingEmail, Subscriber
from govtech.notifications.sources import Sort, Source
from tests.accounts.factories import UserFactory
from tests.notifications.factories import NoticeFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2031, 5, 6, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def stopped(monkeypatch: Any) -> dict[str, datetime | None]:
    """A sort of source whose things are the keys of this dictionary: None while mail comes of them."""
    found: dict[str, datetime | None] = {"abc": None, "def": None}

    def silence(name: str, at: datetime) -> bool:
        if name in found:
            found[name] = found[name] or at
        return name in found

    def restore(name: str) -> bool:
        return name in found and found.update({name: None}) is None

    def silence_all(user: Any, at: datetime) -> None:
        for name in found:
            silence(name, at)

    def restore_all(user: Any, since: datetime) -> None:
        found.update({name: None for name, at in found.items() if at == since})

    def mailing(names: Any) -> set[str]:
        return {name for name in names if name in found and found[name] is None}

    monkeypatch.setattr(sources, "_sorts", {"test": Sort(silence, restore, silence_all, restore_all, mailing)})
    monkeypatch.setattr(digests, "_before", [])
    return found


def source(key: str = "test:abc", mail_at: datetime | None = NOW) -> Source:
    return Source(key, {"es": "Porque sigues Parques.", "en": "Because you follow Parks."}, mail_at)


def item(user: Any, key: str = "1", *of: Source, kind: str = "test.secret", title: str = "Algo") -> Item:
    return Item(user, kind, {"title": title}, "/mesa/", key, of or (source(),))


def mails() -> list[Any]:
    return [message_of(email) for email in OutgoingEmail.objects.order_by("pk")]


def test_what_is_due_goes_out_in_one_mail_and_only_once() -> None:
    user, other = UserFactory(language="es"), UserFactory()
    tell([item(user, "1", title="Uno"), item(user, "2", title="Dos"), item(other, "1")], at=NOW)
    tell([item(user, "3", source(mail_at=NOW + HOUR), title="Tres")], at=NOW)

    assert gather(at=NOW - HOUR) == 0
    assert gather(at=NOW) == 2
    assert gather(at=NOW) == 0

    [mail, _] = mails()
    assert mail.subject.startswith("2 novedades")
    assert all(word in mail.body for word in ("Uno", "Dos", "Porque sigues Parques."))
    assert "Tres" not in mail.body
    assert gather(at=NOW + 3 * HOUR) == 1
    assert gather(at=NOW + 30 * HOUR) == 0


def test_a_thing_found_again_is_not_told_again() -> None:
    user = UserFactory()
    tell([item(user)], at=NOW)
    gather(at=NOW)
    tell([item(user)], at=NOW + HOUR)

    assert gather(at=NOW + 2 * HOUR) == 0
    assert Notice.objects.count() == OutgoingEmail.objects.count() == 1


def test_in_the_inbox_only_means_no_mail() -> None:
    tell([item(UserFactory(), "1", source(mail_at=None))], at=NOW)

    assert gather(at=NOW + 1000 * HOUR) == 0
    assert Notice.objects.count() == 1


def test_no_empty_mail_of_what_was_read_or_no_longer_holds(monkeypatch: Any) -> None:
    reader, late, gone = UserFactory(), UserFactory(), UserFactory()
    kinds.register("test.call", subject="{title}", text="{title}", still_holds=lambda notices: set())
    tell([item(reader), item(gone), item(late, kind="test.call")], at=NOW)
    actions.mark_read(Notice.objects.all(), by=reader, at=NOW)
    gone.is_active = False
    gone.save()

    assert gather(at=NOW) == 0
    assert not OutgoingEmail.objects.exists()
    assert gather(at=NOW) == 0


def test_what_stops_holding_before_the_mail_server_takes_it_is_not_sent(mailoutbox: Any, settings: Any) -> None:
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    holds: set[int] = set()
    kinds.register("test.call", subject="{title}", text="{title}", still_holds=lambda notices: set(holds))
    fugas = item(UserFactory(), "1", kind="test.call", title="Fugas")
    tell([fugas, item(UserFactory(), "2", kind="test.call")], at=NOW)
    holds |= set(Notice.objects.values_list("pk", flat=True))
    assert gather(at=NOW) == 2
    holds.discard(Notice.objects.order_by("pk").last().pk)

    actions.send_due(now=lambda: NOW)

    assert [mail.subject for mail in mailoutbox] == ["Fugas · Madrid Govtech"]
    assert not OutgoingEmail.objects.waiting().exists()


def test_telling_and_gathering_cost_the_same_queries_for_any_number(django_assert_num_queries: Any) -> None:
    for people, start in ((1, 0), (60, 100)):
        users = [UserFactory() for _ in range(people)]
        with django_assert_num_queries(4):
            tell([item(user, str(start)) for user in users], at=NOW)
        with django_assert_num_queries(11):  # with the look that finds nobody left
            gather(at=NOW)


def test_only_one_process_gathers_at_a_time(postgres: PostgresServer) -> None:
    tell([item(UserFactory())], at=NOW)
    with postgres.connect(connection.settings_dict["NAME"]) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [digests.LOCK])
        assert gather(at=NOW) == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [digests.LOCK])  # closing alone frees it a moment later

    assert gather(at=NOW) == 1


def test_moving_the_mail_of_a_source_moves_what_waits_and_nothing_else() -> None:
    user, other = UserFactory(), UserFactory()
    later = NOW + 24 * HOUR
    both = (source("test:abc", NOW), source("test:def", later))
    tell([item(user, "1", *both), item(user, "2", source("test:abc", NOW)), item(other, "2")], at=NOW)

    digests.reschedule(user, "test:abc", lambda told_at: None)

    due = dict(Notice.objects.values_list("dedupe_key", "mail_at"))
    assert due == {
        f"test.secret:1:{user.pk}": later,
        f"test.secret:2:{user.pk}": None,
        f"test.secret:2:{other.pk}": NOW,
    }


def test_a_search_that_fails_keeps_no_mail_back(monkeypatch: Any, caplog: Any) -> None:
    def broken(*, at: datetime) -> None:
        raise RuntimeError("no")

    digests.before(broken)
    tell([item(UserFactory())], at=NOW)

    assert gather(at=NOW) == 1
    assert "broken" in caplog.text


# Stopping ----------------------------------------------------------------------------------------------


def stop_address(mail: Any) -> str:
    return re.fullmatch(r"<http://testserver(/.+)>", mail.extra_headers["List-Unsubscribe"])[1]


def one_mail(*of: Source) -> Any:
    tell([item(UserFactory(language="es"), "1", *of)], at=NOW)
    gather(at=NOW)
    return mails()[-1]


def test_a_mail_programs_post_stops_that_alert_without_cookie_or_session(stopped: Any) -> None:
    mail = one_mail()
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    answer = Client(enforce_csrf_checks=True).post(stop_address(mail), {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert stopped["abc"] is not None
    assert stopped["def"] is None
    first = stopped["abc"]
    Client(enforce_csrf_checks=True).post(stop_address(mail))
    assert stopped["abc"] == first


def test_a_scanner_that_opens_the_link_stops_nothing(stopped: Any) -> None:
    address = stop_address(one_mail())

    page = Client().get(address)
    head = Client().head(address)

    assert page.status_code == head.status_code == 200
    assert stopped == {"abc": None, "def": None}
    assert f'action="{address}"' in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_a_mail_of_several_alerts_stops_all_of_them_and_it_can_be_undone(stopped: Any) -> None:
    stopped["older"] = NOW - HOUR
    address = stop_address(one_mail(source("test:abc"), source("test:def")))
    browser = Client(enforce_csrf_checks=True)

    page = browser.post(address)

    assert all(stopped.values())
    html = page.content.decode()
    fields = dict(re.findall(r'name="(csrfmiddlewaretoken|since)" value="([^"]+)"', html))
    undone = browser.post(f"{address}deshacer/", fields)
    assert undone.status_code == 200
    assert stopped == {"abc": None, "def": None, "older": NOW - HOUR}


@pytest.mark.parametrize("since", ["", "yesterday", "2031-05-06T06:00:00", "2031-99-06T06:00:00+00:00"])
def test_undoing_what_was_never_stopped_leads_nowhere(since: str) -> None:
    address = stop_address(one_mail())
    assert Client().post(f"{address}deshacer/", {"since": since}).status_code == 404


def test_what_a_token_stops_may_be_gone(stopped: Any) -> None:
    address = stop_address(one_mail())
    stopped.clear()
    assert "ya no existe" in Client().post(address).content.decode()


@pytest.mark.parametrize("change", [lambda text: text[:-3] + "xyz", lambda text: "x" + text, lambda text: text.upper()])
def test_a_token_that_was_tampered_with_leads_nowhere(change: Any, stopped: Any) -> None:
    address = stop_address(one_mail())
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert Client().post(address.replace(token, change(token))).status_code == 404
    assert stopped == {"abc": None, "def": None}


def test_links_work_after_the_key_was_changed(settings: Any, stopped: Any) -> None:
    address = stop_address(one_mail())

    settings.SECRET_KEY, old = "another-long-random-text", settings.SECRET_KEY
    assert Client().post(address).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Client().post(address).status_code == 200
    assert stopped["abc"] is not None


def test_neither_link_nor_page_names_the_person() -> None:
    mail = one_mail(source("test:abc"), source("test:def"))
    notice = Notice.objects.get()
    address = stop_address(mail)
    token = address.rstrip("/").rsplit("/", 1)[1]

    assert sources.key_in(token) == f"all:{Subscriber.objects.get().public_id}"
    for page in (Client().get(address), Client().post(address)):
        html = page.content.decode()
        assert notice.recipient.email not in html
        assert notice.recipient.full_name not in html


def test_what_one_must_know_says_that_it_cannot_be_switched_off() -> None:
    user = UserFactory(language="es")
    actions.notify([user], "test.secret", params={"title": "x"}, address="/", key="must", at=NOW)

    [mail] = mails()
    assert "List-Unsubscribe" not in mail.extra_headers
    assert "no se puede desactivar" in mail.body


def test_the_inbox_says_why(client: Client) -> None:
    user = UserFactory(language="es")
    tell([item(user)], at=clock.now())
    NoticeFactory(recipient=user)
    client.force_login(user)

    with translation.override("es"):
        html = client.get("/avisos/").content.decode()

    assert html.count("Porque sigues Parques.") == 1
