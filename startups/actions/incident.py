"""Terms of one participant that an outage of the portal moves: to correct what the Office asked for at admission."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from challenges.policies import incident as registry
from govtech.audit import actions as audit
from govtech.audit.models import AuditEvent
from startups.models import Proposal, ProposalStatus
from startups.notifications.people import members_of

TERM = "correction_due_at"


def running(began_at: datetime, ended_at: datetime) -> Iterator[registry.Deadline]:
    """Find the corrections that were awaited during the outage: asked for before it ended, not due when it began."""
    asked = AuditEvent.objects.filter(
        kind="proposal.correction_requested",
        target_label="startups.proposal",
        target_id=OuterRef("key"),
        occurred_at__lt=ended_at,
    )
    rows = (
        Proposal.objects.filter(
            status=ProposalStatus.CORRECTION_REQUESTED, corrected_at=None, correction_due_at__gt=began_at
        )
        .annotate(key=Cast("pk", CharField()))
        .filter(Exists(asked))
        .select_related("challenge__department", "organisation")
    )
    for proposal in rows.order_by("pk"):
        yield registry.Deadline(
            proposal.challenge,
            TERM,
            _("term to correct a proposal"),
            "startups.proposal",
            proposal.pk,
            proposal.correction_due_at,  # type: ignore[arg-type] # filtered above
            is_public=False,
            people=members_of(proposal),
        )


@transaction.atomic
def move(proposal_id: int, new: datetime, *, by: Any, at: datetime) -> None:
    """Give one organisation more time to correct."""
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=proposal_id)
    proposal.correction_due_at = new
    proposal.save(update_fields=["correction_due_at"])
    audit.record("proposal.correction_term_moved", target=proposal, by=by, at=at, fields=["correction_due_at"])


def register() -> None:
    """Tell incidents of these terms."""
    registry.register(TERM, registry.Source(running, move))
