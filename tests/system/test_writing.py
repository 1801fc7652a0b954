"""A challenge from nothing to published, by clicking, with a lost connection and two who write at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from govtech import clock
from govtech.accounts.models import DelegateAppointment
from tests import people
from tests.system.browsing import wide
from tests.system.journey_challenge import OUTCOME, PROBLEM, SETTING, TITLE, the_director_publishes, the_year_has_money
from tests.system.journey_people import PASSWORD, Journey, Person, address, moment
from tests.system.portal import Portal

SAVED = re.compile(r"Guardado a las \d{1,2}:\d{2}")
OUTCOME_FIELD = "¿Qué se quiere conseguir?"
OFFLINE = OUTCOME[OUTCOME_FIELD] + " Esto se escribió sin conexión."
PILOT = {"Duración en meses": "6", "¿Qué pone el Ayuntamiento?": "Una técnica del distrito, un día a la semana."}
ADOPTION = {"Si funciona, ¿quién lo pagaría después?": "La Coordinación del Distrito, con su presupuesto de 2028."}
AMOUNT = {"Importe máximo de cada adjudicación, sin IVA": "14.500"}


def the_people(portal: Portal) -> None:
    """Two delegates of one department, an officer and the director."""
    portal.travel(moment("2026-02-02"))
    with portal.orm():
        if people.User.objects.filter(email=address("teresa")).exists():
            return
        for make, name, full_name in (
            (people.officer, "olga", "Olga Oficina"),
            (people.director, "dolores", "Dolores Dirección"),
            (people.person, "teresa", "Teresa Delegada"),
            (people.person, "lucia", "Lucía Ramos"),
        ):
            make(full_name, email=address(name), password=PASSWORD)
        users = people.User.objects.in_bulk([address(name) for name in ("olga", "teresa", "lucia")], field_name="email")
        for name in ("teresa", "lucia"):
            DelegateAppointment.objects.create(
                user=users[address(name)],
                department=people.department(),
                from_on=people.LONG_AGO,
                appointed_by=users[address("olga")],
                appointed_at=clock.now(),
            )


def save(person: Person, part: str) -> None:
    person.press("Guardar y seguir")
    person.told(f"Guardado: {part}")


def says(person: Person, text: str | re.Pattern[str]) -> None:
    """Wait until the save bar says it."""
    expect(person.page.locator("[data-save-status]")).to_contain_text(text, timeout=60_000)


def begin(journey: Journey, title: str = TITLE) -> tuple[Person, str]:
    """Write the title; return who writes and the address of the draft."""
    teresa = journey.person("teresa")
    teresa.goto("/mis-retos/nuevo/")
    teresa.write({"¿Cuál es el problema?": title})
    teresa.press("Empezar")
    expect(teresa.page.get_by_role("heading", name="El problema", level=2)).to_be_visible()
    return teresa, teresa.path.removesuffix("problema/")


def test_a_challenge_from_nothing_to_published_with_a_lost_connection_and_two_editors(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    the_people(portal)
    journey = Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)
    tall = {"width": 1280, "height": 3000}  # the bar that stays in sight covers no field: axe can't scroll
    journey.people["teresa"] = Person(sign_in(portal, address("teresa"), PASSWORD, viewport=tall))
    the_year_has_money(journey)
    teresa, draft = begin(journey)

    # the problem: saved by itself, and the check list follows
    teresa.sees("Falta la materia.")
    teresa.choose("Materia", "Medio ambiente y energía")
    teresa.write(PROBLEM)
    says(teresa, SAVED)
    expect(teresa.main.get_by_text("Falta la materia.")).to_have_count(0)
    journey.look(teresa, "problem")
    save(teresa, "El problema")

    # the outcome: the connection is lost while typing, then comes back
    teresa.write(OUTCOME)
    says(teresa, SAVED)
    teresa.page.expected += ["ERR_INTERNET_DISCONNECTED", "Failed to load resource", "409", "422"]
    teresa.page.context.set_offline(True)
    teresa.write({OUTCOME_FIELD: OFFLINE})
    says(teresa, "Sin guardar todavía: no hay conexión")
    teresa.press("Guardar y seguir")  # doesn't leave the page
    expect(teresa.field(OUTCOME_FIELD)).to_have_value(OFFLINE)
    teresa.page.context.set_offline(False)
    says(teresa, SAVED)
    [written] = portal.sql(f"SELECT outcome FROM challenges_challenge WHERE public_id = '{draft.split('/')[2]}'")
    assert written == (OFFLINE,)
    journey.look(teresa, "outcome")
    save(teresa, "Qué se quiere conseguir")

    # the setting: a colleague writes the same part at the same time
    two_write_the_same(journey, teresa, draft)

    teresa.write(PILOT | ADOPTION)
    teresa.tick("Tetuán")
    journey.look(teresa, "pilot")
    save(teresa, "El piloto")
    teresa.write(AMOUNT)
    journey.look(teresa, "amount")
    save(teresa, "Importe")
    journey.look(teresa, "criteria")
    save(teresa, "Criterios")
    journey.look(teresa, "calendar")
    save(teresa, "Calendario")
    teresa.write({"Nombre que se leerá": "Cortes de 2025 por calle"})
    teresa.attach("Archivo", {"name": "cortes.csv", "mimeType": "text/csv", "buffer": b"calle;minutos\nBravo;190\n"})
    teresa.press("Adjuntar")
    teresa.sees("Cortes de 2025 por calle")
    journey.look(teresa, "documents")

    somebody_outside_reads_it(journey, teresa, draft)
    teresa.goto(draft)
    journey.look(teresa, "draft")
    teresa.confirm("Enviar a la Oficina Digital")
    teresa.told("Enviado")
    the_office_prepares_it(journey, draft)
    the_director_publishes(journey)

    visitor = journey.person("visitor")
    visitor.goto("/retos/")
    visitor.follow(TITLE)
    texts = [*PROBLEM.values(), OFFLINE, *SETTING.values(), *ADOPTION.values(), PILOT["¿Qué pone el Ayuntamiento?"]]
    visitor.sees(*[text for text in texts if text != SETTING["¿Con qué sistemas debe convivir?"]])
    visitor.sees("Lo de Lucía: GIS municipal.")


def two_write_the_same(journey: Journey, teresa: Person, draft: str) -> None:
    """Lucía saves first; Teresa is warned, compares, takes both, and nothing is lost."""
    systems = "¿Con qué sistemas debe convivir?"
    lucia = journey.person("lucia")
    lucia.goto(draft + "contexto/")
    lucia.write({systems: "Lo de Lucía: GIS municipal."})
    says(lucia, SAVED)

    teresa.write(SETTING)
    says(teresa, "Lucía Ramos ha guardado esta parte")
    teresa.press("Guardar y seguir")
    teresa.sees("Lucía Ramos ha guardado esta parte mientras escribías", "Lo de Lucía: GIS municipal.")
    teresa.sees(SETTING[systems])
    journey.axe(teresa.page)
    teresa.write({systems: f"Lo de Lucía: GIS municipal. {SETTING[systems]}"})
    teresa.tick("No")
    says(teresa, "nada cambia hasta que pulses guardar")
    save(teresa, "Dónde y con qué se cuenta")
    teresa.goto(draft + "historial/")
    journey.axe(teresa.page)
    lucia.goto(draft + "seguir/")
    expect(lucia.page.get_by_role("heading", name="Dónde y con qué se cuenta", level=2)).to_be_visible()
    teresa.goto(draft + "piloto/")


def somebody_outside_reads_it(journey: Journey, teresa: Person, draft: str) -> None:
    """The preview by a link, from a browser without an account, until it is revoked."""
    teresa.goto(draft + "vista-previa/")
    teresa.unfold("Crear un enlace")
    journey.axe(teresa.page)
    teresa.write({"Para quién es": "Servicio jurídico"})
    teresa.press("Crear el enlace")
    link = teresa.page.locator("#new-link").input_value()
    outside = journey.person("visitor outside")
    outside.goto(link)
    outside.sees(OFFLINE, "Cortes de 2025 por calle")
    journey.axe(outside.page)
    teresa.press("Anular Servicio jurídico")
    outside.page.expected.append("404")
    assert outside.goto(link) == 404


def the_office_prepares_it(journey: Journey, draft: str) -> None:
    olga = journey.person("olga")
    olga.goto(draft + "revision/")
    olga.follow("Escribir las condiciones")
    olga.write({"Expediente": "711/2026/00123"})
    olga.press("Guardar las condiciones")
    olga.follow("Preparar gasto y publicación")
    olga.write({"Número del certificado de RC": "RC-2026-000123"})
    olga.press("Reservar y enviar a la dirección")
    olga.told("El crédito está reservado")


def test_what_was_typed_survives_the_end_of_the_session_and_a_reload(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    the_people(portal)
    journey = Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)
    teresa, draft = begin(journey, "Texto que no se pierde")
    teresa.page.expected += ["401", "403"]
    portal.sql("DELETE FROM django_session")
    teresa.write({"En dos frases": "Lo escrito con la sesión terminada."})
    says(teresa, "La sesión ha terminado. Tu texto sigue aquí")

    teresa.page.once("dialog", lambda dialog: dialog.accept())
    teresa.page.goto(f"/cuenta/login/?next={draft}problema/")
    teresa.page.fill("input[name=login]", address("teresa"))
    teresa.page.fill("input[name=password]", PASSWORD)
    teresa.page.press("input[name=password]", "Enter")
    expect(teresa.field("En dos frases")).to_have_value("Lo escrito con la sesión terminada.")
    says(teresa, SAVED)

    assert ("Lo escrito con la sesión terminada.",) in portal.sql("SELECT summary FROM challenges_challenge")


def test_signing_in_elsewhere_lets_the_open_page_save(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    the_people(portal)
    journey = Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)
    teresa, _draft = begin(journey, "Otra pestaña")
    teresa.page.expected += ["401", "403"]
    portal.sql("DELETE FROM django_session")
    teresa.write({"En dos frases": "Guardado tras entrar en otra pestaña."})
    says(teresa, "La sesión ha terminado.")

    with teresa.page.context.expect_page() as opened:
        teresa.page.get_by_role("link", name="Entrar en otra pestaña").click()
    other = opened.value
    other.fill("input[name=login]", address("teresa"))
    other.fill("input[name=password]", PASSWORD)
    other.press("input[name=password]", "Enter")
    other.wait_for_url(lambda url: "/cuenta/login/" not in url)
    other.close()
    teresa.page.bring_to_front()
    expect(teresa.page.locator("[data-save-status]")).to_contain_text(SAVED, timeout=60_000)

    assert ("Guardado tras entrar en otra pestaña.",) in portal.sql("SELECT summary FROM challenges_challenge")


@pytest.mark.parametrize("width", [390])
def test_the_writing_works_without_script_on_a_phone(
    width: int, portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    the_people(portal)
    page = sign_in(
        portal, address("teresa"), PASSWORD, java_script_enabled=False, viewport={"width": width, "height": 800}
    )
    teresa = Person(page)
    teresa.goto("/mis-retos/nuevo/")
    teresa.write({"¿Cuál es el problema?": "Sin guion"})
    teresa.press("Empezar")
    for values, choice, part in (
        (PROBLEM, ("Materia", "Medio ambiente y energía"), "El problema"),
        (OUTCOME, None, "Qué se quiere conseguir"),
        (SETTING, None, "Dónde y con qué se cuenta"),
        (PILOT | ADOPTION, None, "El piloto"),
        (AMOUNT, None, "Importe"),
        ({}, None, "Criterios"),
        ({}, None, "Calendario"),
    ):
        teresa.write(values)
        if choice:
            teresa.choose(*choice)
        if values is SETTING:
            teresa.tick("No")
        save(teresa, part)
    teresa.follow("Leerlo entero y enviarlo")
    teresa.confirm("Enviar a la Oficina Digital")
    teresa.told("Enviado")


def test_on_a_phone_the_list_of_steps_is_folded(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    the_people(portal)
    journey = Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)
    teresa, _draft = begin(journey, "En el móvil")
    steps = teresa.main.get_by_role("navigation", name="Partes del reto")
    expect(steps.get_by_role("link", name=re.compile("Importe"))).to_be_visible()

    teresa.page.set_viewport_size({"width": 390, "height": 800})
    expect(steps.get_by_role("link", name=re.compile("Importe"))).to_be_hidden()
    axe(teresa.page)
    steps.locator("summary").click()
    expect(steps.get_by_role("link", name=re.compile("Importe"))).to_be_visible()
    assert wide(teresa.page) <= 390
    # a page that glides to the focused field takes the pressed button away before it is let go
    assert teresa.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
