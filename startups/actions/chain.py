"""The chain of receipts in the open: its head once a day, and the chain up to the last head."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from govtech.clock import local_date
from startups.models import PublishedHead, Receipt

FORMAT = "receipt-chain/1"
GRACE = timedelta(minutes=5)  # what was received in the last moment of a day is written by then
ONE_AT_A_TIME = 7021552  # the advisory lock of whoever publishes

LAST_OF_DAY = """
SELECT l.seq, l.hash FROM audit_chainlink l JOIN startups_receipt r ON r.id = l.row_id
WHERE l.chain = 'receipts' AND r.received_at < %s ORDER BY l.seq DESC LIMIT 1
"""
LINKS = """
SELECT l.seq, r.register_number, to_jsonb(r) ->> 'received_at', r.manifest_hash, r.code_hash, l.hash
FROM audit_chainlink l JOIN startups_receipt r ON r.id = l.row_id
WHERE l.chain = 'receipts' AND l.seq > %s AND l.seq <= %s ORDER BY l.seq LIMIT 1000
"""


@transaction.atomic
def publish_heads(*, at: datetime) -> list[PublishedHead]:
    """Publish the head of every day that has ended and lacks one, the oldest first. Safe to repeat, many at once.

    Begins with the day of the first receipt. A day without receipts has the head of the day before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    day = _next_day()
    published = []
    while day is not None and (until := end_of(day)) + GRACE <= at:
        with connection.cursor() as cursor:
            cursor.execute(LAST_OF_DAY, [until])
            found = cursor.fetchone()
        if found is None:  # its links aren't written yet
            break
        seq, digest = found
        published.append(PublishedHead.objects.create(day=day, until=until, seq=seq, hash=digest, published_at=at))
        day += timedelta(days=1)
    return published


def end_of(day: date) -> datetime:
    """Return the midnight that ends a day in the city's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _next_day() -> date | None:
    last = PublishedHead.objects.order_by("-day").first()
    if last is not None:
        return last.day + timedelta(days=1)
    first = Receipt.objects.order_by("received_at").first()
    return local_date(first.received_at) if first is not None else None


def as_data(head: PublishedHead) -> dict[str, Any]:
    """Return a head as it is published."""
    return {
        "day": head.day.isoformat(),
        "until": head.until.isoformat(),
        "seq": head.seq,
        "hash": head.hash,
        "published_at": head.published_at.isoformat(),
    }


def links(last: int) -> Iterator[dict[str, Any]]:
    """Yield the links up to `last`: number, time and hashes; nothing that leads to who handed in what, or where."""
    after = 0
    while after < last:
        with connection.cursor() as cursor:
            cursor.execute(LINKS, [after, last])
            rows = cursor.fetchall()
        for seq, number, received_at, manifest_hash, code_hash, digest in rows:
            yield {
                "seq": seq,
                "register_number": number,
                "received_at": received_at,
                "manifest_hash": manifest_hash,
                "code_hash": code_hash,
                "hash": digest,
            }
        after = rows[-1][0] if rows else last


def link_of(receipt: Receipt) -> dict[str, Any] | None:
    """Return place and hash of a receipt in the chain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.seq, l.hash FROM audit_chainlink l WHERE l.chain = 'receipts' AND l.row_id = %s", [receipt.pk]
        )
        row = cursor.fetchone()
    return {"seq": row[0], "hash": row[1]} if row else None


def instant_of(receipt: Receipt) -> str:
    """Return the time of a receipt as the chain writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(received_at) #>> '{}' FROM startups_receipt WHERE id = %s", [receipt.pk])
        text: str = cursor.fetchone()[0]
    return text


def head_over(seq: int) -> PublishedHead | None:
    """Return the first published head that covers the link `seq`."""
    return PublishedHead.objects.filter(seq__gte=seq).order_by("day").first()
