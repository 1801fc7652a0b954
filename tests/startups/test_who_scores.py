"""Who scores what: criteria that can't be judged, reassignment, replacement, reminders, questions by the secretary."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications.models import Notice
from startups.actions import assignment, evaluation
from startups.actions import panel as panels
from startups.actions import panel_question as questions
from startups.models import (
    Clarification,
    OrganisationRole,
    PanelQuestion,
    PanelRole,
    ProposalResult,
    ProposalStatus,
    Replacement,
    Score,
    ScoreSheet,
    SheetStatus,
)
from startups.policies import evaluation as policies
from startups.policies.admission import earliest_due
from tests import people
from tests.startups.evaluations import (
    REASON,
    admitted,
    clear,
    judged_criteria,
    later,
    panel,
    proposals_of,
    settled,
    sheet,
)
from tests.startups.factories import member, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    challenge = admitted(prices=["9000.00", "8000.00"])
    found = panel(challenge)
    one, other = proposals_of(challenge)
    with clock.travel(later(challenge, 3)):
        yield SimpleNamespace(
            challenge=challenge, panel=found, one=one, other=other, first=judged_criteria(challenge)[0]
        )


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def unable(world, seat, proposal):
    entries = {each.pk: (4, REASON) for each in judged_criteria(world.challenge)}
    made = evaluation.save_sheet(seat, proposal, entries=entries, unable={world.first.pk}, by=seat.user, at=clock.now())
    return evaluation.hand_in(made, by=seat.user, at=clock.now())


def called(world, proposal):
    return policies.work(world.challenge, at=clock.now()).called[proposal.pk]


def test_who_cant_judge_gives_no_zero_and_the_substitute_is_called(world):
    substitute = world.panel.substitute
    unable(world, world.panel.chair, world.one)

    assert Score.objects.get(sheet__member=world.panel.chair, criterion=world.first).points is None
    assert substitute.pk in called(world, world.one)
    assert substitute.pk not in called(world, world.other)
    told = Notice.objects.filter(kind="panel.called").values_list("recipient", flat=True)
    assert list(told) == [substitute.user_id]

    for proposal in (world.one, world.other):
        for seat in (*world.panel.voting, substitute):
            if (
                seat.pk in called(world, proposal)
                and not ScoreSheet.objects.filter(member=seat, proposal=proposal).exists()
            ):
                sheet(seat, proposal, 4)
        texts = {each.pk: REASON for each in judged_criteria(world.challenge)}
        evaluation.save_reasons(proposal, texts=texts, by=world.panel.secretary.user, at=clock.now())
    settled(world.challenge, world.panel)
    for seat in (world.panel.chair, world.panel.secretary):
        evaluation.lock(world.challenge, by=seat.user, at=clock.now())
    points = ProposalResult.objects.get(proposal=world.one).points
    assert Decimal(points[str(world.first.pk)]) == Decimal(world.first.weight_percent) * 4 / 5  # not dragged down


def test_too_few_who_can_judge_a_criterion_hold_the_lock(world):
    for seat in world.panel.voting:
        unable(world, seat, world.one)
        sheet(seat, world.other)
    sheet(world.panel.substitute, world.one)
    stops = [line.text for line in policies.lacking(world.challenge, at=clock.now()) if line.level == "stop"]
    assert any("no tiene bastantes personas que puedan valorarla" in text for text in stops)


def test_a_sheet_page_takes_can_t_judge_and_a_note_that_no_participant_reads(world):
    seat = world.panel.chair
    client, page = browser(seat.user), reverse("startups:score", kwargs={"public_id": world.one.public_id})
    data = {"version": "0", "note": "Nota solo para el panel.", "hand_in": "1"}
    for each in judged_criteria(world.challenge):
        data |= {f"points-{each.pk}": "3", f"reason-{each.pk}": REASON}
    data[f"points-{world.first.pk}"] = "x"
    assert client.post(page, data).status_code == 302
    made = ScoreSheet.objects.get(member=seat, proposal=world.one)
    assert (made.status, made.note) == (SheetStatus.HANDED_IN, "Nota solo para el panel.")
    assert made.scores.get(criterion=world.first).is_unable
    assert "Nota solo para el panel." in client.get(page).content.decode()
    owner = browser(owner_of(world.one.organisation))
    assert "Nota solo para el panel." not in owner.get(world.one.get_absolute_url()).content.decode()
    assert owner.get(page).status_code == 403


def test_a_page_knows_its_own_save_again_and_a_late_copy_writes_nothing(world):
    seat, at = world.panel.chair, clock.now()

    def save(points, **kwargs):
        return evaluation.save_sheet(
            seat, world.one, entries={world.first.pk: (points, "")}, by=seat.user, at=at, **kwargs
        )

    page = "6f8b9c4e-1d2a-4b3c-8d4e-5f6a7b8c9d0e"
    assert save(2, version=0, page=page, turn=1).version == 1
    assert save(3, version=0, page=page, turn=2).version == 2  # its answer was lost on the way
    with pytest.raises(evaluation.StaleSheetError):
        save(2, version=0, page=page, turn=1)
    with pytest.raises(evaluation.StaleSheetError):
        save(1, version=0, page="other", turn=3)
    assert Score.objects.get().points == 3


def test_an_old_window_shows_both_and_the_button_decides(world):
    seat = world.panel.chair
    client, page = browser(seat.user), reverse("startups:score", kwargs={"public_id": world.one.public_id})
    name = f"reason-{world.first.pk}"
    client.post(page, {"version": "0", name: "Lo primero que escribí."})
    stale = client.post(page, {"version": "0", name: "Lo que escribí en otra ventana."})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "Lo primero que escribí." in text
    assert "Lo que escribí en otra ventana." in text
    assert Score.objects.get(criterion=world.first).reason == "Lo primero que escribí."
    assert client.post(page, {"version": "1", name: "Lo que escribí en otra ventana."}).status_code == 302
    assert Score.objects.get(criterion=world.first).reason == "Lo que escribí en otra ventana."


def test_next_and_previous_follow_the_member_s_own_order(world):
    seat = world.panel.chair
    client = browser(seat.user)
    listing = client.get(reverse("startups:scores", kwargs={"slug": world.challenge.slug})).content.decode()
    first, last = sorted((world.one, world.other), key=lambda each: listing.index(each.public_id))
    addresses = [reverse("startups:score", kwargs={"public_id": each.public_id}) for each in (first, last)]
    assert client.post(addresses[0], {"version": "0", "go": "next"}).url == addresses[1]
    assert client.post(addresses[1], {"version": "0", "go": "previous"}).url == addresses[0]


# Reassignment and replacement ---------------------------------------------------------------------------


def test_a_proposal_given_to_the_substitute_is_theirs_and_the_draft_stays(world):
    seat, substitute, officer = world.panel.members[0], world.panel.substitute, people.officer()
    evaluation.save_score(seat, world.one, world.first, points=2, reason="", by=seat.user, at=clock.now())

    assignment.reassign(seat, world.one, reason="Está de baja hasta enero.", by=officer, at=clock.now())

    assert seat.pk not in called(world, world.one)
    assert substitute.pk in called(world, world.one)
    assert Score.objects.get().points == 2
    with pytest.raises(DomainError, match="suplente"):
        sheet(seat, world.one)
    sheet(substitute, world.one)
    assert set(Notice.objects.filter(kind="panel.reassigned").values_list("recipient", flat=True)) == {seat.user_id}


def test_what_cannot_be_reassigned(world):
    chair, officer, at = world.panel.chair, people.officer(), clock.now()
    sheet(chair, world.one)
    for seat, proposal, by, error in (
        (chair, world.one, officer, DomainError),  # handed in
        (world.panel.substitute, world.one, officer, DomainError),
        (world.panel.members[0], world.one, world.panel.chair.user, PermissionDenied),
    ):
        with pytest.raises(error):
            assignment.reassign(seat, proposal, reason="Está de baja hasta enero.", by=by, at=at)
    with pytest.raises(DomainError):
        assignment.reassign(world.panel.members[0], world.one, reason="corto", by=officer, at=at)


def test_who_belongs_to_a_company_that_takes_part_changes_nobody_who_judges_it(world):
    officer = people.officer()
    member(world.other.organisation, OrganisationRole.READER, officer)
    seat, at = world.panel.members[0], clock.now()

    with pytest.raises(PermissionDenied):
        assignment.reassign(seat, world.one, reason="Está de baja hasta enero.", by=officer, at=at)
    with pytest.raises(PermissionDenied):
        panels.name_member(world.challenge, people.person(), role=PanelRole.ADVISER, by=officer, at=at)
    page = reverse("startups:progress", kwargs={"slug": world.challenge.slug})
    assert browser(officer).get(page).status_code == 403
    assert browser(people.officer()).get(page).status_code == 200


def test_who_comes_in_scores_anew_and_the_first_s_record_stays(world):
    first, at = world.panel.members[0], clock.now()
    sheet(first, world.one, 1)
    before = list(Score.objects.filter(sheet__member=first).order_by("pk").values())
    made = assignment.replace(
        first, people.person("Relevo Prueba"), reason="Deja el puesto que ocupaba.", by=people.officer(), at=at
    )
    clear(made.second)

    assert list(Score.objects.filter(sheet__member=first).order_by("pk").values()) == before
    assert not ScoreSheet.objects.counting().filter(member=first).exists()
    assert made.second.pk in called(world, world.one)
    assert made.second.pk in policies.work(world.challenge, at=at).owed[world.one.pk]
    page = browser(world.panel.chair.user).get(reverse("startups:progress", kwargs={"slug": world.challenge.slug}))
    assert "Relevo Prueba" in page.content.decode()
    assert "queda en el expediente" in page.content.decode()
    assert Replacement.objects.get().first == first


def test_the_page_of_progress_reassigns_and_answers_in_words(world):
    client = browser(people.officer())
    page = reverse("startups:progress", kwargs={"slug": world.challenge.slug})
    target = f"{world.panel.members[0].public_id}:{world.one.public_id}"
    bad = client.post(page, {"wanted": "reassign", "sheet": target, "reason": "corto"})
    assert bad.status_code == 422
    assert "corto" in bad.content.decode()
    assert client.post(page, {"wanted": "reassign", "sheet": "x:y", "reason": REASON}).status_code == 422
    assert client.post(page, {"wanted": "reassign", "sheet": target, "reason": REASON}).status_code == 302
    nobody = {"wanted": "replace", "member": world.panel.members[1].public_id, "email": "no@existe.test"}
    bad = client.post(page, nobody)
    assert bad.status_code == 422
    assert browser(world.panel.chair.user).post(page, {"wanted": "reassign"}).status_code == 403
    assert browser(world.panel.members[0].user).get(page).status_code == 403


# Reminders ----------------------------------------------------------------------------------------------


def test_reminders_are_told_once_for_each_day_and_only_to_who_owes(world):
    until = world.challenge.evaluation_until
    sheet(world.panel.chair, world.one)
    sheet(world.panel.chair, world.other)

    def told(days, kind="panel.sheets_due"):
        with clock.travel(timezone.make_aware(datetime.combine(until - timedelta(days=days), time(10)))):
            assignment.remind_of_sheets(at=clock.now())
            assignment.remind_of_sheets(at=clock.now())
        return Notice.objects.filter(kind=kind).count()

    owing = {seat.user_id for seat in world.panel.members}
    assert told(9) == 0
    assert told(7) == told(5) == 2
    assert told(2) == told(1) == 4
    assert set(Notice.objects.filter(kind="panel.sheets_due").values_list("recipient", flat=True)) == owing
    officer = people.officer()
    assert assignment.remind(world.challenge, by=officer, at=clock.now()) == 2
    assignment.remind(world.challenge, by=officer, at=clock.now())
    assert Notice.objects.filter(kind="panel.sheets_asked").count() == 2


# Questions ----------------------------------------------------------------------------------------------


def test_a_question_goes_through_the_secretary_and_nobody_learns_who_asked(world):
    seat, secretary = world.panel.members[0], world.panel.secretary.user
    asked = browser(seat.user).post(
        reverse("startups:panel_ask", kwargs={"public_id": world.one.public_id}),
        {"text": "¿Quién mantiene los sensores durante el piloto?"},
    )
    assert asked.status_code == 302
    question = PanelQuestion.objects.get()
    assert set(Notice.objects.filter(kind="panel.question_asked").values_list("recipient", flat=True)) == {secretary.pk}
    assert not Clarification.objects.exists()
    for other in (world.panel.chair.user, world.panel.members[1].user):
        page = browser(other).get(reverse("startups:panel_question", kwargs={"public_id": question.public_id}))
        assert page.status_code in {403, 404}

    client = browser(secretary)
    listing = client.get(reverse("startups:panel_questions", kwargs={"slug": world.challenge.slug})).content.decode()
    assert "¿Quién mantiene los sensores" in listing
    page = reverse("startups:panel_question", kwargs={"public_id": question.public_id})
    bad = client.post(page, {"decision": "send", "text": "corto", "due_at": "2020-01-01"})
    assert bad.status_code == 422
    due = timezone.localtime(earliest_due(at=clock.now())).date().isoformat()
    words = "Explicad quién se ocupa del mantenimiento de los equipos."
    assert client.post(page, {"decision": "send", "text": words, "due_at": due}).status_code == 302

    owner = owner_of(world.one.organisation)
    clarification = Clarification.objects.get()
    shown = browser(owner).get(
        reverse("startups:clarify", kwargs={"public_id": world.one.public_id, "clarification": clarification.public_id})
    )
    assert words in shown.content.decode()
    assert seat.user.full_name not in shown.content.decode()
    assert not any(seat.user.full_name in str(each.params) for each in Notice.objects.filter(recipient=owner))
    assert Notice.objects.filter(kind="panel.question_sent", recipient=seat.user).exists()
    with pytest.raises(TransitionError):
        questions.decline(question, answer="Ya se ha preguntado antes.", by=secretary, at=clock.now())


def test_a_question_that_isn_t_sent_says_why(world):
    seat, at = world.panel.chair, clock.now()
    made = questions.ask(seat, world.one, text="¿Podrían bajar la oferta un poco?", by=seat.user, at=at)
    with pytest.raises(PermissionDenied):
        questions.decline(made, answer="No se puede pedir eso.", by=people.officer(), at=at)
    questions.decline(made, answer="La oferta no puede cambiarse.", by=world.panel.secretary.user, at=at)
    page = browser(seat.user).get(reverse("startups:score", kwargs={"public_id": world.one.public_id}))
    assert "La oferta no puede cambiarse." in page.content.decode()
    assert world.one.status == ProposalStatus.ADMITTED
    with pytest.raises(PermissionDenied):
        questions.ask(world.panel.secretary, world.one, text="¿Y esto otro?" * 3, by=world.panel.secretary.user, at=at)
