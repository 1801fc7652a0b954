"""The rules of a panel: who may be on it, in which part, and what it still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, CriterionKind, Route, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from startups.calculations.panel import outweighs
from startups.models import (
    Evaluation,
    Leaving,
    Membership,
    PanelMember,
    PanelRole,
    Participation,
    Proposal,
    ProposalStatus,
)
from startups.models.panel import SCORING, VOTING

VOTING_MINIMUM = 3  # LCSP art. 146.2.a: a committee of at least three
SHORTEST_REASON = 10  # characters


@dataclass(frozen=True)
class Line:
    """One line of what is in order ("ok"), what stops ("stop") and what is advised ("advice") about a panel."""

    level: str
    text: str


def check_can_see(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Staff, and the people on the panel."""
    if roles.is_staff_role(by) or PanelMember.objects.current().filter(challenge=challenge, user=by).exists():
        return
    raise PermissionDenied(_("Only the Digital Office, internal control and the panel itself see this page."))


def check_can_name_at_all(*, by: User) -> None:
    """Only officers name the panel."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only an officer of the Digital Office names the panel."))


def check_can_name(challenge: Challenge, *, by: User, at: datetime) -> None:
    """An officer, from publication until the scores are locked."""
    check_can_name_at_all(by=by)
    if challenge.status not in {Status.PUBLISHED, Status.EVALUATING}:
        raise TransitionError(_("The panel is named between publication and the end of the evaluation."))
    if Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked: the panel no longer changes."))
    if takes_part(challenge, by):
        raise PermissionDenied(_("You belong to an organisation that takes part: somebody else names who judges it."))


def check_can_sit(challenge: Challenge, user: User, role: PanelRole, members: Sequence[PanelMember]) -> None:
    """Raise DomainError where the person, or this part, isn't possible on this panel of current `members`."""
    if any(member.user_id == user.pk for member in members):
        raise DomainError(_("This person is already on the panel."), field="email")
    if not user.is_active:
        raise DomainError(_("This account is closed."), field="email")
    if PanelMember.objects.filter(challenge=challenge, user=user, has_conflict=True).exists():
        raise DomainError(_("This person declared a conflict of interest on this challenge."), field="email")
    if PanelMember.objects.filter(challenge=challenge, user=user, left_for=Leaving.CHALLENGED).exists():
        raise DomainError(_("A participant challenged this person, and the director agreed."), field="email")
    _check_knows_no_names(challenge, user, role)
    _check_no_interest(challenge, user)
    if role in {PanelRole.CHAIR, PanelRole.SECRETARY, PanelRole.SUBSTITUTE} and any(
        member.role == role for member in members
    ):
        raise DomainError(
            _("The panel already has a %(role)s. Remove that person first.") % {"role": role.label}, field="role"
        )
    if role == PanelRole.SECRETARY and not roles.is_officer(user):
        raise DomainError(_("The secretary must be an officer of the Digital Office."), field="role")
    if role in SCORING and votes_for_own_department(challenge, user) and challenge.route != Route.MINOR:
        raise DomainError(
            _(
                "Judgement weighs more than the formula, so nobody of the department that asks may vote on this route "
                "(LCSP art. 146.2). Name this person with voice and without vote."
            ),
            field="role",
        )


def _check_knows_no_names(challenge: Challenge, user: User, role: PanelRole) -> None:
    """Who could read the opened proposals with their names doesn't judge them without."""
    if not challenge.is_anonymised or role == PanelRole.SECRETARY or challenge.status == Status.PUBLISHED:
        return
    if roles.is_staff_role(user):
        raise DomainError(
            _(
                "This call is judged without names, and this person has been able to see who proposes since the "
                "opening. Name somebody who isn't of the Digital Office or internal control."
            ),
            field="email",
        )


def _check_no_interest(challenge: Challenge, user: User) -> None:
    """Before the opening any membership shuts a person out: a narrower answer would tell who takes part."""
    own = Membership.objects.current().filter(user=user)
    if challenge.status == Status.PUBLISHED:
        if own.exists():
            raise DomainError(
                _(
                    "This person belongs to an organisation on this portal. While proposals are sealed only people "
                    "without one can be named; after the opening, people whose organisation doesn't take part."
                ),
                field="email",
            )
    elif takes_part(challenge, user):
        raise DomainError(_("This person belongs to an organisation that takes part."), field="email")


def takes_part(challenge: Challenge, user: User) -> bool:
    """Say whether the person is a member of an organisation with an opened proposal here, alone or as partner.

    A draft that was never handed in isn't one: the answer would tell that it exists.
    """
    own = Membership.objects.current().filter(user=user).values("organisation")
    return Participation.objects.filter(
        challenge=challenge, organisation__in=own, proposal__opened_at__isnull=False
    ).exists()


def check_no_conflict(challenge: Challenge, *, by: User) -> None:
    """Who declared a conflict here, on the challenge or on an organisation, or belongs to one, stays out of its end."""
    opened = Proposal.objects.filter(challenge=challenge, opened_at__isnull=False)
    if takes_part(challenge, by) or opened.exclude(pk__in=Proposal.objects.visible_to(by).values("pk")).exists():
        raise PermissionDenied(
            _(
                "You declared a conflict of interest on this challenge, or belong to an organisation that takes part. "
                "Somebody else must do this."
            )
        )


def votes_for_own_department(challenge: Challenge, user: User) -> bool:
    """Say whether the person's vote would be the sponsoring department's where judgement outweighs the formula."""
    return roles.is_delegate(user, challenge.department_id) and _judgement_outweighs(challenge)


def _judgement_outweighs(challenge: Challenge) -> bool:
    weights = dict.fromkeys(CriterionKind.values, 0)
    for kind, weight in challenge.criteria.values_list("kind", "weight_percent"):
        weights[kind] += weight
    judged = weights[CriterionKind.JUDGEMENT] + weights[CriterionKind.PITCH]
    return outweighs(judged, weights[CriterionKind.FORMULA])


def check_can_declare(member: PanelMember, *, by: User, at: datetime) -> None:
    """The person alone, while on the panel and before the scores are locked."""
    if member.user_id != by.pk:
        raise PermissionDenied(_("Everybody declares for themselves."))
    if member.left_at is not None:
        raise TransitionError(_("You are no longer on this panel."))
    if Evaluation.objects.filter(challenge=member.challenge_id, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked. Write to the Digital Office."))


def check_conflict_text(text: str, *, has_conflict: bool, field: str) -> None:
    """A conflict is explained."""
    if has_conflict and len(text.strip()) < SHORTEST_REASON:
        raise DomainError(
            _("Say in at least %(n)s characters what the conflict is. Only the Digital Office reads it.")
            % {"n": SHORTEST_REASON},
            field=field,
        )


def composition(challenge: Challenge, members: Sequence[PanelMember]) -> list[Line]:
    """Return what is in order and what is lacking about the panel (current members, users selected)."""
    lines = seats(members)
    waiting = [member for member in members if member.declared_at is None]
    if waiting:
        lines.append(
            Line(
                "advice",
                ngettext("%(n)s person has not declared yet.", "%(n)s people have not declared yet.", len(waiting))
                % {"n": len(waiting)},
            )
        )
    own = set() if not _judgement_outweighs(challenge) else _delegates(challenge)
    lines += [
        Line(
            "advice",
            _("%(person)s votes for the department that asks, and judgement weighs more than the formula.")
            % {"person": member.user.full_name},
        )
        for member in members
        if member.role in SCORING and member.user_id in own
    ]
    return lines


def _delegates(challenge: Challenge) -> set[int]:
    return set(roles.delegates_of(challenge.department_id).values_list("pk", flat=True))


def seats(members: Sequence[PanelMember]) -> list[Line]:
    """Return whether every part of the panel is filled. No query."""
    filled = {member.role for member in members}
    voting = sum(member.role in VOTING for member in members)
    lines = [_voting_line(voting, has_chair=PanelRole.CHAIR in filled)]
    if PanelRole.SECRETARY in filled:
        lines.append(Line("ok", _("A secretary, without vote.")))
    else:
        lines.append(Line("stop", _("A secretary is missing.")))
    if PanelRole.SUBSTITUTE in filled:
        lines.append(Line("ok", _("A substitute.")))
    else:
        lines.append(Line("advice", _("A substitute is missing, for conflicts and absences.")))
    return lines


def _voting_line(voting: int, *, has_chair: bool) -> Line:
    if voting < VOTING_MINIMUM:
        return Line(
            "stop",
            _("At least %(least)s voting members, the chair one of them: there are %(n)s.")
            % {"least": VOTING_MINIMUM, "n": voting},
        )
    if not has_chair:
        return Line("stop", _("A chair is missing."))
    return Line("ok", _("%(n)s voting members, the chair one of them.") % {"n": voting})


def is_decided(challenge: Challenge) -> bool:
    """Say whether every opened proposal is admitted or left out, so that the list of who takes part is whole."""
    undecided = [ProposalStatus.SUBMITTED, ProposalStatus.CORRECTION_REQUESTED]
    return (
        challenge.status != Status.PUBLISHED
        and not Proposal.objects.filter(challenge=challenge, status__in=undecided).exists()
    )


def check_can_decline(member: PanelMember, reason: str, *, by: User, at: datetime) -> None:
    """The person alone, until the scores are locked, saying why."""
    check_can_declare(member, by=by, at=at)
    if len(reason.strip()) < SHORTEST_REASON:
        raise DomainError(
            _("Say in at least %(n)s characters why you can't take part.") % {"n": SHORTEST_REASON}, field="reason"
        )


def on_a_panel() -> QuerySet[User]:
    """People on a panel now, in any part: training for reviewers is for them."""
    return User.objects.filter(pk__in=PanelMember.objects.in_mandate().values("user_id"))
