"""What was agreed stands for its scores only; presentations are talked over, too, and called as the lock asks."""

import doctest
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from govtech.reference.models import Rules
from startups.actions import consensus, evaluation, ranking
from startups.actions import panel as panels
from startups.actions import pitch as pitches
from startups.calculations import redaction, saving
from startups.models import AgreedScore, Opening, PitchScore, Proposal, ProposalResult, ScoreSheet, Shortlist
from startups.policies import evaluation as policies
from startups.policies import pitch as rounds
from tests import people
from tests.startups.big_panel import BigPanel, big_panel
from tests.startups.evaluations import (
    REASON,
    admitted,
    judged_criteria,
    later,
    locked,
    named,
    panel,
    proposals_of,
    session,
    sheet,
)
from tests.startups.test_pitch import PLACE, some_day

pytestmark = pytest.mark.django_db


def test_the_examples_hold() -> None:
    assert doctest.testmod(saving).failed == doctest.testmod(redaction).failed == 0


def test_what_was_agreed_counts_no_more_once_other_scores_do() -> None:
    challenge = admitted(prices=["9000.00"])
    found, criteria, proposal = panel(challenge), judged_criteria(challenge), proposals_of(challenge).get()
    with clock.travel(later(challenge, 3)):
        for seat in found.voting:
            sheet(
                seat, proposal, {each.pk: 0 if (seat, each) == (found.chair, criteria[0]) else 5 for each in criteria}
            )
    with clock.travel(later(challenge, 4)):
        made = consensus.agree(
            proposal,
            criteria[0],
            session=session(challenge, found),
            points=1,
            reason=REASON,
            by=found.secretary.user,
            at=clock.now(),
        )
        key = (proposal.pk, criteria[0].pk)
        assert AgreedScore.objects.counting([challenge]) == {key: made}
        assert ranking.entries(challenge, [proposal])[0].points[criteria[0].pk] == [1]

        panels.declare_on(
            found.chair, proposal, has_conflict=True, reason="Trabajé allí.", by=found.chair.user, at=clock.now()
        )

        entry = ranking.entries(challenge, [proposal])[0]
        assert (entry.points[criteria[0].pk], entry.agreed) == ([5, 5], frozenset())
        assert AgreedScore.objects.counting([challenge]) == {}
        assert policies.work(challenge, at=clock.now()).agreed == set()


def test_a_score_that_comes_afterwards_opens_the_agreement_again() -> None:
    challenge = admitted(prices=["9000.00"])
    found, criteria, proposal = panel(challenge), judged_criteria(challenge), proposals_of(challenge).get()
    (out, stays) = found.members
    with clock.travel(later(challenge, 3)):
        for seat in found.voting:
            sheet(
                seat, proposal, {each.pk: 0 if (seat, each) == (found.chair, criteria[0]) else 5 for each in criteria}
            )
    with clock.travel(later(challenge, 4)):
        held = session(challenge, found)
        words = {"reason": REASON, "by": found.secretary.user, "at": clock.now()}
        consensus.agree(proposal, criteria[0], session=held, points=1, **words)
        for seat in (out, stays):  # the chair alone is left: the substitute is called
            panels.declare_on(seat, proposal, has_conflict=True, reason="Trabajé allí.", by=seat.user, at=clock.now())
        sheet(found.substitute, proposal, 5)

        work = policies.work(challenge, at=clock.now())
        assert work.to_agree == [(proposal.pk, each.pk) for each in criteria[:1]]
        client = Client()
        client.force_login(found.chair.user)
        page = client.get(reverse("startups:agree", kwargs={"public_id": proposal.public_id})).content.decode()
        assert "Lo acordado ya no cuenta" in page


def test_a_session_is_held_after_the_opening_and_not_only_after_the_deadline() -> None:
    challenge = admitted(prices=["9000.00"])
    found = named(challenge)
    with clock.travel(later(challenge, 2)):
        for member in found.people:
            panels.declare(member, has_conflict=False, text="", by=member.user, at=clock.now())
        values = {"mode": "remote", "agenda": "Antes de abrir los sobres.", "present": found.people}
        by, at = found.secretary.user, clock.now()
        with pytest.raises(DomainError) as refusal:
            consensus.record_session(
                challenge, held_at=challenge.closes_at + timedelta(seconds=1), **values, by=by, at=at
            )
        assert refusal.value.field == "held_at"
        assert (
            consensus.record_session(
                challenge, held_at=Opening.objects.get(challenge=challenge).opened_at, **values, by=by, at=at
            ).number
            == 1
        )


def test_a_late_copy_never_wins_over_an_undone_save() -> None:
    challenge = admitted(prices=["9000.00"])
    found, criteria, proposal = panel(challenge), judged_criteria(challenge), proposals_of(challenge).get()
    chair = found.chair
    with clock.travel(later(challenge, 3)):

        def save(points: int, turn: int) -> ScoreSheet:
            entries = {criteria[0].pk: (points, REASON)}
            given = {"version": 0 if turn == 1 else 1, "page": "pagina", "turn": turn}
            return evaluation.save_sheet(chair, proposal, entries=entries, **given, by=chair.user, at=clock.now())

        save(3, 1)
        save(3, 3)  # what turn 2 changed, undone
        with pytest.raises(evaluation.StaleSheetError):
            save(0, 2)
        assert ScoreSheet.objects.get().scores.get().points == 3
        save(4, 4)
        assert ScoreSheet.objects.get().scores.get().points == 4


def test_points_are_the_sum_of_their_parts_in_the_database() -> None:
    challenge = locked(prices=["9000.00", "12000.00"])
    row = ProposalResult.objects.filter(proposal__challenge=challenge).first()
    values = {"points": row.points, "judgement_points": row.judgement_points, "total_points": row.total_points}
    proposal = Proposal.objects.get(pk=row.proposal_id)
    for wrong in ({"total_points": row.total_points + 1}, {"judgement_points": 0}, {"price_points": 99}):
        with pytest.raises(DatabaseError, match="sum of their parts"), transaction.atomic():
            ProposalResult.objects.create(proposal=proposal, **{**values, **wrong})


# Presentations ------------------------------------------------------------------------------------------


@pytest.fixture
def three(db: None) -> BigPanel:
    """Three proposals judged by three members, of which two present; nobody shortlisted."""
    return big_panel(proposals=3, voting=3, points=lambda proposal, _m, _c: (5, 4, 1)[proposal], presents=2)


def called(found: BigPanel, **values: object) -> Shortlist:
    """Make the shortlist for some working day."""
    given = {"presents_at": some_day(), "place": PLACE, "by": found.secretary.user, "at": clock.now(), **values}
    return pitches.make_shortlist(found.challenge, **given)


def test_presentations_far_apart_are_talked_over_before_the_lock(three: BigPanel) -> None:
    made = called(three)
    (criterion,) = rounds.criteria_of(three.challenge)
    first, second = three.proposals[:2]
    with clock.travel(made.presents_at + timedelta(hours=1)):
        for number, seat in enumerate(three.voting):
            for proposal, value in ((first, 0 if number == 0 else 5), (second, 4)):
                entries = {criterion.pk: (value, REASON)}
                pitches.give(seat, proposal, entries=entries, by=seat.user, at=clock.now())
        at, secretary = clock.now(), three.secretary.user
        for proposal in (first, second):
            pitches.save_reasons(proposal, texts={criterion.pk: REASON}, by=secretary, at=at)

        assert policies.work(three.challenge, at=at).to_agree == [(first.pk, criterion.pk)]
        with pytest.raises(DomainError, match="sesión"):
            evaluation.lock(three.challenge, by=three.chair.user, at=at)
        client = Client()
        client.force_login(secretary)
        address = reverse("startups:agree", kwargs={"public_id": first.public_id})
        assert criterion.name in client.get(address).content.decode()
        held = consensus.record_session(
            three.challenge,
            held_at=at,
            mode="remote",
            agenda="Presentaciones muy distintas.",
            present=[three.chair, *three.voting[1:], three.secretary],
            by=secretary,
            at=at,
        )
        data = {"criterion": criterion.pk, "points": "4", "reason": REASON, "session": held.public_id}
        assert client.post(address, data).status_code == 302

        assert policies.work(three.challenge, at=at).to_agree == []
        entries = {entry.key: entry for entry in ranking.entries(three.challenge, [first, second])}
        assert entries[first.public_id].points[criterion.pk] == [4]


def test_who_cannot_judge_a_presentation_gives_no_zero_and_calls_the_substitute(three: BigPanel) -> None:
    made = called(three)
    (criterion,) = rounds.criteria_of(three.challenge)
    first = three.proposals[0]
    with clock.travel(made.presents_at + timedelta(hours=1)):
        client = Client()
        client.force_login(three.chair.user)
        address = reverse("startups:pitch_score", kwargs={"public_id": first.public_id})
        data = {f"points-{criterion.pk}": "x", f"reason-{criterion.pk}": REASON}
        assert client.post(address, data).status_code == 302
        row = PitchScore.objects.get()
        assert (row.points, row.is_unable) == (None, True)
        assert not PitchScore.objects.counting().exists()
        assert policies.work(three.challenge, at=clock.now()).called[first.pk] == [each.pk for each in three.voting]
        with pytest.raises(DatabaseError), transaction.atomic():
            PitchScore.objects.create(
                member=three.voting[1], proposal=first, criterion=criterion, is_unable=False, reason=REASON,
                given_at=clock.now(),
            )  # fmt: skip


def test_the_shortlist_asks_for_enough_points_as_the_lock_does(db: None) -> None:
    found = big_panel(proposals=2, voting=3, points=lambda *_: 4, presents=1)
    Rules.objects.update(minimum_sheets=4)
    with pytest.raises(DomainError, match="bastantes personas"):
        called(found)


def test_the_appointment_is_near_and_can_be_moved_until_somebody_was_heard(three: BigPanel) -> None:
    with pytest.raises(DomainError) as refusal:
        called(three, presents_at=some_day() + timedelta(days=100 * 365))
    assert refusal.value.field == "presents_at"
    made = called(three)
    (criterion,) = rounds.criteria_of(three.challenge)
    first, second = three.proposals[:2]
    later_on = some_day() + timedelta(days=7)
    given = {"presents_at": later_on, "place": "Otra sala, planta baja.", "at": clock.now()}
    for by in (three.chair.user, people.officer()):
        with pytest.raises(PermissionDenied):
            pitches.move(three.challenge, **given, reason="Huelga de transportes ese día.", by=by)
    with pytest.raises(DomainError) as refusal:
        pitches.move(three.challenge, **given, reason="Sí", by=three.secretary.user)
    assert refusal.value.field == "reason"

    with clock.travel(made.presents_at + timedelta(hours=1)):
        for seat in three.voting:
            pitches.give(seat, first, entries={criterion.pk: (4, REASON)}, by=seat.user, at=clock.now())
        given["at"] = clock.now()
        moved = pitches.move(three.challenge, **given, reason="Huelga de transportes ese día.", by=three.secretary.user)
        assert moved.presenting == {second.public_id}
        found = rounds.round_of(three.challenge, at=clock.now())
        assert found.call_of(second.public_id) == moved
        assert found.call_of(first.public_id) == made
        seat = three.voting[1]
        with pytest.raises(TransitionError):  # it hasn't presented yet
            pitches.give(seat, second, entries={criterion.pk: (4, REASON)}, by=seat.user, at=clock.now())
    assert set(Notice.objects.filter(kind="presentation.panel_moved").values_list("recipient", flat=True)) >= {
        three.chair.user_id
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        Shortlist.objects.filter(pk=made.pk).update(presents_at=later_on)
