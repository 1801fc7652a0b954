"""Contracts of technical assistance and Govtech4All contributions: reserved as they are entered, signed by another.

The same ledger as for awards: RC while they wait, A and D with the signature (D of a provisional year once it opens), O
with the invoice of each accepted part, P when it is paid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import ReferenceCounter
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.reference.models import Rules
from pilots.actions import annuity, direct_lock, ledger
from pilots.calculations.money import ZERO, milestone_amounts
from pilots.calculations.plan import by_year
from pilots.models import (
    BudgetLine,
    Commitment,
    ContractPart,
    DirectContract,
    DirectStatus,
    Expenditure,
    ExpenditureKind,
    Initiative,
    LedgerPhase,
    YearStatus,
)
from pilots.notifications import decision as notifications
from pilots.policies import decision as kinds
from pilots.policies import direct as policies
from startups.calculations.vat import gross, rate_of
from startups.models import Organisation

PREFIX = "CONTRATO"


@dataclass(frozen=True)
class Part:
    """What is delivered, when, and for how much without VAT."""

    title: str
    due_on: date
    amount_net: Decimal


@dataclass(frozen=True)
class Terms:
    """What a contract or contribution says. `parts` in the order in which they are delivered; one is enough."""

    kind: str
    title: str
    purpose: str
    line_code: str
    supplier_name: str
    supplier_tax_id: str
    vat_regime: str
    parts: tuple[Part, ...]
    route: str = ""
    initiative: Initiative | None = None
    case_file: str = ""
    rc_certificate: str = ""

    @property
    def net(self) -> Decimal:
        """Euros without VAT of the whole."""
        return sum((part.amount_net for part in self.parts), ZERO)


@transaction.atomic
def prepare(terms: Terms, *, by: User, at: datetime) -> DirectContract:
    """Enter a contract, reserve what it costs in each year (RC) and put it before the director.

    Raises `DomainError` beside the field that is wrong, and naming the line without enough credit.
    """
    policies.check_can_prepare(by=by, at=at)
    _check(terms, at=at)
    expenditure = Expenditure(kind=terms.kind, created_at=at, created_by=by)
    commitment = Commitment(expenditure=expenditure, created_at=at, created_by=by)
    contract = DirectContract(commitment=commitment, reference=ReferenceCounter.next(PREFIX, clock.local_date(at).year))
    return _send(contract, terms, by=by, at=at)


@transaction.atomic
def rewrite(contract: DirectContract, terms: Terms, *, by: User, at: datetime) -> DirectContract:
    """Write again what was returned, and put it before the director anew. The kind stays."""
    contract = direct_lock.contract(contract)
    policies.check_can_rewrite(contract, by=by, at=at)
    if terms.kind != contract.commitment.expenditure.kind:
        raise DomainError(_("What it is stays as it was. Drop it and enter another one."), field="kind")
    _check(terms, at=at)
    contract.parts.all().delete()
    return _send(contract, terms, by=by, at=at)


def _send(contract: DirectContract, terms: Terms, *, by: User, at: datetime) -> DirectContract:
    _write(contract, terms, at=at)
    audit.record("contract.prepared", target=contract, by=by, at=at, new=contract.status,
                 amount=contract.commitment.amount_gross)  # fmt: skip
    annuities = by_year((part.due_on, part.amount_gross) for part in contract.parts.order_by("number"))
    lines = _lines(terms, annuities)
    decision = decisions.prepare(
        DecisionKind.CONTRACT, contract, by=by, at=at,
        payload={"lines": {str(lines[year].pk): f"{amount:.2f}" for year, amount in annuities.items()}},
    )  # fmt: skip
    ledger.lock_lines(lines.values())
    for year, amount in annuities.items():
        ledger.post(
            lines[year], contract.commitment.expenditure, LedgerPhase.RC, amount, by=by, at=at,
            document_no=terms.rc_certificate,
        )  # fmt: skip
    notifications.prepared(decision, what=kinds.title_of_contract(decision, contract), by=by, at=at)
    return contract


def _check(terms: Terms, *, at: datetime) -> None:
    if terms.kind not in policies.LINES:
        raise DomainError(_("Choose what it is."), field="kind")
    if not terms.parts:
        raise DomainError(_("Write at least one delivery: what, when and how much."), field="title_1")
    today = clock.local_date(at)
    for number, part in enumerate(terms.parts, start=1):
        if part.amount_net <= 0:
            raise DomainError(_("Write an amount over zero."), field=f"amount_{number}")
        if not today.year <= part.due_on.year <= today.year + policies.MOST_YEARS:
            raise DomainError(
                _("Its year is this one or one of the next %(n)d.") % {"n": policies.MOST_YEARS}, field=f"due_{number}"
            )
    policies.check_route(terms.kind, terms.route, terms.net, [part.due_on for part in terms.parts], at=at)


def _write(contract: DirectContract, terms: Terms, *, at: datetime) -> None:
    """Write the rows. A supplier that is registered in the portal is linked by its tax number."""
    rate = rate_of(terms.vat_regime, general=Rules.objects.in_force(clock.local_date(at)).vat_rate)
    commitment, expenditure = contract.commitment, contract.commitment.expenditure
    expenditure.title, expenditure.case_file = terms.title, terms.case_file
    expenditure.rc_certificate = terms.rc_certificate
    expenditure.save()
    registered = Organisation.objects.filter(tax_id__iexact=terms.supplier_tax_id) if terms.supplier_tax_id else None
    commitment.supplier = registered.order_by("pk").first() if registered is not None else None
    commitment.supplier_name, commitment.supplier_tax_id = terms.supplier_name, terms.supplier_tax_id
    commitment.vat_regime, commitment.vat_rate = terms.vat_regime, rate
    commitment.amount_net, commitment.amount_gross = terms.net, gross(terms.net, rate)
    commitment.expenditure = expenditure
    own = ["supplier", "supplier_name", "supplier_tax_id", "vat_regime", "vat_rate", "amount_net", "amount_gross"]
    commitment.save(update_fields=own if commitment.pk else None)
    contract.commitment = commitment
    contract.line_code, contract.purpose = terms.line_code, terms.purpose
    is_contribution = terms.kind == ExpenditureKind.GOVTECH4ALL
    contract.route = "" if is_contribution else terms.route
    contract.initiative = terms.initiative if is_contribution else None
    contract.status = DirectStatus.WAITING
    contract.save()
    _write_parts(contract, terms)


def _write_parts(contract: DirectContract, terms: Terms) -> None:
    """Write the deliveries; the last takes the cents."""
    commitment = contract.commitment
    rate = commitment.vat_rate
    grosses = milestone_amounts([part.amount_net for part in terms.parts], rate, commitment.amount_gross)
    for number, (part, amount) in enumerate(zip(terms.parts, grosses, strict=True), start=1):
        ContractPart.objects.create(
            contract=contract, number=number, title=part.title, due_on=part.due_on, amount_net=part.amount_net,
            amount_gross=amount,
        )  # fmt: skip


def _lines(terms: Terms, annuities: Mapping[int, Decimal]) -> dict[int, BudgetLine]:
    """Return the line of each year. Raises `DomainError` where a year has none, is closed, or it pays other things."""
    rows = BudgetLine.objects.filter(code=terms.line_code, budget_year__year__in=annuities)
    lines = {line.budget_year.year: line for line in rows.select_related("budget_year")}
    for year in annuities:
        line = lines.get(year)
        if line is None:
            raise DomainError(
                _("Part of it is paid in %(year)s, which has no line %(code)s. Add it to the budget first.")
                % {"year": year, "code": terms.line_code},
                field="line_code",
            )
        if line.kind not in policies.LINES[terms.kind]:  # type: ignore[index] # checked before
            raise DomainError(
                _("Line %(line)s isn't for this. Choose another line.") % {"line": ledger.named(line)},
                field="line_code",
            )
        if line.budget_year.status == YearStatus.CLOSED:
            raise DomainError(_("The year %(year)s is closed.") % {"year": year}, field="due_1")
    return lines


@transaction.atomic
def approve(contract: DirectContract, *, by: User, at: datetime) -> DirectContract:
    """Sign a contract: A consumes what was reserved and D commits it, in one transaction.

    What falls in a provisional year waits there, authorised, and is committed once it opens.
    """
    contract = direct_lock.contract(contract)
    policies.check_can_approve(by=by, at=at)
    decision = decisions.approve(_waiting(DecisionKind.CONTRACT, contract), by=by, at=at)
    days = [part.due_on for part in contract.parts.all()]
    net = contract.commitment.amount_net
    policies.check_route(contract.commitment.expenditure.kind, contract.route, net, days, at=at)
    expenditure = contract.commitment.expenditure
    amounts = {int(line): Decimal(amount) for line, amount in decision.payload["lines"].items()}
    for key, line in ledger.lock_lines(amounts).items():
        said: dict[str, Any] = {"by": by, "at": at}
        ledger.take_back(line, expenditure, LedgerPhase.RC, amounts[key], reason=_("Consumed by A"), **said)
        ledger.post(line, expenditure, LedgerPhase.A, amounts[key], document_no=expenditure.rc_certificate, **said)
    _move(contract, DirectStatus.RUNNING, by=by, at=at, amount=contract.commitment.amount_gross)
    annuity.settle(contract.commitment, by=by, at=at, reason=contract.reference)
    notifications.approved(decision, what=kinds.title_of_contract(decision, contract), at=at)
    return contract


@transaction.atomic
def send_back(contract: DirectContract, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return it with a comment; what it reserved is free again."""
    contract = direct_lock.contract(contract)
    decision = _waiting(DecisionKind.CONTRACT, contract)
    policies.check_can_send_back(decision.prepared_by_id, by=by, at=at)
    decision = decisions.send_back(decision, by=by, at=at, comment=_comment(comment))
    amounts = {int(line): Decimal(amount) for line, amount in decision.payload["lines"].items()}
    expenditure = contract.commitment.expenditure
    for key, line in ledger.lock_lines(amounts).items():
        ledger.take_back(line, expenditure, LedgerPhase.RC, amounts[key], by=by, at=at, reason=decision.comment)
    _move(contract, DirectStatus.RETURNED, by=by, at=at, reason=decision.comment)
    notifications.returned(decision, what=kinds.title_of_contract(decision, contract), at=at)
    return decision


@transaction.atomic
def drop(contract: DirectContract, *, by: User, at: datetime) -> DirectContract:
    """Drop what was returned: nothing of it is reserved."""
    contract = direct_lock.contract(contract)
    policies.check_can_drop(contract, by=by, at=at)
    return _move(contract, DirectStatus.DROPPED, by=by, at=at)


@transaction.atomic
def accept(part: ContractPart, *, note: str, by: User, at: datetime) -> ContractPart:
    """Accept a part: it may be invoiced, by somebody else. The last one completes the contract."""
    part = direct_lock.part(part)
    policies.check_can_accept(part, by=by, at=at)
    part.accepted_at, part.accepted_by, part.acceptance_note = at, by, note.strip()
    part.save(update_fields=["accepted_at", "accepted_by", "acceptance_note"])
    audit.record("contract_part.accepted", target=part, by=by, at=at, amount=part.amount_gross)
    if not part.contract.parts.filter(accepted_at__isnull=True).exists():
        _move(part.contract, DirectStatus.COMPLETED, by=by, at=at)
    return part


@transaction.atomic
def prepare_end(contract: DirectContract, *, reason: str, by: User, at: datetime) -> PreparedDecision:
    """Ask the director to end a running contract early: what isn't accepted yet will not be paid."""
    contract = direct_lock.contract(contract)
    policies.check_can_prepare_end(contract, by=by, at=at)
    if not reason.strip():
        raise DomainError(_("Give the reason: it stays with the contract."), field="reason")
    decision = decisions.prepare(DecisionKind.CONTRACT_END, contract, by=by, at=at, payload={"reason": reason.strip()})
    notifications.prepared(decision, what=kinds.title_of_contract_end(decision, contract), by=by, at=at)
    return decision


@transaction.atomic
def approve_end(contract: DirectContract, *, by: User, at: datetime) -> DirectContract:
    """End it: parts not accepted are cancelled and their money is free again (D/ and A/), but in closed years."""
    contract = direct_lock.contract(contract)
    policies.check_can_approve(by=by, at=at)
    decision = decisions.approve(_waiting(DecisionKind.CONTRACT_END, contract), by=by, at=at)
    rest = contract.parts.filter(accepted_at__isnull=True)
    freed = annuity.paid_in((part.due_on, part.amount_gross, False) for part in rest)
    rest.update(is_cancelled=True)
    contract.end_reason = decision.payload["reason"]
    contract.save(update_fields=["end_reason"])
    _move(contract, DirectStatus.ENDED, by=by, at=at, reason=contract.end_reason, amount=sum(freed.values(), ZERO))
    annuity.settle(contract.commitment, by=by, at=at, reason=contract.end_reason, release=freed)
    notifications.approved(decision, what=kinds.title_of_contract_end(decision, contract), at=at)
    return contract


@transaction.atomic
def send_back_end(contract: DirectContract, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return the early end with a comment: the contract goes on."""
    contract = direct_lock.contract(contract)
    decision = _waiting(DecisionKind.CONTRACT_END, contract)
    policies.check_can_send_back(decision.prepared_by_id, by=by, at=at)
    decision = decisions.send_back(decision, by=by, at=at, comment=_comment(comment))
    notifications.returned(decision, what=kinds.title_of_contract_end(decision, contract), at=at)
    return decision


def _waiting(kind: DecisionKind, contract: DirectContract) -> PreparedDecision:
    decision = decisions.open_for(kind, contract)
    if decision is None:
        raise DomainError(_("Nothing is waiting for approval here any more. Reload the page to see why."))
    return decision


def _comment(comment: str) -> str:
    if not comment.strip():
        raise DomainError(_("Write a comment, so that whoever prepared it knows what to change."), field="comment")
    return comment.strip()


def _move(
    contract: DirectContract, status: DirectStatus, *, by: User, at: datetime, reason: str = "", amount: Any = None
) -> DirectContract:
    old, contract.status = contract.status, status
    contract.save(update_fields=["status"])
    audit.record(f"contract.{status}", target=contract, by=by, at=at, old=old, new=status, reason=reason, amount=amount)
    return contract
