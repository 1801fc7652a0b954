"""The charter of a pilot, its signatures, and the record of its contract."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from govtech import clock
from govtech.errors import DomainError
from govtech.policies import allows
from pilots.actions import charter as actions
from pilots.forms.charter import CharterForm, ContractForm, WordsForm
from pilots.models import ContractRecord, Pilot, PilotStatus
from pilots.policies import charter as policies
from pilots.policies import pilot as pilot_policies
from pilots.views.step import given, take
from pilots.views.work import address, load, step_of


def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the charter; once the pilot has started, its public words."""
    pilot, at = load(request, slug), clock.now()
    fresh = Pilot.objects.get(pk=pilot.pk)
    is_preparing = pilot.status == PilotStatus.PREPARING
    form_of: Any = CharterForm if is_preparing else WordsForm
    step = step_of(
        pilot,
        title=_("Charter of the pilot") if is_preparing else _("Public words of the pilot"),
        lead=_("What is agreed before the start. Company and department sign it; a change has to be signed again.")
        if is_preparing
        else _("What anybody reads on its public page. What was signed changes by a request only."),
        button=_("Save"),
    )
    return take(
        request,
        step,
        form_of(instance=fresh, **given(request)),
        check=partial(pilot_policies.check_can_write_charter, pilot, by=request.user, at=at),
        do=lambda data: actions.write(pilot, by=request.user, at=at, **data),
        done=_("The charter is saved and on the public page."),
        template="pilots/charter_form.html" if is_preparing else "pilots/step.html",
    )


def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the charter whole; who may, signs it."""
    pilot, at = load(request, slug), clock.now()
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            actions.sign(pilot, version=int(version) if version.isdigit() else 0, by=request.user, at=at)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        messages.success(request, _("Signed."))
        return redirect(address(pilot))
    charter = policies.charter_of(pilot)
    context = {
        "pilot": pilot,
        "charter": charter,
        "districts": list(charter.districts.order_by("number")) if charter else [],
        "missing": policies.missing(pilot),
        "can_sign": allows(policies.check_can_sign, pilot, by=request.user, at=at),
        "can_write": pilot.status == PilotStatus.PREPARING
        and allows(pilot_policies.check_can_write_charter, pilot, by=request.user, at=at),
    }
    return render(request, "pilots/charter.html", context)


def contract(request: HttpRequest, slug: str) -> HttpResponse:
    """Write down the contract."""
    pilot, at = load(request, slug), clock.now()
    record = ContractRecord.objects.filter(pilot=pilot).first()
    initial = {"starts_on": pilot.starts_on, "ends_on": pilot.ends_on} if record is None else {}
    step = step_of(
        pilot,
        title=_("Record of the contract"),
        lead=_("As the city's own systems know it. The reference, the dates and who answers for it are public."),
        button=_("Save"),
    )
    return take(
        request,
        step,
        ContractForm(instance=record, initial=initial, **given(request)),
        check=partial(policies.check_can_record_contract, pilot, by=request.user, at=at),
        do=lambda data: actions.record_contract(pilot, by=request.user, at=at, **data),
        done=_("The contract is written down."),
    )
