"""The Office corrects a published call and gives it more time."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.actions import correction as actions
from challenges.actions import lifecycle
from challenges.forms.correction import CriteriaCorrectionForm, DocumentCorrectionForm
from challenges.forms.review import CorrectionForm, ExtensionForm
from challenges.models import Challenge
from challenges.policies import calendar
from challenges.policies import challenge as policies
from challenges.policies import correction as terms
from challenges.views.catalogue import public
from govtech import clock
from govtech.errors import DomainError
from govtech.reference.models import Rules


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct a text of a published call."""
    challenge = public(request, slug)
    at = clock.now()
    policies.check_is_officer(by=request.user)
    field = request.GET.get("field", "")
    initial = {"field": field, "new_text": getattr(challenge, field)} if field in policies.CORRECTABLE else {}
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.correct(challenge, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Corrected. Everybody concerned has been told."))
            return redirect(f"{challenge.get_absolute_url()}#correcciones")
    context = {"challenge": challenge, "form": form, "field": field if initial else ""}
    return render(request, "challenges/correct.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Give more time. Where later days move with it they are shown first, and confirmed."""
    challenge = public(request, slug)
    at = clock.now()
    policies.check_is_officer(by=request.user)
    form = _extension_form(request, challenge, at)
    has_closed = challenge.closes_at is not None and challenge.closes_at <= at
    context = {"challenge": challenge, "form": form, "closed": has_closed}
    if request.method == "POST" and form.is_valid():
        later = (
            calendar.later_dates(challenge, form.cleaned_data["closes_at"]) if form.cleaned_data["moves_later"] else {}
        )
        if any(request.POST.get(f"seen_{name}") != day.isoformat() for name, day in later.items()):
            context["shown"] = [
                (calendar.ALL_TERMS[name], getattr(challenge, name), day, f"seen_{name}") for name, day in later.items()
            ]
            return render(request, "challenges/extend.html", context)
        try:
            lifecycle.extend(challenge, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The deadline has moved. Everybody concerned has been told."))
            return redirect(challenge)
    return render(request, "challenges/extend.html", context, status=422 if form.is_bound else 200)


def _extension_form(request: HttpRequest, challenge: Challenge, at: datetime) -> ExtensionForm:
    initial: dict[str, Any] = {}
    with suppress(ValueError):  # as a late answer proposes it
        proposed = datetime.fromisoformat(request.GET.get("closes_at", "").replace(" ", "+"))
        initial |= {"closes_at": proposed} if proposed.tzinfo else {}
    form = ExtensionForm(request.POST if request.method == "POST" else None, initial=initial)
    if challenge.questions_close_at is None or challenge.questions_close_at <= at:
        del form.fields["questions_close_at"]
    return form


@require_http_methods(["GET", "HEAD", "POST"])
def criteria(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct the criteria; the page computes how much more time that asks for."""
    challenge = public(request, slug)
    at = clock.now()
    policies.check_is_officer(by=request.user)
    try:
        policies.check_can_correct(challenge, by=request.user, at=at)
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect(challenge)
    least = terms.least_closing(challenge, at=at)
    form = CriteriaCorrectionForm(
        request.POST if request.method == "POST" else None,
        challenge=challenge,
        criteria=challenge.criteria.order_by("position"),
        least=least,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.correct_criteria(
                challenge,
                rows=form.rows(),
                pass_mark=data["pass_mark"],
                reason=data["reason"],
                closes_at=data["closes_at"],
                by=request.user,
                at=at,
            )
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Corrected. Everybody concerned has been told."))
            return redirect(f"{challenge.get_absolute_url()}#correcciones")
    context = {
        "challenge": challenge,
        "form": form,
        "least": least,
        "days": terms.open_time(challenge).days,
        "rules": Rules.objects.in_force(clock.local_date(at)),
    }
    return render(request, "challenges/correct_criteria.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a document to a published call, or put one in the place of another."""
    challenge = public(request, slug)
    at = clock.now()
    policies.check_is_officer(by=request.user)
    form = DocumentCorrectionForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        documents=list(challenge.documents.select_related("file").order_by("pk")),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_document(challenge, **form.correction(), by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Corrected. Everybody concerned has been told."))
            return redirect(f"{challenge.get_absolute_url()}#correcciones")
    context = {"challenge": challenge, "form": form}
    return render(request, "challenges/correct_document.html", context, status=422 if form.is_bound else 200)
