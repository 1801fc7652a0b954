"""Outside experts: invited by mail until a day, who accept onto the panel or decline."""

import secrets
from datetime import date, datetime, time

from django.core.validators import validate_email
from django.db import transaction
from django.forms import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from startups.actions import panel as panels
from startups.actions import seat as seats
from startups.calculations.sealing import sha256
from startups.models import ExpertInvitation, PanelMember
from startups.notifications import expert as notifications
from startups.policies import expert as policies
from startups.policies import panel as panel_policies

END_OF_DAY = time(23, 59, 59)


@transaction.atomic
def invite(
    challenge: Challenge,
    *,
    email: str,
    full_name: str,
    post: str,
    expertise: str,
    role: str,
    until_on: date,
    expires_on: date,
    by: User,
    at: datetime,
) -> tuple[ExpertInvitation, str]:
    """Invite an address onto the panel and mail it a link. Return the invitation and its token, which isn't kept.

    A second invitation of the same address replaces the first. Raises PermissionDenied, TransitionError, DomainError.
    """
    challenge = seats.locked(challenge)
    policies.check_can_invite(challenge, role=role, until_on=until_on, expires_on=expires_on, by=by, at=at)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise DomainError(_("Write a whole e-mail address, for instance ana@example.org."), field="email") from error
    if PanelMember.objects.current().filter(challenge=challenge, user__email__iexact=email).exists():
        raise DomainError(_("This person is already on the panel."), field="email")
    ExpertInvitation.objects.filter(challenge=challenge, email__iexact=email, answered_at=None, revoked_at=None).update(
        revoked_at=at
    )
    token = secrets.token_urlsafe(24)
    invitation = ExpertInvitation.objects.create(
        challenge=challenge,
        email=email,
        full_name=full_name.strip(),
        post=post.strip(),
        expertise=expertise.strip(),
        role=role,
        until_on=until_on,
        token_hash=_hash(token),
        invited_at=at,
        invited_by=by,
        expires_at=timezone.make_aware(datetime.combine(expires_on, END_OF_DAY)),
    )
    audit.record("panel.invited", target=invitation, by=by, at=at, new=role)
    notifications.invited(invitation, token)
    return invitation, token


def find(token: str, *, at: datetime) -> ExpertInvitation:
    """Return the open invitation of that token. Raises DomainError for one answered, taken back, expired or unknown."""
    rows = ExpertInvitation.objects.waiting(at).select_related("challenge", "invited_by")
    found = rows.filter(token_hash=_hash(token)).first()
    if found is None:
        raise DomainError(_("This invitation isn't valid any more. Ask whoever invited you for another."))
    return found


@transaction.atomic
def accept(token: str, *, by: User, at: datetime) -> PanelMember:
    """Take the place, for a person whose confirmed address is the invited one. The rules of the panel hold as ever."""
    invitation = _locked(token, at=at)
    policies.check_is_invited(invitation, by=by)
    member = panels.name_member(
        invitation.challenge,
        by,
        role=invitation.role,
        by=invitation.invited_by,
        at=at,
        post=invitation.post,
        expertise=invitation.expertise,
        is_external=True,
        until_on=invitation.until_on,
        accepted_at=at,
    )
    invitation.answered_at, invitation.has_accepted, invitation.member = at, True, member
    invitation.save(update_fields=["answered_at", "has_accepted", "member"])
    audit.record("panel.invitation_accepted", target=invitation, by=by, at=at)
    notifications.answered(invitation, at=at)
    return member


@transaction.atomic
def decline(token: str, *, reason: str, at: datetime, by: User | None = None) -> ExpertInvitation:
    """Say no. Whoever has the link may: nobody needs an account for it."""
    invitation = _locked(token, at=at)
    invitation.answered_at, invitation.has_accepted = at, False
    invitation.decline_reason = reason.strip()[:2_000]
    invitation.save(update_fields=["answered_at", "has_accepted", "decline_reason"])
    audit.record("panel.invitation_declined", target=invitation, by=by, at=at)
    notifications.answered(invitation, at=at)
    return invitation


@transaction.atomic
def revoke(invitation: ExpertInvitation, *, by: User, at: datetime) -> ExpertInvitation:
    """Take an invitation back: its link opens nothing."""
    panel_policies.check_can_name_at_all(by=by)
    invitation = ExpertInvitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if invitation.answered_at is not None:
        raise DomainError(_("This invitation was answered already."))
    invitation.revoked_at = invitation.revoked_at or at
    invitation.save(update_fields=["revoked_at"])
    audit.record("panel.invitation_revoked", target=invitation, by=by, at=at)
    return invitation


def _locked(token: str, *, at: datetime) -> ExpertInvitation:
    """Return the open invitation with its challenge locked: of two answers at once the second finds none."""
    Challenge.objects.select_for_update(no_key=True).get(pk=find(token, at=at).challenge_id)
    rows = ExpertInvitation.objects.waiting(at).select_related("challenge", "invited_by")
    found = rows.filter(token_hash=_hash(token)).first()
    if found is None:
        raise DomainError(_("This invitation isn't valid any more. Ask whoever invited you for another."))
    return found


def _hash(token: str) -> str:
    return sha256(b"expert" + token.encode())
