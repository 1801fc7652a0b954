"""What the audit holds of people: numbers, never names. It is downloaded and kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govtech.accounts import rights
from govtech.accounts.models import User
from govtech.audit.models import AuditEvent


def register() -> None:
    """Fill the registries."""
    rights.export.register(rights.Part("audit", _("What you did, as the record has it"), rows))
    rights.erasure.register(rights.Erasing("audit", 95, plan, lambda _user, _at: None))
    rights.schedule.register(
        rights.Rule(
            "audit",
            _("Record of what was done, by number and without names"),
            term=_("As long as the files it proves"),
            law=_("ENS op.exp.8; Law 40/2015 art. 46"),
            then=_("It is kept: a chain that proves itself can't lose a link."),
        )
    )


def rows(user: User) -> Iterator[dict[str, Any]]:
    """Yield what the person did."""
    for event in AuditEvent.objects.filter(actor_id=user.pk).order_by("pk").iterator():
        yield {"at": event.occurred_at, "what": event.kind, "of": event.target_label, "fields": event.fields}


def plan(user: User, at: datetime) -> list[rights.Said]:  # noqa: ARG001 - the shape of the registry
    """Say what stays."""
    return [
        rights.Said(
            gettext("The record of what you did, by number and without your name"),
            AuditEvent.objects.filter(actor_id=user.pk).count(),
            gettext("Law makes public bodies able to prove what was done and when (ENS, op.exp.8)."),
        )
    ]
