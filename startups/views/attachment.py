"""Files of a proposal: one plain form; with script, sent piece by piece and continued where a line broke."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from govtech import clock
from govtech.errors import DomainError, TryAgainError
from startups.actions import attachment as actions
from startups.actions import envelope as envelopes
from startups.forms import refusal as refusals
from startups.forms.attachment import AttachmentForm, UploadForm
from startups.models import Attachment, Proposal, Upload
from startups.policies import proposal as policies
from startups.views import parts
from startups.views.draft import closed, load, page_context


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add and list the proposal's files."""
    proposal, at = load(request, public_id), clock.now()
    try:
        policies.check_can_edit(proposal, by=request.user, at=at)
    except DomainError as refusal:
        return closed(request, proposal, refusal)
    form = AttachmentForm(request.POST, request.FILES) if request.method == "POST" else AttachmentForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.add(
                proposal,
                data["file"],
                envelope=data["envelope"],
                confidential=data["confidential_reason"],
                by=request.user,
                at=at,
            )
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("The file is kept, encrypted."))
            return redirect("startups:files", public_id=public_id)
    copy = envelopes.working_copy(proposal)
    context = page_context(request, proposal, copy, "files", at) | {
        "form": form,
        "used": sum(entry.size for entry in copy.attachments),
        "most": actions.MAX_TOTAL_BYTES,
        "piece": actions.PIECE,
        "next_url": parts.next_url(proposal, "files"),
    }
    return render(request, "startups/files.html", context, status=422 if form.errors else 200)


@require_POST
def remove_file(request: HttpRequest, public_id: str, attachment: str) -> HttpResponse:
    """Take a file out of the working copy."""
    proposal = load(request, public_id)
    row = get_object_or_404(Attachment, proposal=proposal, public_id=attachment, removed_at=None)
    row.proposal = proposal
    try:
        actions.remove(row, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("startups:proposal", public_id=public_id)
    messages.success(request, _("The file is taken out."))
    return redirect("startups:files", public_id=public_id)


@require_POST
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say which file comes (script only); answer where its pieces go and from which byte on."""
    proposal = load(request, public_id)
    form = UploadForm(request.POST)
    if not form.is_valid():
        return _refused(next(iter(form.errors.values()))[0])
    data = form.cleaned_data
    try:
        upload = actions.begin(
            proposal,
            name=data["name"],
            size=data["size"],
            modified=data["modified"],
            envelope=data["envelope"],
            confidential=data["confidential_reason"],
            by=request.user,
            at=clock.now(),
        )
    except DomainError as refusal:
        return _refused(str(refusal))
    if upload.attachment_id:  # the answer to its last piece was lost
        return _done(request, proposal)
    url = reverse("startups:upload", kwargs={"public_id": public_id, "upload": upload.public_id})
    return JsonResponse({"url": url, "offset": actions.offset_of(upload), "piece": actions.PIECE}, status=201)


@require_http_methods(["GET", "HEAD", "PATCH"])
def upload(request: HttpRequest, public_id: str, upload: str) -> HttpResponse:
    """GET says how many bytes are here; PATCH takes the piece that begins at `Upload-Offset`."""
    proposal = load(request, public_id)
    found = get_object_or_404(Upload.objects.filter(proposal=proposal), public_id=upload)
    found.proposal = proposal
    if request.method != "PATCH":
        return JsonResponse({"offset": actions.offset_of(found)})
    piece = _piece(request)
    if isinstance(piece, JsonResponse):
        return piece
    start, data = piece
    try:
        attachment = actions.append(found, start=start, data=data, by=request.user, at=clock.now())
    except actions.PlaceError as wrong:
        return JsonResponse({"message": str(wrong), "offset": wrong.offset}, status=409)
    except TryAgainError as trouble:
        return JsonResponse({"message": str(trouble), "again": True}, status=422)
    except DomainError as refusal:
        return _refused(str(refusal))
    if attachment is None:
        return JsonResponse({"offset": start + len(data)})
    return _done(request, proposal)


def _done(request: HttpRequest, proposal: Proposal) -> JsonResponse:
    """Say that the file is part of the proposal."""
    messages.success(request, _("The file is kept, encrypted."))
    return JsonResponse({"done": reverse("startups:files", kwargs={"public_id": proposal.public_id})}, status=201)


def _piece(request: HttpRequest) -> tuple[int, bytes] | JsonResponse:
    """Return where a piece begins and its bytes, or what to answer where it isn't whole."""
    start = request.headers.get("Upload-Offset", "")
    if not (start.isascii() and start.isdigit() and len(start) < 12):
        return _refused(_("The place of the piece is missing."), status=400)
    length = int(request.headers.get("Content-Length") or 0)
    if length > actions.LONGEST_PIECE:
        return _refused(_("This piece is too big."), status=413)
    try:
        data = request.body
    except UnreadablePostError:
        data = b""
    if len(data) != length:  # the line broke: nothing of the piece is kept, the page asks where to go on
        return _refused(_("The connection broke."), status=400)
    return int(start), data


@require_POST
def cancel_upload(request: HttpRequest, public_id: str, upload: str) -> HttpResponse:
    """Give up a file that isn't whole."""
    proposal = load(request, public_id)
    found = get_object_or_404(Upload.objects.filter(proposal=proposal), public_id=upload)
    found.proposal = proposal
    try:
        actions.cancel(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("startups:proposal", public_id=public_id)
    messages.success(request, _("What had arrived of that file is deleted."))
    return redirect("startups:files", public_id=public_id)


def _refused(message: str, *, status: int = 422) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)
