"""Who scores, who writes the final reasons, who locks, who sees the ranking; and what is lacking before the lock."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Criterion, CriterionKind, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.clock import local_date
from govtech.errors import DomainError, TransitionError
from govtech.reference.models import Rules
from startups.calculations.panel import callable_members, missing
from startups.models import (
    ClarificationAnswer,
    ConflictDeclaration,
    CriterionReason,
    Evaluation,
    PanelMember,
    PanelRole,
    Proposal,
    ProposalStatus,
    Score,
    ScoreSheet,
    SheetStatus,
)
from startups.models.panel import SCORING, VOTING
from startups.policies import panel as panels

SHORTEST_REASON = 20  # characters
UNDECIDED = [ProposalStatus.SUBMITTED, ProposalStatus.CORRECTION_REQUESTED]


@dataclass
class Work:
    """Where the evaluation of a challenge stands: read once, with a number of queries that doesn't grow.

    `asked` counts the clarifications that may still be answered. `called` says which members score each proposal;
    `owed` which of them haven't handed in.
    """

    challenge: Challenge
    criteria: list[Criterion]
    proposals: list[Proposal]
    members: list[PanelMember]
    minimum: int
    consensus_range: int
    called: dict[int, list[int]] = field(default_factory=dict)
    handed_in: set[tuple[int, int]] = field(default_factory=set)
    recused: dict[int, set[int]] = field(default_factory=dict)
    undecided: int = 0
    asked: int = 0
    reasons: int = 0

    @property
    def owed(self) -> dict[int, list[int]]:
        """Members who still owe their sheet, by proposal."""
        return missing(self.called, self.handed_in)

    def sheets(self, proposal: Proposal) -> list[int]:
        """Members whose sheet on this proposal counts."""
        return [member for member in self.called[proposal.pk] if (proposal.pk, member) in self.handed_in]


def judged(challenge: Challenge) -> list[Criterion]:
    """Return the criteria that the panel scores, in the call's order."""
    return list(Criterion.objects.filter(challenge=challenge, kind=CriterionKind.JUDGEMENT).order_by("position"))


def work(challenge: Challenge, *, at: datetime) -> Work:
    """Read where the evaluation of one challenge stands."""
    return works([challenge], at=at)[challenge.pk]


def works(challenges: Sequence[Challenge], *, at: datetime) -> dict[int, Work]:
    """Read where evaluations stand, by challenge, in a number of queries that doesn't grow with them."""
    rules = Rules.objects.in_force(local_date(at))
    found = {
        challenge.pk: Work(challenge, [], [], [], rules.minimum_sheets, rules.consensus_range)
        for challenge in challenges
    }
    for criterion in Criterion.objects.filter(challenge__in=found, kind=CriterionKind.JUDGEMENT).order_by("position"):
        found[criterion.challenge_id].criteria.append(criterion)
    proposals = Proposal.objects.on_panel().filter(challenge__in=found)
    for proposal in proposals.select_related("organisation").order_by("pk"):
        found[proposal.challenge_id].proposals.append(proposal)
    members = PanelMember.objects.current().filter(challenge__in=found)
    for member in members.select_related("user").order_by("pk"):
        found[member.challenge_id].members.append(member)
    conflicts = ConflictDeclaration.objects.filter(proposal__in=proposals, has_conflict=True)
    for key, proposal_id, member_id in conflicts.values_list("proposal__challenge_id", "proposal_id", "member_id"):
        found[key].recused.setdefault(proposal_id, set()).add(member_id)
    sheets = ScoreSheet.objects.filter(proposal__in=proposals, status=SheetStatus.HANDED_IN)
    for key, proposal_id, member_id in sheets.values_list("proposal__challenge_id", "proposal_id", "member_id"):
        found[key].handed_in.add((proposal_id, member_id))
    undecided = Proposal.objects.filter(challenge__in=found, status__in=UNDECIDED)  # stopped ones, too
    undecided_in = Counter(undecided.values_list("challenge_id", flat=True))
    ends_at = Coalesce("due_at", "clarification__due_at")
    asked = ClarificationAnswer.objects.filter(proposal__in=proposals, answered_at=None)
    asked_in = Counter(
        asked.annotate(ends=ends_at).filter(ends__gte=at).values_list("proposal__challenge_id", flat=True)
    )
    written = CriterionReason.objects.filter(proposal__in=proposals)
    reasons_in = Counter(written.values_list("proposal__challenge_id", flat=True))
    for key, each in found.items():
        each.called, each.undecided, each.reasons = _called(each), undecided_in[key], reasons_in[key]
        each.asked = asked_in[key]
    return found


def _called(found: Work) -> dict[int, list[int]]:
    voting = [member.pk for member in found.members if member.role in VOTING]
    substitutes = [member.pk for member in found.members if member.role == PanelRole.SUBSTITUTE]
    return {
        proposal.pk: callable_members(voting, substitutes, found.recused.get(proposal.pk, set()), found.minimum)
        for proposal in found.proposals
    }


def check_can_score(member: PanelMember, proposal: Proposal, *, by: User, at: datetime) -> None:
    """A scoring member, for themselves, on an admitted proposal they declared no conflict on, before the lock."""
    if member.user_id != by.pk or member.left_at is not None or member.challenge_id != proposal.challenge_id:
        raise PermissionDenied(_("Only members of the panel score, each on their own sheet."))
    if member.role not in SCORING:
        raise PermissionDenied(_("Your part in this panel has no vote."))
    if proposal.status != ProposalStatus.ADMITTED or proposal.challenge.status != Status.EVALUATING:
        raise TransitionError(_("This proposal is not being scored now."))
    if Evaluation.objects.filter(challenge=proposal.challenge_id, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked."))
    declared = ConflictDeclaration.objects.filter(member=member, proposal=proposal, has_conflict=False).exists()
    if not declared or member.has_conflict is not False:
        raise PermissionDenied(_("Declare first that you have no conflict with this organisation."))
    if panels.takes_part(proposal.challenge, by):
        raise PermissionDenied(_("You belong to an organisation that takes part: declare a conflict."))
    if member.role == PanelRole.SUBSTITUTE and member.pk not in work(proposal.challenge, at=at).called[proposal.pk]:
        raise DomainError(_("The substitute scores a proposal only when recusals leave too few members for it."))


def check_sheet_open(sheet: ScoreSheet) -> None:
    """A sheet handed in is fixed."""
    if sheet.status != SheetStatus.DRAFT:
        raise TransitionError(_("You have handed in this sheet: it no longer changes."))


def check_sheet_complete(criteria: list[Criterion], scores: dict[int, Score]) -> None:
    """Every judgement criterion has points and a reason that says something."""
    for criterion in criteria:
        score = scores.get(criterion.pk)
        if score is None or score.points is None:
            raise DomainError(
                _("Give points to «%(criterion)s».") % {"criterion": criterion.name}, field=f"points-{criterion.pk}"
            )
        if len(score.reason.strip()) < SHORTEST_REASON:
            raise DomainError(
                _("Write a reason of at least %(n)s characters for «%(criterion)s».")
                % {"n": SHORTEST_REASON, "criterion": criterion.name},
                field=f"reason-{criterion.pk}",
            )


def member_of(challenge: Challenge, user: User) -> PanelMember | None:
    """Return the person's present place on the panel."""
    return PanelMember.objects.current().filter(challenge=challenge, user=user).select_related("user").first()


def check_can_write_reasons(proposal: Proposal, *, by: User, at: datetime) -> None:
    """The secretary, once every sheet on the proposal is in, before the lock."""
    member = member_of(proposal.challenge, by)
    if member is None or member.role != PanelRole.SECRETARY or member.has_conflict is not False:
        raise PermissionDenied(_("Only the secretary of the panel, having declared, writes the final reasons."))
    _check_still_officer(member, by)
    if not Proposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("You declared a conflict with this organisation."))
    if proposal.status != ProposalStatus.ADMITTED:
        raise TransitionError(_("This proposal is not being scored now."))
    if Evaluation.objects.filter(challenge=proposal.challenge_id, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked."))
    if proposal.pk in work(proposal.challenge, at=at).owed:
        raise DomainError(_("Sheets on this proposal are still missing. Its reasons are written when all are in."))


def _check_still_officer(member: PanelMember, by: User) -> None:
    """The secretary is an officer, also after being named."""
    if member.role == PanelRole.SECRETARY and not roles.is_officer(by):
        raise PermissionDenied(_("The secretary must be an officer of the Digital Office."))


def check_can_see_lock(challenge: Challenge, *, by: User, at: datetime) -> PanelMember:
    """Chair and secretary, without a conflict. Returns their place."""
    member = member_of(challenge, by)
    if member is None or member.role not in {PanelRole.CHAIR, PanelRole.SECRETARY}:
        raise PermissionDenied(_("Only the chair and the secretary of the panel lock the scores."))
    _check_still_officer(member, by)
    if member.has_conflict is not False:
        raise PermissionDenied(_("Declare first whether you have a conflict."))
    return member


def check_can_lock(challenge: Challenge, *, by: User, at: datetime) -> PanelMember:
    """Chair or secretary, when nothing is lacking. Returns their place. Raises DomainError with the first lack."""
    member = check_can_see_lock(challenge, by=by, at=at)
    if challenge.status != Status.EVALUATING:
        raise TransitionError(_("This challenge is not in evaluation."))
    if Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked already."))
    for line in lacking(challenge, at=at):
        if line.level == "stop":
            raise DomainError(line.text)
    return member


def lacking(challenge: Challenge, *, at: datetime) -> list[panels.Line]:
    """Return the check list of the lock."""
    return lines_of(work(challenge, at=at))


def lines_of(found: Work) -> list[panels.Line]:
    """Return the check list of the lock for what was read. No query."""
    return [
        _line(
            not found.undecided,
            _("Every proposal is admitted or left out."),
            ngettext(
                "%(n)s proposal is neither admitted nor left out.",
                "%(n)s proposals are neither admitted nor left out.",
                found.undecided,
            )
            % {"n": found.undecided},
        ),
        *_asked_line(found),
        _line(
            bool(found.proposals),
            _("There is a proposal to judge."),
            _("No proposal was admitted: declare it void."),
        ),
        *(line for line in panels.seats(found.members) if line.level != "advice"),
        _sheets_line(found),
        _short_line(found),
        _reasons_line(found),
    ]


def _line(good: bool, well: str, bad: str) -> panels.Line:  # noqa: FBT001 - private, read beside its call
    return panels.Line("ok", well) if good else panels.Line("stop", bad)


def _sheets_line(found: Work) -> panels.Line:
    owed = sum(len(members) for members in found.owed.values())
    return _line(
        not owed,
        _("All sheets are in."),
        ngettext("%(n)s sheet is still to be handed in.", "%(n)s sheets are still to be handed in.", owed)
        % {"n": owed},
    )


def _asked_line(found: Work) -> list[panels.Line]:
    """Nobody is judged without an answer that may still come; nothing is said where nothing is asked."""
    text = ngettext(
        "%(n)s clarification may still be answered: wait for the answer or the end of its term.",
        "%(n)s clarifications may still be answered: wait for the answers or the end of their terms.",
        found.asked,
    )
    return [panels.Line("stop", text % {"n": found.asked})] if found.asked else []


def _short_line(found: Work) -> panels.Line:
    short = sum(len(found.called[proposal.pk]) < found.minimum for proposal in found.proposals)
    return _line(
        not short,
        _("Every proposal has at least %(n)s people to score it.") % {"n": found.minimum},
        ngettext(
            "%(n)s proposal has too few people to score it after recusals: name another member.",
            "%(n)s proposals have too few people to score them after recusals: name another member.",
            short,
        )
        % {"n": short},
    )


def _reasons_line(found: Work) -> panels.Line:
    left = max(0, len(found.proposals) * len(found.criteria) - found.reasons)
    return _line(
        not left,
        _("Every final reason is written."),
        ngettext("%(n)s final reason is still to be written.", "%(n)s final reasons are still to be written.", left)
        % {"n": left},
    )


def check_can_see_ranking(challenge: Challenge, *, by: User, at: datetime) -> None:
    """Officers, directors, auditors and the panel, once the scores are locked."""
    if not roles.is_staff_role(by) and member_of(challenge, by) is None:
        raise PermissionDenied(_("Only the Digital Office, internal control and the panel see the ranking."))
    if not Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists():
        raise PermissionDenied(_("There is a ranking when chair and secretary have locked the scores."))
