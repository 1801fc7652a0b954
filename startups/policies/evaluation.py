"""Who scores, who writes the final reasons, who locks, who sees the ranking; and what is lacking before the lock."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
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


@dataclass
class Work:
    """Where the evaluation of a challenge stands: read once, with a number of queries that doesn't grow.

    `called` says which members score each proposal; `owed` which of them haven't handed in.
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

    @property
    def owed(self) -> dict[int, list[int]]:
        """Members who still owe their sheet, by proposal."""
        return missing(self.called, self.handed_in)

    def sheets(self, proposal: Proposal) -> list[int]:
        """Members whose sheet on this proposal counts."""
        return [member for member in self.called[proposal.pk] if (proposal.pk, member) in self.handed_in]


def judged(challenge: Challenge) -> list[Criterion]:
    """Return the criteria that the panel scores, in the call's order."""
    return list(challenge.criteria.filter(kind=CriterionKind.JUDGEMENT).order_by("position"))


def work(challenge: Challenge, *, at: datetime) -> Work:
    """Read where the evaluation stands."""
    rules = Rules.objects.in_force(local_date(at))
    found = Work(
        challenge=challenge,
        criteria=judged(challenge),
        proposals=list(
            Proposal.objects.on_panel().filter(challenge=challenge).select_related("organisation").order_by("pk")
        ),
        members=list(PanelMember.objects.current().filter(challenge=challenge).select_related("user").order_by("pk")),
        minimum=rules.minimum_sheets,
        consensus_range=rules.consensus_range,
    )
    conflicts = ConflictDeclaration.objects.filter(proposal__challenge=challenge, has_conflict=True)
    for proposal, member in conflicts.values_list("proposal_id", "member_id"):
        found.recused.setdefault(proposal, set()).add(member)
    voting = [member.pk for member in found.members if member.role in VOTING]
    substitutes = [member.pk for member in found.members if member.role == PanelRole.SUBSTITUTE]
    found.called = {
        proposal.pk: callable_members(voting, substitutes, found.recused.get(proposal.pk, set()), found.minimum)
        for proposal in found.proposals
    }
    sheets = ScoreSheet.objects.filter(proposal__challenge=challenge, status=SheetStatus.HANDED_IN)
    found.handed_in = set(sheets.values_list("proposal_id", "member_id"))
    return found


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
    if not Proposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(_("You declared a conflict with this organisation."))
    if proposal.status != ProposalStatus.ADMITTED:
        raise TransitionError(_("This proposal is not being scored now."))
    if Evaluation.objects.filter(challenge=proposal.challenge_id, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked."))
    if proposal.pk in work(proposal.challenge, at=at).owed:
        raise DomainError(_("Sheets on this proposal are still missing. Its reasons are written when all are in."))


def check_can_see_lock(challenge: Challenge, *, by: User, at: datetime) -> PanelMember:
    """Chair and secretary, without a conflict. Returns their place."""
    member = member_of(challenge, by)
    if member is None or member.role not in {PanelRole.CHAIR, PanelRole.SECRETARY}:
        raise PermissionDenied(_("Only the chair and the secretary of the panel lock the scores."))
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
    found = work(challenge, at=at)
    undecided = Proposal.objects.filter(
        challenge=challenge, status__in=[ProposalStatus.SUBMITTED, ProposalStatus.CORRECTION_REQUESTED]
    ).count()
    return [
        _line(
            not undecided,
            _("Every proposal is admitted or left out."),
            ngettext(
                "%(n)s proposal is neither admitted nor left out.",
                "%(n)s proposals are neither admitted nor left out.",
                undecided,
            )
            % {"n": undecided},
        ),
        _line(
            bool(found.proposals), _("There is a proposal to judge."), _("No proposal was admitted: declare it void.")
        ),
        *(line for line in panels.composition(challenge, found.members) if line.level != "advice"),
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
    written = CriterionReason.objects.filter(proposal__in=found.proposals, criterion__in=found.criteria).count()
    left = len(found.proposals) * len(found.criteria) - written
    return _line(
        left <= 0,
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
