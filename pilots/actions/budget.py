"""Budget years, their lines, and what changes a line's credit. Two people for all that binds."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.shell.words import euros
from pilots.actions import annuity, closing
from pilots.actions.ledger import constraint_of, lock_lines, named
from pilots.calculations.money import ZERO
from pilots.models import BudgetLine, BudgetYear, CreditKind, CreditMovement, Initiative, YearStatus
from pilots.notifications import decision as notifications
from pilots.policies import budget as policies
from pilots.policies import decision as kinds

YEAR_DEFERRED = (
    "pilots_envelope_of_credit",
    "pilots_envelope_of_year",
    "pilots_transfer_check",
)


@transaction.atomic
def create_year(
    year: int, *, envelope: Decimal, by: User, at: datetime, is_split_illustrative: bool = False, **bodies: str
) -> BudgetYear:
    """Begin to prepare a year with its envelope in euros; `bodies` are the DIR3 codes for invoices.

    It stays provisional until it is opened. Raises `DomainError` for a year that is there already.
    """
    policies.check_can_prepare(by=by, at=at)
    if not policies.FIRST_YEAR <= year <= policies.LAST_YEAR:
        raise DomainError(_("Write a year, for instance 2027."), field="year")
    if BudgetYear.objects.filter(year=year).exists():
        raise DomainError(_("The year %(year)s is there already.") % {"year": year}, field="year")
    made = BudgetYear.objects.create(
        year=year, envelope=envelope, is_split_illustrative=is_split_illustrative, **bodies
    )
    audit.record("budget_year.created", target=made, by=by, at=at, new=made.status, amount=envelope)
    return made


@transaction.atomic
def change_year(
    year: BudgetYear, *, envelope: Decimal, by: User, at: datetime, is_split_illustrative: bool, **bodies: str
) -> BudgetYear:
    """Change what is said of a year; its envelope only while it is provisional."""
    year = _locked_year(year)
    policies.check_can_prepare(by=by, at=at)
    policies.check_takes_changes(year)
    if envelope != year.envelope:
        policies.check_is_provisional(year)
        policies.check_nothing_waits(year)
    year.envelope, year.is_split_illustrative = envelope, is_split_illustrative
    for name, value in bodies.items():
        setattr(year, name, value)
    year.save(update_fields=["envelope", "is_split_illustrative", *bodies])
    _check_now(year)
    audit.record("budget_year.changed", target=year, by=by, at=at, amount=envelope)
    return year


@transaction.atomic
def add_line(
    year: BudgetYear,
    *,
    code: str,
    name: str,
    kind: str,
    by: User,
    at: datetime,
    name_en: str = "",
    application: str = "",
    credit: Decimal = ZERO,
) -> BudgetLine:
    """Add a line to a year; with its initial credit while the year is provisional.

    Raises `DomainError` for a code that is taken, and where the credits would go over the envelope.
    """
    year = _locked_year(year)
    policies.check_can_prepare(by=by, at=at)
    policies.check_takes_changes(year)
    if year.lines.filter(code=code).exists():
        raise DomainError(_("There is a line with the code %(code)s in this year.") % {"code": code}, field="code")
    line = BudgetLine.objects.create(
        budget_year=year, code=code, name=name, name_en=name_en, kind=kind, application=application
    )
    audit.record("budget_line.created", target=line, by=by, at=at)
    if credit:
        policies.check_is_provisional(year)
        policies.check_nothing_waits(year)
        _move(line, CreditKind.INITIAL, credit, reason="", decision=None, document_no="", by=by, at=at)
        line.refresh_from_db()
        _check_now(year)
    return line


def initial_credit_of(line: BudgetLine) -> Decimal:
    """Return the initial credit of a line in euros, without what transfers changed since."""
    return sum(line.credit_movements.filter(kind=CreditKind.INITIAL).values_list("amount", flat=True), ZERO)


@transaction.atomic
def set_initial_credit(line: BudgetLine, *, credit: Decimal, by: User, at: datetime) -> BudgetLine:
    """Make the initial credit of a line of a provisional year what is said. The director's opening makes it binding."""
    year = _locked_year(line.budget_year)
    line = lock_lines([line])[line.pk]
    policies.check_can_prepare(by=by, at=at)
    policies.check_is_provisional(year)
    initial = initial_credit_of(line)
    if credit != initial:
        policies.check_nothing_waits(year)
        _move(line, CreditKind.INITIAL, credit - initial, reason="", decision=None, document_no="", by=by, at=at)
    line.refresh_from_db()
    _check_now(year)
    return line


@transaction.atomic
def prepare_credit_change(
    year: BudgetYear,
    *,
    kind: str,
    changes: Iterable[Mapping[str, Any]],
    reason: str,
    by: User,
    at: datetime,
    document_no: str = "",
    initiative: Initiative | None = None,
) -> PreparedDecision:
    """Prepare a change of credit: `changes` is [{"line": key, "amount": signed euros}, …] of lines of `year`.

    A transfer takes from one line what it gives to another. Raises `DomainError`; what is prepared is tried out, so
    that nobody is asked to approve what can't be.
    """
    year = _locked_year(year)
    policies.check_can_prepare(by=by, at=at)
    policies.check_takes_changes(year)
    if not reason.strip():
        raise DomainError(_("Give the reason: it is kept with the movement."), field="reason")
    if kind not in CreditKind.values or kind == CreditKind.INITIAL:
        raise DomainError(_("Choose what kind of change it is."), field="kind")
    payload = {
        "kind": str(kind),
        "changes": _checked_changes(year, kind, changes),
        "reason": reason.strip(),
        "document_no": document_no,
        "initiative": initiative.pk if initiative else None,
    }
    if initiative is not None and kind != CreditKind.GENERATED:
        raise DomainError(_("Only credit generated by income belongs to an initiative."), field="initiative")
    decision = decisions.prepare(DecisionKind.CREDIT, year, by=by, at=at, payload=payload)
    _try_out(year, payload, decision, by=by, at=at)
    notifications.prepared(decision, what=kinds.title_of_credit(decision, year), by=by, at=at)
    return decision


@transaction.atomic
def approve_credit_change(year: BudgetYear, *, by: User, at: datetime) -> list[CreditMovement]:
    """Carry out the change of credit that waits for this year. Raises `DomainError` for the person who prepared it."""
    year = _locked_year(year)
    policies.check_can_approve(by=by, at=at)
    policies.check_takes_changes(year)
    decision = _waiting(DecisionKind.CREDIT, year)
    decision = decisions.approve(decision, by=by, at=at)
    movements = _carry_out(year, decision.payload, decision, by=by, at=at)
    notifications.approved(decision, what=kinds.title_of_credit(decision, year), at=at)
    return movements


@transaction.atomic
def prepare_year_move(year: BudgetYear, *, to: str, by: User, at: datetime) -> PreparedDecision:
    """Prepare the opening or the closing of a year. Raises `DomainError` with what is not in order."""
    year = _locked_year(year)
    policies.check_can_prepare(by=by, at=at)
    _check_year_move(year, YearStatus(to), at=at)
    said = closing.plan_for(year).said() if to == YearStatus.CLOSED else {}
    decision = decisions.prepare(DecisionKind.BUDGET_YEAR, year, by=by, at=at, payload={"to": str(to), **said})
    notifications.prepared(decision, what=kinds.title_of_year(decision, year), by=by, at=at)
    return decision


def prepare_opening(year: BudgetYear, *, by: User, at: datetime) -> PreparedDecision:
    """Prepare the opening of a year."""
    return prepare_year_move(year, to=YearStatus.OPEN, by=by, at=at)


def prepare_closing(year: BudgetYear, *, by: User, at: datetime) -> PreparedDecision:
    """Prepare the closing of a year that is over."""
    return prepare_year_move(year, to=YearStatus.CLOSED, by=by, at=at)


@transaction.atomic
def approve_year_move(year: BudgetYear, *, by: User, at: datetime) -> BudgetYear:
    """Open or close the year as prepared, by another person.

    Open: credits add up to the envelope, and what awards wait for is committed. Closed: what passes to the next year is
    entered there, which opens if it was provisional; from then on only payments, for good.
    """
    following = BudgetYear.objects.select_for_update(no_key=True).filter(year__in=[year.year, year.year + 1])
    held = {one.year: one for one in following.order_by("year")}
    year, after = held[year.year], held.get(year.year + 1)
    policies.check_can_approve(by=by, at=at)
    decision = decisions.approve(_waiting(DecisionKind.BUDGET_YEAR, year), by=by, at=at)
    new = YearStatus(decision.payload["to"])
    _check_year_move(year, new, at=at)
    if new == YearStatus.OPEN:
        _open(year, by=by, at=at)
    else:
        _close(year, after, decision, by=by, at=at)
    notifications.approved(decision, what=kinds.title_of_year(decision, year), at=at)
    return year


def _open(year: BudgetYear, *, by: User, at: datetime) -> None:
    old, year.status, year.opened_at = year.status, YearStatus.OPEN, at
    year.save(update_fields=["status", "opened_at"])
    _check_now(year)
    annuity.commit_waiting(year, by=by, at=at, reason=_("The year has opened"))
    audit.record("budget_year.opened", target=year, by=by, at=at, old=old, new=year.status, amount=year.envelope)


def _close(year: BudgetYear, after: BudgetYear | None, decision: PreparedDecision, *, by: User, at: datetime) -> None:
    plan = closing.plan_for(year)
    if plan.said() != {key: decision.payload.get(key) for key in plan.said()}:
        raise DomainError(
            _("The money of the year changed after its closing was prepared. Return it, so that it is prepared again.")
        )
    if after is not None and after.status == YearStatus.PROVISIONAL:
        _check_year_move(after, YearStatus.OPEN, at=at)
        _open(after, by=by, at=at)
    closing.carry_out(plan, decision, by=by, at=at)
    old, year.status, year.closed_at = year.status, YearStatus.CLOSED, at
    year.save(update_fields=["status", "closed_at"])
    _check_now(year)
    audit.record("budget_year.closed", target=year, by=by, at=at, old=old, new=year.status, amount=year.envelope)


def open_year(year: BudgetYear, *, by: User, at: datetime) -> BudgetYear:
    """Open a year whose opening another person prepared."""
    return approve_year_move(year, by=by, at=at)


def close_year(year: BudgetYear, *, by: User, at: datetime) -> BudgetYear:
    """Close a year whose closing another person prepared."""
    return approve_year_move(year, by=by, at=at)


@transaction.atomic
def send_back(decision: PreparedDecision, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return a change of credit or of a year with a comment; who prepared it may take it back."""
    if by.pk != decision.prepared_by_id:
        policies.check_can_approve(by=by, at=at)
    if not comment.strip():
        raise DomainError(_("Write a comment, so that whoever prepared it knows what to change."), field="comment")
    decision = decisions.send_back(decision, by=by, at=at, comment=comment.strip())
    year = BudgetYear.objects.get(pk=decision.target_id)
    title = kinds.title_of_credit if decision.kind == DecisionKind.CREDIT else kinds.title_of_year
    notifications.returned(decision, what=title(decision, year), at=at)
    return decision


def _locked_year(year: BudgetYear) -> BudgetYear:
    return BudgetYear.objects.select_for_update(no_key=True).get(pk=year.pk)


def _waiting(kind: DecisionKind, year: BudgetYear) -> PreparedDecision:
    decision = decisions.open_for(kind, year)
    if decision is None:
        raise DomainError(_("Nothing is waiting for approval here any more. Reload the page to see why."))
    return decision


def _check_year_move(year: BudgetYear, new: YearStatus, *, at: datetime) -> None:
    policies.check_move(year, new, at=at)
    if new == YearStatus.OPEN:
        total = sum(year.lines.values_list("credit", flat=True), ZERO) - _extra(year)
        if total != year.envelope:
            raise DomainError(
                _(
                    "The credits of the lines add up to %(total)s and the envelope is %(envelope)s: "
                    "they must be equal before the year opens."
                )
                % {"total": euros(total), "envelope": euros(year.envelope)}
            )
        return
    plan = closing.plan_for(year)
    closing.check(plan)
    if plan.next_year is not None and plan.next_year.status == YearStatus.PROVISIONAL:
        _check_year_move(plan.next_year, YearStatus.OPEN, at=at)


def _extra(year: BudgetYear) -> Decimal:
    """Return generated and carried-over credit of a year, which comes on top of the envelope."""
    amounts = CreditMovement.objects.filter(
        line__budget_year=year, kind__in=[CreditKind.GENERATED, CreditKind.CARRIED_OVER]
    ).values_list("amount", flat=True)
    return sum(amounts, ZERO)


def _checked_changes(year: BudgetYear, kind: str, changes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    own = set(year.lines.values_list("pk", flat=True))
    checked: list[dict[str, Any]] = []
    for change in changes:
        try:
            amount = Decimal(str(change["amount"]))
        except InvalidOperation as error:
            raise DomainError(_("Write amounts in euros.")) from error
        if not amount.is_finite() or change["line"] not in own or any(row["line"] == change["line"] for row in checked):
            raise DomainError(_("Each amount belongs to one line of this year."))
        if amount:
            checked.append({"line": change["line"], "amount": f"{amount:.2f}"})
    if not checked:
        raise DomainError(_("Write an amount for at least one line."))
    total = sum((Decimal(row["amount"]) for row in checked), ZERO)
    if kind == CreditKind.TRANSFER and total:
        raise DomainError(
            _(
                "A transfer takes from one line what it gives to another: "
                "these amounts add up to %(total)s, not to zero."
            )
            % {"total": euros(total)}
        )
    return checked


def _try_out(
    year: BudgetYear, payload: Mapping[str, Any], decision: PreparedDecision, *, by: User, at: datetime
) -> None:
    """Carry the change out and undo it: its refusal reaches the person who prepares it."""
    sid = transaction.savepoint()
    try:
        _apply(year, payload, decision, by=by, at=at)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS pilots_envelope_of_credit IMMEDIATE")
    except IntegrityError as error:
        raise DomainError(_envelope_refusal(error, year)) from error
    finally:
        transaction.savepoint_rollback(sid)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS pilots_envelope_of_credit DEFERRED")


def _carry_out(
    year: BudgetYear, payload: Mapping[str, Any], decision: PreparedDecision, *, by: User, at: datetime
) -> list[CreditMovement]:
    movements = _apply(year, payload, decision, by=by, at=at)
    _check_now(year)
    return movements


def _apply(
    year: BudgetYear, payload: Mapping[str, Any], decision: PreparedDecision, *, by: User, at: datetime
) -> list[CreditMovement]:
    """Enter the movements, what takes first: they are checked as one at the end."""
    lines = lock_lines(change["line"] for change in payload["changes"])
    return [
        _move(
            lines[change["line"]],
            payload["kind"],
            Decimal(change["amount"]),
            reason=payload["reason"],
            document_no=payload["document_no"],
            initiative=payload.get("initiative"),
            decision=decision,
            by=by,
            at=at,
        )
        for change in sorted(payload["changes"], key=lambda row: (Decimal(row["amount"]), row["line"]))
    ]


def _move(
    line: BudgetLine,
    kind: str,
    amount: Decimal,
    *,
    reason: str,
    document_no: str,
    decision: PreparedDecision | None,
    by: User,
    at: datetime,
    initiative: int | None = None,
) -> CreditMovement:
    try:
        with transaction.atomic():
            movement = CreditMovement.objects.create(
                line=line, kind=kind, amount=amount, reason=reason, document_no=document_no, decision=decision,
                initiative_id=initiative, made_at=at, made_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if constraint_of(error) not in {"line_within_credit", "line_phases_in_order"}:
            raise
        raise DomainError(
            _("Line %(line)s of %(year)s has %(available)s available: %(asked)s can't be taken from it.")
            % {
                "line": named(line),
                "year": line.budget_year.year,
                "available": euros(line.available),
                "asked": euros(abs(amount)),
            }
        ) from error
    audit.record("credit.changed", target=line, by=by, at=at, new=str(kind), amount=amount, reason=reason)
    return movement


def _check_now(year: BudgetYear) -> None:
    """Have the database look at envelope and transfers now instead of at commit, so that it can be said in words."""
    names = ", ".join(YEAR_DEFERRED)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")
    except IntegrityError as error:
        raise DomainError(_envelope_refusal(error, year)) from error
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")


def _envelope_refusal(error: IntegrityError, year: BudgetYear) -> str:
    name = constraint_of(error)
    if name == "credits_over_envelope":
        return _("The credits of the lines would go over the envelope of %(year)s, which is %(envelope)s.") % {
            "year": year.year,
            "envelope": euros(year.envelope),
        }
    if name == "credits_not_the_envelope":
        return _(
            "In an open year the credits of the lines add up to the envelope, %(envelope)s. Use a transfer between "
            "lines, or credit generated by income or carried over."
        ) % {"envelope": euros(year.envelope)}
    raise error
