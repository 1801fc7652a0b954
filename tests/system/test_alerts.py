"""Alerts under trouble: five hundred followers, killed workers, the night of the clock change, a digest hours late."""

import email
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from email import policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from challenges.actions import alert as alerts
from challenges.actions.follow import follow
from challenges.models import Follow, Frequency
from govtech import clock
from govtech.notifications import actions as notifications
from tests import people
from tests.challenges import factories
from tests.system.portal import Portal

MADRID = ZoneInfo("Europe/Madrid")
AREA = "vivienda"
OFTEN = {Frequency.AT_ONCE: 200, Frequency.DAILY: 200, Frequency.WEEKLY: 100}
PROCESSES = 2  # of a worker (`govtech.processes`)
_number = count(1)


@pytest.fixture(autouse=True)
def _no_broker_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has none; what it writes into the portal's database is found by the worker's sweep."""
    monkeypatch.setattr(notifications, "_kick", lambda: None)


@pytest.fixture(autouse=True)
def _clock_of_the_portal(portal: Portal) -> Iterator[None]:
    """Give the database its own clock back."""
    [(own,)] = portal.sql("SELECT pg_get_functiondef('portal_now'::regproc)")
    yield
    portal.sql(own)


def clock_change() -> date:
    """Return the next day, a week from now or later, on which the city's clocks are changed."""
    day = datetime.now(UTC).date() + timedelta(days=7)
    while midnight(day + timedelta(days=1)) - midnight(day) == timedelta(days=1):
        day += timedelta(days=1)
    return day


def midnight(day: date) -> datetime:
    return local(day, 0)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=MADRID).astimezone(UTC)


def readers(portal: Portal) -> dict[str, str]:
    """Make five hundred people follow a policy area; return how often each is written to, by address."""
    with portal.orm():
        area = factories.PolicyArea.objects.get(slug=AREA)
        made = {}
        for frequency, number in OFTEN.items():
            for _ in range(number):
                person = people.person(email=f"lee{next(_number)}@example.test")
                Follow.objects.create(user=person, policy_area=area, frequency=frequency, since=clock.now())
                made[person.email] = str(frequency)
        return made


def publish(portal: Portal, title: str, publish_at: datetime) -> None:
    with portal.orm():
        area = factories.PolicyArea.objects.get(slug=AREA)
        factories.published_challenge(title=title, policy_area=area, publish_at=publish_at)


def read(folder: Path) -> list[EmailMessage]:
    """Return the readers' mails; the city's people get others."""
    found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")]
    return [mail for mail in found if str(mail["To"]).startswith("lee")]


def told(mails: list[EmailMessage], *titles: str) -> dict[str, Counter[str]]:
    """Return, for each title, how many mails to each address tell of it."""
    found: dict[str, Counter[str]] = {title: Counter() for title in titles}
    for mail in mails:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        for title in titles:
            found[title][str(mail["To"])] += title in text
    return {title: Counter(dict(each)) for title, each in found.items()}


def once(addresses: Any) -> Counter[str]:
    return Counter(dict.fromkeys(addresses, 1))


def only(counts: Counter[str]) -> Counter[str]:
    return +counts


@pytest.fixture
def worker(portal: Portal) -> Iterator[Callable[..., None]]:
    """`worker(**env)` starts the worker again with other variables; afterwards it is as it was."""
    before = dict(portal.processes["worker"].env)

    def again(**env: str) -> None:
        portal.kill("worker")
        portal.start("worker", **env)

    yield again
    portal.kill("worker")
    portal.processes["worker"].env = before
    portal.start("worker")


def settled(portal: Portal) -> bool:
    """Say whether nothing that is due waits."""
    [(news, notices, mails)] = portal.sql(
        "SELECT (SELECT count(*) FROM challenges_news n JOIN challenges_challenge c ON c.id = n.challenge_id"
        "  WHERE n.matched_at IS NULL AND c.publish_at <= portal_now() AND c.opens_at <= portal_now()),"
        " (SELECT count(*) FROM notifications_notice WHERE mail_at <= portal_now()),"
        " (SELECT count(*) FROM notifications_outgoingemail WHERE sent_at IS NULL AND gave_up_at IS NULL)"
    )
    return (news, notices, mails) == (0, 0, 0)


PUBLISHED = "SELECT count(*) FROM notifications_notice WHERE kind = 'challenge.published'"
BLOCKED = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'portal_app'"
    " AND wait_event_type = 'Lock'"
)


def test_five_hundred_are_told_once_whatever_dies_and_however_late(portal: Portal, worker: Callable[..., None]) -> None:
    sunday = clock_change()
    folder = portal.folder / "alerts"
    mails = folder / "mail"
    folder.mkdir()
    portal.travel(local(sunday - timedelta(days=1), 12))
    often = readers(portal)
    addresses = {each: {email for email, how in often.items() if how == each} for each in Frequency.values}
    worker(EMAIL_DELIVERY_BACKEND="tests.system.mailing.HangingBackend", EMAIL_FILE_PATH=str(mails))

    # Killed while it finds the readers: nobody is told half.
    before = portal.sql(PUBLISHED)
    publish(portal, "Primero: goteras", local(sunday - timedelta(days=1), 12, 5))
    with portal.postgres.connect(portal.database) as connection, connection.transaction():
        connection.execute("LOCK TABLE notifications_notice IN SHARE MODE")
        portal.travel(local(sunday - timedelta(days=1), 12, 6))
        portal.wait_for(lambda: portal.sql(BLOCKED), what="worker that waits for the lock")
        portal.kill("worker")
    assert portal.sql(PUBLISHED) == before

    # Killed while it sends: before handing over, so that what the server has is what was sent.
    (folder / "hang-before").write_text("70")
    portal.start("worker")
    hanging = portal.wait_for(
        lambda: found if len(found := list(folder.glob("hangs-*"))) == PROCESSES else None, what="worker that hangs"
    )
    portal.kill("worker")
    for path in (*hanging, folder / "hang-before"):
        path.unlink()
    [(now,)] = portal.sql("SELECT portal_now()")
    portal.travel(now + timedelta(minutes=2))  # past the leases of the dead
    portal.start("worker")
    portal.wait_for(lambda: settled(portal), what="end of the mail")
    assert only(told(read(mails), "Primero: goteras")["Primero: goteras"]) == once(addresses["at_once"])

    # One becomes public by itself in the night that has an hour more or less; the digest is three hours late.
    publish(portal, "Segundo: humedades", local(sunday, 1, 59) + timedelta(minutes=31))
    portal.kill("worker")
    portal.travel(local(sunday, 11))
    portal.start("worker")
    portal.wait_for(lambda: settled(portal), what="end of the late digest")
    found = told(read(mails), "Primero: goteras", "Segundo: humedades")
    both = once(addresses["at_once"] | addresses["daily"])
    assert {title: only(each) for title, each in found.items()} == dict.fromkeys(found, both)
    assert len(read(mails)) == 2 * OFTEN[Frequency.AT_ONCE] + OFTEN[Frequency.DAILY]  # one digest for both

    # On Monday the weekly ones, and nothing again for the others.
    portal.travel(local(sunday + timedelta(days=1), 8, 5))
    portal.wait_for(lambda: len(read(mails)) >= 700 and settled(portal), what="weekly digest")
    portal.travel(local(sunday + timedelta(days=9), 9))
    two_sweeps(portal)
    found = told(read(mails), "Primero: goteras", "Segundo: humedades")
    assert {title: only(each) for title, each in found.items()} == dict.fromkeys(found, once(often))
    assert len(read(mails)) == 2 * OFTEN[Frequency.AT_ONCE] + OFTEN[Frequency.DAILY] + OFTEN[Frequency.WEEKLY]


def two_sweeps(portal: Portal) -> None:
    before = portal.log("worker").count("succeeded in")
    portal.wait_for(lambda: portal.log("worker").count("succeeded in") >= before + 2, what="sweep for mail")


def test_a_mail_program_stops_an_alert_with_one_post(portal: Portal) -> None:
    with portal.orm():
        reader = people.person()
        own = follow(factories.PolicyArea.objects.get(slug="deporte"), by=reader, at=clock.now())
        alerts.set_frequency(own, frequency="at_once", by=reader, at=clock.now())
        factories.open_challenge(title="Pistas", policy_area=factories.PolicyArea.objects.get(slug="deporte"))
    mail = portal.wait_for_mail(reader.email)
    address = mail["List-Unsubscribe"].strip().strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    request = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click", method="POST")  # noqa: S310 - ours
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.status == 200
        assert answer.url == address

    with portal.orm():
        assert Follow.objects.get(user=reader).frequency == Frequency.INBOX
        factories.open_challenge(title="Piscinas", policy_area=factories.PolicyArea.objects.get(slug="deporte"))
    portal.wait_for(
        lambda: portal.sql("SELECT count(*) FROM notifications_notice WHERE recipient_id = %s", reader.pk) == [(2,)],
        what="second notice in the inbox",
    )
    two_sweeps(portal)
    assert len(portal.mail(reader.email)) == 1
