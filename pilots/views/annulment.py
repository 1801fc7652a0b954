"""The annulment of an award after an upheld review: an officer prepares it, a director approves or returns it."""

from functools import partial

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from govtech import clock
from govtech.policies import allows
from govtech.shell.words import euros
from pilots.actions import annulment as actions
from pilots.forms.pilot import AnnulmentForm, SendBackForm
from pilots.models import Award, Pilot
from pilots.policies import annulment as policies
from pilots.policies import award as award_policies
from pilots.views.approval import approves
from pilots.views.award import address, load_award
from pilots.views.step import Step, changed_meanwhile, given, press, take


def _load(request: HttpRequest, public_id: str) -> Award:
    """Return the award. PermissionDenied for its organisation and for who isn't of the Office."""
    award = load_award(request, public_id)
    award_policies.check_can_see(award.resolution.challenge, by=request.user, at=clock.now())
    return award


def prepare(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put the annulment before a director."""
    award, at = _load(request, public_id), clock.now()
    challenge = award.resolution.challenge
    step = Step(
        title=_("Annul the award"),
        lead=_(
            "A director approves it. The pilot ends, the money that isn't owed is free for the next in the ranking, "
            "and everybody who took part is told."
        ),
        button=_("Send to the director"),
        back=address(challenge),
        back_label=_("Award"),
        eyebrow=challenge.reference,
        danger=True,
        facts=[
            (_("Organisation"), award.proposal.organisation.name),
            (_("Amount"), euros(award.amount_gross), _("with VAT")),
        ],
    )
    return take(
        request,
        step,
        AnnulmentForm(**given(request), reviews=policies.reviews_upheld(award)),
        check=partial(policies.check_can_prepare, award, by=request.user, at=at),
        do=lambda data: actions.prepare(award, by=request.user, at=at, **data),
        done=_("The director has it. The award stands until it is approved."),
    )


@reauthentication_required(enabled=approves)
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide on it: approve, or return with a comment."""
    award, at, user = _load(request, public_id), clock.now(), request.user
    decision = policies.waiting(award)
    form = SendBackForm(request.POST if request.POST.get("answer") == "return" else None)
    if request.method == "POST":
        back = address(award.resolution.challenge)
        policies.check_is_director(user)
        if changed_meanwhile(request, decision):
            return redirect(request.path)
        if request.POST.get("answer") == "approve":
            do = partial(actions.approve, award, by=user, at=at)
            return press(request, do, done=_("Annulled. Everybody has been told."), back=back)
        if not form.is_bound:
            return redirect(back)
        if form.is_valid():
            do = partial(actions.send_back, award, by=user, at=at, **form.cleaned_data)
            return press(request, do, done=_("Returned to the officer who prepared it."), back=back)
    pilot = Pilot.objects.select_related("award__commitment").get(award=award)
    is_own = decision is not None and decision.prepared_by_id == user.pk
    context = {
        "award": award,
        "pilot": pilot,
        "decision": decision,
        "form": form,
        "reviews": [
            row
            for row in policies.reviews_upheld(award)
            if decision and row.public_id == decision.payload.get("review")
        ],
        "owed": pilot.award.commitment.o,
        "freed": pilot.award.commitment.d - pilot.award.commitment.o,
        "is_own": is_own,
        "can_approve": not is_own and allows(policies.check_can_approve, award, by=user, at=at),
        "can_return": allows(policies.check_can_return, award, by=user, at=at),
    }
    return render(request, "pilots/approve_annulment.html", context, status=422 if request.method == "POST" else 200)
