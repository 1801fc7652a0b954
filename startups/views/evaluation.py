"""Scoring: a member's own list and the sheet beside the proposal."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell.words import clock_time
from startups.actions import evaluation as actions
from startups.calculations.panel import shuffled
from startups.forms.evaluation import SheetForm
from startups.models import PanelMember, PanelRole, Proposal, ScoreSheet, SheetStatus
from startups.models.panel import SCORING
from startups.policies import evaluation as policies
from startups.views.evaluated import challenge_or_404, files_of, pages, sections_of, submissions_of, title_of
from startups.views.sealed import proposal_or_404


@require_safe
def scores(request: HttpRequest, slug: str) -> HttpResponse:
    """List the proposals this member scores, in the member's own order, with how far each sheet is."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    member = _scoring_member(challenge, request.user)
    rows = own_rows(challenge, member, at=at)
    context = {
        "challenge": challenge,
        "member": member,
        "at": at,
        "pages": pages(challenge, request.user, "scores", at=at),
        "rows": rows,
        "left": sum(not row["is_in"] for row in rows),
        "undeclared": undeclared(challenge, member),
    }
    return render(request, "startups/scores.html", context)


def _scoring_member(challenge: Challenge, user: Any) -> PanelMember:
    member = policies.member_of(challenge, user)
    if member is None or member.role not in SCORING:
        raise PermissionDenied(_("Only members of the panel with a vote score."))
    return member


def undeclared(challenge: Challenge, member: PanelMember) -> int:
    """Return on how many organisations the member has still to declare."""
    said = member.declarations.count()
    return Proposal.objects.on_panel().filter(challenge=challenge).count() - said


def own_rows(challenge: Challenge, member: PanelMember, *, at: datetime) -> list[dict[str, Any]]:
    """Return what the member scores: only proposals they may see and are called for, in their own order."""
    work = policies.work(challenge, at=at)
    mine = [
        proposal
        for proposal in Proposal.objects.visible_to(member.user)
        .on_panel()
        .filter(challenge=challenge)
        .select_related("organisation")
        if member.pk in work.called.get(proposal.pk, [])
        and proposal.pk not in {pk for pk, members in work.recused.items() if member.pk in members}
    ]
    declared = set(member.declarations.filter(has_conflict=False).values_list("proposal_id", flat=True))
    by_id = {proposal.public_id: proposal for proposal in mine if proposal.pk in declared}
    submissions = submissions_of(list(by_id.values()))
    sheets = {
        sheet.proposal_id: sheet
        for sheet in ScoreSheet.objects.filter(member=member, proposal__in=list(by_id.values())).prefetch_related(
            "scores"
        )
    }
    rows = []
    for public_id in shuffled(member.public_id, by_id):
        proposal = by_id[public_id]
        sheet = sheets.get(proposal.pk)
        done = sum(
            score.points is not None and len(score.reason) >= policies.SHORTEST_REASON
            for score in (sheet.scores.all() if sheet else ())
        )
        rows.append(
            {
                "proposal": proposal,
                "title": title_of(submissions.get(proposal.pk)),
                "sheet": sheet,
                "is_in": sheet is not None and sheet.status == SheetStatus.HANDED_IN,
                "done": done,
                "of": len(work.criteria),
            }
        )
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proposal on the left, the member's sheet on the right; saved as it goes, then handed in."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.visible_to(request.user).on_panel(), public_id)
    challenge = proposal.challenge
    member = _scoring_member(challenge, request.user)
    criteria = policies.judged(challenge)
    sheet = ScoreSheet.objects.filter(member=member, proposal=proposal).first()
    form = SheetForm(request.POST or None, criteria=criteria, sheet=sheet, version=actions.version_of(sheet))
    if request.method == "POST":
        answer = _save(request, form, member, proposal, at=at)
        if answer is not None:
            return answer
    context = _score_context(proposal, member, form, sheet, at=at)
    return render(request, "startups/score.html", context)


def _save(
    request: HttpRequest, form: SheetForm, member: PanelMember, proposal: Proposal, *, at: datetime
) -> HttpResponse | None:
    """Save, and hand in where asked. Answers JSON to the background save; None shows the page with what is wrong."""
    in_background = request.headers.get("X-Requested-With") == "fetch"
    if not form.is_valid():
        return _json(form.first_problem(), 422) if in_background else None
    try:
        sheet = actions.save_sheet(
            member, proposal, entries=form.entries(), version=form.cleaned_data["version"], by=request.user, at=at
        )
        if "hand_in" in request.POST and not in_background:
            actions.hand_in(sheet, by=request.user, at=at)
    except actions.StaleSheetError as stale:
        if in_background:
            return _json(str(stale), 409)
        form.add_error(None, str(stale))
        return None
    except DomainError as refusal:
        if in_background:
            return _json(str(refusal), 422)
        form.refresh_version(actions.version_of(ScoreSheet.objects.filter(member=member, proposal=proposal).first()))
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    if in_background:
        return JsonResponse({"version": actions.version_of(sheet), "at": clock_time(at)})
    return _next(request, member, proposal, at=at)


def _json(message: str, status: int) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def _next(request: HttpRequest, member: PanelMember, proposal: Proposal, *, at: datetime) -> HttpResponse:
    """Go to the member's next proposal that isn't handed in, else to the list."""
    handed_in = "hand_in" in request.POST
    messages.success(request, _("Sheet handed in.") if handed_in else _("Saved."))
    rows = own_rows(proposal.challenge, member, at=at)
    place = next((i for i, row in enumerate(rows) if row["proposal"] == proposal), -1)
    for row in [*rows[place + 1 :], *rows[: max(place, 0)]]:
        if not row["is_in"]:
            return redirect("startups:score", public_id=row["proposal"].public_id)
    return redirect("startups:scores", slug=proposal.challenge.slug)


def _score_context(
    proposal: Proposal, member: PanelMember, form: SheetForm, sheet: ScoreSheet | None, *, at: datetime
) -> dict[str, Any]:
    challenge = proposal.challenge
    submission = submissions_of([proposal]).get(proposal.pk)
    rows = own_rows(challenge, member, at=at)
    place = next((i for i, row in enumerate(rows, 1) if row["proposal"] == proposal), 0)
    is_in = sheet is not None and sheet.status == SheetStatus.HANDED_IN
    others = (
        ScoreSheet.objects.visible_to(member.user)
        .filter(proposal=proposal)
        .exclude(member=member)
        .select_related("member__user")
        .prefetch_related("scores__criterion")
        .order_by("member__named_at", "pk")
        if is_in
        else []
    )
    return {
        "proposal": proposal,
        "challenge": challenge,
        "at": at,
        "submission": submission,
        "title": title_of(submission),
        "sections": sections_of(submission),
        "files": files_of(proposal, submission),
        "form": form,
        "place": place,
        "total": len(rows),
        "left": form.left(),
        "is_in": is_in,
        "sheet": sheet,
        "others": others,
        "can_score": not is_in and allows(policies.check_can_score, member, proposal, by=member.user, at=at),
        "is_substitute": member.role == PanelRole.SUBSTITUTE,
    }
