"""Inbox, notices sent, and the demonstration's mail."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from govtech import clock
from govtech.notifications import sources
from govtech.notifications.models import Notice, OutgoingEmail
from tests.accounts.factories import UserFactory
from tests.notifications.factories import EmailFactory, NoticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client: Client) -> Any:
    user = UserFactory()
    client.force_login(user)
    return user


def test_an_inbox_shows_a_persons_own_notices_only(client: Client, user: Any) -> None:
    mine = NoticeFactory(recipient=user, params={"title": "Lo mío"})
    NoticeFactory(params={"title": "Lo de otra persona"})

    page = client.get(reverse("notifications:inbox"))

    assert list(page.context["page"]) == [mine]
    assert "Lo mío" in page.content.decode()
    assert set(Notice.objects.visible_to(user)) == {mine}


def test_notices_of_older_versions_still_show(client: Client, user: Any) -> None:
    NoticeFactory(recipient=user, kind="gone.away")
    NoticeFactory(recipient=user, kind="test.happened", params={"title": "Sin lo demás"})

    html = client.get(reverse("notifications:inbox")).content.decode()

    assert "versión anterior" in html
    assert "Título: Sin lo demás. Cierra el …, …." in html


def test_an_empty_inbox_says_what_will_come(client: Client, user: Any) -> None:
    assert "Todavía no tienes avisos" in client.get(reverse("notifications:inbox")).content.decode()


def test_reading_the_page_changes_nothing_and_opening_marks_read(client: Client, user: Any) -> None:
    notice = NoticeFactory(recipient=user, address="/cuenta/perfil/")
    client.get(reverse("notifications:inbox"))
    notice.refresh_from_db()
    assert notice.read_at is None

    assert client.get(reverse("notifications:open", args=[notice.public_id])).status_code == 405
    response = client.post(reverse("notifications:open", args=[notice.public_id]))
    english = client.post(f"/en/inbox/{notice.public_id}/open/")

    assert response["Location"] == "/cuenta/perfil/"
    assert english["Location"] == "/en/account/profile/"
    notice.refresh_from_db()
    assert notice.read_at


def test_somebody_elses_notice_does_not_exist(client: Client, user: Any) -> None:
    notice = NoticeFactory()

    assert client.post(reverse("notifications:open", args=[notice.public_id])).status_code == 404
    client.post(reverse("notifications:read_all"))

    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_can_be_marked_read(client: Client, user: Any) -> None:
    NoticeFactory.create_batch(3, recipient=user)

    client.post(reverse("notifications:read_all"))

    assert not Notice.objects.visible_to(user).unread().exists()


@pytest.mark.parametrize("number", ["2", "999", "x", "-1", "%00"])
def test_pages_of_the_inbox(client: Client, user: Any, number: str) -> None:
    NoticeFactory.create_batch(25, recipient=user)

    assert client.get(reverse("notifications:inbox") + f"?page={number}").status_code == 200


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_an_inbox_takes_the_same_queries_for_any_length(client: Client, user: Any) -> None:
    path = reverse("notifications:inbox")
    NoticeFactory(recipient=user)
    queries(client, path)
    one = queries(client, path)
    NoticeFactory.create_batch(15, recipient=user)

    assert queries(client, path) == one


# Notices sent ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("traits", [{}, {"is_director": True}, {"is_auditor": True}, {"is_administrator": True}])
def test_notices_sent_are_the_offices(client: Client, traits: dict[str, bool]) -> None:
    client.force_login(UserFactory(**traits))

    assert client.get(reverse("notifications:sent")).status_code == 403
    assert client.post(reverse("notifications:retry", args=[EmailFactory().public_id])).status_code == 403


def test_the_office_sees_states_but_not_who_was_told_in_secret(client: Client) -> None:
    client.force_login(UserFactory(is_officer=True))
    secret = EmailFactory(kind="test.secret", to="secret@example.org", error="550 secret@example.org")
    account = EmailFactory(kind="account", to="account@example.org")
    shown = EmailFactory(kind="test.happened", to="shown@example.org", gave_up_at=clock.now(), error="550 no")

    text = client.get(reverse("notifications:sent")).content.decode()

    assert "shown@example.org" in text
    assert "Ha pasado: …" in text
    assert "550 no" in text
    assert "secret@example.org" not in text
    assert "test.secret" not in text
    assert "account@example.org" not in text
    by_state = {
        state: set(client.get(reverse("notifications:sent") + f"?state={state}").context["page"])
        for state in ("waiting", "sent", "given-up")
    }
    assert by_state == {"waiting": {secret, account}, "sent": set(), "given-up": {shown}}
    assert client.get(reverse("notifications:sent") + "?state=nonsense").status_code == 200


def test_the_office_tries_again(client: Client) -> None:
    client.force_login(UserFactory(is_officer=True))
    reader = UserFactory()
    email = EmailFactory(kind="test.secret", recipient=reader, body_text="", gave_up_at=clock.now())
    NoticeFactory(email=email, recipient=reader)
    code = EmailFactory(gave_up_at=clock.now(), body_text="")

    client.post(reverse("notifications:retry", args=[email.public_id]))
    refused = client.post(reverse("notifications:retry", args=[code.public_id]), follow=True)

    assert set(OutgoingEmail.objects.waiting()) == {email}
    assert "ya no vale" in refused.content.decode()


def test_notices_sent_take_the_same_queries_for_any_length(client: Client) -> None:
    client.force_login(UserFactory(is_officer=True))
    path = reverse("notifications:sent")
    EmailFactory()
    queries(client, path)
    one = queries(client, path)
    EmailFactory.create_batch(15)

    assert queries(client, path) == one


# The demonstration's mail ----------------------------------------------------------------------------


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    settings.ALLOWED_HOSTS = ["*"]
    get_connection("govtech.notifications.backends.FolderBackend").send_messages(
        [EmailMessage("Tu código", "Código <script>x</script>: http://localhost/cuenta/", None, ["ana@example.org"])]
    )
    return tmp_path


def test_mail_is_read_on_the_machine_itself(client: Client, mailbox: Path) -> None:
    name = next(mailbox.glob("*.eml")).stem

    listed = client.get("/correo/", HTTP_HOST="localhost:8000").content.decode()
    one = client.get(f"/correo/{name}/", HTTP_HOST="localhost:8000").content.decode()

    assert "Tu código" in listed
    assert "ana@example.org" in listed
    assert "<script>x" not in one
    assert 'href="http://localhost/cuenta/"' in one


@pytest.mark.parametrize(
    "extra",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_HOST": "govtech.example.org"}, {"HTTP_HOST": "127.0.0.1.evil.example"}],
)
def test_mail_does_not_exist_from_elsewhere(client: Client, mailbox: Path, extra: dict[str, str]) -> None:
    name = next(mailbox.glob("*.eml")).stem

    assert client.get("/correo/", **{"HTTP_HOST": "localhost", **extra}).status_code == 404
    assert client.get(f"/correo/{name}/", **{"HTTP_HOST": "localhost", **extra}).status_code == 404


def test_mail_does_not_exist_outside_the_demonstration(client: Client, mailbox: Path, settings: Any) -> None:
    settings.DEMO = False

    assert client.get("/correo/", HTTP_HOST="localhost").status_code == 404


def test_no_other_file_can_be_read(client: Client, mailbox: Path) -> None:
    (mailbox.parent / "outside.eml").write_text("Subject: x\n\nsecret")
    (mailbox / "note.txt").write_text("secret")

    for name in ("note", "outside", "..%2Foutside", "../outside"):
        assert client.get(f"/correo/{name}/", HTTP_HOST="localhost").status_code == 404


def test_a_browser_says_where_the_form_of_the_page_that_stops_mail_comes_from(client: Client) -> None:
    """With `no-referrer` its Origin would be null, and undoing would be refused as another site's form."""
    page = client.get(sources.address_of("all:222222222222"))

    assert page["Referrer-Policy"] == "same-origin"
