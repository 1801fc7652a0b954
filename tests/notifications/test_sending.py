"""The sender: claims, sends, marks; backs off, gives up; loses nothing."""

import smtplib
import threading
from collections import Counter
from datetime import datetime, timedelta
from email import message_from_string, policy
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connection, transaction

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.notifications import actions, mails, reminders, tasks
from govtech.notifications.models import OutgoingEmail
from tests.accounts.factories import UserFactory
from tests.notifications.factories import EmailFactory, NoticeFactory

pytestmark = pytest.mark.django_db


class Server(BaseEmailBackend):
    """A mail server that does as told: refuses addresses with "refuse", dies where `is_down`."""

    is_down = False
    taken: list[Any] = []
    opened = 0

    def open(self) -> None:
        type(self).opened += 1
        if self.is_down:
            raise ConnectionRefusedError("nobody there")

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if "refuse" in message.to[0]:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"unknown")})
            self.taken.append(message)
        return len(messages)


@pytest.fixture
def server(settings: Any) -> type[Server]:
    settings.EMAIL_DELIVERY_BACKEND = f"{__name__}.Server"
    Server.is_down, Server.taken, Server.opened = False, [], 0
    return Server


def later(minutes: float) -> Any:
    """Return a clock that is ahead of the database's."""
    return lambda: clock.now() + timedelta(minutes=minutes)


def test_a_mail_goes_out_once_and_its_text_is_wiped(server: Any) -> None:
    email = EmailFactory()

    assert actions.send_due() == 1
    assert actions.send_due() == 0

    email.refresh_from_db()
    assert [message.to for message in server.taken] == [[email.to]]
    assert email.sent_at
    assert (email.subject, email.body_text, email.body_html, email.lease_until) == ("", "", "", None)


def test_one_connection_serves_many(server: Any) -> None:
    EmailFactory.create_batch(5)

    assert actions.send_due() == 5

    assert server.opened == 1


def test_a_mail_not_due_waits(server: Any) -> None:
    EmailFactory(not_before=clock.now() + timedelta(minutes=5))

    assert actions.send_due() == 0
    assert actions.send_due(now=later(6)) == 1


def test_a_refusing_server_is_tried_again_later_and_later_and_then_not(server: Any) -> None:
    email = EmailFactory(to="refuse@example.org")
    at = clock.now()
    waits = []
    for _ in range(actions.GIVE_UP_AFTER):
        assert actions.send_due(now=partial(lambda instant: instant, at)) == 0
        email.refresh_from_db()
        waits.append(round((email.not_before - at).total_seconds() / 60))
        at = email.not_before

    assert waits[:-1] == [2**attempt for attempt in range(1, actions.GIVE_UP_AFTER)]
    assert email.gave_up_at
    assert email.attempts == actions.GIVE_UP_AFTER
    assert email.body_text == ""
    assert "SMTPRecipientsRefused" in email.error
    assert actions.send_due(now=later(100_000)) == 0


def test_one_bad_mail_does_not_hold_up_the_others(server: Any) -> None:
    bad = EmailFactory(to="refuse@example.org")
    broken = EmailFactory(subject="two\nlines")
    nothing = EmailFactory(body_text="")
    good = EmailFactory()

    assert actions.send_due() == 2  # this server takes the two lines; a real one is asked for bytes

    for email in (bad, nothing):
        email.refresh_from_db()
        assert not email.sent_at
        assert email.attempts == 1
    good.refresh_from_db()
    broken.refresh_from_db()
    assert good.sent_at


def test_a_dead_server_loses_nothing(server: Any) -> None:
    EmailFactory.create_batch(3)
    server.is_down = True

    assert actions.send_due() == 0
    server.is_down = False
    assert actions.send_due() == 0  # backing off
    assert actions.send_due(now=later(3)) == 3


def test_a_worker_killed_while_sending_costs_one_minute_and_at_most_one_double(server: Any) -> None:
    """Killed after the claim: the lease expires and another worker takes over. The Message-ID is the same."""
    email = EmailFactory()
    claimed = actions._claim(clock.now())
    assert claimed == email
    server.taken.append(mails.message_of(claimed))  # handed over, then SIGKILL before the mark

    assert actions.send_due() == 0
    assert actions.send_due(now=later(1.1)) == 1

    ids = Counter(message.extra_headers["Message-ID"] for message in server.taken)
    assert list(ids.values()) == [2]
    assert OutgoingEmail.objects.get().attempts == 2


def test_a_worker_that_outlived_its_lease_does_not_overwrite(server: Any) -> None:
    EmailFactory()
    slow = actions._claim(clock.now())
    assert actions.send_due(now=later(2)) == 1
    sent_at = OutgoingEmail.objects.get().sent_at

    actions._mark_failed(slow, OSError("too late"), clock.now())

    email = OutgoingEmail.objects.get()
    assert (email.sent_at, email.error, email.gave_up_at) == (sent_at, "", None)


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_mail_once(server: Any) -> None:
    EmailFactory.create_batch(40)
    barrier = threading.Barrier(6)
    failures: list[BaseException] = []
    counts: list[int] = []

    def run() -> None:
        try:
            barrier.wait()
            counts.append(actions.send_due())
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sum(counts) == 40
    assert len({message.to[0] for message in server.taken}) == len(server.taken) == 40
    assert not OutgoingEmail.objects.waiting().exists()


@pytest.mark.parametrize(("language", "path"), [("es", "/mesa/"), ("en", "/en/desk/")])
def test_a_notice_becomes_a_mail_in_the_readers_language(language: str, path: str) -> None:
    user = UserFactory(language=language, full_name="Ana <b>Gil</b>")
    actions.notify(
        [user],
        "test.secret",
        params={"title": "A & <script>alert(1)</script>"},
        address="/mesa/",
        key="1",
        at=clock.now(),
    )

    assert actions.send_due() == 1

    message = mail.outbox[0]
    html = message.alternatives[0][0]
    assert message.subject == {"es": "Guardar · Madrid Govtech", "en": "Save · Madrid Govtech"}[language]
    assert "A & <script>alert(1)</script>" in message.body
    assert "Ana <b>Gil</b>" in message.body
    assert "<script>" not in html
    assert "&lt;b&gt;" in html
    assert f"http://testserver{path}" in message.body
    assert f'href="http://testserver{path}"' in html
    assert f'lang="{language}"' in html
    assert message.extra_headers["Message-ID"].endswith("@testserver>")
    assert message_from_string(message.message().as_string(), policy=policy.default)["Auto-Submitted"]


def test_several_notices_share_a_mail() -> None:
    email = EmailFactory(recipient=UserFactory(), body_text="", subject="", kind="digest")
    NoticeFactory(email=email, recipient=email.recipient, params={"title": "uno"})
    NoticeFactory(email=email, recipient=email.recipient, params={"title": "dos"})

    actions.send_due()

    assert mail.outbox[0].subject == "2 novedades · Madrid Govtech"
    assert "uno" in mail.outbox[0].body
    assert "dos" in mail.outbox[0].body


# Django's mail ---------------------------------------------------------------------------------------


def test_djangos_mail_becomes_rows_in_the_transaction() -> None:
    with transaction.atomic():
        send_mail("Hola", "texto", None, ["a@example.org"])
        transaction.set_rollback(True)
    assert not OutgoingEmail.objects.exists()

    message = EmailMultiAlternatives("Hola", "texto", None, ["a@example.org"], cc=["b@example.org"])
    message.attach_alternative("<p>texto</p>", "text/html")
    assert message.send() == 1

    rows = OutgoingEmail.objects.order_by("pk")
    assert [(row.to, row.kind, row.body_html) for row in rows] == [
        ("a@example.org", "account", "<p>texto</p>"),
        ("b@example.org", "account", "<p>texto</p>"),
    ]
    assert mail.outbox == []
    assert actions.send_due() == 2
    assert {message.to[0] for message in mail.outbox} == {"a@example.org", "b@example.org"}


def test_mail_with_attachments_is_a_bug() -> None:
    message = EmailMessage("Hola", "texto", None, ["a@example.org"])
    message.attach("a.txt", "x", "text/plain")

    with pytest.raises(ValueError):
        message.send()


def test_the_demonstration_writes_one_file_a_message(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    backend = get_connection("govtech.notifications.backends.FolderBackend")

    backend.send_messages([EmailMessage(f"Asunto {n}", "café", None, ["a@example.org"]) for n in range(3)])

    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".eml"] * 3
    assert "Asunto 0" in files[0].read_text()


# Trying again, reminding -----------------------------------------------------------------------------


def test_an_officer_tries_again_what_was_given_up(server: Any) -> None:
    officer, reader = UserFactory(is_officer=True), UserFactory()
    email = EmailFactory(body_text="", gave_up_at=clock.now(), attempts=9, kind="test.secret", recipient=reader)
    NoticeFactory(email=email, recipient=reader)

    actions.retry(email, by=officer, at=clock.now())

    assert actions.send_due() == 1
    assert AuditEvent.objects.get(kind="email.retried").actor_id == officer.pk
    with pytest.raises(DomainError):
        actions.retry(email, by=officer, at=clock.now())
    with pytest.raises(DomainError):
        actions.retry(EmailFactory(body_text="", gave_up_at=clock.now()), by=officer, at=clock.now())


def test_reminders_run_each_by_itself(monkeypatch: Any) -> None:
    seen: list[datetime] = []

    def good(*, at: datetime) -> None:
        EmailFactory()
        seen.append(at)

    def bad(*, at: datetime) -> None:
        EmailFactory(to="rolled-back@example.org")
        raise RuntimeError("no")

    monkeypatch.setattr(reminders, "_reminders", [])
    reminders.register(bad)
    reminders.register(good)
    reminders.register(good)

    assert tasks.send_reminders(extra="from an older beat") == 1

    assert len(seen) == 1
    assert not OutgoingEmail.objects.filter(to="rolled-back@example.org").exists()
    assert OutgoingEmail.objects.count() == 1


def test_the_task_sends() -> None:
    EmailFactory()

    assert tasks.send_due_mail(extra="from an older beat") == 1


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"sent_at": True, "gave_up_at": True, "body_text": "", "subject": ""}, "email_sent_or_given_up_not_both"),
        ({"sent_at": True}, "email_wiped_once_sent"),
    ],
)
def test_impossible_mail_is_refused(values: dict[str, Any], constraint: str) -> None:
    at = clock.now()
    values = {name: at if value is True else value for name, value in values.items()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EmailFactory(**values)
