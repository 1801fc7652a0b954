"""Puts on record what lower apps announce: accounts can't import the audit that stands on it."""

from typing import Any

from django.dispatch import receiver

from govtech.accounts.events import recorded
from govtech.audit import actions


@receiver(recorded, dispatch_uid="audit.recorded")
def keep(kind: str, target: Any, by: Any, at: Any, **kwargs: Any) -> None:
    """Write the event in the change's own transaction."""
    details = {name: kwargs[name] for name in ("old", "new", "fields", "reason") if name in kwargs}
    actions.record(kind, target=target, by=by, at=at, **details)
