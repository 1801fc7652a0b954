"""Commitments by year: D follows what the milestones need, A follows D (decision of the award, start, early end).

A year that is still provisional takes no D: its part waits as authorised money and is committed once the year opens.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from govtech.errors import DomainError
from govtech.shell.words import euros
from pilots.actions import ledger
from pilots.calculations.money import ZERO
from pilots.calculations.plan import allot
from pilots.models import (
    BudgetLine,
    BudgetYear,
    Commitment,
    CommitmentLine,
    ContractPart,
    Expenditure,
    ExpenditureLine,
    LedgerPhase,
    Milestone,
    MilestoneStatus,
    YearStatus,
)
from pilots.models.direct import SIGNED


def needed_by_year(commitment: Commitment) -> dict[int, Decimal]:
    """Return euros, VAT included, by the year that pays the milestones not cancelled.

    The one in which each is due; one without its invoice when that year closed passes to the next that isn't closed.
    """
    return paid_in((due_on, amount, bool(obliged)) for due_on, amount, obliged in _payable(commitment))


def paid_in(parts: Iterable[tuple[date, Decimal, bool]]) -> dict[int, Decimal]:
    """Return euros by year of (due, amount, whether it has its invoice), past the years that are closed."""
    closed = set(BudgetYear.objects.filter(status=YearStatus.CLOSED).values_list("year", flat=True))
    years: dict[int, Decimal] = {}
    for due_on, amount, has_invoice in parts:
        year = due_on.year
        while not has_invoice and year in closed:
            year += 1
        years[year] = years.get(year, ZERO) + amount
    return dict(sorted(years.items()))


def passes_on(commitments: Iterable[Commitment], year: int) -> dict[int, Decimal]:
    """Return by contract what is due by the end of `year` without an invoice: it goes on when the year closes."""
    found: dict[int, Decimal] = {}
    commitments = list(commitments)
    by_award = {commitment.award_id: commitment.pk for commitment in commitments if commitment.award_id}
    rows = Milestone.objects.filter(pilot__award__in=by_award, due_on__year__lte=year, o=0)
    for award, amount in rows.exclude(status=MilestoneStatus.CANCELLED).values_list("pilot__award", "amount_gross"):
        found[by_award[award]] = found.get(by_award[award], ZERO) + amount
    parts = ContractPart.objects.filter(
        contract__commitment__in=[one.pk for one in commitments], due_on__year__lte=year, o=0, is_cancelled=False
    )
    for commitment, amount in parts.values_list("contract__commitment", "amount_gross"):
        found[commitment] = found.get(commitment, ZERO) + amount
    return found


def _payable(commitment: Commitment) -> Iterable[tuple[date, Decimal, Decimal]]:
    """Return (due, gross, recognised) of what the contract pays for."""
    columns = ("due_on", "amount_gross", "o")
    if commitment.award_id:
        rows = Milestone.objects.filter(pilot__award=commitment.award_id).exclude(status=MilestoneStatus.CANCELLED)
        return rows.order_by("number").values_list(*columns)
    parts = ContractPart.objects.filter(contract__commitment=commitment, is_cancelled=False)
    return parts.filter(contract__status__in=SIGNED).order_by("number").values_list(*columns)


def pending_by_year(commitment: Commitment) -> dict[int, Decimal]:
    """Return what is still to be committed in each year: authorised, its year provisional when it was awarded.

    What was invoiced early with the money of another year needs none in its own.
    """
    committed: dict[int, Decimal] = {}
    obliged: dict[int, Decimal] = {}
    for row in CommitmentLine.objects.filter(commitment=commitment).select_related("line__budget_year"):
        year = row.line.budget_year.year
        committed[year] = committed.get(year, ZERO) + row.d
        obliged[year] = obliged.get(year, ZERO) + row.o
    needed = needed_by_year(commitment)
    early = sum((max(amount - needed.get(year, ZERO), ZERO) for year, amount in obliged.items()), ZERO)
    missing = {}
    for year in sorted(needed):
        short = max(needed[year] - committed.get(year, ZERO), ZERO)
        covered = min(short, early)
        early -= covered
        missing[year] = short - covered
    return {year: amount for year, amount in missing.items() if amount > 0}


@transaction.atomic
def settle(
    commitment: Commitment, *, by: Any, at: datetime, reason: str, release: Mapping[int, Decimal] | None = None
) -> None:
    """Bring D of each year to what the milestones need, moving A between years where the plan differs.

    What D gives back stays authorised, for the next winner, unless `release` says how much of A each year gives back
    too (early end). What is in a closed year stays as it is. Raises `DomainError` naming line, amount asked and amount
    available.
    """
    book = _Book(commitment, by=by, at=at, reason=reason)
    left = sum((book.uncommit(year, amount) for year, amount in book.over().items()), ZERO)
    book.spill(left, book.uncommit)  # invoiced early, with the money of another year: that year gives it back
    left = sum((book.release(year, amount) for year, amount in (release or {}).items()), ZERO)
    book.spill(left, book.release)
    missing = pending_by_year(commitment)
    book.make_room(missing)
    for year, amount in missing.items():
        book.commit(year, amount)


@transaction.atomic
def commit_waiting(year: BudgetYear, *, by: Any, at: datetime, reason: str) -> None:
    """Commit what awards wait for in a year that has opened. Raises `DomainError` where it isn't authorised."""
    commitments = list(
        Commitment.objects.filter(
            Q(award__isnull=False) | Q(direct_contract__status__in=SIGNED), expenditure__lines__line__budget_year=year
        )
        .select_related("expenditure")
        .order_by("pk")
        .distinct()
    )
    lines = BudgetLine.objects.filter(expenditure_lines__expenditure__in=[row.expenditure_id for row in commitments])
    ledger.lock_lines(lines.values_list("pk", flat=True))
    for commitment in commitments:
        missing = pending_by_year(commitment).get(year.year)
        if missing:
            book = _Book(commitment, by=by, at=at, reason=reason)
            book.make_room({year.year: missing})
            book.commit(year.year, missing)


class _Book:
    """The lines of one commitment's expenditure, locked in order, and the entries on them."""

    def __init__(self, commitment: Commitment, *, by: Any, at: datetime, reason: str) -> None:
        self.commitment, self.by, self.at, self.reason = commitment, by, at, reason
        self.expenditure: Expenditure = commitment.expenditure
        own = BudgetLine.objects.filter(expenditure_lines__expenditure=self.expenditure)
        codes = list(own.values_list("code", flat=True))
        years = [*needed_by_year(commitment), *own.values_list("budget_year__year", flat=True)]
        lines = BudgetLine.objects.filter(code__in=codes, budget_year__year__in=years)
        ledger.lock_lines(lines)
        self.lines: dict[int, list[BudgetLine]] = {}
        for line in lines.select_related("budget_year").order_by("budget_year__year", "code", "pk"):
            self.lines.setdefault(line.budget_year.year, []).append(line)

    def _committed(self, year: int) -> dict[int, Decimal]:
        """What may be uncommitted on each line of the year: D that isn't O yet."""
        rows = CommitmentLine.objects.filter(commitment=self.commitment, line__in=self.lines.get(year, []))
        return {row.line_id: row.d - row.o for row in rows.order_by("line__code", "line_id")}

    def _free(self, year: int) -> dict[int, Decimal]:
        """What is authorised and not committed on each line of the year, less what other awards wait for."""
        rows = ExpenditureLine.objects.filter(expenditure=self.expenditure, line__in=self.lines.get(year, []))
        free = {row.line_id: row.a - row.d for row in rows.order_by("line__code", "line_id")}
        waiting = sum(
            (
                pending_by_year(other).get(year, ZERO)
                for other in Commitment.objects.filter(expenditure=self.expenditure).exclude(pk=self.commitment.pk)
            ),
            ZERO,
        )
        for line_id in free:
            held = min(free[line_id], waiting)
            free[line_id] -= held
            waiting -= held
        return free

    def over(self) -> dict[int, Decimal]:
        """Return how much more than needed is committed in each year that isn't closed."""
        needed = needed_by_year(self.commitment)
        found = {}
        for year, lines in self.lines.items():
            if self._is_closed(year):
                continue
            rows = CommitmentLine.objects.filter(commitment=self.commitment, line__in=lines)
            excess = (rows.aggregate(d=Sum("d"))["d"] or ZERO) - needed.get(year, ZERO)
            if excess > 0:
                found[year] = excess
        return found

    def _is_closed(self, year: int) -> bool:
        return any(line.budget_year.status == YearStatus.CLOSED for line in self.lines.get(year, []))

    def uncommit(self, year: int, amount: Decimal) -> Decimal:
        """Post D/; return what the year didn't have."""
        parts, left = allot(amount, self._committed(year))
        for line_id, part in parts.items():
            self._post(line_id, LedgerPhase.D, -part)
        return left

    def release(self, year: int, amount: Decimal) -> Decimal:
        """Post A/ on what is authorised and free, unless the year is closed; return what an open year didn't have."""
        if self._is_closed(year):
            return ZERO
        parts, left = allot(amount, self._free(year))
        for line_id, part in parts.items():
            self._post(line_id, LedgerPhase.A, -part)
        return left

    def spill(self, amount: Decimal, take: Callable[[int, Decimal], Decimal]) -> None:
        """Take what is left of `amount` from the years that aren't closed, the earliest first."""
        for year in sorted(self.lines):
            if amount > 0 and not self._is_closed(year):
                amount = take(year, amount)

    def make_room(self, missing: Mapping[int, Decimal]) -> None:
        """Move A from years with more than needed to years with less: A/ in one and A in the other."""
        short = {year: amount - sum(self._free(year).values(), ZERO) for year, amount in missing.items()}
        for year, amount in short.items():
            if amount <= 0:
                continue
            taken = self._take(amount, but={one for one in missing if one == year})
            if taken < amount:
                raise DomainError(
                    _("The amount authorised isn't enough: %(missing)s are missing for %(year)s.")
                    % {"missing": euros(amount - taken), "year": year}
                )
            self._post(self._line_of(year).pk, LedgerPhase.A, amount)

    def _take(self, amount: Decimal, *, but: set[int]) -> Decimal:
        """Post A/ on lines of other years that aren't closed, up to `amount`; return how much was taken."""
        taken = ZERO
        for year in self.lines:
            if year in but or self._is_closed(year):
                continue
            own = pending_by_year(self.commitment).get(year, ZERO)
            free = self._free(year)
            room = max(sum(free.values(), ZERO) - own, ZERO)
            parts, _left = allot(min(amount - taken, room), free)
            for line_id, part in parts.items():
                self._post(line_id, LedgerPhase.A, -part)
                taken += part
        return taken

    def _line_of(self, year: int) -> BudgetLine:
        lines = self.lines.get(year)
        if not lines:
            raise DomainError(
                _(
                    "Part of this is paid in %(year)s, and that year has no line for it. "
                    "Add the line to the budget first."
                )
                % {"year": year}
            )
        return lines[0]

    def commit(self, year: int, amount: Decimal) -> None:
        """Post D, unless the year is still provisional: then it waits, authorised, until the year opens."""
        status = self._line_of(year).budget_year.status
        if status == YearStatus.PROVISIONAL:
            return
        if status == YearStatus.CLOSED:
            raise DomainError(
                _("The budget year %(year)s is closed: nothing more is committed in it.") % {"year": year}
            )
        parts, _left = allot(amount, self._free(year))
        for line_id, part in parts.items():
            self._post(line_id, LedgerPhase.D, part)

    def _post(self, line_id: int, phase: str, amount: Decimal) -> None:
        line = next(line for lines in self.lines.values() for line in lines if line.pk == line_id)
        commitment = self.commitment if phase == LedgerPhase.D else None
        known: dict[str, Any] = {"by": self.by, "at": self.at, "commitment": commitment, "reason": self.reason}
        if amount < 0:
            ledger.take_back(line, self.expenditure, phase, -amount, **known)
        else:
            ledger.post(line, self.expenditure, phase, amount, **known)


@transaction.atomic
def release_rest(expenditure: Expenditure, *, by: Any, at: datetime, reason: str) -> Decimal:
    """Give back what is authorised and neither committed nor waiting for its year to open; return how much.

    What is in a closed year stays as it is.
    """
    locked = ledger.lock_lines(expenditure.lines.values_list("line_id", flat=True))
    rows = list(
        ExpenditureLine.objects.filter(expenditure=expenditure)
        .exclude(line__budget_year__status=YearStatus.CLOSED)
        .select_related("line__budget_year")
        .order_by("line__budget_year__year", "line__code", "pk")
    )
    waiting: dict[int, Decimal] = {}
    for commitment in expenditure.commitments.order_by("pk"):
        for year, amount in pending_by_year(commitment).items():
            waiting[year] = waiting.get(year, ZERO) + amount
    released = ZERO
    for row in rows:
        year = row.line.budget_year.year
        held = min(row.a - row.d, waiting.get(year, ZERO))
        waiting[year] = waiting.get(year, ZERO) - held
        rest = row.a - row.d - held
        if rest > 0:
            ledger.take_back(locked[row.line_id], expenditure, LedgerPhase.A, rest, by=by, at=at, reason=reason)
            released += rest
    return released
