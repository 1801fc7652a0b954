"""Step 8 of the journey: proposed, declined, proposed to the next, accepted, approved, published."""

import re

from tests.files import samples
from tests.system.journey_people import PASSWORD, Journey, Person
from tests.system.journey_proposal import AGUAS, BRISA

ADVANTAGES = "Avisa antes que las demás y lo demuestra con datos de otra ciudad."
PAPERS = {
    "poder para actuar por la entidad": "Escritura de poder",
    "certificado de estar al corriente con Hacienda": "Certificado tributario",
    "certificado de estar al corriente con la Seguridad Social": "Certificado de la Seguridad Social",
}
ADVANTAGE_OF_THE_NEXT = "Es la siguiente de la clasificación y cumple todo lo que pide la convocatoria."


def _propose(olga: Person, winner: str, reason: str) -> None:
    olga.follow("Proponer la adjudicación")
    olga.sees(winner)
    olga.write({"Por qué esta propuesta: sus ventajas frente a las demás": reason})
    olga.press("Proponer la adjudicación")
    olga.told("Propuesta")


def the_first_declines(journey: Journey) -> None:
    """Olga proposes the first of the ranking. Berta has no people free and declines with a word."""
    olga, berta = journey.person("olga"), journey.person("berta")
    olga.desk()
    olga.follow("Ir a la adjudicación: Prepara la adjudicación")
    olga.sees("77,95", "92")
    journey.look(olga, "award")
    _propose(olga, BRISA, ADVANTAGES)
    berta.desk()
    berta.follow(re.compile("^Responder: "))
    berta.sees(ADVANTAGES)
    journey.look(berta, "my award")
    berta.unfold("Rechazar")
    berta.write({"Por qué rechazas": "Nuestro equipo está comprometido en otra ciudad hasta el verano."})
    berta.press("Rechazar la adjudicación")
    berta.told("rechazado")


def the_next_accepts(journey: Journey) -> None:
    """Olga proposes the next; Ana hands in its papers and accepts; the Office verifies her organisation."""
    olga, ana = journey.person("olga"), journey.person("ana")
    olga.desk()
    olga.follow("Ir a la adjudicación: Prepara la adjudicación")
    olga.sees("Rechazada")
    _propose(olga, AGUAS, ADVANTAGE_OF_THE_NEXT)
    ana.desk()
    ana.follow(re.compile("^Responder: "))
    for kind, title in PAPERS.items():
        ana.main.get_by_label("Tipo de documento").select_option(label=kind)
        ana.write({"Qué es": title})
        ana.attach("Archivo", {"name": "documento.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()})
        ana.press("Entregar este documento")
        ana.sees(title)
    ana.press("Aceptar la adjudicación")
    ana.told("acept")
    ana.sees_not(BRISA)


def the_office_verifies_and_prepares(journey: Journey) -> None:
    """Olga looks at the organisation's papers, says it is who it says it is, and sends the award to the director."""
    olga = journey.person("olga")
    olga.desk()
    olga.follow(re.compile("Ir a la adjudicación"))
    olga.main.get_by_role("link", name="sin verificar").last.click()
    olga.follow("Verificarla")
    journey.look(olga, "verification")
    for radio in olga.main.get_by_role("radio", name="comprobado y correcto").all():
        radio.check()
    olga.write({"Qué has comprobado": "Registro Mercantil y AEAT, el 10 de marzo."})
    olga.press("Anotarlo")
    olga.told("verificada")
    olga.desk()
    olga.follow(re.compile("Ir a la adjudicación"))
    olga.follow("Enviar a la dirección")
    olga.press("Enviar a la dirección")
    olga.told("Ya lo tiene la dirección")


def the_director_approves(journey: Journey) -> None:
    """Dolores reads what was checked and approves: money, pilot, resolution and letters at once."""
    dolores = journey.person("dolores")
    dolores.desk()
    dolores.follow(re.compile("^Decidir: "))
    dolores.sees("16.940 €", ADVANTAGE_OF_THE_NEXT, "Escritura de poder")
    journey.look(dolores, "approve the award")
    dolores.press("Aprobar y publicar")
    if "reauth" in dolores.path:  # it is some minutes since she signed in: approving asks again who she is
        dolores.write({"Contraseña": PASSWORD})
        dolores.main.locator("form button").first.click()
    dolores.told("Aprobado y publicado")


def the_resolution_is_public(journey: Journey) -> None:
    """Anybody reads it, in the page and as a document; who took part without winning isn't named."""
    visitor = journey.person("visitor")
    visitor.goto(journey.notes["challenge"])
    visitor.follow("Resolución")
    visitor.sees(AGUAS, "16.940 €")
    visitor.sees_not(BRISA, "Cauce Digital")
    journey.look(visitor, "resolution")
    assert visitor.download("Resolución en documento").startswith(b"%PDF-")


def everybody_reads_their_own(journey: Journey) -> None:
    """Berta reads her points and the reasons, Carla why she was left out; neither reads another's."""
    berta, carla = journey.person("berta"), journey.person("carla")
    berta.desk()
    berta.menu("Mis propuestas")
    berta.follow("MADROÑO")
    berta.follow("Leer los puntos")
    berta.sees("92,00", "22,50", "paula: cumple lo que pide el criterio.")
    berta.sees("de 77,95 a 92,00")
    journey.look(berta, "my points")
    carla.menu("Mis propuestas")
    carla.follow("ESPLIEGO")
    carla.sees("No dice en qué barrios se probaría")
