"""Turns a row of outgoing mail into a message, at the moment of sending and in its language."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from govtech.notifications import addresses, kinds
from govtech.notifications.models import Notice, OutgoingEmail


def message_of(email: OutgoingEmail) -> EmailMultiAlternatives:
    """Return the message of `email`, of its notices or as it was handed in. Its Message-ID never changes."""
    if email.body_text or email.body_html:
        subject, text, html = email.subject, email.body_text, email.body_html
    else:
        with translation.override(email.language):
            subject, text, html = _notices(email)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    message = EmailMultiAlternatives(
        subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [email.to],
        headers={"Message-ID": f"<{email.public_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


def _notices(email: OutgoingEmail) -> tuple[str, str, str]:
    notices = list(email.notices.order_by("pk"))
    if not notices:
        raise LookupError(f"Mail {email.public_id} has neither text nor notices.")
    items = [_item(notice, email.language) for notice in notices]
    subject = items[0]["subject"]
    if len(items) > 1:
        subject = ngettext("%(n)d piece of news", "%(n)d pieces of news", len(items)) % {"n": len(items)}
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
    }
    return (
        f"{subject} · {settings.PROGRAMME_NAME}",
        render_to_string("emails/notice.txt", context),
        render_to_string("emails/notice.html", context),
    )


def _item(notice: Notice, language: str) -> dict[str, Any]:
    words = kinds.get(notice.kind).words(notice.params)
    return {
        "subject": words.subject,
        "text": words.text,
        "action": words.action,
        "url": addresses.absolute(notice.address, language) if notice.address else "",
    }
