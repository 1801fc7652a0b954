"""Receipts: the page, the document, the public check; and the files of a proposal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.shell.limits import is_over
from startups.actions import envelope as envelopes
from startups.actions import receipt as documents
from startups.actions import receipt_check
from startups.actions import register as actions
from startups.actions.chain import head_over
from startups.actions.keys import codec_of
from startups.forms import refusal as refusals
from startups.forms.receipt import CodeForm, ExternalEntryForm
from startups.models import Attachment, Envelope, Proposal, ProposalStatus, Receipt, Submission, SubmissionFile
from startups.notifications.receipt import instant
from startups.policies import proposal as proposals
from startups.policies import receipt as policies
from startups.views.sealed import proposal_or_404

MOST = 30  # checks in a minute from one address
CHAINED = """
SELECT l.hash = portal_row_digest(to_jsonb(r), l.fields, l.prev_hash), l.seq
FROM audit_chainlink l JOIN startups_receipt r ON r.id = l.row_id WHERE l.chain = 'receipts' AND r.id = %s
"""


def _receipt(request: HttpRequest, public_id: str, number: str) -> Receipt:
    proposal = proposal_or_404(request, Proposal.objects.visible_to(request.user), public_id)
    rows = Receipt.objects.select_related(
        "submission__proposal__challenge", "submission__proposal__organisation", "submission__submitted_by"
    )
    return get_object_or_404(rows, submission__proposal=proposal, register_number=number)


@require_safe
def receipt(request: HttpRequest, public_id: str, number: str) -> HttpResponse:
    """Proof of what was handed in: register number, official time, hashes, and what happens next."""
    return _page(request, _receipt(request, public_id, number))


def _page(request: HttpRequest, found: Receipt, form: ExternalEntryForm | None = None) -> HttpResponse:
    submission = found.submission
    context = documents.contents(found, for_members=_is_member(request, submission.proposal)) | {
        "receipt": found,
        "proposal": submission.proposal,
        "challenge": submission.proposal.challenge,
        "at": (at := clock.now()),
        "form": form or ExternalEntryForm(),
        "can_record": allows(policies.check_can_record_entry, found, by=request.user, at=at),
        **_state(submission),
    }
    return render(request, "startups/receipt.html", context, status=422 if form else 200)


def _state(submission: Submission) -> dict[str, Any]:
    """Say in words whether this is what counts."""
    if submission.proposal.status == ProposalStatus.WITHDRAWN:
        return {"state": _("Withdrawn"), "tone": "plain"}
    if submission.superseded_by_id is not None:
        return {"state": _("Replaced by a later one"), "tone": "plain"}
    return {"state": _("Valid"), "tone": "open"}


@require_safe
def receipt_pdf(request: HttpRequest, public_id: str, number: str) -> HttpResponse:
    """The receipt as a document."""
    found = _receipt(request, public_id, number)
    data = documents.pdf(found, for_members=_is_member(request, found.submission.proposal))
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.register_number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def receipt_json(request: HttpRequest, public_id: str, number: str) -> HttpResponse:
    """The receipt for machines; for its members with everything that was handed in, to check it anywhere."""
    found = _receipt(request, public_id, number)
    data = documents.as_data(found, for_members=_is_member(request, found.submission.proposal))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{found.register_number}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def record_entry(request: HttpRequest, public_id: str, number: str) -> HttpResponse:
    """Write the number that the receipt has in the official register."""
    found = _receipt(request, public_id, number)
    form = ExternalEntryForm(request.POST)
    at = clock.now()
    policies.check_can_record_entry(found, by=request.user, at=at)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        actions.record_entry(found, number=form.cleaned_data["number"], by=request.user, at=at)
    except DomainError as refusal:
        refusals.put(form, refusal)
        return _page(request, found, form)
    messages.success(request, _("The number of the official register is on the receipt."))
    return redirect("startups:receipt", public_id=public_id, number=number)


def _is_member(request: HttpRequest, proposal: Proposal) -> bool:
    return bool(proposals.role_on(proposal, request.user))


@require_safe
def file(request: HttpRequest, public_id: str, attachment: str) -> HttpResponse:
    """Send a file of a proposal: to its members always; to others once its envelope is open and it was handed in."""
    proposal = proposal_or_404(request, Proposal.objects.visible_to(request.user), public_id)
    if _is_member(request, proposal):
        row = get_object_or_404(Attachment.objects.select_related("file"), proposal=proposal, public_id=attachment)
        codec = codec_of(proposal)
        name = codec.unseal(row.envelope, f"name/{row.public_id}", row.name).decode()
        return send_file(row.file, name=name, codec=codec.for_file(row.envelope, row.public_id))
    handed_in = get_object_or_404(
        SubmissionFile.objects.select_related("file", "submission__proposal"),
        submission__proposal=proposal,
        submission__superseded_by=None,
        attachment_public_id=attachment,
    )
    for envelope in Envelope.values:
        for entry in (getattr(handed_in.submission, envelope) or {"files": []})["files"]:
            if entry["attachment"] == attachment:
                return send_file(handed_in.file, name=entry["name"], codec=envelopes.file_codec(handed_in))
    raise Http404


@login_not_required
@require_safe
@never_cache
def verify_form(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a receipt."""
    form = CodeForm(request.GET or None)
    if form.is_bound and form.is_valid():
        code = "".join(c for c in form.cleaned_data["code"].lower() if c.isalnum())
        if Receipt.objects.filter(code=code).exists():
            return redirect("startups:verify", code=code)
        form.add_error("code", _("No receipt has this code. Copy it from the foot of the receipt."))
    return render(request, "startups/verify_form.html", {"form": form})


@login_not_required
@require_safe
@never_cache
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """When it was received and whether it is unaltered, and nothing else."""
    if is_over(request, "receipt", most=MOST):
        return HttpResponse(_("Too many requests. Wait a minute."), status=429, content_type="text/plain")
    found = get_object_or_404(Receipt.objects.select_related("submission__proposal"), code=code)
    submission = found.submission
    with connection.cursor() as cursor:
        cursor.execute(CHAINED, [found.pk])
        link: Any = cursor.fetchone()
    outcome = receipt_check.check(submission, at=clock.now())
    context = {
        "receipt": found,
        "instant": instant(found),
        "outcome": outcome,
        "is_chained": bool(link and link[0]),
        "head": head_over(link[1]) if link else None,
        "is_unaltered": submission.manifest_hash == found.manifest_hash and bool(outcome and outcome.is_same),
    }
    response = render(request, "startups/verify.html", context, status=200 if outcome else 503)
    if not outcome:
        response["Retry-After"] = "60"
    return response
