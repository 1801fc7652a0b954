"""Writing a proposal: one page for each part, saved as it goes, and the page that hands it in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell.words import clock_time, formatted
from startups.actions import draft as actions
from startups.actions import envelope as envelopes
from startups.actions import proposal as proposals
from startups.calculations.completeness import words_in_all
from startups.forms import refusal as refusals
from startups.forms.proposal import DeclarationForm, SectionsForm
from startups.models import Proposal, ProposalSection
from startups.models.proposal import SECTIONS, WORDS_IN_ALL
from startups.policies import proposal as policies
from startups.views import parts
from startups.views.proposal import owners_of
from startups.views.sealed import proposal_or_404


def load(request: HttpRequest, public_id: str) -> Proposal:
    """Return the proposal of one of the person's organisations, else 404."""
    return proposal_or_404(request, Proposal.objects.of_member(request.user), public_id)


def is_script(request: HttpRequest) -> bool:
    """Say whether the page's script saves in the background."""
    return request.headers.get("X-Requested-With") == "fetch"


def closed(request: HttpRequest, proposal: Proposal, refusal: DomainError) -> HttpResponse:
    """Nothing can be written any more: say so where the text is, or on the proposal's page."""
    if is_script(request):
        return JsonResponse({"message": str(refusal)}, status=422)
    messages.error(request, str(refusal))
    return redirect("startups:proposal", public_id=proposal.public_id)


def page_context(proposal: Proposal, copy: envelopes.WorkingCopy, part: str, at: datetime) -> dict[str, Any]:
    """Return what every part's page shows."""
    challenge: Challenge = proposal.challenge
    rows = [copy.rows[key] for key in parts.PARTS.get(part, ("", (part,)))[1] if key in copy.rows]
    last = max(rows, key=lambda row: row.saved_at, default=None)
    return {
        "proposal": proposal,
        "challenge": challenge,
        "at": at,
        "part": part,
        "part_label": parts.LABELS[part],
        "copy": copy,
        "navigation": parts.navigation(proposal, copy, part),
        "checks": parts.check_list(proposal, copy),
        "words_used": words_in_all(copy.sections),
        "words_most": WORDS_IN_ALL,
        "saved_words": _saved_words(last),
    }


def _saved_words(row: ProposalSection | None) -> str:
    if row is None:
        return _("Not saved yet")
    words = {"when": formatted(row.saved_at, "short_when"), "who": row.saved_by.short_name}
    return _("Saved %(when)s, by %(who)s") % words


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, public_id: str, part: str) -> HttpResponse:
    """Write one part. The same POST serves script (JSON) and no script (a page)."""
    proposal, at = load(request, public_id), clock.now()
    try:
        policies.check_can_edit(proposal, by=request.user, at=at)
    except DomainError as refusal:
        return closed(request, proposal, refusal)
    copy = envelopes.working_copy(proposal)
    keys = parts.PARTS[part][1]
    data = request.POST if request.method == "POST" else None
    form = SectionsForm(data, keys=keys, texts=copy.sections, versions=copy.versions)
    conflicts: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_sections(proposal, form.saved(), by=request.user, at=at)
            return _saved(request, parts.next_url(proposal, part), saved, at)
        except actions.StaleError as stale:
            if is_script(request):
                return JsonResponse({"message": str(stale), "url": request.path}, status=409)
            form, conflicts = _conflict(proposal, form, keys)
            messages.warning(request, str(stale))
        except DomainError as refusal:
            refusals.put(form, refusal)
    if is_script(request):
        return JsonResponse({"message": next(iter(form.errors.values()))[0]}, status=422)
    context = page_context(proposal, copy, part, at) | {"form": form, "conflicts": conflicts}
    return render(request, "startups/section.html", context, status=409 if conflicts else 422 if form.errors else 200)


def _saved(request: HttpRequest, next_url: str, saved: dict[str, ProposalSection], at: datetime) -> HttpResponse:
    if is_script(request):
        versions = {f"{key}-version": row.version for key, row in saved.items()}
        return JsonResponse({"versions": versions, "at": clock_time(at)})
    return redirect(next_url)


def _conflict(
    proposal: Proposal, form: SectionsForm, keys: tuple[str, ...]
) -> tuple[SectionsForm, list[dict[str, Any]]]:
    """Show both texts: what was typed stays in the form, now with the version that stands; theirs goes beside it."""
    copy = envelopes.working_copy(proposal)
    typed = {key: body for key, (_version, body) in form.saved().items()}
    fresh = SectionsForm(None, keys=keys, texts=typed, versions=copy.versions)
    found = [
        {"label": SECTIONS[key][0], "text": copy.sections[key], "row": copy.rows[key]}
        for key in keys
        if copy.sections[key] != typed[key] and key in copy.rows
    ]
    return fresh, found


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read every answer, declare, hand in."""
    proposal, at = load(request, public_id), clock.now()
    try:
        policies.check_can_edit(proposal, by=request.user, at=at)
    except DomainError as refusal:
        return closed(request, proposal, refusal)
    user: Any = request.user
    initial = {"signatory_name": user.full_name, "signatory_post": user.post}
    form = DeclarationForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            receipt = proposals.submit(proposal, **form.cleaned_data, by=request.user)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("Your proposal is registered. Keep the receipt."))
            return redirect("startups:receipt", public_id=public_id, number=receipt.register_number)
    copy = envelopes.working_copy(proposal)
    context = page_context(proposal, copy, "review", at) | {
        "form": form,
        "answers": [
            {**answer, "url": _url_of_section(proposal, answer["key"])} for answer in parts.answers(copy.sections)
        ],
        "economic": parts.shown_price(copy.price),
        "milestones": parts.milestones_of(copy.price),
        "price_url": parts.url_of(proposal, "price"),
        "files_url": parts.url_of(proposal, "files"),
        "title_url": parts.url_of(proposal, "solution"),
        "stops": any(level == "stop" for level, _text, _url in parts.check_list(proposal, copy)),
        "can_submit": allows(policies.check_can_submit, proposal, by=request.user, at=at),
        "is_open": policies.is_taking(proposal.challenge, at),
        "owners": owners_of(proposal.organisation),
    }
    return render(request, "startups/review.html", context, status=422 if form.errors else 200)


def _url_of_section(proposal: Proposal, key: str) -> str:
    return next(parts.url_of(proposal, part) for part, (_label, keys) in parts.PARTS.items() if key in keys)
