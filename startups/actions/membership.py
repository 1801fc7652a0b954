"""Members of an organisation: invited by mail, let in by a token, changed and removed by owners."""

import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.forms import ValidationError
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from startups.actions import join_request as join_requests
from startups.calculations.sealing import sha256
from startups.models import Invitation, Membership, Organisation, OrganisationRole
from startups.notifications import organisation as notifications
from startups.policies import organisation as policies

VALID_FOR = timedelta(days=14)
MOST_OPEN = 20
MOST_A_DAY = 40  # mails of one organisation
MOST_TO_ONE = 3  # mails to one address in a day


@transaction.atomic
def invite(organisation: Organisation, *, email: str, role: str, by: User, at: datetime) -> tuple[Invitation, str]:
    """Invite an address for 14 days and mail it a link. Return the invitation and its token, which isn't kept.

    A second invitation of the same address replaces the first. Raises DomainError(field="email").
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    policies.check_can_invite(organisation, by=by, at=at)
    email = _clean_email(email)
    if Membership.objects.current().filter(organisation=organisation, user__email__iexact=email).exists():
        raise DomainError(_("%(email)s belongs to the organisation already.") % {"email": email}, field="email")
    _check_not_too_many(organisation, email, at)
    waiting = organisation.invitations.filter(accepted_at=None, revoked_at=None)
    waiting.filter(email__iexact=email).update(revoked_at=at)
    if waiting.filter(expires_at__gt=at).count() >= MOST_OPEN:
        raise DomainError(
            _("There are %(most)s invitations waiting. Revoke one that isn't needed.") % {"most": MOST_OPEN},
            field="email",
        )
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=OrganisationRole(role).value,
        token_hash=_hash(token),
        invited_at=at,
        invited_by=by,
        expires_at=at + VALID_FOR,
    )
    audit.record("organisation.invited", target=organisation, by=by, at=at, new=invitation.role)
    notifications.invited(invitation, token)
    return invitation, token


def _check_not_too_many(organisation: Organisation, email: str, at: datetime) -> None:
    """Raise DomainError where so many mails went out in a day that they would be a nuisance."""
    today = organisation.invitations.filter(invited_at__gt=at - timedelta(days=1))
    if today.filter(email__iexact=email).count() >= MOST_TO_ONE:
        raise DomainError(
            _("This address got %(most)s invitations in a day. It may be in their spam; ask them before another.")
            % {"most": MOST_TO_ONE},
            field="email",
        )
    if today.count() >= MOST_A_DAY:
        raise DomainError(
            _("Your organisation sent %(most)s invitations in a day. Send the rest tomorrow.") % {"most": MOST_A_DAY},
            field="email",
        )


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """Return the open invitation of that token. Raises DomainError for one used, revoked, expired or unknown."""
    found = (
        Invitation.objects.filter(token_hash=_hash(token), revoked_at=None, accepted_at=None, expires_at__gt=at)
        .select_related("organisation", "invited_by")
        .first()
    )
    if found is None:
        raise DomainError(_("This invitation isn't valid any more. Ask whoever invited you for another."))
    return found


def check_is_invited(invitation: Invitation, user: User) -> None:
    """Raise PermissionDenied unless the invited address is one that `user` has confirmed."""
    own = EmailAddress.objects.filter(user=user, verified=True, email__iexact=invitation.email)
    if not own.exists():
        raise PermissionDenied(
            _("This invitation is for another address. Sign in with the account of the address it was sent to.")
        )


def invitations_for(user: User, *, at: datetime) -> QuerySet[Invitation]:
    """Return the open invitations of the addresses that `user` has confirmed."""
    own = EmailAddress.objects.filter(user=user, verified=True).annotate(address=Lower("email")).values("address")
    rows = Invitation.objects.annotate(address=Lower("email")).filter(address__in=own)
    return (
        rows.filter(revoked_at=None, accepted_at=None, expires_at__gt=at, organisation__withdrawn_at=None)
        .select_related("organisation", "invited_by")
        .order_by("expires_at", "pk")
    )


def accept_invitation(token: str, *, by: User, at: datetime) -> Membership:
    """Join the organisation, for a person whose confirmed address is the invited one."""
    return accept(find_invitation(token, at=at), by=by, at=at)


@transaction.atomic
def accept(invitation: Invitation, *, by: User, at: datetime) -> Membership:
    """Join by an invitation found in the mail or on the person's own page. Only once, only who was invited."""
    Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
    open_ones = Invitation.objects.filter(revoked_at=None, accepted_at=None, expires_at__gt=at)
    found = open_ones.select_related("organisation", "invited_by").filter(pk=invitation.pk).first()
    if found is None:
        raise DomainError(_("This invitation isn't valid any more. Ask whoever invited you for another."))
    invitation = found
    check_is_invited(invitation, by)
    policies.check_is_active(invitation.organisation)
    invitation.accepted_at, invitation.accepted_by = at, by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    membership, _created = Membership.objects.get_or_create(
        organisation=invitation.organisation,
        user=by,
        left_at=None,
        defaults={"role": invitation.role, "joined_at": at, "joined_by": invitation.invited_by},
    )
    join_requests.close_for(invitation.organisation, by, by=invitation.invited_by, at=at)
    audit.record("organisation.joined", target=invitation.organisation, by=by, at=at, new=membership.role)
    notifications.joined(invitation, by=by, at=at)
    return membership


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Take an invitation back: its link opens nothing."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
    policies.check_is_owner(organisation, by=by, at=at)
    invitation = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if invitation.accepted_at:
        raise DomainError(_("This invitation was accepted already. You can remove the person instead."))
    invitation.revoked_at = invitation.revoked_at or at
    invitation.save(update_fields=["revoked_at"])
    audit.record("organisation.invitation_revoked", target=organisation, by=by, at=at)
    return invitation


@transaction.atomic
def change_role(membership: Membership, *, role: str, by: User, at: datetime) -> Membership:
    """Give a member another role from now on; return the membership that begins. The last owner stays one."""
    membership = _lock(membership)
    policies.check_can_invite(membership.organisation, by=by, at=at)
    old, new = membership.role, OrganisationRole(role).value
    if old == new:
        return membership
    if old == OrganisationRole.OWNER:
        _check_another_owner(membership)
    _close(membership, by=by, at=at)
    begun = Membership.objects.create(
        organisation=membership.organisation, user_id=membership.user_id, role=new, joined_at=at, joined_by=by
    )
    audit.record("organisation.role_changed", target=membership.organisation, by=by, at=at, old=old, new=new)
    return begun


@transaction.atomic
def remove(membership: Membership, *, by: User, at: datetime) -> Membership:
    """Take a member out; from that moment they see nothing of the organisation's proposals."""
    membership = _lock(membership)
    policies.check_is_owner(membership.organisation, by=by, at=at)
    return _end(membership, "organisation.member_removed", by=by, at=at)


@transaction.atomic
def leave(membership: Membership, *, by: User, at: datetime) -> Membership:
    """Leave an organisation by oneself."""
    membership = _lock(membership)
    if membership.user_id != by.pk:
        raise PermissionDenied(_("Only an owner can remove somebody else."))
    return _end(membership, "organisation.member_left", by=by, at=at)


def _lock(membership: Membership) -> Membership:
    """Return the membership as it is, with its organisation locked: two owners can't leave at once."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    found = Membership.objects.current().select_for_update(no_key=True).filter(pk=membership.pk).first()
    if found is None:
        raise DomainError(_("This person left already."))
    found.organisation = organisation
    return found


def _end(membership: Membership, kind: str, *, by: User, at: datetime) -> Membership:
    if membership.role == OrganisationRole.OWNER:
        _check_another_owner(membership)
    _close(membership, by=by, at=at)
    audit.record(kind, target=membership.organisation, by=by, at=at, old=membership.role)
    return membership


def _close(membership: Membership, *, by: User, at: datetime) -> None:
    """End it. What an owner sent out ends with their being one: nobody comes back by an invitation to oneself."""
    membership.left_at, membership.left_by = at, by
    membership.save(update_fields=["left_at", "left_by"])
    if membership.role == OrganisationRole.OWNER:
        sent = Invitation.objects.filter(organisation=membership.organisation, invited_by=membership.user_id)
        sent.filter(accepted_at=None, revoked_at=None).update(revoked_at=at)


def _check_another_owner(membership: Membership) -> None:
    owners = Membership.objects.current().filter(organisation=membership.organisation, role=OrganisationRole.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise DomainError(_("An organisation needs an owner: make somebody else one first."))


def _clean_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise DomainError(_("Write a whole e-mail address, for instance ana@example.org."), field="email") from error
    return email


def _hash(token: str) -> str:
    return sha256(b"invitation" + token.encode())
