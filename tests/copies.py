"""Many rows like one: copies of a row with all that hangs on it, for tests that count queries.

Copies are plain rows, made with the database's triggers and foreign keys off: nothing about them is checked but their
own constraints.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection, models

from challenges.models import Challenge, ChallengeDocument, ChallengeStep, Criterion, Question
from govtech.accounts.models import User
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
    Clarification,
    ClarificationAnswer,
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
    Verification,
    VerificationCheck,
)

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
    Clarification: [(ClarificationAnswer, "clarification")],
    Verification: [(VerificationCheck, "verification")],
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


def crowd(number: int) -> list[User]:
    """Return new people with verified addresses, written at once."""
    numbers = [next(_numbers) for _ in range(number)]
    made = User.objects.bulk_create(
        User(full_name=f"Persona Copiada {each}", email=f"copia{each}@example.test", password="!") for each in numbers
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made
    )
    return made


def each_of(values: list[Any]) -> Callable[[], Any]:
    """Return what gives each copy the next of the values."""
    waiting = iter(values)
    return lambda: next(waiting)


def _like(row: models.Model, changes: dict[str, Any]) -> Any:
    """Return an unwritten copy of the row. What must differ differs."""
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
    made = model(**values)
    for key, value in changes.items():
        setattr(made, key, value)
    return made


def _with_parts(model: type[models.Model], wanted: list[tuple[Any, dict[str, Any]]]) -> list[Any]:
    """Write a copy of each row with its changes, and of the parts that hang on it: one statement a table."""
    if model is Membership:
        others = [changes for _row, changes in wanted if not changes.keys() & {"user", "user_id"}]
        for changes, user in zip(others, crowd(len(others)), strict=True):
            changes["user"] = user
    made = model._default_manager.bulk_create(_like(row, changes) for row, changes in wanted)
    for part, column in PARTS.get(model, []):
        hanging: dict[int, list[Any]] = {}
        for each in part._default_manager.filter(**{f"{column}__in": {row for row, _ in wanted}}).order_by("pk"):
            hanging.setdefault(getattr(each, f"{column}_id"), []).append(each)
        if hanging:
            pairs = zip(wanted, made, strict=True)
            more = [(part_, _of(part, column, new)) for (row, _), new in pairs for part_ in hanging.get(row.pk, [])]
            _with_parts(part, more)
    return made


def _of(part: type[models.Model], column: str, made: Any) -> dict[str, Any]:
    """Return the columns that make a part the copy's."""
    if part is Participation:
        return {column: made, "organisation": made.organisation, "challenge": made.challenge}
    return {column: made, "organisation": made.proposal.organisation} if part is Pilot else {column: made}


def copies(row: models.Model, number: int, /, **changes: Any) -> list[Any]:
    """Return `number` copies; a change that can be called gives each copy its own value."""
    return copies_of([row] * number, **changes)


def copies_of(rows: list[Any], /, **changes: Any) -> list[Any]:
    """Return a copy of each of the rows, all of one model; a change that can be called gives each its own value."""
    wanted = [(row, {key: value() if callable(value) else value for key, value in changes.items()}) for row in rows]
    with unchecked():
        return _with_parts(type(rows[0]), wanted)
