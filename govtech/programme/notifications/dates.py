"""Sessions as dates in people's own calendars."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language

from govtech.programme.models import SessionStatus, TrainingSession
from govtech.shell import ics

REMINDER = timedelta(hours=1)


def calendar_of(sessions: Iterable[TrainingSession], *, with_link: bool) -> bytes:
    """Return a calendar file of sessions. `with_link` puts the link of those online in it: only for who has a seat."""
    site = settings.SITE_URL.rstrip("/")
    host = urlsplit(site).hostname or "localhost"
    return ics.calendar(
        [
            ics.Entry(
                uid=f"{session.public_id}-training@{host}",
                sequence=session.revision,
                changed_at=session.changed_at,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                summary=str(session.course),
                description="\n\n".join(filter(None, [session.practical, session.link if with_link else ""])),
                url=site + session.get_absolute_url(),
                is_cancelled=session.status == SessionStatus.CANCELLED,
                reminder=REMINDER,
                location=session.where,
            )
            for session in sessions
        ],
        name=settings.PROGRAMME_NAME,
        product=settings.PROGRAMME_NAME,
        language=get_language() or settings.LANGUAGE_CODE,
        zone=ZoneInfo(settings.TIME_ZONE),
    )
