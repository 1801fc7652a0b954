"""The second round: who presents, when and where; the points of each presentation; its final reasons."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import pitch as actions
from startups.calculations.panel import draft_reason
from startups.forms import refusal as refusals
from startups.forms.pitch import MoveForm, PitchForm, PitchReasonsForm, ShortlistForm
from startups.models import CriterionReason, PanelMember, PitchScore, Proposal
from startups.policies import evaluation as evaluations
from startups.policies import pitch as policies
from startups.views.evaluated import challenge_or_404, pages, submissions_of, title_of
from startups.views.sealed import proposal_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """List who presents and how far the panel is; the secretary makes the shortlist here."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(challenge, by=request.user, at=at)
    if challenge.shortlist_size is None:
        raise Http404
    found = policies.round_of(challenge, at=at)
    may_make = allows(policies.check_can_shortlist, challenge, by=request.user, at=at)
    added = actions.to_hear(challenge) if may_make else []
    can_make = may_make and (found.shortlist is None or bool(added))
    moves = "move" in request.POST
    form = ShortlistForm(request.POST if request.method == "POST" and not moves else None)
    moving = MoveForm(request.POST if moves else None)
    if request.method == "POST" and _appoint(request, challenge, moving if moves else form, moves=moves, at=at):
        return redirect("startups:pitch", slug=slug)
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "pitch", at=at),
        "round": found,
        "rows": _rows(found, request.user, at=at),
        "can_make": can_make,
        "added": len(added),
        "form": form,
        "can_move": allows(policies.check_can_move, found, by=request.user, at=at),
        "moving": moving,
    }
    return render(request, "startups/pitch.html", context, status=422 if form.errors or moving.errors else 200)


def _appoint(request: HttpRequest, challenge: Challenge, form: ShortlistForm, *, moves: bool, at: datetime) -> bool:
    """Make the shortlist, or move what is still to be heard; False to show the page again with what is wrong."""
    if not form.is_valid():
        return False
    appoint = actions.move if moves else actions.make_shortlist
    try:
        appoint(challenge, **form.cleaned_data, by=request.user, at=at)
    except DomainError as refusal:
        refusals.put(form, refusal)
        return False
    done = _("The presentations are moved and everybody concerned has been told.")
    messages.success(request, done if moves else _("The shortlist is made and everybody has been told."))
    return True


def _rows(found: policies.Round, user: Any, *, at: datetime) -> list[dict[str, Any]]:
    """Return, of the shortlist, the proposals this person may see: with points so far, and what is left to do."""
    if found.shortlist is None:
        return []
    visible = Proposal.objects.judged_by(user).filter(challenge=found.challenge).select_related("organisation")
    by_key = {each.public_id: each for each in visible}
    submissions = submissions_of(list(by_key.values()))
    mine = next((each.pk for each in found.work.members if each.user_id == user.pk), None)
    called = found.work.hearing
    rows = []
    for row in found.record:
        proposal = by_key.get(row["proposal"])
        if proposal is None:
            continue
        due, call = called.get(proposal.pk, []), found.call_of(row["proposal"])
        rows.append(
            {
                **row,
                "proposal": proposal,
                "title": title_of(submissions.get(proposal.pk)),
                "given": sum((proposal.pk, pk) in found.given for pk in due),
                "called": len(due),
                "reasons": found.reasons.get(proposal.pk, 0),
                "is_mine_to_score": mine in due and call is not None and at >= call.presents_at,
                "is_done": (proposal.pk, mine) in found.given,
            }
        )
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, public_id: str) -> HttpResponse:
    """A member gives points on a presentation, once; the secretary reads them all and writes the final reasons."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.visible_to(request.user).on_panel(), public_id)
    challenge = proposal.challenge
    policies.check_can_see(challenge, by=request.user, at=at)
    found = policies.round_of(challenge, at=at)
    call = found.call_of(public_id)
    if call is None:
        raise Http404
    member = evaluations.member_of(challenge, request.user)
    turn, form = _form(request, found, member, proposal, at=at)
    if request.method == "POST":
        if form is None:
            messages.error(request, _("Nothing can be written here now. Reload the page to see where it stands."))
            return redirect("startups:pitch", slug=challenge.slug)
        if form.is_valid() and _carry_out(request, turn, form, member, proposal, at=at):
            return redirect("startups:pitch", slug=challenge.slug)
    seen = PitchScore.objects.visible_to(request.user).filter(proposal=proposal)
    context = {
        "proposal": proposal,
        "challenge": challenge,
        "at": at,
        "title": title_of(submissions_of([proposal]).get(proposal.pk)),
        "round": found,
        "call": call,
        "turn": turn,
        "form": form,
        "given": list(seen.select_related("member__user", "criterion").order_by("criterion__position", "pk")),
        "written": list(
            CriterionReason.objects.filter(proposal=proposal, criterion__in=found.criteria)
            .select_related("criterion")
            .order_by("criterion__position")
        ),
        "pages": pages(challenge, request.user, "pitch", at=at),
    }
    return render(request, "startups/pitch_score.html", context, status=422 if form and form.errors else 200)


def _form(
    request: HttpRequest, found: policies.Round, member: PanelMember | None, proposal: Proposal, *, at: datetime
) -> tuple[str, Any]:
    """Return whose turn it is, "score" or "reasons", with its form; nothing where it is nobody's."""
    data = request.POST if request.method == "POST" else None
    if member is None:
        return "", None
    if allows(policies.check_can_score, member, proposal, by=request.user, at=at):
        return "score", PitchForm(data, criteria=found.criteria)
    if allows(policies.check_can_write_reasons, found, proposal, by=request.user, at=at):
        texts: dict[int, list[str]] = {}
        for row in PitchScore.objects.counting().filter(proposal=proposal).order_by("pk"):
            texts.setdefault(row.criterion_id, []).append(row.reason)
        drafts = {pk: draft_reason(reasons) for pk, reasons in texts.items()}
        known = CriterionReason.objects.filter(proposal=proposal, criterion__in=found.criteria)
        drafts |= dict(known.values_list("criterion_id", "text"))
        return "reasons", PitchReasonsForm(data, criteria=found.criteria, drafts=drafts)
    return "", None


def _carry_out(request: HttpRequest, turn: str, form: Any, member: Any, proposal: Proposal, *, at: datetime) -> bool:
    """Do what was asked for; False to show the page again with what is wrong."""
    try:
        if turn == "score":
            actions.give(member, proposal, **form.given(), by=request.user, at=at)
            messages.success(request, _("Your points on this presentation are in."))
        else:
            actions.save_reasons(proposal, texts=form.texts(), by=request.user, at=at)
            messages.success(request, _("Reasons saved."))
    except DomainError as refusal:
        refusals.put(form, refusal)
        return False
    return True
