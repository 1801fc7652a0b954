"""Whom to tell about proposals and their evaluation."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from challenges.models import Challenge
from govtech.accounts.models import User
from startups.models import (
    ConflictDeclaration,
    Membership,
    PanelMember,
    Participation,
    Partner,
    PartnerStatus,
    Proposal,
)


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


def without_interest(people: Iterable[User], challenge: Challenge) -> list[User]:
    """Those of them who neither belong to an organisation with an opened proposal nor declared a conflict there."""
    taking = Participation.objects.filter(challenge=challenge, proposal__opened_at__isnull=False)
    members = Membership.objects.current().filter(organisation__in=taking.values("organisation"))
    recused = ConflictDeclaration.objects.filter(proposal__challenge=challenge, has_conflict=True)
    left = PanelMember.objects.filter(challenge=challenge, has_conflict=True)
    out = {
        *members.values_list("user", flat=True),
        *recused.values_list("member__user", flat=True),
        *left.values_list("user", flat=True),
    }
    return [person for person in people if person.pk not in out]
