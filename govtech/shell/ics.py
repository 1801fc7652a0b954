"""Dates as a calendar (RFC 5545). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

REFRESH = timedelta(hours=1)  # how often a subscriber need look


@dataclass(frozen=True)
class Entry:
    """One date. `uid` never changes and `sequence` grows with each change, so that the same event is updated.

    `changed_at` is when it last changed; `ends_at` the instant itself for a deadline, whose event begins before it.
    `reminder`: so long before it begins; none where it is zero.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    url: str
    is_cancelled: bool = False
    reminder: timedelta = timedelta(0)
    location: str = ""


def calendar(entries: Iterable[Entry], *, name: str, product: str, language: str, zone: ZoneInfo) -> bytes:
    """Return a calendar with its dates in the time of `zone`, whose rules go with it.

    The same entries give the same bytes: nothing in it says when it was asked for.
    """
    made = Calendar()
    made.add("prodid", f"-//{product}//{language.upper()}")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", REFRESH)
    for entry in entries:
        made.add_component(_event(entry, zone))
    if made.events:
        made.add_missing_timezones()
    return made.to_ical()


def _event(entry: Entry, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(ZoneInfo("UTC")).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(ZoneInfo("UTC")).replace(microsecond=0))
    event.add("dtstart", entry.starts_at.astimezone(zone).replace(microsecond=0))
    event.add("dtend", entry.ends_at.astimezone(zone).replace(microsecond=0))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.url)
    if entry.location:
        event.add("location", entry.location)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if entry.reminder and not entry.is_cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", -entry.reminder)
        event.add_component(alarm)
    return event
