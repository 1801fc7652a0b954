"""Who may reserve, authorise and release the money of a challenge, and when."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge, Status
from challenges.models.challenge import EDITABLE, LAUNCHED, TRANSITIONS, Route
from challenges.policies.check import ADVICE, OK, STOP, Check
from challenges.policies.preflight import estimated_value
from govtech.accounts import roles
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.policies import check_move
from govtech.reference.models import Rules
from govtech.shell.words import euros
from pilots.calculations import money
from pilots.models import BudgetLine, ExpenditureLine, LineKind, YearStatus
from pilots.policies.supplier import MONTHS_12

WHY_CREDIT = gettext_lazy(
    "Nothing is published without credit reserved for all of it, VAT included, in each year it will be paid."
)
WHY_SPLITTING = gettext_lazy(
    "One need cut into several minor contracts to stay under the limit is forbidden (LCSP art. 99.2)."
)
PREPARING = {*EDITABLE, Status.SUBMITTED}
SPENDS = LAUNCHED - {Status.CANCELLED, Status.VOID, Status.WAIVED, Status.DESISTED}


def check_can_prepare_publication(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """Officers and directors ask for the reserve of a challenge under review."""
    check_can_prepare(by=by, at=at)
    check_move(TRANSITIONS, challenge.status, Status.PUBLISHED)


def check_can_prepare(*, by: Any, at: datetime) -> None:
    """Officers and directors prepare spending."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Digital Office prepares spending."))


def check_can_approve(*, by: Any, at: datetime) -> None:
    """Who approves for the Office today; never what they prepared themselves (`audit.decisions`)."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only the director of the Digital Office, or today's substitute, does this."))


def check_can_send_back(prepared_by_id: int, *, by: Any, at: datetime) -> None:
    """The director returns it; who prepared it may take it back."""
    if by.pk != prepared_by_id:
        check_can_approve(by=by, at=at)


def check_can_prepare_cancellation(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """Officers and directors prepare the cancellation of a published call before it closes."""
    check_can_prepare(by=by, at=at)
    check_move(TRANSITIONS, challenge.status, Status.CANCELLED)
    if challenge.closes_at is not None and challenge.closes_at <= at:
        raise DomainError(_("The call has closed. Open the proposals first; then it can end without an award."))


def reserve_of(challenge: Challenge, *, at: datetime) -> Decimal:
    """Return the gross euros a challenge reserves by the rules in force: awards times the gross of the most each costs.

    Raises `DomainError` while the amount is missing.
    """
    if challenge.max_amount_net is None:
        raise DomainError(_("The maximum amount of each award is missing: the department must write it."))
    rules = Rules.objects.in_force(local_date(at))
    return money.reserve(challenge.max_amount_net, challenge.awards_planned, rules.vat_rate)


def check_estimated_value(challenge: Challenge, *, at: datetime) -> None:
    """On the minor-contract route the estimated value is under the limit (LCSP arts. 101 and 118).

    Several awards may add up over it where they are independent objects, by the legal report; none alone reaches it.
    """
    if challenge.route != Route.MINOR or challenge.max_amount_net is None:
        return
    limit = Rules.objects.in_force(local_date(at)).minor_contract_limit_net
    value = money.estimated_value(challenge.max_amount_net, challenge.awards_planned, challenge.options_net)
    independent = challenge.independent_objects_reason and challenge.independent_objects_report_id
    if challenge.max_amount_net >= limit or (value >= limit and not independent):
        raise DomainError(
            _(
                "The estimated value is %(value)s without VAT, and a minor contract must stay under %(limit)s. "
                "Lower the amount or the number of awards, choose another route, or, where the awards are independent "
                "objects, attach the legal report."
            )
            % {"value": euros(value), "limit": euros(limit)}
        )


def proposed_lines(challenge: Challenge, *, at: datetime) -> list[dict[str, Any]]:
    """Propose the split of the reserve: [{"year", "line" (None where the year has none), "amount"}, …]."""
    months = expected_months(challenge)
    if not months:
        return []
    split = money.split_by_year(reserve_of(challenge, at=at), months)
    lines: dict[int, BudgetLine] = {}
    rows = BudgetLine.objects.filter(kind=LineKind.CHALLENGE_CONTRACTS, budget_year__year__in=split)
    for line in rows.select_related("budget_year").order_by("code", "pk"):
        lines.setdefault(line.budget_year.year, line)
    return [{"year": year, "line": lines.get(year), "amount": amount} for year, amount in split.items()]


def asked_and_available(challenge: Challenge, *, at: datetime) -> list[dict[str, Any]]:
    """Return the proposed split with what each line has: [{"year", "line", "amount", "available", "missing"}, …].

    `missing` is how much more the line would need, zero where there is enough; `available` None where there is no line.
    """
    rows = []
    for part in proposed_lines(challenge, at=at):
        available = part["line"].available if part["line"] else None
        short = part["amount"] - (available or money.ZERO)
        rows.append({**part, "available": available, "missing": max(short, money.ZERO)})
    return rows


def changes_of_authorised(challenge: Challenge, *, at: datetime) -> dict[int, Decimal]:
    """Return by how much the authorised amount of each line changes, by its key, for what the challenge says now.

    Lines it has already are preferred to others of the same year. Raises `DomainError` where a year has no line.
    """
    rows = ExpenditureLine.objects.filter(expenditure__challenge=challenge, a__gt=0)
    authorised = {row.line_id: row.a for row in rows}
    own: dict[int, int] = {}
    for row in rows.select_related("line__budget_year").order_by("line__code", "pk"):
        own.setdefault(row.line.budget_year.year, row.line_id)
    needed: dict[int, Decimal] = {}
    for part in proposed_lines(challenge, at=at):
        key = own.get(part["year"]) or (part["line"].pk if part["line"] else None)
        if key is None:
            text = _("There is no budget line for %(year)s yet: the Office must add it before this is approved.")
            raise DomainError(text % {"year": part["year"]})
        needed[key] = needed.get(key, money.ZERO) + part["amount"]
    changes = {key: needed.get(key, money.ZERO) - authorised.get(key, money.ZERO) for key in {*needed, *authorised}}
    return {key: amount for key, amount in sorted(changes.items()) if amount}


def splitting_checks(challenge: Challenge, *, at: datetime) -> list[Check]:
    """Warn where minor contracts of the same CPV, of any department, reach the limit in 12 months (LCSP art. 101.6)."""
    if challenge.status != Status.SUBMITTED or challenge.route != Route.MINOR or not challenge.cpv_id:
        return []
    others = Challenge.objects.filter(
        route=Route.MINOR, cpv=challenge.cpv_id, status__in=SPENDS, approved_at__gt=at - MONTHS_12
    )
    found = list(others.order_by("approved_at", "pk"))
    total = sum((estimated_value(one) for one in [challenge, *found]), money.ZERO)
    limit = Rules.objects.in_force(local_date(at)).minor_contract_limit_net
    if not found or total < limit:
        return []
    text = _(
        "With %(calls)s, of the same CPV, it comes to %(total)s without VAT in 12 months, and the limit of a minor "
        "contract is %(limit)s: make sure that they are different objects."
    ) % {
        "calls": ", ".join(str(one.reference) for one in found[:5]),
        "total": euros(total),
        "limit": euros(limit),
    }
    return [Check(ADVICE, text, "terms", rule="splitting", why=WHY_SPLITTING)]


def expected_months(challenge: Challenge) -> list[date]:
    """Return the months in which something of the pilot is expected to be accepted. Empty while dates are missing."""
    if challenge.pilot_starts_on is None or not challenge.duration_months:
        return []
    return money.acceptance_months(challenge.pilot_starts_on, challenge.duration_months)


def credit_checks(challenge: Challenge, *, at: datetime) -> list[Check]:
    """Say whether there is credit for a challenge in preparation.

    An open year that has less than a tenth of what it needs stops a department from sending it. What a provisional
    year lacks, what the Office can move from another line, and all of it under review, is advice: the reserve binds.
    """
    if challenge.status not in PREPARING or challenge.max_amount_net is None:
        return []
    parts = proposed_lines(challenge, at=at)
    own = ExpenditureLine.objects.filter(expenditure__challenge=challenge, rc__gt=0).exists()
    if own:
        return [Check(OK, _("Its credit is reserved"), "money", rule="credit")]
    is_writing, found = challenge.status != Status.SUBMITTED, []
    for part in parts:
        line = part["line"]
        if line is None:
            text = _("There is no budget line for %(year)s yet: the Office must add it before this is approved.")
            found.append(Check(ADVICE, text % {"year": part["year"]}, "money", rule="credit_line", why=WHY_CREDIT))
        elif line.available < part["amount"]:
            text = _(
                "Today there is not enough credit in %(year)s: it needs %(asked)s and %(available)s are available."
            )
            words = {"year": part["year"], "asked": euros(part["amount"]), "available": euros(line.available)}
            is_open = line.budget_year.status == YearStatus.OPEN
            is_hopeless = is_open and line.available < part["amount"] / 10
            level = STOP if is_writing and is_hopeless else ADVICE
            found.append(Check(level, text % words, "money", "max_amount_net", rule="credit", why=WHY_CREDIT))
    if parts and not found:
        found.append(Check(OK, _("There is credit for it today"), "money", rule="credit"))
    return found
