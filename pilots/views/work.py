"""The inside page of a pilot and what moves it: start, pauses, early end, decision."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from govtech import clock
from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.shell.words import euros, formatted
from pilots.actions import pilot as actions
from pilots.forms.pilot import DecisionForm, ReasonForm, SendBackForm, StartForm, TerminationForm
from pilots.models import ContractRecord, Deliverable, Milestone, MilestoneStatus, Pilot, PilotStatus
from pilots.policies import charter as charter_policies
from pilots.policies import indicator as indicator_policies
from pilots.policies import invoice as invoice_policies
from pilots.policies import milestone as milestone_policies
from pilots.policies import pilot as policies
from pilots.views.pilot import indicators_of, invoice_or_none
from pilots.views.step import Step, back_to_pilot, changed_meanwhile, given, press, take


def load(request: HttpRequest, slug: str) -> Pilot:
    """Return the pilot. PermissionDenied for who doesn't work on it."""
    rows = Pilot.objects.visible_to(request.user).select_related(
        "challenge__department", "organisation", "award__commitment__expenditure"
    )
    pilot = get_object_or_404(rows, slug=slug)
    policies.check_can_see_work(pilot, by=request.user, at=clock.now())
    return pilot


def address(pilot: Pilot) -> str:
    """Return the address of the inside page."""
    return reverse("pilots:work", kwargs={"slug": pilot.slug})


def facts_of(pilot: Pilot) -> list[tuple[Any, ...]]:
    """Return what stands beside a form about a pilot."""
    return [
        (_("Pilot"), f"{pilot.reference} · {pilot.title}"),
        (_("Company"), pilot.organisation.name),
        (_("Department"), str(pilot.challenge.department)),
        (_("Amount"), euros(pilot.award.amount_gross), _("with VAT")),
        (_("Ends"), formatted(pilot.ends_on, "day")),
    ]


def step_of(pilot: Pilot, **words: Any) -> Step:
    """Return a page about the pilot with those words."""
    known = {
        "back": address(pilot),
        "back_label": back_to_pilot(),
        "eyebrow": pilot.reference,
        "facts": facts_of(pilot),
    }
    return Step(**{**known, **words})


def work(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is going on in a pilot, and what this person can do now."""
    pilot = load(request, slug)
    at = clock.now()
    today = clock.local_date(at)
    rows = Milestone.objects.filter(pilot=pilot).select_related("invoice").prefetch_related("files__file")
    milestones = []
    for milestone in rows.order_by("number"):
        milestone.pilot = pilot
        milestones.append(_row(milestone, request.user, at))
    label, tone = pilot.standing(today)
    termination = decisions.open_for(DecisionKind.TERMINATION, pilot)
    context = {
        "pilot": pilot,
        "department": str(pilot.challenge.department),
        "state": label,
        "tone": tone,
        "milestones": milestones,
        "indicators": indicators_of(pilot),
        "termination": termination,
        "can": _can(pilot, request.user, at),
        "sees_invoicing": allows(policies.check_can_see_invoicing, pilot, by=request.user, at=at),
        "is_office": roles.is_staff_role(request.user),
        "commitment": pilot.award.commitment,
        "charter": charter_policies.charter_of(pilot),
        "missing": charter_policies.missing(pilot) if pilot.status == PilotStatus.PREPARING else [],
        "record": ContractRecord.objects.filter(pilot=pilot).first(),
    }
    return render(request, "pilots/work.html", context)


def _row(milestone: Milestone, user: Any, at: datetime) -> dict[str, Any]:
    """Return a milestone with what this person can do to it; reads nothing more."""
    invoice = invoice_or_none(milestone)
    may_record = (
        invoice is None
        and milestone.status == MilestoneStatus.ACCEPTED
        and allows(invoice_policies.check_can_record, milestone, by=user, at=at)
    )
    return {
        "milestone": milestone,
        "standing": milestone.standing(clock.local_date(at)),
        "invoice": invoice,
        "can_deliver": allows(milestone_policies.check_can_deliver, milestone, by=user, at=at),
        "can_accept": allows(milestone_policies.check_can_accept, milestone, by=user, at=at),
        "can_record": may_record,
        "can_pay": invoice is not None and allows(invoice_policies.check_can_pay, invoice, by=user, at=at),
    }


def _can(pilot: Pilot, user: Any, at: datetime) -> dict[str, bool]:
    checks = {
        "charter": policies.check_can_write_charter,
        "start": policies.check_can_start,
        "sign": charter_policies.check_can_sign,
        "contract": charter_policies.check_can_record_contract,
        "suspend": policies.check_can_suspend,
        "resume": policies.check_can_resume,
        "terminate": policies.check_can_prepare_termination,
        "decide": policies.check_can_decide,
        "add": indicator_policies.check_can_add,
        "measure": indicator_policies.check_can_measure_in,
    }
    can = {name: allows(check, pilot, by=user, at=at) for name, check in checks.items()}
    can["is_agreed"] = pilot.status != PilotStatus.PREPARING or allows(charter_policies.check_is_agreed, pilot)
    can["start"] = can["start"] and can["is_agreed"]
    return can


def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a pilot."""
    pilot, at = load(request, slug), clock.now()
    step = step_of(
        pilot,
        title=_("Start the pilot"),
        lead=_("The company, the department and the Office are told, and the first milestone's date begins to count."),
        button=_("Start the pilot"),
    )
    form = StartForm(initial={"starts_on": max(pilot.starts_on, clock.local_date(at))}, **given(request))
    return take(
        request,
        step,
        form,
        check=partial(policies.check_can_start, pilot, by=request.user, at=at),
        do=lambda data: actions.start(pilot, by=request.user, at=at, **data),
        done=_("The pilot has started."),
    )


def suspend(request: HttpRequest, slug: str) -> HttpResponse:
    """Suspend a pilot."""
    pilot, at = load(request, slug), clock.now()
    step = step_of(
        pilot,
        title=_("Suspend the pilot"),
        lead=_("Nothing is delivered while it is suspended. Dates and money stay as they are."),
        button=_("Suspend"),
    )
    return take(
        request,
        step,
        ReasonForm(**given(request)),
        check=partial(policies.check_can_suspend, pilot, by=request.user, at=at),
        do=lambda data: actions.suspend(pilot, by=request.user, at=at, **data),
        done=_("The pilot is suspended."),
    )


@require_POST
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Take up a suspended pilot."""
    pilot = load(request, slug)
    do = partial(actions.resume, pilot, by=request.user, at=clock.now())
    return press(request, do, done=_("The pilot goes on."), back=address(pilot))


def terminate(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare the early end of a pilot."""
    pilot, at = load(request, slug), clock.now()
    step = step_of(
        pilot,
        title=_("End the pilot early"),
        lead=_("A director approves it. What was accepted is paid; the rest of the money becomes available again."),
        button=_("Send to the director"),
        danger=True,
    )
    return take(
        request,
        step,
        TerminationForm(**given(request)),
        check=partial(policies.check_can_prepare_termination, pilot, by=request.user, at=at),
        do=lambda data: actions.prepare_termination(pilot, by=request.user, at=at, **data),
        done=_("The director has it. The pilot goes on until it is approved."),
    )


def approve_termination(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide on the early end: approve, or return with a comment."""
    pilot, at = load(request, slug), clock.now()
    decision = decisions.open_for(DecisionKind.TERMINATION, pilot)
    if not roles.is_staff_role(request.user):
        raise PermissionDenied(_("Only a director approves the early end of a pilot."))
    form = SendBackForm(request.POST if request.POST.get("answer") == "return" else None)
    if request.method == "POST":
        back = address(pilot)
        if not roles.is_director(request.user):
            raise PermissionDenied(_("Only a director approves the early end of a pilot."))
        if changed_meanwhile(request, decision):
            return redirect(request.path)
        if request.POST.get("answer") == "approve":
            do = partial(actions.approve_termination, pilot, by=request.user, at=at)
            return press(request, do, done=_("The pilot has ended. Its money is free again."), back=back)
        if not form.is_bound:
            return redirect(back)
        if form.is_valid():
            do = partial(actions.return_termination, pilot, by=request.user, at=at, **form.cleaned_data)
            return press(request, do, done=_("Returned to the officer who prepared it."), back=back)
    milestones = list(Milestone.objects.filter(pilot=pilot).order_by("number"))
    kept = [row for row in milestones if row.status == MilestoneStatus.ACCEPTED]
    lost = [row for row in milestones if row.status not in (MilestoneStatus.ACCEPTED, MilestoneStatus.CANCELLED)]
    context = {
        "pilot": pilot,
        "decision": decision,
        "form": form,
        "kept": kept,
        "lost": lost,
        "kept_gross": sum(row.amount_gross for row in kept),
        "lost_gross": sum(row.amount_gross for row in lost),
        "can_approve": allows(policies.check_can_approve_termination, pilot, by=request.user, at=at),
        "can_return": allows(policies.check_can_return_termination, pilot, by=request.user, at=at),
        "is_own": decision is not None and decision.prepared_by_id == request.user.pk,
    }
    return render(request, "pilots/approve_termination.html", context, status=422 if form.is_bound else 200)


def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the decision on a pilot."""
    pilot, at = load(request, slug), clock.now()
    results = [
        (row["name"], f"{row['percent']} %" if row["percent"] is not None else _("not measured"))
        for row in indicators_of(pilot)
    ]
    step = step_of(
        pilot,
        title=_("Decision on the pilot"),
        lead=_("It is published with the results. It can't be changed afterwards."),
        button=_("Publish the decision"),
        facts=[*facts_of(pilot), *((name, result, _("of the way to the target")) for name, result in results)],
    )
    return take(
        request,
        step,
        DecisionForm(**given(request)),
        check=partial(policies.check_can_decide, pilot, by=request.user, at=at),
        do=lambda data: actions.decide(pilot, by=request.user, at=at, **data),
        done=_("The decision is published."),
        back=pilot.get_absolute_url(),
    )


def deliverable(request: HttpRequest, public_id: str) -> HttpResponse:
    """Download a delivered file: for who works on the pilot."""
    rows = Deliverable.objects.filter(milestone__pilot__in=Pilot.objects.worked_on_by(request.user))
    found = get_object_or_404(rows.select_related("file"), public_id=public_id)
    return send_file(found.file)
