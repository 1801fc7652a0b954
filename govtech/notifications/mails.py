"""Turns a row of outgoing mail into a message, at the moment of sending and in its language."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from govtech.notifications import addresses, kinds, sources
from govtech.notifications.models import Notice, OutgoingEmail, Subscriber


class NothingToSay(Exception):  # noqa: N818 - nothing went wrong
    """All that the mail would have told has stopped being so, or being wanted, since it was written."""


def message_of(email: OutgoingEmail) -> EmailMultiAlternatives:
    """Return the message of `email`, of its notices or as it was handed in. Its Message-ID never changes.

    Mail about what somebody asked for says in its head how to stop it (RFC 2369, and RFC 8058: with one POST). Raises
    `NothingToSay` where none of its news holds any more.
    """
    headers: dict[str, str] = {}
    files: list[tuple[str, bytes, str]] = []
    if email.body_text or email.body_html:
        subject, text, html = email.subject, email.body_text, email.body_html
    else:
        with translation.override(email.language):
            subject, text, html, headers, files = _notices(email)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    message = EmailMultiAlternatives(
        subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [email.to],
        headers={"Message-ID": f"<{email.public_id}@{host}>", "Auto-Submitted": "auto-generated", **headers},
    )
    if html:
        message.attach_alternative(html, "text/html")
    for file in files:
        message.attach(*file)
    return message


def _notices(email: OutgoingEmail) -> tuple[str, str, str, dict[str, str], list[tuple[str, bytes, str]]]:
    notices = list(email.notices.order_by("pk"))
    if not notices:
        raise LookupError(f"Mail {email.public_id} has neither text nor notices.")
    notices = _wanted(kinds.holding(notices))
    if not notices:
        raise NothingToSay(email.public_id)
    items = [_item(notice, email.language) for notice in notices]
    subject = items[0]["subject"]
    if len(items) > 1:
        subject = ngettext("%(n)d piece of news", "%(n)d pieces of news", len(items)) % {"n": len(items)}
    stops = _stops(email, notices)
    context = {
        "subject": subject,
        "items": items,
        "language": email.language,
        "programme_name": settings.PROGRAMME_NAME,
        "office_name": settings.OFFICE_NAME,
        "council_name": settings.CITY_COUNCIL_NAME,
        "brand_colour": settings.BRAND_COLOUR,
        "recipient_name": email.recipient.full_name if email.recipient else "",
        "inbox_url": addresses.absolute(reverse("notifications:inbox"), email.language),
        "stop_url": stops["one"],
        "stop_all_url": stops["all"],
    }
    first = stops["one"] or stops["all"]
    return (
        f"{subject} · {settings.PROGRAMME_NAME}",
        render_to_string("emails/notice.txt", context),
        render_to_string("emails/notice.html", context),
        {"List-Unsubscribe": f"<{first}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if first else {},
        _files(notices),
    )


def _files(notices: list[Notice]) -> list[tuple[str, bytes, str]]:
    """Return the files that go with the notices, kind by kind."""
    found: list[tuple[str, bytes, str]] = []
    for name in sorted({notice.kind for notice in notices}):
        kind = kinds.get(name)
        if kind.attachments is not None:
            found += kind.attachments([notice for notice in notices if notice.kind == name])
    return found


def _wanted(notices: list[Notice]) -> list[Notice]:
    """Return what can't be switched off, and what somebody asked for and hasn't stopped since."""
    keys = {row["key"] for notice in notices for row in notice.sources}
    live = sources.mailing(keys) if keys else set()
    return [notice for notice in notices if not notice.sources or any(row["key"] in live for row in notice.sources)]


def _stops(email: OutgoingEmail, notices: list[Notice]) -> dict[str, str]:
    """Return the addresses that stop such mails: of the one source they have, and of all; blank where there is none.

    A mail that also tells what can't be switched off offers neither in its head.
    """
    if email.recipient_id is None or not all(notice.sources for notice in notices):
        return {"one": "", "all": ""}
    keys = {row["key"] for notice in notices for row in notice.sources}
    subscriber = Subscriber.objects.get_or_create(user_id=email.recipient_id)[0]
    return {
        "one": _whole(keys.pop()) if len(keys) == 1 else "",
        "all": _whole(f"{sources.EVERYTHING}:{subscriber.public_id}"),
    }


def _whole(key: str) -> str:
    """Return the whole address that stops `key`, in the language in force."""
    return settings.SITE_URL.rstrip("/") + sources.address_of(key)


def _item(notice: Notice, language: str) -> dict[str, Any]:
    words = kinds.get(notice.kind).words(notice.params)
    return {
        "subject": words.subject,
        "text": words.text,
        "action": words.action,
        "url": addresses.absolute(notice.address, language) if notice.address else "",
        "because": sources.because(notice.sources),
    }
