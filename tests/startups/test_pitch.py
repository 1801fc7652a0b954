"""Shortlist and presentations: who presents, what is given for it, and the ranking that comes of both rounds."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from challenges.models import Criterion
from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from govtech.reference.models import Holiday
from pilots.actions import letter as letters
from startups.actions import evaluation, ranking
from startups.actions import lock as locks
from startups.actions import pitch as actions
from startups.models import CriterionReason, PitchScore, Proposal, ProposalResult, Score, Shortlist, Submission
from startups.policies import pitch as policies
from tests import people
from tests.copies import unchecked
from tests.startups.big_panel import REASON, BigPanel, big_panel, economic
from tests.startups.factories import member

pytestmark = pytest.mark.django_db
POINTS = (5, 4, 4, 1)  # of each proposal, on every criterion: the second and the third tie
PLACE = "Calle Alcalá 45, tercera planta. Quince minutos."


@pytest.fixture
def panel(db: None) -> BigPanel:
    """Four proposals judged by three members, of which two present; nobody shortlisted."""
    return big_panel(proposals=4, voting=3, points=lambda proposal, _member, _criterion: POINTS[proposal], presents=2)


def some_day() -> object:
    """Return noon of a working day ahead."""
    day = clock.local_date(clock.now()) + timedelta(days=3)
    while day.weekday() > 4 or day in Holiday.objects.dates():
        day += timedelta(days=1)
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))


def shortlist(panel: BigPanel) -> Shortlist:
    return actions.make_shortlist(
        panel.challenge, presents_at=some_day(), place=PLACE, by=panel.secretary.user, at=clock.now()
    )


def heard(panel: BigPanel, points: dict[int, int]) -> None:
    """Give points to presentations, by index of proposal, and write the reasons. Travel there first."""
    (criterion,) = policies.criteria_of(panel.challenge)
    for index, value in points.items():
        for seat in panel.voting:
            actions.give(
                seat, panel.proposals[index], entries={criterion.pk: (value, REASON)}, by=seat.user, at=clock.now()
            )
        actions.save_reasons(
            panel.proposals[index], texts={criterion.pk: REASON}, by=panel.secretary.user, at=clock.now()
        )


def test_the_best_present_and_who_ties_with_the_last_of_them(panel: BigPanel) -> None:
    first, second, third, fourth = panel.proposals
    outsider, insider = member(fourth.organisation), member(second.organisation)
    made = shortlist(panel)

    assert made.presenting == {first.public_id, second.public_id, third.public_id}
    assert [(row["points"], row["presents"]) for row in made.record] == [
        ("80.00", True), ("64.00", True), ("64.00", True), ("16.00", False),
    ]  # fmt: skip
    assert Notice.objects.filter(recipient=insider, kind="presentation.called").count() == 1
    assert Notice.objects.filter(recipient=outsider, kind="presentation.not_called").count() == 1
    assert Notice.objects.filter(kind="presentation.panel").count() == 4
    with pytest.raises(TransitionError):
        shortlist(panel)


def test_who_makes_it_when_and_for_which_day(panel: BigPanel) -> None:
    at, day = clock.now(), some_day()
    for person in (panel.chair.user, people.officer(), people.director(), people.person()):
        with pytest.raises(PermissionDenied):
            actions.make_shortlist(panel.challenge, presents_at=day, place=PLACE, by=person, at=at)
    for wrong, place, field in ((at, PLACE, "presents_at"), (day, " ", "place")):
        with pytest.raises(DomainError) as refusal:
            actions.make_shortlist(panel.challenge, presents_at=wrong, place=place, by=panel.secretary.user, at=at)
        assert refusal.value.field == field
    with unchecked():
        panel.voting[1].sheets.update(status="draft", handed_in_at=None)
    with pytest.raises(DomainError):
        shortlist(panel)


def test_points_are_given_once_by_who_was_called_after_the_hour(panel: BigPanel) -> None:
    made = shortlist(panel)
    (criterion,) = policies.criteria_of(panel.challenge)
    entries = {criterion.pk: (4, REASON)}
    chair, first, fourth = panel.chair, panel.proposals[0], panel.proposals[3]

    with pytest.raises(TransitionError):  # nobody has presented yet
        actions.give(chair, first, entries=entries, by=chair.user, at=clock.now())
    with clock.travel(made.presents_at + timedelta(hours=1)):
        at = clock.now()
        with pytest.raises(TransitionError):  # it doesn't present
            actions.give(chair, fourth, entries=entries, by=chair.user, at=at)
        for person in (panel.secretary.user, panel.voting[1].user, people.officer()):
            with pytest.raises(PermissionDenied):
                actions.give(chair, first, entries=entries, by=person, at=at)
        with pytest.raises(DomainError, match="motivo"):
            actions.give(chair, first, entries={criterion.pk: (4, "Bien.")}, by=chair.user, at=at)
        actions.give(chair, first, entries=entries, by=chair.user, at=at)
        with pytest.raises(TransitionError):
            actions.give(chair, first, entries=entries, by=chair.user, at=at)
        with pytest.raises(DomainError):  # the other member's points are missing
            actions.save_reasons(first, texts={criterion.pk: REASON}, by=panel.secretary.user, at=at)


def test_both_rounds_make_the_ranking(panel: BigPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_economic(submission: Submission) -> None:  # the bulk proposals have no sealed envelope
        Submission.objects.filter(pk=submission.pk).update(economic=economic("10000.00"))

    monkeypatch.setattr(locks.envelope, "open_economic", open_economic)
    made = shortlist(panel)
    seats = (panel.chair, panel.secretary)
    with clock.travel(made.presents_at + timedelta(hours=2)):
        heard(panel, {0: 2, 1: 5})
        with pytest.raises(DomainError):  # the third hasn't been scored
            evaluation.lock(panel.challenge, by=panel.chair.user, at=clock.now())
        heard(panel, {2: 4})
        for seat in seats:
            evaluation.lock(panel.challenge, by=seat.user, at=clock.now())

    rows = ProposalResult.objects.order_by("proposal_id").values_list("judgement_points", "total_points", "rank")
    assert list(rows) == [
        (Decimal("80.00"), Decimal("94.00"), 1),  # 80 + 10 × 2 / 5 + 10
        (Decimal("64.00"), Decimal("84.00"), 2),  # 64 + 10 + 10
        (Decimal("64.00"), Decimal("82.00"), 3),
        (Decimal("16.00"), Decimal("26.00"), None),  # it didn't present: no points for it, no place
    ]
    out = StringIO()
    call_command("reproduce_ranking", panel.challenge.reference, stdout=out)
    assert "Presentación: 10 × (2 + 2 + 2) / 3 / 5 = 4.00" in out.getvalue()
    assert "Presentación: not presented = 0.00" in out.getvalue()
    page = Client()
    page.force_login(panel.chair.user)
    text = page.get(reverse("startups:ranking", kwargs={"slug": panel.challenge.slug})).content.decode()
    assert "No está entre las que se presentan" in text
    reader = Client()
    reader.force_login(member(panel.proposals[1].organisation))
    own = reader.get(reverse("startups:result", kwargs={"public_id": panel.proposals[1].public_id}))
    assert "Presentación" in own.content.decode()
    (criterion,) = policies.criteria_of(panel.challenge)
    drafts = {draft.proposal.pk: draft for draft in letters.drafts(panel.challenge, [])}
    rows = {pk: draft.content["rows"][-2] for pk, draft in drafts.items()}
    first, last = rows[panel.proposals[0].pk], rows[panel.proposals[3].pk]
    assert (first["lowest"], first["highest"], first["reason"], "offer_net" in first) == (2, 2, REASON, False)
    assert (last["lowest"], last["reason"], "offer_net" in last) == (None, "", False)  # it didn't present
    assert not letters.missing_of(drafts.values())
    with unchecked():
        CriterionReason.objects.filter(criterion=criterion, proposal=panel.proposals[0]).delete()
    missing = letters.missing_of(letters.drafts(panel.challenge, []))
    assert [criterion.name in words for words in missing] == [True]


def test_who_would_present_now_is_called_by_a_second_shortlist_and_nothing_stays_stuck(panel: BigPanel) -> None:
    first = shortlist(panel)
    fourth, secretary = panel.proposals[3], panel.secretary.user
    actions.check_still_holds(panel.challenge)
    with unchecked():
        Score.objects.filter(sheet__proposal=fourth).update(points=5)
    with pytest.raises(DomainError, match="secretaría"):
        actions.check_still_holds(panel.challenge)

    client = Client()
    client.force_login(secretary)
    page = client.get(reverse("startups:pitch", kwargs={"slug": panel.challenge.slug})).content.decode()
    assert "se presentaría ahora" in page
    second = shortlist(panel)
    assert (second.presenting, first.presenting & second.presenting) == ({fourth.public_id}, set())
    actions.check_still_holds(panel.challenge)
    assert ranking.presenting_in(panel.challenge) == first.presenting | second.presenting
    assert Notice.objects.filter(recipient=panel.chair.user, kind="presentation.panel").count() == 2
    with pytest.raises(TransitionError):
        shortlist(panel)
    with clock.travel(second.presents_at + timedelta(hours=1)):
        heard(panel, {3: 5})


def test_leaving_out_who_presents_promotes_nobody(panel: BigPanel) -> None:
    shortlist(panel)
    with unchecked():
        Score.objects.filter(sheet__proposal=panel.proposals[3]).update(points=3)
        for gone in panel.proposals[:2]:  # the two that were called: the third tied with the second
            Proposal.objects.filter(pk=gone.pk).update(status="excluded")

    actions.check_still_holds(panel.challenge)


def test_members_see_nobody_elses_points_before_the_lock(panel: BigPanel) -> None:
    made = shortlist(panel)
    (criterion,) = policies.criteria_of(panel.challenge)
    chair, other, _third = panel.voting
    with clock.travel(made.presents_at + timedelta(hours=1)):
        at = clock.now()
        actions.give(chair, panel.proposals[0], entries={criterion.pk: (4, REASON)}, by=chair.user, at=at)
    company = member(panel.proposals[0].organisation)

    assert {seat.user: PitchScore.objects.visible_to(seat.user).count() for seat in (chair, other)} == {
        chair.user: 1, other.user: 0,
    }  # fmt: skip
    assert PitchScore.objects.visible_to(panel.secretary.user).count() == 1
    for person in (people.officer(), people.director(), people.auditor(), company, people.person()):
        assert not PitchScore.objects.visible_to(person).exists()


def test_the_pages_lead_from_the_shortlist_to_the_reasons(panel: BigPanel) -> None:
    secretary, chair, *others = (Client() for _ in range(4))
    for client, seat in zip((secretary, chair, *others), (panel.secretary, *panel.voting), strict=True):
        client.force_login(seat.user)
    address = reverse("startups:pitch", kwargs={"slug": panel.challenge.slug})
    score = reverse("startups:pitch_score", kwargs={"public_id": panel.proposals[0].public_id})
    (criterion,) = policies.criteria_of(panel.challenge)
    sent = {f"points-{criterion.pk}": "4", f"reason-{criterion.pk}": REASON}

    assert chair.get(address).status_code == 200
    assert chair.get(score).status_code == 404  # there is no shortlist yet
    assert secretary.post(address, {"place": PLACE}).status_code == 422
    day = timezone.localtime(some_day())
    assert secretary.post(address, {"presents_at": f"{day:%Y-%m-%dT%H:%M}", "place": PLACE}).status_code == 302
    with clock.travel(day + timedelta(hours=1)):
        for client in (chair, *others):
            assert client.post(score, {}).status_code == 422
            assert client.post(score, sent).status_code == 302
        assert "Presentación" in secretary.get(score).content.decode()
        assert secretary.post(score, {f"reason-{criterion.pk}": "corto"}).status_code == 422
        assert secretary.post(score, {f"reason-{criterion.pk}": REASON}).status_code == 302
    assert CriterionReason.objects.filter(criterion=criterion).count() == 1


@pytest.mark.parametrize("what", ["shortlist", "scores", "other criterion", "not presenting"])
def test_the_database_keeps_both_rounds(panel: BigPanel, what: str) -> None:
    made = shortlist(panel)
    (criterion,) = policies.criteria_of(panel.challenge)
    values = {"member": panel.chair, "points": 5, "reason": REASON, "given_at": clock.now()}
    kept = PitchScore.objects.create(proposal=panel.proposals[0], criterion=criterion, **values)
    judged = Criterion.objects.filter(challenge=panel.challenge, kind="judgement")[0]

    acts = {
        "shortlist": lambda: Shortlist.objects.filter(pk=made.pk).update(record=[]),
        "scores": lambda: PitchScore.objects.filter(pk=kept.pk).update(points=0),
        "other criterion": lambda: PitchScore.objects.create(proposal=panel.proposals[1], criterion=judged, **values),
        "not presenting": lambda: PitchScore.objects.create(proposal=panel.proposals[3], criterion=criterion, **values),
    }

    with pytest.raises(DatabaseError), transaction.atomic():
        acts[what]()
