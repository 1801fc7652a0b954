"""Words of invented challenges: sentences in Spanish and English, put together the same way for the same number."""

import random
from dataclasses import dataclass

# slug of the policy area: what it is about, in Spanish and English
THEMES: list[tuple[str, list[tuple[str, str]]]] = [
    ("movilidad", [
        ("las plazas de carga y descarga", "loading bays"),
        ("los carriles bici del distrito", "the district's cycle lanes"),
        ("los cruces semaforizados", "junctions with traffic lights"),
        ("las paradas de autobús", "bus stops"),
        ("el estacionamiento de patinetes", "the parking of scooters"),
    ]),
    ("limpieza", [
        ("los contenedores de envases", "packaging containers"),
        ("los residuos de los mercados", "waste of the markets"),
        ("las papeleras de las zonas verdes", "bins of the green spaces"),
        ("la recogida de muebles", "the collection of furniture"),
    ]),
    ("agua", [
        ("el riego de los parques", "the watering of parks"),
        ("las fuentes ornamentales", "ornamental fountains"),
        ("los imbornales de la calle", "street drains"),
    ]),
    ("cuidados", [
        ("las personas mayores que viven solas", "older people who live alone"),
        ("las familias cuidadoras", "families who care for somebody"),
        ("los centros de día", "day centres"),
        ("las ayudas de emergencia social", "emergency support"),
    ]),
    ("edificios", [
        ("la calefacción de los colegios", "heating in schools"),
        ("los vestuarios de los polideportivos", "changing rooms of sports centres"),
        ("las cubiertas de los edificios municipales", "roofs of public buildings"),
    ]),
    ("cultura", [
        ("las bibliotecas de barrio", "local libraries"),
        ("los archivos fotográficos", "photographic archives"),
        ("los talleres de los centros culturales", "workshops of cultural centres"),
    ]),
    ("datos", [
        ("los avisos de la ciudadanía", "reports from citizens"),
        ("las citas previas", "appointments"),
        ("los expedientes de licencias", "licence files"),
    ]),
    ("comercio", [
        ("los locales vacíos", "empty shops"),
        ("los puestos de los mercados municipales", "stalls of municipal markets"),
        ("el consumo de proximidad", "local trade"),
    ]),
]  # fmt: skip
VERBS = [
    ("Conocer a tiempo el estado de", "Knowing in time the state of"),
    ("Reducir las averías en", "Fewer breakdowns in"),
    ("Repartir mejor el trabajo sobre", "A better share of the work on"),
    ("Avisar antes de que fallen", "A warning before failures of"),
    ("Medir sin visitas el uso de", "Measuring without visits the use of"),
    ("Ordenar la demanda sobre", "Ordering the demand for"),
    ("Hacer accesibles", "Making accessible"),
    ("Abaratar el mantenimiento de", "Cheaper upkeep of"),
]
PROBLEMS = [
    ("Hoy el servicio se entera por las quejas, cuando ya es tarde", "Today the service learns of it from complaints, when it is late"),
    ("Cada equipo apunta lo que ve en una hoja distinta y nadie suma los datos", "Each team writes what it sees on a sheet of its own and nobody adds up the data"),
    ("Las visitas se reparten por costumbre y no por necesidad", "Visits are shared out by habit, not by need"),
    ("El contrato en vigor mide horas, no resultados", "The contract in force measures hours, not results"),
    ("No hay sensores y la única fuente es la memoria de las cuadrillas", "There are no sensors and the only source is what crews remember"),
    ("Los picos de verano duplican la carga y se pierden avisos", "Summer peaks double the load and reports get lost"),
    ("La información está en tres sistemas que no se hablan", "The information is in three systems that do not talk to each other"),
    ("Las personas con menos recursos esperan el doble", "People with fewer means wait twice as long"),
]  # fmt: skip
OUTCOMES = [
    ("bajar a la mitad el tiempo de respuesta", "halve the time of response"),
    ("evitar una de cada tres visitas", "avoid one visit in three"),
    ("atender en el día nueve de cada diez avisos", "deal with nine reports in ten on the day"),
    ("gastar una cuarta parte menos de agua y energía", "spend a quarter less water and energy"),
    ("que cualquier persona pueda usarlo sin ayuda", "let anybody use it without help"),
    ("tener cada mañana un mapa fiable para las cuadrillas", "have a reliable map for the crews every morning"),
]
SYSTEMS = ["el inventario municipal", "el sistema de avisos", "la plataforma de movilidad", "el gestor de expedientes"]
PLACES = ["Tetuán", "Carabanchel", "Usera", "Retiro", "Villaverde", "Moncloa", "Hortaleza", "Latina", "Arganzuela"]


@dataclass(frozen=True)
class Words:
    """The texts of one challenge. `theme` is the number of the theme."""

    theme: int
    fields: dict[str, str]


def words(number: int) -> Words:
    """Return the texts of challenge `number`. About three in five have «servicio» in them, all of them «ciudad»."""
    choice = random.Random(number)
    theme = choice.randrange(len(THEMES))
    subject, subject_en = choice.choice(THEMES[theme][1])
    verb, verb_en = choice.choice(VERBS)
    place, other = choice.sample(PLACES, 2)
    problem, second = choice.sample(PROBLEMS, 2)
    outcome, more = choice.sample(OUTCOMES, 2)
    count, before, after = choice.randrange(40, 9_000), choice.randrange(10, 60), choice.randrange(1, 9)
    owner = "El servicio" if choice.random() < 0.6 else "El equipo técnico"
    fields = {
        "title": f"{verb} {subject} en {place}",
        "title_en": f"{verb_en} {subject_en} in {place}",
        "summary": f"{owner} busca cómo {outcome[0]} en {subject} de {place}, con una prueba que la ciudad pueda medir.",
        "summary_en": f"The city looks for a way to {outcome[1]} in {subject_en} of {place}, with a trial it can measure.",
        "problem": f"{problem[0]}. {second[0]}. En {place} y {other} hay {count} puntos y se visitan cada {before} días.",
        "problem_en": f"{problem[1]}. {second[1]}. In {place} and {other} there are {count} points, visited every {before} days.",
        "affected": f"Unas {count * 12} personas que usan {subject} y las {choice.randrange(6, 40)} que trabajan en ello.",
        "tried": f"Hojas compartidas y una campaña de {choice.randrange(2, 9)} semanas. Los avisos bajaron y volvieron a subir.",
        "outcome": f"Se quiere {outcome[0]} y {more[0]}, sin obra y sin datos personales.",
        "outcome_en": f"We want to {outcome[1]} and {more[1]}, without works and without personal data.",
        "baseline": f"{before} días de media",
        "target": f"{after} días de media",
        "place": f"{place}: {choice.randrange(3, 25)} puntos elegidos con el distrito.",
        "systems": f"Convive con {choice.choice(SYSTEMS)}; basta con cargar un fichero cada noche.",
        "data_available": f"Histórico de avisos desde {choice.randrange(2015, 2025)} y plano de puntos.",
        "contribution": "Una persona del departamento a media jornada, permisos y el espacio donde se prueba.",
        "adoption": "El contrato siguiente reserva sitio para lo que funcione.",
        "legal_limits": "Sin cámaras ni reconocimiento de imagen.",
    }  # fmt: skip
    return Words(theme, fields)
