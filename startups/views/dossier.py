"""The dossier of an organisation: its papers, what holds, what ends soon, what the Office asked for."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.errors import DomainError
from govtech.files.views import send_file
from startups.actions import dossier as actions
from startups.calculations import dossier as rules
from startups.forms import refusal as refusals
from startups.forms.dossier import DeclarationForm, PaperForm
from startups.models import DossierPaper, Organisation, PaperKind, VerificationRequest
from startups.policies import dossier as policies
from startups.policies import organisation as organisations

PAGE = 30
TONES = {"valid": "open", "soon": "soon", "expired": "danger", "missing": "plain"}


@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the papers of one's own organisation; hand one in, or sign the declaration."""
    found = get_object_or_404(Organisation.objects.of_member(request.user), public_id=public_id)
    at, by = clock.now(), request.user
    organisations.check_is_owner(found, by=by, at=at)
    declares = request.method == "POST" and "signatory_name" in request.POST
    adds = request.method == "POST" and not declares
    paper = PaperForm(request.POST if adds else None, request.FILES if adds else None, initial=_initial(request))
    declaration = DeclarationForm(request.POST if declares else None, initial={"signatory_name": by})
    form = declaration if declares else paper
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            if declares:
                actions.declare(found, **data, by=by, at=at)
            else:
                actions.add_paper(found, data.pop("file"), **data, by=by, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("It is kept. While it holds, nobody will ask you for it again."))
            return redirect("startups:dossier", public_id=public_id)
    today = clock.local_date(at)
    context = {
        "organisation": found,
        "rows": rows_of(found, on=today),
        "others": page_of_others(found, request, on=today),
        "form": paper,
        "declaration": declaration,
        "statement": actions.statement(found),
        "asked": asked_of(found),
        "verified_until": found.verified_until,
    }
    return render(request, "startups/dossier.html", context, status=422 if form.errors else 200)


def _initial(request: HttpRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in PaperKind.values else {}


def rows_of(organisation: Organisation, *, on: date) -> list[dict[str, Any]]:
    """Return each kind with its current paper, if any, and how it stands on that day."""
    papers = DossierPaper.objects.current().filter(organisation=organisation).exclude(kind=PaperKind.OTHER)
    held = {paper.kind: paper for paper in papers.select_related("file", "organisation")}
    return [_row(kind, held.get(kind), on) for kind in PaperKind if kind != PaperKind.OTHER]


def _row(kind: PaperKind, paper: DossierPaper | None, on: date) -> dict[str, Any]:
    state = rules.state(paper.valid_until, on) if paper else "missing"
    words = {"valid": _("in force"), "soon": _("ends soon"), "expired": _("over"), "missing": _("not there")}[state]
    return {
        "kind": kind,
        "paper": paper,
        "state": state,
        "words": words,
        "tone": TONES[state],
        "is_declaration": kind.rule.is_declaration,
        "for_award": kind in rules.FOR_AN_AWARD,
    }


def page_of_others(organisation: Organisation, request: HttpRequest, *, on: date) -> Any:
    """Return the other papers, a page at a time."""
    others = DossierPaper.objects.current().filter(organisation=organisation, kind=PaperKind.OTHER)
    page: Any = Paginator(others.select_related("file", "organisation").order_by("added_at", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    page.object_list = [_row(PaperKind.OTHER, paper, on) for paper in page.object_list]
    return page


def asked_of(organisation: Organisation) -> dict[str, Any] | None:
    """Return what the Office has asked for and when, None for nothing."""
    waiting = VerificationRequest.objects.filter(organisation=organisation, closed_at=None).first()
    if waiting is None:
        return None
    return {"at": waiting.asked_at, "note": waiting.note, "papers": [PaperKind(kind).label for kind in waiting.kinds]}


@require_safe
def paper(request: HttpRequest, public_id: str, paper: str) -> HttpResponse:
    """Send the file of a paper to the organisation's owners, the Office, directors and auditors."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), public_id=public_id)
    policies.check_can_read(organisation, by=request.user, at=clock.now())
    rows = DossierPaper.objects.visible_to(request.user).select_related("file")
    found = get_object_or_404(rows, organisation=organisation, public_id=paper)
    if found.file is None:
        raise Http404
    return send_file(found.file)


@require_POST
def take_out(request: HttpRequest, public_id: str, paper: str) -> HttpResponse:
    """Take a paper out."""
    own = DossierPaper.objects.filter(organisation__in=Organisation.objects.of_member(request.user))
    found = get_object_or_404(own.select_related("organisation"), organisation__public_id=public_id, public_id=paper)
    actions.take_out(found, by=request.user, at=clock.now())
    messages.success(request, _("It is out of your dossier. What it was sent with keeps it."))
    return redirect("startups:dossier", public_id=public_id)
