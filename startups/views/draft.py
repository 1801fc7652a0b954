"""Writing a proposal: one page for each part, saved as it goes, and the page that hands it in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.models import Challenge
from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell import writing
from govtech.shell.words import clock_time
from startups.actions import draft as actions
from startups.actions import envelope as envelopes
from startups.actions import proposal as proposals
from startups.actions.keys import codec_of
from startups.calculations.completeness import words_in_all
from startups.calculations.form import words_allowed
from startups.forms import refusal as refusals
from startups.forms.proposal import DeclarationForm, SectionsForm
from startups.models import Proposal, ProposalSection
from startups.policies import comment as comments
from startups.policies import proposal as policies
from startups.views import parts
from startups.views.comment import add_comment, comments_on, settle_comment
from startups.views.proposal import owners_of
from startups.views.reuse import bring, earlier_of
from startups.views.sealed import proposal_or_404

DECLARED = ("has_power", "declares")


def load(request: HttpRequest, public_id: str) -> Proposal:
    """Return the proposal of one of the person's organisations, else 404."""
    return proposal_or_404(request, Proposal.objects.of_member(request.user), public_id)


def closed(request: HttpRequest, proposal: Proposal, refusal: DomainError) -> HttpResponse:
    """Nothing can be written any more: say so where the text is, or on the proposal's page."""
    if writing.is_background(request):
        return JsonResponse({"message": str(refusal)}, status=422)
    messages.error(request, str(refusal))
    return redirect("startups:proposal", public_id=proposal.public_id)


def page_context(
    request: HttpRequest, proposal: Proposal, copy: envelopes.WorkingCopy, part: str, at: datetime
) -> dict[str, Any]:
    """Return what every part's page shows."""
    challenge: Challenge = proposal.challenge
    here = parts.sections_on(challenge, part) if part in parts.PARTS else {}
    return {
        "proposal": proposal,
        "challenge": challenge,
        "at": at,
        "part": part,
        "part_label": parts.label_of(challenge, part),
        "copy": copy,
        "navigation": parts.navigation(proposal, copy, part),
        "checks": parts.check_list(proposal, copy),
        "words_used": words_in_all(copy.sections),
        "words_elsewhere": words_in_all({key: text for key, text in copy.sections.items() if key not in here}),
        "words_most": words_allowed(challenge.form_sections),
        **({"economic": parts.shown_price(copy.price, at)} if part == "price" else {}),
        "saved_words": status_of(request, proposal, copy, part, at),
        "comments": comments_on(proposal, part),
        "can_comment": allows(comments.check_can_comment, proposal, by=request.user, at=at),
    }


def status_of(request: HttpRequest, proposal: Proposal, copy: envelopes.WorkingCopy, part: str, at: datetime) -> str:
    """Return when this part was saved, by whom, and who else is at work on the proposal."""
    keys = parts.PARTS.get(part, ("", (part,)))[1]
    last = max((copy.rows[key] for key in keys if key in copy.rows), key=lambda row: row.saved_at, default=None)
    said = [writing.saved_words(last.saved_at, at) if last else _("Not saved yet")]
    if last and last.saved_by_id != request.user.pk:
        said = [_("%(saved)s by %(who)s") % {"saved": said[0], "who": last.saved_by.short_name}]
    others = writing.be_present(f"proposal:{proposal.public_id}", part, by=request.user, at=at)
    here = [name for name, where, _seen in others if where == part]
    if here:
        said.append(_("%(who)s has this part open, too: save often") % {"who": ", ".join(here)})
    elif others:
        name, where, _seen = others[0]
        label = parts.label_of(proposal.challenge, where)
        said.append(_("%(who)s is also writing: «%(part)s»") % {"who": name, "part": label})
    return " · ".join(said)


def live(
    request: HttpRequest, proposal: Proposal, part: str, saved: dict[str, ProposalSection], at: datetime
) -> dict[str, Any]:
    """Return what a save in the background answers: new versions, the time, and the pieces of the page that changed."""
    proposal.challenge.refresh_from_db(fields=["closes_at"])  # more time may have been given
    copy = envelopes.working_copy(proposal)
    context = page_context(request, proposal, copy, part, at)
    return {
        "at": clock_time(at),
        "status": context["saved_words"],
        "parts": [render_to_string("startups/_live.html", context, request=request)],
        "versions": {f"{key}-version": row.version for key, row in saved.items()},
    }


def conflict_answer(request: HttpRequest, stale: actions.StaleError) -> JsonResponse:
    """Tell the page's script that somebody else saved: nothing was written, the button compares."""
    text = _("%(who)s has saved this part meanwhile. Press save to compare: nothing is lost.")
    message = text % {"who": who_saved(request, stale.section)}
    return JsonResponse({"message": message, "url": "#guardar"}, status=409)


def who_saved(request: HttpRequest, row: ProposalSection) -> str:
    """Return who saved meanwhile, as their colleague reads it."""
    return _("Another window of yours") if row.saved_by_id == request.user.pk else row.saved_by.full_name


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, public_id: str, part: str) -> HttpResponse:
    """Write one part. The same POST serves script (JSON) and no script (a page)."""
    proposal, at = load(request, public_id), clock.now()
    asked = parts.sections_on(proposal.challenge, part)
    if not asked:
        raise Http404
    try:
        policies.check_can_edit(proposal, by=request.user, at=at)
    except DomainError as refusal:
        return closed(request, proposal, refusal)
    copy = envelopes.working_copy(proposal)
    if request.method == "POST":
        return _save_section(request, proposal, copy, part, at)
    form = SectionsForm(None, sections=asked, texts=copy.sections, versions=copy.versions)
    return _section_page(request, proposal, copy, part, form, at)


def _section_page(
    request: HttpRequest,
    proposal: Proposal,
    copy: envelopes.WorkingCopy,
    part: str,
    form: SectionsForm,
    at: datetime,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    context = page_context(request, proposal, copy, part, at)
    context |= {"form": form, "is_unsaved": status != 200, "earlier": earlier_of(proposal, request.user, at)}
    context["comment_text"] = request.POST.get("comment", "")
    return render(request, "startups/section.html", context | extra, status=status)


def _save_section(
    request: HttpRequest, proposal: Proposal, copy: envelopes.WorkingCopy, part: str, at: datetime
) -> HttpResponse:
    asked = parts.sections_on(proposal.challenge, part)
    form = SectionsForm(request.POST, sections=asked, texts=copy.sections, versions=copy.versions)
    if form.is_valid():
        try:
            page, turn = writing.page_of(request), writing.turn_of(request)
            saved = actions.save_sections(proposal, form.saved(), by=request.user, at=at, page=page, turn=turn)
            if writing.is_background(request):
                return JsonResponse(live(request, proposal, part, saved, at))
            return writing.arrived(request, _then(request, proposal, part, at))
        except actions.StaleError as stale:
            if writing.is_background(request):
                return conflict_answer(request, stale)
            form, extra = _conflict(request, proposal, form, asked, stale)
            return _section_page(request, proposal, copy, part, form, at, status=409, **extra)
        except DomainError as refusal:
            refusals.put(form, refusal)
    if writing.is_background(request):
        return JsonResponse({"message": next(iter(form.errors.values()))[0]}, status=422)
    return _section_page(request, proposal, copy, part, form, at, status=422)


def _then(request: HttpRequest, proposal: Proposal, part: str, at: datetime) -> HttpResponse:
    """Do what the button that saved says besides: whatever it is, what was typed is saved first."""
    wanted, _colon, name = request.POST.get("then", "").partition(":")
    if wanted == "review":
        return redirect(parts.url_of(proposal, "review"))
    if wanted == "bring":
        bring(request, proposal, source=name.removesuffix(":all"), part="" if name.endswith(":all") else part)
        return redirect(parts.url_of(proposal, part))
    if wanted == "settle":
        settle_comment(request, proposal, name)
    elif wanted == "comment":
        if refusal := add_comment(request, proposal, part, request.POST.get("comment", "")):
            copy = envelopes.working_copy(proposal)
            asked = parts.sections_on(proposal.challenge, part)
            form = SectionsForm(None, sections=asked, texts=copy.sections, versions=copy.versions)
            said = {"is_unsaved": False, "comment_refusal": refusal}
            return _section_page(request, proposal, copy, part, form, at, status=422, **said)
    else:
        return redirect(parts.next_url(proposal, part))
    return redirect(parts.url_of(proposal, part) + "#comentarios")


def _conflict(
    request: HttpRequest,
    proposal: Proposal,
    form: SectionsForm,
    asked: dict[str, tuple[Any, int]],
    stale: actions.StaleError,
) -> tuple[SectionsForm, dict[str, Any]]:
    """Show both texts: what was typed stays in the form, now with the version that stands; theirs goes beside it."""
    copy = envelopes.working_copy(proposal)
    typed = {key: body for key, (_version, body) in form.saved().items()}
    fresh = SectionsForm(None, sections=asked, texts={**copy.sections, **typed}, versions=copy.versions)
    both = [[(asked[key][0], texts[key]) for key in typed] for texts in (copy.sections, typed)]
    return fresh, {
        "differences": writing.differences(*both),
        "conflict_who": who_saved(request, stale.section),
    }


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
            seen = request.POST.get("seen", "")
            receipt = proposals.submit(proposal, **form.cleaned_data, by=request.user, seen=seen)
        except DomainError as refusal:
            if isinstance(refusal, proposals.ChangedError):
                form.data = {name: form.data[name] for name in form.data if name not in DECLARED}  # to be read first
            refusals.put(form, refusal)
        else:
            messages.success(request, _("Your proposal is registered. Keep the receipt."))
            for row in envelopes.coming(proposal, codec_of(proposal)):
                text = _("«%(name)s» hadn't arrived whole (%(percent)s %%): it isn't part of what was handed in.")
                messages.warning(request, text % {"name": row.name, "percent": row.percent})
            return redirect("startups:receipt", public_id=public_id, number=receipt.register_number)
    copy = envelopes.working_copy(proposal)
    context = page_context(request, proposal, copy, "review", at) | {
        "form": form,
        "seen": envelopes.mark_of(copy),
        "answers": [
            {**answer, "url": _url_of_section(proposal, answer["key"])} for answer in parts.answers(copy.sections)
        ],
        "economic": parts.shown_price(copy.price, at),
        "milestones": parts.milestones_of(copy.price),
        "consortium": parts.shown_consortium(copy.consortium),
        "unconfirmed": [entry for entry in copy.partners if not entry.is_settled],
        "consortium_url": parts.url_of(proposal, "consortium"),
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
