"""What the closing of a year does with its money: what stays to be paid, what passes to the next year, what lapses.

RD 500/1990: credit that backs no recognised obligation lapses (art. 92). Carried over, once, is what backs commitments
(art. 47.1.b), and always what came as income for this purpose (art. 47.5). A call that still looks for its solution
goes on with credit of the next year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge, Status
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.shell.words import euros
from pilots.actions import annuity, ledger, reserve
from pilots.calculations.money import ZERO
from pilots.models import (
    BudgetLine,
    BudgetYear,
    Commitment,
    CommitmentLine,
    ContractPart,
    CreditKind,
    CreditMovement,
    DirectContract,
    Expenditure,
    ExpenditureLine,
    LedgerPhase,
    Milestone,
    MilestoneStatus,
    YearStatus,
)


class Fate(models.TextChoices):
    """What becomes of an amount when its year closes."""

    UNPAID = "unpaid", gettext_lazy("left to be paid")
    CARRIED = "carried", gettext_lazy("carried over with its credit")
    MOVED = "moved", gettext_lazy("passes to credit of the next year")
    INCOME = "income", gettext_lazy("income for this purpose, carried over")
    LAPSES = "lapses", gettext_lazy("lapses")


REASONS = {
    Fate.UNPAID: gettext_lazy("The obligation is recognised: it is paid with the money of the closed year."),
    Fate.CARRIED: gettext_lazy("It backs a commitment whose work isn't accepted yet (RD 500/1990, art. 47.1.b)."),
    Fate.MOVED: gettext_lazy("It is still needed but can't be carried over: the next year bears it with its own."),
    Fate.INCOME: gettext_lazy("Income received for a purpose stays with it (RD 500/1990, art. 47.5)."),
    Fate.LAPSES: gettext_lazy("Nothing needs it any more, so it backs no obligation (RD 500/1990, art. 92)."),
}
WAITING = (DecisionKind.PUBLICATION, DecisionKind.AMOUNT)


@dataclass(frozen=True)
class Item:
    """An amount of one line and what becomes of it. `phase`: where it stands now, empty for free credit."""

    line: BudgetLine
    fate: Fate
    amount: Decimal
    phase: str = ""
    expenditure: Expenditure | None = None
    commitment: Commitment | None = None

    def said(self) -> dict[str, Any]:
        """Return it as it is kept with the decision."""
        return {
            "line": self.line.code,
            "fate": str(self.fate),
            "amount": f"{self.amount:.2f}",
            "phase": self.phase,
            "title": self.expenditure.title if self.expenditure else "",
            "commitment": self.commitment.public_id if self.commitment else "",
            "supplier": supplier_of(self.commitment) if self.commitment else "",
        }


@dataclass
class Plan:
    """All that a closing does, and what stands in its way."""

    year: BudgetYear
    next_year: BudgetYear | None
    items: list[Item] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)

    def total(self, *fates: Fate) -> Decimal:
        """Return the sum of the items with these fates."""
        return sum((item.amount for item in self.items if item.fate in fates), ZERO)

    def said(self) -> dict[str, Any]:
        """Return what is signed: figures of each line and every item."""
        opens = self.next_year.year if self.next_year and self.next_year.status == YearStatus.PROVISIONAL else None
        return {"opens": opens, "lines": lines_of(self), "items": [item.said() for item in self.items]}


def supplier_of(commitment: Commitment) -> str:
    """Return the name of who has the contract."""
    return commitment.supplier.name if commitment.supplier else commitment.supplier_name


def lines_of(plan: Plan) -> list[dict[str, str]]:
    """Return for each line its credit, what was recognised and paid of it, and what becomes of the rest."""
    rows = []
    for line in plan.year.lines.order_by("code", "pk"):
        sums = {fate: sum((item.amount for item in plan.items if item.line == line and item.fate == fate), ZERO)
                for fate in Fate}  # fmt: skip
        carried = sums[Fate.CARRIED] + sums[Fate.INCOME]
        figures = {
            "credit": line.credit,
            "recognised": line.o,
            "paid": line.p,
            "unpaid": line.o - line.p,
            "carried": carried,
            "moved": sums[Fate.MOVED],
            "lapses": line.credit - line.o - carried,
        }
        rows.append({"code": line.code, "name": line.name, **{key: f"{one:.2f}" for key, one in figures.items()}})
    return rows


def plan_for(year: BudgetYear) -> Plan:
    """Return what closing `year` would do now. Reads only."""
    plan = Plan(year, BudgetYear.objects.filter(year=year.year + 1).first())
    lines = {line.pk: line for line in year.lines.order_by("code", "pk")}
    before = carried_into(year)
    rows = list(
        CommitmentLine.objects.filter(line__in=lines)
        .select_related("commitment__expenditure__challenge", "commitment__supplier")
        .order_by("line__code", "commitment_id")
    )
    goes_on = annuity.passes_on([row.commitment for row in rows], year.year)
    for row in rows:
        once = before.get(row.commitment.public_id, ZERO)
        goes_on[row.commitment_id] = _plan_commitment(
            plan, row, lines[row.line_id], needed=goes_on.get(row.commitment_id, ZERO), once=once
        )
    annuities = ExpenditureLine.objects.filter(line__in=lines).select_related("expenditure__challenge")
    for annuity_row in annuities.order_by("line__code", "expenditure_id"):
        _plan_expenditure(plan, annuity_row, lines[annuity_row.line_id])
    _plan_credit(plan, list(lines.values()))
    _obstacles(plan)
    return plan


def carried_into(year: BudgetYear) -> dict[str, Decimal]:
    """Return what was carried into `year` for each commitment when the year before closed: it isn't carried twice."""
    last = PreparedDecision.objects.filter(
        kind=DecisionKind.BUDGET_YEAR,
        target_id__in=BudgetYear.objects.filter(year=year.year - 1).values("pk"),
        approved_at__isnull=False,
        payload__to=YearStatus.CLOSED,
    ).first()
    carried: dict[str, Decimal] = {}
    for item in last.payload.get("items", []) if last else []:
        if item["fate"] == Fate.CARRIED:
            carried[item["commitment"]] = carried.get(item["commitment"], ZERO) + Decimal(item["amount"])
    return carried


def _plan_commitment(plan: Plan, row: CommitmentLine, line: BudgetLine, *, needed: Decimal, once: Decimal) -> Decimal:
    """Say what becomes of a contract's money on one line; return what is needed of it beyond this line."""
    known: dict[str, Any] = {"expenditure": row.commitment.expenditure, "commitment": row.commitment}
    left = row.d - row.o
    goes_on = min(left, needed)
    # What was carried into this year was spent first; the rest of it isn't carried again.
    again = min(goes_on, max(once - row.o, ZERO))
    for fate, amount in (
        (Fate.UNPAID, row.o - row.p),
        (Fate.CARRIED, goes_on - again),
        (Fate.MOVED, again),
        (Fate.LAPSES, left - goes_on),
    ):
        if amount > 0:
            plan.items.append(Item(line, fate, amount, "O" if fate == Fate.UNPAID else "D", **known))
    return needed - goes_on


def _plan_expenditure(plan: Plan, row: ExpenditureLine, line: BudgetLine) -> None:
    fate = Fate.MOVED if is_live(row.expenditure.challenge) else Fate.LAPSES
    for phase, amount, becomes in (("RC", row.rc, Fate.LAPSES), ("A", row.a - row.d, fate)):
        if amount > 0:
            plan.items.append(Item(line, becomes, amount, phase, row.expenditure))


def is_live(challenge: Challenge | None) -> bool:
    """Say whether an award of the challenge can still follow."""
    if challenge is None:
        return False
    if challenge.status in (Status.PUBLISHED, Status.EVALUATING):
        return True
    return challenge.status in (Status.AWARDED, Status.PILOTING) and not reserve.is_settled(challenge)


def _plan_credit(plan: Plan, lines: list[BudgetLine]) -> None:
    movements = CreditMovement.objects.filter(line__in=lines, kind=CreditKind.GENERATED)
    incomes = dict(movements.values("line").annotate(sum=Sum("amount")).values_list("line", "sum"))
    for line in lines:
        free = line.credit - line.rc - line.a
        generated = incomes.get(line.pk, ZERO)
        rest = sum((item.amount for item in plan.items if item.line == line and item.fate == Fate.LAPSES), ZERO)
        # What was declared not available is excluded (art. 47.3).
        income = min(max(generated, ZERO), max(free - line.not_available, ZERO) + rest)
        for fate, amount in ((Fate.INCOME, income), (Fate.LAPSES, max(free - income, ZERO))):
            if amount > 0:
                plan.items.append(Item(line, fate, amount))


def _obstacles(plan: Plan) -> None:
    year = plan.year
    for milestone in accepted_without_invoice(year):
        plan.obstacles.append(
            _("Milestone %(number)s of %(pilot)s was accepted in %(year)s and its invoice isn't recorded.")
            % {"number": milestone.number, "pilot": milestone.pilot.reference, "year": year.year}
        )
    for part in parts_without_invoice(year):
        plan.obstacles.append(
            _("Delivery %(number)s of %(contract)s was accepted in %(year)s and its invoice isn't recorded.")
            % {"number": part.number, "contract": part.contract.reference, "year": year.year}
        )
    expenditures = Expenditure.objects.filter(lines__line__budget_year=year, lines__rc__gt=0)
    waiting = PreparedDecision.objects.waiting().filter(
        kind__in=WAITING,
        target_label=Challenge._meta.label_lower,  # noqa: SLF001 - documented interface
        target_id__in=expenditures.values("challenge_id"),
    )
    for title in Challenge.objects.filter(pk__in=waiting.values("target_id")).order_by("pk").values_list(
        "title", flat=True
    ):  # fmt: skip
        plan.obstacles.append(_("«%(title)s» waits for approval with money of this year.") % {"title": title})
    contracts = DirectContract.objects.filter(commitment__expenditure__lines__line__budget_year=year)
    waiting = PreparedDecision.objects.waiting().filter(
        kind__in=(DecisionKind.CONTRACT, DecisionKind.CONTRACT_END),
        target_label=DirectContract._meta.label_lower,  # noqa: SLF001 - documented interface
        target_id__in=contracts.values("pk"),
    )
    waits = DirectContract.objects.filter(pk__in=waiting.values("target_id")).order_by("pk")
    for title in waits.values_list("commitment__expenditure__title", flat=True):
        plan.obstacles.append(_("«%(title)s» waits for approval with money of this year.") % {"title": title})
    if PreparedDecision.objects.of(year).waiting().filter(kind=DecisionKind.CREDIT).exists():
        plan.obstacles.append(_("A change of credit of this year waits for approval."))
    _next_obstacles(plan)


def _next_obstacles(plan: Plan) -> None:
    """Whether the next year can take what passes to it."""
    new: dict[str, Decimal] = {}
    titles: dict[str, str] = {}
    for item in plan.items:
        if item.fate in (Fate.CARRIED, Fate.MOVED, Fate.INCOME):
            new.setdefault(item.line.code, ZERO)
            titles.setdefault(item.line.code, item.expenditure.title if item.expenditure else item.line.name)
            new[item.line.code] += item.amount if item.fate == Fate.MOVED else ZERO
    following, words = plan.next_year, {"year": plan.year.year + 1}
    lines = {line.code: line for line in following.lines.all()} if following else {}
    for code, amount in new.items():
        line = lines.get(code)
        if line is None:
            plan.obstacles.append(
                _("«%(title)s» goes on in %(year)s, which has no line %(code)s. Prepare that year first.")
                % {**words, "title": titles[code], "code": code}
            )
        elif amount > line.available:
            plan.obstacles.append(
                _("Line %(code)s of %(year)s has %(available)s available and calls of this year need %(needed)s of it.")
                % {**words, "code": code, "available": euros(line.available), "needed": euros(amount)}
            )


def accepted_without_invoice(year: BudgetYear) -> list[Milestone]:
    """Return milestones accepted by the end of the year and paid from it whose invoice isn't recorded."""
    rows = (
        Milestone.objects.filter(
            o=0,
            due_on__year__lte=year.year,
            status=MilestoneStatus.ACCEPTED,
            pilot__award__commitment__lines__line__budget_year=year,
            pilot__award__commitment__lines__d__gt=models.F("pilot__award__commitment__lines__o"),
        )
        .select_related("pilot")
        .order_by("pk")
        .distinct()
    )
    return [row for row in rows if row.accepted_at and clock.local_date(row.accepted_at).year <= year.year]


def parts_without_invoice(year: BudgetYear) -> list[ContractPart]:
    """Return parts of contracts of the Office accepted by the end of the year whose invoice isn't recorded."""
    rows = ContractPart.objects.filter(
        o=0,
        due_on__year__lte=year.year,
        accepted_at__isnull=False,
        contract__commitment__lines__line__budget_year=year,
        contract__commitment__lines__d__gt=models.F("contract__commitment__lines__o"),
    )
    rows = rows.select_related("contract").order_by("pk").distinct()
    return [row for row in rows if clock.local_date(row.accepted_at).year <= year.year]


def check(plan: Plan) -> None:
    """Raise `DomainError` with what stands in the way."""
    if plan.obstacles:
        raise DomainError(
            _("The year %(year)s can't close yet. %(why)s")
            % {"year": plan.year.year, "why": " ".join(plan.obstacles[:5])}
        )


@transaction.atomic
def carry_out(plan: Plan, decision: PreparedDecision, *, by: User, at: datetime) -> None:
    """Take back what the year no longer backs and enter it on the next year, which is open by now."""
    following = {line.code: line for line in plan.next_year.lines.all()} if plan.next_year else {}
    codes = {item.line.code for item in plan.items}
    ledger.lock_lines([*plan.year.lines.all(), *(line for code, line in following.items() if code in codes)])
    reason = _("Closing of %(year)s") % {"year": plan.year.year}
    for item in plan.items:
        if item.fate == Fate.UNPAID or not item.phase:
            continue
        _take_back(item, reason=reason, by=by, at=at)
    for item in plan.items:
        if item.fate in (Fate.CARRIED, Fate.INCOME):
            _carry_credit(item, following[item.line.code], decision, reason=reason, by=by, at=at)
    for item in plan.items:
        if item.fate in (Fate.CARRIED, Fate.MOVED) and item.expenditure is not None:
            line = following[item.line.code]
            said: dict[str, Any] = {"by": by, "at": at, "reason": reason}
            ledger.post(line, item.expenditure, LedgerPhase.A, item.amount, **said)
            if item.commitment is not None:
                ledger.post(line, item.expenditure, LedgerPhase.D, item.amount, commitment=item.commitment, **said)


def _take_back(item: Item, *, reason: str, by: User, at: datetime) -> None:
    said: dict[str, Any] = {"by": by, "at": at, "reason": reason}
    if item.expenditure is None:
        return
    if item.phase == LedgerPhase.D:
        ledger.take_back(item.line, item.expenditure, LedgerPhase.D, item.amount, commitment=item.commitment, **said)
    phase = LedgerPhase.RC if item.phase == LedgerPhase.RC else LedgerPhase.A
    ledger.take_back(item.line, item.expenditure, phase, item.amount, **said)


def _carry_credit(
    item: Item, line: BudgetLine, decision: PreparedDecision, *, reason: str, by: User, at: datetime
) -> None:
    CreditMovement.objects.create(
        line=line, kind=CreditKind.CARRIED_OVER, amount=item.amount, reason=f"{reason}. {REASONS[item.fate]}",
        decision=decision, made_at=at, made_by=by,
    )  # fmt: skip
    audit.record("credit.changed", target=line, by=by, at=at, new=CreditKind.CARRIED_OVER, amount=item.amount,
                 reason=reason)  # fmt: skip


def shown(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said of a closing, ready to be shown: figures of lines, total, items by what becomes of them."""
    figures = ("credit", "recognised", "paid", "unpaid", "carried", "moved", "lapses")
    lines = [
        {"code": row["code"], "name": row["name"], **{key: Decimal(row[key]) for key in figures}}
        for row in payload.get("lines", [])
    ]
    items = [{**item, "amount": Decimal(item["amount"])} for item in payload.get("items", [])]
    groups = []
    for fate in Fate:
        rows = [item for item in items if item["fate"] == fate and (item["title"] or fate != Fate.LAPSES)]
        if rows:
            groups.append({"label": fate.label, "why": REASONS[fate], "rows": rows,
                           "total": sum((row["amount"] for row in rows), ZERO)})  # fmt: skip
    total = {key: sum((row[key] for row in lines), ZERO) for key in figures}
    return {"lines": lines, "total": total, "groups": groups, "opens": payload.get("opens")}
