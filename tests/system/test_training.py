"""Training in the browser: by the Office, delegates and a trainer, from the course to the checked certificate."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests import people
from tests.system.browsing import wide
from tests.system.journey_people import PASSWORD, Journey, address, moment
from tests.system.portal import Portal

COURSE = "Escribir un buen reto"
PHONE = {"width": 390, "height": 780}


def the_people(portal: Portal) -> None:
    """An officer, a trainer and three delegates."""
    portal.travel(moment("2026-03-02"))
    with portal.orm():
        people.officer("Olga Oficina", email=address("olga"), password=PASSWORD)
        people.person("Tomás Trainer", email=address("tomas"), password=PASSWORD)
        for name, full_name, code in (
            ("ana", "Ana Alba Ruiz", "D06"),
            ("berta", "Berta Bosch", "A03"),
            ("carla", "Carla Cid", "D11"),
        ):
            people.delegate(people.department(code), full_name, email=address(name), password=PASSWORD)


def the_office_plans(journey: Journey) -> str:
    """Write a course and a session with two seats, publish it and invite; return the session's address."""
    office = journey.person("olga")
    office.goto("/formacion/")
    office.follow("Cursos y sesiones")
    office.follow("Curso nuevo")
    office.write({"Título": COURSE, "Qué se aprende": "Del problema a la convocatoria.", "Horas": "2"})
    office.choose("Materia", "Govtech")
    office.tick("Personas delegadas digitales")
    office.press("Guardar el curso")
    office.follow(re.compile("[Ss]esión nueva|Nueva sesión"))
    office.press("Guardar la sesión")
    office.refused("Plazas", "Rellena este campo")
    office.write({"Lugar": "Aula 2, calle Alcalá, 45", "Plazas": "2", "Quién la imparte": address("tomas")})
    office.write(
        {
            "Empieza": "2026-03-16T10:00",
            "Termina": "2026-03-16T12:00",
            "La inscripción acaba": "2026-03-15T18:00",
        }
    )
    office.press("Guardar la sesión")
    office.told("La sesión está preparada")
    journey.look(office, "run")
    office.press("Publicar la sesión")
    office.told("Está publicada")
    office.tick("Personas delegadas digitales")
    office.press("Enviar las invitaciones")
    office.told(re.compile("3 invitaciones"))
    office.follow("Su página")
    return office.path


def test_training_from_course_to_checked_certificate(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    the_people(portal)
    journey = Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)
    session = the_office_plans(journey)

    # Three want two seats.
    for name in ("ana", "berta"):
        person = journey.person(name)
        person.goto(session)
        person.press("Inscribirme")
        person.told("Tienes plaza")
    carla = journey.person("carla")
    carla.goto(session)
    carla.press("Entrar en la lista de espera")
    carla.told("lista de espera")
    carla.sees("Eres el número 1 de la lista de espera")
    journey.look(carla, "session")
    journey.wait_until_every_mail_is_out()
    [seat] = [each for each in portal.mail(address("ana")) if "Tienes plaza" in each["Subject"]]
    [calendar] = list(seat.iter_attachments())
    assert calendar.get_content_type() == "text/calendar"
    assert "DTSTART" in calendar.get_content()

    # One frees a seat, and who waited has it without anybody doing anything.
    berta = journey.person("berta")
    berta.goto(session)
    berta.confirm("Dejar mi plaza")
    carla.goto(session)
    carla.sees("Tienes plaza.")
    journey.wait_until_every_mail_is_out()
    assert any("ha quedado una libre" in each["Subject"] for each in portal.mail(address("carla")))

    # A question, an answer, a paper.
    carla.write({"Tu pregunta": "¿Hay que llevar un borrador?"})
    carla.press("Enviar la pregunta")
    carla.told("enviada")
    trainer = journey.person("tomas")
    trainer.desk()
    trainer.follow(re.compile("^Responder"))
    trainer.write({"Respuesta, para todas las personas con plaza": "Sí, aunque sea media página."})
    trainer.press("Responder")
    trainer.told("Respondida")
    trainer.write({"Título": "Guía", "O la dirección de una página": "https://guia.example/retos"})
    trainer.press("Añadir el material")
    trainer.press("Enviar los materiales")
    carla.goto(session)
    carla.sees("Sí, aunque sea media página.")
    expect(carla.main.get_by_role("link", name="Guía")).to_be_visible()

    # On the day: the sheet on a phone, with a button a person that a thumb hits.
    journey.travel("2026-03-16", "09:50")
    trainer.page.set_viewport_size(PHONE)
    trainer.desk()
    trainer.follow(re.compile("^Abrir la lista"))
    assert wide(trainer.page) <= PHONE["width"]
    journey.axe(trainer.page)
    for who, what in (("Ana Alba Ruiz", "Ha venido"), ("Carla Cid", "No ha venido")):
        choice = trainer.main.get_by_role("group", name=re.compile(who)).get_by_text(what, exact=True)
        box = choice.bounding_box()
        assert box["height"] >= 44, box
        assert box["width"] >= 44, box
        choice.click()
    trainer.press("Guardar la asistencia")
    trainer.told("La asistencia está guardada")
    trainer.sees("Han venido 1 de 2")
    journey.travel("2026-03-16", "12:05")
    trainer.page.reload()
    trainer.confirm("Cerrar y emitir los certificados")
    trainer.told("Cerrada")

    # Who came has the certificate, and anybody checks it; who didn't has none.
    ana = journey.person("ana")
    ana.goto(session)
    assert ana.download("Tu certificado").startswith(b"%PDF")
    ana.main.get_by_role("group", name=re.compile("Te sirve")).get_by_text("5", exact=True).click()
    ana.main.get_by_role("group", name=re.compile("Se entendió")).get_by_text("4", exact=True).click()
    ana.press("Enviar tu opinión")
    ana.told("Gracias")
    carla.goto(session)
    carla.sees_not("Tu certificado")
    [(code,)] = portal.sql("SELECT code FROM programme_certificate")
    visitor = journey.person("visitor")
    visitor.goto("/formacion/")
    visitor.follow("Comprobar un certificado")
    visitor.write({"Código": f"{code[:4]} {code[4:8]} {code[8:]}".upper()})
    visitor.press("Comprobar")
    visitor.sees("El certificado es auténtico", "Ana A.", COURSE)
    visitor.sees_not("Alba Ruiz")
    journey.look(visitor, "certificate")
    visitor.goto("/formacion/")
    visitor.follow("Comprobar un certificado")
    visitor.write({"Código": "zzzz zzzz zzzz"})
    visitor.press("Comprobar")
    visitor.sees("Ningún certificado tiene este código")
    office = journey.person("olga")
    office.goto("/formacion/")
    office.follow("Quién está formado")
    office.sees("Ana Alba Ruiz")
