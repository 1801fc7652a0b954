"""Where Django's mail goes: into the outbox, and in the demonstration to a folder."""

import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import get_language

from govtech import clock
from govtech.notifications.actions import kick_after_commit
from govtech.notifications.models import OutgoingEmail

ACCOUNT = "account"


class OutboxBackend(BaseEmailBackend):
    """Keeps each message as a row for the worker, so that the page that caused it works with a dead mail server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row a recipient, in the caller's transaction; return how many messages."""
        at = clock.now()
        rows = [self._row(message, to, at) for message in email_messages for to in message.recipients()]
        with transaction.atomic():
            OutgoingEmail.objects.bulk_create(rows)
            kick_after_commit()
        return len(email_messages)

    def _row(self, message: EmailMessage, to: str, at: Any) -> OutgoingEmail:
        if message.attachments:
            raise ValueError("Mail of the portal has no attachments: link the page instead.")
        html = [content for content, mimetype in getattr(message, "alternatives", ()) if mimetype == "text/html"]
        return OutgoingEmail(
            to=to,
            language=(get_language() or settings.LANGUAGE_CODE)[:2],
            kind=ACCOUNT,
            subject=str(message.subject),
            body_text=str(message.body),
            body_html=html[0] if html else "",
            created_at=at,
            not_before=at,
        )


class FolderBackend(BaseEmailBackend):
    """Writes each message as an `.eml` file below `EMAIL_FILE_PATH`: the demonstration's mail server."""

    _counter = itertools.count()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages, each one whole; return how many."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{os.getpid()}-{next(self._counter)}"
            unfinished = folder / f"{name}.unfinished"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(folder / f"{name}.eml")
        return len(email_messages)
