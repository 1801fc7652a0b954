"""The Office prepares another amount, or number of awards, of a published call; the director signs it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.models import Challenge
from challenges.policies import challenge as challenge_policies
from challenges.policies import correction as terms
from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.errors import DomainError
from govtech.reference.models import Rules
from pilots.actions import amount as actions
from pilots.forms.amount import AmountForm
from pilots.policies import credit as policies


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare it: estimated value, credit and time are looked at before the director sees it."""
    at = clock.now()
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user).select_related("department"), slug=slug)
    policies.check_can_prepare(by=request.user, at=at)
    waiting = decisions.open_for(DecisionKind.AMOUNT, challenge)
    try:
        challenge_policies.check_amount_may_change(challenge, at=at)
    except DomainError as refusal:
        return render(
            request, "pilots/amount.html", {"challenge": challenge, "refusal": str(refusal), "waiting": waiting}
        )
    least = terms.least_closing(challenge, at=at)
    form = AmountForm(request.POST if request.method == "POST" else None, challenge=challenge, least=least)
    if request.method == "POST" and not waiting and form.is_valid():
        try:
            actions.prepare(challenge, **form.cleaned_data, by=request.user, at=at)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The new amount is prepared. The director has been told and decides."))
            return redirect("pilots:decisions")
    context = {
        "challenge": challenge,
        "form": form,
        "waiting": waiting,
        "least": least,
        "days": terms.open_time(challenge).days,
        "rules": Rules.objects.in_force(clock.local_date(at)),
    }
    return render(request, "pilots/amount.html", context, status=422 if form.is_bound and form.errors else 200)
