"""The one way to write an audit event."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from govtech.audit.context import request_id
from govtech.audit.events import recorded
from govtech.audit.models import AuditEvent


def record(
    kind: str,
    *,
    by: Any,
    at: datetime,
    target: models.Model | None = None,
    old: str = "",
    new: str = "",
    fields: Iterable[str] = (),
    amount: Decimal | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write one event in the caller's transaction. `kind` is past tense; `by` is None for the system.

    Names nobody and holds no content: ids, states, names of fields, an amount in euros, a reason.
    """
    event = AuditEvent.objects.create(
        kind=kind,
        target_label=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        actor_id=by.pk if by is not None else None,
        old=old,
        new=new,
        fields=list(fields),
        amount=amount,
        reason=reason,
        request_id=request_id.get(),
        occurred_at=at,
    )
    recorded.send(sender=AuditEvent, event=event)
    return event
