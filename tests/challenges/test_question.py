"""Questions: who asks, who answers, who is told, and that nobody learns who asked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from challenges.actions import question as actions
from challenges.filters.question import similar, time_to_answer
from challenges.models import AnswerCorrection, Challenge, Question, Status
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.notifications import reminders
from govtech.notifications.models import Notice
from govtech.reference.models import Rules
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


def told(kind: str) -> list[int]:
    """Return who was told that kind, one entry a notice."""
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_answers_of_an_hour_are_told_together_once_to_who_asked_and_the_department() -> None:
    challenge, asker, other = factories.open_challenge(), people.person(), people.person()
    delegate = people.delegate()
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    for minute, (person, text) in enumerate([(asker, "¿Cuántos?"), (asker, "¿Dónde?"), (other, "¿Cuándo?")]):
        question = actions.ask(challenge, text=text, by=person)
        actions.answer(question, text="Lo dice el anexo.", by=delegate, at=start + timedelta(minutes=minute))

    reminders.send_all(at=start + timedelta(minutes=59))
    assert told("question.published") == []
    for hours in (1, 1, 4, 24 * 5):  # twice, a beat late by three hours, and a week later
        reminders.send_all(at=start + timedelta(hours=hours, minutes=1))
    assert told("question.published") == sorted({asker.pk, other.pk, delegate.pk, challenge.created_by_id})
    assert Notice.objects.filter(kind="question.published")[0].params["count"] == 3


def test_the_night_the_clocks_go_back_has_both_its_hours() -> None:
    challenge, asker = factories.open_challenge(), people.person()
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # 02:30 in Madrid, and an hour later 02:30 again
    for place in range(2):
        question = actions.ask(challenge, text=f"¿Pregunta {place}?", by=asker)
        actions.answer(question, text="Sí.", by=people.officer(), at=first + timedelta(hours=place))

    reminders.send_all(at=first + timedelta(hours=5))

    assert told("question.published").count(asker.pk) == 2
    assert [notice.params["count"] for notice in Notice.objects.filter(kind="question.published", recipient=asker)] == [
        1,
        1,
    ]


def test_who_comes_later_is_not_told_of_old_answers() -> None:
    challenge = factories.open_challenge()
    question = actions.ask(challenge, text="¿Cuántos?", by=people.person())
    at = clock.now()
    actions.answer(question, text="Diez.", by=people.officer(), at=at)
    reminders.send_all(at=at + timedelta(hours=1, minutes=1))
    late = people.delegate()

    reminders.send_all(at=at + timedelta(hours=3))

    assert late.pk not in told("question.published")


def test_who_asked_is_told_though_the_answer_was_written_after_its_hour_was_told() -> None:
    challenge, early, late, delegate = factories.open_challenge(), people.person(), people.person(), people.delegate()
    first, second = (actions.ask(challenge, text=f"¿Pregunta {n}?", by=who) for n, who in enumerate((early, late)))
    hour = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    stamped = hour + timedelta(minutes=59, seconds=59)
    actions.answer(first, text="Sí.", by=people.officer(), at=stamped)
    reminders.send_all(at=hour + timedelta(hours=1, seconds=29))  # an answer may still be on its way
    assert told("question.published") == []
    reminders.send_all(at=hour + timedelta(hours=1, minutes=1))
    actions.answer(second, text="No.", by=people.officer(), at=stamped)

    for hours in (2, 3):
        reminders.send_all(at=hour + timedelta(hours=hours, minutes=1))
    everybody = told("question.published")
    assert [everybody.count(person.pk) for person in (early, late, delegate)] == [1, 1, 1]


def test_an_answer_that_was_told_and_taken_out_later_is_not_told_again() -> None:
    challenge, asker = factories.open_challenge(), people.person()
    question = actions.ask(challenge, text="¿Cuántos?", by=asker)
    hour = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    actions.answer(question, text="Diez.", by=people.officer(), at=hour)
    reminders.send_all(at=hour + timedelta(hours=1, minutes=1))
    actions.move_out(question, reason="Suyo.", by=people.officer(), at=hour + timedelta(days=2))
    reminders.send_all(at=hour + timedelta(days=2, hours=1))

    kinds = Notice.objects.filter(recipient=asker).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["question.published", "question.moved_out"]


@pytest.mark.parametrize(("shift", "accepted"), [(timedelta(microseconds=-1), True), (timedelta(), False)])
def test_the_second_in_which_questions_end(shift: timedelta, accepted: bool) -> None:
    challenge = factories.open_challenge()

    with clock.travel(challenge.questions_close_at + shift):
        if accepted:
            assert actions.ask(challenge, text="¿A tiempo?", by=people.person()).asked_at < challenge.questions_close_at
        else:
            with pytest.raises(DomainError, match="terminó"):
                actions.ask(challenge, text="¿Tarde?", by=people.person())


# Drafts, corrections, private matters ------------------------------------------------------------------


def answered(text: str = "¿Cuántos sensores hay en el barrio?", answer: str = "Diez.") -> Question:
    question = actions.ask(factories.open_challenge(), text=text, by=people.person())
    return actions.answer(question, text=answer, by=people.officer(), at=clock.now())


def test_a_draft_of_an_answer_is_for_the_department_and_the_office(client: Client) -> None:
    challenge, asker = factories.open_challenge(), people.person()
    question = actions.ask(challenge, text="¿Cuántos?", by=asker)
    office = Client()
    office.force_login(people.officer())
    address = f"/retos/{challenge.slug}/preguntas/"

    office.post(f"{address}{question.public_id}/", {"text": "Creo que diez", "keep": "1"})

    assert "Creo que diez" in office.get(f"{address}{question.public_id}/").content.decode()
    client.force_login(asker)
    for browser in (client, Client()):
        assert "Creo que diez" not in browser.get(address).content.decode()
    question.refresh_from_db()
    assert question.answered_at is None
    actions.answer(question, text="Diez.", by=people.officer(), at=clock.now())
    assert Question.objects.get().draft == ""


def test_a_published_answer_changes_only_by_a_correction_that_keeps_the_old_one(client: Client) -> None:
    question = answered()

    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(answer="Once.")
    for person in (people.person(), people.director(), people.delegate(people.department("D01"))):
        with pytest.raises(PermissionDenied):
            actions.correct(question, text="Once.", reason="Errata.", by=person, at=clock.now())
    with pytest.raises(DomainError):
        actions.correct(question, text="Diez.", reason="Errata.", by=people.officer(), at=clock.now())
    correction = actions.correct(question, text="Once.", reason="Conté mal.", by=people.delegate(), at=clock.now())

    page = client.get(f"/retos/{question.challenge.slug}/preguntas/").content.decode()
    for words in ("Once.", "Diez.", "Conté mal."):
        assert words in page
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerCorrection.objects.filter(pk=correction.pk).update(old_text="Nueve.")
    reminders.send_all(at=clock.now() + timedelta(hours=1, minutes=1))
    assert told("question.published").count(question.asked_by_id) == 1


def test_a_private_matter_is_read_by_who_asked_only() -> None:
    challenge, asker = factories.open_challenge(), people.person("Asunta Preguntona")
    question = actions.ask(challenge, text="¿Y nuestra patente secreta?", by=asker)
    officer = people.officer()
    for person in (people.person(), asker, people.director()):
        with pytest.raises(PermissionDenied):
            actions.move_out(question, reason="Es suyo.", by=person, at=clock.now())

    actions.move_out(question, reason="Trata de un secreto.", by=officer, at=clock.now())
    at = clock.now()
    question = actions.answer(question, text="Vuestra patente sirve.", by=officer, at=at)
    reminders.send_all(at=at + timedelta(hours=1, minutes=1))

    def page(person: object) -> str:
        client = Client()
        if person:
            client.force_login(person)  # type: ignore[arg-type]
        return client.get(f"/retos/{challenge.slug}/preguntas/").content.decode()

    for reader in (asker, officer):
        assert "Vuestra patente sirve." in page(reader)
        assert "Asunta" not in page(officer)
    for reader in (None, people.person(), people.auditor()):
        assert "patente" not in page(reader)
    assert told("question.answered") == [asker.pk]
    assert told("question.published") == []
    event = AuditEvent.objects.get(kind="question.moved_out")
    assert event.reason == "Trata de un secreto."
    assert asker.pk not in AuditEvent.objects.filter(kind__startswith="question.").values_list("actor_id", flat=True)


def test_a_late_answer_proposes_to_the_office_to_give_more_time() -> None:
    challenge, officer = factories.open_challenge(), people.officer()
    question = actions.ask(challenge, text="¿Cuántos?", by=people.person())
    in_time = actions.ask(challenge, text="¿Dónde?", by=people.person())
    actions.answer(in_time, text="Aquí.", by=officer, at=challenge.answers_due_at - timedelta(minutes=1))
    assert officer.pk not in told("question.answered_late")

    late = challenge.closes_at - timedelta(days=1)
    actions.answer(question, text="Diez.", by=officer, at=late)

    notice = Notice.objects.get(kind="question.answered_late", recipient=officer)
    proposed = datetime.fromisoformat(parse_qs(urlsplit(notice.address).query)["closes_at"][0])
    days = Rules.objects.in_force(clock.local_date(late)).answers_due_days
    assert proposed >= late + timedelta(days=days)
    assert proposed > challenge.closes_at
    client = Client()
    client.force_login(officer)
    assert proposed.strftime("%Y-%m-%dT%H:%M") in client.get(notice.address).content.decode()


def test_a_late_correction_of_an_answer_proposes_more_time_too() -> None:
    officer, question = people.officer(), answered()
    late = question.challenge.closes_at - timedelta(hours=1)

    with clock.travel(late):
        actions.correct(question, text="Once.", reason="Conté mal.", by=officer, at=late)

    assert Notice.objects.filter(kind="question.answered_late", recipient=officer).count() == 1


def test_a_private_matter_is_out_for_good_and_an_answer_is_never_deleted() -> None:
    question = answered()
    for change in (
        lambda: question.delete(),
        lambda: Question.objects.filter(pk=question.pk).update(answer="", answered_at=None, answered_by=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    actions.move_out(question, reason="Es suyo.", by=people.officer(), at=clock.now())

    for columns in (
        {"moved_out_at": None, "moved_out_by": None, "moved_out_reason": ""},
        {"moved_out_reason": "Otra."},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.filter(pk=question.pk).update(**columns)
    waiting = actions.ask(factories.open_challenge(), text="¿Dónde?", by=people.person())
    Question.objects.filter(pk=waiting.pk).delete()  # nothing was published


def test_a_published_answer_is_withdrawn_by_the_office_only_and_everybody_reads_why(client: Client) -> None:
    question, delegate, officer = answered("¿Y nuestra patente?"), people.delegate(), people.officer()
    address = f"/retos/{question.challenge.slug}/preguntas/"
    with pytest.raises(PermissionDenied):
        actions.move_out(question, reason="Es suyo.", by=delegate, at=clock.now())
    browser = Client()
    browser.force_login(delegate)
    assert f"{question.public_id}/privada/" not in browser.get(address).content.decode()
    browser.force_login(officer)
    private = f"{address}{question.public_id}/privada/"
    assert private in browser.get(address).content.decode()
    assert "en el lugar" in browser.get(private).content.decode()

    browser.post(private, {"reason": "Revelaba un secreto de empresa."})

    page = client.get(address).content.decode()
    assert "Revelaba un secreto de empresa." in page
    assert "Se ha retirado esta respuesta" in page
    assert "patente" not in page
    assert "Diez." not in page


def test_a_private_matter_never_published_leaves_no_public_note(client: Client) -> None:
    question = actions.ask(factories.open_challenge(), text="¿Y nuestra patente?", by=people.person())
    actions.move_out(question, reason="Es suyo.", by=people.delegate(), at=clock.now())
    actions.answer(question, text="Sirve.", by=people.officer(), at=clock.now() + timedelta(minutes=1))

    assert "Se ha retirado" not in client.get(f"/retos/{question.challenge.slug}/preguntas/").content.decode()


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.VOID, Status.AWARDED, Status.FINISHED])
def test_after_the_call_nobody_takes_an_answer_out(status: Status) -> None:
    question, officer = answered(), people.officer()
    with factories.unfunded():
        Challenge.objects.filter(pk=question.challenge_id).update(status=status)

    with pytest.raises(DomainError, match="terminado"):
        actions.move_out(question, reason="Ya.", by=officer, at=clock.now())

    assert Question.objects.answered().filter(pk=question.pk).exists()


# Answers like it -----------------------------------------------------------------------------------------


def test_answers_like_it_are_shown_and_questions_without_one_never() -> None:
    question = answered("¿Cuántos sensores de ruido hay instalados en el barrio?")
    challenge = question.challenge
    actions.ask(challenge, text="¿Cuántos sensores de ruido se instalarán en secreto?", by=people.person())
    private = actions.ask(challenge, text="¿Cuántos sensores de ruido compraréis a mi empresa?", by=people.person())
    actions.move_out(private, reason="Suyo.", by=people.officer(), at=clock.now())
    actions.answer(private, text="Ninguno.", by=people.officer(), at=clock.now())
    elsewhere = answered("¿Qué sensores de ruido hay ya instalados?")
    stranger = people.person()

    assert list(similar(challenge, "cuantos sensores de rudio hay", user=stranger)) == [question, elsewhere]
    assert not similar(challenge, "¿Se puede presentar una UTE extranjera?", user=stranger)
    assert not similar(challenge, "sens", user=stranger)


def test_without_script_the_answers_like_it_are_shown_once_before_it_is_sent(client: Client) -> None:
    question = answered("¿Cuántos sensores de ruido hay instalados en el barrio?")
    client.force_login(people.person())
    address = f"/retos/{question.challenge.slug}/preguntas/"
    sent = {"text": "¿Cuántos sensores de ruido hay?"}

    first = client.post(f"{address}preguntar/", sent)
    assert first.status_code == 200
    assert "Diez." in first.content.decode()
    assert sent["text"] in first.content.decode()
    assert Question.objects.count() == 1
    piece = client.get(f"{address}parecidas/", sent, headers={"HX-Request": "true"}).content.decode()
    assert f'value="{question.public_id}"' in piece
    assert "<html" not in piece

    assert client.post(f"{address}preguntar/", sent | {"shown": question.public_id}).status_code == 302
    assert Question.objects.count() == 2


def test_the_median_time_to_answer_is_known_by_department() -> None:
    challenge = factories.open_challenge()
    start = clock.now()
    for hours in (1, 2, 30):
        question = actions.ask(challenge, text=f"¿Pregunta {hours}?", by=people.person())
        Question.objects.filter(pk=question.pk).update(asked_at=start)
        actions.answer(question, text="Sí.", by=people.officer(), at=start + timedelta(hours=hours))

    assert time_to_answer() == {challenge.department_id: timedelta(hours=2)}


def test_the_page_of_questions_is_as_quick_with_many(client: Client, django_assert_max_num_queries: Any) -> None:
    question = answered()
    challenge = question.challenge
    address = f"/retos/{challenge.slug}/preguntas/"
    actions.ask(challenge, text="¿Otra más?", by=people.person())
    client.force_login(people.delegate(challenge.department))
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    for place in range(10):
        more = actions.ask(challenge, text=f"¿Otra {place}?", by=people.person())
        actions.answer(more, text="Sí.", by=people.officer(), at=clock.now())
        actions.correct(more, text="No.", reason="Errata.", by=people.officer(), at=clock.now())
        actions.ask(challenge, text=f"¿Otra sin respuesta {place}?", by=people.person())
    with django_assert_max_num_queries(60) as many:
        client.get(address)
    assert len(many) == len(one)


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
