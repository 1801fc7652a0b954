"""Naming a panel, and what its members declare."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import TransitionError
from startups.actions import seat as seats
from startups.actions.declaration import declare_on, declare_on_organisation
from startups.models import Leaving, PanelMember, PanelRole
from startups.notifications import panel as notifications
from startups.policies import panel as policies

__all__ = ["declare", "declare_on", "declare_on_organisation", "decline", "name_member", "remove_member"]


@transaction.atomic
def name_member(
    challenge: Challenge, user: User, *, role: PanelRole | str, by: User, at: datetime, post: str = "", **known: Any
) -> PanelMember:
    """Put a person on the panel. A confirmation of the scores given before no longer holds: more are to come.

    `post` is published beside the name; without, the one of their account. `known`: `expertise`, and of an outside
    expert who has accepted `is_external`, `until_on`, `accepted_at`.

    Raises PermissionDenied, TransitionError, DomainError (fields `email`, `role`).
    """
    challenge = seats.locked(challenge)
    role = PanelRole(role)
    policies.check_can_name(challenge, by=by, at=at)
    policies.check_can_sit(challenge, user, role, list(PanelMember.objects.current().filter(challenge=challenge)))
    post = post.strip() or user.post
    member = PanelMember.objects.create(
        challenge=challenge, user=user, role=role, named_at=at, named_by=by, post=post, **known
    )
    audit.record("panel.named", target=member, by=by, at=at, new=role)
    seats.take_back_confirmation(challenge, by=by, at=at)
    notifications.named(member, at=at)
    return member


@transaction.atomic
def decline(member: PanelMember, *, reason: str, by: User, at: datetime) -> PanelMember:
    """Leave the panel for another reason than a conflict: absence, work.

    Raises PermissionDenied, TransitionError, DomainError (field `reason`).
    """
    challenge = seats.locked(member.challenge)
    member = seats.fresh(member)
    policies.check_can_decline(member, reason, by=by, at=at)
    seats.leave(member, Leaving.DECLINED, reason.strip(), by=by, at=at)
    notifications.declined(challenge, member, at=at)
    return member


@transaction.atomic
def remove_member(member: PanelMember, *, by: User, at: datetime) -> PanelMember:
    """Take a person off the panel; their sheets no longer count. Raises PermissionDenied, TransitionError."""
    challenge = seats.locked(member.challenge)
    member = seats.fresh(member)
    policies.check_can_name(challenge, by=by, at=at)
    if member.left_at is not None:
        raise TransitionError(_("This person is no longer on the panel."))
    seats.leave(member, Leaving.REMOVED, "", by=by, at=at)
    notifications.removed(member, at=at)
    return member


@transaction.atomic
def declare(member: PanelMember, *, has_conflict: bool, text: str, by: User, at: datetime) -> PanelMember:
    """Declare for the whole challenge. A conflict takes the person off the panel.

    Who declared none may still declare one later, never the other way round. Raises PermissionDenied, TransitionError,
    DomainError (field `text`).
    """
    challenge = seats.locked(member.challenge)
    member = seats.fresh(member)
    policies.check_can_declare(member, by=by, at=at)
    policies.check_conflict_text(text, has_conflict=has_conflict, field="text")
    if member.declared_at is not None and not has_conflict:
        raise TransitionError(_("You have already declared."))
    member.declared_at, member.has_conflict, member.conflict_text = at, has_conflict, text.strip()
    member.accepted_at = member.accepted_at or at
    member.save(update_fields=["declared_at", "has_conflict", "conflict_text", "accepted_at"])
    audit.record("panel.declared", target=member, by=by, at=at, new="conflict" if has_conflict else "none")
    if has_conflict:
        seats.leave(member, Leaving.CONFLICT, "", by=by, at=at)
        notifications.conflict(challenge, member, at=at)
    return member
