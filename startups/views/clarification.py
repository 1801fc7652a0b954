"""Clarifications as the organisation meets them; files that came with a correction."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from startups.actions import clarification as actions
from startups.actions.keys import codec_of
from startups.forms import refusal as refusals
from startups.forms.admission import AnswerForm
from startups.models import ClarificationAnswer, CorrectionFile, Envelope, Proposal
from startups.policies import clarification as policies
from startups.views.admission import answering
from startups.views.sealed import proposal_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def clarify(request: HttpRequest, public_id: str, clarification: str) -> HttpResponse:
    """The organisation reads what it is asked to explain, and answers in place."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.of_member(request.user), public_id)
    rows = ClarificationAnswer.objects.select_related("clarification", "proposal__organisation")
    found = get_object_or_404(rows, proposal=proposal, clarification__public_id=clarification)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(found, text=form.cleaned_data["text"], by=request.user, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("Your answer is in. The Digital Office has been told."))
            return redirect("startups:clarify", public_id=public_id, clarification=clarification)
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "asked": found.clarification,
        "answer": found,
        "at": at,
        "form": form,
        "in_time": policies.is_asked(proposal),
        "can_answer": allows(policies.check_can_answer, found, by=request.user, at=at),
        **answering(proposal, request.user),
    }
    return render(request, "startups/clarify.html", context, status=422 if form.errors else 200)


@require_safe
def correction_file(request: HttpRequest, public_id: str, file: str) -> HttpResponse:
    """Send a file that came with a correction to whoever sees the proposal."""
    proposal = proposal_or_404(request, Proposal.objects.visible_to(request.user), public_id)
    row = get_object_or_404(CorrectionFile.objects.select_related("file"), proposal=proposal, public_id=file)
    return send_file(row.file, name=row.name, codec=codec_of(proposal).for_file(Envelope.TECHNICAL, row.public_id))
