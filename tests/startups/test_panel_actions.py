"""The panel: who may sit, in which part, what they declare and what that does."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from challenges.models import Challenge, Criterion, Route
from govtech import clock
from govtech.accounts import roles
from govtech.accounts.models import ApproverSubstitution, User
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from startups.actions import panel as panels
from startups.models import ConflictDeclaration, PanelMember, PanelRole, Proposal
from startups.policies import evaluation as evaluation_policies
from startups.policies import finish
from startups.policies import panel as policies
from tests import people
from tests.challenges.factories import open_challenge
from tests.copies import unchecked
from tests.startups.evaluations import (
    admitted,
    clear,
    later,
    locked,
    named,
    opened,
    panel,
    proposals_of,
    with_proposals,
)
from tests.startups.factories import member, organisation, owner_of

pytestmark = pytest.mark.django_db
R = PanelRole


@pytest.fixture
def challenge():
    made = admitted(prices=["9000.00", "8000.00"])
    with clock.travel(later(made, 2)):
        yield made


def name(challenge: Challenge, user, role=R.MEMBER, by=None) -> PanelMember:
    return panels.name_member(challenge, user, role=role, by=by or people.officer(), at=clock.now())


@pytest.mark.parametrize("who", [people.person, people.director, people.auditor, people.administrator, people.delegate])
def test_only_officers_name_and_remove(challenge, who):
    seat = name(challenge, people.person())

    with pytest.raises(PermissionDenied):
        name(challenge, people.person(), by=who())
    with pytest.raises(PermissionDenied):
        panels.remove_member(seat, by=who(), at=clock.now())


def test_a_panel_has_one_chair_one_secretary_one_substitute_and_each_person_once(challenge):
    chair = people.person()
    name(challenge, chair, R.CHAIR)
    name(challenge, people.officer(), R.SECRETARY)
    name(challenge, people.person(), R.SUBSTITUTE)
    for role in (R.CHAIR, R.SUBSTITUTE):
        with pytest.raises(DomainError) as refusal:
            name(challenge, people.person(), role)
        assert refusal.value.field == "role"
    with pytest.raises(DomainError):
        name(challenge, people.officer(), R.SECRETARY)
    with pytest.raises(DomainError) as refusal:
        name(challenge, chair, R.MEMBER)
    assert refusal.value.field == "email"


def test_the_secretary_is_an_officer(challenge):
    with pytest.raises(DomainError) as refusal:
        name(challenge, people.director(), R.SECRETARY)

    assert refusal.value.field == "role"


def test_members_of_organisations_that_take_part_cannot_sit(challenge):
    taking_part = proposals_of(challenge).first().organisation

    for user in (owner_of(taking_part), member(taking_part, "reader")):
        with pytest.raises(DomainError) as refusal:
            name(challenge, user)
        assert refusal.value.field == "email"
    name(challenge, owner_of(organisation()))  # of one that doesn't


def test_before_the_opening_the_answer_does_not_tell_who_takes_part():
    challenge = with_proposals(["9000.00"])
    inside = owner_of(Proposal.objects.get().organisation)
    outside = owner_of(organisation())

    words = []
    with clock.travel(later(challenge)):
        for user in (inside, outside):
            with pytest.raises(DomainError) as refusal:
                name(challenge, user)
            words.append(str(refusal.value))
    assert words[0] == words[1]


@pytest.mark.parametrize("route", [Route.MINOR, Route.OPEN])
def test_the_sponsoring_department_votes_on_the_minor_route_only_and_with_a_warning(route):
    challenge = open_challenge(route=route)
    delegate = people.delegate(challenge.department)

    if route == Route.MINOR:
        seat = name(challenge, delegate)
        lines = policies.composition(challenge, [seat])
        assert next(line for line in lines if delegate.full_name in line.text).level == "advice"
    else:
        with pytest.raises(DomainError) as refusal:
            name(challenge, delegate)
        assert refusal.value.field == "role"
        name(challenge, delegate, R.ADVISER)


def test_composition_says_what_is_missing(challenge):
    assert [line.level for line in policies.seats([])] == ["stop", "stop", "advice"]

    found = named(challenge)

    assert [line.level for line in policies.seats(found.people)] == ["ok", "ok", "ok"]
    assert policies.seats([*found.members, found.secretary, found.substitute])[0].level == "stop"


def test_it_is_said_when_nobody_could_approve_the_award(challenge):
    director = people.director()
    others = [person.pk for person in roles.directors() if person != director]
    User.objects.filter(pk__in=others).update(is_active=False)
    seat = name(challenge, director, R.CHAIR)
    at = clock.now()
    assert finish.approval_line([seat], finish.with_conflict(challenge)).level == "stop"

    today = clock.local_date(at)
    ApproverSubstitution.objects.create(
        director=director, substitute=people.officer(), from_on=today, until_on=today, reason="Conflicto",
        named_by=people.officer(), named_at=at,
    )  # fmt: skip

    assert finish.approval_line([seat], finish.with_conflict(challenge)).level == "ok"


def test_nobody_declares_for_another_nor_takes_a_conflict_back(challenge):
    seat = name(challenge, people.person())
    at = clock.now()
    with pytest.raises(PermissionDenied):
        panels.declare(seat, has_conflict=False, text="", by=people.officer(), at=at)
    with pytest.raises(DomainError) as refusal:
        panels.declare(seat, has_conflict=True, text="", by=seat.user, at=at)
    assert refusal.value.field == "text"

    panels.declare(seat, has_conflict=False, text="", by=seat.user, at=at)
    with pytest.raises(TransitionError):
        panels.declare(seat, has_conflict=False, text="", by=seat.user, at=at)
    panels.declare(seat, has_conflict=True, text="Mi hermana trabaja allí.", by=seat.user, at=at)
    with pytest.raises(TransitionError):
        panels.declare(seat, has_conflict=False, text="", by=seat.user, at=at)


def test_a_conflict_on_the_challenge_takes_a_person_off_the_panel(challenge):
    officer = people.officer()
    found = named(challenge)

    panels.declare(found.chair, has_conflict=True, text="Mi hermana trabaja allí.", by=found.chair.user, at=clock.now())

    found.chair.refresh_from_db()
    assert found.chair.left_at == clock.now()
    told = Notice.objects.get(recipient=officer, kind="panel.conflict_declared")
    assert "hermana" not in str(told.params)
    name(challenge, people.person(), R.CHAIR)  # the place is free


def test_organisations_come_after_the_challenge(challenge):
    seat = name(challenge, people.person())
    proposal = proposals_of(challenge).first()

    with pytest.raises(DomainError):
        panels.declare_on(seat, proposal, has_conflict=False, reason="", by=seat.user, at=clock.now())
    panels.declare(seat, has_conflict=False, text="", by=seat.user, at=clock.now())
    panels.declare_on(seat, proposal, has_conflict=False, reason="", by=seat.user, at=clock.now())
    with pytest.raises(TransitionError):
        panels.declare_on(seat, proposal, has_conflict=False, reason="", by=seat.user, at=clock.now())
    other = proposals_of(admitted(prices=["9000.00"])).get()
    with pytest.raises(DomainError):
        panels.declare_on(seat, other, has_conflict=False, reason="", by=seat.user, at=clock.now())


def test_recusals_call_the_substitute_when_too_few_are_left(challenge):
    found = panel(challenge)
    one, other = proposals_of(challenge)

    def called(proposal):
        return evaluation_policies.work(challenge, at=clock.now()).called[proposal.pk]

    at = clock.now()
    for seat in found.members[:1]:
        panels.declare_on(seat, one, has_conflict=True, reason="Trabajé allí en 2025.", by=seat.user, at=at)
    assert called(one) == [found.chair.pk, found.members[1].pk]
    assert not Notice.objects.filter(kind="panel.called").exists()

    seat = found.members[1]
    panels.declare_on(seat, one, has_conflict=True, reason="Trabajé allí en 2025.", by=seat.user, at=at)
    assert called(one) == [found.chair.pk, found.substitute.pk]
    assert called(other) == [seat.pk for seat in found.voting]
    assert Notice.objects.filter(kind="panel.called", recipient=found.substitute.user).count() == 1


def test_the_panel_is_fixed_after_the_lock():
    challenge = locked()
    seat = PanelMember.objects.filter(challenge=challenge, role=R.MEMBER).first()
    at = clock.now()

    with pytest.raises(TransitionError):
        name(challenge, people.person())
    with pytest.raises(TransitionError):
        panels.remove_member(seat, by=people.officer(), at=at)
    with pytest.raises(TransitionError):
        panels.declare(seat, has_conflict=True, text="Ahora me doy cuenta.", by=seat.user, at=at)


def test_the_database_keeps_one_chair_one_place_and_reasons(challenge):
    seat = name(challenge, people.person(), R.CHAIR)
    proposal = proposals_of(challenge).first()
    at = clock.now()
    common = {"challenge": challenge, "named_at": at, "named_by": people.officer()}
    bad = [
        lambda: PanelMember.objects.create(user=people.person(), role=R.CHAIR, **common),
        lambda: PanelMember.objects.create(user=seat.user, role=R.MEMBER, **common),
        lambda: PanelMember.objects.create(user=people.person(), role="king", **common),
        lambda: PanelMember.objects.create(user=people.person(), role=R.MEMBER, declared_at=at, **common),
        lambda: ConflictDeclaration.objects.create(
            member=seat, proposal=proposal, declared_at=at, has_conflict=True, reason=""
        ),
    ]
    for row in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            row()


# Who sees what ----------------------------------------------------------------------------------------


def seen(user) -> set:
    return set(Proposal.objects.visible_to(user))


def test_sight_of_opened_proposals_by_role(challenge):
    one, other = proposals_of(challenge)
    found = named(challenge)

    for user in (people.officer(), people.director(), people.auditor()):
        assert seen(user) == {one, other}
    for user in (people.person(), people.administrator(), people.delegate(challenge.department)):
        assert seen(user) == set()
    assert seen(owner_of(one.organisation)) == {one}
    reviewer = found.members[0]
    assert seen(reviewer.user) == set()  # has declared nothing
    panels.declare(reviewer, has_conflict=False, text="", by=reviewer.user, at=clock.now())
    assert seen(reviewer.user) == set()  # nor on any organisation
    panels.declare_on(reviewer, one, has_conflict=False, reason="", by=reviewer.user, at=clock.now())
    assert seen(reviewer.user) == {one}
    panels.declare_on(
        reviewer, other, has_conflict=True, reason="Trabajé allí en 2025.", by=reviewer.user, at=clock.now()
    )
    assert seen(reviewer.user) == {one}
    panels.remove_member(reviewer, by=people.officer(), at=clock.now())
    assert seen(reviewer.user) == set()


def test_a_recused_officer_or_director_sees_it_no_more(challenge):
    one, other = proposals_of(challenge)
    found = panel(challenge)
    director = people.director()
    seat = name(challenge, director, R.ADVISER)
    clear(seat)

    for member_ in (found.secretary, seat):
        panels.declare_on(
            member_, one, has_conflict=True, reason="Trabajé allí en 2025.", by=member_.user, at=clock.now()
        )
        assert seen(member_.user) == {other}
    panels.declare(seat, has_conflict=True, text="Mi hermana trabaja allí.", by=director, at=clock.now())
    assert seen(director) == set()


def test_excluded_and_undecided_proposals_are_not_the_panels():
    challenge = opened(prices=["9000.00"])
    with clock.travel(later(challenge, 1)):
        seat = name(challenge, people.person())
        panels.declare(seat, has_conflict=False, text="", by=seat.user, at=clock.now())

    assert seen(seat.user) == set()


def test_panel_members_are_seen_by_staff_and_by_the_panel(challenge):
    found = named(challenge)

    for user in (people.officer(), people.director(), people.auditor(), found.members[0].user):
        assert set(PanelMember.objects.visible_to(user)) == set(found.people)
    for user in (people.person(), people.administrator(), people.delegate(challenge.department)):
        assert not PanelMember.objects.visible_to(user).exists()


def test_a_presentation_is_judgement_too_where_it_is_asked_whether_judgement_outweighs(challenge):
    first, *_rest = challenge.criteria.order_by("position")
    with unchecked():
        challenge.criteria.exclude(pk=first.pk).delete()
        challenge.criteria.update(weight_percent=35)
        for position, (kind, weight) in enumerate([("pitch", 20), ("formula", 45)], start=2):
            Criterion.objects.create(
                challenge=challenge, position=position, kind=kind, name=kind, guidance="Qué.", weight_percent=weight
            )
    delegate = people.delegate(challenge.department)

    assert policies.votes_for_own_department(challenge, delegate)
