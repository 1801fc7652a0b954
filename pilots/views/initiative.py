"""Govtech4All initiatives: the public pages, and the Office's page to write one."""

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.models import Challenge
from govtech import clock
from govtech.policies import allows
from govtech.shell import pages
from pilots.actions import initiative as actions
from pilots.actions.owed import name_of
from pilots.forms.initiative import InitiativeForm
from pilots.models import DirectContract, Initiative, Pilot
from pilots.policies import initiative as policies
from pilots.views.step import Step, press, take
from startups.forms.organisation import COUNTRIES


@login_not_required
@require_safe
@pages.for_everybody
def listing(request: HttpRequest) -> HttpResponse:
    """Every initiative, the latest first."""
    at = clock.now()
    pages.holds_until(request, at)
    today = clock.local_date(at)
    rows = list(Initiative.objects.visible_to(request.user).prefetch_related("partners").order_by("-starts_on", "-pk"))
    money = actions.money_of(rows)
    context = {
        "rows": [
            {
                "initiative": row,
                "stage": row.stage(today),
                "money": money[row.pk],
                "countries": len({partner.country for partner in row.partners.all()}),
            }
            for row in rows
        ],
        "can_write": allows(policies.check_can_write, by=request.user, at=at),
    }
    return render(request, "pilots/initiatives.html", context)


@login_not_required
@require_safe
@pages.for_everybody
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One initiative: what the city does in it, with whom, with what money, and what came of it."""
    at = clock.now()
    pages.holds_until(request, at)
    today = clock.local_date(at)
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), slug=slug)
    names = dict(COUNTRIES)
    contracts = DirectContract.objects.public().filter(initiative=initiative)
    contracts = contracts.select_related("commitment__expenditure", "commitment__supplier").order_by("pk")
    planned = initiative.own_amount + initiative.eu_amount
    context = {
        "initiative": initiative,
        "stage": initiative.stage(today),
        "today": today,
        "partners": [
            {"partner": row, "country": names.get(row.country, row.country)}
            for row in initiative.partners.order_by("-is_lead", "country", "name")
        ],
        "deliverables": initiative.deliverables.order_by("number"),
        "challenges": Challenge.objects.visible_to(request.user).filter(initiatives=initiative).order_by("reference"),
        "pilots": Pilot.objects.visible_to(request.user).filter(initiatives=initiative).order_by("reference"),
        "contracts": [{"contract": row, "name": name_of(row.commitment)} for row in contracts],
        "money": actions.money_of([initiative])[initiative.pk],
        "planned": planned,
        "eu_percent": initiative.eu_amount * 100 / planned if planned else None,
        "can_write": allows(policies.check_can_write, by=request.user, at=at),
    }
    return render(request, "pilots/initiative.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin an initiative."""
    at = clock.now()
    form = InitiativeForm(request.POST if request.method == "POST" else None)
    back = reverse("pilots:initiatives")
    step = Step(
        _("New initiative"), _("Save"), back, "Govtech4All", lead=_("Nobody outside sees it until it is published.")
    )
    return take(
        request,
        step,
        form,
        check=partial(policies.check_can_write, by=request.user, at=at),
        do=lambda _data: actions.create(form.said(), form.links(), by=request.user, at=at),
        done=_("Saved."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Write an initiative again."""
    at = clock.now()
    policies.check_can_write(by=request.user, at=at)
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), slug=slug)
    held = Initiative.objects.get(pk=initiative.pk)
    form = InitiativeForm(request.POST if request.method == "POST" else None, instance=held)
    return take(
        request,
        Step(_("Change the initiative"), _("Save"), initiative.get_absolute_url(), initiative.title),
        form,
        check=partial(policies.check_can_write, by=request.user, at=at),
        do=lambda _data: actions.change(initiative, form.said(), form.links(), by=request.user, at=at),
        done=_("Saved."),
    )


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Show it to everybody."""
    at = clock.now()
    policies.check_can_write(by=request.user, at=at)
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), slug=slug)
    return press(
        request,
        lambda: actions.publish(initiative, by=request.user, at=at),
        done=_("The initiative is public now."),
        back=initiative.get_absolute_url(),
    )
