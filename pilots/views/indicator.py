"""Add indicators, measure, and download what proves a value."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from govtech import clock
from govtech.files.views import send_file
from govtech.shell.words import number
from pilots.actions import indicator as actions
from pilots.forms.indicator import IndicatorForm, ValueForm
from pilots.models import Indicator, IndicatorValue, Pilot
from pilots.policies import indicator as policies
from pilots.views.step import given, take
from pilots.views.work import load, step_of


def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an indicator."""
    pilot, at = load(request, slug), clock.now()
    step = step_of(
        pilot,
        title=_("Add an indicator"),
        lead=_("A figure that says whether the pilot works. It is published with its values."),
        button=_("Add the indicator"),
    )
    return take(
        request,
        step,
        IndicatorForm(**given(request)),
        check=partial(policies.check_can_add, pilot, by=request.user, at=at),
        do=lambda data: actions.add(pilot, by=request.user, at=at, **data),
        done=_("The indicator is on the pilot's page."),
    )


def measure(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record a value."""
    rows = Indicator.objects.filter(pilot__in=Pilot.objects.worked_on_by(request.user)).select_related(
        "pilot__challenge__department", "pilot__organisation", "pilot__award"
    )
    indicator, at = get_object_or_404(rows, public_id=public_id), clock.now()
    facts = [
        (_("Indicator"), indicator.name),
        (_("Today's figure"), f"{number(indicator.baseline.normalize())} {indicator.unit}", _("when it was agreed")),
        (_("Target"), f"{number(indicator.target.normalize())} {indicator.unit}"),
        (_("Source"), indicator.source),
    ]
    step = step_of(
        indicator.pilot,
        title=_("Record a measured value"),
        lead=_("It is published at once. A value isn't changed afterwards."),
        button=_("Record the value"),
        facts=facts,
    )
    return take(
        request,
        step,
        ValueForm(initial={"measured_on": clock.local_date(at)}, **given(request)),
        check=partial(policies.check_can_measure, indicator, by=request.user, at=at),
        do=lambda data: actions.measure(indicator, by=request.user, at=at, **data),
        done=_("The value is on the pilot's page."),
    )


def evidence(request: HttpRequest, public_id: str) -> HttpResponse:
    """Download what proves a value: for who works on the pilot."""
    rows = IndicatorValue.objects.filter(
        indicator__pilot__in=Pilot.objects.worked_on_by(request.user), file__isnull=False
    )
    return send_file(get_object_or_404(rows.select_related("file"), file__public_id=public_id).file)
