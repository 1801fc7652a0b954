"""Verification: the Office checks who an organisation is. The list is of all, whether or not they propose anything."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from startups.actions import dossier as papers
from startups.actions import verification as actions
from startups.calculations.dossier import VERIFICATION_DAYS
from startups.forms import refusal as refusals
from startups.forms.dossier import AskForm, EndForm, PaperForm, VerificationForm
from startups.models import CheckKind, DossierPaper, Organisation, Verification
from startups.models.verification import PROOF
from startups.policies import dossier as dossiers
from startups.policies import organisation as organisations
from startups.policies import verification as policies
from startups.views.dossier import asked_of, page_of_others, rows_of

PAGE = 30
HISTORY = 20


@require_safe
def verifications(request: HttpRequest) -> HttpResponse:
    """Organisations not verified, or whose verification ends soon; the oldest first."""
    if not roles.is_officer(request.user):
        raise PermissionDenied(_("Only the Office verifies organisations."))
    today = clock.local_date(clock.now())
    valid = Q(papers__ended_at=None, papers__kind__in=PROOF.values()) & (
        Q(papers__valid_until=None) | Q(papers__valid_until__gte=today)
    )
    rows = policies.to_verify(on=today).annotate(papers_held=Count("papers", filter=valid)).order_by("created_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "startups/verifications.html", {"page": page, "papers_all": len(PROOF)})


@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is known of an organisation, its papers, the checks and their history. Officers verify, ask and end here."""
    found = get_object_or_404(
        Organisation.objects.visible_to(request.user).select_related("verified_by"), public_id=public_id
    )
    at, by = clock.now(), request.user
    if organisations.role_in(found, by) and not roles.is_staff_role(by):
        return redirect("startups:dossier", public_id=public_id)
    dossiers.check_can_read(found, by=by, at=at)
    today = clock.local_date(at)
    held = list(DossierPaper.objects.valid(today).filter(organisation=found))
    doing = request.POST.get("do", "verify") if request.method == "POST" else ""
    forms = {
        "verify": VerificationForm(
            request.POST if doing == "verify" else None,
            held=held,
            initial={"valid_until": today + timedelta(days=VERIFICATION_DAYS)},
        ),
        "ask": AskForm(request.POST if doing == "ask" else None, initial={"kinds": _lacking(held)}, auto_id="ask_%s"),
        "end": EndForm(request.POST if doing == "end" else None, auto_id="end_%s"),
        "paper": PaperForm(*((request.POST, request.FILES) if doing == "paper" else ()), auto_id="paper_%s"),
    }
    if doing:
        organisations.check_can_verify(found, by=by, at=at)
        form = forms.get(doing, forms["verify"])
        if form.is_valid():
            try:
                said = _carry_out(doing, found, form, by=by, at=at)
            except DomainError as refusal:
                refusals.put(form, refusal)
            else:
                messages.success(request, said)
                return redirect("startups:verification", public_id=public_id)
    history = Verification.objects.filter(organisation=found).select_related("checked_by", "ended_by")
    context = {
        "organisation": found,
        "forms": forms,
        "rows": rows_of(found, on=today),
        "others": page_of_others(found, request, on=today),
        "asked": asked_of(found),
        "history": history.prefetch_related("checks").order_by("-checked_at", "-pk")[:HISTORY],
        "is_verified": policies.is_verified(found, on=today),
        "is_officer": roles.is_officer(by),
        "can_verify": roles.is_officer(by) and not organisations.role_in(found, by),
    }
    bad = any(form.errors for form in forms.values())
    return render(request, "startups/verification.html", context, status=422 if bad else 200)


def _lacking(held: list[DossierPaper]) -> list[str]:
    kinds = {paper.kind for paper in held}
    return [PROOF[kind] for kind in CheckKind if PROOF[kind] not in kinds]


def _carry_out(doing: str, found: Organisation, form: Any, *, by: Any, at: Any) -> str:
    data = dict(form.cleaned_data)
    if doing == "ask":
        actions.ask(found, **data, by=by, at=at)
        return _("Its owners have been asked.")
    if doing == "end":
        actions.end(found, **data, by=by, at=at)
        return _("The verification is over. Its owners have been told why.")
    if doing == "paper":
        papers.add_paper(found, data.pop("file"), **data, by=by, at=at)
        return _("The document is kept.")
    made = actions.verify(
        found, outcomes=form.outcomes(), note=data["note"], valid_until=data["valid_until"], by=by, at=at
    )
    return _("The organisation is verified.") if made.passed else _("It is on record, and its owners know what it is.")
