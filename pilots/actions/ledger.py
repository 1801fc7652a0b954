"""Posting to the ledger: the one door through which money moves.

What the database guards, whoever writes (`pilots/sql/0003_money.sql`): credit of every line, `0 <= P <= O <= D <= A`
on the line, the annuity and the commitment, O up to each milestone's gross and only after acceptance, the state of the
year, entries that belong together, reversals that fit, the minor-contract limit, the envelope, transfers that sum to
zero, rows that are never rewritten and their chain. A session of the application that writes an entry with raw SQL
can't break any of that.

What only the actions guard: who may post, that two people decided, that an invoice stands behind an O, and the reasons.
So nothing but `pilots.actions` calls `post`, and each caller checks its policy first.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.shell.words import euros
from pilots.calculations.money import ZERO
from pilots.models import BudgetLine, Commitment, ContractPart, Expenditure, LedgerEntry, LedgerPhase, Milestone


def lock_lines(lines: Iterable[BudgetLine | int]) -> dict[int, BudgetLine]:
    """Lock lines in (year, code) order and return them fresh, by key. Their years are held so that none closes.

    Lock everything an action will touch in one call: two calls may deadlock with somebody else's.
    """
    keys = sorted({line if isinstance(line, int) else line.pk for line in lines})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT y.id FROM pilots_budgetyear y WHERE y.id IN (SELECT budget_year_id FROM pilots_budgetline "
            "WHERE id = ANY(%s)) ORDER BY y.year FOR SHARE",
            [keys],
        )
    rows = (
        BudgetLine.objects.select_for_update(no_key=True, of=("self",))
        .select_related("budget_year")
        .filter(pk__in=keys)
        .order_by("budget_year__year", "code", "pk")
    )
    return {line.pk: line for line in rows}


@transaction.atomic
def post(
    line: BudgetLine,
    expenditure: Expenditure,
    phase: str,
    amount: Decimal,
    *,
    by: User,
    at: datetime,
    commitment: Commitment | None = None,
    milestone: Milestone | None = None,
    part: ContractPart | None = None,
    document_no: str = "",
    reverses: LedgerEntry | None = None,
    reason: str = "",
    ordered_on: date | None = None,
    paid_on: date | None = None,
) -> LedgerEntry:
    """Enter one movement of `amount` gross euros, negative to take back.

    Raises `DomainError` in words that name line, amount asked and amount available where the database refuses.
    `line`, `commitment` and `milestone` objects held by the caller keep their old sums: read them again.
    """
    locked = lock_lines([line])[line.pk]
    try:
        with transaction.atomic():
            entry = LedgerEntry.objects.create(
                line=locked,
                expenditure=expenditure,
                phase=phase,
                amount=amount,
                commitment=commitment,
                milestone=milestone,
                part=part,
                document_no=document_no,
                reverses=reverses,
                reason=reason,
                ordered_on=ordered_on,
                paid_on=paid_on,
                made_at=at,
                made_by=by,
            )
    except IntegrityError as error:
        raise DomainError(_refusal(error, locked, expenditure, phase, amount, commitment, milestone or part)) from error
    audit.record("ledger.posted", target=entry, by=by, at=at, new=str(phase), amount=amount, reason=reason)
    return entry


def take_back(
    line: BudgetLine,
    expenditure: Expenditure,
    phase: str,
    amount: Decimal,
    *,
    by: User,
    at: datetime,
    reason: str,
    commitment: Commitment | None = None,
    milestone: Milestone | None = None,
) -> list[LedgerEntry]:
    """Take back `amount` (positive) of a phase, newest entries first, each reversal naming what it undoes."""
    lock_lines([line])
    entries = list(
        LedgerEntry.objects.filter(
            line=line, expenditure=expenditure, phase=phase, commitment=commitment, milestone=milestone
        ).order_by("-pk")
    )
    undone: dict[int | None, Decimal] = {}
    for entry in entries:
        if entry.reverses_id:
            undone[entry.reverses_id] = undone.get(entry.reverses_id, ZERO) - entry.amount
    made, left = [], amount
    for entry in entries:
        piece = min(left, entry.amount - undone.get(entry.pk, ZERO))
        if entry.amount > 0 and piece > 0:
            made.append(
                post(
                    line, expenditure, phase, -piece, by=by, at=at, reverses=entry, reason=reason,
                    commitment=commitment, milestone=milestone,
                )
            )  # fmt: skip
            left -= piece
    if left:
        raise DomainError(
            _("Only %(there)s can be taken back here; %(asked)s asked.")
            % {"there": euros(amount - left), "asked": euros(amount)}
        )
    return made


def over_credit(line: BudgetLine, amount: Decimal) -> str:
    """Return the refusal of an amount that a line can't bear: line, asked, available, and the way out."""
    return _(
        "There is not enough credit on line %(line)s of %(year)s: %(asked)s asked, %(available)s available. "
        "Lower the amount, choose another line, or prepare a transfer of credit."
    ) % {
        "line": named(line),
        "year": line.budget_year.year,
        "asked": euros(amount),
        "available": euros(line.available),
    }


def named(line: BudgetLine) -> str:
    """Return code and name of a line."""
    return f"{line.code} {line.name}"


def _refusal(
    error: IntegrityError,
    line: BudgetLine,
    expenditure: Expenditure,
    phase: str,
    amount: Decimal,
    commitment: Commitment | None,
    milestone: Milestone | ContractPart | None,
) -> str:
    """Turn the name of the constraint that refused into words. What isn't known is a bug and goes up as it came."""
    name = constraint_of(error)
    words: dict[str, Any] = {
        "line": named(line),
        "year": line.budget_year.year,
        "asked": euros(abs(amount)),
        "phase": LedgerPhase(phase).label,
        "title": expenditure.title,
    }
    if name == "line_within_credit":
        return over_credit(line, amount)
    if name in {"line_phases_in_order", "annuity_phases_in_order"}:
        annuity = expenditure.lines.filter(line=line).first()
        words["available"] = euros(_room(annuity, phase, amount))
        return (
            _(
                "%(phase)s of %(asked)s is not possible on line %(line)s of %(year)s: for «%(title)s» there is "
                "%(available)s left of the phase before it."
            )
            % words
        )
    if name in {"commitment_phases_in_order", "commitment_line_in_order"} and commitment is not None:
        commitment.refresh_from_db(fields=["d", "o", "p"])
        words["available"] = euros(_room(commitment, phase, amount, whole=commitment.amount_gross))
        return (
            _(
                "%(phase)s of %(asked)s is not possible on line %(line)s of %(year)s: "
                "the contract has %(available)s left."
            )
            % words
        )
    if name in {"milestone_amounts_in_order", "part_amounts_in_order"} and milestone is not None:
        milestone.refresh_from_db(fields=["o", "p"])
        words["available"] = euros(_room(milestone, phase, amount, whole=milestone.amount_gross))
        return _("%(phase)s of %(asked)s is not possible: the milestone has %(available)s left.") % words
    known = {
        "year_closed": _(
            "The year %(year)s is closed: on line %(line)s only payments of recognised obligations are entered, "
            "not %(phase)s of %(asked)s."
        ),
        "year_provisional": _(
            "The year %(year)s is provisional: on line %(line)s nothing is committed before it opens. %(asked)s asked."
        ),
        "reversal_fits": _("An entry is taken back once, whole or in part: %(asked)s is more than is left of it."),
        "entry_amount_not_zero": _("Write an amount other than zero."),
        "milestone_obligation_after_acceptance": _(
            "The milestone is not accepted yet, so its invoice of %(asked)s can't be recorded."
        ),
        "part_obligation_after_acceptance": _(
            "What it is for is not accepted yet, so its invoice of %(asked)s can't be recorded."
        ),
    }
    if name in known:
        return known[name] % words
    raise error


def _room(carrier: Any, phase: str, amount: Decimal, *, whole: Decimal | None = None) -> Decimal:
    """Return how much of `phase` still fits: up to the phase before it, or, to take back, down to the one after it."""
    if carrier is None:
        return ZERO
    at_most = {"D": getattr(carrier, "a", whole), "O": getattr(carrier, "d", whole), "P": getattr(carrier, "o", ZERO)}
    at_least = {"A": getattr(carrier, "d", ZERO), "D": getattr(carrier, "o", ZERO), "O": getattr(carrier, "p", ZERO)}
    own = getattr(carrier, str(phase).lower(), ZERO)
    return own - at_least.get(phase, ZERO) if amount < 0 else max((at_most.get(phase) or ZERO) - own, ZERO)


def constraint_of(error: Exception) -> str:
    """Return the name of the constraint that refused, empty where the database named none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
