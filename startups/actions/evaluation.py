"""Scores of the panel, from the first saved point to the outcome of a proposal. The lock itself: `actions.lock`."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge, Criterion
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.policies import check_move
from govtech.reference.models import Rules
from startups.actions import confirmation
from startups.actions.lock import lock
from startups.calculations.saving import Kept, Outcome, outcome
from startups.models import (
    CriterionReason,
    Evaluation,
    PanelMember,
    Proposal,
    ProposalStatus,
    Score,
    ScoreSheet,
    SheetStatus,
)
from startups.models.proposal import TRANSITIONS
from startups.notifications import evaluation as notifications
from startups.notifications import panel as panels
from startups.policies import evaluation as policies

__all__ = [
    "StaleSheetError",
    "hand_in",
    "lock",
    "save_reason",
    "save_reasons",
    "save_score",
    "save_sheet",
    "set_outcome",
    "version_of",
]

LONGEST_REASON = 4_000  # characters


class StaleSheetError(DomainError):
    """The sheet was saved in another window meanwhile. Nothing was written."""


def version_of(sheet: ScoreSheet | None) -> int:
    """Return what a save of this sheet must name, so that an old tab doesn't overwrite a newer one."""
    return sheet.version if sheet else 0


@transaction.atomic
def save_sheet(
    sheet_member: PanelMember,
    proposal: Proposal,
    *,
    entries: Mapping[int, tuple[int | None, str]],
    unable: Collection[int] = (),
    note: str | None = None,
    version: int | None = None,
    page: str = "",
    turn: int = 0,
    by: User,
    at: datetime,
) -> ScoreSheet:
    """Save points and reasons by criterion id, complete or not. Writes no audit event: it runs in the background.

    `unable`: criteria that the member can't judge; points given there aren't kept. `note` is for the panel alone.
    With `version` (see `version_of`) raises StaleSheetError where the sheet was saved elsewhere meanwhile; a save of
    the same `page`, whose answer was lost on the way, goes on, and a late copy of an earlier one (`turn`) doesn't. Also
    PermissionDenied, TransitionError, DomainError (fields `points-<id>`, `reason-<id>`, `note`).
    """
    sheet = _sheet(sheet_member, proposal, by=by, at=at)
    if note is not None and len(note) > LONGEST_REASON:
        raise DomainError(_("The note is too long."), field="note")
    changed = _changed(sheet, entries, unable, at=at)
    words = sheet.note if note is None else note.strip()
    found = outcome(
        Kept(sheet.version, sheet.saved_from, sheet.saved_turn) if sheet.saved_at else None,
        version=version,
        page=page,
        turn=turn,
        same=not changed and words == sheet.note,
    )
    if found == Outcome.STALE:
        raise StaleSheetError(_("You have changed this sheet in another window. Reload it: nothing was overwritten."))
    if found == Outcome.TURN:
        sheet.saved_from, sheet.saved_turn = page, turn
        sheet.save(update_fields=["saved_from", "saved_turn"])
    if found != Outcome.WRITE:
        return sheet
    sheet.note = words
    _write(changed)
    sheet.version, sheet.saved_at, sheet.saved_from, sheet.saved_turn = sheet.version + 1, at, page, turn
    sheet.save(update_fields=["note", "version", "saved_at", "saved_from", "saved_turn"])
    return sheet


def _changed(
    sheet: ScoreSheet, entries: Mapping[int, tuple[int | None, str]], unable: Collection[int], *, at: datetime
) -> list[Score]:
    """Return the scores that differ from what is there; an untouched one keeps its instant."""
    criteria = _criteria(sheet.proposal.challenge)
    known = {score.criterion_id: score for score in Score.objects.filter(sheet=sheet)}
    changed = []
    for pk, (points, reason) in entries.items():
        if pk not in criteria:
            raise DomainError(_("This criterion isn't scored by the panel."))
        if points is not None and not 0 <= points <= 5:
            raise DomainError(_("Points go from 0 to 5."), field=f"points-{pk}")
        if len(reason) > LONGEST_REASON:
            raise DomainError(_("The reason is too long."), field=f"reason-{pk}")
        score = known.get(pk) or Score(sheet=sheet, criterion=criteria[pk])
        values = (None if pk in unable else points, pk in unable, reason.strip())
        if score.pk is None or (score.points, score.is_unable, score.reason) != values:
            score.points, score.is_unable, score.reason = values
            score.saved_at = at
            changed.append(score)
    return changed


def _write(scores: list[Score]) -> None:
    """Write scores, new ones and changed ones, in two statements however many criteria there are."""
    Score.objects.bulk_create(score for score in scores if score.pk is None)
    Score.objects.bulk_update(
        [score for score in scores if score.pk is not None], ["points", "is_unable", "reason", "saved_at"]
    )


def save_score(
    sheet_member: PanelMember,
    proposal: Proposal,
    criterion: Criterion,
    *,
    points: int | None,
    reason: str,
    by: User,
    at: datetime,
) -> ScoreSheet:
    """Save points and reason on one criterion. Raises as `save_sheet`."""
    return save_sheet(sheet_member, proposal, entries={criterion.pk: (points, reason)}, by=by, at=at)


@transaction.atomic
def hand_in(sheet: ScoreSheet, *, by: User, at: datetime) -> ScoreSheet:
    """Hand in a complete sheet: from here it is fixed, and its author sees the others on this proposal.

    Raises PermissionDenied, TransitionError, DomainError naming the criterion that lacks something.
    """
    _locked_evaluation(sheet.proposal)
    rows = ScoreSheet.objects.select_for_update(of=("self",), no_key=True).select_related(
        "member__user", "proposal__challenge"
    )
    sheet = rows.get(pk=sheet.pk)
    policies.check_can_score(sheet.member, sheet.proposal, by=by, at=at)
    policies.check_sheet_open(sheet)
    challenge = sheet.proposal.challenge
    scores = {score.criterion_id: score for score in Score.objects.filter(sheet=sheet)}
    before = policies.work(challenge, at=at)
    policies.check_sheet_complete(before.criteria, scores, shortest=before.shortest_reason)
    sheet.status, sheet.handed_in_at = SheetStatus.HANDED_IN, at
    sheet.save(update_fields=["status", "handed_in_at"])
    audit.record("sheet.handed_in", target=sheet, by=by, at=at, old=SheetStatus.DRAFT, new=sheet.status)
    found = policies.work(challenge, at=at)
    _call(before, found, sheet.proposal, at=at)
    if not found.owed and found.proposals:
        notifications.all_in(challenge, at=at)
    return sheet


@transaction.atomic
def save_reasons(proposal: Proposal, *, texts: Mapping[int, str], by: User, at: datetime) -> None:
    """Write the reasons a participant will read, by criterion id. A confirmation given before no longer holds.

    Raises PermissionDenied, TransitionError, DomainError (field `reason-<id>`).
    """
    challenge = _locked_evaluation(proposal).challenge
    policies.check_can_write_reasons(proposal, by=by, at=at)
    criteria, shortest = _criteria(challenge), Rules.objects.in_force(local_date(at)).shortest_reason
    known = {row.criterion_id: row for row in CriterionReason.objects.filter(proposal=proposal)}
    changed = False
    for pk, words in texts.items():
        text = words.strip()
        if pk not in criteria:
            raise DomainError(_("This criterion isn't scored by the panel."))
        if not shortest <= len(text) <= LONGEST_REASON:
            raise DomainError(
                _("Write between %(least)s and %(most)s characters: the organisation will read it.")
                % {"least": shortest, "most": LONGEST_REASON},
                field=f"reason-{pk}",
            )
        reason = known.get(pk) or CriterionReason(proposal=proposal, criterion=criteria[pk])
        if reason.text != text:
            reason.text, reason.edited_at, reason.edited_by, changed = text, at, by, True
            reason.save()
    if changed:
        audit.record("proposal.reasons_written", target=proposal, by=by, at=at)
        confirmation.withdraw(challenge, by=by, at=at)


def _call(before: policies.Work, found: policies.Work, proposal: Proposal, *, at: datetime) -> None:
    """Tell whoever has to score the proposal since something changed: the substitute."""
    seats = {member.pk: member for member in found.members}
    for pk in set(found.called.get(proposal.pk, [])) - set(before.called.get(proposal.pk, [])):
        panels.called(seats[pk], proposal, at=at)


def save_reason(proposal: Proposal, criterion: Criterion, *, text: str, by: User, at: datetime) -> CriterionReason:
    """Write the reason for one criterion. Raises as `save_reasons`."""
    save_reasons(proposal, texts={criterion.pk: text}, by=by, at=at)
    return CriterionReason.objects.get(proposal=proposal, criterion=criterion)


@transaction.atomic
def set_outcome(proposal: Proposal, *, status: ProposalStatus | str, by: User, at: datetime) -> Proposal:
    """Write what the award made of an evaluated proposal: awarded, reserve or not selected.

    Called by the award, whose policies decided. Raises TransitionError.
    """
    (proposal,) = Proposal.objects.select_for_update(no_key=True).filter(pk=proposal.pk)  # the award does one by one
    status = ProposalStatus(status)
    check_move(TRANSITIONS, proposal.status, status)
    old, proposal.status = proposal.status, status
    proposal.save(update_fields=["status"])
    audit.record(f"proposal.{status}", target=proposal, by=by, at=at, old=old, new=status)
    return proposal


def _locked_evaluation(proposal: Proposal) -> Evaluation:
    """Lock the evaluation: scores and lock don't cross. Every action takes challenge, evaluation, the rest."""
    evaluation = (
        Evaluation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("challenge")
        .filter(challenge=proposal.challenge_id)
    )
    found = evaluation.first()
    if found is None:
        raise DomainError(_("The proposals of this challenge haven't been opened."))
    return found


def _sheet(member: PanelMember, proposal: Proposal, *, by: User, at: datetime) -> ScoreSheet:
    """Return the member's open sheet on the proposal, made on first use."""
    _locked_evaluation(proposal)
    member = PanelMember.objects.get(pk=member.pk)
    proposal = Proposal.objects.select_related("challenge").get(pk=proposal.pk)
    policies.check_can_score(member, proposal, by=by, at=at)
    sheet, _made = ScoreSheet.objects.get_or_create(member=member, proposal=proposal)
    policies.check_sheet_open(sheet)
    sheet.proposal, sheet.member = proposal, member
    return sheet


def _criteria(challenge: Challenge) -> dict[int, Criterion]:
    return {criterion.pk: criterion for criterion in policies.judged(challenge)}
