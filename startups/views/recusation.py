"""A participant challenges a member of the panel; the member answers; the director decides."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import recusation as actions
from startups.forms.recusation import AnswerForm, DecideForm, RecuseForm
from startups.models import PanelMember, Proposal, Recusation
from startups.policies import recusation as policies
from startups.views.evaluated import refused
from startups.views.sealed import proposal_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def recuse(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who judges, and challenging one of them; what was challenged before."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.of_member(request.user), public_id)
    try:
        policies.check_can_see_form(proposal, by=request.user, at=at)
    except DomainError as refusal:
        messages.info(request, str(refusal))
        return redirect(proposal)
    rows = PanelMember.objects.current().filter(challenge=proposal.challenge, accepted_at__isnull=False)
    members = list(rows.select_related("user").order_by("named_at", "pk"))
    form = RecuseForm(request.POST if request.method == "POST" else None, members=members)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        member = next(each for each in members if each.public_id == data["member"])
        values = {key: data[key] for key in ("ground", "text", "known_on")} | {"by": request.user, "at": at}
        try:
            made = actions.challenge_member(proposal, member, **values)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("It is on record, and the director has been told."))
            return redirect("startups:recusation", public_id=made.public_id)
    own = Recusation.objects.filter(organisation=proposal.organisation, member__challenge=proposal.challenge)
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "at": at,
        "members": members,
        "form": form,
        "is_open": policies.is_open(proposal.challenge),
        "rows": own.select_related("member__user").order_by("-asked_at", "-pk"),
    }
    return render(request, "startups/recuse.html", context, status=422 if form.errors else 200)


def _say_why_not(form: Any, row: Recusation, user: Any, at: datetime) -> None:
    """Say on the page why nothing can be done now; PermissionDenied where it isn't theirs to do."""
    try:
        policies.check_can_decide(row, by=user, at=at)
    except DomainError as refusal:
        refused(form, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def recusation(request: HttpRequest, public_id: str) -> HttpResponse:
    """One challenge of a member: its reason, the answer, the decision; the form of whoever is to act."""
    at = clock.now()
    rows = Recusation.objects.visible_to(request.user).select_related(
        "member__user", "member__challenge", "organisation", "decided_by"
    )
    row = get_object_or_404(rows, public_id=public_id)
    answers = allows(policies.check_can_answer, row, by=request.user, at=at)
    decides = allows(policies.check_can_decide, row, by=request.user, at=at)
    form: Any = None
    if request.method == "POST":
        form = AnswerForm(request.POST) if "answer" in request.POST else DecideForm(request.POST)
        act = actions.answer if "answer" in request.POST else actions.decide
        if form.is_valid():
            try:
                act(row, **form.cleaned_data, by=request.user, at=at)
            except DomainError as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _("It is on record, and those concerned have been told."))
                return redirect("startups:recusation", public_id=public_id)
        elif not (answers or decides):
            _say_why_not(form, row, request.user, at)
    context = {
        "row": row,
        "challenge": row.member.challenge,
        "at": at,
        "answer_form": (form if isinstance(form, AnswerForm) else AnswerForm()) if answers else None,
        "decide_form": (form if isinstance(form, DecideForm) else DecideForm()) if decides else None,
    }
    return render(request, "startups/recusation.html", context, status=422 if form and form.errors else 200)
