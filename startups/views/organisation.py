"""Organisations: the public directory, one's own, their details."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.calculations import maturity
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.shell import limits, pages
from startups.actions import organisation as actions
from startups.actions.membership import invitations_for
from startups.filters.directory import PARAMETERS, DirectoryFilter
from startups.forms import refusal as refusals
from startups.forms.organisation import DetailsForm, JoinRequestForm, OrganisationForm
from startups.forms.profile import SIZES
from startups.models import Membership, Organisation, OrganisationKind, OrganisationRole
from startups.policies import organisation as policies
from startups.policies.acting import acting_for
from startups.views import join_request as join_requests
from startups.views.profile import VERDICTS, emerging_of, found_certificate, seen_by, shown_version, size_words

PAGE = 20
SIZED = {OrganisationKind.SME, OrganisationKind.LARGE, OrganisationKind.UNIVERSITY}  # of these the kind says enough
IDENTITY = ("name", "kind", "address", "website", "founded_on")
TRIES = 30  # of registering, an hour and address: whoever lists numbers doesn't learn who is registered


@login_not_required
@require_safe
@pages.for_everybody_asking(*PARAMETERS, "page")
def directory(request: HttpRequest) -> HttpResponse:
    """Organisations that chose to be listed: search, facets with counts."""
    filterset = DirectoryFilter(request.GET, queryset=Organisation.objects.listed())
    rows = filterset.found().select_related("logo").prefetch_related("policy_areas")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.size_words = "" if row.kind in SIZED else SIZES.get(row.size, "")
    context = {
        "filterset": filterset,
        "facets": filterset.facets(),
        "asked": filterset.taken_off(),
        "query": filterset.query(),
        "page": page,
    }
    return render(request, "startups/directory.html", context)


@login_not_required
@require_safe
@pages.for_everybody
def organisation(request: HttpRequest, public_id: str) -> HttpResponse:
    """One organisation: to the public what it chose to show, to its members and the Office the rest."""
    found = get_object_or_404(
        Organisation.objects.visible_to(request.user).select_related("verified_by", "logo"), public_id=public_id
    )
    role = policies.role_in(found, request.user)
    sees_all = bool(role) or any(f(request.user) for f in (roles.is_officer, roles.is_director, roles.is_auditor))
    size, reason = size_words(found)
    at, areas = clock.now(), list(found.policy_areas.order_by("order", "pk"))
    _conditions, verdict = emerging_of(found, at)
    certificate = found_certificate(found) if verdict == "certified" else ""
    pages.holds_until(request, at)
    context = {
        "organisation": found,
        "role": role,
        "sees_all": sees_all,
        "size": size,
        "size_reason": reason,
        "emerging": VERDICTS[verdict] if verdict in ("certified", "declared") else "",
        "certificate": certificate,
        "works": found.past_work.order_by("-year", "pk"),
        "trl": maturity.in_words(found.trl),
        "is_owner": role == OrganisationRole.OWNER and not found.withdrawn_at,
        "can_verify": not found.verified_at and allows(policies.check_can_verify, found, by=request.user, at=None),
        "is_office": roles.is_officer(request.user),
        "areas": areas,
        "area_names": ", ".join(map(str, areas)),
    }
    return render(request, "startups/organisation.html", context)


@require_safe
def my_organisations(request: HttpRequest) -> HttpResponse:
    """The person's organisations, with their part in each."""
    members = Count(
        "organisation__memberships", filter=Q(organisation__memberships__left_at__isnull=True), distinct=True
    )
    rows = (
        Membership.objects.current()
        .filter(user=request.user)
        .select_related("organisation")
        .annotate(people=members)
        .order_by(F("organisation__withdrawn_at").asc(nulls_first=True), "organisation__name", "pk")
    )
    at = clock.now()
    context = {"rows": rows, "invitations": invitations_for(request.user, at=at)}
    context["acting"] = acting_for(request.user)
    context["requests"] = join_requests.own(request.user, at)
    return render(request, "startups/my_organisations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register an organisation."""
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    taken = False
    if request.method == "POST" and limits.is_over(request, "tax-number", most=TRIES, seconds=3600):
        form.add_error(None, _("Too many numbers were tried from here. Try again in an hour."))
    elif request.method == "POST" and form.is_valid():
        try:
            made = actions.create(**form.cleaned_data, by=request.user, at=clock.now())
        except actions.TaxIdTakenError as refusal:
            taken = True
            refusals.put(form, refusal)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(
                request, _("The organisation is registered and you are its owner. Tell its size and what it does.")
            )
            return redirect(made)
    status = 422 if form.errors else 200
    context: dict[str, Any] = {"form": form, "taken": taken}
    if taken:
        asked = {name: form[name].value() for name in ("country", "tax_id")}
        context["join_form"] = JoinRequestForm(initial=asked, auto_id="join_%s")
    return render(request, "startups/organisation_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what the organisation says of itself."""
    found = get_object_or_404(Organisation.objects.of_member(request.user), public_id=public_id)
    at = clock.now()
    try:
        policies.check_can_edit(found, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    initial = {name: getattr(found, name) for name in IDENTITY}
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.update(found, **form.cleaned_data, seen=seen_by(request), by=request.user, at=at)
        except DomainError as refusal:
            refusals.put(form, refusal)
        else:
            messages.success(request, _("The changes are saved."))
            if found.verified_at and not changed.verified_at:
                messages.warning(
                    request, _("With another name or kind it isn't verified any more: the Office will look again.")
                )
            return redirect(found)
    context = {"form": form, "organisation": found, "page": "details", "seen": shown_version(request, form, found)}
    return render(request, "startups/organisation_form.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave the programme."""
    found = get_object_or_404(Organisation.objects.of_member(request.user), public_id=public_id)
    try:
        actions.withdraw(found, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The organisation has left the programme. What it handed in stays as it is."))
    return redirect("startups:my_organisations")
