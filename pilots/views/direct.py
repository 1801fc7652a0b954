"""Contracts of technical assistance and Govtech4All contributions, from inside: entered, signed, accepted, paid."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from govtech import clock
from govtech.audit.models import PreparedDecision
from govtech.files.views import send_file
from govtech.policies import allows
from govtech.shell.words import euros, formatted
from pilots.actions import direct as actions
from pilots.actions import invoice as invoices
from pilots.actions.owed import name_of
from pilots.forms.direct import AcceptanceForm, DirectForm, EndForm
from pilots.forms.invoice import InvoiceForm, PaymentForm
from pilots.models import ContractPart, DirectContract, DirectStatus, Invoice, LedgerEntry
from pilots.policies import budget as budget_policies
from pilots.policies import decision as decisions
from pilots.policies import direct as policies
from pilots.policies import invoice as invoice_policies
from pilots.views.step import Step, given, press, take

PAGE = 50


def _enter(request: HttpRequest) -> Any:
    at = clock.now()
    budget_policies.check_can_see_management(by=request.user, at=at)
    return at


def _contract(request: HttpRequest, public_id: str) -> DirectContract:
    rows = DirectContract.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("commitment__expenditure", "commitment__supplier", "initiative"), public_id=public_id
    )


def load_part(request: HttpRequest, public_id: str) -> ContractPart:
    """Return a delivery that the user may know of, with its contract."""
    rows = ContractPart.objects.filter(contract__in=DirectContract.objects.visible_to(request.user))
    related = ("contract__commitment__expenditure", "contract__commitment__supplier", "invoice")
    return get_object_or_404(rows.select_related(*related), public_id=public_id)


def address(contract: DirectContract) -> str:
    """Return the page of a contract."""
    return reverse("pilots:direct", kwargs={"public_id": contract.public_id})


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every contract and contribution that the Office entered, the newest first."""
    at = _enter(request)
    rows = DirectContract.objects.select_related("commitment__expenditure", "commitment__supplier").order_by("-pk")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "can_prepare": allows(policies.check_can_prepare, by=request.user, at=at),
    }
    return render(request, "pilots/directs.html", context)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One contract: what it says, its deliveries, its money, what waits."""
    at = _enter(request)
    contract = _contract(request, public_id)
    commitment = contract.commitment
    parts = list(contract.parts.select_related("invoice", "accepted_by").order_by("number"))
    for part in parts:
        part.contract = contract
    waiting = PreparedDecision.objects.of(contract).waiting().select_related("prepared_by")
    last = PreparedDecision.objects.of(contract).exclude(returned_at=None).order_by("-returned_at").first()
    entries = LedgerEntry.objects.filter(expenditure=commitment.expenditure).select_related(
        "line__budget_year", "made_by"
    )
    user = request.user
    context = {
        "at": at,
        "today": clock.local_date(at),
        "contract": contract,
        "commitment": commitment,
        "expenditure": commitment.expenditure,
        "supplier": name_of(commitment),
        "tone": DirectStatus(contract.status).tone,
        "rows": [_row(part, user, at) for part in parts],
        "annuities": commitment.expenditure.lines.select_related("line__budget_year").order_by(
            "line__budget_year__year", "line__code"
        ),
        "entries": entries.order_by("-made_at", "-pk"),
        "waits": decisions.described(waiting, user),
        "comment": last.comment if last and contract.status == DirectStatus.RETURNED else "",
        "can_rewrite": allows(policies.check_can_rewrite, contract, by=user, at=at),
        "can_end": allows(policies.check_can_prepare_end, contract, by=user, at=at) and not waiting,
    }
    return render(request, "pilots/direct.html", context)


def _row(part: ContractPart, user: Any, at: Any) -> dict[str, Any]:
    invoice = getattr(part, "invoice", None)
    return {
        "part": part,
        "invoice": invoice,
        "can_accept": not part.is_cancelled and allows(policies.check_can_accept, part, by=user, at=at),
        "can_reject": part.accepted_at is not None and allows(invoice_policies.check_can_reject, part, by=user, at=at),
        "can_record": allows(invoice_policies.check_can_record, part, by=user, at=at),
        "can_pay": invoice is not None and allows(invoice_policies.check_can_pay, invoice, by=user, at=at),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Enter a contract or contribution."""
    at = _enter(request)
    step = _step(_("New contract or contribution"), reverse("pilots:directs"), _("Contracts of the Office"))
    form = DirectForm(request.POST if request.method == "POST" else None)
    return take(
        request,
        step,
        form,
        check=partial(policies.check_can_prepare, by=request.user, at=at),
        do=lambda _data: actions.prepare(form.terms(), by=request.user, at=at),
        done=_("It waits for another person's approval."),
    )


def _step(title: str, back: str, label: str) -> Step:
    lead = _("Its money is reserved at once, in the year of each delivery. Another person signs it.")
    return Step(title, _("Reserve and send for approval"), back, label, lead=lead)


@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write again what was returned."""
    at = _enter(request)
    contract = _contract(request, public_id)
    form = DirectForm(request.POST if request.method == "POST" else None, initial=_initial(contract))
    return take(
        request,
        _step(_("Change %(reference)s") % {"reference": contract.reference}, address(contract), contract.reference),
        form,
        check=partial(policies.check_can_rewrite, contract, by=request.user, at=at),
        do=lambda _data: actions.rewrite(contract, form.terms(), by=request.user, at=at),
        done=_("It waits for another person's approval."),
    )


def _initial(contract: DirectContract) -> dict[str, Any]:
    commitment, expenditure = contract.commitment, contract.commitment.expenditure
    country = commitment.supplier.country if commitment.supplier else "ES" if commitment.supplier_tax_id else ""
    initial = {
        "kind": expenditure.kind, "title": expenditure.title, "purpose": contract.purpose,
        "line_code": contract.line_code, "supplier_name": commitment.supplier_name, "supplier_country": country,
        "supplier_tax_id": commitment.supplier_tax_id, "vat_regime": commitment.vat_regime, "route": contract.route,
        "initiative": contract.initiative_id,
        "case_file": expenditure.case_file, "rc_certificate": expenditure.rc_certificate,
    }  # fmt: skip
    for part in contract.parts.all():
        said = {"title": part.title, "due": part.due_on, "amount": part.amount_net}
        initial |= {f"{name}_{part.number}": value for name, value in said.items()}
    return initial


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Drop what was returned."""
    at = _enter(request)
    contract = _contract(request, public_id)
    policies.check_can_prepare(by=request.user, at=at)
    return press(
        request,
        lambda: actions.drop(contract, by=request.user, at=at),
        done=_("Dropped. Nothing of it is reserved."),
        back=address(contract),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Prepare the early end of a contract."""
    at = _enter(request)
    contract = _contract(request, public_id)
    lead = _("What isn't accepted by then is not paid, and its money is free again. Another person signs it.")
    title = _("End %(reference)s early") % {"reference": contract.reference}
    step = Step(title, _("Send for approval"), address(contract), contract.reference, lead=lead, danger=True)
    return take(
        request,
        step,
        EndForm(request.POST if request.method == "POST" else None),
        check=partial(policies.check_can_prepare_end, contract, by=request.user, at=at),
        do=lambda data: actions.prepare_end(contract, by=request.user, at=at, **data),
        done=_("It waits for another person's approval."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept a delivery."""
    at = _enter(request)
    part = load_part(request, public_id)
    step = _part_step(part, _("Accept the delivery"), _("Accept"), _("Another person records its invoice."))
    return take(
        request,
        step,
        AcceptanceForm(request.POST if request.method == "POST" else None),
        check=partial(policies.check_can_accept, part, by=request.user, at=at),
        do=lambda data: actions.accept(part, by=request.user, at=at, **data),
        done=_("Accepted. It can be invoiced now."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record the invoice of a delivery."""
    at = _enter(request)
    part = load_part(request, public_id)
    lead = _("Recording it recognises the obligation to pay (O).")
    return take(
        request,
        _part_step(part, _("Record the invoice"), _("Record the invoice"), lead),
        InvoiceForm(**given(request)),
        check=partial(invoice_policies.check_can_record, part, by=request.user, at=at),
        do=lambda data: invoices.record(part, by=request.user, at=at, **data),
        done=_("The invoice is recorded."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record the payment of a delivery's invoice."""
    at = _enter(request)
    part = load_part(request, public_id)
    invoice = get_object_or_404(Invoice, part=part)
    title = _("Record the payment of invoice %(number)s") % {"number": invoice.number}
    return take(
        request,
        _part_step(part, title, _("Record the payment"), ""),
        PaymentForm(**given(request)),
        check=partial(invoice_policies.check_can_pay, invoice, by=request.user, at=at),
        do=lambda data: invoices.pay(invoice, by=request.user, at=at, **data),
        done=_("The payment is recorded."),
    )


@require_safe
def electronic(request: HttpRequest, public_id: str) -> HttpResponse:
    """The electronic invoice of a delivery as it came in."""
    _enter(request)
    part = load_part(request, public_id)
    invoice = get_object_or_404(Invoice.objects.select_related("file"), part=part, file__isnull=False)
    return send_file(invoice.file)


def _part_step(part: ContractPart, title: str, button: str, lead: str) -> Step:
    contract = part.contract
    facts: list[tuple[Any, ...]] = [
        (_("Delivery"), f"{part.number}. {part.title}"),
        (_("Supplier"), name_of(contract.commitment)),
        (_("Due"), formatted(part.due_on, "day")),
        (_("Base"), euros(part.amount_net)),
        (_("VAT"), euros(part.vat)),
        (_("Total"), euros(part.amount_gross)),
    ]
    return Step(
        title, button, address(contract), contract.reference, eyebrow=contract.reference, lead=lead, facts=facts
    )
