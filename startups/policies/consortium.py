"""Who puts a consortium together, who answers for a partner, and what it lacks before handing in."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.errors import DomainError
from startups.models import Organisation, OrganisationRole, Partner, PartnerStatus, Proposal
from startups.policies import organisation as organisations
from startups.policies import proposal as proposals
from startups.policies.completeness import Check

PART = "consortium"
MOST_PARTNERS = 9


def check_can_compose(proposal: Proposal, *, by: Any, at: datetime) -> None:
    """Owners of the lead invite partners and set roles and shares, as long as the proposal can be written."""
    proposals.check_is_lead_owner(proposal, by)
    proposals.check_can_edit(proposal, by=by, at=at)


def check_can_answer(
    partner: Partner, proposal: Proposal, organisation: Organisation, *, by: Any, at: datetime
) -> None:
    """An owner of the invited organisation who neither acts for the city nor judges, while the proposal is written."""
    if organisations.role_in(organisation, by) != OrganisationRole.OWNER:
        raise PermissionDenied(_("Only an owner of %(name)s can answer.") % {"name": organisation.name})
    organisations.check_is_active(organisation)
    obstacle = proposals.person_obstacle(proposal.challenge, by)
    if obstacle is not None:
        raise DomainError(f"{obstacle.text} {_('Another owner has to read the invitation and answer it.')}")
    if partner.status not in (PartnerStatus.INVITED, PartnerStatus.CONFIRMED):
        raise DomainError(_("This invitation isn't open any more."))
    proposals.check_is_writable(proposal, at)


def check_can_leave(partner: Partner, proposal: Proposal, *, by: Any, at: datetime) -> None:
    """An owner of a confirmed partner, as long as the proposal can be written."""
    if partner.status != PartnerStatus.CONFIRMED or partner.organisation is None:
        raise DomainError(_("This invitation isn't open any more."))
    if organisations.role_in(partner.organisation, by) != OrganisationRole.OWNER:
        raise PermissionDenied(_("Only an owner of %(name)s can do this.") % {"name": partner.organisation.name})
    proposals.check_is_writable(proposal, at)


def checks(partners: Sequence[Any], lead_share: Decimal) -> list[Check]:
    """Return what stops a consortium from being handed in; nothing to say where there is none."""
    if not partners:
        return []
    found = [
        Check("stop", _("%(name)s hasn't confirmed yet.") % {"name": entry.name}, PART)
        for entry in partners
        if not entry.is_settled
    ]
    found += [
        Check("stop", _("%(name)s left the programme: take it out of the consortium.") % {"name": entry.name}, PART)
        for entry in partners
        if entry.has_left_programme
    ]
    if lead_share <= 0:
        found.append(Check("stop", _("The shares of the partners leave nothing of the 100 % for you."), PART))
    return found or [Check("ok", _("Every partner has confirmed; the shares add up to 100 %."), PART)]


def check_complete(partners: Sequence[Any], lead_share: Decimal) -> None:
    """Raise DomainError naming everything that stops."""
    stops = [check.text for check in checks(partners, lead_share) if check.level == "stop"]
    if stops:
        raise DomainError(" ".join(stops))
