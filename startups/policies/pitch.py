"""The second round: who makes the shortlist, who scores a presentation, and what is lacking of it before the lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Criterion, CriterionKind, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.reference.calculations.calendar import is_working_day
from govtech.reference.models import Holiday
from startups.models import (
    CriterionReason,
    Evaluation,
    PanelMember,
    PanelRole,
    PitchScore,
    Proposal,
    Shortlist,
)
from startups.policies import evaluation as evaluations
from startups.policies.panel import Line

SHORTEST_PLACE = 5  # characters
SHORTEST_WHY, LONGEST_WHY = 20, 1_000  # characters
FURTHEST = 60  # days ahead


@dataclass
class Round:
    """Where the presentations of a challenge stand."""

    challenge: Challenge
    criteria: list[Criterion]
    shortlists: list[Shortlist]  # the first, and any with who had to be heard later
    work: evaluations.Work
    reasons: dict[int, int] = field(default_factory=dict)  # written, by proposal

    @property
    def presenting(self) -> list[Proposal]:
        """Proposals that present, in the shortlist's order."""
        by_key = {each.public_id: each for each in self.work.proposals}
        return [by_key[row["proposal"]] for row in self.record if row["presents"] and row["proposal"] in by_key]

    @property
    def shortlist(self) -> Shortlist | None:
        """The first; None while it isn't made."""
        return self.shortlists[0] if self.shortlists else None

    @property
    def record(self) -> list[dict[str, Any]]:
        """The rows of the shortlist, each as it stands now: who was called later presents."""
        rows = {row["proposal"]: row for each in self.shortlists for row in each.record}
        return list(rows.values())

    @property
    def given(self) -> set[tuple[int, int]]:
        """Which members gave points to which proposals."""
        return self.work.heard

    def call_of(self, proposal: str) -> Shortlist | None:
        """Return the shortlist that calls a proposal, by public id, with its day and place: the last that names it."""
        return call_of(self.shortlists, proposal)

    def owed(self, proposal: Proposal) -> list[int]:
        """Members who still owe their points on a presentation."""
        return [pk for pk in self.work.hearing[proposal.pk] if (proposal.pk, pk) not in self.given]

    @property
    def to_move(self) -> list[Proposal]:
        """Proposals that present and have no points yet: their appointment can be moved."""
        heard = {proposal for proposal, _member in self.given}
        return [each for each in self.presenting if each.pk not in heard]


def call_of(shortlists: Iterable[Shortlist], proposal: str) -> Shortlist | None:
    """Return the last of the shortlists that calls a proposal, by public id."""
    return next((each for each in reversed(list(shortlists)) if proposal in each.presenting), None)


def criteria_of(challenge: Challenge) -> list[Criterion]:
    """Return the criteria of the presentation, in the call's order."""
    return list(Criterion.objects.filter(challenge=challenge, kind=CriterionKind.PITCH).order_by("position"))


def round_of(challenge: Challenge, *, at: datetime) -> Round:
    """Read where the presentations of a challenge stand."""
    work = evaluations.work(challenge, at=at)
    found = Round(challenge, work.pitch, list(Shortlist.objects.filter(challenge=challenge).order_by("pk")), work)
    written = CriterionReason.objects.filter(proposal__challenge=challenge, criterion__kind=CriterionKind.PITCH)
    for proposal in written.values_list("proposal_id", flat=True):
        found.reasons[proposal] = found.reasons.get(proposal, 0) + 1
    return found


def check_can_see(challenge: Challenge, *, by: User, at: datetime) -> None:
    """The panel, officers, directors and auditors."""
    if not roles.is_staff_role(by) and evaluations.member_of(challenge, by) is None:
        raise PermissionDenied(_("Only the Digital Office, internal control and the panel see the presentations."))


def check_can_shortlist(challenge: Challenge, *, by: User, at: datetime) -> PanelMember:
    """The secretary, when every sheet is in and everybody is admitted or left out. Returns their place."""
    member = evaluations.check_can_see_lock(challenge, by=by, at=at)
    if member.role != PanelRole.SECRETARY:
        raise PermissionDenied(_("Only the secretary of the panel makes the shortlist."))
    if challenge.shortlist_size is None:
        raise TransitionError(_("This call has no presentations."))
    if challenge.status != Status.EVALUATING or _is_locked(challenge):
        raise TransitionError(_("The scores are locked."))
    for line in evaluations.lines_of(evaluations.work(challenge, at=at), first_round=True):
        if line.level == "stop":
            raise DomainError(line.text)
    return member


def check_can_move(found: Round, *, by: User, at: datetime) -> None:
    """The secretary, before the lock, where somebody who presents has no points yet."""
    member = evaluations.check_can_see_lock(found.challenge, by=by, at=at)
    if member.role != PanelRole.SECRETARY:
        raise PermissionDenied(_("Only the secretary of the panel moves the presentations."))
    if found.challenge.status != Status.EVALUATING or _is_locked(found.challenge):
        raise TransitionError(_("The scores are locked."))
    if not found.to_move:
        raise TransitionError(_("Nobody who presents is still to be heard."))


def check_appointment(presents_at: datetime, place: str, *, at: datetime) -> None:
    """Presentations have a place, and a later working day that isn't far off: the lock waits for it."""
    day = local_date(presents_at)
    if day <= local_date(at):
        raise DomainError(_("Choose a later day: those who present must prepare."), field="presents_at")
    if day > local_date(at) + timedelta(days=FURTHEST):
        raise DomainError(
            _("Choose a day within the next %(n)s days: everything else waits for it.") % {"n": FURTHEST},
            field="presents_at",
        )
    if not is_working_day(day, Holiday.objects.dates()):
        raise DomainError(_("Choose a working day."), field="presents_at")
    if len(place.strip()) < SHORTEST_PLACE:
        raise DomainError(_("Say where, or the address of the call."), field="place")


def check_why_moved(reason: str) -> None:
    """Everybody reads why it is moved."""
    if not SHORTEST_WHY <= len(reason.strip()) <= LONGEST_WHY:
        raise DomainError(
            _("Say why, in %(least)s to %(most)s characters: everybody reads it.")
            % {"least": SHORTEST_WHY, "most": LONGEST_WHY},
            field="reason",
        )


def check_can_score(member: PanelMember, proposal: Proposal, *, by: User, at: datetime) -> Shortlist:
    """A member called to score the proposal, once, from the hour of the presentations until the lock."""
    evaluations.check_can_score(member, proposal, by=by, at=at, hearing=True)
    shortlist = call_of(Shortlist.objects.filter(challenge=proposal.challenge_id).order_by("pk"), proposal.public_id)
    if shortlist is None:
        raise TransitionError(_("This proposal doesn't present."))
    if at < shortlist.presents_at:
        raise TransitionError(_("Its points are given once it has presented."))
    if PitchScore.objects.filter(member=member, proposal=proposal).exists():
        raise TransitionError(_("You have given your points on this presentation: they no longer change."))
    return shortlist


def check_can_write_reasons(found: Round, proposal: Proposal, *, by: User, at: datetime) -> None:
    """The secretary, once every member called has given points, before the lock."""
    evaluations.check_can_write_reasons(proposal, by=by, at=at)
    if proposal.pk not in {each.pk for each in found.presenting}:
        raise TransitionError(_("This proposal doesn't present."))
    if found.owed(proposal):
        raise DomainError(_("Points on this presentation are still missing. Its reasons are written when all are in."))


def lines(challenge: Challenge, *, at: datetime) -> list[Line]:
    """Return what the check list of the lock says of the presentations; nothing where there are none."""
    if challenge.shortlist_size is None:
        return []
    found = round_of(challenge, at=at)
    if found.shortlist is None:
        return [Line("stop", _("The shortlist of those who present is still to be made."))]
    return _lines_of(found, found.presenting)


def check_complete(challenge: Challenge, *, at: datetime) -> None:
    """Raise DomainError with the first thing that is lacking of the presentations."""
    for line in lines(challenge, at=at):
        if line.level == "stop":
            raise DomainError(line.text)


def _lines_of(found: Round, presenting: Sequence[Proposal]) -> list[Line]:
    owed = sum(len(found.owed(each)) for each in presenting)
    left = sum(max(0, len(found.criteria) - found.reasons.get(each.pk, 0)) for each in presenting)
    few = sum(
        not found.owed(each)
        and any(found.work.points.get((each.pk, row.pk), 0) < found.work.minimum for row in found.criteria)
        for each in presenting
    )
    rows = []
    if few:
        text = ngettext(
            "%(n)s presentation has too few people who can judge it: name another member.",
            "%(n)s presentations have too few people who can judge them: name another member.",
            few,
        )
        rows.append(Line("stop", text % {"n": few}))
    if owed:
        text = ngettext(
            "Points of %(n)s member on a presentation are missing.",
            "Points on presentations are missing: %(n)s in all.",
            owed,
        )
        rows.append(Line("stop", text % {"n": owed}))
    if left:
        text = ngettext(
            "%(n)s final reason of a presentation is still to be written.",
            "%(n)s final reasons of presentations are still to be written.",
            left,
        )
        rows.append(Line("stop", text % {"n": left}))
    return rows or [Line("ok", _("Every presentation is scored, with its final reasons."))]


def _is_locked(challenge: Challenge) -> bool:
    return Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists()
