"""The Office at work, by clicking: a challenge returned, mended and approved; an outage made good; a question asked."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from challenges.actions import question as questions
from challenges.models import Challenge, Status
from govtech import clock
from tests import people
from tests.challenges import factories
from tests.pilots import money
from tests.system.browsing import wide
from tests.system.journey_people import PASSWORD, Journey, Person, address
from tests.system.portal import Portal


@pytest.fixture
def journey(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> Journey:
    """The portal with a delegate, two officers, a director and a company's person."""
    with portal.orm():
        known = people.User.objects.filter(email=address("olga")).exists()
        if not known:
            people.officer("Olga Oficina", email=address("olga"), password=PASSWORD)
            people.officer("Oscar Segundo", email=address("oscar"), password=PASSWORD)
            people.director("Dolores Dirección", email=address("dolores"), password=PASSWORD)
            people.delegate(name="Teresa Delegada", email=address("teresa"), password=PASSWORD)
            people.person("Ana Dueña", email=address("ana"), password=PASSWORD)
    return Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)


def fits_a_phone(person: Person) -> None:
    """Fail where the page must be scrolled sideways at 390 pixels."""
    size = person.page.viewport_size
    person.page.set_viewport_size({"width": 390, "height": 844})
    needed = wide(person.page)
    person.page.set_viewport_size(size)
    assert needed <= 390, person.page.url


def test_returned_with_comments_mended_and_approved(journey: Journey) -> None:
    with journey.portal.orm():
        challenge = factories.submitted_challenge(by=people.User.objects.get(email=address("teresa")))
        money.parts(challenge)  # the budget of the years it needs
    olga, teresa, dolores = (journey.person(name) for name in ("olga", "teresa", "dolores"))

    olga.goto("/cola-de-revision/")
    journey.look(olga, "queue")
    fits_a_phone(olga)
    olga.press("Lo reviso yo")
    olga.told("Lo revisas tú")
    olga.choose("¿Sobre qué es?", "Meta")
    olga.write({"Comentario": "Di en cuánto tiempo."})
    olga.press("Añadir el comentario")
    olga.confirm("Devolverlo con los comentarios")
    olga.told("Devuelto")

    teresa.goto(f"/mis-retos/{challenge.public_id}/resultado/")
    teresa.sees("Di en cuánto tiempo.")
    journey.look(teresa, "step with a comment")
    fits_a_phone(teresa)
    teresa.write({"Respuesta a la Oficina": "En un año: ya lo dice la meta."})
    teresa.press("Marcar como atendido")
    teresa.told("Marcado como atendido")
    teresa.write({"Meta": "Un 20 % más de casos detectados en un año"})
    teresa.press("Guardar y seguir")
    teresa.told("Guardado: Qué se quiere conseguir")
    teresa.goto(f"/mis-retos/{challenge.public_id}/")
    teresa.confirm("Enviar a la Oficina Digital")
    teresa.told("Enviado")

    olga.goto(f"/mis-retos/{challenge.public_id}/revision/")
    olga.sees("Qué ha cambiado desde", "En un año: ya lo dice la meta.")
    expect(olga.page.locator("#cambios ins").first).to_contain_text("en un año")
    journey.look(olga, "review with changes")
    fits_a_phone(olga)
    olga.press(re.compile("^Cerrarlo"))
    olga.told("El comentario está cerrado")
    olga.press("He leído los cambios")

    # The delegate changes it under review, knowingly, and sends it again.
    teresa.goto(f"/mis-retos/{challenge.public_id}/resultado/")
    teresa.sees("vuelve a borrador")
    journey.look(teresa, "step under review")
    teresa.write({"Meta": "Un 25 % más de casos detectados en un año"})
    teresa.press("Guardar y seguir")
    teresa.told("Guardado: Qué se quiere conseguir")
    teresa.goto(f"/mis-retos/{challenge.public_id}/")
    teresa.confirm("Enviar a la Oficina Digital")
    teresa.told("Enviado")

    olga.goto(f"/mis-retos/{challenge.public_id}/revision/")
    expect(olga.page.locator("#cambios")).to_contain_text("25")
    olga.follow("Preparar gasto y publicación")
    olga.sees("Reparto propuesto")
    olga.press("Reservar y enviar a la dirección")
    olga.told("El crédito está reservado")
    teresa.goto(f"/mis-retos/{challenge.public_id}/resultado/")
    teresa.told("Pide a la Oficina Digital que te lo devuelva")
    dolores.goto("/mesa/")
    dolores.follow(f"Decidir: Gasto y publicación de «{challenge.title}»")
    dolores.press("Autorizar el gasto y publicar")
    dolores.told("Aprobado")
    with journey.portal.orm():
        assert Challenge.objects.get(pk=challenge.pk).status == Status.PUBLISHED


def test_an_outage_is_made_good_in_one_act(journey: Journey) -> None:
    with journey.portal.orm():
        challenge = money.published(opens_at=clock.now())
        until = challenge.closes_at
        began = clock.now() - timedelta(seconds=1)
    journey.portal.travel(began + timedelta(hours=5))
    oscar, visitor = journey.person("oscar"), journey.person("visitor")
    oscar.goto("/incidencias/nueva/")
    journey.look(oscar, "new incident")
    local = (began + timedelta(minutes=10)).astimezone(ZoneInfo("Europe/Madrid"))
    oscar.field("Empezó").fill(f"{local:%Y-%m-%dT%H:%M}")
    oscar.field("Terminó").fill(f"{local + timedelta(hours=3):%Y-%m-%dT%H:%M}")
    oscar.write({"Qué pasó": "El portal no respondía por un corte de luz."})
    oscar.press("Ver a qué afectó")
    oscar.sees(str(challenge.reference), "Propuestas hasta", "Preguntas hasta", "Respuestas hasta")
    journey.look(oscar, "what an incident touched")
    fits_a_phone(oscar)
    visitor.goto("/incidencias/")
    visitor.sees_not("corte de luz")

    oscar.confirm("Mover todos los plazos")
    oscar.told("Los plazos se han movido")

    visitor.goto("/incidencias/")
    visitor.sees("corte de luz", str(challenge.reference))
    journey.look(visitor, "incidents")
    fits_a_phone(visitor)
    visitor.goto(challenge.get_absolute_url())
    visitor.sees("corte de luz")
    with journey.portal.orm():
        assert Challenge.objects.get(pk=challenge.pk).closes_at > until


def test_answers_like_it_appear_while_a_question_is_typed(journey: Journey) -> None:
    with journey.portal.orm():
        challenge = money.published(opens_at=clock.now())
        asker = people.person()
        question = questions.ask(challenge, text="¿Cuántos sensores de ruido hay instalados en el barrio?", by=asker)
        questions.answer(question, text="Diez, en la plaza.", by=people.officer(), at=clock.now())
    ana = journey.person("ana")
    ana.goto(f"/retos/{challenge.slug}/preguntas/")
    ana.field("Tu pregunta").press_sequentially("¿Cuántos sensores de ruido hay en el bario?")
    ana.sees("¿Es alguna de estas la tuya?")
    ana.unfold(question.text)
    ana.sees("Diez, en la plaza.")
    journey.look(ana, "answers like it")
    fits_a_phone(ana)
    ana.press("Enviar la pregunta")
    ana.told("Tu pregunta se ha enviado")
