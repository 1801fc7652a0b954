"""What waits for a second person: one list for all kinds, and the page on which budget and spending are decided."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges.models import Challenge
from challenges.policies import challenge as challenge_policies
from challenges.policies import preflight
from govtech import clock
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.models import Rules
from pilots.actions import amount, budget, closing, credit, direct, owed
from pilots.forms.decision import ReturnForm
from pilots.models import BudgetLine, BudgetYear, CreditKind, DirectContract, Expenditure, Initiative, YearStatus
from pilots.policies import decision as policies
from pilots.policies import direct as direct_policies

LATELY = 20


def _enter(request: HttpRequest) -> None:
    if not policies.may_see_decisions(request.user):
        raise PermissionDenied(_("Only the Digital Office and internal control see what waits for approval."))


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Everything that waits for a second person: what this one may decide first."""
    _enter(request)
    user, at = request.user, clock.now()
    rows = policies.waiting_for(user)
    mine = [row for row in rows if not row.is_own and policies.get(row.decision.kind).may(user)]
    decided = (
        PreparedDecision.objects.exclude(approved_at=None, returned_at=None)
        .select_related("prepared_by", "approved_by", "returned_by")
        .order_by("-prepared_at", "-pk")[:LATELY]
    )
    context = {
        "at": at,
        "mine": mine,
        "others": [row for row in rows if row not in mine],
        "decided": policies.described(decided, user),
    }
    return render(request, "pilots/decisions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One decision on a page that fits a phone: what is signed, the figures, approve or return with a comment."""
    _enter(request)
    decision = get_object_or_404(
        PreparedDecision.objects.select_related("prepared_by", "approved_by", "returned_by"), public_id=public_id
    )
    [row] = policies.described([decision], request.user) or [None]
    if row is None:
        raise Http404
    sheet = SHEETS.get(decision.kind)
    if sheet is None:  # another part of the portal has its own page for it
        return redirect(row.url)
    at, target = clock.now(), _target(decision)
    form = ReturnForm(request.POST if request.POST.get("answer") == "return" else None)
    if request.method == "POST":
        if _answer(request, decision, target, form, at=at):
            return redirect("pilots:decisions")
        decision.refresh_from_db()
    is_waiting = decision.approved_at is None and decision.returned_at is None
    context = {
        "at": at,
        "decision": decision,
        "title": row.title,
        "form": form,
        "is_own": row.is_own and is_waiting,
        "can_approve": is_waiting and not row.is_own and policies.get(decision.kind).may(request.user),
        "can_return": is_waiting and row.is_own,
        "is_waiting": is_waiting,
        **sheet(decision, target, at),
    }
    return render(request, "pilots/decision.html", context, status=400 if form.is_bound and form.errors else 200)


def _target(decision: PreparedDecision) -> Any:
    if decision.kind in (DecisionKind.CREDIT, DecisionKind.BUDGET_YEAR):
        return get_object_or_404(BudgetYear, pk=decision.target_id)
    if decision.kind in (DecisionKind.CONTRACT, DecisionKind.CONTRACT_END):
        rows = DirectContract.objects.select_related("commitment__expenditure", "commitment__supplier")
        return get_object_or_404(rows, pk=decision.target_id)
    return get_object_or_404(Challenge.objects.select_related("department"), pk=decision.target_id)


def _answer(request: HttpRequest, decision: PreparedDecision, target: Any, form: ReturnForm, *, at: datetime) -> bool:
    """Carry out what was answered; False when the page is shown again with what is wrong."""
    if decision.approved_at or decision.returned_at:
        messages.error(request, _("This was decided already."))
        return False
    try:
        if request.POST.get("answer") == "approve":
            _approve(decision, target, by=request.user, at=at)
            messages.success(request, _("Approved."))
            return True
        if form.is_bound and form.is_valid():
            _send_back(decision, target, comment=form.cleaned_data["comment"], by=request.user, at=at)
            messages.success(request, _("Returned with your comment."))
            return True
    except DomainError as refusal:
        if refusal.field in form.fields and form.is_bound:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.error(request, str(refusal))
    return False


def _approve(decision: PreparedDecision, target: Any, **who: Any) -> None:
    if decision.kind == DecisionKind.PUBLICATION:
        credit.approve_challenge(target, lines=decision.payload["lines"], **who)
    elif decision.kind == DecisionKind.CANCELLATION:
        credit.approve_cancellation(target, **who)
    elif decision.kind == DecisionKind.AMOUNT:
        amount.approve(target, **who)
    elif decision.kind == DecisionKind.CREDIT:
        budget.approve_credit_change(target, **who)
    elif decision.kind == DecisionKind.CONTRACT:
        direct.approve(target, **who)
    elif decision.kind == DecisionKind.CONTRACT_END:
        direct.approve_end(target, **who)
    else:
        budget.approve_year_move(target, **who)


def _send_back(decision: PreparedDecision, target: Any, **said: Any) -> None:
    if decision.kind == DecisionKind.PUBLICATION:
        credit.send_back_publication(target, **said)
    elif decision.kind == DecisionKind.CANCELLATION:
        credit.send_back_cancellation(target, **said)
    elif decision.kind == DecisionKind.AMOUNT:
        amount.send_back(target, **said)
    elif decision.kind == DecisionKind.CONTRACT:
        direct.send_back(target, **said)
    elif decision.kind == DecisionKind.CONTRACT_END:
        direct.send_back_end(target, **said)
    else:
        budget.send_back(decision, **said)


# What each kind shows -------------------------------------------------------------------------------


def _publication(decision: PreparedDecision, challenge: Challenge, at: datetime) -> dict[str, Any]:
    amounts = {part["line"]: Decimal(part["amount"]) for part in decision.payload["lines"]}
    lines = BudgetLine.objects.select_related("budget_year").filter(pk__in=amounts)
    rows = [{"line": line, "amount": amounts[line.pk]} for line in lines.order_by("budget_year__year", "code", "pk")]
    publish_at = decision.payload["publish_at"]
    return {
        "sheet": "pilots/_decide_publication.html",
        "approve_label": _("Authorise the spending and publish"),
        "challenge": challenge,
        "rows": rows,
        "total": sum(amounts.values()),
        "publish_at": parse_datetime(publish_at) if publish_at else None,
        "checks": [(check.level, check.text) for check in preflight.checks(challenge, at=at)]
        if decision.approved_at is None
        else [],
        "vat_rate": Rules.objects.in_force(local_date(at)).vat_rate,
    }


def _cancellation(decision: PreparedDecision, challenge: Challenge, at: datetime) -> dict[str, Any]:
    expenditure = Expenditure.objects.get(challenge=challenge)
    rows = list(
        expenditure.lines.select_related("line__budget_year").order_by("line__budget_year__year", "line__code", "pk")
    )
    return {
        "sheet": "pilots/_decide_cancellation.html",
        "approve_label": _("Cancel the challenge"),
        "challenge": challenge,
        "rows": [{"line": row.line, "amount": row.a - row.d + row.rc} for row in rows],
    }


def _amount(decision: PreparedDecision, challenge: Challenge, at: datetime) -> dict[str, Any]:
    said = decision.payload
    amounts = {int(line): Decimal(change) for line, change in said["lines"].items()}
    lines = BudgetLine.objects.select_related("budget_year").filter(pk__in=amounts)
    return {
        "sheet": "pilots/_decide_amount.html",
        "approve_label": _("Sign the new amount"),
        "challenge": challenge,
        "max_amount_net": Decimal(said["max_amount_net"]),
        "awards_planned": said["awards_planned"],
        "closes_at": amount.closing_if_signed(decision, challenge, at=at) if _may_change(challenge, at) else None,
        "rows": [
            {"line": line, "amount": amounts[line.pk]} for line in lines.order_by("budget_year__year", "code", "pk")
        ],
        "total": sum(amounts.values()),
        "vat_rate": Rules.objects.in_force(local_date(at)).vat_rate,
    }


def _may_change(challenge: Challenge, at: datetime) -> bool:
    try:
        challenge_policies.check_amount_may_change(challenge, at=at)
    except DomainError:
        return False
    return True


def _credit(decision: PreparedDecision, year: BudgetYear, at: datetime) -> dict[str, Any]:
    amounts = {change["line"]: Decimal(change["amount"]) for change in decision.payload["changes"]}
    lines = year.lines.filter(pk__in=amounts).order_by("code", "pk")
    return {
        "sheet": "pilots/_decide_credit.html",
        "approve_label": _("Approve the change of credit"),
        "year": year,
        "kind_label": CreditKind(decision.payload["kind"]).label,
        "initiative": Initiative.objects.filter(pk=decision.payload.get("initiative")).first(),
        "is_withholding": decision.payload["kind"] == CreditKind.NOT_AVAILABLE,
        "rows": [{"line": line, "amount": amounts[line.pk], "after": line.credit + amounts[line.pk]} for line in lines],
    }


def _year(decision: PreparedDecision, year: BudgetYear, at: datetime) -> dict[str, Any]:
    opens = decision.payload["to"] == YearStatus.OPEN
    return {
        "sheet": "pilots/_decide_year.html",
        "approve_label": _("Open the year") if opens else _("Close the year"),
        "year": year,
        "opens": opens,
        "rows": year.lines.order_by("code", "pk"),
        "closing": closing.shown(decision.payload),
    }


def _contract(decision: PreparedDecision, contract: DirectContract, at: datetime) -> dict[str, Any]:
    ends = decision.kind == DecisionKind.CONTRACT_END
    amounts = {int(line): Decimal(amount) for line, amount in decision.payload.get("lines", {}).items()}
    lines = BudgetLine.objects.select_related("budget_year").filter(pk__in=amounts)
    parts = contract.parts.order_by("number")
    return {
        "sheet": "pilots/_decide_contract.html",
        "approve_label": _("End the contract") if ends else _("Sign the contract"),
        "contract": contract,
        "supplier": owed.name_of(contract.commitment),
        "parts": parts.filter(accepted_at__isnull=True) if ends else parts,
        "rows": [
            {"line": line, "amount": amounts[line.pk]} for line in lines.order_by("budget_year__year", "code", "pk")
        ],
        "warning": "" if ends else direct_policies.warning_of(contract.commitment, contract.route, at=at),
    }


SHEETS: dict[str, Callable[[PreparedDecision, Any, datetime], dict[str, Any]]] = {
    DecisionKind.PUBLICATION: _publication,
    DecisionKind.CANCELLATION: _cancellation,
    DecisionKind.AMOUNT: _amount,
    DecisionKind.CREDIT: _credit,
    DecisionKind.BUDGET_YEAR: _year,
    DecisionKind.CONTRACT: _contract,
    DecisionKind.CONTRACT_END: _contract,
}
