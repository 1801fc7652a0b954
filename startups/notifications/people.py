"""Whom to tell about proposals and their evaluation."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from challenges.models import Challenge
from govtech.accounts.models import User
from startups.models import Membership, PanelMember, Partner, PartnerStatus, Proposal


def members_of(proposal: Proposal) -> QuerySet[User]:
    """People of the organisation whose proposal it is, and of its confirmed partners."""
    partners = Partner.objects.filter(proposal=proposal, status=PartnerStatus.CONFIRMED).values("organisation")
    members = Membership.objects.current().filter(
        Q(organisation=proposal.organisation_id) | Q(organisation__in=partners)
    )
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("pk")


def lead_of(proposal: Proposal) -> QuerySet[User]:
    """People of the organisation that leads the proposal: it answers for all."""
    members = Membership.objects.current().filter(organisation=proposal.organisation_id)
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("pk")


def partners_of(proposal: Proposal) -> QuerySet[User]:
    """People of its confirmed partners who don't belong to the lead as well."""
    return members_of(proposal).exclude(pk__in=lead_of(proposal).values("pk"))


def panel_of(challenge: Challenge, roles: Iterable[str]) -> QuerySet[User]:
    """People on the panel now, in those roles, without a conflict."""
    members = PanelMember.objects.current().filter(challenge=challenge, role__in=roles).exclude(has_conflict=True)
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("pk")
