"""Scoring: a member's own list and the sheet beside the proposal."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell import writing
from govtech.shell.words import clock_time
from startups.actions import evaluation as actions
from startups.calculations.panel import shuffled
from startups.forms.evaluation import SheetForm
from startups.models import PanelMember, PanelQuestion, Proposal, ScoreSheet, SheetStatus
from startups.models.panel import SCORING
from startups.policies import evaluation as policies
from startups.policies import panel_question as questions
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


def own_order(
    challenge: Challenge, member: PanelMember, work: policies.Work
) -> list[tuple[Proposal, ScoreSheet | None]]:
    """Return what the member scores with the sheet of each: proposals they may see and are called for, in their order.

    The order is the hash of two random names, the member's and the proposal's: the same whenever the member comes back,
    another for everybody else.
    """
    declared = set(member.declarations.filter(has_conflict=False).values_list("proposal_id", flat=True))
    may_see = Proposal.objects.judged_by(member.user).filter(challenge=challenge)
    mine = {
        proposal.public_id: proposal
        for proposal in may_see.select_related("organisation")
        if member.pk in work.called.get(proposal.pk, ())
        and member.pk not in work.excused.get(proposal.pk, ())
        and proposal.pk in declared
    }
    found = ScoreSheet.objects.filter(member=member, proposal__challenge=challenge).prefetch_related("scores")
    sheets = {sheet.proposal_id: sheet for sheet in found}
    return [(mine[name], sheets.get(mine[name].pk)) for name in shuffled(member.public_id, mine)]


def own_rows(challenge: Challenge, member: PanelMember, *, at: datetime) -> list[dict[str, Any]]:
    """Return what the member scores, in the member's own order, with how far each sheet is."""
    work = policies.work(challenge, at=at)
    order = own_order(challenge, member, work)
    submissions = submissions_of([proposal for proposal, _sheet in order])
    return [
        {
            "proposal": proposal,
            "title": title_of(submissions.get(proposal.pk)),
            "sheet": sheet,
            "is_in": _is_in(sheet),
            "done": sum(
                (score.points is not None or score.is_unable) and len(score.reason) >= work.shortest_reason
                for score in (sheet.scores.all() if sheet else ())
            ),
            "of": len(work.criteria),
        }
        for proposal, sheet in order
    ]


def _is_in(sheet: ScoreSheet | None) -> bool:
    return sheet is not None and sheet.status == SheetStatus.HANDED_IN


@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proposal on the left, the member's sheet on the right; saved as it goes, then handed in."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.judged_by(request.user), public_id)
    challenge = proposal.challenge
    member = _scoring_member(challenge, request.user)
    work = policies.work(challenge, at=at)
    sheet = ScoreSheet.objects.prefetch_related("scores").filter(member=member, proposal=proposal).first()
    form = SheetForm(request.POST or None, criteria=work.criteria, sheet=sheet, shortest=work.shortest_reason)
    more: dict[str, Any] = {}
    if request.method == "POST":
        answer = _save(request, form, member, proposal, at=at)
        if answer is not None:
            return answer
        more = _conflict(form, sheet, work) if form.is_stale else {"is_unsaved": True}
    context = _score_context(proposal, member, form, sheet, work, at=at) | more
    return render(request, "startups/score.html", context, status=409 if form.is_stale else 422 if more else 200)


def _conflict(form: SheetForm, sheet: ScoreSheet | None, work: policies.Work) -> dict[str, Any]:
    """Show both: what was typed stays in the form, now with the version that stands; what is saved goes beside it."""
    stored = SheetForm(None, criteria=work.criteria, sheet=sheet, shortest=work.shortest_reason)
    form.refresh_version(actions.version_of(sheet))
    return {
        "is_unsaved": True,
        "differences": writing.differences(stored.texts(), form.texts()),
        "conflict_who": _("Another window of yours"),
    }


def _save(
    request: HttpRequest, form: SheetForm, member: PanelMember, proposal: Proposal, *, at: datetime
) -> HttpResponse | None:
    """Save, and hand in where asked. Answers JSON to the background save; None shows the page with what is wrong."""
    in_background = writing.is_background(request)
    if not form.is_valid():
        return _json(form.first_problem(), 422) if in_background else None
    page, turn = writing.page_of(request), writing.turn_of(request)
    try:
        sheet = actions.save_sheet(member, proposal, **form.saved(), page=page, turn=turn, by=request.user, at=at)
        if "hand_in" in request.POST and not in_background:
            actions.hand_in(sheet, by=request.user, at=at)
    except actions.StaleSheetError as stale:
        if in_background:
            return _json(str(stale), 409)
        form.is_stale = True
        return None
    except DomainError as refusal:
        if in_background:
            return _json(str(refusal), 422)
        form.refresh_version(actions.version_of(ScoreSheet.objects.filter(member=member, proposal=proposal).first()))
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    if in_background:
        left = render_to_string("startups/_sheet_left.html", {"left": form.left()}, request=request)
        return JsonResponse({"version": sheet.version, "at": clock_time(at), "parts": [left]})
    return writing.arrived(request, _go(request, member, proposal, at=at))


def _json(message: str, status: int) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def _go(request: HttpRequest, member: PanelMember, proposal: Proposal, *, at: datetime) -> HttpResponse:
    """Go where the button says: the proposal before or after in the member's order; handed in, the next to be done."""
    handed_in = "hand_in" in request.POST
    messages.success(request, _("Sheet handed in.") if handed_in else _("Saved."))
    order = own_order(proposal.challenge, member, policies.work(proposal.challenge, at=at))
    place = next((i for i, (each, _sheet) in enumerate(order) if each == proposal), -1)
    if request.POST.get("go") == "previous":
        onward = [each for each, _sheet in order[: max(place, 0)][::-1]]
    elif request.POST.get("go") == "stay":
        onward = [proposal]
    else:
        turn = [*order[place + 1 :], *order[: max(place, 0)]] if handed_in else order[place + 1 :]
        onward = [each for each, sheet in turn if not (handed_in and _is_in(sheet))]
    if onward:
        return redirect("startups:score", public_id=onward[0].public_id)
    return redirect("startups:scores", slug=proposal.challenge.slug)


def _score_context(
    proposal: Proposal,
    member: PanelMember,
    form: SheetForm,
    sheet: ScoreSheet | None,
    work: policies.Work,
    *,
    at: datetime,
) -> dict[str, Any]:
    challenge = proposal.challenge
    submission = submissions_of([proposal]).get(proposal.pk)
    order = own_order(challenge, member, work)
    place = next((i for i, (each, _sheet) in enumerate(order) if each == proposal), None)
    is_in = _is_in(sheet)
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
    can_score = not is_in and allows(policies.check_can_score, member, proposal, by=member.user, at=at)
    return {
        "proposal": proposal,
        "challenge": challenge,
        "at": at,
        "submission": submission,
        "title": title_of(submission),
        "sections": sections_of(submission),
        "files": files_of(proposal, submission),
        "form": form,
        "place": 0 if place is None else place + 1,
        "total": len(order),
        "previous": order[place - 1][0] if place else None,
        "next": order[place + 1][0] if place is not None and place + 1 < len(order) else None,
        "to_do": sum(not _is_in(each) for _proposal, each in order),
        "left": form.left(),
        "is_in": is_in,
        "sheet": sheet,
        "others": others,
        "can_score": can_score,
        "shortest": work.shortest_reason,
        "saved_words": writing.saved_words(sheet.saved_at if sheet else None, at) or _("It is saved as you write."),
        "questions": PanelQuestion.objects.filter(proposal=proposal, member=member).order_by("pk"),
        "can_ask": allows(questions.check_can_ask, member, proposal, by=member.user, at=at),
    }
