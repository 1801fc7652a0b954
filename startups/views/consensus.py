"""Before the lock: where scores are far apart, the panel's sessions, and what they agree on."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges.models import Challenge, Criterion
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import consensus as actions
from startups.calculations import consensus as calculations
from startups.calculations.scoring import half_up
from startups.forms import refusal as refusals
from startups.forms.consensus import KEPT, AgreeForm, SessionForm
from startups.models import AgreedScore, PanelMember, PanelSession, PitchScore, Proposal, Score, ScoreSheet
from startups.policies import consensus as policies
from startups.policies import evaluation as evaluations
from startups.views.evaluated import (
    challenge_or_404,
    files_of,
    pages,
    sections_of,
    submissions_of,
    title_of,
)
from startups.views.sealed import proposal_or_404

Given = dict[tuple[int, int], dict[int, int]]


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Every proposal by criterion: range, who is far off, what was agreed; who is severe; would it change who leads.

    Shown once every sheet is in: until then nobody talks anybody into a score.
    """
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(challenge, by=request.user, at=at)
    work = evaluations.work(challenge, at=at)
    owed = sum(len(members) for members in work.owed.values())
    context: dict[str, Any] = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "consensus", at=at),
        "owed": owed,
        "limit": work.consensus_range,
        "is_locked": policies.is_locked(challenge),
    }
    if not owed and work.proposals:
        context |= _compared(challenge, request.user, work)
    return render(request, "startups/consensus.html", context)


def _compared(challenge: Challenge, user: Any, work: evaluations.Work) -> dict[str, Any]:
    given, agreed = _given(challenge, user), AgreedScore.objects.counting([challenge])
    visible = Proposal.objects.judged_by(user).filter(challenge=challenge).select_related("organisation")
    shown = list(visible.order_by("pk"))
    submissions = submissions_of(shown)
    names = {member.pk: member.user.short_name for member in work.members}
    criteria = _criteria(work)
    weights = {criterion.pk: criterion.weight_percent for criterion in criteria}
    settled = {key: row.points for key, row in agreed.items() if row.points is not None}
    standings = {
        row.proposal: row for row in calculations.standings(weights, given, settled, [each.pk for each in shown])
    }
    rows = []
    for proposal in shown:
        cells = [_cell(work, proposal, criterion, given, agreed, names) for criterion in criteria]
        rows.append(
            {
                "proposal": proposal,
                "title": title_of(submissions.get(proposal.pk)),
                "cells": cells,
                "standing": standings.get(proposal.pk),
                "to_agree": sum(cell["is_open"] for cell in cells),
                "is_wide": any(cell["is_wide"] for cell in cells),
            }
        )
    rows.sort(key=lambda row: (row["standing"] is None, row["standing"] and row["standing"].place, row["proposal"].pk))
    severe = calculations.severity(given)
    return {
        "criteria": criteria,
        "rows": rows,
        "to_agree": sum(row["to_agree"] for row in rows),
        "members": [
            {"name": member.user.full_name, "severity": half_up_signed(severe[member.pk])}
            for member in work.members
            if member.pk in severe
        ],
        "changes": _changes(rows),
        "hidden": len(work.proposals) - len(shown),
    }


def _criteria(work: evaluations.Work) -> list[Criterion]:
    """Return what can be compared: the criteria of the sheets and, once there are points, of the presentations."""
    return [*work.criteria, *(work.pitch if work.heard else [])]


def half_up_signed(value: Any) -> Any:
    """Round to two decimals, halves away from zero, also below zero."""
    return -half_up(-value) if value < 0 else half_up(value)


def _changes(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return who leads by what counts, by the scores as first given, and with severity taken off."""
    placed = [row for row in rows if row["standing"] is not None]
    return {
        name: [row["title"] for row in placed if getattr(row["standing"], name) == 1]
        for name in ("place", "given_place", "levelled_place")
    }


def _given(challenge: Challenge, user: Any) -> Given:
    """Return the points that count and that this person may see: by (proposal, criterion), of each member."""
    sheets = ScoreSheet.objects.visible_to(user).filter(proposal__challenge=challenge)
    found: Given = {}
    rows = Score.objects.counting().filter(sheet__in=sheets).order_by("sheet__member__named_at", "sheet_id")
    for proposal, criterion, member, points in rows.values_list(
        "sheet__proposal_id", "criterion_id", "sheet__member_id", "points"
    ):
        found.setdefault((proposal, criterion), {})[member] = points
    seen = PitchScore.objects.visible_to(user).filter(proposal__challenge=challenge)
    pitched = PitchScore.objects.counting().filter(pk__in=seen.values("pk")).order_by("member__named_at", "pk")
    for proposal, criterion, member, points in pitched.values_list("proposal", "criterion", "member", "points"):
        found.setdefault((proposal, criterion), {})[member] = points
    return found


def _cell(
    work: evaluations.Work,
    proposal: Proposal,
    criterion: Criterion,
    given: Given,
    agreed: dict[tuple[int, int], AgreedScore],
    names: dict[int, str],
) -> dict[str, Any]:
    key = (proposal.pk, criterion.pk)
    points = given.get(key, {})
    far = calculations.far_off(points)
    is_wide = work.is_wide(*key)
    return {
        "criterion": criterion,
        "lowest": min(points.values(), default=None),
        "highest": max(points.values(), default=None),
        "mean": half_up(calculations.mean(points.values())) if points else None,
        "is_wide": is_wide,
        "is_open": is_wide and key not in agreed,
        "agreed": agreed.get(key),
        "far": [names.get(member, "") for member in points if member in far],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, public_id: str) -> HttpResponse:
    """One proposal: all scores and reasons side by side; the secretary writes what a session agreed on."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.judged_by(request.user), public_id)
    challenge = proposal.challenge
    policies.check_can_see(challenge, by=request.user, at=at)
    work = evaluations.work(challenge, at=at)
    sessions = list(PanelSession.objects.filter(challenge=challenge).order_by("-number"))
    posted = request.POST.get("criterion", "") if request.method == "POST" else None
    can_agree = (
        proposal.pk not in work.owed
        and bool(sessions)
        and allows(policies.check_can_record, challenge, by=request.user, at=at)
    )
    forms = {
        criterion.pk: AgreeForm(
            request.POST if posted == str(criterion.pk) else None,
            sessions=sessions,
            auto_id=f"c{criterion.pk}_%s",
            initial={"session": sessions[0].public_id} if sessions else {},
        )
        for criterion in _criteria(work)
    }
    if request.method == "POST":
        policies.check_can_record(challenge, by=request.user, at=at)
        if _agree(request, proposal, work, forms, posted, at=at):
            return redirect(f"{request.path}#c{posted}")
    submission = submissions_of([proposal]).get(proposal.pk)
    context = {
        "proposal": proposal,
        "challenge": challenge,
        "at": at,
        "title": title_of(submission),
        "sections": sections_of(submission),
        "files": files_of(proposal, submission),
        "is_owed": proposal.pk in work.owed,
        "limit": work.consensus_range,
        "sessions": sessions,
        "may_record": allows(policies.check_can_record, challenge, by=request.user, at=at),
        "can_agree": can_agree,
        "rows": [] if proposal.pk in work.owed else _criteria_rows(request.user, proposal, work, forms),
        "notes": [] if proposal.pk in work.owed else _notes(request.user, proposal),
    }
    return render(request, "startups/agree.html", context, status=422 if posted is not None else 200)


def _sheets(user: Any, proposal: Proposal) -> Any:
    return (
        ScoreSheet.objects.visible_to(user)
        .counting()
        .filter(proposal=proposal)
        .select_related("member__user")
        .order_by("member__named_at", "pk")
    )


def _notes(user: Any, proposal: Proposal) -> list[ScoreSheet]:
    return [sheet for sheet in _sheets(user, proposal) if sheet.note]


def _criteria_rows(
    user: Any, proposal: Proposal, work: evaluations.Work, forms: dict[int, AgreeForm]
) -> list[dict[str, Any]]:
    history: dict[int, list[AgreedScore]] = {}
    for row in AgreedScore.objects.filter(proposal=proposal).select_related("session").order_by("pk"):
        history.setdefault(row.criterion_id, []).append(row)
    scores: dict[int, list[Any]] = {}
    for sheet in _sheets(user, proposal).prefetch_related("scores"):
        for score in sheet.scores.all():
            scores.setdefault(score.criterion_id, []).append((sheet.member, score))
    pitched = PitchScore.objects.of_panel().filter(proposal=proposal).select_related("member__user")
    seen = PitchScore.objects.visible_to(user).values("pk")
    for point in pitched.filter(pk__in=seen).order_by("member__named_at", "pk"):
        scores.setdefault(point.criterion_id, []).append((point.member, point))
    counting = AgreedScore.objects.counting([proposal.challenge_id])
    rows = []
    for criterion in _criteria(work):
        if criterion in work.pitch and (proposal.pk, criterion.pk) not in work.range:
            continue  # it doesn't present, or hasn't yet
        given = scores.get(criterion.pk, [])
        points = {member.pk: score.points for member, score in given if score.points is not None}
        far = calculations.far_off(points)
        said, agreed = history.get(criterion.pk, []), counting.get((proposal.pk, criterion.pk))
        rows.append(
            {
                "criterion": criterion,
                "given": [(member, score, member.pk in far) for member, score in given],
                "range": work.range.get((proposal.pk, criterion.pk), 0),
                "mean": half_up(calculations.mean(points.values())) if points else None,
                "is_wide": work.is_wide(proposal.pk, criterion.pk),
                "agreed": agreed,
                "earlier": [each for each in said if each != agreed],
                "form": forms[criterion.pk],
            }
        )
    return sorted(rows, key=lambda row: not row["is_wide"])


def _agree(
    request: HttpRequest,
    proposal: Proposal,
    work: evaluations.Work,
    forms: dict[int, AgreeForm],
    posted: str | None,
    *,
    at: datetime,
) -> bool:
    """Write what was agreed; False to show the page with what is wrong."""
    criterion = next((each for each in _criteria(work) if str(each.pk) == posted), None)
    if criterion is None:
        messages.error(request, _("This criterion isn't scored by the panel."))
        return False
    form = forms[criterion.pk]
    if not form.is_valid():
        return False
    points = None if form.data.get("points") == KEPT else form.cleaned_data["points"]
    try:
        actions.agree(
            proposal,
            criterion,
            session=form.cleaned_data["session"],
            points=points,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=at,
        )
    except DomainError as refusal:
        refusals.put(form, refusal)
        return False
    messages.success(request, _("On record, beside the members' own scores."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions of the panel: who came, what about, what was agreed; the secretary records a new one."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(challenge, by=request.user, at=at)
    seats = PanelMember.objects.current().filter(challenge=challenge).select_related("user").order_by("named_at", "pk")
    form = SessionForm(request.POST if request.method == "POST" else None, members=seats)
    if request.method == "POST":
        policies.check_is_secretary(challenge, by=request.user, at=at)
        if form.is_valid():
            try:
                made = actions.record_session(challenge, **form.cleaned_data, by=request.user, at=at)
            except DomainError as refusal:
                refusals.put(form, refusal)
            else:
                messages.success(request, _("Session %(number)s is on record.") % {"number": made.number})
                return redirect("startups:sessions", slug=slug)
    found = (
        PanelSession.objects.visible_to(request.user)
        .filter(challenge=challenge)
        .select_related("recorded_by")
        .prefetch_related("attendance__member__user")
        .order_by("-number")
    )
    visible = Proposal.objects.judged_by(request.user).filter(challenge=challenge)
    agreed: dict[int, int] = {}
    for key in AgreedScore.objects.filter(proposal__in=visible).values_list("session_id", flat=True):
        agreed[key] = agreed.get(key, 0) + 1
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "sessions", at=at),
        "rows": [_session_row(session, agreed.get(session.pk, 0)) for session in found],
        "form": form,
        "can_record": allows(policies.check_can_record, challenge, by=request.user, at=at),
    }
    return render(request, "startups/sessions.html", context, status=422 if form.errors else 200)


def _session_row(session: PanelSession, agreed: int) -> dict[str, Any]:
    seats = sorted(session.attendance.all(), key=lambda row: row.pk)
    return {
        "session": session,
        "came": [row for row in seats if row.is_present],
        "absent": [row for row in seats if not row.is_present],
        "agreed": agreed,
    }
