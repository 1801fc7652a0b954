"""Many rows like one: copies of a row with all that hangs on it, for tests that count queries.

Copies are plain rows, made with the database's triggers and foreign keys off: nothing about them is checked but their
own constraints.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any

from django.db import connection, models

from challenges.models import Challenge, ChallengeDocument, ChallengeStep, Criterion, Question
from pilots.models import (
    Award,
    AwardPaper,
    Commitment,
    Deliverable,
    Expenditure,
    ExpenditureLine,
    Indicator,
    IndicatorValue,
    Invoice,
    LedgerEntry,
    Milestone,
    Pilot,
)
from startups.models import (
    ConflictDeclaration,
    CriterionReason,
    Membership,
    Organisation,
    Participation,
    Proposal,
    ProposalResult,
    ProposalSection,
    Receipt,
    Score,
    ScoreSheet,
    Submission,
)
from tests import people

_numbers = count(1)
# What is copied along with a row: the model, and the column that leads to the row.
PARTS: dict[type[models.Model], list[tuple[type[models.Model], str]]] = {
    Challenge: [(model, "challenge") for model in (ChallengeStep, ChallengeDocument, Criterion, Question, Expenditure)],
    Expenditure: [(ExpenditureLine, "expenditure"), (LedgerEntry, "expenditure")],
    Organisation: [(Membership, "organisation")],
    Proposal: [
        *((model, "proposal") for model in (Submission, ScoreSheet, CriterionReason, ConflictDeclaration)),
        *((model, "proposal") for model in (ProposalSection, ProposalResult, Participation)),
    ],
    Submission: [(Receipt, "submission")],
    ScoreSheet: [(Score, "sheet")],
    Award: [(AwardPaper, "award"), (Commitment, "award"), (Pilot, "award")],
    Pilot: [(Milestone, "pilot"), (Indicator, "pilot")],
    Milestone: [(Deliverable, "milestone"), (Invoice, "milestone")],
    Indicator: [(IndicatorValue, "indicator")],
}


@contextmanager
def unchecked() -> Iterator[None]:
    """Write rows without triggers and foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")


@cache
def _new_values(model: type[models.Model]) -> "list[models.Field]":
    """Return the columns of text that no two rows may share."""
    return [field for field in model._meta.concrete_fields if field.unique and isinstance(field, models.CharField)]


def copy(row: models.Model, /, **changes: Any) -> Any:
    """Return a copy of the row with its parts. What must differ differs; `changes` are columns."""
    number, model = next(_numbers), type(row)
    values = {
        field.attname: getattr(row, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key and not isinstance(field, models.GeneratedField)
    }
    for field in _new_values(model):
        values[field.attname] = field.get_default() or f"c{number}-{values[field.attname]}"[: field.max_length]
    if model is Organisation:
        values |= {"tax_id": f"C{number:08d}", "name": f"Copia {number} SL"}
    if model is Membership and "user" not in changes and "user_id" not in changes:
        values["user_id"] = people.person().pk
    made = model(**values)
    for key, value in changes.items():
        setattr(made, key, value)
    made.save(force_insert=True)
    for part, column in PARTS.get(model, []):
        for each in part._default_manager.filter(**{column: row}).order_by("pk"):
            more: dict[str, Any] = {}
            if part is Participation:
                more = {"organisation": made.organisation, "challenge": made.challenge}
            elif part is Pilot:
                more = {"organisation": made.proposal.organisation}
            copy(each, **{column: made}, **more)
    return made


def copies(row: models.Model, number: int, /, **changes: Any) -> list[Any]:
    """Return `number` copies; a change that can be called gives each copy its own value."""
    with unchecked():
        return [
            copy(row, **{key: value() if callable(value) else value for key, value in changes.items()})
            for _ in range(number)
        ]
