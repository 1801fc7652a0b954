"""Terms of one participant that an outage of the portal moves: to correct, to answer, to justify a low offer."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from challenges.policies import incident as registry
from govtech.audit import actions as audit
from govtech.audit.models import AuditEvent
from startups.models import AbnormalOffer, ClarificationAnswer, Proposal, ProposalStatus
from startups.notifications.people import members_of

TERM, ANSWER, HEARING = "correction_due_at", "clarification_due_at", "hearing_due_at"


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


def answers(began_at: datetime, ended_at: datetime) -> Iterator[registry.Deadline]:
    """Find the answers to questions about a proposal that were awaited during the outage."""
    rows = ClarificationAnswer.objects.filter(answered_at=None, clarification__asked_at__lt=ended_at)
    rows = rows.annotate(ends=Coalesce("due_at", "clarification__due_at")).filter(ends__gt=began_at)
    for row in rows.select_related("proposal__challenge__department", "proposal__organisation").order_by("pk"):
        label, target = _("term to answer a question about a proposal"), "startups.clarificationanswer"
        people, old = members_of(row.proposal), row.ends
        yield registry.Deadline(
            row.proposal.challenge, ANSWER, label, target, row.pk, old, is_public=False, people=people
        )


@transaction.atomic
def move_answer(answer_id: int, new: datetime, *, by: Any, at: datetime) -> None:
    """Give one organisation more time to answer."""
    row = ClarificationAnswer.objects.select_for_update(of=("self",), no_key=True).get(pk=answer_id)
    row.due_at = new
    row.save(update_fields=["due_at"])
    audit.record("proposal.clarification_term_moved", target=row.proposal, by=by, at=at, fields=["due_at"])


def hearings(began_at: datetime, ended_at: datetime) -> Iterator[registry.Deadline]:
    """Find the justifications of low offers that were awaited during the outage."""
    rows = AbnormalOffer.objects.undecided().filter(answered_at=None, asked_at__lt=ended_at, due_at__gt=began_at)
    for row in rows.select_related("proposal__challenge__department", "proposal__organisation").order_by("pk"):
        label, people = _("term to justify a low offer"), members_of(row.proposal)
        target, old = "startups.abnormaloffer", row.due_at
        yield registry.Deadline(
            row.proposal.challenge,
            HEARING,
            label,
            target,
            row.pk,
            old,  # type: ignore[arg-type] # filtered above
            is_public=False,
            people=people,
        )


@transaction.atomic
def move_hearing(offer_id: int, new: datetime, *, by: Any, at: datetime) -> None:
    """Give one organisation more time to justify its price."""
    row = AbnormalOffer.objects.select_for_update(of=("self",), no_key=True).get(pk=offer_id)
    row.due_at = new
    row.save(update_fields=["due_at"])
    audit.record("offer.term_moved", target=row.proposal, by=by, at=at, fields=["due_at"])


def register() -> None:
    """Tell incidents of these terms."""
    registry.register(TERM, registry.Source(running, move))
    registry.register(ANSWER, registry.Source(answers, move_answer))
    registry.register(HEARING, registry.Source(hearings, move_hearing))
