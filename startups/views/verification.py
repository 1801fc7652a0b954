"""Verification: the Office checks who an organisation is. The list is of all, whether or not they propose anything."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.files.views import send_file
from startups.actions import organisation as actions
from startups.forms import refusal as refusals
from startups.forms.organisation import DocumentForm, VerificationForm
from startups.models import Organisation, OrganisationRole, VerificationDocument
from startups.policies import organisation as policies

PAGE = 30


@require_safe
def verifications(request: HttpRequest) -> HttpResponse:
    """Organisations nobody has verified yet, the oldest first."""
    if not roles.is_officer(request.user):
        raise PermissionDenied(_("Only the Office verifies organisations."))
    rows = Organisation.objects.filter(verified_at=None, withdrawn_at=None).order_by("created_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "startups/verifications.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is known of an organisation, its documents, and what was checked. Owners hand in documents here."""
    found = get_object_or_404(
        Organisation.objects.visible_to(request.user).select_related("verified_by"), public_id=public_id
    )
    at = clock.now()
    is_owner = policies.role_in(found, request.user) == OrganisationRole.OWNER
    if not is_owner:
        _check_reads(request)
    adds = request.method == "POST" and "title" in request.POST
    notes = request.method == "POST" and not adds
    if notes or (adds and not is_owner):
        policies.check_can_verify(found, by=request.user, at=at)
    note = VerificationForm(request.POST if notes else None)
    document = DocumentForm(request.POST if adds else None, request.FILES if adds else None)
    form = document if adds else note
    if request.method == "POST" and form.is_valid():
        try:
            if adds:
                data = form.cleaned_data
                actions.add_document(found, data["file"], title=data["title"], by=request.user, at=at)
            else:
                actions.verify(found, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("The document is kept.") if adds else _("The organisation is verified."))
            return redirect("startups:verification", public_id=public_id)
    context = {
        "organisation": found,
        "documents": found.verification_documents.select_related("file", "added_by").order_by("added_at", "pk"),
        "note": note,
        "document_form": document,
        "is_owner": is_owner,
        "is_officer": roles.is_officer(request.user) and not is_owner,
    }
    return render(request, "startups/verification.html", context, status=422 if form.errors else 200)


@require_safe
def document(request: HttpRequest, public_id: str, file: str) -> HttpResponse:
    """Send a document of evidence to the Office, directors, auditors and its owners."""
    found = get_object_or_404(Organisation.objects.visible_to(request.user), public_id=public_id)
    if policies.role_in(found, request.user) != OrganisationRole.OWNER:
        _check_reads(request)
    row = get_object_or_404(
        VerificationDocument.objects.select_related("file"), organisation=found, file__public_id=file
    )
    return send_file(row.file)


def _check_reads(request: HttpRequest) -> None:
    user = request.user
    if not (roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user)):
        raise PermissionDenied(_("Only the Office and the organisation's owners see this."))
