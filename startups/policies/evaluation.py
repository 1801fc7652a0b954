"""Who scores, who writes the final reasons, who locks, who sees the ranking; and what is lacking before the lock."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge, Criterion, Status
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError, TransitionError
from startups.models import (
    ConflictDeclaration,
    Evaluation,
    PanelMember,
    PanelRole,
    Proposal,
    ProposalStatus,
    Reassignment,
    Score,
    ScoreSheet,
    SheetStatus,
)
from startups.models.panel import SCORING
from startups.policies import panel as panels
from startups.policies.progress import Work, judged, work, works

__all__ = ["Work", "judged", "work", "works"]  # others find them here, too


def check_can_score(member: PanelMember, proposal: Proposal, *, by: User, at: datetime, hearing: bool = False) -> None:
    """A scoring member, for themselves, on an admitted proposal they declared no conflict on, before the lock.

    `hearing`: its presentation, and not what was handed in.
    """
    if member.user_id != by.pk or member.left_at is not None or member.challenge_id != proposal.challenge_id:
        raise PermissionDenied(_("Only members of the panel score, each on their own sheet."))
    if member.role not in SCORING:
        raise PermissionDenied(_("Your part in this panel has no vote."))
    if proposal.status != ProposalStatus.ADMITTED or proposal.challenge.status != Status.EVALUATING:
        raise TransitionError(_("This proposal is not being scored now."))
    if Evaluation.objects.filter(challenge=proposal.challenge_id, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked."))
    _check_may_read(member, proposal, by=by)
    _check_is_called(member, proposal, at=at, hearing=hearing)


def _check_may_read(member: PanelMember, proposal: Proposal, *, by: User) -> None:
    """Who declared no conflict, belongs to nobody that takes part, and has the proposal before them."""
    declared = ConflictDeclaration.objects.filter(member=member, proposal=proposal, has_conflict=False).exists()
    if not declared or member.has_conflict is not False:
        raise PermissionDenied(_("Declare first that you have no conflict with this organisation."))
    if panels.takes_part(proposal.challenge, by):
        raise PermissionDenied(_("You belong to an organisation that takes part: declare a conflict."))
    if not Proposal.objects.judged_by(by).filter(pk=proposal.pk).exists():
        raise PermissionDenied(
            _("You can't read this proposal now: its copy without names isn't out, or your time on the panel is over.")
        )


def _check_is_called(member: PanelMember, proposal: Proposal, *, at: datetime, hearing: bool) -> None:
    if member.role == PanelRole.SUBSTITUTE:
        found = work(proposal.challenge, at=at)
        if member.pk not in (found.hearing if hearing else found.called)[proposal.pk]:
            raise DomainError(
                _("The substitute scores a proposal only where too few members are left for it, or one can't judge it.")
            )
    if Reassignment.objects.filter(member=member, proposal=proposal).exists():
        raise DomainError(_("This proposal was given to the substitute. What you had written stays on record."))


def check_sheet_open(sheet: ScoreSheet) -> None:
    """A sheet handed in is fixed."""
    if sheet.status != SheetStatus.DRAFT:
        raise TransitionError(_("You have handed in this sheet: it no longer changes."))


def check_sheet_complete(criteria: list[Criterion], scores: dict[int, Score], *, shortest: int) -> None:
    """Every judgement criterion has points, or the word that it can't be judged, and a reason that says something."""
    for criterion in criteria:
        score = scores.get(criterion.pk)
        if score is None or (score.points is None and not score.is_unable):
            raise DomainError(
                _("Give points to «%(criterion)s», or say that you can't judge it.") % {"criterion": criterion.name},
                field=f"points-{criterion.pk}",
            )
        if len(score.reason.strip()) < shortest:
            raise DomainError(
                _("Write a reason of at least %(n)s characters for «%(criterion)s».")
                % {"n": shortest, "criterion": criterion.name},
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


def check_can_lock(challenge: Challenge, found: Work | None = None, *, by: User, at: datetime) -> PanelMember:
    """Chair or secretary, when nothing is lacking. Returns their place. Raises DomainError with the first lack.

    `found` is what a page has read already; an action reads it under its lock.
    """
    member = check_can_see_lock(challenge, by=by, at=at)
    if challenge.status != Status.EVALUATING:
        raise TransitionError(_("This challenge is not in evaluation."))
    if Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists():
        raise TransitionError(_("The scores are locked already."))
    for line in lines_of(found or work(challenge, at=at)):
        if line.level == "stop":
            raise DomainError(line.text)
    return member


def lacking(challenge: Challenge, *, at: datetime) -> list[panels.Line]:
    """Return the check list of the lock."""
    return lines_of(work(challenge, at=at))


def lines_of(found: Work, *, first_round: bool = False) -> list[panels.Line]:
    """Return the check list of the lock for what was read. No query.

    `first_round`: what the shortlist asks of it: all but the final reasons, and what comes of presentations.
    """
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
        *_challenged_line(found),
        _line(
            bool(found.proposals),
            _("There is a proposal to judge."),
            _("No proposal was admitted: declare it void."),
        ),
        *(line for line in panels.seats(found.members) if line.level != "advice"),
        _sheets_line(found),
        _short_line(found),
        *_agreed_line(found, found.criteria if first_round else [*found.criteria, *found.pitch]),
        *([] if first_round else [_reasons_line(found)]),
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


def _challenged_line(found: Work) -> list[panels.Line]:
    """A challenged member holds the lock until the director decides (Law 39/2015 art. 74)."""
    text = _("A participant has challenged a member of the panel: the director decides first.")
    return [panels.Line("stop", text)] if found.challenged else []


def _short_line(found: Work) -> panels.Line:
    """Enough people for every proposal; and once all is in, enough points on every criterion of it."""
    owed = found.owed
    short = sum(
        len(found.called[proposal.pk]) < found.minimum
        or (
            proposal.pk not in owed
            and any(found.points.get((proposal.pk, each.pk), 0) < found.minimum for each in found.criteria)
        )
        for proposal in found.proposals
    )
    return _line(
        not short,
        _("Every proposal has at least %(n)s people to score it.") % {"n": found.minimum},
        ngettext(
            "%(n)s proposal has too few people who can score it: name another member.",
            "%(n)s proposals have too few people who can score them: name another member.",
            short,
        )
        % {"n": short},
    )


def _agreed_line(found: Work, criteria: list[Criterion]) -> list[panels.Line]:
    """Scores far apart are talked over in a session; nothing is said where there are none."""
    keys = {each.pk for each in criteria}
    if not any(found.is_wide(*key) for key in found.range if key[1] in keys):
        return []
    left = sum(key[1] in keys for key in found.to_agree)
    text = ngettext(
        "%(n)s criterion has scores %(range)s points or more apart: agree on it in a session of the panel.",
        "%(n)s criteria have scores %(range)s points or more apart: agree on them in a session of the panel.",
        left,
    )
    return [
        _line(
            not left,
            _("Scores far apart were talked over in a session."),
            text % {"n": left, "range": found.consensus_range},
        )
    ]


def _reasons_line(found: Work) -> panels.Line:
    left = max(0, len(found.proposals) * len(found.criteria) - found.reasons)
    return _line(
        not left,
        _("Every final reason is written."),
        ngettext("%(n)s final reason is still to be written.", "%(n)s final reasons are still to be written.", left)
        % {"n": left},
    )


def check_can_see_ranking(challenge: Challenge, *, by: User, at: datetime) -> None:
    """The panel, and officers, directors and auditors without a conflict, once the scores are locked."""
    is_seated = member_of(challenge, by) is not None
    if not roles.is_staff_role(by) and not is_seated:
        raise PermissionDenied(_("Only the Digital Office, internal control and the panel see the ranking."))
    if not Evaluation.objects.filter(challenge=challenge, locked_at__isnull=False).exists():
        raise PermissionDenied(_("There is a ranking when chair and secretary have locked the scores."))
    if not is_seated:
        panels.check_no_conflict(challenge, by=by)
