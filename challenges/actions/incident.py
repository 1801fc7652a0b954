"""An outage: recorded, shown with what it touched, and made good in one act."""

from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions.lifecycle import move_terms
from challenges.models import Challenge, CorrectionKind, Incident, IncidentEffect
from challenges.notifications import incident as notifications
from challenges.policies import incident as policies
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError

MAX_TEXT = 2_000


@transaction.atomic
def record(*, began_at: datetime, ended_at: datetime, text: str, by: User, at: datetime) -> Incident:
    """Write down an outage that is over. Nothing moves and nothing is public yet.

    The same outage sent twice is one. Raises DomainError beside the field.
    """
    policies.check_can_record(by=by, at=at)
    policies.check_times(began_at, ended_at, at=at)
    text = text.strip()
    if not text:
        raise DomainError(_("Say what happened: it is published."), field="text")
    if len(text) > MAX_TEXT:
        raise DomainError(_("This is too long. Shorten it."), field="text")
    incident, is_new = Incident.objects.get_or_create(
        began_at=began_at, ended_at=ended_at, text=text, defaults={"recorded_at": at, "recorded_by": by}
    )
    if is_new:
        audit.record("incident.recorded", target=incident, by=by, at=at, reason=text)
    return incident


@transaction.atomic
def apply(incident: Incident, *, by: User, at: datetime) -> list[IncidentEffect]:
    """Move every deadline that the outage touched, publish it on each call, and tell each person once a call.

    All or nothing. Raises TransitionError when it was done already, DomainError where it touched nothing.
    """
    incident = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    policies.check_can_apply(incident, by=by, at=at)
    touched = {move.deadline.challenge.pk for move in policies.moves(incident, at=at)}
    # Locked in one order; what they say now is what counts.
    list(Challenge.objects.select_for_update(no_key=True).filter(pk__in=touched).order_by("pk"))
    moves = policies.moves(incident, at=at)
    if not moves:
        raise DomainError(_("This outage touched no deadline that can still move."))
    effects = IncidentEffect.objects.bulk_create(
        IncidentEffect(
            incident=incident,
            challenge=move.deadline.challenge,
            term=move.deadline.term,
            target_label=move.deadline.target_label,
            target_id=move.deadline.target_id,
            is_public=move.deadline.is_public,
            old=move.deadline.old,
            new=move.new,
        )
        for move in moves
    )
    public = sorted((move for move in moves if move.deadline.is_public), key=lambda move: move.deadline.challenge.pk)
    for _pk, of_call in groupby(public, key=lambda move: move.deadline.challenge.pk):
        rows = list(of_call)
        move_terms(
            rows[0].deadline.challenge,
            {move.deadline.term: move.new for move in rows},
            kind=CorrectionKind.INCIDENT,
            reason=incident.text,
            by=by,
            at=at,
            moves_later=True,
        )
    for move in moves:
        if not move.deadline.is_public:
            _move_private(incident, move, by=by, at=at)
    incident.applied_at, incident.applied_by = at, by
    incident.save(update_fields=["applied_at", "applied_by"])
    audit.record("incident.applied", target=incident, by=by, at=at, new=str(len(effects)), reason=incident.text)
    return effects


def _move_private(incident: Incident, move: policies.Move, *, by: User, at: datetime) -> None:
    deadline = move.deadline
    policies.source_of(deadline.term).move(deadline.target_id, move.new, by=by, at=at)
    if deadline.people is not None:
        notifications.moved(
            incident,
            deadline.people,
            deadline.challenge,
            term=deadline.label,
            key=f"{deadline.term}:{deadline.target_id}",
            until=move.new,
            at=at,
        )


@transaction.atomic
def discard(incident: Incident, *, by: User, at: datetime) -> None:
    """Throw away a record that moved nothing, written by mistake."""
    incident = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    policies.check_can_apply(incident, by=by, at=at)
    audit.record("incident.discarded", target=incident, by=by, at=at, reason=incident.text)
    incident.delete()
