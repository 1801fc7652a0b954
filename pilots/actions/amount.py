"""Another amount, or number of awards, of a published call: prepared by the Office, signed by the director.

The estimated value and the credit are looked at again; what is missing is reserved at once (RC) and authorised with the
signature (A), what is too much is given back, in the same transaction as the public correction.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from challenges.actions import correction
from challenges.models import Challenge
from challenges.policies import challenge as challenge_policies
from challenges.policies import correction as terms
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from pilots.actions import ledger
from pilots.calculations.money import ZERO
from pilots.models import Expenditure, LedgerPhase
from pilots.notifications import decision as notifications
from pilots.policies import credit as policies
from pilots.policies import decision as kinds


@transaction.atomic
def prepare(
    challenge: Challenge,
    *,
    max_amount_net: Decimal,
    awards_planned: int,
    reason: str,
    closes_at: datetime | None,
    by: User,
    at: datetime,
) -> PreparedDecision:
    """Reserve what the new amount needs on each year's line, and put it before the director.

    Raises `DomainError`: the estimated value, the line without enough credit, or too little time (LCSP art. 136.2).
    """
    challenge = _locked(challenge)
    policies.check_can_prepare(by=by, at=at)
    challenge_policies.check_amount_may_change(challenge, at=at)
    if not reason.strip():
        raise DomainError(_("Give the reason: it is published."), field="reason")
    correction.check_amount(challenge, max_amount_net=max_amount_net, awards_planned=awards_planned)
    terms.check_leaves_time(challenge, closes_at, at=at)
    challenge.max_amount_net, challenge.awards_planned = max_amount_net, awards_planned  # as it would be; not saved
    policies.check_estimated_value(challenge, at=at)
    changes = policies.changes_of_authorised(challenge, at=at)
    decision = decisions.prepare(
        DecisionKind.AMOUNT,
        challenge,
        by=by,
        at=at,
        payload={
            "max_amount_net": f"{max_amount_net:.2f}",
            "awards_planned": awards_planned,
            "reason": reason.strip(),
            "closes_at": closes_at.isoformat() if closes_at else None,
            "lines": {str(line): f"{amount:.2f}" for line, amount in changes.items()},
        },
    )
    expenditure = Expenditure.objects.get(challenge=challenge)
    for key, line in ledger.lock_lines(changes).items():
        if changes[key] > 0:
            ledger.post(line, expenditure, LedgerPhase.RC, changes[key], by=by, at=at)
    audit.record("amount.prepared", target=challenge, by=by, at=at, amount=sum(changes.values(), ZERO))
    notifications.prepared(decision, what=kinds.title_of_amount(decision, challenge), by=by, at=at)
    return decision


@transaction.atomic
def approve(challenge: Challenge, *, by: User, at: datetime) -> Challenge:
    """Sign the new amount: the money moves and the correction is published, in one transaction.

    The call closes as prepared, or later where the time since then asks for it (`closing_if_signed`).
    """
    challenge = _locked(challenge)
    policies.check_can_approve(by=by, at=at)
    decision = decisions.approve(_waiting(challenge), by=by, at=at)
    said = decision.payload
    expenditure = Expenditure.objects.select_for_update(no_key=True).get(challenge=challenge)
    changes = {int(line): Decimal(amount) for line, amount in said["lines"].items()}
    locked = ledger.lock_lines(changes)
    for key, line in locked.items():
        if changes[key] > 0:
            ledger.take_back(line, expenditure, LedgerPhase.RC, changes[key], by=by, at=at, reason=_("Consumed by A"))
            ledger.post(line, expenditure, LedgerPhase.A, changes[key], by=by, at=at, reason=said["reason"])
    challenge = correction.correct_amount(
        challenge,
        max_amount_net=Decimal(said["max_amount_net"]),
        awards_planned=said["awards_planned"],
        reason=said["reason"],
        closes_at=closing_if_signed(decision, challenge, at=at),
        by=by,
        at=at,
    )
    policies.check_estimated_value(challenge, at=at)
    for key, line in locked.items():
        if changes[key] < 0:
            ledger.take_back(line, expenditure, LedgerPhase.A, -changes[key], by=by, at=at, reason=said["reason"])
    audit.record("amount.authorised", target=expenditure, by=by, at=at, amount=sum(changes.values(), ZERO))
    notifications.approved(decision, what=kinds.title_of_amount(decision, challenge), at=at)
    return challenge


def closing_if_signed(decision: PreparedDecision, challenge: Challenge, *, at: datetime) -> datetime:
    """Return when the call closes if the new amount is signed at `at`: as prepared, or the least that leaves time."""
    prepared = decision.payload["closes_at"]
    least = terms.least_closing(challenge, at=at)
    return max(parse_datetime(prepared) or least, least) if prepared else least


@transaction.atomic
def send_back(challenge: Challenge, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return it with a comment: what was reserved for it is given back, and the call goes on as it was."""
    challenge = _locked(challenge)
    decision = _waiting(challenge)
    policies.check_can_send_back(decision.prepared_by_id, by=by, at=at)
    if not comment.strip():
        raise DomainError(_("Write a comment, so that whoever prepared it knows what to change."), field="comment")
    decision = decisions.send_back(decision, by=by, at=at, comment=comment.strip())
    _give_back_reserve(challenge, decision.payload["lines"], reason=comment.strip(), by=by, at=at)
    notifications.returned(decision, what=kinds.title_of_amount(decision, challenge), at=at)
    return decision


def drop(challenge: Challenge, *, reason: str, by: User, at: datetime) -> None:
    """Send back a new amount that waits, because the call ends: what it reserved is given back. None waiting is fine.

    The caller has locked the challenge and checked who may end it.
    """
    decision = decisions.open_for(DecisionKind.AMOUNT, challenge)
    if decision is None:
        return
    decision = decisions.send_back(decision, by=by, at=at, comment=reason)
    _give_back_reserve(challenge, decision.payload["lines"], reason=reason, by=by, at=at)
    notifications.returned(decision, what=kinds.title_of_amount(decision, challenge), at=at)


def _give_back_reserve(challenge: Challenge, lines: Mapping[str, str], *, reason: str, by: Any, at: datetime) -> None:
    expenditure = Expenditure.objects.get(challenge=challenge)
    changes = {int(line): Decimal(amount) for line, amount in lines.items()}
    for key, line in ledger.lock_lines(changes).items():
        if changes[key] > 0:
            ledger.take_back(line, expenditure, LedgerPhase.RC, changes[key], by=by, at=at, reason=reason)


def _locked(challenge: Challenge) -> Challenge:
    return (
        Challenge.objects.select_for_update(of=("self",), no_key=True).select_related("department").get(pk=challenge.pk)
    )


def _waiting(challenge: Challenge) -> PreparedDecision:
    decision = decisions.open_for(DecisionKind.AMOUNT, challenge)
    if decision is None:
        raise DomainError(_("Nothing is waiting for approval here any more. Reload the page to see why."))
    return decision
