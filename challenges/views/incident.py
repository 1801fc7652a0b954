"""Outages of the portal: the public list, and the Office's page that extends what one touched."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import incident as actions
from challenges.forms.incident import IncidentForm
from challenges.models import Incident, IncidentEffect
from challenges.policies import incident as policies
from govtech import clock
from govtech.accounts import roles
from govtech.errors import DomainError

PAGE = 20


@login_not_required
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """Every outage that moved a deadline, with what it moved. Anybody; officers see also what waits."""
    effects = IncidentEffect.objects.visible_to(request.user).select_related("challenge").order_by("challenge_id", "pk")
    rows = Incident.objects.exclude(applied_at=None).order_by("-began_at", "-pk")
    page = Paginator(rows.prefetch_related(Prefetch("effects", effects, to_attr="shown")), PAGE).get_page(
        request.GET.get("page")
    )
    for incident in page.object_list:
        for effect in incident.shown:
            effect.label = policies.LABELS[effect.term]
    is_officer = roles.is_officer(request.user)
    context = {
        "page": page,
        "is_officer": is_officer,
        "waiting": Incident.objects.filter(applied_at=None).order_by("-began_at", "-pk")[:PAGE] if is_officer else [],
    }
    return render(request, "challenges/incidents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down an outage; the next page shows what it touched."""
    at = clock.now()
    policies.check_can_record(by=request.user, at=at)
    form = IncidentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            incident = actions.record(**form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect("challenges:incident", public_id=incident.public_id)
    return render(request, "challenges/incident_new.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def incident(request: HttpRequest, public_id: str) -> HttpResponse:
    """One outage: what it moved; for officers, before that, what it will."""
    found = get_object_or_404(Incident, public_id=public_id)
    is_officer = roles.is_officer(request.user)
    if found.applied_at is None and not is_officer:
        raise Http404
    at = clock.now()
    effects = list(found.effects.visible_to(request.user).select_related("challenge").order_by("challenge_id", "pk"))
    for effect in effects:
        effect.label = policies.LABELS[effect.term]
    context = {
        "incident": found,
        "effects": effects,
        "moves": policies.moves(found, at=at) if found.applied_at is None else [],
        "is_officer": is_officer,
        "private": found.effects.filter(is_public=False).count() if is_officer else 0,
    }
    return render(request, "challenges/incident.html", context)


@require_POST
def apply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move every deadline that the outage touched, or throw the record away."""
    at = clock.now()
    policies.check_can_record(by=request.user, at=at)
    found = get_object_or_404(Incident, public_id=public_id)
    try:
        if "discard" in request.POST:
            actions.discard(found, by=request.user, at=at)
            messages.success(request, _("The record is thrown away. Nothing moved."))
            return redirect("challenges:incidents")
        actions.apply(found, by=request.user, at=at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The deadlines have moved. Everybody concerned has been told."))
    return redirect("challenges:incident", public_id=public_id)
