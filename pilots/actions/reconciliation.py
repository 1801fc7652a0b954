"""Reconciliation with the corporate ledger: import of its movements, matches, differences until they are explained.

A movement that ours doesn't have is never entered by itself: it is a difference with an owner and a date.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from pilots.calculations import corporate
from pilots.calculations.corporate import CorporateError, Movement
from pilots.models import BudgetYear, CorporateMovement, DifferenceNote, LedgerEntry
from pilots.policies import reconciliation as policies

FIELD = "file"
WORDS = {
    "not_csv": gettext_lazy("The file isn't a CSV."),
    "too_long": gettext_lazy("The file has more than %(value)s lines."),
    "missing_column": gettext_lazy("The file lacks the column «%(value)s». Its first line names the columns."),
    "phase": gettext_lazy("Line %(line)s: «%(value)s» isn't a phase. They are RC, A, D, O and P."),
    "amount": gettext_lazy("Line %(line)s: «%(value)s» isn't an amount."),
    "document": gettext_lazy("Line %(line)s has no document number."),
    "day": gettext_lazy("Line %(line)s: «%(value)s» isn't a date."),
    "year": gettext_lazy("Line %(line)s is of another year: %(value)s."),
}


@dataclass(frozen=True)
class Difference:
    """A movement that only one side has. `near`: what of the other side comes closest."""

    movement: CorporateMovement | None
    entry: LedgerEntry | None
    near: LedgerEntry | CorporateMovement | None
    note: DifferenceNote | None

    @property
    def amount(self) -> Decimal:
        """Signed euros."""
        return (self.movement or self.entry).amount  # type: ignore[union-attr] # one of them

    @property
    def why(self) -> Any:
        """What differs, in words."""
        if self.near is None:
            return _("Only in the corporate ledger") if self.movement else _("Only in the portal")
        if self.near.amount != self.amount:
            return _("The amount differs")
        return _("The date differs")


@transaction.atomic
def load(year: BudgetYear, data: bytes, *, by: User, at: datetime) -> dict[str, int]:
    """Import the movements of a year from a CSV and match them; return how many were new, known and matched.

    Rows imported before are known again, so that each file may hold the whole year. Raises `DomainError` with the line.
    """
    year = BudgetYear.objects.select_for_update(no_key=True).get(pk=year.pk)
    policies.check_can_import(by=by, at=at)
    rows = _read(data, year)
    known = Counter(
        CorporateMovement.objects.filter(year=year).values_list("document_no", "phase", "amount", "booked_on")
    )
    made = []
    for row in rows:
        key = (row.document, row.phase, row.amount, row.day)
        if known[key]:
            known[key] -= 1
            continue
        made.append(
            CorporateMovement(
                year=year, document_no=row.document, phase=row.phase, amount=row.amount, booked_on=row.day,
                line_code=row.line, text=row.text, imported_at=at, imported_by=by,
            )
        )  # fmt: skip
    CorporateMovement.objects.bulk_create(made)
    matched = rematch(year)
    audit.record(
        "reconciliation.imported", target=year, by=by, at=at, amount=sum((row.amount for row in made), Decimal(0))
    )
    return {"new": len(made), "known": len(rows) - len(made), "matched": matched}


def _read(data: bytes, year: BudgetYear) -> list[Movement]:
    try:
        rows = corporate.read(data)
        for row in rows:
            if row.day.year not in (year.year, year.year + 1):  # payments of the closed year come after it
                raise CorporateError("year", line=row.key, value=str(row.day.year))
    except CorporateError as error:
        raise DomainError(
            str(WORDS[error.problem]) % {"line": error.line, "value": error.value}, field=FIELD
        ) from error
    if not rows:
        raise DomainError(_("The file has no movements."), field=FIELD)
    return rows


def rematch(year: BudgetYear) -> int:
    """Match what has no match yet; return how many found one. What was matched stays."""
    waiting = list(CorporateMovement.objects.filter(year=year, entry=None).order_by("pk"))
    free = LedgerEntry.objects.filter(line__budget_year=year, corporate=None).select_related("line").order_by("pk")
    theirs = [Movement(row.pk, row.document_no, row.phase, row.amount, row.booked_on, row.line_code) for row in waiting]
    found = corporate.match(theirs, [_of_entry(entry) for entry in free])
    for row in waiting:
        if row.pk in found:
            row.entry_id = found[row.pk]
    CorporateMovement.objects.bulk_update([row for row in waiting if row.entry_id], ["entry"])
    return len(found)


def _of_entry(entry: LedgerEntry) -> Movement:
    return Movement(entry.pk, entry.document_no, entry.phase, entry.amount, day_of(entry), entry.line.code)


def day_of(entry: LedgerEntry) -> date:
    """Return the day that the corporate ledger would give it: of the payment, else of the entry."""
    return entry.paid_on or clock.local_date(entry.made_at)


def imported_until(year: BudgetYear) -> date | None:
    """Return the day up to which the corporate ledger was imported."""
    return (
        CorporateMovement.objects.filter(year=year).order_by("-booked_on").values_list("booked_on", flat=True).first()
    )


def differences(year: BudgetYear) -> list[Difference]:
    """Return what only one side has, up to the last day imported, with its note: what nobody explained first."""
    until = imported_until(year)
    if until is None:
        return []
    theirs = list(
        CorporateMovement.objects.filter(year=year, entry=None)
        .select_related("note__owner")
        .order_by("booked_on", "pk")
    )
    entries = LedgerEntry.objects.filter(line__budget_year=year, corporate=None)
    related = ("line", "expenditure", "note__owner")
    ours = [row for row in entries.select_related(*related).order_by("made_at", "pk") if day_of(row) <= until]
    near_ours, near_theirs = _by_document(ours), _by_document(theirs)
    found = [Difference(row, None, near_ours.get(_document(row)), _note(row)) for row in theirs]
    found += [Difference(None, row, near_theirs.get(_document(row)), _note(row)) for row in ours]
    return sorted(found, key=lambda one: bool(one.note and one.note.explained_at))


def _document(row: Any) -> tuple[str, str]:
    return row.phase, corporate.plain(row.document_no) or f"#{row.pk}"  # without a number it is like no other


def _by_document(rows: Iterable[Any]) -> dict[tuple[str, str], Any]:
    """Return the first row of each document and phase."""
    return {_document(row): row for row in reversed(list(rows))}


def _note(row: Any) -> DifferenceNote | None:
    return getattr(row, "note", None)


@transaction.atomic
def note(
    side: CorporateMovement | LedgerEntry,
    *,
    owner: User | None,
    due_on: date | None,
    explanation: str,
    by: User,
    at: datetime,
) -> DifferenceNote:
    """Say who looks into a difference until when, or why it is. Explained, it leaves the list."""
    policies.check_can_import(by=by, at=at)
    column = "movement" if isinstance(side, CorporateMovement) else "entry"
    explanation = explanation.strip()
    if not explanation and owner is None:
        raise DomainError(_("Say who looks into it, or why it is."), field="explanation")
    known: dict[str, Any] = {column: side}
    row, _made = DifferenceNote.objects.select_for_update(no_key=True).get_or_create(**known)
    row.owner, row.due_on, row.explanation = owner, due_on, explanation
    row.explained_at, row.explained_by = (at, by) if explanation else (None, None)
    row.save()
    audit.record("difference.explained" if explanation else "difference.assigned", target=row, by=by, at=at,
                 reason=explanation)  # fmt: skip
    return row
