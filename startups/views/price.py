"""The economic part of a proposal: price, VAT, milestones that add up to it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from govtech import clock
from govtech.errors import DomainError
from govtech.reference.models import Rules
from govtech.shell import writing
from startups.actions import draft as actions
from startups.actions import envelope as envelopes
from startups.calculations.completeness import sum_of
from startups.forms import refusal as refusals
from startups.forms.proposal import BaseMilestones, PriceForm, milestones_formset
from startups.models import Proposal, ProposalSection
from startups.policies import completeness
from startups.policies import proposal as policies
from startups.views import parts
from startups.views.draft import closed, conflict_answer, live, load, page_context, who_saved

FIRST_ROWS = 3
MOST_ROWS = 12


@require_http_methods(["GET", "HEAD", "POST"])
def price(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write price and milestones. The same POST serves script (JSON) and no script (a page)."""
    proposal, at = load(request, public_id), clock.now()
    try:
        policies.check_can_edit(proposal, by=request.user, at=at)
    except DomainError as refusal:
        return closed(request, proposal, refusal)
    copy = envelopes.working_copy(proposal)
    form, rows = _forms(request, proposal, copy)
    conflict: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            saved = _save(request, proposal, form, rows, at)
            return _answer(request, proposal, saved, rows, at)
        except actions.StaleError as stale:
            if writing.is_background(request):
                return conflict_answer(request, stale)
            conflict = _conflict(request, form, stale, at)
        except DomainError as refusal:
            refusals.put(form, refusal)
    if writing.is_background(request) and form.is_bound:
        return JsonResponse({"message": _("Not saved: there is something to mend on this page.")}, status=422)
    context = page_context(request, proposal, copy, "price", at) | conflict
    context["most_rate"] = Rules.objects.in_force(clock.local_date(at)).vat_rate
    context |= {"form": form, "rows": rows, "total": sum_of(copy.price["milestones"])}
    bad = form.is_bound and not conflict
    context["is_unsaved"] = form.is_bound
    return render(request, "startups/price.html", context, status=409 if conflict else 422 if bad else 200)


def _save(
    request: HttpRequest, proposal: Proposal, form: PriceForm, rows: BaseMilestones, at: datetime
) -> ProposalSection:
    data = dict(form.cleaned_data)
    version = data.pop("version") or 0
    page, turn = writing.page_of(request), writing.turn_of(request)
    return actions.save_price(
        proposal, version=version, milestones=rows.rows(), by=request.user, at=at, page=page, turn=turn, **data
    )


def _answer(
    request: HttpRequest, proposal: Proposal, saved: ProposalSection, rows: BaseMilestones, at: datetime
) -> HttpResponse:
    if writing.is_background(request):
        return JsonResponse({**live(request, proposal, "price", {}, at), "versions": {"version": saved.version}})
    following = parts.next_url(proposal, "price")
    if "another" in request.POST:
        following = f"{request.path}?filas={len(rows.rows()) + 1}#hitos"
    return writing.arrived(request, redirect(following))


def _conflict(request: HttpRequest, form: PriceForm, stale: actions.StaleError, at: datetime) -> dict[str, Any]:
    """Return both versions for the page: theirs to read; what was typed stays in the form, with theirs' number."""
    form.data = form.data.copy()
    form.data["version"] = str(stale.section.version)
    theirs = actions.price_of(stale.theirs)
    return {
        "conflict": {"price": parts.shown_price(theirs, at), "who": who_saved(request, stale.section)},
        "conflict_rows": parts.milestones_of(theirs),
    }


def _forms(request: HttpRequest, proposal: Proposal, copy: envelopes.WorkingCopy) -> tuple[PriceForm, BaseMilestones]:
    kept = copy.price["milestones"]
    wanted = request.GET.get("filas", "")
    least = min(int(wanted[:3]), MOST_ROWS) if wanted.isdecimal() and wanted.isascii() else 0
    formset = milestones_formset(max(FIRST_ROWS - len(kept), least - len(kept), 0))
    months = {"months": completeness.months_of(proposal.challenge)}
    if request.method == "POST":
        return PriceForm(request.POST), formset(request.POST, prefix="m", form_kwargs=months)
    initial = {
        "version": copy.versions.get("price", 0),
        "amount_net": copy.amount_net,
        "vat_regime": copy.price["vat_regime"],
        "breakdown": copy.price["breakdown"],
    }
    rows = [{**row, "amount_net": row["amount"]} for row in parts.milestones_of(copy.price)]
    return PriceForm(initial=initial), formset(initial=rows, prefix="m", form_kwargs=months)
