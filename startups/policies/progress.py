"""Where the evaluation of a challenge stands: who scores what, who has handed in, which scores are far apart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Min
from django.db.models.functions import Coalesce

from challenges.models import Challenge, Criterion, CriterionKind
from govtech.clock import local_date
from govtech.reference.models import Rules
from startups.calculations.panel import callable_members, missing
from startups.models import (
    AgreedScore,
    ClarificationAnswer,
    ConflictDeclaration,
    CriterionReason,
    PanelMember,
    PanelRole,
    PitchScore,
    Proposal,
    ProposalStatus,
    Reassignment,
    Recusation,
    Score,
    ScoreSheet,
    SheetStatus,
)
from startups.models.panel import VOTING

UNDECIDED = [ProposalStatus.SUBMITTED, ProposalStatus.CORRECTION_REQUESTED]


@dataclass
class Work:
    """Where the evaluation of a challenge stands: read once, with a number of queries that doesn't grow.

    `asked` counts the clarifications that may still be answered, `challenged` the members a director must decide on.
    `called` says which members score each proposal; `owed` which of them haven't handed in. `excused` are those taken
    off one proposal, recused or not; `unable` says that somebody can't judge a criterion of it. `points` counts, and
    `range` parts, the points by (proposal, criterion) of the sheets handed in, and of presentations; `agreed` are those
    that a session has dealt with. `pitch` are the criteria of presentations; `hearing` says who gives their points, by
    proposal, and `heard` who has given them.
    """

    challenge: Challenge
    criteria: list[Criterion]
    pitch: list[Criterion]
    proposals: list[Proposal]
    members: list[PanelMember]
    minimum: int
    consensus_range: int
    shortest_reason: int
    called: dict[int, list[int]] = field(default_factory=dict)
    hearing: dict[int, list[int]] = field(default_factory=dict)
    handed_in: set[tuple[int, int]] = field(default_factory=set)
    heard: set[tuple[int, int]] = field(default_factory=set)
    recused: dict[int, set[int]] = field(default_factory=dict)
    excused: dict[int, set[int]] = field(default_factory=dict)
    unable: set[int] = field(default_factory=set)
    unable_there: set[int] = field(default_factory=set)  # of the presentation
    points: dict[tuple[int, int], int] = field(default_factory=dict)
    range: dict[tuple[int, int], int] = field(default_factory=dict)
    agreed: set[tuple[int, int]] = field(default_factory=set)
    undecided: int = 0
    asked: int = 0
    challenged: int = 0
    reasons: int = 0

    @property
    def owed(self) -> dict[int, list[int]]:
        """Members who still owe their sheet, by proposal."""
        return missing(self.called, self.handed_in)

    def sheets(self, proposal: Proposal) -> list[int]:
        """Members whose sheet on this proposal counts."""
        return [member for member in self.called[proposal.pk] if (proposal.pk, member) in self.handed_in]

    def is_wide(self, proposal: int, criterion: int) -> bool:
        """Say whether the scores are so far apart that a session must talk of them."""
        return self.range.get((proposal, criterion), 0) >= self.consensus_range

    @property
    def to_agree(self) -> list[tuple[int, int]]:
        """(proposal, criterion) that wait for a session."""
        before_panel = {proposal.pk for proposal in self.proposals}
        return [
            key
            for key in sorted(self.range)
            if key[0] in before_panel and self.is_wide(*key) and key not in self.agreed
        ]


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
        each.pk: Work(each, [], [], [], [], rules.minimum_sheets, rules.consensus_range, rules.shortest_reason)
        for each in challenges
    }
    _read_criteria(found)
    proposals = Proposal.objects.on_panel().filter(challenge__in=found)
    for proposal in proposals.select_related("organisation").order_by("pk"):
        found[proposal.challenge_id].proposals.append(proposal)
    members = PanelMember.objects.current().filter(challenge__in=found)
    for member in members.select_related("user").order_by("pk"):
        found[member.challenge_id].members.append(member)
    _read_excused(found)
    sheets = ScoreSheet.objects.filter(proposal__in=proposals, status=SheetStatus.HANDED_IN)
    for key, proposal_id, member_id in sheets.values_list("proposal__challenge_id", "proposal_id", "member_id"):
        found[key].handed_in.add((proposal_id, member_id))
    _read_points(found)
    undecided = Proposal.objects.filter(challenge__in=found, status__in=UNDECIDED)  # stopped ones, too
    undecided_in = Counter(undecided.values_list("challenge_id", flat=True))
    ends_at = Coalesce("due_at", "clarification__due_at")
    asked = ClarificationAnswer.objects.filter(proposal__in=proposals, answered_at=None)
    asked_in = Counter(
        asked.annotate(ends=ends_at).filter(ends__gte=at).values_list("proposal__challenge_id", flat=True)
    )
    pending = Recusation.objects.pending().filter(member__challenge__in=found)
    challenged_in = Counter(pending.values_list("member__challenge_id", flat=True))
    written = CriterionReason.objects.filter(proposal__in=proposals, criterion__kind=CriterionKind.JUDGEMENT)
    reasons_in = Counter(written.values_list("proposal__challenge_id", flat=True))
    for key, each in found.items():
        each.called = _called(each, each.unable)
        each.hearing = _called(each, each.unable | each.unable_there) if each.pitch else {}
        each.undecided, each.reasons = undecided_in[key], reasons_in[key]
        each.asked, each.challenged = asked_in[key], challenged_in[key]
    return found


def _read_criteria(found: dict[int, Work]) -> None:
    """Read what the panel scores: on the sheets, and of presentations."""
    panels = Criterion.objects.filter(challenge__in=found).exclude(kind=CriterionKind.FORMULA)
    for criterion in panels.order_by("position"):
        each = found[criterion.challenge_id]
        (each.pitch if criterion.kind == CriterionKind.PITCH else each.criteria).append(criterion)


def _read_excused(found: dict[int, Work]) -> None:
    """Read who is off which proposal: recused, or because it was taken from them."""
    conflicts = ConflictDeclaration.objects.filter(proposal__challenge__in=found, has_conflict=True)
    for key, proposal_id, member_id in conflicts.values_list("proposal__challenge_id", "proposal_id", "member_id"):
        found[key].recused.setdefault(proposal_id, set()).add(member_id)
        found[key].excused.setdefault(proposal_id, set()).add(member_id)
    taken = Reassignment.objects.filter(proposal__challenge__in=found, member__left_at=None)
    for key, proposal_id, member_id in taken.values_list("proposal__challenge_id", "proposal_id", "member_id"):
        found[key].excused.setdefault(proposal_id, set()).add(member_id)
        found[key].unable.add(proposal_id)


def _read_points(found: dict[int, Work]) -> None:
    """Read how many points each criterion has on each proposal, how far apart, and which a session has dealt with."""
    scores = Score.objects.filter(
        sheet__in=ScoreSheet.objects.counting(), sheet__proposal__challenge__in=found
    ).order_by()
    ranges = scores.values_list("sheet__proposal__challenge_id", "sheet__proposal_id", "criterion_id").annotate(
        given=Count("points"), apart=Max("points") - Min("points"), all=Count("pk")
    )
    for key, proposal_id, criterion_id, given, apart, every in ranges:
        found[key].points[proposal_id, criterion_id] = given
        found[key].range[proposal_id, criterion_id] = apart or 0
        if given < every:
            found[key].unable.add(proposal_id)
    _read_presentations(found)
    for key, row in AgreedScore.objects.counting(found).items():
        found[row.session.challenge_id].agreed.add(key)


def _read_presentations(found: dict[int, Work]) -> None:
    """Read who has given points of presentations, how many, and how far apart; nothing where no call has any."""
    if not any(each.pitch for each in found.values()):
        return
    rows = PitchScore.objects.filter(proposal__challenge__in=found)
    for key, proposal_id, member_id in rows.values_list("proposal__challenge_id", "proposal_id", "member_id"):
        found[key].heard.add((proposal_id, member_id))
    ranges = PitchScore.objects.of_panel().filter(proposal__challenge__in=found).order_by()
    for key, proposal_id, criterion_id, given, apart, every in ranges.values_list(
        "proposal__challenge_id", "proposal_id", "criterion_id"
    ).annotate(given=Count("points"), apart=Max("points") - Min("points"), all=Count("pk")):
        found[key].points[proposal_id, criterion_id] = given
        found[key].range[proposal_id, criterion_id] = apart or 0
        if given < every:
            found[key].unable_there.add(proposal_id)


def _called(found: Work, unable: set[int]) -> dict[int, list[int]]:
    voting = [member.pk for member in found.members if member.role in VOTING]
    substitutes = [member.pk for member in found.members if member.role == PanelRole.SUBSTITUTE]
    return {
        proposal.pk: callable_members(
            voting,
            substitutes,
            found.excused.get(proposal.pk, set()),
            found.minimum,
            is_called=proposal.pk in unable,
        )
        for proposal in found.proposals
    }
