"""The money of a challenge: reserved by one person, authorised with its publication by another, released at the end."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from challenges.actions import lifecycle
from challenges.models import Challenge
from challenges.policies import preflight
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.shell.words import euros
from pilots.actions import amount as new_amount
from pilots.actions import ledger, report
from pilots.calculations.money import ZERO
from pilots.models import BudgetLine, Expenditure, ExpenditureKind, LedgerEntry, LedgerPhase, YearStatus
from pilots.notifications import decision as notifications
from pilots.policies import credit as policies
from pilots.policies import decision as kinds

Part = Mapping[str, Any]


def lines_for(challenge: Challenge, *, at: datetime) -> list[dict[str, Any]]:
    """Propose how the reserve is split: [{"year", "line" (None where the year has none), "amount"}, …].

    By the months in which something is expected to be accepted, from the start of the pilot and its length.
    """
    return policies.proposed_lines(challenge, at=at)


@transaction.atomic
def prepare_publication(
    challenge: Challenge,
    *,
    lines: Iterable[Part],
    publish_at: datetime | None,
    rc_certificate: str = "",
    by: User,
    at: datetime,
) -> PreparedDecision:
    """Reserve (RC) the most a challenge may cost, and put its spending and publication before the director.

    `lines`: [{"line": key, "amount": "17545.00"}, …], which add up to the reserve exactly. `publish_at` None is "when
    it is approved". Raises `DomainError`: what is missing, the estimated value, or the line without enough credit.
    """
    challenge = _locked(challenge)
    policies.check_can_prepare_publication(challenge, by=by, at=at)
    preflight.check_complete(challenge, at=at)
    policies.check_estimated_value(challenge, at=at)
    _check_publish_at(challenge, publish_at)
    parts = _checked_parts(challenge, lines, at=at)
    payload = {
        "lines": [{"line": part["line"].pk, "amount": f"{part['amount']:.2f}"} for part in parts],
        "publish_at": publish_at.isoformat() if publish_at else None,
        "rc_certificate": rc_certificate,
    }
    decision = decisions.prepare(DecisionKind.PUBLICATION, challenge, by=by, at=at, payload=payload)
    expenditure = _expenditure(challenge, rc_certificate=rc_certificate, by=by, at=at)
    for part in parts:
        ledger.post(part["line"], expenditure, LedgerPhase.RC, part["amount"], by=by, at=at, document_no=rc_certificate)
    total = sum((part["amount"] for part in parts), ZERO)
    audit.record("spending.prepared", target=expenditure, by=by, at=at, amount=total)
    notifications.prepared(decision, what=kinds.title_of_publication(decision, challenge), by=by, at=at)
    return decision


@transaction.atomic
def approve_challenge(
    challenge: Challenge, *, lines: Iterable[Part] | None = None, by: User, at: datetime
) -> Challenge:
    """Authorise the spending (A consumes RC) and publish the challenge, in one transaction.

    `lines` is what the person approving was shown: when it isn't what was prepared, nothing happens. Stores the needs
    report with the statement against splitting (LCSP art. 118). Raises `DomainError`, `PermissionDenied`.
    """
    challenge = _locked(challenge)
    policies.check_can_approve(by=by, at=at)
    decision = _waiting(DecisionKind.PUBLICATION, challenge)
    decision = decisions.approve(decision, by=by, at=at)
    prepared = decision.payload["lines"]
    if lines is not None and [dict(part) for part in lines] != prepared:
        raise DomainError(_("This changed while you were reading it. Look at it again before you approve."))
    total = sum((Decimal(part["amount"]) for part in prepared), ZERO)
    if total != policies.reserve_of(challenge, at=at):
        raise DomainError(
            _("The challenge changed after its spending was prepared: it needs %(needed)s and %(total)s is reserved. "
              "Return it, so that it is prepared again.")
            % {"needed": euros(policies.reserve_of(challenge, at=at)), "total": euros(total)}
        )  # fmt: skip
    policies.check_estimated_value(challenge, at=at)
    expenditure = Expenditure.objects.select_for_update(no_key=True).get(challenge=challenge)
    _consume(expenditure, prepared, document_no=decision.payload["rc_certificate"], by=by, at=at)
    publish_at = parse_datetime(decision.payload["publish_at"]) if decision.payload["publish_at"] else None
    challenge = lifecycle.approve(challenge, publish_at=publish_at, by=by, at=at)
    if not expenditure.case_file and challenge.case_file:
        expenditure.case_file = challenge.case_file
        expenditure.save(update_fields=["case_file"])
    challenge.needs_report = report.needs_report(challenge, decision, total=total, by=by, at=at)
    challenge.save(update_fields=["needs_report"])
    audit.record("spending.authorised", target=expenditure, by=by, at=at, amount=total)
    notifications.approved(decision, what=kinds.title_of_publication(decision, challenge), at=at)
    return challenge


def _consume(expenditure: Expenditure, parts: Iterable[Part], *, document_no: str, by: User, at: datetime) -> None:
    """Turn each reserve into an authorisation: RC down, A up, line by line in (year, code) order."""
    amounts = {part["line"]: Decimal(part["amount"]) for part in parts}
    for key, line in ledger.lock_lines(amounts).items():
        ledger.take_back(line, expenditure, LedgerPhase.RC, amounts[key], by=by, at=at, reason=_("Consumed by A"))
        ledger.post(line, expenditure, LedgerPhase.A, amounts[key], by=by, at=at, document_no=document_no)


@transaction.atomic
def send_back_publication(challenge: Challenge, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return spending and publication with a comment; the reserve is released. Who prepared it may take it back."""
    challenge = _locked(challenge)
    decision = _waiting(DecisionKind.PUBLICATION, challenge)
    policies.check_can_send_back(decision.prepared_by_id, by=by, at=at)
    comment = _comment(comment)
    decision = decisions.send_back(decision, by=by, at=at, comment=comment)
    release(Expenditure.objects.get(challenge=challenge), reason=comment, by=by, at=at)
    notifications.returned(decision, what=kinds.title_of_publication(decision, challenge), at=at)
    return decision


@transaction.atomic
def prepare_cancellation(challenge: Challenge, *, reason: str, by: User, at: datetime) -> PreparedDecision:
    """Put the cancellation of a published call before the director. The reason will be public."""
    challenge = _locked(challenge)
    policies.check_can_prepare_cancellation(challenge, by=by, at=at)
    if not reason.strip():
        raise DomainError(_("Give the reason: it is published."), field="reason")
    decision = decisions.prepare(DecisionKind.CANCELLATION, challenge, by=by, at=at, payload={"reason": reason.strip()})
    notifications.prepared(decision, what=kinds.title_of_cancellation(decision, challenge), by=by, at=at)
    return decision


@transaction.atomic
def approve_cancellation(challenge: Challenge, *, by: User, at: datetime) -> Challenge:
    """Cancel a published call as prepared and give its money back, in one transaction."""
    challenge = _locked(challenge)
    policies.check_can_approve(by=by, at=at)
    decision = decisions.approve(_waiting(DecisionKind.CANCELLATION, challenge), by=by, at=at)
    reason = decision.payload["reason"]
    challenge = lifecycle.cancel(challenge, reason=reason, by=by, at=at)
    release(Expenditure.objects.get(challenge=challenge), reason=reason, by=by, at=at)
    notifications.approved(decision, what=kinds.title_of_cancellation(decision, challenge), at=at)
    return challenge


@transaction.atomic
def send_back_cancellation(challenge: Challenge, *, comment: str, by: User, at: datetime) -> PreparedDecision:
    """Return a cancellation with a comment: the call goes on."""
    challenge = _locked(challenge)
    decision = _waiting(DecisionKind.CANCELLATION, challenge)
    policies.check_can_send_back(decision.prepared_by_id, by=by, at=at)
    decision = decisions.send_back(decision, by=by, at=at, comment=_comment(comment))
    notifications.returned(decision, what=kinds.title_of_cancellation(decision, challenge), at=at)
    return decision


@transaction.atomic
def release(expenditure: Expenditure, *, reason: str, by: User, at: datetime) -> list[LedgerEntry]:
    """Give back what is reserved (RC) and authorised but not committed (A - D), on every line of a year not closed.

    The caller checks who may, and that the challenge no longer needs it: while it is published the database refuses.
    A new amount that waits for the director is sent back with it.
    """
    ledger.lock_lines(expenditure.lines.values_list("line_id", flat=True))
    if expenditure.challenge is not None:
        new_amount.drop(expenditure.challenge, reason=reason, by=by, at=at)
    rows = (
        expenditure.lines.select_related("line__budget_year")
        .exclude(line__budget_year__status=YearStatus.CLOSED)
        .order_by("line__budget_year__year", "line__code", "pk")
    )
    made: list[LedgerEntry] = []
    for row in rows:
        for phase, amount in ((LedgerPhase.RC, row.rc), (LedgerPhase.A, row.a - row.d)):
            if amount > 0:
                made += ledger.take_back(row.line, expenditure, phase, amount, by=by, at=at, reason=reason)
    total = sum((-entry.amount for entry in made), ZERO)
    if made:
        audit.record("spending.released", target=expenditure, by=by, at=at, amount=total, reason=reason)
    return made


def _locked(challenge: Challenge) -> Challenge:
    return (
        Challenge.objects.select_for_update(of=("self",), no_key=True).select_related("department").get(pk=challenge.pk)
    )


def _comment(comment: str) -> str:
    if not comment.strip():
        raise DomainError(_("Write a comment, so that whoever prepared it knows what to change."), field="comment")
    return comment.strip()


def _waiting(kind: DecisionKind, challenge: Challenge) -> PreparedDecision:
    decision = decisions.open_for(kind, challenge)
    if decision is None:
        raise DomainError(_("Nothing is waiting for approval here any more. Reload the page to see why."))
    return decision


def _check_publish_at(challenge: Challenge, publish_at: datetime | None) -> None:
    if publish_at is not None and challenge.opens_at is not None and publish_at > challenge.opens_at:
        raise DomainError(_("The challenge must be published before it opens for proposals."), field="publish_at")


def _checked_parts(challenge: Challenge, lines: Iterable[Part], *, at: datetime) -> list[dict[str, Any]]:
    """Return the parts with their lines, in (year, code) order, locked. They add up to the reserve."""
    given = list(lines)
    try:
        asked = {int(part["line"]): Decimal(str(part["amount"])) for part in given}
    except (InvalidOperation, KeyError, TypeError, ValueError) as error:
        raise DomainError(_("Write for each line an amount in euros.")) from error
    if len(asked) != len(given) or any(
        not amount.is_finite() or amount <= 0 or amount != amount.quantize(Decimal("0.01")) for amount in asked.values()
    ):
        raise DomainError(_("Write for each line, once, an amount in euros over zero."))
    found: dict[int, BudgetLine] = ledger.lock_lines(asked)
    if len(found) != len(asked):
        raise DomainError(_("Choose lines of the budget."))
    this_year = local_date(at).year
    for line in found.values():
        if line.budget_year.year < this_year or line.budget_year.status == YearStatus.CLOSED:
            raise DomainError(
                _("Line %(line)s is of %(year)s, which is over. Choose a line of this year or a later one.")
                % {"line": ledger.named(line), "year": line.budget_year.year}
            )
    total, needed = sum(asked.values(), ZERO), policies.reserve_of(challenge, at=at)
    if total != needed:
        raise DomainError(
            _("The lines add up to %(total)s and the challenge reserves %(needed)s: they must be equal.")
            % {"total": euros(total), "needed": euros(needed)}
        )
    return [{"line": line, "amount": asked[key]} for key, line in found.items()]


def _expenditure(challenge: Challenge, *, rc_certificate: str, by: User, at: datetime) -> Expenditure:
    expenditure, _made = Expenditure.objects.get_or_create(
        challenge=challenge,
        defaults={
            "kind": ExpenditureKind.CHALLENGE,
            "title": challenge.title,
            "case_file": challenge.case_file,
            "created_at": at,
            "created_by": by,
        },
    )
    expenditure.title, expenditure.rc_certificate = challenge.title, rc_certificate
    expenditure.save(update_fields=["title", "rc_certificate"])
    return expenditure
