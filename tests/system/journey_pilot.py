"""Steps 9 and 10 of the journey: the pilot, its milestones, figures, invoices and payments, and the decision."""

import re

from playwright.sync_api import expect

from tests.files import samples
from tests.system.journey_people import Journey, Person

INDICATOR = "Tiempo hasta el aviso"
CHARTER = {
    "Alcance": "Cuarenta sensores en la red de dos barrios.",
    "Quién lo usa": "El servicio de averías y 1.200 hogares.",
    "Datos que utiliza": "Presión de la red cada minuto.",
    "Cómo se protegen los datos": "No hay datos personales.",
    "Departamento: quién": "Teresa Delegada",
    "Departamento: horas a la semana": "6",
    "Empresa: quién": "Ana Dueña",
    "Empresa: horas a la semana": "20",
    "Informática: horas a la semana": "2",
    "Asesoría jurídica: horas a la semana": "0,5",
    "Riesgos y qué se hace con cada uno": "Sin cobertura en dos arquetas: se lleva un repetidor.",
    "Plan de salida": "La empresa retira los sensores en un mes y entrega los datos.",
}
HYPOTHESIS = "Si se mide la presión, el aviso llega en 45 minutos en vez de en 190."


def work(person: Person) -> None:
    """Go from the pilot's public page to the page where it is worked on."""
    person.goto("/pilotos/")
    person.follow("ZARZAMORA")
    person.follow("Trabajo del piloto")


def sign(journey: Journey, name: str) -> None:
    """Read the charter and sign it for one's side."""
    person = journey.person(name)
    person.goto(journey.notes["work"])
    person.follow("Leerla y firmarla")
    person.sees(HYPOTHESIS, CHARTER["Plan de salida"], "Tetuán")
    journey.look(person, "charter to sign")
    person.confirm("Firmar la ficha")
    person.told("Firmado")


def it_starts(journey: Journey) -> None:
    """Teresa writes the charter and what will be measured; she and Ana sign it; it starts."""
    teresa = journey.person("teresa")
    teresa.desk()
    teresa.follow("Prepararlo: Empezar el piloto")
    journey.notes["work"] = teresa.path
    journey.look(teresa, "work of a pilot")
    teresa.follow("Escribir la ficha")
    teresa.write({"Hipótesis": HYPOTHESIS, "Título en inglés": "Early notice of water cuts", **CHARTER})
    teresa.tick("Tetuán")
    journey.look(teresa, "charter")
    teresa.press("Guardar")
    teresa.told("La ficha está guardada")
    sign(journey, "teresa")
    sign(journey, "ana")
    teresa.follow("Añadir un indicador")
    teresa.write({"Nombre": INDICATOR, "Unidad": "minutos", "Cifra de hoy": "190", "Meta": "45"})
    teresa.tick("cuanto más bajo, mejor")
    journey.look(teresa, "indicator")
    teresa.press("Añadir el indicador")
    teresa.told("El indicador está en la página del piloto")
    teresa.goto(journey.notes["work"])
    teresa.follow("Empezar el piloto")
    teresa.write({"Primer día del piloto": "2026-05-22"})
    teresa.press("Empezar el piloto")
    teresa.told("El piloto ha empezado")


def milestone(person: Person, number: int) -> Person:
    """Return the part of the page of one milestone, as a place to look in."""
    return person.main.locator("section").filter(has_text=re.compile(rf"Hito {number} "))


def deliver(journey: Journey, number: int, *, again: bool = False) -> None:
    """Alba, who isn't an owner, delivers with a file."""
    alba = journey.person("alba")
    alba.desk()
    alba.follow(re.compile("Entregar|Volver a entregar"))
    if alba.path.endswith("/trabajo/"):
        alba.follow("Volver a entregar" if again else "Entregar", within=milestone(alba, number))
    alba.write({"Qué entregas": f"Informe del hito {number}, con los datos de cada aviso."})
    alba.attach("Archivos", {"name": f"informe-{number}.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()})
    journey.look(alba, "deliver")
    alba.press("Entregar")
    alba.told("Entregado")


def give_back(journey: Journey, number: int) -> None:
    """Teresa returns what was delivered, with what is missing."""
    teresa = journey.person("teresa")
    teresa.goto(journey.notes["work"])
    teresa.follow("Devolver", within=milestone(teresa, number))
    journey.look(teresa, "return")
    teresa.write({"Qué falta": "Los datos del barrio de Cuatro Caminos."})
    teresa.press("Devolver")
    teresa.told("Devuelto")


def accept(journey: Journey, number: int) -> None:
    """Teresa accepts from her desk."""
    teresa = journey.person("teresa")
    teresa.goto(journey.notes["work"])
    teresa.confirm("Aceptar la entrega", within=milestone(teresa, number))
    teresa.told("Aceptado")


def invoice(journey: Journey, number: int, *, base: str, vat: str, total: str, day: str) -> None:
    """The company invoices outside the portal; the Office records the invoice (O)."""
    olga = journey.person("olga")
    olga.goto(journey.notes["work"])
    olga.follow("Registrar la factura", within=milestone(olga, number))
    olga.write(
        {
            "Número de factura": f"2026/{number}",
            "Fecha de la factura": day,
            "Recibida": day,
            "Base imponible": base,
            "IVA": vat,
            "Total": total,
        }
    )
    journey.look(olga, "invoice")
    olga.press("Registrar la factura")
    olga.told("La factura está registrada")


def pay(journey: Journey, number: int, *, day: str) -> None:
    """The Office records the payment (P)."""
    olga = journey.person("olga")
    olga.goto(journey.notes["work"])
    olga.follow("Registrar el pago", within=milestone(olga, number))
    olga.write({"Pago ordenado": day, "Pagado": day})
    journey.look(olga, "payment")
    olga.press("Registrar el pago")
    olga.told("El pago está registrado")


def measure(journey: Journey, day: str, value: str) -> None:
    """Alba records a value with what proves it."""
    alba = journey.person("alba")
    alba.goto(journey.notes["work"])
    alba.follow("Registrar un valor")
    alba.write({"Día de la medición": day, "Valor": value, "Qué lo prueba": "Registro de llamadas del 010."})
    journey.look(alba, "measure")
    alba.press("Registrar el valor")
    alba.told("El valor está en la página del piloto")


def the_company_reads_where_to_invoice(journey: Journey) -> None:
    """Case file, DIR3 codes, what to write, the state and the last day to pay."""
    ana = journey.person("ana")
    ana.goto(journey.notes["work"])
    ana.follow("Facturación y pagos")
    ana.sees("711/2026/00123", "LA0000001", "LA0000002", "LA0000003", "22 de julio de 2026", "4.000 € + 840 €")
    journey.look(ana, "invoicing")


def the_city_decides(journey: Journey) -> None:
    """Step 10: scale, with reasons and lessons, for everybody to read."""
    teresa = journey.person("teresa")
    teresa.desk()
    teresa.follow("Decidir: Decide")
    teresa.tick("Escalar: la ciudad lo adopta")
    teresa.write(
        {
            "Por qué, frente a lo que se buscaba": "El aviso llega en 41 minutos, cuatro antes de la meta.",
            "Qué se aprendió": "Las comunidades de vecinos avisan antes que los sensores.",
            "Siguiente paso: por qué vía y con qué presupuesto": "Contrato abierto del distrito en 2027.",
        }
    )
    journey.look(teresa, "decide")
    teresa.press("Publicar la decisión")
    teresa.told("La decisión está publicada")


def the_public_sees_it_all(journey: Journey) -> None:
    """The pilot's page, the list, the challenge and the year's budget say the same."""
    visitor = journey.person("visitor")
    visitor.goto("/")
    visitor.page.get_by_role("navigation", name="Principal").get_by_role("link", name="Pilotos").click()
    journey.look(visitor, "pilots")
    visitor.follow("ZARZAMORA")
    visitor.sees("El aviso llega en 41 minutos, cuatro antes de la meta.", HYPOTHESIS, INDICATOR)
    expect(visitor.main.get_by_role("row", name="Diagnóstico")).to_contain_text("4.840 €")
    expect(visitor.main.get_by_role("img", name=f"{INDICATOR}: de 190 a 41 minutos; meta 45")).to_be_visible()
    visitor.unfold("Los mismos datos en tabla")
    for value in ("120", "70,5", "41"):
        expect(visitor.main.get_by_role("cell", name=value, exact=True)).to_be_visible()
    journey.look(visitor, "pilot")
    visitor.goto(journey.notes["challenge"])
    visitor.sees("Resuelto", "PILOTO-2026-001")
    journey.look(visitor, "finished challenge")
    visitor.page.get_by_role("navigation", name="Principal").get_by_role("link", name="Presupuesto").click()
    visitor.sees("155.000 €", "16.940 €", "138.060 €")
    journey.look(visitor, "budget")
