"""Who may write, hand in and take back a proposal, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from challenges.models import Challenge, Status
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import check_move
from govtech.shell.words import formatted
from startups.models import (
    Membership,
    Organisation,
    OrganisationRole,
    PanelMember,
    Participation,
    Partner,
    PartnerStatus,
    Proposal,
    ProposalStatus,
)
from startups.models.proposal import TRANSITIONS
from startups.policies import organisation as organisations

WORKING = {ProposalStatus.DRAFT, ProposalStatus.SUBMITTED}


@dataclass(frozen=True)
class Obstacle:
    """Why an organisation can't propose, and in `way` how to mend it. `kind` is for the page's link."""

    kind: str
    text: str
    way: str


def is_taking(challenge: Challenge, at: datetime) -> bool:
    """Say whether the challenge takes proposals at the instant `at`: the deadline itself is too late."""
    return bool(_is_announced(challenge, at) and challenge.opens_at <= at)


def is_prepared_for(challenge: Challenge, at: datetime) -> bool:
    """Say whether drafts may be written: from publication, also before it opens."""
    return _is_announced(challenge, at)


def _is_announced(challenge: Challenge, at: datetime) -> bool:
    return bool(challenge.status == Status.PUBLISHED and challenge.publish_at <= at < challenge.closes_at)


def check_is_open(challenge: Challenge, at: datetime) -> None:
    """Raise DomainError unless drafts may be written: says why not, with the instant."""
    if challenge.status == Status.PUBLISHED and at >= challenge.closes_at:
        raise DomainError(
            _("The deadline passed: the call closed at %(time)s on %(day)s. Nothing can be changed any more.")
            % {"time": f"{localtime(challenge.closes_at):%H:%M:%S}", "day": formatted(challenge.closes_at, "day")}
        )
    if not _is_announced(challenge, at):
        raise DomainError(_("This challenge takes no proposals now."))


def challenge_obstacle(challenge: Challenge, at: datetime) -> Obstacle | None:
    """Return why nobody can propose here any more, if so."""
    if challenge.status == Status.PUBLISHED and at >= challenge.closes_at:
        return Obstacle(
            "closed",
            _("The deadline passed: %(when)s.") % {"when": formatted(challenge.closes_at, "when")},
            _("Follow the policy area to hear of the next challenge in time."),
        )
    if not _is_announced(challenge, at):
        return Obstacle(
            "closed",
            _("This challenge takes no proposals now."),
            _("Its page says where it stands."),
        )
    return None


def person_obstacle(challenge: Challenge, by: Any) -> Obstacle | None:
    """Return why this person can't propose for anybody: they act for the city, or judge this challenge."""
    if roles.is_participantless(by):
        return Obstacle(
            "city",
            _("You act for the city in this programme."),
            _("Somebody else of the organisation has to propose."),
        )
    if PanelMember.objects.current().filter(challenge=challenge, user=by).exists():
        return Obstacle(
            "panel",
            _("You are on the panel that judges this challenge."),
            _("Declare the conflict to the Office, which names somebody else; then you can propose."),
        )
    return None


def check_maturity(challenge: Challenge, level: int | None) -> None:
    """Raise DomainError where the solution is less mature than the call asks for. None wasn't asked."""
    least = challenge.minimum_trl
    if level is not None and least is not None and level < least:
        raise DomainError(
            _(
                "This call asks for TRL %(least)s or more, and the solution is at TRL %(level)s. Look for a partner "
                "whose solution is further on, or for a call that takes earlier ideas."
            )
            % {"least": least, "level": level},
            field="maturity",
        )


def obstacles(challenge: Challenge, organisation: Organisation, *, by: Any, at: datetime) -> list[Obstacle]:
    """Return everything that keeps `by` from proposing for the organisation: eligibility before effort."""
    return obstacles_of(challenge, [organisation], by=by, at=at)[organisation.pk]


def obstacles_of(
    challenge: Challenge, rows: Sequence[Organisation], *, by: Any, at: datetime
) -> dict[int, list[Obstacle]]:
    """Return, by organisation, everything that keeps `by` from proposing for it. Queries don't grow with them."""
    general = [each for each in (challenge_obstacle(challenge, at), person_obstacle(challenge, by)) if each]
    writable = {pk for pk, role in organisations.roles_in(rows, by).items() if role in organisations.WRITERS}
    places = Participation.objects.filter(challenge=challenge, organisation__in=rows, is_live=True)
    taken = set(places.values_list("organisation", flat=True))
    return {
        each.pk: [
            *general,
            *_obstacles(each, may_write=each.pk in writable, is_taken=each.pk in taken),
        ]
        for each in rows
    }


def _obstacles(organisation: Organisation, *, may_write: bool, is_taken: bool) -> Iterator[Obstacle]:
    if not may_write:
        yield Obstacle(
            "role",
            _("In %(name)s you can read, but not write.") % {"name": organisation.name},
            _("Ask one of its owners to make you an editor."),
        )
    if organisation.withdrawn_at:
        yield Obstacle(
            "withdrawn",
            _("%(name)s left the programme.") % {"name": organisation.name},
            _("Write to the Office if it wants to come back."),
        )
    if is_taken:
        yield Obstacle(
            "taken",
            _("%(name)s already takes part in this challenge: one proposal each.") % {"name": organisation.name},
            _("Continue that proposal, or withdraw it before the deadline to begin another."),
        )


def check_can_start(challenge: Challenge, organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Raise PermissionDenied or DomainError with the first obstacle."""
    if not organisations.role_in(organisation, by):
        raise PermissionDenied(_("You don't belong to this organisation."))
    found = obstacles(challenge, organisation, by=by, at=at)
    if found:
        raise DomainError(f"{found[0].text} {found[0].way}")


def check_can_edit(proposal: Proposal, *, by: Any, at: datetime) -> None:
    """Owners and editors of lead and partners write the working copy until the deadline, also after handing in."""
    if role_on(proposal, by) not in organisations.WRITERS:
        raise PermissionDenied(
            _("You can read this proposal, but not write in it. Ask an owner to make you an editor.")
        )
    check_is_writable(proposal, at)


def role_on(proposal: Proposal, by: Any) -> str:
    """Return what `by` may do with a proposal: the role in its lead; owners of a partner write, and no more."""
    role = organisations.role_in(proposal.organisation, by)
    if role or not by.is_authenticated:
        return role
    partners = Partner.objects.filter(proposal=proposal, status=PartnerStatus.CONFIRMED).values("organisation")
    found = set(Membership.objects.current().filter(organisation__in=partners, user=by).values_list("role", flat=True))
    if found & set(organisations.WRITERS):
        return OrganisationRole.EDITOR
    return OrganisationRole.READER if found else ""


def check_is_writable(proposal: Proposal, at: datetime) -> None:
    """Raise DomainError where nobody writes any more: its lead left, it was withdrawn, the deadline passed."""
    organisations.check_is_active(proposal.organisation)
    if proposal.status == ProposalStatus.WITHDRAWN:
        raise DomainError(_("This proposal was withdrawn. You can begin another before the deadline."))
    check_is_open(proposal.challenge, at)


def check_can_submit(proposal: Proposal, *, by: Any, at: datetime) -> None:
    """Owners hand in, from the opening of the challenge until the deadline, exclusive."""
    check_is_lead_owner(proposal, by)
    check_can_edit(proposal, by=by, at=at)
    if not is_taking(proposal.challenge, at):
        raise DomainError(
            _("This challenge takes proposals from %(when)s. Your draft is kept until then.")
            % {"when": formatted(proposal.challenge.opens_at, "when")}
        )
    check_move_to(proposal, ProposalStatus.SUBMITTED)


def check_can_withdraw(proposal: Proposal, *, by: Any, at: datetime) -> None:
    """Owners take a proposal back until the deadline; its place is free again. A withdrawn organisation may, too."""
    check_is_lead_owner(proposal, by)
    check_move_to(proposal, ProposalStatus.WITHDRAWN)
    check_is_open(proposal.challenge, at)


def check_move_to(proposal: Proposal, status: ProposalStatus) -> None:
    """Raise TransitionError unless the table lets the proposal become `status`."""
    check_move(TRANSITIONS, proposal.status, status)


def check_is_lead_owner(proposal: Proposal, by: Any) -> None:
    """Raise PermissionDenied for anyone but an owner of the lead."""
    if organisations.role_in(proposal.organisation, by) != OrganisationRole.OWNER:
        raise PermissionDenied(_("Only an owner of %(name)s can do this.") % {"name": proposal.organisation.name})
