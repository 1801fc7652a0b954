"""Who invites outside experts, and who answers."""

from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError
from startups.models import ExpertInvitation, PanelRole
from startups.policies import panel

EXPERT_ROLES = [PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SUBSTITUTE, PanelRole.ADVISER]


def check_can_invite(
    challenge: Challenge, *, role: str, until_on: date, expires_on: date, by: User, at: datetime
) -> None:
    """An officer, while the panel may be named; never as secretary, who is an officer; with days that make sense."""
    panel.check_can_name(challenge, by=by, at=at)
    if role not in EXPERT_ROLES:
        raise DomainError(_("The secretary must be an officer of the Digital Office."), field="role")
    today = local_date(at)
    if expires_on <= today:
        raise DomainError(_("Give the person until tomorrow at least."), field="expires_on")
    if until_on < expires_on:
        raise DomainError(_("The last day on the panel comes after the last day to answer."), field="until_on")


def check_is_invited(invitation: ExpertInvitation, *, by: User) -> None:
    """Only who has confirmed the invited address accepts."""
    if not EmailAddress.objects.filter(user=by, verified=True, email__iexact=invitation.email).exists():
        raise PermissionDenied(
            _("This invitation is for another address. Sign in with the account of the address it was sent to.")
        )
