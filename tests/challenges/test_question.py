"""Questions: who asks, who answers, who is told, and that nobody learns who asked."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from challenges.actions import question as actions
from challenges.models import Question
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.notifications import reminders
from govtech.notifications.models import Notice
from govtech.shell.registry import desk
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


def test_only_people_who_may_propose_ask() -> None:
    challenge = factories.open_challenge()

    for person in (people.officer(), people.director(), people.auditor(), people.delegate(), people.administrator()):
        with pytest.raises(PermissionDenied):
            actions.ask(challenge, text="¿?", by=person)
    with pytest.raises(DomainError, match="Confirma"):
        actions.ask(challenge, text="¿?", by=people.person(verified=False))


@pytest.mark.parametrize(("text", "words"), [("   ", "Escríbelo"), ("x" * 2_001, "el máximo es 2.000")])
def test_a_question_has_some_text_and_not_too_much(text: str, words: str) -> None:
    challenge = factories.open_challenge()

    with pytest.raises(DomainError, match=words) as refusal:
        actions.ask(challenge, text=text, by=people.person())

    assert refusal.value.field == "text"


def test_nothing_written_says_who_asked() -> None:
    challenge, asker = factories.open_challenge(), people.person("Preguntona Secreta", email="secreta@example.test")
    delegate = people.delegate()
    question = actions.ask(challenge, text="¿Cuántos sensores?", by=asker)
    event = AuditEvent.objects.get(kind="question.asked")

    assert event.actor_id is None
    for person in (delegate, people.officer(), people.auditor(), None):
        client = Client()
        if person is not None:
            client.force_login(person)
        for path in ("preguntas/", f"preguntas/{question.public_id}/", ""):
            text = client.get(f"/retos/{challenge.slug}/{path}").content.decode()
            assert "Secreta" not in text
            assert "secreta@example.test" not in text
    assert not any("Secreta" in str(params) for params in Notice.objects.values_list("params", flat=True))


def test_questions_without_answer_are_for_the_department_the_office_and_the_asker() -> None:
    challenge, asker = factories.open_challenge(), people.person()
    question = actions.ask(challenge, text="¿Cuántos sensores?", by=asker)

    for person in (people.delegate(), people.officer(), people.director(), asker):
        assert set(Question.objects.visible_to(person)) == {question}
    for person in (people.person(), people.delegate(people.department("D01")), people.administrator()):
        assert not Question.objects.visible_to(person).exists()


def test_an_answer_is_public_told_to_the_asker_at_once_and_to_followers_together() -> None:
    challenge, asker, follower = factories.open_challenge(), people.person(), people.person()
    factories.follow(follower, challenge)
    delegate = people.delegate()
    at = clock.now()
    for text in ("¿Cuántos?", "¿Dónde?"):
        question = actions.ask(challenge, text=text, by=asker)
        actions.answer(question, text="Lo dice el anexo.", by=delegate, at=at)

    def told(kind: str) -> list[int]:
        return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))

    assert told("question.answered") == [asker.pk, asker.pk]
    assert told("question.published") == []
    for _again in range(2):
        reminders.send_all(at=at + timedelta(hours=1))
    assert told("question.published").count(follower.pk) == 1
    assert Notice.objects.filter(kind="question.published")[0].params["count"] == 2


def test_an_answer_is_given_once_and_by_the_department_or_the_office() -> None:
    challenge, at = factories.open_challenge(), clock.now()
    question = actions.ask(challenge, text="¿Cuántos?", by=people.person())

    for person in (people.person(), people.delegate(people.department("D01")), people.director()):
        with pytest.raises(PermissionDenied):
            actions.answer(question, text="Diez.", by=person, at=at)
    actions.answer(question, text="Diez.", by=people.officer(), at=at)
    with pytest.raises(DomainError, match="ya tiene respuesta"):
        actions.answer(question, text="Once.", by=people.officer(), at=at)


def test_the_desk_of_the_department_says_what_waits_and_when_it_is_due() -> None:
    challenge, delegate = factories.open_challenge(), people.delegate()
    for text in ("¿Cuántos?", "¿Dónde?"):
        actions.ask(challenge, text=text, by=people.person())

    items = [item for item in desk.items(delegate, at=clock.now()) if challenge.reference in item.title]

    assert [(item.title, item.due_at, item.late) for item in items] == [
        (f"Responder 2 preguntas de {challenge.reference}", challenge.answers_due_at, False)
    ]
    late = desk.items(delegate, at=challenge.answers_due_at)
    assert [item.late for item in late if challenge.reference in item.title] == [True]


def test_asking_and_answering_by_clicking(client: Client) -> None:
    challenge = factories.open_challenge()
    client.force_login(people.person())
    client.post(f"/retos/{challenge.slug}/preguntas/preguntar/", {"text": "¿Hay datos de 2024?"})
    question = Question.objects.get()
    assert "¿Hay datos de 2024?" in client.get(f"/retos/{challenge.slug}/preguntas/").content.decode()
    assert "¿Hay datos de 2024?" not in Client().get(f"/retos/{challenge.slug}/preguntas/").content.decode()

    department = Client()
    department.force_login(people.delegate())
    department.post(f"/retos/{challenge.slug}/preguntas/{question.public_id}/", {"text": "Sí, en el anexo."})

    assert "Sí, en el anexo." in Client().get(f"/retos/{challenge.slug}/").content.decode()
