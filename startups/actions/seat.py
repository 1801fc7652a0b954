"""Places on a panel: locking one, leaving it, and what that does to confirmations of the lock."""

from datetime import datetime

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from startups.actions import confirmation
from startups.models import Evaluation, Leaving, PanelMember


def locked(challenge: Challenge) -> Challenge:
    """Return the challenge, locked: what concerns a panel is done one after the other."""
    return Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)


def fresh(member: PanelMember) -> PanelMember:
    """Return the member as it is now, locked."""
    return (
        PanelMember.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "challenge")
        .get(pk=member.pk)
    )


def leave(member: PanelMember, why: Leaving, reason: str, *, by: User, at: datetime) -> None:
    """Take a locked member off the panel. Their sheets stay on record and no longer count."""
    member.left_at, member.left_for, member.left_reason = at, why, reason
    member.save(update_fields=["left_at", "left_for", "left_reason"])
    audit.record("panel.left", target=member, by=by, at=at, old=member.role, new=why)
    take_back_confirmation(member.challenge, by=by, at=at)


def take_back_confirmation(challenge: Challenge, *, by: User, at: datetime) -> None:
    """The panel isn't the one that was confirmed. Before the opening there is nothing to take back."""
    if Evaluation.objects.filter(challenge=challenge).exists():
        confirmation.withdraw(challenge, by=by, at=at)
