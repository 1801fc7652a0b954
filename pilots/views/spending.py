"""The Office prepares the spending and publication of a challenge, and its cancellation."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges.models import Challenge, Status
from challenges.policies import preflight
from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.files.views import send_file
from govtech.reference.models import Rules
from pilots.actions import credit
from pilots.forms.spending import CancellationForm, SpendingForm
from pilots.models import BudgetLine, YearStatus
from pilots.policies import budget as budget_policies
from pilots.policies import credit as policies


@require_http_methods(["GET", "HEAD", "POST"])
def approve_spending(request: HttpRequest, public_id: str) -> HttpResponse:
    """Propose which lines pay a challenge under review and when it is published; the director approves."""
    at = clock.now()
    challenge = get_object_or_404(
        Challenge.objects.visible_to(request.user).select_related("department"), public_id=public_id
    )
    policies.check_can_prepare(by=request.user, at=at)
    waiting = decisions.open_for(DecisionKind.PUBLICATION, challenge)
    context: dict[str, Any] = {
        "challenge": challenge,
        "at": at,
        "waiting": waiting,
        "is_under_review": challenge.status == Status.SUBMITTED,
        "returned": _returned(challenge),
    }
    if waiting is not None or challenge.status != Status.SUBMITTED or challenge.max_amount_net is None:
        return render(request, "pilots/spending.html", context)
    needed = policies.reserve_of(challenge, at=at)
    form = SpendingForm(
        request.POST if request.method == "POST" else None,
        lines=_lines(at),
        proposed=credit.lines_for(challenge, at=at),
        needed=needed,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            credit.prepare_publication(
                challenge,
                lines=data["lines"],
                publish_at=data["publish_at"],
                rc_certificate=data["rc_certificate"],
                by=request.user,
                at=at,
            )
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The credit is reserved. The director has been told and decides."))
            return redirect("pilots:approve_spending", public_id=challenge.public_id)
    context |= {
        "form": form,
        "proposed": policies.asked_and_available(challenge, at=at),
        "rows": [(form[f"line_{place}"], form[f"amount_{place}"]) for place in range(form.rows)],
        "needed": needed,
        "vat_rate": Rules.objects.in_force(local_date(at)).vat_rate,
        "stops": [check.text for check in preflight.checks(challenge, at=at) if check.level == preflight.STOP],
        "has_lines": bool(form.lines),
    }
    return render(request, "pilots/spending.html", context, status=400 if form.is_bound and form.errors else 200)


def _lines(at: Any) -> list[BudgetLine]:
    """Return the lines of this year and later ones that take entries."""
    rows = BudgetLine.objects.select_related("budget_year").exclude(budget_year__status=YearStatus.CLOSED)
    return list(rows.filter(budget_year__year__gte=local_date(at).year).order_by("budget_year__year", "code", "pk"))


def _returned(challenge: Challenge) -> PreparedDecision | None:
    """Return the last one when it came back with a comment."""
    last = (
        PreparedDecision.objects.of(challenge)
        .filter(kind=DecisionKind.PUBLICATION)
        .select_related("returned_by")
        .order_by("-prepared_at", "-pk")
        .first()
    )
    return last if last is not None and last.returned_at else None


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare the cancellation of a published call."""
    at = clock.now()
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user).select_related("department"), slug=slug)
    policies.check_can_prepare(by=request.user, at=at)
    waiting = decisions.open_for(DecisionKind.CANCELLATION, challenge)
    refusal = ""
    try:
        policies.check_can_prepare_cancellation(challenge, by=request.user, at=at)
    except DomainError as reason:
        refusal = str(reason)
    form = CancellationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not waiting and form.is_valid():
        try:
            credit.prepare_cancellation(challenge, reason=form.cleaned_data["reason"], by=request.user, at=at)
        except DomainError as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(request, _("The cancellation is prepared. The director has been told and decides."))
            return redirect("pilots:decisions")
    context = {"challenge": challenge, "form": form, "waiting": waiting, "refusal": refusal}
    return render(request, "pilots/cancel.html", context, status=400 if form.is_bound and form.errors else 200)


@require_safe
def needs_report(request: HttpRequest, public_id: str) -> HttpResponse:
    """The needs report with the statement against splitting, for the Office, directors and auditors."""
    challenge = get_object_or_404(
        Challenge.objects.visible_to(request.user).select_related("needs_report"), public_id=public_id
    )
    budget_policies.check_can_see_management(by=request.user, at=clock.now())
    if challenge.needs_report is None:
        raise Http404
    return send_file(challenge.needs_report)
