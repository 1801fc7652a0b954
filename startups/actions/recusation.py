"""A participant challenges a member; the member answers; a director decides. On record at each step."""

from datetime import date, datetime

from django.db import transaction

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from startups.actions import seat as seats
from startups.models import Ground, Leaving, PanelMember, Proposal, Recusation
from startups.notifications import recusation as notifications
from startups.policies import recusation as policies


@transaction.atomic
def challenge_member(
    proposal: Proposal,
    member: PanelMember,
    *,
    ground: str,
    text: str,
    known_on: date | None = None,
    by: User,
    at: datetime,
) -> Recusation:
    """Challenge a member for the organisation of a proposal. It holds the lock until a director has decided.

    `known_on` is the day on which it came to know of the facts: needed where it said the same ground before. Raises
    PermissionDenied, TransitionError, DomainError (fields `text`, `known_on`).
    """
    proposal.challenge = seats.locked(proposal.challenge)
    proposal.refresh_from_db(fields=["status", "decided_at"])
    policies.check_can_challenge(proposal, seats.fresh(member), ground, known_on, by=by, at=at)
    policies.check_words(text, field="text")
    answer_due_at = policies.end_of("recusal_answer_days", local_date(at), at=at)
    row = Recusation.objects.create(
        member=member,
        organisation=proposal.organisation,
        ground=Ground(ground),
        text=text.strip(),
        known_on=known_on,
        asked_at=at,
        asked_by=by,
        answer_due_at=answer_due_at,
        due_at=policies.end_of("recusal_decision_days", local_date(answer_due_at), at=at),
    )
    audit.record("panel.challenged", target=row, by=by, at=at, new=row.ground)
    notifications.asked(row, at=at)
    return row


@transaction.atomic
def answer(recusation: Recusation, *, admits: bool, text: str, by: User, at: datetime) -> Recusation:
    """Say whether the cause is so. The director's term runs from this answer. Raises as `challenge_member`."""
    row = _locked(recusation)
    policies.check_can_answer(row, by=by, at=at)
    policies.check_words(text, field="text")
    row.answered_at, row.admits, row.answer = at, admits, text.strip()
    row.due_at = policies.end_of("recusal_decision_days", local_date(at), at=at)
    row.save(update_fields=["answered_at", "admits", "answer", "due_at"])
    audit.record("panel.challenge_answered", target=row, by=by, at=at, new="admitted" if admits else "denied")
    notifications.answered(row, at=at)
    return row


@transaction.atomic
def decide(recusation: Recusation, *, is_upheld: bool, text: str, by: User, at: datetime) -> Recusation:
    """Uphold, which takes the person off the panel, or turn down; with reasons, told to everybody concerned.

    Raises PermissionDenied, TransitionError, DomainError (field `text`).
    """
    row = _locked(recusation)
    policies.check_can_decide(row, by=by, at=at)
    policies.check_words(text, field="text")
    row.decided_at, row.decided_by, row.is_upheld, row.decision = at, by, is_upheld, text.strip()
    row.save(update_fields=["decided_at", "decided_by", "is_upheld", "decision"])
    audit.record("panel.challenge_decided", target=row, by=by, at=at, new="upheld" if is_upheld else "turned_down")
    if is_upheld and row.member.left_at is None:
        seats.leave(seats.fresh(row.member), Leaving.CHALLENGED, "", by=by, at=at)
    notifications.decided(row, at=at)
    return row


def _locked(recusation: Recusation) -> Recusation:
    """Lock the challenge, then the row: decisions and the lock of the scores don't cross."""
    Challenge.objects.select_for_update(no_key=True).get(pk=recusation.member.challenge_id)
    rows = Recusation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("member__challenge", "member__user", "organisation").get(pk=recusation.pk)
