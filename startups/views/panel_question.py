"""Questions of the panel to participants: a member asks, the secretary sends them on or not."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.errors import DomainError
from startups.actions import panel_question as actions
from startups.forms import refusal as refusals
from startups.forms.consensus import DeclineForm, QuestionForm, SendForm
from startups.models import PanelQuestion, Proposal, QuestionState
from startups.policies import admission
from startups.policies import consensus as consensus_policies
from startups.policies import evaluation as evaluations
from startups.policies import panel_question as policies
from startups.views.evaluated import challenge_or_404, pages, submissions_of, title_of
from startups.views.sealed import proposal_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask something about one proposal, through the secretary."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.judged_by(request.user), public_id)
    member = evaluations.member_of(proposal.challenge, request.user)
    if member is None:
        raise PermissionDenied(_("Only members of the panel ask."))
    policies.check_can_ask(member, proposal, by=request.user, at=at)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(member, proposal, text=form.cleaned_data["text"], by=request.user, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("The secretary has your question."))
            return redirect("startups:score", public_id=public_id)
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "at": at,
        "form": form,
        "title": title_of(submissions_of([proposal]).get(proposal.pk)),
    }
    return render(request, "startups/panel_ask.html", context, status=422 if form.errors else 200)


@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """List what the panel wants to know: for its secretary."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    consensus_policies.check_is_secretary(challenge, by=request.user, at=at)
    questions = list(
        PanelQuestion.objects.visible_to(request.user)
        .filter(proposal__challenge=challenge)
        .select_related("proposal__organisation", "member__user", "clarification")
        .order_by("state", "-asked_at", "pk")
    )
    submissions = submissions_of([question.proposal for question in questions])
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "panel_questions", at=at),
        "waiting": _rows(questions, submissions, waiting=True),
        "settled": _rows(questions, submissions, waiting=False),
    }
    return render(request, "startups/panel_questions.html", context)


def _rows(questions: list[PanelQuestion], submissions: dict[int, Any], *, waiting: bool) -> list[dict[str, Any]]:
    return [
        {"question": question, "title": title_of(submissions.get(question.proposal_id))}
        for question in questions
        if (question.state == QuestionState.WAITING) is waiting
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send one question on, in the secretary's words, or say why not."""
    at = clock.now()
    rows = PanelQuestion.objects.visible_to(request.user).select_related("proposal__challenge", "member__user")
    question = get_object_or_404(rows, public_id=public_id)
    challenge = question.proposal.challenge
    consensus_policies.check_is_secretary(challenge, by=request.user, at=at)
    wanted = request.POST.get("decision", "") if request.method == "POST" else ""
    due = localtime(admission.earliest_due(at=at)).date()
    send = SendForm(request.POST if wanted == "send" else None, initial={"text": question.text, "due_at": due})
    decline = DeclineForm(request.POST if wanted == "decline" else None)
    form = {"send": send, "decline": decline}.get(wanted)
    if form is not None and form.is_valid() and _settle(request, question, wanted, form, at=at):
        return redirect("startups:panel_questions", slug=challenge.slug)
    context = {
        "question": question,
        "proposal": question.proposal,
        "challenge": challenge,
        "at": at,
        "title": title_of(submissions_of([question.proposal]).get(question.proposal_id)),
        "send": send,
        "decline": decline,
        "is_waiting": question.state == QuestionState.WAITING,
    }
    return render(request, "startups/panel_question.html", context, status=422 if form is not None else 200)


def _settle(request: HttpRequest, question: PanelQuestion, wanted: str, form: Any, *, at: datetime) -> bool:
    """Do what was asked; False to show the page with what is wrong."""
    try:
        if wanted == "send":
            actions.send(question, **form.cleaned_data, by=request.user, at=at)
            messages.success(request, _("Asked in writing. The member who wanted to know has been told."))
        else:
            actions.decline(question, **form.cleaned_data, by=request.user, at=at)
            messages.success(request, _("Not sent. The member who wanted to know has been told."))
    except DomainError as refusal:
        refusals.put(form, refusal)
        return False
    return True
