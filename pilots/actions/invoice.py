"""The invoice of a milestone or of a part of a contract (O) and its payment (P)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.files.actions import store_bytes
from govtech.files.models import StoredFile
from govtech.reference.models import Holiday, Rules
from govtech.shell.words import euros
from pilots.actions import annuity, direct_lock, facturae, ledger, owed
from pilots.actions import pilot as pilots
from pilots.actions.owed import Thing
from pilots.calculations.money import ZERO
from pilots.calculations.plan import allot, pay_by
from pilots.models import (
    BudgetLine,
    CommitmentLine,
    ContractPart,
    Invoice,
    LedgerPhase,
    Milestone,
    RejectedInvoice,
    YearStatus,
)
from pilots.notifications import pilot as notifications
from pilots.policies import invoice as policies


@transaction.atomic
def record(
    thing: Thing,
    *,
    number: str,
    issued_on: date,
    received_on: date,
    base: Decimal,
    vat: Decimal,
    total: Decimal,
    by: User,
    at: datetime,
    register_number: str = "",
    electronic: bytes | None = None,
) -> Invoice:
    """Record the invoice of an accepted milestone or part and recognise the obligation (O), by who didn't accept it.

    `electronic` is its Facturae file, which must say the same and be this company's invoice of it. Raises `DomainError`
    beside the field that doesn't match the contract, and where the money isn't committed.
    """
    thing = locked(thing)
    policies.check_can_record(thing, by=by, at=at)
    _check_dates(issued_on, received_on, today=clock.local_date(at))
    _check_amounts(thing, base, vat, total)
    _check_number(thing, number)
    if electronic is not None:
        said = {"number": number, "issued_on": issued_on, "base": base, "vat": vat, "total": total}
        facturae.check(facturae.read(electronic), thing, said=said)
    accepted_on = clock.local_date(thing.accepted_at)
    rules = Rules.objects.in_force(clock.local_date(at))
    invoice = Invoice.objects.create(
        **{owed.of(thing).column: thing},
        number=number,
        issued_on=issued_on,
        received_on=received_on,
        base=base,
        vat=vat,
        total=total,
        register_number=register_number,
        file=_kept(electronic, number, by=by, at=at),
        pay_by_on=pay_by(accepted_on, received_on, rules.payment_days, Holiday.objects.dates()),
        recorded_at=at,
        recorded_by=by,
    )
    _post_obligation(thing, number, by=by, at=at)
    audit.record("invoice.recorded", target=invoice, by=by, at=at, amount=total)
    if invoice.milestone_id:
        notifications.invoice_recorded(invoice, at=at)
    return invoice


def _kept(electronic: bytes | None, number: str, *, by: User, at: datetime) -> StoredFile | None:
    if electronic is None:
        return None
    return store_bytes(electronic, name=f"{number}.xml", content_type="application/xml", by=by, at=at)


def _check_dates(issued_on: date, received_on: date, *, today: date) -> None:
    if issued_on > received_on:
        raise DomainError(_("An invoice can't be received before its own date."), field="received_on")
    if received_on > today:
        raise DomainError(_("This day hasn't come yet."), field="received_on")


def locked(thing: Thing) -> Thing:
    """Lock the pilot or contract, then its milestone or part, and return that fresh."""
    if isinstance(thing, ContractPart):
        return direct_lock.part(thing)
    pilot = pilots.locked(thing.pilot)
    milestone = Milestone.objects.select_for_update(no_key=True).get(pk=thing.pk)
    milestone.pilot = pilot
    return milestone


def _check_amounts(thing: Thing, base: Decimal, vat: Decimal, total: Decimal) -> None:
    """Refuse an invoice that doesn't add up or isn't what the milestone says."""
    expected = {
        "base": thing.amount_net,
        "vat": thing.amount_gross - thing.amount_net,
        "total": thing.amount_gross,
    }
    written = {"base": base, "vat": vat, "total": total}
    if base + vat != total:
        raise DomainError(
            _("Base and VAT add up to %(sum)s, and the total says %(total)s. Check it with the company.")
            % {"sum": euros(base + vat), "total": euros(total)},
            field="total",
        )
    for field, amount in expected.items():
        if written[field] != amount:
            raise DomainError(
                _("The milestone says %(expected)s and the invoice %(written)s. Ask the company to correct it.")
                % {"expected": euros(amount), "written": euros(written[field])},
                field=field,
            )


def _check_number(thing: Thing, number: str) -> None:
    what = owed.of(thing)
    of_pilots = Q(milestone__pilot__organisation__tax_id=what.tax_id)
    supplier = "part__contract__commitment__supplier"
    of_parts = Q(**{f"{supplier}__tax_id": what.tax_id}) | Q(**{f"{supplier}_tax_id": what.tax_id})
    if not what.tax_id:  # nothing but the name tells who it is
        of_pilots, of_parts = Q(pk=None), Q(**{f"{supplier}_name": what.company})
    if Invoice.objects.filter(of_pilots | of_parts, number__iexact=number).exists():
        raise DomainError(_("This company has another invoice with this number."), field="number")


def _post_obligation(thing: Thing, number: str, *, by: User, at: datetime) -> None:
    """Post O where the money is committed: the year it was due, else the years that aren't closed."""
    commitment = owed.of(thing).commitment
    if annuity.pending_by_year(commitment):
        annuity.settle(commitment, by=by, at=at, reason=_("The year has opened"))
    rows = list(
        CommitmentLine.objects.filter(commitment=commitment)
        .exclude(line__budget_year__status=YearStatus.CLOSED)
        .select_related("line__budget_year")
        .order_by("line__budget_year__year", "line__code", "pk")
    )
    ledger.lock_lines([row.line_id for row in rows])
    rows.sort(key=lambda row: row.line.budget_year.year != thing.due_on.year)
    parts, left = allot(thing.amount_gross, {row.line_id: row.d - row.o for row in rows})
    if left:
        raise DomainError(
            _("Of the %(asked)s of this milestone, %(left)s aren't committed in a year that is open. "
              "Open the year %(year)s, or carry the credit over, and record the invoice then.")
            % {"asked": euros(thing.amount_gross), "left": euros(left), "year": thing.due_on.year}
        )  # fmt: skip
    _post(thing, LedgerPhase.O, parts, document_no=number, by=by, at=at)


def _post(thing: Thing, phase: str, parts: dict[int, Decimal], *, by: User, at: datetime, **extra: Any) -> None:
    lines = BudgetLine.objects.in_bulk(parts)
    commitment = owed.of(thing).commitment
    for line_id, amount in parts.items():
        ledger.post(
            lines[line_id],
            commitment.expenditure,
            phase,
            amount,
            by=by,
            at=at,
            commitment=commitment,
            milestone=None if isinstance(thing, ContractPart) else thing,
            part=thing if isinstance(thing, ContractPart) else None,
            **extra,
        )


@transaction.atomic
def reject(
    thing: Thing, *, number: str, received_on: date, total: Decimal, reason: str, by: User, at: datetime
) -> RejectedInvoice:
    """Send back an invoice that came in, saying why: nothing is recognised, and it may be invoiced again."""
    thing = locked(thing)
    policies.check_can_reject(thing, by=by, at=at)
    if received_on > clock.local_date(at):
        raise DomainError(_("This day hasn't come yet."), field="received_on")
    if not reason.strip():
        raise DomainError(_("Say why, so that the company can correct it."), field="reason")
    known: dict[str, Any] = {owed.of(thing).column: thing}
    rejected = RejectedInvoice.objects.create(
        number=number,
        received_on=received_on,
        total=total,
        reason=reason.strip(),
        rejected_at=at,
        rejected_by=by,
        **known,
    )
    audit.record("invoice.rejected", target=rejected, by=by, at=at, amount=total, reason=rejected.reason)
    if rejected.milestone_id:
        notifications.invoice_rejected(rejected, at=at)
    return rejected


@transaction.atomic
def pay(invoice: Invoice, *, ordered_on: date, paid_on: date, by: User, at: datetime) -> Invoice:
    """Record that an invoice was ordered to be paid and paid (P). A second time is refused: it is paid once."""
    thing = locked(invoice.owed)
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)
    setattr(invoice, owed.of(thing).column, thing)
    policies.check_can_pay(invoice, by=by, at=at)
    if ordered_on < invoice.received_on:
        raise DomainError(_("A payment can't be ordered before the invoice was received."), field="ordered_on")
    if paid_on < ordered_on:
        raise DomainError(_("A payment can't be made before it was ordered."), field="paid_on")
    if paid_on > clock.local_date(at):
        raise DomainError(_("This day hasn't come yet."), field="paid_on")
    invoice.ordered_on, invoice.paid_on = ordered_on, paid_on
    invoice.payment_recorded_at, invoice.payment_recorded_by = at, by
    invoice.save(update_fields=["ordered_on", "paid_on", "payment_recorded_at", "payment_recorded_by"])
    parts = _unpaid(thing)
    ledger.lock_lines(parts)
    _post(
        thing,
        LedgerPhase.P,
        parts,
        document_no=invoice.number,
        by=by,
        at=at,
        ordered_on=ordered_on,
        paid_on=paid_on,
    )
    audit.record("invoice.paid", target=invoice, by=by, at=at, amount=invoice.total)
    if invoice.milestone_id:
        notifications.invoice_paid(invoice, at=at)
    return invoice


def _unpaid(thing: Thing) -> dict[int, Decimal]:
    """Return what is recognised and not paid of it, by line."""
    unpaid: dict[int, Decimal] = {}
    for phase, sign in ((LedgerPhase.O, 1), (LedgerPhase.P, -1)):
        rows = owed.entries_of(thing).filter(phase=phase)
        for line_id, amount in rows.values("line").annotate(sum=Sum("amount")).values_list("line", "sum"):
            unpaid[line_id] = unpaid.get(line_id, ZERO) + sign * amount
    return {line_id: amount for line_id, amount in sorted(unpaid.items()) if amount > 0}
