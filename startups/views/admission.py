"""Admission: the list, one proposal's decision, and the organisation's answer to a correction."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from startups.actions import admission as actions
from startups.actions import clarification as clarifying
from startups.forms.admission import ClarificationForm, CorrectionAnswerForm, CorrectionForm, ExcludeForm
from startups.models import Evaluation, ExclusionRule, Membership, PartnerStatus, Proposal, ProposalStatus
from startups.policies import admission as policies
from startups.policies import clarification as clarifications
from startups.policies import opening as opening_policies
from startups.views.evaluated import (
    amounts_of,
    challenge_or_404,
    files_of,
    pages,
    record_of,
    refused,
    sections_of,
    submissions_of,
    title_of,
)
from startups.views.sealed import proposal_or_404

UNDECIDED = {ProposalStatus.SUBMITTED, ProposalStatus.CORRECTION_REQUESTED}


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """List the opened proposals with where their admission stands."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(by=request.user, at=at)
    proposals = list(
        Proposal.objects.visible_to(request.user)
        .filter(challenge=challenge, opened_at__isnull=False)
        .select_related("organisation")
        .order_by("submitted_at", "pk")
    )
    submissions = submissions_of(proposals)
    record = record_of(challenge)
    rows = [
        {
            "proposal": proposal,
            "title": title_of(submissions.get(proposal.pk)),
            "amounts": amounts_of(submissions.get(proposal.pk)),
            "matches": record.get(proposal.public_id, {}).get("matches", True),
            "register_number": record.get(proposal.public_id, {}).get("register_number", ""),
            "answer_is_due": proposal.status == ProposalStatus.CORRECTION_REQUESTED
            and proposal.corrected_at is None
            and at < proposal.correction_due_at,
        }
        for proposal in proposals
    ]
    undecided = [row for row in rows if row["proposal"].status in UNDECIDED]
    was_opened = Evaluation.objects.filter(challenge=challenge).exists()
    stopped = opening_policies.stopped(challenge).count()
    nobody = (
        was_opened
        and not undecided
        and not stopped
        and not Proposal.objects.on_panel().filter(challenge=challenge).exists()
    )
    context = {
        "challenge": challenge,
        "at": at,
        "pages": pages(challenge, request.user, "admission", at=at),
        "rows": rows,
        "undecided": len(undecided),
        "was_opened": was_opened,
        "is_void": nobody,
        "stopped": stopped,
    }
    return render(request, "startups/admission.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Read one proposal's technical part and admit it, leave it out or ask for a correction."""
    at = clock.now()
    challenge = challenge_or_404(request, slug)
    policies.check_can_see(by=request.user, at=at)
    opened = Proposal.objects.visible_to(request.user).filter(challenge=challenge, opened_at__isnull=False)
    proposal = proposal_or_404(request, opened, public_id)
    wanted = request.POST.get("decision", "") if request.method == "POST" else ""
    forms = {
        "exclude": ExcludeForm(request.POST if wanted == "exclude" else None, prefix=None, auto_id="exclude_%s"),
        "correction": CorrectionForm(
            request.POST if wanted == "correction" else None,
            auto_id="correction_%s",
            initial={"due_at": localtime(policies.earliest_due(at=at)).date()},
        ),
        "clarification": ClarificationForm(
            request.POST if wanted == "clarification" else None,
            auto_id="clarification_%s",
            initial={"due_at": localtime(policies.earliest_due(at=at)).date()},
        ),
    }
    if request.method == "POST":
        answer = _carry_out(request, proposal, wanted, forms, at=at)
        if answer is not None:
            return answer
    submission = submissions_of([proposal]).get(proposal.pk)
    context = {
        "challenge": challenge,
        "proposal": proposal,
        "at": at,
        "pages": pages(challenge, request.user, "admission", at=at),
        "submission": submission,
        "title": title_of(submission),
        "sections": sections_of(submission),
        "files": files_of(proposal, submission),
        "amounts": amounts_of(submission),
        "entry": record_of(challenge).get(proposal.public_id),
        "can": {
            status.value: allows(policies.check_can_decide, proposal, status, by=request.user, at=at)
            for status in (ProposalStatus.ADMITTED, ProposalStatus.EXCLUDED, ProposalStatus.CORRECTION_REQUESTED)
        },
        "can_clarify": allows(clarifications.check_can_ask, proposal, by=request.user, at=at),
        "term": policies.term_in_words(at=at),
        "rule": ExclusionRule(proposal.exclusion_rule).label if proposal.exclusion_rule else "",
        **{f"{name}_form": form for name, form in forms.items()},
    }
    return render(request, "startups/admission_decide.html", context, status=422 if wanted else 200)


def _carry_out(
    request: HttpRequest, proposal: Proposal, wanted: str, forms: dict[str, Any], *, at: datetime
) -> HttpResponse | None:
    """Do what was asked and redirect; None to show the page again with what is wrong."""
    form = forms.get(wanted)
    if form is not None and not form.is_valid():
        policies.check_can_decide_at_all(by=request.user)
        return None
    try:
        if wanted == "admit":
            actions.admit(proposal, by=request.user, at=at)
            messages.success(request, _("Admitted."))
        elif wanted == "exclude":
            actions.exclude(proposal, **form.cleaned_data, by=request.user, at=at)
            messages.success(request, _("Left out. The organisation has been told."))
        elif wanted == "correction":
            actions.request_correction(proposal, **form.cleaned_data, by=request.user, at=at)
            messages.success(request, _("Asked for. The organisation has been told."))
        elif wanted == "clarification":
            clarifying.ask(proposal, **form.cleaned_data, by=request.user, at=at)
            messages.success(request, _("Asked in writing."))
            return redirect("startups:admission_decide", slug=proposal.challenge.slug, public_id=proposal.public_id)
        else:
            policies.check_can_decide_at_all(by=request.user)
            messages.error(request, _("Choose what to do with the proposal."))
    except DomainError as refusal:
        if form is not None and refusal.field in form.fields:
            refused(form, refusal)
            return None
        messages.error(request, str(refusal))
    return redirect("startups:admission", slug=proposal.challenge.slug)


def answering(proposal: Proposal, user: Any) -> dict[str, Any]:
    """Return for whom the lead answers, and whether it is the reader's organisation that does."""
    confirmed = proposal.partners.filter(status=PartnerStatus.CONFIRMED).order_by("invited_at", "pk")
    leads = Membership.objects.current().filter(organisation=proposal.organisation_id, user=user).exists()
    lead_answers = _("Answer of %(lead)s") % {"lead": proposal.organisation.name}
    return {
        "partners": list(confirmed.values_list("organisation__name", flat=True)),
        "leads": leads,
        "answer_title": _("Your answer") if leads else lead_answers,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """The organisation reads what it is asked to correct and answers."""
    at = clock.now()
    asked = Proposal.objects.of_member(request.user).exclude(correction_request="")
    proposal = proposal_or_404(request, asked, public_id)
    form = CorrectionAnswerForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.correct(proposal, text=said["text"], uploads=said["files"], by=request.user, at=at)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Your answer is in. The Digital Office has been told."))
            return redirect("startups:correct", public_id=public_id)
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "at": at,
        "form": form,
        "files": clarifying.correction_files([proposal]).get(proposal.pk, []),
        "term": policies.term_in_words(at=at),
        "can_answer": allows(policies.check_can_correct, proposal, by=request.user, at=at),
        **answering(proposal, request.user),
    }
    return render(request, "startups/correct.html", context, status=422 if form.errors else 200)
