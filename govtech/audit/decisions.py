"""Decisions of two people: prepare, approve, send back. Who may do which is the caller's policy."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from govtech.audit import actions
from govtech.audit.models import PreparedDecision
from govtech.errors import DomainError, TransitionError


@transaction.atomic
def prepare(
    kind: str, target: models.Model, *, by: Any, at: datetime, payload: dict[str, Any] | None = None
) -> PreparedDecision:
    """Put a decision before the person who may approve it.

    The caller holds the lock on `target`. Raises `DomainError` when one is waiting already.
    """
    if open_for(kind, target) is not None:
        raise DomainError(_("This is already waiting for approval. Wait for it, or ask for it to be sent back."))
    decision = PreparedDecision.objects.create(
        kind=kind,
        target_label=target._meta.label_lower,
        target_id=target.pk,
        payload=payload or {},
        prepared_at=at,
        prepared_by=by,
    )
    actions.record("decision.prepared", target=decision, by=by, at=at, new=kind)
    return decision


def _locked(decision: PreparedDecision) -> PreparedDecision:
    decision = PreparedDecision.objects.select_for_update(no_key=True).get(pk=decision.pk)
    if decision.approved_at or decision.returned_at:
        raise TransitionError(_("This was decided already. Reload the page to see how."))
    return decision


@transaction.atomic
def approve(decision: PreparedDecision, *, by: Any, at: datetime) -> PreparedDecision:
    """Approve what another person prepared.

    Raises `DomainError` when `by` prepared it, `TransitionError` when it was decided already.
    """
    decision = _locked(decision)
    if decision.prepared_by_id == by.pk:
        raise DomainError(_("You prepared this, so another person must approve it."))
    decision.approved_at, decision.approved_by = at, by
    decision.save(update_fields=["approved_at", "approved_by"])
    actions.record("decision.approved", target=decision, by=by, at=at, new=decision.kind)
    return decision


@transaction.atomic
def send_back(decision: PreparedDecision, *, by: Any, at: datetime, comment: str) -> PreparedDecision:
    """Send a prepared decision back with a comment. Its preparer may withdraw it the same way."""
    decision = _locked(decision)
    decision.returned_at, decision.returned_by, decision.comment = at, by, comment
    decision.save(update_fields=["returned_at", "returned_by", "comment"])
    actions.record("decision.returned", target=decision, by=by, at=at, new=decision.kind, reason=comment)
    return decision


def open_for(kind: str, target: models.Model) -> PreparedDecision | None:
    """Return the decision of this kind that waits for approval, if there is one."""
    return PreparedDecision.objects.of(target).filter(kind=kind).waiting().first()


def waiting_for(kind: str, targets: Iterable[models.Model]) -> list[PreparedDecision]:
    """Return the decisions of this kind that wait for approval on things of one model. One query."""
    targets = list(targets)
    if not targets:
        return []
    rows = PreparedDecision.objects.filter(
        kind=kind, target_label=targets[0]._meta.label_lower, target_id__in=[each.pk for each in targets]
    )
    return list(rows.waiting().select_related("prepared_by"))
