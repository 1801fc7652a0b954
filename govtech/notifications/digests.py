"""News that people asked for: in the inbox at once, by mail when it is due; one mail for all that is due.

The row of the notice is the record that a person was told of a thing: there are no windows of time that could overlap
or leave a gap. A worker that comes late finds what was due; one that is killed leaves a transaction undone.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from govtech.accounts.models import User
from govtech.notifications import addresses, kinds
from govtech.notifications.actions import kick_after_commit
from govtech.notifications.models import Notice, OutgoingEmail, Subscriber
from govtech.notifications.sources import Source

logger = logging.getLogger(__name__)

DIGEST = "digest"
BATCH = 1000  # rows in one statement
PEOPLE = 100  # whose mails are written in one transaction
LOCK = 7021560  # one process at a time gathers, so that a person's news is in one mail

_before: list[Callable[..., Any]] = []


@dataclass(frozen=True)
class Item:
    """A piece of news for one person: as for `notify`, and why they are told."""

    recipient: User
    kind: str
    params: Mapping[str, Any]
    address: str
    key: str
    sources: tuple[Source, ...]
    stored: Mapping[str, Any] = field(default_factory=dict)  # parameters that are data already


def before(function: Callable[..., Any]) -> None:
    """Call `function(at=…)` before mails are gathered: it finds what is new, in transactions of its own.

    Safe to repeat; what it has committed when it fails or is killed stays.
    """
    if function not in _before:
        _before.append(function)


def tell(items: Iterable[Item], *, at: datetime) -> int:
    """Put news into inboxes, each once, and note when it is due by mail. Return how many were written.

    Four queries for any number of people. Who was told the same kind with the same key isn't told again.
    """
    items = [item for item in items if item.recipient.is_active]
    if not items:
        return 0
    spanish: dict[str, str] = {}
    rows = []
    for item in sorted(items, key=lambda item: (item.key, item.recipient.pk)):  # one order for all: no deadlock
        data = {**kinds.stored(item.params), **item.stored}
        kinds.get(item.kind).words(data, strict=True)
        if item.address not in spanish:
            spanish[item.address] = addresses.in_language(item.address, settings.LANGUAGE_CODE)
        rows.append(
            Notice(
                recipient=item.recipient,
                kind=item.kind,
                params=data,
                address=spanish[item.address],
                dedupe_key=f"{item.kind}:{item.key}:{item.recipient.pk}",
                created_at=at,
                sources=[source.stored for source in item.sources],
                mail_at=min((source.mail_at for source in item.sources if source.mail_at), default=None),
            )
        )
    with transaction.atomic():
        Notice.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        Subscriber.objects.bulk_create(
            [Subscriber(user=user) for user in {item.recipient.pk: item.recipient for item in items}.values()],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        kick_after_commit()
    return len(rows)


def reschedule(user: User, key: str, when: Callable[[datetime], datetime | None]) -> None:
    """Move the mail that still waits because of `key`: `when(told at)` is the new instant, None for never."""
    _reschedule(Notice.objects.filter(recipient=user, mail_at__isnull=False), key, when)


def revive(user: User, key: str, when: Callable[[datetime], datetime | None], *, since: datetime) -> None:
    """Let the mail that the source `key` would have sent after `since` wait again, where it was not read meanwhile."""

    def later(told_at: datetime) -> datetime | None:
        instant = when(told_at)
        return instant if instant and instant > since else None

    _reschedule(Notice.objects.filter(recipient=user, email=None, read_at=None), key, later)


def _reschedule(notices: Any, key: str, when: Callable[[datetime], datetime | None]) -> None:
    changed = []
    for notice in notices.select_for_update(no_key=True).order_by("pk"):
        if all(row["key"] != key for row in notice.sources):
            continue
        for row in notice.sources:
            if row["key"] == key:
                instant = when(notice.created_at)
                row["mail_at"] = instant.isoformat() if instant else None
        notice.mail_at = min(
            (datetime.fromisoformat(row["mail_at"]) for row in notice.sources if row["mail_at"]), default=None
        )
        changed.append(notice)
    Notice.objects.bulk_update(changed, ["sources", "mail_at"], batch_size=BATCH)


def gather(*, at: datetime) -> int:
    """Find what is new, then write one mail a person with all that is due at `at`. Return how many mails.

    Many may call it at once: one works and the others leave it alone. Never an empty mail: what somebody read in the
    inbox meanwhile, or no longer holds, isn't mailed.
    """
    with _alone() as is_alone:
        if not is_alone:
            return 0
        for function in _before:
            try:
                function(at=at)
            except Exception:
                logger.exception("%s.%s failed before gathering mail.", function.__module__, function.__qualname__)
        mails = 0
        while (written := _gather_some(at)) is not None:
            mails += written
        return mails


@contextmanager
def _alone() -> Iterator[bool]:
    """Say whether no other process gathers, and keep them away meanwhile. The lock dies with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@transaction.atomic
def _gather_some(at: datetime) -> int | None:
    """Write the mails of some people. None where nobody's is due."""
    due = Notice.objects.filter(mail_at__lte=at)
    people = list(due.order_by("recipient_id").values_list("recipient_id", flat=True).distinct()[:PEOPLE])
    if not people:
        return None
    notices = list(
        due.filter(recipient__in=people)
        .select_for_update(of=("self",), no_key=True)
        .select_related("recipient")
        .order_by("recipient_id", "created_at", "pk")
    )
    live = kinds.holding([notice for notice in notices if notice.recipient.is_active and notice.read_at is None])
    mails: list[tuple[OutgoingEmail, list[Notice]]] = []
    for _, found in groupby(live, key=attrgetter("recipient_id")):
        own = list(found)
        mails.append((_mail(own, at), own))
    OutgoingEmail.objects.bulk_create([mail for mail, _ in mails], batch_size=BATCH)
    for notice in notices:
        notice.mail_at = None
    for mail, own in mails:
        for notice in own:
            notice.email = mail
    Notice.objects.bulk_update(notices, ["email", "mail_at"], batch_size=BATCH)
    kick_after_commit()
    return len(mails)


def _mail(notices: list[Notice], at: datetime) -> OutgoingEmail:
    first = notices[0]
    return OutgoingEmail(
        recipient=first.recipient,
        to=first.recipient.email,
        language=first.recipient.language,
        kind=first.kind if len(notices) == 1 else DIGEST,
        dedupe_key=f"{DIGEST}:{first.pk}",
        created_at=at,
        not_before=at,
    )
