"""Proposals of the demonstration: for each challenge who proposes what, for how much, and how the panel saw it.

`points` are each reviewer's points, 0 to 5, on the five judgement criteria; three reviewers. `state` is what the
organisation did: submitted, draft, withdrawn, replaced.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offer:
    """One proposal. `price` is net, in euros; `outcome` what the Office decided on admission."""

    challenge: str
    entity: str
    title: str
    solution: str
    price: str
    points: tuple[tuple[int, ...], ...] = ()
    state: str = "submitted"
    outcome: str = "admitted"


GOOD = ((4, 4, 4, 4, 4), (5, 4, 4, 4, 4), (4, 5, 4, 3, 4))
FAIR = ((3, 3, 4, 3, 3), (4, 3, 3, 3, 3), (3, 4, 3, 3, 4))
WEAK = ((2, 2, 2, 2, 3), (2, 1, 2, 2, 3), (3, 2, 2, 2, 2))
SPLIT = ((5, 4, 5, 4, 4), (2, 3, 3, 3, 4), (4, 4, 4, 4, 4))

OFFERS = [
    Offer(
        "soledad",
        "voz",
        "Una llamada que escucha",
        "Llamadas breves y voluntarias con una persona al otro lado cuando hace falta. El sistema propone a quién llamar con datos agregados del barrio.",
        "5700.00",
    ),
    Offer(
        "soledad",
        "vecinal",
        "Vecinos que avisan, con permiso",
        "Una red de comercios y porteros formados que proponen una visita, siempre con el sí de la persona.",
        "5450.00",
    ),
    Offer(
        "soledad",
        "upm",
        "Señales débiles, avisos fiables",
        "Un modelo que combina datos agregados y un cuestionario de seis preguntas en centros de mayores.",
        "6000.00",
        state="draft",
    ),
    Offer(
        "soledad",
        "nebula",
        "Hábitos sin cámaras",
        "Contadores de consumo de agua agregados por portal que indican cambios de hábitos.",
        "5600.00",
        state="draft",
    ),
    Offer(
        "zonas-verdes",
        "nebula",
        "Contar pasos, no personas",
        "Sensores de presión y térmicos de muy baja resolución en accesos y caminos.",
        "5250.00",
    ),
    Offer(
        "zonas-verdes",
        "upm",
        "El parque que se escucha",
        "Niveles sonoros y modelos de ocupación, sin grabar.",
        "5500.00",
    ),
    Offer(
        "zonas-verdes",
        "alameda",
        "Uso del parque en un vistazo",
        "Radar de baja potencia y panel para conservación.",
        "5150.00",
        state="replaced",
    ),
    Offer(
        "zonas-verdes", "itec", "Ocupación por suelo vibrante", "Fibra óptica en tres caminos principales.", "5600.00"
    ),
    Offer(
        "zonas-verdes", "marea", "Bancos que cuentan", "Sensores de peso en mobiliario.", "4750.00", state="withdrawn"
    ),
    Offer(
        "zonas-verdes",
        "orilla",
        "Aforo continuo de zonas verdes",
        "Red de contadores y servicio de operación.",
        "5550.00",
        state="draft",
    ),
    Offer(
        "mayores-datos",
        "alameda",
        "La semana del equipo",
        "Un cuadro que se llena solo con lo que ya se anota y que cada equipo ajusta.",
        "6150.00",
    ),
    Offer(
        "mayores-datos",
        "retiro",
        "Hojas que conversan",
        "Conector de código abierto entre hojas y expediente.",
        "5750.00",
    ),
    Offer(
        "calidad-datos",
        "retiro",
        "Cada dato con su ficha viva",
        "Comprobaciones automáticas y una frase en cada panel.",
        "5750.00",
    ),
    Offer(
        "calidad-datos",
        "upm",
        "Pruebas de fiabilidad para datos municipales",
        "Detección de errores con reglas aprendidas y explicadas.",
        "5850.00",
    ),
    Offer(
        "calidad-datos",
        "ines",
        "Estadística de guardia",
        "Reglas escritas con los servicios y avisos diarios.",
        "4650.00",
    ),
    Offer(
        "energia",
        "lumbre",
        "La ronda de los lunes",
        "Cada lunes, diez edificios y la causa probable del gasto.",
        "6550.00",
    ),
    Offer(
        "energia",
        "itec",
        "Gemelos ligeros de edificios",
        "Modelos sencillos por edificio que separan lo evitable.",
        "6700.00",
    ),
    Offer("energia", "orilla", "Centro de control energético", "Servicio de operación con analistas.", "6800.00"),
    Offer(
        "ayudas",
        "retiro",
        "Expediente completo en una pantalla",
        "Consulta ordenada de siete registros con autorización.",
        "6650.00",
        GOOD,
    ),
    Offer(
        "ayudas",
        "alameda",
        "Lo que falta y nada más",
        "Un asistente que dice qué papel falta y por qué.",
        "6350.00",
        FAIR,
    ),
    Offer(
        "ayudas", "castana", "Una visita basta", "Rediseño del trámite con las trabajadoras sociales.", "6100.00", WEAK
    ),
    Offer(
        "museos", "vecinal", "El museo en el portal", "Mediación en los barrios y rutas con vecinos.", "4850.00", GOOD
    ),
    Offer("museos", "castana", "Por qué no vamos", "Investigación con quien no va y dos prototipos.", "4700.00", SPLIT),
    Offer("museos", "upm", "Mapa de ausencias", "Análisis de accesibilidad y encuesta anónima.", "5100.00", FAIR),
    Offer("turismo", "castana", "Madrid a deshora", "Rutas y horarios que se adaptan a la afluencia.", "4550.00", FAIR),
    Offer(
        "turismo",
        "alameda",
        "Otro barrio, otra hora",
        "Recomendador para las oficinas, con datos de afluencia.",
        "4800.00",
        GOOD,
    ),
    Offer("turismo", "marea", "Pregunta a un vecino", "Comercios que responden a visitantes.", "4200.00", WEAK),
    Offer(
        "ruido",
        "nebula",
        "La noche en niveles",
        "Sensores de nivel sonoro que no graban y avisan a la sala.",
        "6300.00",
        GOOD,
    ),
    Offer(
        "ruido",
        "itec",
        "Fuentes de ruido por triangulación",
        "Localización de focos con cuatro sensores por plaza.",
        "6400.00",
        FAIR,
    ),
    Offer(
        "citas",
        "nebula",
        "Recordatorios por voz para citas de salud comunitaria",
        "La víspera, una llamada en el idioma de cada persona permite confirmar o cambiar la cita con una frase.",
        "11000.00",
        GOOD,
    ),
    Offer(
        "citas",
        "alameda",
        "Predicción de ausencias",
        "Un modelo que propone cuántas citas de más dar.",
        "10800.00",
        FAIR,
    ),
    Offer("citas", "orilla", "Centro de llamadas de citas", "Personal que llama a todas las citas.", "11500.00", FAIR),
    Offer(
        "facturas",
        "retiro",
        "Facturas que se leen solas",
        "Lectura con comprobación contra el registro y revisión de lo dudoso.",
        "10300.00",
        GOOD,
    ),
    Offer(
        "facturas",
        "alameda",
        "Del papel al registro contable",
        "Plantillas aprendidas por proveedor.",
        "10700.00",
        FAIR,
    ),
    Offer(
        "reparto", "marea", "Avisos de obra puerta a puerta", "Una aplicación con avisos por calle.", "8200.00", GOOD
    ),
    Offer(
        "piscinas",
        "alameda",
        "La piscina, antes de salir de casa",
        "Previsión de afluencia por hora con la del año anterior y el tiempo.",
        "9000.00",
        GOOD,
    ),
    Offer("residuos", "nebula", "Puntos de abandono", "Sensores en contenedores y rutas propuestas.", "9300.00", GOOD),
    Offer(
        "emprender",
        "castana",
        "Abrir en diez preguntas",
        "Un cuestionario que acaba en la licencia exacta.",
        "8400.00",
        GOOD,
    ),
    Offer("igualdad", "orilla", "Ventanilla de ayudas", "Atención telefónica a asociaciones.", "5600.00", WEAK),
    Offer("igualdad", "marea", "Ayudas sin bases", "Mensajes con las fechas de cada ayuda.", "4900.00", WEAK),
]

# Begun and never handed in, in calls that were decided long ago: what the retention schedule is for.
ABANDONED = [
    Offer(
        "reparto",
        "castana",
        "Reparto que se ve venir",
        "Un estudio con repartidores y vecinos que propone franjas por calle.",
        "7900.00",
        state="draft",
    ),
]
