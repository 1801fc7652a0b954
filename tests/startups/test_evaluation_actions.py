"""Scores: alone, complete before they are handed in, fixed after; seen by others only then."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from startups.actions import evaluation
from startups.actions import panel as panels
from startups.models import (
    CriterionReason,
    PanelMember,
    Proposal,
    ProposalResult,
    ProposalStatus,
    Score,
    ScoreSheet,
    SheetStatus,
)
from startups.models.proposal import TRANSITIONS
from tests import people
from tests.conftest import as_application
from tests.startups.evaluations import (
    REASON,
    judged,
    judged_criteria,
    later,
    locked,
    proposals_of,
    scored,
    sheet,
)
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db
CONFLICT = "Trabajé allí en 2025."


class World:
    """A challenge with two admitted proposals and a panel that has declared."""

    def __init__(self) -> None:
        self.challenge, self.panel = judged()
        self.one, self.other = proposals_of(self.challenge)
        self.criteria = judged_criteria(self.challenge)

    def save(self, seat, proposal, points=4, reason=REASON, by=None, **kwargs):
        entries = {criterion.pk: (points, reason) for criterion in self.criteria}
        return evaluation.save_sheet(seat, proposal, entries=entries, by=by or seat.user, at=clock.now(), **kwargs)


@pytest.fixture
def world():
    made = World()
    with clock.travel(later(made.challenge, 3)):
        yield made


def test_only_the_member_writes_on_their_sheet(world):
    seat = world.panel.chair

    for by in (world.panel.members[0].user, people.officer(), people.director(), people.person()):
        with pytest.raises(PermissionDenied):
            world.save(seat, world.one, by=by)
    assert not ScoreSheet.objects.exists()


def test_secretary_adviser_and_uncalled_substitute_do_not_score(world):
    with pytest.raises(PermissionDenied):
        world.save(world.panel.secretary, world.one)
    with pytest.raises(DomainError):
        world.save(world.panel.substitute, world.one)


def test_the_substitute_scores_when_called(world):
    at = clock.now()
    for seat in world.panel.members:
        panels.declare_on(seat, world.one, has_conflict=True, reason=CONFLICT, by=seat.user, at=at)

    sheet(world.panel.substitute, world.one)

    with pytest.raises(DomainError):
        world.save(world.panel.substitute, world.other)


def test_nobody_scores_before_declaring_or_with_a_conflict(world):
    seat = world.panel.members[0]
    panels.declare_on(seat, world.one, has_conflict=True, reason=CONFLICT, by=seat.user, at=clock.now())

    with pytest.raises(PermissionDenied):
        world.save(seat, world.one)

    late = panels.name_member(world.challenge, people.person(), role="member", by=people.officer(), at=clock.now())
    with pytest.raises(PermissionDenied):
        world.save(late, world.one)


NEVER_OPENED = {ProposalStatus.DRAFT, ProposalStatus.WITHDRAWN}


@pytest.mark.parametrize("status", sorted(set(ProposalStatus) - NEVER_OPENED - {ProposalStatus.ADMITTED}))
def test_only_admitted_proposals_are_scored(world, status):
    Proposal.objects.filter(pk=world.one.pk).update(status=status)

    with pytest.raises((TransitionError, PermissionDenied)):
        world.save(world.panel.chair, world.one)


def test_points_off_the_scale_and_other_criteria_are_refused(world):
    seat, at = world.panel.chair, clock.now()
    first = world.criteria[0]
    price = world.challenge.criteria.get(kind="formula")

    for points in (-1, 6):
        with pytest.raises(DomainError) as refusal:
            evaluation.save_score(seat, world.one, first, points=points, reason=REASON, by=seat.user, at=at)
        assert refusal.value.field == f"points-{first.pk}"
    with pytest.raises(DomainError):
        evaluation.save_score(seat, world.one, price, points=3, reason=REASON, by=seat.user, at=at)
    with pytest.raises(DomainError) as refusal:
        evaluation.save_score(seat, world.one, first, points=3, reason="a" * 4_001, by=seat.user, at=at)
    assert refusal.value.field == f"reason-{first.pk}"


def test_an_incomplete_sheet_is_saved_but_not_handed_in(world):
    seat, at = world.panel.chair, clock.now()
    first, second = world.criteria[:2]

    made = evaluation.save_score(seat, world.one, first, points=3, reason="corto", by=seat.user, at=at)
    with pytest.raises(DomainError) as refusal:
        evaluation.hand_in(made, by=seat.user, at=at)
    assert refusal.value.field == f"reason-{first.pk}"
    evaluation.save_score(seat, world.one, first, points=3, reason=REASON, by=seat.user, at=at)
    with pytest.raises(DomainError) as refusal:
        evaluation.hand_in(made, by=seat.user, at=at)
    assert refusal.value.field == f"points-{second.pk}"
    made.refresh_from_db()
    assert made.status == SheetStatus.DRAFT


def test_a_sheet_handed_in_is_fixed(world):
    seat = world.panel.chair
    made = sheet(seat, world.one)

    with pytest.raises(TransitionError):
        world.save(seat, world.one, points=1)
    with pytest.raises(TransitionError):
        evaluation.hand_in(made, by=seat.user, at=clock.now())
    assert set(made.scores.values_list("points", flat=True)) == {4}


def test_an_old_window_overwrites_nothing(world):
    seat = world.panel.chair
    first = world.save(seat, world.one, version=0)
    seen = evaluation.version_of(first)
    with clock.travel(later(world.challenge, 4)):
        world.save(seat, world.one, points=5, version=seen)

    with pytest.raises(evaluation.StaleSheetError):
        world.save(seat, world.one, points=0, version=seen)
    assert set(first.scores.values_list("points", flat=True)) == {5}


def test_chair_and_secretary_are_told_once_when_all_is_in(world):
    for proposal in (world.one, world.other):
        for seat in world.panel.voting:
            assert not Notice.objects.filter(kind="evaluation.all_in").exists()
            sheet(seat, proposal)

    told = Notice.objects.filter(kind="evaluation.all_in").values_list("recipient", flat=True)
    assert set(told) == {world.panel.chair.user_id, world.panel.secretary.user_id}


def test_sheets_are_seen_by_others_only_when_handed_in_and_by_members_only_after_their_own(world):
    chair, peer, third = world.panel.voting
    draft = world.save(peer, world.one)
    handed = sheet(chair, world.one)

    def seen(user):
        return set(ScoreSheet.objects.visible_to(user))

    assert seen(chair.user) == {handed}  # a draft is nobody's but its author's
    assert seen(peer.user) == {draft}  # hasn't handed in: doesn't see the chair's
    assert seen(third.user) == set()
    assert seen(world.panel.secretary.user) == {handed}
    for user in (people.officer(), people.director(), people.auditor(), owner_of(world.one.organisation)):
        assert seen(user) == set()
    evaluation.hand_in(draft, by=peer.user, at=clock.now())
    draft.refresh_from_db()
    assert seen(peer.user) == {draft, handed}
    panels.declare_on(peer, world.one, has_conflict=True, reason=CONFLICT, by=peer.user, at=clock.now())
    assert seen(peer.user) == {draft}  # recused: only what is their own


def test_after_the_lock_staff_and_panel_see_the_sheets_and_nobody_else():
    challenge = locked(prices=["9000.00"])
    seats = {seat.role: seat for seat in PanelMember.objects.filter(challenge=challenge).select_related("user")}
    everything = set(ScoreSheet.objects.all())

    for user in (people.officer(), people.director(), people.auditor(), seats["secretary"].user, seats["chair"].user):
        assert set(ScoreSheet.objects.visible_to(user)) == everything
    owner = owner_of(proposals_of(challenge).get().organisation)
    for user in (people.person(), people.administrator(), people.delegate(challenge.department), owner):
        assert not ScoreSheet.objects.visible_to(user).exists()


def test_sheets_of_who_left_or_was_recused_do_not_count(world):
    chair, peer, third = world.panel.voting
    kept = sheet(chair, world.one)
    sheet(peer, world.one)
    sheet(third, world.one)

    panels.remove_member(peer, by=people.officer(), at=clock.now())
    panels.declare_on(third, world.one, has_conflict=True, reason=CONFLICT, by=third.user, at=clock.now())

    assert set(ScoreSheet.objects.counting()) == {kept}


def test_reasons_are_the_secretarys_once_every_sheet_is_in(world):
    criterion, at = world.criteria[0], clock.now()
    secretary = world.panel.secretary.user

    def write(by, text=REASON):
        return evaluation.save_reason(world.one, criterion, text=text, by=by, at=clock.now())

    with pytest.raises(DomainError):
        write(secretary)
    for seat in world.panel.voting:
        sheet(seat, world.one)
    for by in (world.panel.chair.user, people.officer(), people.director()):
        with pytest.raises(PermissionDenied):
            write(by)
    with pytest.raises(DomainError) as refusal:
        write(secretary, "corto")
    assert refusal.value.field == f"reason-{criterion.pk}"
    write(secretary)
    row = CriterionReason.objects.get()
    assert (row.text, row.edited_by, row.edited_at) == (REASON, secretary, at)


@pytest.mark.parametrize("status", sorted(set(ProposalStatus) - NEVER_OPENED))
@pytest.mark.parametrize("target", [ProposalStatus.AWARDED, ProposalStatus.RESERVE, ProposalStatus.NOT_SELECTED])
def test_outcomes_follow_the_table(world, status, target):
    Proposal.objects.filter(pk=world.one.pk).update(status=status)

    if target in TRANSITIONS[status]:
        assert evaluation.set_outcome(world.one, status=target, by=people.director(), at=clock.now()).status == target
    else:
        with pytest.raises(TransitionError):
            evaluation.set_outcome(world.one, status=target, by=people.director(), at=clock.now())


# The database, whoever writes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE startups_score SET points = 5",
        "DELETE FROM startups_score",
        "INSERT INTO startups_score (sheet_id, criterion_id, points, reason, saved_at)"
        " SELECT sheet_id, criterion_id, 5, '', now() FROM startups_score LIMIT 1",
        "UPDATE startups_scoresheet SET status = 'draft', handed_in_at = NULL",
        "DELETE FROM startups_scoresheet",
    ],
)
def test_the_database_keeps_scores_handed_in(world, sql):
    sheet(world.panel.chair, world.one)

    with as_application(), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match=r"fixed|stays so|permission denied"):
            cursor.execute(sql)
        connection.set_rollback(True)


def test_the_database_keeps_prices_sealed_until_the_lock(world):
    with as_application(), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="stays sealed until judgement is locked"):
            cursor.execute("UPDATE startups_submission SET economic = '{}'")
        connection.set_rollback(True)


def test_the_database_refuses_points_off_the_scale_and_second_sheets(world):
    made = world.save(world.panel.chair, world.one)
    score = Score.objects.first()

    for bad in (
        lambda: Score.objects.filter(pk=score.pk).update(points=6),
        lambda: ScoreSheet.objects.create(member=made.member, proposal=made.proposal),
        lambda: ScoreSheet.objects.filter(pk=made.pk).update(status="handed_in"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            bad()


def test_results_are_seen_with_their_proposals():
    challenge = locked(prices=["9000.00", "8000.00"])
    one, other = (each.result for each in proposals_of(challenge))

    assert set(ProposalResult.objects.visible_to(people.officer())) == {one, other}
    assert set(ProposalResult.objects.visible_to(owner_of(one.proposal.organisation))) == {one}
    assert not ProposalResult.objects.visible_to(people.administrator()).exists()


def test_scores_after_the_lock_are_refused():
    challenge, found = scored(prices=["9000.00"])
    with clock.travel(later(challenge, 4)):
        for seat in (found.chair, found.secretary):
            evaluation.lock(challenge, by=seat.user, at=clock.now())
    proposal = proposals_of(challenge).get()

    with pytest.raises(TransitionError):
        evaluation.save_score(
            found.chair, proposal, judged_criteria(challenge)[0], points=5, reason=REASON, by=found.chair.user,
            at=clock.now(),
        )  # fmt: skip
    with pytest.raises(TransitionError):
        evaluation.save_reason(
            proposal, judged_criteria(challenge)[0], text=REASON, by=found.secretary.user, at=clock.now()
        )
