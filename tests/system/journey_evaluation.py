"""Steps 6 and 7 of the journey: opening, admission, panel, scores, lock, ranking."""

import re

from playwright.sync_api import expect

from tests.system.journey_people import Journey, Person, address
from tests.system.journey_proposal import AGUAS, BRISA, MARKERS

PRICES = ("14.000", "13.500", "12.000")


def two_people_open(journey: Journey) -> None:
    """Step 6: Olga prepares, 24 hours after the deadline; Oscar opens from his own session."""
    olga, oscar = journey.person("olga"), journey.person("oscar")
    olga.desk()
    olga.follow("Preparar: Prepara la apertura de propuestas")
    olga.press("Preparar la apertura")
    olga.told("Una segunda persona tiene que abrir las propuestas")
    expect(olga.main.get_by_text("Abrir las propuestas", exact=True)).to_have_count(0)
    oscar.desk()
    oscar.follow("Abrir: Abre las propuestas como segunda persona")
    oscar.confirm("Abrir las propuestas")
    oscar.told("Las propuestas están abiertas")
    oscar.sees(*(f"Aviso temprano {marker}" for marker in MARKERS.values()))
    oscar.sees_not(*PRICES)
    assert oscar.download("Descargar el acta (PDF)").startswith(b"%PDF-")
    journey.look(oscar, "record of the opening")


def two_are_admitted_and_one_is_left_out(journey: Journey) -> None:
    """Olga admits Ana's and Berta's, and leaves Carla's out with a reason."""
    olga = journey.person("olga")
    olga.desk()
    olga.follow("Decidir: 3 propuestas por admitir o excluir")
    journey.look(olga, "admission")
    for name in ("ana", "berta"):
        olga.follow(re.compile(f"^Ver: .*{MARKERS[name]}"))
        olga.sees_not(*PRICES)
        journey.look(olga, "admission of one")
        olga.press("Admitir")
        olga.told("admitid")
    olga.follow(re.compile(f"^Ver: .*{MARKERS['carla']}"))
    olga.unfold("No cumple una condición de la convocatoria")
    olga.press("Excluir")
    olga.refused("Motivo", "Rellena este campo")
    olga.choose("Regla que incumple", "No cumple una condición de la convocatoria (Ley 9/2017, art. 139.1)")
    olga.write({"Motivo": "No dice en qué barrios se probaría, que la convocatoria pide."})
    olga.press("Excluir")
    olga.told("exclu")


MEMBERS = {
    "paula": "presidencia",
    "pedro": "vocal",
    "pilar": "vocal",
    "oscar": "secretaría, sin voto",
    "sara": "suplencia",
}


def a_panel_is_named(journey: Journey) -> None:
    """Step 7: three with vote, a secretary, a substitute. The page says what is still missing."""
    olga = journey.person("olga")
    olga.follow("Panel")
    for name, part in MEMBERS.items():
        olga.write({"Correo de la persona": address(name)})
        olga.choose("Función en el panel", part)
        olga.press("Nombrar a esta persona")
        olga.told("forma parte del panel")
    journey.look(olga, "panel")


WORDS = "Cuál es el conflicto"
NONE, CONFLICT = "No tengo ningún conflicto de intereses.", "Tengo un conflicto de intereses."


def they_declare(journey: Journey) -> None:
    """Everybody declares on the call, then on each organisation. Pedro and Pilar have worked for Berta's."""
    for name in MEMBERS:
        member = journey.person(name)
        member.desk()
        member.follow("Declarar: Declara tus intereses")
        journey.look(member, "declaration")
        member.tick(NONE)
        member.press("Declarar", exact=True)
        for organisation in (AGUAS, BRISA):
            has_conflict = organisation == BRISA and name in ("pedro", "pilar")
            _declare_on(member, organisation, has_conflict=has_conflict)


def _declare_on(member: Person, organisation: str, *, has_conflict: bool) -> None:
    """Declare on one organisation; a conflict without its words is refused beside them."""
    button = f"Declarar sobre {organisation}"
    form = member.main.locator("form").filter(has=member.page.get_by_role("button", name=button))
    member.tick(CONFLICT if has_conflict else NONE, within=form)
    member.press(button)
    if has_conflict:
        member.page.expected.append("422")
        expect(member.field(WORDS, within=form)).to_have_accessible_description(
            re.compile("Di en al menos 10 caracteres")
        )
        member.write({WORDS: "Trabajé para ella hasta el año pasado."}, within=form)
        member.press(button)
    member.told("Declarado")


CRITERIA = (
    "Ajuste al reto",
    "Impacto en el servicio y en la ciudadanía",
    "Grado de innovación",
    "Viabilidad del piloto y plan de trabajo",
    "Equipo y experiencia",
)
ANCHORS = {3: "suficiente", 4: "buena", 5: "excelente"}
SHEETS = (  # who, whose proposal, points for every criterion
    ("paula", "ana", 4),
    ("pedro", "ana", 4),
    ("pilar", "ana", 3),
    ("paula", "berta", 5),
    ("sara", "berta", 4),  # the substitute: two of three are recused
)


def they_score_alone(journey: Journey) -> None:
    """Each scores by criterion with a reason; nobody sees another's sheet before handing in their own."""
    for name, of, points in SHEETS:
        member = journey.person(name)
        member.desk()
        member.follow(re.compile("^Valorar: "))
        member.follow(re.compile(f"^Valorar: .*{MARKERS[of]}"))
        member.sees_not(*PRICES, "Las demás personas")
        for criterion in CRITERIA:
            part = member.main.get_by_role("group", name=re.compile(f"^{criterion}"))
            part.get_by_text(ANCHORS[points], exact=True).click()
            member.field(f"Motivo, {criterion}", within=part).fill(f"{name}: cumple lo que pide el criterio.")
        journey.look(member, "sheet")
        member.press("Entregar la hoja")
        member.told("ntregada")
    for name in ("pedro", "pilar"):
        member = journey.person(name)
        member.sees_not(MARKERS["berta"])
    journey.look(journey.person("paula"), "sheets")


def chair_and_secretary_lock(journey: Journey) -> None:
    """Oscar writes the final reasons and confirms; Paula confirms from her own session: only then prices open."""
    oscar, paula = journey.person("oscar"), journey.person("paula")
    oscar.desk()
    oscar.follow("Redactar: Redacta los motivos definitivos")
    journey.look(oscar, "lock")
    for name in ("ana", "berta"):
        oscar.follow(re.compile(f"^Redactar los motivos: .*{MARKERS[name]}"))
        oscar.sees_not(*PRICES)
        journey.look(oscar, "final reasons")
        oscar.press("Guardar los motivos")
        oscar.told("Motivos guardados")
    oscar.sees_not(*PRICES)
    oscar.confirm("Confirmar puntuaciones y motivos")
    oscar.told("Confirmado")
    paula.desk()
    paula.follow("Leer y confirmar: Confirma las puntuaciones")
    paula.sees_not(*PRICES)
    paula.confirm("Confirmar y cerrar")
    paula.told("los precios")


# By hand: points x weight / 5 with two decimals, halves up; price = 20 x 13 500 / offer.
TOTALS = {
    "berta": ("13,50", "22,50", "13,50", "13,50", "9,00", "20,00", "92,00"),  # mean 4.5
    "ana": ("11,00", "18,33", "11,00", "11,00", "7,33", "19,29", "77,95"),  # mean 3.6667
}


def the_ranking_follows(journey: Journey) -> None:
    """The formula part is computed; the ranking shows every figure."""
    paula = journey.person("paula")
    if not paula.path.endswith("/clasificacion/"):
        paula.follow("Clasificación")
    for name, figures in TOTALS.items():
        row = paula.main.get_by_role("row").filter(has_text=MARKERS[name])
        for figure in figures:
            expect(row.get_by_text(figure).first).to_be_visible()
    first = paula.main.get_by_role("row").nth(1)
    expect(first).to_contain_text(MARKERS["berta"])
    journey.look(paula, "ranking")
    assert paula.download("Descargar el informe (PDF)").startswith(b"%PDF-")
