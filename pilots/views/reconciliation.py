"""Reconciliation of a year with the corporate ledger."""

import re
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell.words import euros, formatted
from pilots.actions import reconciliation as actions
from pilots.forms.reconciliation import ImportForm, NoteForm
from pilots.models import BudgetYear, CorporateMovement, DifferenceNote, LedgerEntry
from pilots.policies import budget as budget_policies
from pilots.policies import reconciliation as policies
from pilots.views.step import Step, take

NUMBER = re.compile(r"[0-9]{1,18}\Z", re.ASCII)


def _year(request: HttpRequest, year: int) -> BudgetYear:
    budget_policies.check_can_see_management(by=request.user, at=clock.now())
    return get_object_or_404(BudgetYear.objects.visible_to(request.user), year=year)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, year: int) -> HttpResponse:
    """What matches, what doesn't, and the way to import the next file."""
    found, at = _year(request, year), clock.now()
    form = ImportForm(**({"data": request.POST, "files": request.FILES} if request.method == "POST" else {}))
    if request.method == "POST":
        policies.check_can_import(by=request.user, at=at)
        if form.is_valid():
            try:
                counts = actions.load(found, form.cleaned_data["file"], by=request.user, at=at)
            except DomainError as refusal:
                form.add_error("file", str(refusal))
            else:
                text = ngettext(
                    "%(new)d new movement, %(known)d known, %(matched)d matched.",
                    "%(new)d new movements, %(known)d known, %(matched)d matched.",
                    counts["new"],
                )
                messages.success(request, text % counts)
                return redirect("pilots:reconciliation", year=found.year)
    rows = actions.differences(found)
    movements = CorporateMovement.objects.filter(year=found)
    context = {
        "year": found,
        "form": form,
        "open": [row for row in rows if not (row.note and row.note.explained_at)],
        "explained": [row for row in rows if row.note and row.note.explained_at],
        "until": actions.imported_until(found),
        "matched": movements.filter(entry__isnull=False).count(),
        "today": clock.local_date(at),
        "can_import": allows(policies.check_can_import, by=request.user, at=at),
    }
    return render(request, "pilots/reconciliation.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def explain_movement(request: HttpRequest, year: int, public_id: str) -> HttpResponse:
    """Explain a movement that only the corporate ledger has."""
    found = _year(request, year)
    return _explain(request, found, get_object_or_404(CorporateMovement, year=found, entry=None, public_id=public_id))


@require_http_methods(["GET", "HEAD", "POST"])
def explain_entry(request: HttpRequest, year: int, public_id: str) -> HttpResponse:
    """Explain an entry that only the portal has, by the number that the open data give it."""
    found = _year(request, year)
    rows = LedgerEntry.objects.filter(line__budget_year=found, corporate=None)
    return _explain(request, found, get_object_or_404(rows, pk=int(public_id) if NUMBER.match(public_id) else None))


def _explain(request: HttpRequest, year: BudgetYear, side: Any) -> HttpResponse:
    at = clock.now()
    is_theirs = isinstance(side, CorporateMovement)
    day = side.booked_on if is_theirs else actions.day_of(side)
    facts = [
        (_("Where it is"), _("Only in the corporate ledger") if is_theirs else _("Only in the portal")),
        (_("Document"), side.document_no or "—"),
        (_("Phase"), side.phase),
        (_("Amount"), euros(side.amount)),
        (_("Date"), formatted(day, "day")),
    ]
    held = DifferenceNote.objects.filter(**{"movement" if is_theirs else "entry": side}).first()
    initial = {"owner": held.owner_id, "due_on": held.due_on, "explanation": held.explanation} if held else {}
    return take(
        request,
        Step(_("Explain the difference"), _("Save"), reverse("pilots:reconciliation", kwargs={"year": year.year}),
             _("Reconciliation"), facts=facts),
        NoteForm(request.POST if request.method == "POST" else None, initial=initial),
        check=partial(policies.check_can_import, by=request.user, at=at),
        do=lambda data: actions.note(side, by=request.user, at=at, **data),
        done=_("Saved."),
    )  # fmt: skip
