"""Telling people: rows written with the change, mail sent after it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils.translation import gettext as _

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.notifications import addresses, kinds, mails, policies
from govtech.notifications.models import Notice, OutgoingEmail

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
GIVE_UP_AFTER = 9  # attempts, with waits of 2, 4, 8… minutes: eight and a half hours
BATCH = 500
TASK = "govtech.notifications.tasks.send_due_mail"


def notify(
    recipients: Iterable[User],
    kind: str,
    *,
    params: Mapping[str, Any],
    address: str,
    key: str,
    at: datetime,
) -> None:
    """Tell each recipient once, in their inbox and by mail, in the caller's transaction.

    Who was told the same kind with the same `key` isn't told again, also when two processes try at once. `address` is a
    path of this site. Raises `LookupError` for a kind nobody declared and `KeyError` for a missing parameter.
    """
    if address and (not address.startswith("/") or address.startswith("//")):
        raise ValueError(f"{address!r} isn't a path of this site.")
    data = kinds.stored(params)
    kinds.get(kind).words(data, strict=True)  # a missing parameter fails here and not in the worker
    people = {person.pk: person for person in recipients if person.is_active}
    if not people:
        return
    address = addresses.in_language(address, settings.LANGUAGE_CODE) if address else ""
    keys = {f"{kind}:{key}:{pk}": people[pk] for pk in sorted(people)}  # one order for all: no deadlock
    with transaction.atomic():
        OutgoingEmail.objects.bulk_create(
            [
                OutgoingEmail(
                    recipient=person,
                    to=person.email,
                    language=person.language,
                    kind=kind,
                    dedupe_key=dedupe_key,
                    created_at=at,
                    not_before=at,
                )
                for dedupe_key, person in keys.items()
            ],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        emails = dict(OutgoingEmail.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", "pk"))
        Notice.objects.bulk_create(
            [
                Notice(
                    recipient=person,
                    kind=kind,
                    params=data,
                    address=address,
                    dedupe_key=dedupe_key,
                    created_at=at,
                    email_id=emails[dedupe_key],
                )
                for dedupe_key, person in keys.items()
            ],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        kick_after_commit()


def kick_after_commit() -> None:
    """Nudge a worker once this transaction is through. A dead broker is logged: the sweep sends later."""
    if any(entry[1] is _kick for entry in connection.run_on_commit):
        return
    transaction.on_commit(_kick, robust=True)


def _kick() -> None:
    """Publish with the retries of the settings: without them kombu would wait six seconds for a dead broker."""
    current_app.send_task(TASK, expires=60)


@transaction.atomic
def mark_read(notices: Any, *, by: User, at: datetime) -> int:
    """Mark those notices of the person as read; return how many were not."""
    return notices.visible_to(by).unread().update(read_at=at)


@transaction.atomic
def retry(email: OutgoingEmail, *, by: User, at: datetime) -> OutgoingEmail:
    """Try a mail again now, from the first attempt. Raises `DomainError` where there is nothing left to send."""
    email = OutgoingEmail.objects.select_for_update(no_key=True).get(pk=email.pk)
    policies.check_can_see_sent(by=by, at=at)
    if email.sent_at:
        raise DomainError(_("This mail was sent already."))
    if not email.body_text and not email.notices.exists():
        raise DomainError(_("The text of this mail was deleted: it held a code that is no longer valid."))
    email.gave_up_at, email.attempts, email.not_before, email.lease_until = None, 0, at, None
    email.save(update_fields=["gave_up_at", "attempts", "not_before", "lease_until"])
    audit.record("email.retried", target=email, by=by, at=at)
    kick_after_commit()
    return email


# Sending ---------------------------------------------------------------------------------------------


def send_due(*, now: Callable[[], datetime] = clock.now, limit: int | None = None) -> int:
    """Send what is due, one mail after another, until nothing is (or `limit` were tried); return how many went out.

    Each mail is claimed with a lease and committed before it is handed over, so many workers may run: none sends
    another's. A worker killed between handing over and marking leaves a lease that expires, and that one mail goes out
    twice. Never call this inside a transaction.
    """
    sent = tried = 0
    delivery = _Delivery()
    try:
        while limit is None or tried < limit:
            email = _claim(now())
            if email is None:
                break
            tried += 1
            sent += _send(email, delivery, now)
    finally:
        delivery.close()
    return sent


class _Delivery:
    """The connection to the mail server, kept open between mails and thrown away after a failure."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def hand_over(self, email: OutgoingEmail) -> None:
        """Hand one mail to the server. Raises whatever the server or the rendering raises."""
        message = mails.message_of(email)
        if self._connection is None:
            self._connection = get_connection(settings.EMAIL_DELIVERY_BACKEND)
            self._connection.open()
        if not self._connection.send_messages([message]):
            raise OSError("The mail server took no message.")

    def close(self) -> None:
        """Say goodbye; a server that is gone doesn't matter."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
            self._connection = None


@transaction.atomic
def _claim(at: datetime) -> OutgoingEmail | None:
    """Take the next due mail for a minute. Rows that another worker is claiming are skipped."""
    email = (
        OutgoingEmail.objects.due(at)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("recipient")
        .order_by("not_before", "pk")
        .first()
    )
    if email is not None:
        email.lease_until, email.attempts = at + LEASE, email.attempts + 1
        email.save(update_fields=["lease_until", "attempts"])
    return email


def _send(email: OutgoingEmail, delivery: _Delivery, now: Callable[[], datetime]) -> int:
    try:
        delivery.hand_over(email)
    except mails.NothingToSay:
        OutgoingEmail.objects.filter(pk=email.pk, lease_until=email.lease_until, sent_at=None).delete()
        return 0
    except Exception as error:  # noqa: BLE001 - one bad mail must not hold up the others
        delivery.close()
        logger.warning("Mail %s was not sent (attempt %s).", email.public_id, email.attempts, exc_info=True)
        _mark_failed(email, error, now())
        return 0
    _mark(email, sent_at=now(), error="", **WIPED)
    return 1


WIPED = {"subject": "", "body_text": "", "body_html": ""}


def _mark_failed(email: OutgoingEmail, error: Exception, at: datetime) -> None:
    words = f"{type(error).__name__}: {error}"[:500].replace("\0", "")
    if email.attempts >= GIVE_UP_AFTER:
        _mark(email, gave_up_at=at, error=words, **WIPED)
    else:
        _mark(email, not_before=at + timedelta(minutes=2**email.attempts), error=words)


def _mark(email: OutgoingEmail, **values: Any) -> None:
    """Write the outcome, unless the lease was lost: then another worker's outcome counts."""
    mine = OutgoingEmail.objects.filter(pk=email.pk, lease_until=email.lease_until, sent_at=None)
    if not mine.update(lease_until=None, **values):
        logger.warning("Mail %s took longer than its lease.", email.public_id)
