"""Deliver, accept, return."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from govtech import clock
from govtech.shell.words import euros, formatted
from pilots.actions import milestone as actions
from pilots.forms.milestone import DeliverForm, GiveBackForm
from pilots.models import Milestone, Pilot
from pilots.policies import milestone as policies
from pilots.views.step import Step, given, press, take
from pilots.views.work import address, step_of


def load(request: HttpRequest, public_id: str) -> Milestone:
    """Return a milestone of a pilot that the person works on, else 404."""
    rows = Milestone.objects.filter(pilot__in=Pilot.objects.worked_on_by(request.user)).select_related(
        "pilot__challenge__department", "pilot__organisation", "pilot__award__commitment"
    )
    return get_object_or_404(rows, public_id=public_id)


def _step(milestone: Milestone, **words: Any) -> Step:
    facts = [
        (_("Milestone"), f"{milestone.number}. {milestone.title}"),
        (_("What is delivered"), milestone.deliverables),
        (_("Accepted when"), milestone.acceptance_criteria),
        (_("Due"), formatted(milestone.due_on, "day")),
        (_("Amount"), euros(milestone.amount_gross), _("with VAT")),
    ]
    return step_of(milestone.pilot, facts=facts, **words)


def deliver(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand in a milestone."""
    milestone, at = load(request, public_id), clock.now()
    step = _step(
        milestone,
        title=_("Deliver: %(title)s") % {"title": milestone.title},
        lead=_("The department will look at it and accept it, or return it saying what is missing."),
        button=_("Deliver"),
        advice=milestone.returned_reason if milestone.status == "returned" else "",
    )
    return take(
        request,
        step,
        DeliverForm(**given(request)),
        check=partial(policies.check_can_deliver, milestone, by=request.user, at=at),
        do=lambda data: actions.deliver(milestone, by=request.user, at=at, **data),
        done=_("Delivered. The department has been told."),
    )


@require_POST
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept a delivery."""
    milestone = load(request, public_id)
    do = partial(actions.accept, milestone, by=request.user, at=clock.now())
    return press(request, do, done=_("Accepted. The company can now invoice it."), back=address(milestone.pilot))


def give_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return a delivery."""
    milestone, at = load(request, public_id), clock.now()
    step = _step(
        milestone,
        title=_("Return: %(title)s") % {"title": milestone.title},
        lead=_("The company mends it and delivers it again."),
        button=_("Return it"),
    )
    return take(
        request,
        step,
        GiveBackForm(**given(request)),
        check=partial(policies.check_can_give_back, milestone, by=request.user, at=at),
        do=lambda data: actions.give_back(milestone, by=request.user, at=at, **data),
        done=_("Returned. The company has been told what is missing."),
    )
