"""Scores far apart: sessions of the panel, what they agree on, and the scores that stay as they were given."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.errors import DomainError
from startups.actions import consensus, evaluation
from startups.actions import panel as panels
from startups.models import AgreedScore, Evaluation, OrganisationRole, PanelSession, ProposalResult, Score
from startups.policies import evaluation as policies
from tests import people
from tests.startups.evaluations import (
    REASON,
    admitted,
    judged_criteria,
    later,
    locked,
    panel,
    proposals_of,
    session,
    settled,
    sheet,
)
from tests.startups.factories import member, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def apart():
    """Two proposals; on the first criterion of the first one the chair gives 1 and the others 4."""
    challenge = admitted(prices=["9000.00", "8000.00"])
    found = panel(challenge)
    criteria = judged_criteria(challenge)
    one, other = proposals_of(challenge)
    with clock.travel(later(challenge, 3)):
        for seat in found.voting:
            far = {each.pk: 4 for each in criteria} | ({criteria[0].pk: 1} if seat == found.chair else {})
            sheet(seat, one, far)
            sheet(seat, other, 3)
        for proposal in (one, other):
            texts = {each.pk: REASON for each in criteria}
            evaluation.save_reasons(proposal, texts=texts, by=found.secretary.user, at=clock.now())
    with clock.travel(later(challenge, 4)):
        yield SimpleNamespace(
            challenge=challenge, panel=found, one=one, other=other, first=criteria[0], second=criteria[1]
        )


def agree(world, points=3, **kwargs):
    held = kwargs.pop("session", None) or session(world.challenge, world.panel)
    given = {"points": points, "reason": REASON, "by": world.panel.secretary.user, "at": clock.now()} | kwargs
    return consensus.agree(world.one, world.first, session=held, **given)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_scores_far_apart_hold_the_lock_until_a_session_agrees(apart):
    chair, secretary = apart.panel.chair.user, apart.panel.secretary.user
    with pytest.raises(DomainError, match="sesión"):
        evaluation.lock(apart.challenge, by=chair, at=clock.now())
    before = list(Score.objects.order_by("pk").values())

    agree(apart, points=3)
    evaluation.lock(apart.challenge, by=chair, at=clock.now())
    evaluation.lock(apart.challenge, by=secretary, at=clock.now())

    result = ProposalResult.objects.get(proposal=apart.one)
    weight = apart.first.weight_percent
    assert Decimal(result.points[str(apart.first.pk)]) == Decimal(weight) * 3 / 5
    assert list(Score.objects.order_by("pk").values()) == before


def test_who_keep_their_scores_are_counted_by_their_mean_and_the_last_word_counts(apart):
    agree(apart, points=5)
    agree(apart, points=None)
    settled(apart.challenge, apart.panel)
    for user in (apart.panel.chair.user, apart.panel.secretary.user):
        evaluation.lock(apart.challenge, by=user, at=clock.now())

    result = ProposalResult.objects.get(proposal=apart.one)
    mean = Decimal(apart.first.weight_percent) * 3 / 5  # 1, 4, 4
    assert Decimal(result.points[str(apart.first.pk)]) == mean
    assert AgreedScore.objects.count() == 2


def test_agreeing_takes_back_a_confirmation(apart):
    agree(apart)
    evaluation.lock(apart.challenge, by=apart.panel.chair.user, at=clock.now())
    agree(apart, points=2)
    assert Evaluation.objects.get().locked_by_chair is None


@pytest.mark.parametrize(
    ("case", "field"),
    [("early", "session"), ("alone", "present"), ("reason", "reason"), ("points", "points"), ("close", None)],
)
def test_what_a_session_may_agree_on(apart, case, field):
    at, by = clock.now(), apart.panel.secretary.user

    def early():
        words = {"mode": "remote", "agenda": "Antes de tiempo, sin hojas.", "present": apart.panel.people}
        held = consensus.record_session(apart.challenge, held_at=at - timedelta(hours=2), **words, by=by, at=at)
        agree(apart, session=held)

    def close():
        held = session(apart.challenge, apart.panel)
        consensus.agree(apart.one, apart.second, session=held, points=3, reason=REASON, by=by, at=at)

    attempt = {
        "early": early,
        "alone": lambda: session(apart.challenge, apart.panel, present=[apart.panel.chair, apart.panel.secretary]),
        "reason": lambda: agree(apart, reason="corto"),
        "points": lambda: agree(apart, points=6),
        "close": close,
    }[case]
    with pytest.raises(DomainError) as refusal:
        attempt()
    assert refusal.value.field == field
    assert not AgreedScore.objects.exists()


def test_only_the_secretary_records(apart):
    held = session(apart.challenge, apart.panel)
    for user in (apart.panel.chair.user, apart.panel.members[0].user, people.officer(), people.director()):
        with pytest.raises(PermissionDenied):
            agree(apart, session=held, by=user)
        page = browser(user).post(reverse("startups:sessions", kwargs={"slug": apart.challenge.slug}), {})
        assert page.status_code == 403
    for seat in apart.panel.members:
        panels.declare_on(seat, apart.one, has_conflict=True, reason="Trabajé allí.", by=seat.user, at=clock.now())
    with pytest.raises(DomainError):  # who came must have scored: a recused one doesn't count
        agree(apart)


def test_the_pages_say_what_is_far_apart_and_take_what_was_agreed(apart):
    client = browser(apart.panel.secretary.user)
    kwargs = {"slug": apart.challenge.slug}
    page = client.get(reverse("startups:consensus", kwargs=kwargs)).content.decode()
    assert "1–4" in page
    assert "por acordar" in page
    made = client.post(
        reverse("startups:sessions", kwargs=kwargs),
        {
            "held_at": clock.now().astimezone().strftime("%Y-%m-%dT%H:%M"),
            "mode": "remote",
            "agenda": "Criterios con puntuaciones muy distintas.",
            "present": [each.public_id for each in apart.panel.people],
        },
    )
    assert made.status_code == 302
    held = PanelSession.objects.get()
    address = reverse("startups:agree", kwargs={"public_id": apart.one.public_id})
    data = {"criterion": apart.first.pk, "points": "3", "reason": REASON, "session": held.public_id}
    refused = client.post(address, {**data, "reason": "corto"})
    assert refused.status_code == 422
    assert "corto" in refused.content.decode()
    assert client.post(address, data).status_code == 302
    shown = browser(apart.panel.members[0].user).get(address).content.decode()
    assert "3 / 5" in shown
    assert "1 / 5" in shown  # the chair's own stays beside it
    assert browser(people.officer()).get(address).status_code == 403  # until the lock
    assert browser(apart.panel.chair.user).post(address, data).status_code == 403


def test_nothing_is_compared_while_a_sheet_is_missing():
    challenge = admitted(prices=["9000.00"])
    found = panel(challenge)
    secret = "Palabras que nadie más debe leer todavía."
    with clock.travel(later(challenge, 3)):
        sheet(found.chair, proposals_of(challenge).get(), reason=secret)
        for seat in (found.secretary, found.members[0]):
            client = browser(seat.user)
            for address in (
                reverse("startups:consensus", kwargs={"slug": challenge.slug}),
                reverse("startups:agree", kwargs={"public_id": proposals_of(challenge).get().public_id}),
            ):
                page = client.get(address).content.decode()
                assert secret not in page
                assert "Todavía no" in page


# The database -------------------------------------------------------------------------------------------

FIXED = {
    "a score": "UPDATE startups_score SET points = 0",
    "a score's word": "UPDATE startups_score SET reason = 'otra cosa'",
    "a score taken away": "DELETE FROM startups_score",
    "a score put in": """INSERT INTO startups_score (sheet_id, criterion_id, points, is_unable, reason, saved_at)
        SELECT sheet_id, criterion_id, 5, false, '', saved_at FROM startups_score LIMIT 1""",
    "a sheet": "UPDATE startups_scoresheet SET status = 'draft', handed_in_at = NULL",
    "a sheet's member": "UPDATE startups_scoresheet SET member_id = (SELECT max(id) FROM startups_panelmember)",
    "a sheet put in": """INSERT INTO startups_scoresheet
        (member_id, proposal_id, status, note, version, saved_from, saved_turn)
        SELECT (SELECT max(id) FROM startups_panelmember), proposal_id, 'draft', '', 0, '', 0
        FROM startups_scoresheet LIMIT 1""",
    "a reason": "UPDATE startups_criterionreason SET text = 'otra cosa'",
    "a reason taken away": "DELETE FROM startups_criterionreason",
    "an agreed score": "UPDATE startups_agreedscore SET points = 0",
    "an agreed score put in": """INSERT INTO startups_agreedscore
        (proposal_id, criterion_id, session_id, points, reason, made_at, made_by_id)
        SELECT proposal_id, criterion_id, session_id, 0, 'x', made_at, made_by_id FROM startups_agreedscore LIMIT 1""",
    "a session": "UPDATE startups_panelsession SET notes = 'otra cosa'",
    "who came": "UPDATE startups_attendance SET is_present = NOT is_present",
    "who left": "UPDATE startups_panelmember SET left_at = named_at WHERE role = 'chair'",
    "a part": "UPDATE startups_panelmember SET role = 'adviser' WHERE role = 'chair'",
    "a recusal": "UPDATE startups_conflictdeclaration SET has_conflict = true, reason = 'x'",
    "a recusal taken away": "DELETE FROM startups_conflictdeclaration",
    "the lock": "UPDATE startups_evaluation SET locked_at = NULL",
    "who locked": "UPDATE startups_evaluation SET locked_by_chair_id = locked_by_secretary_id + 0 * id",
    "the draw": "UPDATE startups_evaluation SET draw_seed = 'x'",
    "the evaluation": "DELETE FROM startups_evaluation",
    "points released": "UPDATE startups_proposalresult SET judgement_points = 100",
    "points taken away": "DELETE FROM startups_proposalresult",
    "points of a criterion": "UPDATE startups_proposalresult SET points = '{}'",
    "a total": "UPDATE startups_proposalresult SET total_points = 99",
    "a place": "UPDATE startups_proposalresult SET rank = 3 - rank",
    "whether it passes": "UPDATE startups_proposalresult SET passes = NOT passes",
    "a price": "UPDATE startups_proposalresult SET price_net = 1, price_points = 0",
    "what broke a tie": "UPDATE startups_proposalresult SET tie_break = 'draw'",
}


def test_locked_scores_change_by_no_statement(apart):
    agree(apart)
    for user in (apart.panel.chair.user, apart.panel.secretary.user):
        evaluation.lock(apart.challenge, by=user, at=clock.now())
    for what, statement in FIXED.items():
        assert is_refused(statement), what


def is_refused(statement: str) -> bool:
    """Say whether the database refuses it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Error:
        return True
    return False


def test_a_score_goes_to_no_other_sheet_and_to_no_criterion_of_another_call(apart):
    other = admitted(prices=["9000.00"])
    seat = panel(other).chair
    with clock.travel(later(other, 3)):
        draft = evaluation.save_score(
            seat,
            proposals_of(other).get(),
            judged_criteria(other)[0],
            points=4,
            reason=REASON,
            by=seat.user,
            at=clock.now(),
        )
    fixed = Score.objects.filter(sheet__proposal=apart.one).first()
    for statement, values in (
        ("UPDATE startups_score SET sheet_id = %s WHERE id = %s", [draft.pk, fixed.pk]),
        ("UPDATE startups_score SET sheet_id = %s WHERE sheet_id = %s", [fixed.sheet_id, draft.pk]),
        ("UPDATE startups_score SET criterion_id = %s WHERE sheet_id = %s", [fixed.criterion_id, draft.pk]),
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)


def test_the_actions_of_a_locked_panel_refuse_as_well():
    challenge = locked(prices=["9000.00"])
    with clock.travel(later(challenge, 6)):
        at, proposal = clock.now(), proposals_of(challenge).get()
        seats = {seat.role: seat for seat in policies.work(challenge, at=at).members}
        with pytest.raises(DomainError):
            evaluation.save_sheet(seats["chair"], proposal, entries={}, by=seats["chair"].user, at=at)
        with pytest.raises(DomainError):
            consensus.record_session(
                challenge,
                held_at=at,
                mode="remote",
                agenda="Después del cierre, demasiado tarde.",
                present=list(seats.values()),
                by=seats["secretary"].user,
                at=at,
            )


def test_a_participant_reads_what_was_agreed_beside_the_range(apart):
    agree(apart, points=3)
    secretary, weight = apart.panel.secretary.user, apart.first.weight_percent
    address = reverse("startups:reasons", kwargs={"public_id": apart.one.public_id})
    assert f">{weight * 3 / 5:.2f}</strong>".replace(".", ",") in browser(secretary).get(address).content.decode()
    for user in (apart.panel.chair.user, secretary):
        evaluation.lock(apart.challenge, by=user, at=clock.now())
    address = reverse("startups:ranking", kwargs={"slug": apart.challenge.slug})
    ranking = browser(secretary).get(address).content.decode()
    assert "acordado: 3 / 5" in ranking
    assert "con los puntos acordados en una sesión" in ranking
    out = StringIO()
    call_command("reproduce_ranking", apart.challenge.reference, stdout=out)
    assert f"{weight} × 3 / 5, agreed in a session" in out.getvalue()
    owner = browser(owner_of(apart.one.organisation))
    page = owner.get(reverse("startups:result", kwargs={"public_id": apart.one.public_id})).content.decode()
    assert "entre 1 y 4 de 5" in page
    assert "acordaron 3 de 5" in page


def test_what_a_session_said_is_read_outside_the_panel_only_after_the_lock_and_without_a_conflict(apart):
    settled(apart.challenge, apart.panel)
    page = reverse("startups:sessions", kwargs={"slug": apart.challenge.slug})
    officer, rival, chair = people.officer(), people.officer(), apart.panel.chair.user
    member(apart.other.organisation, OrganisationRole.READER, rival)

    def opened(user):
        client = Client()
        client.force_login(user)
        return client.get(page).status_code

    assert [opened(each) for each in (chair, officer, rival)] == [200, 403, 403]
    at = clock.now()
    evaluation.lock(apart.challenge, by=chair, at=at)
    evaluation.lock(apart.challenge, by=apart.panel.secretary.user, at=at)
    assert [opened(each) for each in (chair, officer, rival)] == [200, 200, 403]
