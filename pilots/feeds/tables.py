"""The tables of open data: their columns and their rows. Everything begins with what an anonymous visitor sees."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Correction, CorrectionKind, PlannedChallenge, PlannedState, Question
from challenges.models.challenge import Phase, Route
from pilots.actions.resolution import published_tax_id
from pilots.feeds.column import Column, Table
from pilots.filters.released import ANYBODY, site, whole
from pilots.models import (
    Award,
    AwardStatus,
    Direction,
    FinalDecision,
    IndicatorValue,
    LedgerEntry,
    LedgerPhase,
    Milestone,
    MilestoneStatus,
    Pilot,
    PilotStatus,
)
from pilots.models.award import GIVEN_UP


def _of(name: str) -> Callable[[Any], Any]:
    """Return how to read an attribute, through others where there are points: nothing where one of them is empty."""
    parts = name.split(".")

    def read(row: Any) -> Any:
        for part in parts:
            row = getattr(row, part, None)
            if row is None:
                return None
        return row

    return read


def _address(row: Any) -> str:
    return whole(row.get_absolute_url())


REFERENCE = _("Reference of the challenge, permanent: the key that the other tables name it by.")


def _challenges() -> QuerySet[Any]:
    rows = Challenge.objects.visible_to(ANYBODY).with_phase().select_related("department", "policy_area", "cpv")
    return rows.prefetch_related("districts")


CHALLENGES = Table(
    "challenges",
    _("Challenges"),
    _("Every challenge put to the market, from the day of its publication, with how it stands."),
    _challenges,
    (
        Column("reference", "text", REFERENCE, _of("reference")),
        Column("title", "text", _("Title, as corrected."), _of("title")),
        Column("title_en", "text", _("Title in English. Empty: not translated."), _of("title_en")),
        Column("summary", "text", _("The problem in some sentences."), _of("summary")),
        Column("summary_en", "text", _("The same in English. Empty: not translated."), _of("summary_en")),
        Column("state", "text", _("Where it stands when the file is made."), _of("phase"), tuple(Phase.values[:-1])),
        Column("department_code", "text", _("Code of the department that has the problem."), _of("department.code")),
        Column("department", "text", _("Its name."), _of("department.name")),
        Column("policy_area", "text", _("What it is about: key of the policy area."), _of("policy_area.slug")),
        Column(
            "districts",
            "list",
            _("Districts in which it would be tried, by key. Empty: the whole city."),
            lambda row: sorted(each.slug for each in row.districts.all()),
        ),
        Column("route", "text", _("Procurement route."), _of("route"), tuple(Route.values)),
        Column("cpv", "text", _("Code of the common procurement vocabulary (CPV 2008)."), _of("cpv.code")),
        Column(
            "max_amount_net", "amount", _("Most that each award may cost, euros without VAT."), _of("max_amount_net")
        ),
        Column("awards_planned", "integer", _("How many awards are foreseen."), _of("awards_planned")),
        Column("duration_months", "integer", _("Length of the pilot in months."), _of("duration_months")),
        Column("minimum_trl", "integer", _("Least maturity asked for (TRL 1 to 9). Empty: any."), _of("minimum_trl")),
        Column("published_at", "instant", _("When it was published."), _of("publish_at")),
        Column("opens_at", "instant", _("From when on it takes proposals."), _of("opens_at")),
        Column("questions_close_at", "instant", _("Until when questions are taken."), _of("questions_close_at")),
        Column("closes_at", "instant", _("Until when it takes proposals, exclusive."), _of("closes_at")),
        Column("proposals", "integer", _("Proposals received. Empty until they are opened."), _of("proposal_count")),
        Column("ended_at", "instant", _("When it ended. Empty: it goes on."), _of("ended_at")),
        Column("ended_reason", "text", _("Why, where it ended without a pilot."), _of("ended_reason")),
        Column("ocid", "text", _("Its id in the contracting data (OCDS)."), lambda row: site().ocid(row)),
        Column("url", "address", _("Its page in this portal."), _address),
        Column("changed_at", "instant", _("When something public in it last changed."), _of("changed_at")),
    ),
    key="reference",
    filters={"state": "phase", "department": "department__code", "policy_area": "policy_area__slug"},
    changed="changed_at",
)

PLANNED = Table(
    "planned",
    _("Planned challenges"),
    _("What the Office has announced before it was written. Binds nobody."),
    lambda: PlannedChallenge.objects.visible_to(ANYBODY).select_related("department"),
    (
        Column("id", "text", _("Permanent id of the announcement."), _of("public_id")),
        Column("title", "text", _("Title."), _of("title")),
        Column("title_en", "text", _("Title in English. Empty: not translated."), _of("title_en")),
        Column("summary", "text", _("The problem in some sentences."), _of("summary")),
        Column("state", "text", _("Where the announcement stands."), _of("state"), tuple(PlannedState.values)),
        Column("department_code", "text", _("Code of the department that has the problem."), _of("department.code")),
        Column("expected_from", "date", _("First day of the months in which it is expected."), _of("expected_from")),
        Column("expected_until", "date", _("Last day of those months."), _of("expected_until")),
        Column("dropped_reason", "text", _("Why it is no longer planned."), _of("dropped_reason")),
        Column("announced_at", "instant", _("When it was announced."), _of("announced_at")),
        Column("url", "address", _("Its page in this portal."), _address),
        Column("changed_at", "instant", _("When it last changed."), _of("changed_at")),
    ),
    key="public_id",
    filters={"state": "state", "department": "department__code"},
    changed="changed_at",
)

CORRECTIONS = Table(
    "corrections",
    _("Corrections and notices"),
    _("The history of changes of the calls: what each said before, what it says now, and why."),
    lambda: Correction.objects.visible_to(ANYBODY).select_related("challenge"),
    (
        Column("challenge", "text", REFERENCE, _of("challenge.reference")),
        Column("number", "integer", _("Number of the notice within its challenge."), _of("number")),
        Column("kind", "text", _("What sort of change it is."), _of("kind"), tuple(CorrectionKind.values)),
        Column("field", "text", _("What changed: a column, a criterion or a document."), _of("field")),
        Column("before", "text", _("What it said before."), _of("old_text")),
        Column("after", "text", _("What it says now."), _of("new_text")),
        Column("reason", "text", _("Why it changed, as published."), _of("reason")),
        Column("published_at", "instant", _("When it was published."), _of("published_at")),
    ),
    filters={"challenge": "challenge__reference", "kind": "kind"},
    changed="published_at",
)

QUESTIONS = Table(
    "questions",
    _("Questions and answers"),
    _("What companies asked and what the departments answered to everybody. Nobody learns who asked."),
    lambda: Question.objects.visible_to(ANYBODY).select_related("challenge"),
    (
        Column("id", "text", _("Permanent id of the question."), _of("public_id")),
        Column("challenge", "text", REFERENCE, _of("challenge.reference")),
        Column("question", "text", _("What was asked."), _of("text")),
        Column("answer", "text", _("What was answered, as corrected."), _of("answer")),
        Column("answered_at", "instant", _("When it was answered."), _of("answered_at")),
    ),
    key="public_id",
    filters={"challenge": "challenge__reference"},
    changed="answered_at",
)


def _awards() -> QuerySet[Any]:
    rows = Award.objects.announced().filter(resolution__challenge__in=Challenge.objects.visible_to(ANYBODY))
    return rows.select_related("resolution__challenge", "proposal__organisation", "pilot", "commitment")


AWARDS = Table(
    "awards",
    _("Awards"),
    _("Every award that was published, also where the winner gave it up or a review annulled it afterwards."),
    _awards,
    (
        Column("id", "text", _("Permanent id of the award."), _of("public_id")),
        Column("challenge", "text", REFERENCE, _of("resolution.challenge.reference")),
        Column(
            "status",
            "text",
            _("Whether it stands: approved, given up by the winner, or annulled."),
            _of("status"),
            (AwardStatus.APPROVED.value, *(each.value for each in GIVEN_UP)),
        ),
        Column("organisation", "text", _("Name of the winner."), _of("proposal.organisation.name")),
        Column(
            "tax_id",
            "text",
            _("Its tax number; of a person only four digits."),
            lambda row: published_tax_id(row.commitment.supplier_tax_id) if row.commitment.supplier_tax_id else "",
        ),
        Column("amount_net", "amount", _("Amount in euros without VAT."), _of("amount_net")),
        Column("vat_rate", "number", _("VAT in percent."), _of("vat_rate")),
        Column("amount_gross", "amount", _("Amount in euros, VAT included."), _of("amount_gross")),
        Column("approved_at", "instant", _("When it was awarded."), _of("approved_at")),
        Column("reason", "text", _("Why this proposal, as published."), _of("reason")),
        Column("pilot", "text", _("Reference of the pilot that it made."), _of("pilot.reference")),
    ),
    key="public_id",
    filters={"challenge": "resolution__challenge__reference", "status": "status"},
    changed="approved_at",
)


def _pilots() -> QuerySet[Any]:
    rows = Pilot.objects.visible_to(ANYBODY)
    return rows.select_related("challenge", "organisation", "award__commitment")


PILOT = _("Reference of the pilot, permanent.")
PILOTS = Table(
    "pilots",
    _("Pilots"),
    _("Every pilot: who tries what, for how much, and what the city decided."),
    _pilots,
    (
        Column("reference", "text", PILOT, _of("reference")),
        Column("challenge", "text", REFERENCE, _of("challenge.reference")),
        Column("title", "text", _("Title."), _of("title")),
        Column("title_en", "text", _("Title in English. Empty: not translated."), _of("title_en")),
        Column("summary", "text", _("What is tried."), _of("summary")),
        Column("hypothesis", "text", _("What it must show."), _of("hypothesis")),
        Column("organisation", "text", _("Who carries it out."), _of("organisation.name")),
        Column("status", "text", _("Where it stands."), _of("status"), tuple(PilotStatus.values)),
        Column("starts_on", "date", _("First day. Empty: it hasn't started."), _of("starts_on")),
        Column("ends_on", "date", _("Last day foreseen."), _of("ends_on")),
        Column("amount_gross", "amount", _("Contract in euros, VAT included."), _of("award.commitment.amount_gross")),
        Column("paid_gross", "amount", _("Paid so far, VAT included."), _of("award.commitment.p")),
        Column("ended_at", "instant", _("When it ended."), _of("ended_at")),
        Column("ended_reason", "text", _("Why, where it ended early."), _of("ended_reason")),
        Column(
            "decision",
            "text",
            _("What the city does with the result. Empty: not decided."),
            _of("final_decision"),
            ("", *FinalDecision.values),
        ),
        Column("decision_reason", "text", _("Why."), _of("decision_reason")),
        Column("lessons", "text", _("What was learnt."), _of("lessons")),
        Column("next_step", "text", _("What comes next."), _of("next_step")),
        Column("decided_at", "instant", _("When it was decided."), _of("decided_at")),
        Column("url", "address", _("Its page in this portal."), _address),
    ),
    key="reference",
    filters={"challenge": "challenge__reference", "status": "status", "decision": "final_decision"},
)

MILESTONES = Table(
    "milestones",
    _("Milestones"),
    _("What each pilot delivers, when, and for how much."),
    lambda: Milestone.objects.filter(pilot__in=Pilot.objects.visible_to(ANYBODY)).select_related("pilot"),
    (
        Column("pilot", "text", PILOT, _of("pilot.reference")),
        Column("number", "integer", _("Number of the milestone within its pilot."), _of("number")),
        Column("title", "text", _("Title."), _of("title")),
        Column("due_on", "date", _("When it is due."), _of("due_on")),
        Column("amount_net", "amount", _("Amount in euros without VAT."), _of("amount_net")),
        Column("amount_gross", "amount", _("Amount in euros, VAT included."), _of("amount_gross")),
        Column("status", "text", _("Where it stands."), _of("status"), tuple(MilestoneStatus.values)),
        Column("accepted_at", "instant", _("When the department accepted it."), _of("accepted_at")),
        Column("paid_gross", "amount", _("Paid so far, VAT included."), _of("p")),
    ),
    filters={"pilot": "pilot__reference", "status": "status"},
)

MEASUREMENTS = Table(
    "measurements",
    _("Indicators"),
    _("Whether pilots work, in numbers: each value measured, beside where it began and what it aims at."),
    lambda: IndicatorValue.objects.filter(indicator__pilot__in=Pilot.objects.visible_to(ANYBODY)).select_related(
        "indicator__pilot"
    ),
    (
        Column("pilot", "text", PILOT, _of("indicator.pilot.reference")),
        Column("indicator", "text", _("What is measured."), _of("indicator.name")),
        Column("unit", "text", _("In what."), _of("indicator.unit")),
        Column("direction", "text", _("Which way is better."), _of("indicator.direction"), tuple(Direction.values)),
        Column("baseline", "number", _("Figure before the pilot."), _of("indicator.baseline")),
        Column("target", "number", _("Figure aimed at."), _of("indicator.target")),
        Column("measured_on", "date", _("When it was measured."), _of("measured_on")),
        Column("value", "number", _("Figure measured."), _of("value")),
    ),
    filters={"pilot": "indicator__pilot__reference"},
    changed="recorded_at",
)


def _payments() -> QuerySet[Any]:
    rows = LedgerEntry.objects.public().filter(phase=LedgerPhase.P)
    return rows.select_related(
        "line__budget_year", "expenditure__challenge", "commitment__supplier", "commitment__award__pilot"
    )


def _payee(row: LedgerEntry) -> str:
    commitment = row.commitment
    if commitment is None:
        return ""
    return commitment.supplier.name if commitment.supplier else commitment.supplier_name


PAYMENTS = Table(
    "payments",
    _("Payments"),
    _("Every payment of the programme, as its ledger has it. A negative amount takes one back."),
    _payments,
    (
        Column("entry", "integer", _("Number of the entry in the ledger."), _of("pk")),
        Column("year", "integer", _("Budget year."), _of("line.budget_year.year")),
        Column("line", "text", _("Code of the budget line."), _of("line.code")),
        Column("spending", "text", _("What it is for."), _of("expenditure.title")),
        Column("challenge", "text", REFERENCE, _of("expenditure.challenge.reference")),
        Column("pilot", "text", PILOT, _of("commitment.award.pilot.reference")),
        Column("organisation", "text", _("Who was paid."), _payee),
        Column("document", "text", _("Invoice or document."), _of("document_no")),
        Column("ordered_on", "date", _("When the payment was ordered."), _of("ordered_on")),
        Column("paid_on", "date", _("When it was paid."), _of("paid_on")),
        Column("amount_gross", "amount", _("Amount in euros, VAT included."), _of("amount")),
    ),
    key="pk",
    filters={"challenge": "expenditure__challenge__reference", "year": "line__budget_year__year"},
    changed="made_at",
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        CHALLENGES, PLANNED, CORRECTIONS, QUESTIONS, AWARDS, PILOTS, MILESTONES, MEASUREMENTS, PAYMENTS,
    )
}  # fmt: skip
