"""The demonstration's mail: `.eml` files in a folder."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Mail:
    """A mail as a person reads it."""

    name: str
    to: str
    subject: str
    text: str
    sent_at: datetime | None


def names() -> list[str]:
    """Return the mails' names, the newest first."""
    return sorted((path.stem for path in Path(settings.EMAIL_FILE_PATH).glob("*.eml")), reverse=True)


def read(name: str) -> Mail | None:
    """Return the mail of that name, None where there is none."""
    if name not in names():  # never a path made of what somebody typed
        return None
    data = (Path(settings.EMAIL_FILE_PATH) / f"{name}.eml").read_bytes()
    message = message_from_bytes(data, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    return Mail(
        name=name,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
        sent_at=parsedate_to_datetime(message["Date"]) if message["Date"] else None,
    )
