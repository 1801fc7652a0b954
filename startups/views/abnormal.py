"""The hearing on an abnormally low offer: the Office asks and decides, the organisation justifies, on one address."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import abnormal as actions
from startups.forms import refusal as refusals
from startups.forms.abnormal import HearingForm, JustificationForm, LowOfferForm
from startups.models import AbnormalOffer, Proposal
from startups.policies import abnormal as policies
from startups.policies.admission import earliest_due
from startups.views.admission import answering
from startups.views.evaluated import pages, submissions_of, title_of
from startups.views.sealed import proposal_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the offer beside its limit, what was asked, answered and decided, and the one form whose turn it is."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.visible_to(request.user), public_id)
    found = AbnormalOffer.objects.select_related("decided_by", "report_before").filter(proposal=proposal).first()
    is_own = Proposal.objects.of_member(request.user).filter(pk=proposal.pk).exists()
    if found is None or (is_own and found.asked_at is None):
        raise Http404
    found.proposal = proposal
    if not is_own and not policies.is_read_inside(found, by=request.user):
        raise Http404
    turn = _turn(found, request.user, is_own=is_own, at=at)
    form = _form(turn, request.POST if request.method == "POST" else None, at=at)
    if request.method == "POST":
        if form is None:
            messages.error(request, _("Nothing can be written here now. Reload the page to see where it stands."))
            return redirect("startups:abnormal", public_id=public_id)
        if form.is_valid() and _carry_out(request, found, turn, form, at=at):
            return redirect("startups:abnormal", public_id=public_id)
    submission = submissions_of([proposal]).get(proposal.pk)
    economic = (submission.economic or {}) if submission else {}
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "title": title_of(submission),
        "found": found,
        "breakdown": economic.get("breakdown", ""),
        "is_own": is_own,
        **(answering(proposal, request.user) if is_own else {}),
        "turn": turn,
        "form": form,
        "earliest": earliest_due(at=at),
        "at": at,
        "pages": [] if is_own else pages(proposal.challenge, request.user, "ranking", at=at),
    }
    return render(request, "startups/abnormal.html", context, status=422 if form and form.errors else 200)


def _turn(found: AbnormalOffer, user: Any, *, is_own: bool, at: datetime) -> str:
    """Return what this person can do now: "answer", "ask", "decide", or nothing."""
    if is_own:
        return "answer" if allows(policies.check_can_answer, found, by=user, at=at) else ""
    if allows(policies.check_can_ask, found, by=user, at=at):
        return "ask"
    return "decide" if allows(policies.check_can_decide, found, by=user, at=at) else ""


def _form(turn: str, data: Any, *, at: datetime) -> forms.Form | None:
    if turn == "ask":
        return HearingForm(data, initial={"due_at": localtime(earliest_due(at=at)).date()})
    return {"answer": JustificationForm, "decide": LowOfferForm}[turn](data) if turn else None


def _carry_out(request: HttpRequest, found: AbnormalOffer, turn: str, form: Any, *, at: datetime) -> bool:
    """Do what was asked for; False to show the page again with what is wrong."""
    data = form.cleaned_data
    try:
        if turn == "ask":
            actions.ask(found, text=data["text"], due_at=data["due_at"], by=request.user, at=at)
            said = _("The organisation has been asked to justify its price.")
        elif turn == "answer":
            actions.answer(found, text=data["text"], by=request.user, at=at)
            said = _("Your justification is in. The Digital Office has been told.")
        else:
            stays = data["outcome"] == "accept"
            actions.decide(found, is_accepted=stays, reason=data["reason"], by=request.user, at=at)
            said = _("The proposal stays.") if stays else _("The proposal is left out, and the ranking is made again.")
    except DomainError as refusal:
        refusals.put(form, refusal)
        return False
    messages.success(request, said)
    return True
