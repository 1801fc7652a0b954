"""A deadline as a calendar file (RFC 5545). Pure."""

from datetime import UTC, datetime, timedelta


def _text(value: str) -> str:
    """Escape as RFC 5545, 3.3.11.

    >>> _text("Uno, dos; tres")
    'Uno\\\\, dos\\\\; tres'
    """
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return value.replace("\r\n", "\n").replace("\n", "\\n")


def _fold(line: str) -> str:
    """Break a line after at most 75 octets, never inside a character (RFC 5545, 3.1)."""
    parts: list[str] = []
    current, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > 75 - bool(parts):  # the space that begins a continuation counts
            parts.append(current)
            current, size = "", 0
        current, size = current + character, size + octets
    return "\r\n ".join([*parts, current])


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def deadline(
    *,
    uid: str,
    at: datetime,
    closes_at: datetime,
    sequence: int,
    summary: str,
    description: str,
    url: str,
    product: str,
) -> str:
    """Return a calendar with one event: the half hour before the deadline, and a reminder a day before.

    `sequence` grows when the deadline moves, so that the same event is updated.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(product)}//ES",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_instant(at)}",
        f"SEQUENCE:{sequence}",
        f"DTSTART:{_instant(closes_at - timedelta(minutes=30))}",
        f"DTEND:{_instant(closes_at)}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(description)}",
        f"URL:{url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(summary)}",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(map(_fold, lines)) + "\r\n"
