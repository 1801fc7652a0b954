"""The lock: chair and secretary, everything in order, points released before prices open, and a ranking to repeat."""

from decimal import Decimal
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from startups.actions import evaluation
from startups.actions import lock as locks
from startups.actions import panel as panels
from startups.models import Evaluation, Proposal, ProposalResult, ProposalStatus, Submission
from tests import people
from tests.conftest import as_application
from tests.copies import unchecked
from tests.startups.evaluations import (
    REASON,
    admitted,
    evaluation_of,
    judged_criteria,
    later,
    locked,
    panel,
    proposals_of,
    scored,
    sheet,
)
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db


def lock(challenge, *seats):
    for seat in seats:
        evaluation.lock(challenge, by=seat.user, at=clock.now())


def test_only_chair_and_secretary_lock():
    challenge, found = scored(prices=["9000.00"])

    with clock.travel(later(challenge, 4)):
        strangers = [people.officer(), people.director(), people.person()]
        for user in (found.members[0].user, found.substitute.user, *strangers):
            with pytest.raises(PermissionDenied):
                evaluation.lock(challenge, by=user, at=clock.now())


def test_a_secretary_who_is_no_longer_an_officer_does_not_lock():
    challenge, found = scored(prices=["9000.00"])
    found.secretary.user.groups.clear()
    user = type(found.secretary.user).objects.get(pk=found.secretary.user_id)

    with clock.travel(later(challenge, 4)), pytest.raises(PermissionDenied):
        evaluation.lock(challenge, by=user, at=clock.now())


def test_one_person_confirming_twice_locks_nothing():
    challenge, found = scored(prices=["9000.00"])

    with clock.travel(later(challenge, 4)):
        for seat in (found.chair, found.secretary):
            lock(challenge, seat)
            if seat is found.chair:
                with pytest.raises(TransitionError):
                    lock(challenge, seat)
                assert evaluation_of(challenge).locked_at is None
                assert not ProposalResult.objects.exists()
                assert Submission.objects.get().economic is None
        with pytest.raises(TransitionError):
            lock(challenge, found.chair)


@pytest.mark.parametrize("order", [("chair", "secretary"), ("secretary", "chair")])
def test_either_may_be_first(order):
    challenge, found = scored(prices=["9000.00"])

    with clock.travel(later(challenge, 4)):
        lock(challenge, *(getattr(found, name) for name in order))
        assert evaluation_of(challenge).locked_at == clock.now()


def test_nothing_locks_while_something_is_missing():
    challenge = admitted(prices=["9000.00"])
    found = panel(challenge)
    proposal = proposals_of(challenge).get()

    with clock.travel(later(challenge, 4)):
        for seat in found.voting[:2]:
            sheet(seat, proposal)
        with pytest.raises(DomainError):  # the third sheet
            lock(challenge, found.chair)
        sheet(found.voting[2], proposal)
        with pytest.raises(DomainError):  # the reasons
            lock(challenge, found.chair)
        for criterion in judged_criteria(challenge):
            evaluation.save_reason(proposal, criterion, text=REASON, by=found.secretary.user, at=clock.now())
        lock(challenge, found.chair)
        panels.remove_member(found.voting[2], by=people.officer(), at=clock.now())
        with pytest.raises(DomainError):  # a voting member, and the chair's confirmation
            lock(challenge, found.secretary)
        assert evaluation_of(challenge).locked_by_chair is None


def test_a_changed_reason_takes_the_confirmation_back_and_says_so():
    challenge, found = scored(prices=["9000.00"])
    proposal, criterion = proposals_of(challenge).get(), judged_criteria(challenge)[0]

    with clock.travel(later(challenge, 4)):
        lock(challenge, found.chair)
        evaluation.save_reason(proposal, criterion, text=REASON, by=found.secretary.user, at=clock.now())
        assert evaluation_of(challenge).locked_by_chair == found.chair.user  # the same words change nothing
        evaluation.save_reason(proposal, criterion, text=REASON + " Y más.", by=found.secretary.user, at=clock.now())
        lock(challenge, found.secretary)

    assert evaluation_of(challenge).locked_at is None
    assert Notice.objects.filter(recipient=found.chair.user, kind="evaluation.confirmation_withdrawn").count() == 1


def test_points_are_released_before_any_price_is_opened():
    challenge, found = scored(prices=["9000.00", "8000.00"])
    seen = []

    def spy(submission):
        seen.append((ProposalResult.objects.count(), Notice.objects.filter(kind="evaluation.released").count()))
        return original(submission)

    original = locks.envelope.open_economic
    with clock.travel(later(challenge, 4)), patch.object(locks.envelope, "open_economic", spy):
        lock(challenge, found.chair, found.secretary)

    assert seen == [(2, 2), (2, 2)]
    evaluation_row = evaluation_of(challenge)
    assert evaluation_row.economic_opened_at >= evaluation_row.locked_at
    kinds = list(
        AuditEvent.objects.filter(kind__in=["evaluation.locked", "economic.opened", "proposal.evaluated"])
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == ["evaluation.locked", "economic.opened", "proposal.evaluated", "proposal.evaluated"]
    for proposal in proposals_of(challenge):
        assert proposal.status == ProposalStatus.EVALUATED
        told = Notice.objects.filter(recipient=owner_of(proposal.organisation), kind="evaluation.released")
        assert told.count() == 1


def test_the_worked_example_through_the_whole_system():
    challenge = locked(prices=["9000.00", "12000.00"], points=(4, 3))
    first, second = (proposal.result for proposal in proposals_of(challenge))

    assert (first.rank, first.price_net, first.price_points) == (1, Decimal("9000.00"), Decimal("10.00"))
    assert (second.rank, second.price_net, second.price_points) == (2, Decimal("12000.00"), Decimal("7.50"))
    assert second.total_points == second.judgement_points + second.price_points == Decimal("61.50")
    assert sum(Decimal(points) for points in second.points.values()) == second.total_points


def test_nobody_over_the_pass_mark_has_no_place():
    challenge = locked(prices=["9000.00", "12000.00"], points=(2, 1))

    assert set(ProposalResult.objects.values_list("rank", "passes")) == {(None, False)}
    assert all(proposal.status == ProposalStatus.EVALUATED for proposal in proposals_of(challenge))


def test_a_tie_is_broken_and_recorded():
    challenge = locked(prices=["9000.00", "9000.00"], points=(4, 4))

    assert list(ProposalResult.objects.order_by("rank").values_list("rank", "tie_break")) == [(1, "draw"), (2, "draw")]
    assert len(evaluation_of(challenge).draw_seed) == 64


def test_a_damaged_price_locks_nothing_and_names_the_receipt():
    challenge, found = scored(prices=["9000.00", "8000.00"])
    broken = Submission.objects.order_by("pk").first()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE startups_submission SET economic_blob = economic_blob || '\\x00'::bytea WHERE id = %s", [broken.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    with clock.travel(later(challenge, 4)):
        lock(challenge, found.chair)
        with pytest.raises(DomainError, match=broken.receipt.register_number):
            lock(challenge, found.secretary)
        assert evaluation_of(challenge).locked_at is None
        assert not ProposalResult.objects.exists()
        assert not Submission.objects.filter(economic__isnull=False).exists()


def test_the_ranking_can_be_computed_again_and_a_forged_figure_shows():
    challenge = locked(prices=["9000.00", "9000.00", "12000.00"], points=(4, 4, 2))
    out = StringIO()

    call_command("reproduce_ranking", challenge.reference, stdout=out)
    text = out.getvalue()
    assert text.count("\n1. ") == text.count("\n2. ") == text.count("\n—. ") == 1
    assert "Precio: 10 × 9000.00 / 12000.00 = 7.50" in text
    assert "25 × (4 + 4 + 4) / 3 / 5 = 20.00" in text
    assert not any(name in text for name in Proposal.objects.values_list("organisation__name", flat=True))

    forged = ProposalResult.objects.get(rank=2)
    with unchecked():
        ProposalResult.objects.filter(pk=forged.pk).update(rank=1, total_points="99.00")
    with pytest.raises(CommandError, match=forged.proposal.public_id):
        call_command("reproduce_ranking", challenge.reference, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("reproduce_ranking", "RETO-1999-001", stdout=StringIO())


def test_the_database_keeps_the_lock():
    challenge = locked(prices=["9000.00"])

    for sql in (
        "UPDATE startups_evaluation SET locked_at = NULL, economic_opened_at = NULL",
        "DELETE FROM startups_evaluation",
        "UPDATE startups_submission SET economic = '{}'",
        "UPDATE startups_score SET points = 0",
    ):
        with as_application(), transaction.atomic(), connection.cursor() as cursor:
            with pytest.raises(DatabaseError):
                cursor.execute(sql)
            connection.set_rollback(True)
    assert Evaluation.objects.get(challenge=challenge).locked_at is not None


def test_the_database_refuses_a_lock_by_one_person():
    challenge, found = scored(prices=["9000.00"])
    at = clock.now()

    with pytest.raises(DatabaseError, match="evaluation_locked_by_two_people"), transaction.atomic():
        Evaluation.objects.filter(challenge=challenge).update(
            locked_at=at,
            chair_locked_at=at,
            secretary_locked_at=at,
            locked_by_chair=found.chair.user,
            locked_by_secretary=found.chair.user,
        )
    assert Proposal.objects.filter(challenge=challenge, status=ProposalStatus.ADMITTED).count() == 1
