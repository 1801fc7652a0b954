"""The copy without names: the secretary prepares it, the panel reads it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from startups.actions import envelope as envelopes
from startups.actions import reading
from startups.actions import redaction as actions
from startups.forms.redaction import RedactionForm
from startups.models import Proposal, Redaction, SubmissionFile
from startups.policies import redaction as policies
from startups.views.evaluated import files_of, refused, submissions_of, title_of
from startups.views.sealed import proposal_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hide what gives the proposal away, see what the panel will read, and let it read."""
    at = clock.now()
    proposal = proposal_or_404(request, Proposal.objects.visible_to(request.user).on_panel(), public_id)
    policies.check_can_redact(proposal, by=request.user, at=at)
    texts = reading.texts_of([proposal])[proposal.pk]
    submission = submissions_of([proposal]).get(proposal.pk)
    files = files_of(proposal, submission)
    row = Redaction.objects.filter(proposal=proposal).first()
    initial = {} if row is None else {"passages": "\n".join(row.passages), "hidden": row.hidden, "files": row.files}
    form = RedactionForm(
        request.POST if request.method == "POST" else None, sections=texts, files=files, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        release = "release" in request.POST
        try:
            actions.hide(proposal, **form.values(), release=release, by=request.user, at=at)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(
                request, _("The panel can read it now.") if release else _("Saved. Below is what the panel would read.")
            )
            return redirect("startups:redact", public_id=public_id)
    context: dict[str, Any] = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "at": at,
        "title": title_of(submission),
        "form": form,
        "files": files,
        "row": row,
        "always": reading.names_of([proposal])[proposal.pk],
        "texts": texts.values(),
        "copy": reading.copies_of([proposal], drafts=True).get(proposal.pk),
        "waiting": reading.waiting([proposal]).get(proposal.pk, []),
        "left": len(policies.unreleased(Proposal.objects.on_panel().filter(challenge=proposal.challenge))),
    }
    return render(request, "startups/redact.html", context, status=422 if form.errors else 200)


@require_safe
def judged_file(request: HttpRequest, public_id: str, attachment: str) -> HttpResponse:
    """Send a file of a copy without names, under a name that says nothing. Only those the secretary let out."""
    proposal = proposal_or_404(request, Proposal.objects.judged_by(request.user), public_id)
    copy = reading.copies_of([proposal]).get(proposal.pk)
    entry = next((each for each in (copy or {"files": []})["files"] if each["attachment"] == attachment), None)
    if entry is None:
        raise Http404
    handed_in = get_object_or_404(
        SubmissionFile.objects.select_related("file", "submission__proposal"),
        submission__proposal=proposal,
        submission__superseded_by=None,
        attachment_public_id=attachment,
    )
    return send_file(handed_in.file, name=entry["name"], codec=envelopes.file_codec(handed_in))
