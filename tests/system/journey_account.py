"""Companies come in: an account, a confirmed address, what they want to hear of."""

import re

from tests.system.journey_people import PASSWORD, Journey, Person, address

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def sign_up(journey: Journey, name: str, full_name: str) -> Person:
    """Make an account from the page's header and confirm the address by the code in the mail."""
    person = journey.person(f"visitor {name}")
    if not person.path.startswith("/cuenta/"):
        person.goto("/")
        person.page.get_by_role("banner").get_by_role("link", name="Entrar").click()
        journey.look(person, "sign in")
    person.follow("Crea una")
    journey.look(person, "sign up")
    person.write(
        {
            "Nombre y apellidos": full_name,
            "Correo electrónico": address(name),
            "Contraseña": PASSWORD,
            "Contraseña (de nuevo)": PASSWORD,
        }
    )
    person.press("Crear la cuenta")
    message = journey.portal.wait_for_mail(address(name), "Tu código")
    code = CODE.search(message.get_body(("plain",)).get_content())
    assert code, message
    person.write({"Código": code[0]})
    person.press("Confirmar")
    journey.people[name] = person
    return person


def a_company_wants_to_hear(journey: Journey) -> None:
    """Ana signs up and follows a policy area: she will be told of its challenges."""
    ana = sign_up(journey, "ana", "Ana Dueña")
    ana.menu("Mis alertas")
    ana.press("Seguir Medio ambiente y energía")
    ana.sees("te avisaremos aquí y por correo")
    journey.look(ana, "following")
