"""A person's profile, and whom the Office names."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.accounts import actions, policies, roles
from govtech.accounts.forms import AppointmentForm, EndForm, ProfileForm, SubstitutionForm
from govtech.accounts.models import ApproverSubstitution, DelegateAppointment
from govtech.errors import DomainError

PAGE = 50


def _refuse(form: forms.Form, refusal: DomainError) -> None:
    """Put a refusal beside its field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, post, language, and the ways to passwords, second factors and sessions."""
    user: Any = request.user
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        actions.update_profile(user, **form.cleaned_data, by=user, at=clock.now())
        messages.success(request, _("Your details are saved."))
        return redirect("accounts:profile")
    if form.is_bound:
        user.refresh_from_db()  # the form wrote what was typed on the object that the page's head shows
    appointments = (
        DelegateAppointment.objects.filter(Q(user=user) | Q(substitute=user))
        .in_force(clock.local_date(clock.now()))
        .select_related("department", "user")
        .order_by("department__name", "pk")
    )
    context = {
        "form": form,
        "appointments": appointments,
        "is_officer": roles.is_officer(user),
        "is_director": roles.is_director(user),
        "is_auditor": roles.is_auditor(user),
        "names_substitutes": roles.is_named_director(user),
    }
    return render(request, "accounts/profile.html", context)


@require_safe
def delegates(request: HttpRequest) -> HttpResponse:
    """Whom the Office named, those in force first. For officers."""
    at = clock.now()
    policies.check_can_manage_delegates(by=request.user, at=at)
    today = clock.local_date(at)
    rows = (
        DelegateAppointment.objects.select_related("user", "department", "substitute", "appointed_by")
        .annotate(over=Q(until_on__isnull=False, until_on__lt=today))
        .order_by("over", "department__name", F("from_on").desc(), "pk")
    )
    page: Any = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.state = "over" if row.over else "future" if row.from_on > today else "in-force"
    return render(request, "accounts/delegates.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest) -> HttpResponse:
    """Name a digital delegate."""
    at = clock.now()
    policies.check_can_manage_delegates(by=request.user, at=at)
    form = AppointmentForm(request.POST if request.method == "POST" else None, today=clock.local_date(at))
    if request.method == "POST" and form.is_valid():
        try:
            appointment = actions.appoint(**form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(
                request,
                _("%(person)s is now digital delegate of %(department)s.")
                % {"person": appointment.user, "department": appointment.department},
            )
            return redirect("accounts:delegates")
    return render(request, "accounts/appoint.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give an appointment its last day."""
    at = clock.now()
    policies.check_can_manage_delegates(by=request.user, at=at)
    appointment = get_object_or_404(
        DelegateAppointment.objects.select_related("user", "department"), public_id=public_id
    )
    form = EndForm(request.POST if request.method == "POST" else None, initial={"until_on": clock.local_date(at)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end(appointment, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The appointment has its last day."))
            return redirect("accounts:delegates")
    return render(request, "accounts/end.html", {"form": form, "appointment": appointment})


@require_http_methods(["GET", "HEAD", "POST"])
def substitutes(request: HttpRequest) -> HttpResponse:
    """Who approves in a director's place. A director sees and names their own."""
    at = clock.now()
    policies.check_can_name_substitute(by=request.user, at=at)
    director: Any = request.user
    form = SubstitutionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_substitute(director, **form.cleaned_data, by=director, at=at)
        except DomainError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Your substitute is named."))
            return redirect("accounts:substitutes")
    rows = (
        ApproverSubstitution.objects.filter(director=director)
        .select_related("substitute")
        .order_by("-from_on", "-pk")[:PAGE]
    )
    today = clock.local_date(at)
    shown = [(row, row.ended_at is None and row.until_on >= today) for row in rows]
    return render(request, "accounts/substitutes.html", {"form": form, "rows": shown})


@require_POST
def substitute_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End one's own substitution early."""
    at = clock.now()
    policies.check_can_name_substitute(by=request.user, at=at)
    row = get_object_or_404(ApproverSubstitution, director=request.user, public_id=public_id)
    try:
        actions.end_substitution(row, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The substitution has ended."))
    return redirect("accounts:substitutes")
