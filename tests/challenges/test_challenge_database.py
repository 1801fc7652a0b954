"""What the database refuses of challenges, from the application's own role."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from challenges.actions import lifecycle
from challenges.actions import question as questions
from challenges.models import (
    Challenge,
    ChallengeStep,
    Criterion,
    CriterionKind,
    Follow,
    Question,
    ReviewComment,
    Status,
)
from govtech import clock
from tests import people
from tests.challenges import factories
from tests.conftest import as_application

pytestmark = pytest.mark.django_db


def refused(sql: str, params: list[Any]) -> str:
    """Run one statement as the application and return the words of its refusal."""
    with (
        as_application(),
        pytest.raises((IntegrityError, InternalError)) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):  # noqa: PT012
        cursor.execute(sql, params)
    return str(refusal.value)


def test_the_deadline_of_a_published_challenge_never_moves_earlier() -> None:
    challenge = factories.open_challenge()

    words = refused(
        "UPDATE challenges_challenge SET closes_at = %s WHERE id = %s",
        [challenge.closes_at - timedelta(seconds=1), challenge.pk],
    )

    assert "only moves later" in words


def test_the_deadline_stays_once_the_proposals_are_opened() -> None:
    challenge = factories.open_challenge()
    with clock.travel(challenge.closes_at), factories.unfunded():
        lifecycle.start_evaluation(challenge, proposal_count=0, by=people.officer(), at=clock.now())

    words = refused(
        "UPDATE challenges_challenge SET closes_at = %s WHERE id = %s",
        [challenge.closes_at + timedelta(days=1), challenge.pk],
    )

    assert "not after the opening" in words


def test_proposals_are_not_opened_before_the_deadline() -> None:
    challenge = factories.open_challenge()

    words = refused("UPDATE challenges_challenge SET status = 'evaluating' WHERE id = %s", [challenge.pk])

    assert "sealed until the deadline" in words


@pytest.mark.parametrize(
    "change", ["weight_percent = weight_percent + 1", "threshold_points = 1", "kind = 'judgement', weight_percent = 9"]
)
def test_criteria_of_a_published_challenge_are_fixed(change: str) -> None:
    challenge = factories.open_challenge()
    formula = challenge.criteria.get(kind=CriterionKind.FORMULA)

    assert "fixed" in refused(f"UPDATE challenges_criterion SET {change} WHERE id = %s", [formula.pk])
    assert "fixed" in refused("DELETE FROM challenges_criterion WHERE id = %s", [formula.pk])
    assert "fixed" in refused(
        "INSERT INTO challenges_criterion (challenge_id, position, kind, name, name_en, guidance, guidance_en,"
        " weight_percent, threshold_points) VALUES (%s, 99, 'judgement', 'x', '', '', '', 5, 0)",
        [challenge.pk],
    )


def test_nothing_is_published_with_weights_of_99() -> None:
    challenge = factories.submitted_challenge()
    first = challenge.criteria.order_by("position")[0]
    Criterion.objects.filter(pk=first.pk).update(weight_percent=first.weight_percent - 1)

    words = refused(
        "UPDATE challenges_challenge SET status = 'published', reference = 'RETO-X', slug = 'x', publish_at = opens_at,"
        " approved_at = submitted_at WHERE id = %s",
        [challenge.pk],
    )

    assert "99, not 100" in words


def test_nothing_is_published_at_the_limit_of_a_minor_contract() -> None:
    challenge = factories.submitted_challenge()
    Challenge.objects.filter(pk=challenge.pk).update(max_amount_net="15000.00")

    words = refused(
        "UPDATE challenges_challenge SET status = 'published', reference = 'RETO-X', slug = 'x', publish_at = opens_at,"
        " approved_at = submitted_at WHERE id = %s",
        [challenge.pk],
    )

    assert "under 15000.00 net" in words


@pytest.mark.parametrize("state", ["submitted", "published"])
def test_what_left_its_draft_is_never_deleted(state: str) -> None:
    challenge = factories.submitted_challenge() if state == "submitted" else factories.open_challenge()

    assert "never deleted" in refused("DELETE FROM challenges_challenge WHERE id = %s", [challenge.pk])


def test_reference_and_address_are_permanent() -> None:
    challenge = factories.open_challenge()

    assert "permanent" in refused("UPDATE challenges_challenge SET slug = 'otro' WHERE id = %s", [challenge.pk])
    assert "permanent" in refused("UPDATE challenges_challenge SET reference = 'RETO-1' WHERE id = %s", [challenge.pk])
    assert "does not go back" in refused(
        "UPDATE challenges_challenge SET status = 'draft' WHERE id = %s", [challenge.pk]
    )


def test_corrections_are_never_rewritten() -> None:
    challenge = factories.open_challenge()
    lifecycle.correct(challenge, field="target", new_text="10 %", reason="Errata.", by=people.officer(), at=clock.now())

    for sql in ("UPDATE challenges_correction SET old_text = ''", "DELETE FROM challenges_correction"):
        with (
            as_application(),
            pytest.raises(Exception, match=r"denied|append|never|refuse|may not|change"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):  # noqa: PT012
            cursor.execute(sql)


@pytest.mark.parametrize(
    "fields",
    [
        {"max_amount_net": "-0.01"},
        {"options_net": "-1"},
        {"duration_months": 13},
        {"awards_planned": 0},
        {"pass_mark": "100.5"},
        {"status": "open"},
        {"closes_at": "opens_at"},
        {"questions_close_at": "late"},
    ],
    ids=str,
)
def test_impossible_rows_are_refused(fields: dict[str, Any]) -> None:
    challenge = factories.draft_challenge()
    values = {
        name: challenge.opens_at
        if value == "opens_at"
        else challenge.closes_at + timedelta(days=1)
        if value == "late"
        else value
        for name, value in fields.items()
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Challenge.objects.filter(pk=challenge.pk).update(**values)


def test_impossible_parts_are_refused() -> None:
    challenge, person, at = factories.draft_challenge(), people.person(), clock.now()
    bad: list[Any] = [
        Criterion(challenge=challenge, position=20, name="x", weight_percent=0),
        Criterion(challenge=challenge, position=20, name="x", weight_percent=10, threshold_points=11),
        Criterion(challenge=challenge, position=20, name="x", weight_percent=10, kind="formula"),
        Criterion(challenge=challenge, position=20, name="x", weight_percent=10, kind="guess"),
        ChallengeStep(challenge=challenge, key="problem"),
        ChallengeStep(challenge=challenge, key="new", saved_at=at),
        Follow(user=person, since=at),
        Follow(user=person, since=at, challenge=challenge, department=challenge.department),
        ReviewComment(challenge=challenge, step="problem", text="x", made_at=at, made_by=person, resolved_at=at),
        Question(challenge=challenge, text="x", asked_at=at, asked_by=person, answer="y"),
    ]
    for row in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_person_follows_a_thing_once() -> None:
    challenge, person = factories.open_challenge(), people.person()
    Follow.objects.create(user=person, challenge=challenge, since=clock.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(user=person, challenge=challenge, since=clock.now())


def test_a_challenge_begins_as_a_draft() -> None:
    with pytest.raises(IntegrityError, match="starts as a draft"), transaction.atomic():
        factories.draft_challenge(status=Status.SUBMITTED)


def test_questions_stop_at_the_instant_stated() -> None:
    challenge, company = factories.open_challenge(), people.person()

    with clock.travel(challenge.questions_close_at - timedelta(microseconds=1)):
        questions.ask(challenge, text="¿A tiempo?", by=company)
    with clock.travel(challenge.questions_close_at), pytest.raises(Exception, match="terminó"):
        questions.ask(challenge, text="¿Tarde?", by=company)

    assert list(Question.objects.values_list("text", flat=True)) == ["¿A tiempo?"]
