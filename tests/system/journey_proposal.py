"""Step 5 of the journey: organisations, proposals under seal, receipts."""

import re

from playwright.sync_api import expect

from tests.files import samples
from tests.system.journey_account import sign_up
from tests.system.journey_people import Journey, Person, address

AGUAS, BRISA, CAUCE = "Aguas Claras Datos, S. L.", "Brisa Sensores, S. L.", "Cauce Digital, S. Coop."
OWNERS = {"ana": (AGUAS, "B15540008"), "berta": (BRISA, "B15540016"), "carla": (CAUCE, "B15540024")}


def register(journey: Journey, name: str, *, with_wrong_letter: bool = False) -> None:
    """Register an organisation, from the page of the challenge. A wrong control character is refused beside it."""
    organisation, tax_id = OWNERS[name]
    owner = journey.person(name)
    owner.goto(journey.notes["challenge"])
    owner.follow("Proponer una solución")
    owner.follow("Registrar mi organización")
    owner.write({"Razón social": organisation})
    owner.choose("Qué es", "startup")
    if with_wrong_letter:
        owner.write({"NIF": tax_id[:-1] + "9"})
        owner.press("Registrar")
        owner.refused("NIF", "con estas cifras sería 8 y no 9")
        journey.look(owner, "new organisation")
    owner.write({"NIF": tax_id})
    owner.press("Registrar")
    owner.told("La organización está registrada")
    journey.look(owner, "organisation")


def invite_a_colleague(journey: Journey) -> None:
    """Ana invites Alba, who has no account yet: the link in her mail leads her in."""
    ana = journey.person("ana")
    ana.follow("Personas e invitaciones")
    ana.write({"Correo electrónico": address("alba")})
    ana.press("Enviar la invitación")
    ana.told(f"Invitación enviada a {address('alba')}")
    journey.look(ana, "people of an organisation")

    message = journey.portal.wait_for_mail(address("alba"), "te invita")
    link = re.search(r"http://localhost:\d+(\S+)", message.get_body(("plain",)).get_content())
    assert link, message
    alba = journey.person("visitor alba")
    alba.goto(link[1])
    sign_up(journey, "alba", "Alba Socia")
    journey.look(alba, "invitation")
    alba.press("Unirme")
    alba.sees(AGUAS)


# What nobody outside an organisation may read before the opening, and its prices before the lock.
MARKERS = {"ana": "ZARZAMORA", "berta": "MADROÑO", "carla": "ESPLIEGO"}
PRICES = {"ana": "14.000", "berta": "13.500", "carla": "12.000"}
MILESTONES = {
    "ana": (
        ("Diagnóstico", "1", "4.000"),
        ("Prototipo en dos barrios", "3", "5.000"),
        ("Informe y entrega", "6", "5.000"),
    ),
    "berta": (("Instalación", "2", "6.000"), ("Medición y cierre", "6", "7.500")),
    "carla": (("Todo", "6", "12.000"),),
}
RECEIPT = re.compile(r"REG-\d{4}-\d{6}")
REST = {  # how each part is called in the list, and its text
    "Plan e hitos": "Plan e hitos",
    "Equipo": "Equipo",
    "Resultado esperado": "Resultado esperado",
    "Datos, PI y riesgos": "Datos, propiedad intelectual y riesgos",
}


def begin(journey: Journey, name: str) -> Person:
    """Begin a draft from the challenge's page."""
    owner = journey.person(name)
    owner.goto(journey.notes["challenge"])
    owner.follow("Proponer una solución")
    owner.press("Empezar el borrador")
    return owner


def save(person: Person, part: str) -> None:
    """Save a part and go on; the list of parts says that it is complete."""
    person.press("Guardar y seguir")
    parts = person.main.get_by_role("navigation", name="Partes de la propuesta")
    expect(parts.get_by_role("link", name=re.compile(rf"^{part}\s+Completo"))).to_be_visible()


def write_solution(person: Person, marker: str) -> None:
    """Title and solution."""
    person.write(
        {
            "Título de la propuesta": f"Aviso temprano {marker}",
            "La solución": f"{marker}: medimos la presión de la red y avisamos por teléfono a quien depende del agua.",
        }
    )
    save(person, "La solución")


def write_rest(person: Person, marker: str) -> None:
    """The other four parts, one page after the other."""
    for part, label in REST.items():
        person.write({label: f"{marker}. {label}: lo que haremos, quién y cuándo, con qué datos."})
        save(person, part)


def write_price(person: Person, name: str) -> None:
    """The sealed part: price and milestones that add up to it."""
    person.write({"Precio, sin IVA": PRICES[name]})
    for number, (title, month, amount) in enumerate(MILESTONES[name], start=1):
        row = person.main.get_by_role("group", name=f"Hito {number}")
        person.write(
            {
                "Hito": f"{title} {MARKERS[name]}",
                "Qué se entrega": "Un informe y los datos en CSV.",
                "Cuándo se da por aceptado": "Cuando el distrito comprueba las cifras en una semana.",
                "Importe, sin IVA": amount,
            },
            within=row,
        )
        person.choose("Mes", month, within=row)
    save(person, "Precio")


def hand_in(person: Person, name: str) -> str:
    """Sign and hand in; return the register number."""
    person.write({"Nombre y apellidos de quien firma": name.title(), "Cargo": "Administradora única"})
    person.tick("Tengo poder para actuar en nombre de la organización y lo que se presenta es cierto.")
    person.tick("Hago la declaración responsable de arriba.")
    person.press("Presentar la propuesta")
    title = person.main.get_by_role("heading", level=1)
    expect(title).to_have_text(RECEIPT)
    return str(title.inner_text())


def two_members_write(journey: Journey) -> None:
    """Ana writes the solution and the price, Alba the rest. A negative price and a renamed program are refused."""
    ana = begin(journey, "ana")
    journey.look(ana, "part of a proposal")
    write_solution(ana, MARKERS["ana"])
    alba = journey.person("alba")
    alba.desk()
    alba.follow("Continuar: Presenta tu propuesta")
    alba.follow("Seguir escribiendo")
    alba.follow(re.compile("^Plan e hitos"))
    write_rest(alba, MARKERS["ana"])
    ana.follow(re.compile("^Precio"))
    ana.write({"Precio, sin IVA": "-1"})
    ana.press("Guardar y seguir")
    ana.refused("Precio, sin IVA", "no puede ser menor que 0")
    journey.look(ana, "price of a proposal")
    write_price(ana, "ana")


def they_attach_and_hand_in(journey: Journey) -> None:
    """A program renamed .pdf is refused in words; Alba may not hand in; Ana does and gets her receipt."""
    ana, alba = journey.person("ana"), journey.person("alba")
    ana.follow(re.compile("^Archivos"))
    ana.attach("Archivo", {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00" + bytes(200)})
    ana.press("Añadir el archivo")
    ana.refused("Archivo", "PDF")
    ana.attach(
        "Archivo", {"name": f"plan-{MARKERS['ana']}.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
    )
    ana.press("Añadir el archivo")
    ana.sees(f"plan-{MARKERS['ana']}.pdf")
    journey.look(ana, "files of a proposal")

    alba.follow("Revisar y presentar")
    alba.sees("La presenta un titular")
    ana.follow("Revisar y presentar")
    journey.look(ana, "review of a proposal")
    journey.notes["first receipt"] = hand_in(ana, "ana")
    journey.look(ana, "receipt")


def anybody_checks_the_receipt(journey: Journey) -> None:
    """The PDF is a document; with the code anybody sees that it is unaltered, and neither name nor content."""
    ana, visitor = journey.person("ana"), journey.person("visitor")
    assert ana.download("Descargar el justificante (PDF)").startswith(b"%PDF-")
    code = ana.main.get_by_text(re.compile(r"^[a-z0-9]{20}$")).inner_text()
    visitor.goto("/")
    visitor.page.get_by_role("contentinfo").get_by_role("link", name="Comprobar un justificante").click()
    journey.look(visitor, "check form")
    visitor.write({"Código de comprobación": code})
    visitor.press("Comprobar")
    visitor.sees(journey.notes["first receipt"])
    visitor.sees_not(MARKERS["ana"], AGUAS, "Ana Dueña")
    journey.look(visitor, "check")


def they_replace_it(journey: Journey) -> None:
    """Until the deadline Ana changes something and hands in again: a second receipt, the first one superseded."""
    ana = journey.person("ana")
    ana.desk()
    ana.menu("Mis propuestas")
    journey.look(ana, "my proposals")
    ana.follow(MARKERS["ana"])
    journey.look(ana, "proposal")
    ana.follow("Cambiar algo y volver a presentar")
    write_solution(ana, MARKERS["ana"] + " II")
    ana.follow("Revisar y presentar")
    journey.notes["second receipt"] = hand_in(ana, "ana")
    assert journey.notes["second receipt"] != journey.notes["first receipt"]


def two_more_propose(journey: Journey) -> None:
    """Berta hands in; Carla hands in, withdraws, and begins another: withdrawing frees the place."""
    for name in ("berta", "carla"):
        register(journey, name)
        _write_all(journey, name)
    carla = journey.person("carla")
    carla.follow("La propuesta")
    carla.confirm("Retirar la propuesta")
    carla.told("retirada")
    _write_all(journey, "carla")


def _write_all(journey: Journey, name: str) -> None:
    owner = begin(journey, name)
    write_solution(owner, MARKERS[name])
    write_rest(owner, MARKERS[name])
    write_price(owner, name)
    owner.follow("Revisar y presentar")
    hand_in(owner, name)


def nobody_else_sees_anything(journey: Journey) -> None:
    """Under seal the city sees a count; the proposal's address says "not found" to whoever isn't a member."""
    olga = journey.person("olga")
    olga.goto(journey.notes["challenge"])
    olga.sees("3 propuestas selladas")
    olga.sees_not(*MARKERS.values(), AGUAS, BRISA, CAUCE)
    olga.follow("Apertura de propuestas")
    olga.sees_not(*MARKERS.values(), AGUAS, BRISA, CAUCE)
    journey.look(olga, "before the opening")
    address_of_it = journey.person("ana").path
    assert "/propuestas/" in address_of_it
    for name in ("olga", "dolores", "aurelio", "teresa", "berta"):
        other = journey.person(name)
        other.page.expected.append("404")
        assert other.goto(address_of_it) == 404, name
    journey.look(journey.person("berta"), "not found")


def too_late_is_refused(journey: Journey) -> None:
    """Ana has the last page open when the deadline passes: her button is answered with a refusal."""
    ana = journey.person("ana")
    ana.follow("La propuesta")
    ana.follow("Cambiar algo y volver a presentar")
    write_solution(ana, MARKERS["ana"] + " III")
    ana.follow("Revisar y presentar")
    ana.write({"Nombre y apellidos de quien firma": "Ana Dueña", "Cargo": "Administradora única"})
    ana.tick("Tengo poder para actuar en nombre de la organización y lo que se presenta es cierto.")
    ana.tick("Hago la declaración responsable de arriba.")
    journey.travel("2026-03-09", "14:00")
    ana.press("Presentar la propuesta")
    ana.told("plazo")
