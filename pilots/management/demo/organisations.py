"""Organisations of the demonstration: names made up, tax numbers valid and of nobody in particular.

`digits` are the seven digits of the tax number; the control character is computed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """An organisation. `letter` and `digits` make its tax number; a self-employed person has eight digits and no letter."""

    key: str
    name: str
    kind: str
    letter: str
    digits: str
    staff: int
    turnover: str
    website: str
    description: str
    team: str
    verified: bool = True
    listed: bool = True
    years: int = 4  # since it was founded


ENTITIES = [
    Entity(
        "nebula",
        "Nébula Sensórica, S. L.",
        "startup",
        "B",
        "0000155",
        9,
        "420000.00",
        "https://nebula.example",
        "Sensores de bajo consumo que cuentan sin identificar.",
        "Dos ingenieras de telecomunicación, un analista de datos y una responsable de proyecto con cuatro pilotos municipales.",
    ),
    Entity(
        "alameda",
        "Alameda Datos Cívicos, S. L.",
        "sme",
        "B",
        "0000262",
        31,
        "2100000.00",
        "https://alameda.example",
        "Datos públicos que se entienden: cuadros de mando y predicción para servicios municipales.",
        "Una directora de proyecto, dos científicos de datos y una diseñadora de servicios.",
    ),
    Entity(
        "upm",
        "Universidad Politécnica del Manzanares",
        "university",
        "Q",
        "0000379",
        2600,
        "180000000.00",
        "https://upmanzanares.example",
        "Grupo de investigación en sistemas urbanos y personas.",
        "Un catedrático, dos doctoras y un técnico de laboratorio con dedicación del 30 %.",
    ),
    Entity(
        "vecinal",
        "Fundación Vecinal Puente Claro",
        "association",
        "G",
        "0000486",
        14,
        "650000.00",
        "https://puenteclaro.example",
        "Acompañamiento y mediación en barrios.",
        "Cuatro mediadoras que hablan seis idiomas y una coordinadora.",
    ),
    Entity(
        "voz",
        "Voz Cercana Tecnologías, S. L.",
        "startup",
        "B",
        "0000593",
        7,
        "310000.00",
        "https://vozcercana.example",
        "Llamadas automáticas que suenan a persona y terminan en una persona.",
        "Una lingüista, dos desarrolladores y una enfermera.",
    ),
    Entity(
        "retiro",
        "Taller de Código del Retiro, S. Coop.",
        "sme",
        "F",
        "0000615",
        18,
        "980000.00",
        "https://tallercodigo.example",
        "Programas a medida para administraciones, con código abierto.",
        "Tres programadoras con experiencia en expediente electrónico.",
    ),
    Entity(
        "itec",
        "Instituto Tecnológico de la Ribera",
        "research",
        "G",
        "0000722",
        120,
        "9400000.00",
        "https://itecribera.example",
        "Centro tecnológico de energía y edificios.",
        "Un ingeniero industrial, una física de edificios y dos analistas.",
    ),
    Entity(
        "lumbre",
        "Lumbre Energía Medida, S. L.",
        "startup",
        "B",
        "0000839",
        11,
        "540000.00",
        "https://lumbre.example",
        "Curvas de consumo que se explican solas.",
        "Dos ingenieros de energía y una desarrolladora.",
    ),
    Entity(
        "orilla",
        "Orilla Servicios Públicos, S. A.",
        "large",
        "A",
        "0000946",
        640,
        "58000000.00",
        "https://orilla.example",
        "Consultoría y operación de servicios públicos.",
        "Un equipo de cinco personas con dedicación completa.",
    ),
    Entity(
        "castana",
        "Castaña Estudio de Servicios, S. L.",
        "sme",
        "B",
        "0001053",
        12,
        "610000.00",
        "https://castana.example",
        "Diseño de servicios con la gente que los usa.",
        "Dos investigadoras sociales, una diseñadora y un analista.",
        verified=True,
    ),
    Entity(
        "marea",
        "Marea Ciudadana, S. L. U.",
        "startup",
        "B",
        "0001160",
        5,
        "120000.00",
        "https://marea.example",
        "Avisos de barrio que llegan a quien importan.",
        "Dos fundadoras y un desarrollador.",
        verified=True,
    ),
    Entity(
        "ines",
        "Inés Corral Ficticia",
        "self_employed",
        "",
        "00000155",
        1,
        "48000.00",
        "https://inescorral.example",
        "Analista de datos independiente.",
        "Una persona, con quince años de experiencia en estadística pública.",
        verified=False,
        listed=False,
    ),
]

# The policy areas that some work in, by key: the list of challenges can be ordered by them.
AREAS = {
    "nebula": ("movilidad", "medio-ambiente-y-energia", "cultura"),
    "alameda": ("servicios-sociales-y-mayores", "gestion-interna"),
    "upm": ("medio-ambiente-y-energia", "movilidad", "salud"),
    "voz": ("servicios-sociales-y-mayores",),
}


@dataclass(frozen=True)
class Profile:
    """What an organisation says of itself in the directory. `works` are (title, client, years ago, what came of it)."""

    trl: int
    capabilities: str
    works: tuple[tuple[str, str, int, str], ...] = ()


PROFILES = {
    "nebula": Profile(
        7,
        "sensores, bajo consumo, telemetría, privacidad desde el diseño",
        (
            ("Aforo de tres bibliotecas", "Ayuntamiento de Villaejemplo", 2, "Error medio del 3 % sin ninguna cámara."),
            ("Ruido en obras nocturnas", "Consorcio Ficticio de Obras", 1, "Quejas atendidas en el mismo turno."),
        ),
    ),
    "alameda": Profile(
        8,
        "cuadros de mando, predicción, código abierto",
        (("Lista de espera en abierto", "Servicio de Salud de Ejemplo", 3, "La consultan 400 personas a la semana."),),
    ),
    "upm": Profile(5, "gemelos digitales, transporte, evaluación con grupo de control"),
    "voz": Profile(6, "voz, accesibilidad, teleasistencia"),
    "retiro": Profile(9, "código abierto, interoperabilidad, expediente electrónico"),
    "itec": Profile(4, "edificios, energía, ensayos"),
}
# What one answers on the law of emerging companies: key, number of the certificate.
EMERGING = {"nebula": "ENISA-DEMO-0155", "voz": ""}
LOGOS = {"nebula": ("#1d4ed8", "ring"), "alameda": ("#0f766e", "square"), "retiro": ("#b45309", "disc")}
