"""What binds the city takes two people, and is decided once."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from govtech.accounts.models import User
from govtech.audit import decisions
from govtech.audit.models import AuditEvent, DecisionKind, PreparedDecision
from govtech.errors import DomainError, TransitionError
from govtech.reference.models import PolicyArea

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> tuple[User, User]:
    """Two people."""
    return (
        User.objects.create_user("one@example.org", "x", full_name="One"),
        User.objects.create_user("two@example.org", "x", full_name="Two"),
    )


def target() -> PolicyArea:
    """Anything that a decision can be about."""
    return PolicyArea.objects.order_by("pk").first()  # type: ignore[return-value] # reference data are there


def test_another_person_approves(people: tuple[User, User]) -> None:
    one, two = people
    decision = decisions.prepare(DecisionKind.CREDIT, target(), by=one, at=AT, payload={"amount": "1.00"})

    approved = decisions.approve(decision, by=two, at=AT)

    assert (approved.prepared_by, approved.approved_by) == (one, two)
    assert decisions.open_for(DecisionKind.CREDIT, target()) is None
    assert list(AuditEvent.objects.order_by("pk").values_list("kind", "actor_id")) == [
        ("decision.prepared", one.pk),
        ("decision.approved", two.pk),
    ]


def test_nobody_approves_what_he_prepared(people: tuple[User, User]) -> None:
    one, _ = people
    decision = decisions.prepare(DecisionKind.CREDIT, target(), by=one, at=AT)

    with pytest.raises(DomainError):
        decisions.approve(decision, by=one, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedDecision.objects.update(approved_by=one, approved_at=AT)


def test_a_decision_is_taken_once(people: tuple[User, User]) -> None:
    one, two = people
    decision = decisions.prepare(DecisionKind.CREDIT, target(), by=one, at=AT)
    decisions.send_back(decision, by=two, at=AT, comment="The amount is wrong.")

    with pytest.raises(TransitionError):
        decisions.approve(decision, by=two, at=AT)
    with pytest.raises(TransitionError):
        decisions.send_back(decision, by=two, at=AT, comment="again")


def test_one_waits_at_a_time(people: tuple[User, User]) -> None:
    one, _ = people
    decisions.prepare(DecisionKind.CREDIT, target(), by=one, at=AT)

    with pytest.raises(DomainError):
        decisions.prepare(DecisionKind.CREDIT, target(), by=one, at=AT)
    decisions.prepare(DecisionKind.AWARD, target(), by=one, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_approve_once(people: tuple[User, User]) -> None:
    one, two = people
    decision = decisions.prepare(DecisionKind.CREDIT, target(), by=one, at=AT)
    barrier, outcomes = Barrier(2), []

    def approve() -> None:
        barrier.wait()
        try:
            decisions.approve(decision, by=two, at=AT)
            outcomes.append("approved")
        except TransitionError:
            outcomes.append("refused")
        connection.close()

    threads = [Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approved", "refused"]
