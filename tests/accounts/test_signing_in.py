"""Signing up, in and out, second factors, and what a stranger can learn from it: nothing."""

import base64
import re
from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client
from django.urls import reverse

from govtech.accounts.adapters import MFAAdapter
from govtech.accounts.models import User
from govtech.notifications import actions as outbox
from govtech.notifications.models import OutgoingEmail
from tests.accounts.factories import PASSWORD, AppointmentFactory, UserFactory

pytestmark = pytest.mark.django_db

LOGIN, SIGNUP, RESET = "/cuenta/login/", "/cuenta/signup/", "/cuenta/password/reset/"


@pytest.fixture(autouse=True)
def _mail_goes_to_the_outbox(settings: Any) -> None:
    """Undo the test runner's own mail backend: the portal's is what is tested."""
    settings.EMAIL_BACKEND = "govtech.notifications.backends.OutboxBackend"


def member(**values: Any) -> User:
    """Return somebody who can sign in with PASSWORD."""
    user = UserFactory(password=PASSWORD, **values)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": user.email, "password": password})


def code_of(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counter))


def signup(client: Client, **values: str) -> Any:
    return client.post(
        SIGNUP,
        {
            "full_name": "Carmen Vega",
            "email": "carmen@example.org",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "website": "",
            **values,
        },
    )


def test_somebody_signs_up_with_a_code_that_came_by_mail(client: Client) -> None:
    page = client.get(SIGNUP)
    assert 'style="' not in page.content.decode().split("<main")[1].split("</main>")[0]

    response = signup(client)
    row = OutgoingEmail.objects.get()
    assert (row.to, row.language, row.sent_at) == ("carmen@example.org", "es", None)
    outbox.send_due()
    message = mail.outbox[0]
    code = re.search(r"^\s*([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\s*$", message.body, re.MULTILINE)
    row.refresh_from_db()
    assert code, message.body
    assert code[1] not in row.body_text
    assert row.sent_at

    done = client.post(response["Location"], {"code": code[1]}, follow=True)

    user = User.objects.get(email="carmen@example.org")
    assert (user.full_name, user.language) == ("Carmen Vega", "es")
    assert done.wsgi_request.user == user
    assert EmailAddress.objects.get(user=user).verified


def test_a_wrong_code_does_not_verify(client: Client) -> None:
    response = signup(client)

    client.post(response["Location"], {"code": "ZZZZZZ"})

    assert not EmailAddress.objects.filter(verified=True).exists()
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_a_page_in_english_makes_an_english_account(client: Client) -> None:
    client.post(
        "/en/account/signup/",
        {"full_name": "Jane Roe", "email": "jane@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert User.objects.get().language == "en"
    assert OutgoingEmail.objects.get().language == "en"


def test_mail_goes_in_the_persons_language_whatever_the_page(client: Client) -> None:
    user = member(language="en")

    client.post(RESET, {"email": user.email})

    assert OutgoingEmail.objects.get().language == "en"
    assert "password" in OutgoingEmail.objects.get().subject.lower()


def test_a_robot_that_fills_the_trap_gets_no_account(client: Client) -> None:
    human = signup(Client())
    User.objects.all().delete()

    robot = signup(client, website="https://spam.example")

    assert robot.status_code == human.status_code
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"full_name": "🙂"}, "full_name"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password2": PASSWORD + "x"}, "password2"),
        ({"email": "not an address"}, "email"),
    ],
)
def test_bad_signups_are_refused_beside_the_field(client: Client, values: dict[str, str], field: str) -> None:
    page = signup(client, **values)

    assert field in page.context["form"].errors
    assert not User.objects.exists()


def test_signing_up_with_a_known_address_looks_like_with_a_new_one(client: Client) -> None:
    user = member(email="carmen@example.org")

    known = signup(client)
    new = signup(Client(), email="new@example.org")

    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert EmailAddress.objects.get(user=user).verified
    assert set(OutgoingEmail.objects.values_list("to", flat=True)) == {"carmen@example.org", "new@example.org"}


def test_asking_for_a_new_password_looks_the_same_for_known_and_unknown(client: Client) -> None:
    user = member()

    known = client.post(RESET, {"email": user.email})
    unknown = Client().post(RESET, {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client) -> None:
    user = member()

    wrong = sign_in(client, user, "another pass phrase")
    unknown = Client().post(LOGIN, {"login": "nobody@example.org", "password": PASSWORD})

    def errors(page: Any) -> Any:
        return page.context["form"].errors.as_data(), page.status_code

    assert str(errors(wrong)) == str(errors(unknown))


def test_guessing_is_stopped(client: Client, settings: Any) -> None:
    user = member()
    for _ in range(5):
        sign_in(client, user, "wrong pass phrase")

    locked = sign_in(client, user)

    assert not locked.wsgi_request.user.is_authenticated
    assert locked.status_code in (200, 429)


def test_signing_in_changes_the_session_and_goes_to_the_desk(client: Client) -> None:
    client.get(LOGIN)
    client.session.save()
    before = client.session.session_key

    response = sign_in(client, member())

    assert response["Location"] == "/mesa/"
    assert client.session.session_key != before


def test_next_does_not_lead_elsewhere(client: Client) -> None:
    user = member()

    response = client.post(LOGIN + "?next=https://evil.example/", {"login": user.email, "password": PASSWORD})

    assert "evil.example" not in response.get("Location", "")


def test_somebody_closed_out_is_out_at_once(client: Client) -> None:
    user = member()
    sign_in(client, user)
    assert client.get(reverse("accounts:profile")).status_code == 200

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(reverse("accounts:profile")).status_code == 302


def test_a_role_taken_away_is_gone_with_the_next_request(client: Client) -> None:
    user = member(is_officer=True)
    sign_in(client, user)
    assert client.get(reverse("accounts:delegates")).status_code == 200

    user.groups.clear()

    assert client.get(reverse("accounts:delegates")).status_code == 403


def test_everything_but_public_pages_asks_to_sign_in(client: Client) -> None:
    for name in ("accounts:profile", "accounts:delegates", "accounts:appoint", "notifications:inbox"):
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert response["Location"].startswith(LOGIN)


# Second factor ---------------------------------------------------------------------------------------


@pytest.fixture
def enforced(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True


def test_staff_without_a_second_factor_go_to_set_one_up(client: Client, enforced: None) -> None:
    sign_in(client, member(is_officer=True))

    for path in ("/mesa/", "/", reverse("accounts:delegates"), "/gestion/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, reverse("mfa_index")), path
    assert client.post(reverse("accounts:appoint"), {}).status_code == 302
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get("/cuenta/logout/").status_code == 200


@pytest.mark.parametrize("kind", ["delegate", "administrator", "participant"])
def test_who_else_is_asked(client: Client, enforced: None, kind: str) -> None:
    user = member(is_administrator=kind == "administrator")
    if kind == "delegate":
        AppointmentFactory(user=user)
    sign_in(client, user)

    response = client.get(reverse("accounts:profile"))

    assert response.status_code == (200 if kind == "participant" else 302)


@pytest.mark.django_db(transaction=True)  # what follows a commit must run within the request
def test_setting_one_up_opens_the_door_in_the_same_session(client: Client, enforced: None) -> None:
    user = member(is_officer=True)
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret

    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert client.get(reverse("accounts:delegates")).status_code == 200


def test_later_sessions_ask_for_the_code_once_and_a_used_code_is_refused(client: Client, enforced: None) -> None:
    user = member(is_officer=True)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    code = code_of(secret)

    first = sign_in(client, user)
    assert not first.wsgi_request.user.is_authenticated
    client.post(first["Location"], {"code": code})
    assert client.get(reverse("accounts:delegates")).status_code == 200
    other = Client()
    second = sign_in(other, user)
    other.post(second["Location"], {"code": code})

    assert other.get(reverse("accounts:delegates")).status_code == 302


def test_somebody_named_in_mid_session_must_show_the_second_factor(client: Client, enforced: None) -> None:
    user = member()
    sign_in(client, user)
    assert client.get(reverse("accounts:profile")).status_code == 200

    AppointmentFactory(user=user)

    assert client.get(reverse("accounts:profile"))["Location"] == reverse("mfa_index")
    TOTP.activate(user, generate_totp_secret())
    assert client.get(reverse("accounts:profile"))["Location"].startswith(reverse("mfa_reauthenticate") + "?next=")


def test_secrets_are_encrypted_and_readable_after_a_rotation(settings: Any) -> None:
    user = UserFactory()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    settings.SEALING_KEYS = [b"n" * 32, *settings.SEALING_KEYS]
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert get_adapter().decrypt(kept) == secret
    assert base64.urlsafe_b64decode(kept)


def test_staff_keep_their_last_second_factor(enforced: None) -> None:
    adapter = MFAAdapter()
    officer, participant = UserFactory(is_officer=True), UserFactory()
    for user in (officer, participant):
        TOTP.activate(user, generate_totp_secret())
    last = Authenticator.objects.get(user=officer)

    assert not adapter.can_delete_authenticator(last)
    assert adapter.can_delete_authenticator(Authenticator.objects.get(user=participant))
    Authenticator.objects.create(user=officer, type="webauthn", data={})
    assert adapter.can_delete_authenticator(last)


def test_time_does_not_tell_whether_an_address_exists(client: Client) -> None:
    """Both paths hash once: compare how often the hasher runs, not how long it takes."""
    user = member()
    counts = []
    for login in (user.email, "nobody@example.org"):
        hasher = hashers.MD5PasswordHasher
        with patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as encode:
            Client().post(LOGIN, {"login": login, "password": "wrong pass phrase"})
        counts.append(encode.call_count)
    assert counts[0] == counts[1] > 0
