"""Steps 1 to 4 of the journey: the year's money, the draft, the review, the publication, the questions."""

from playwright.sync_api import expect

from tests.system.journey_people import Journey, Person

LINES = (
    ("RETOS", "Contratos de retos", "contratos de retos", "95.000,00"),
    ("ASIST", "Asistencia técnica", "asistencia técnica", "40.000,00"),
    ("G4A", "Iniciativas Govtech4All", "iniciativas Govtech4All", "20.000,00"),
)


def the_year_has_money(journey: Journey) -> None:
    """The officer prepares 2026 with its three lines; the director opens it."""
    olga = journey.person("olga")
    olga.desk()
    olga.follow("Gestión del presupuesto")
    olga.follow("Preparar un ejercicio")
    olga.write(
        {
            "Ejercicio": "2026",
            "Dotación, IVA incluido": "155.000,00",
            "Oficina contable (DIR3)": "LA0000001",
            "Órgano gestor (DIR3)": "LA0000002",
            "Unidad tramitadora (DIR3)": "LA0000003",
        }
    )
    olga.press("Crear el ejercicio")
    olga.follow("2026", exact=True)
    for code, name, purpose, credit in LINES:
        olga.follow("Añadir una línea")
        olga.write({"Código": code, "Nombre": name})
        olga.choose("Destino", purpose)
        olga.write({"Crédito inicial, IVA incluido": credit})
        olga.press("Añadir la línea")
    olga.sees("155.000 €")
    journey.look(olga, "budget year")
    olga.press("Enviar la apertura a aprobación")

    dolores = journey.person("dolores")
    dolores.desk()
    dolores.follow("Decidir: Abrir el presupuesto de 2026")
    journey.look(dolores, "decision on a year")
    dolores.press("Abrir el ejercicio")
    dolores.goto("/presupuesto/2026/")
    dolores.sees("95.000 €")


TITLE = "Sabemos tarde de los cortes de agua"
PROBLEM = {
    "En dos frases": "El distrito se entera de los cortes por las quejas. Buscamos avisar antes a quien lo necesita.",
    "¿Qué pasa y por qué importa?": "Cuando falla una tubería, la Junta lo sabe a veces tres horas después.",
    "¿Quién tiene el problema y de qué tamaño es?": "Unas 4.200 viviendas al año, 310 con quien depende de un aparato.",
    "¿Qué se ha probado?": "Un grupo de mensajes con la empresa del agua. Solo funciona en horario de oficina.",
}
OUTCOME = {
    "¿Qué se quiere conseguir?": "Que quien depende del agua lo sepa antes de que se corte o en menos de una hora.",
    "Cifra de partida": "190 minutos de media hasta el aviso (2025, Junta de Tetuán)",
    "Meta": "45 minutos de media al final del piloto",
}
SETTING = {
    "¿En qué lugares se probaría?": "Barrios de Bellas Vistas y Cuatro Caminos.",
    "¿Con qué sistemas debe convivir?": "Línea Madrid 010, que tiene una interfaz de consulta.",
    "¿Qué datos puede dar el servicio?": "Cortes desde 2021 en CSV, por calle, sin nombres.",
    "Límites que la solución debe respetar": "Nada se instala dentro de las viviendas.",
}


def a_delegate_drafts(journey: Journey) -> None:
    """Step 1: every part of the form. What is missing is said; 99 % is refused beside the weights, then mended."""
    teresa = journey.person("teresa")
    teresa.desk()
    teresa.follow("Retos en preparación")
    teresa.follow("Escribir un reto")
    journey.look(teresa, "new challenge")
    teresa.write({"¿Cuál es el problema?": TITLE})
    teresa.press("Empezar")

    teresa.sees("Falta el importe máximo.", "Faltan los criterios.", "Falta el calendario.")
    teresa.choose("Materia", "Medio ambiente y energía")
    teresa.write(PROBLEM)
    teresa.unfold("Lo mismo en inglés")
    teresa.write({"Título en inglés": "We learn of water cuts too late"})
    journey.look(teresa, "step of a draft")
    _save(teresa, "El problema")
    teresa.write(OUTCOME)
    _save(teresa, "Qué se quiere conseguir")
    teresa.write(SETTING)
    teresa.tick("No")
    _save(teresa, "Dónde y con qué se cuenta")
    teresa.write(
        {"Duración en meses": "6", "¿Qué pone el Ayuntamiento?": "Una técnica del distrito, un día a la semana."}
    )
    teresa.tick("Tetuán")
    teresa.write(
        {"Si funciona, ¿quién lo pagaría después?": "La Coordinación del Distrito, con su presupuesto de 2028."}
    )
    _save(teresa, "El piloto")
    _the_amount(teresa)
    _the_criteria(journey, teresa)
    journey.look(teresa, "calendar of a draft")
    _save(teresa, "Calendario")
    teresa.write({"Nombre que se leerá": "Cortes de 2025 por calle"})
    teresa.attach(
        "Archivo", {"name": "cortes.csv", "mimeType": "text/csv", "buffer": b"calle;minutos\nBravo Murillo;190\n"}
    )
    teresa.press("Adjuntar")
    teresa.sees("Cortes de 2025 por calle")
    teresa.follow("Leerlo entero y enviarlo")
    journey.look(teresa, "draft")
    teresa.confirm("Enviar a la Oficina Digital")
    teresa.told("Enviado")


def _save(teresa: Person, part: str) -> None:
    teresa.press("Guardar y seguir")
    teresa.told(f"Guardado: {part}")


def _the_amount(teresa: Person) -> None:
    """An amount over the limit of a minor contract is refused in words beside the field."""
    teresa.write({"Importe máximo de cada adjudicación, sin IVA": "15.000"})
    teresa.press("Guardar y seguir")
    teresa.refused("Importe máximo de cada adjudicación, sin IVA", "contrato menor debe quedar por debajo de")
    teresa.write({"Importe máximo de cada adjudicación, sin IVA": "14.500"})
    _save(teresa, "Importe")


def _the_criteria(journey: Journey, teresa: Person) -> None:
    fit = teresa.main.get_by_role("group", name="Ajuste al reto")
    price = teresa.main.get_by_role("group", name="Precio")
    teresa.write({"Peso, en %": "14"}, within=fit)
    teresa.write({"Peso, en %": "20"}, within=price)
    teresa.press("Guardar y seguir")
    teresa.sees("99")
    journey.look(teresa, "criteria of a draft")
    teresa.follow("Leerlo entero y enviarlo")
    expect(teresa.main.get_by_text("Enviar a la Oficina Digital")).to_have_count(0)
    teresa.follow("Criterios")
    teresa.write({"Peso, en %": "15", "Puntos mínimos": "6"}, within=fit)
    _save(teresa, "Criterios")


def the_office_returns_it(journey: Journey) -> None:
    """Step 2: a comment on a named field; the delegate mends that field and sends it again."""
    olga = journey.person("olga")
    olga.desk()
    olga.follow(f"Revisar: Revisar el reto «{TITLE}»")
    journey.look(olga, "review")
    olga.choose("¿Sobre qué es?", "Meta")
    olga.write({"Comentario": "Di también cuántos avisos falsos serían aceptables."})
    olga.press("Añadir el comentario")
    olga.confirm("Devolverlo con los comentarios")
    olga.told("Devuelto")

    teresa = journey.person("teresa")
    teresa.desk()
    teresa.follow(f"Ver los comentarios: Corregir «{TITLE}» y volver a enviarlo")
    teresa.sees("Di también cuántos avisos falsos serían aceptables.")
    teresa.follow("Qué se quiere conseguir · Meta")
    teresa.press("Marcar como atendido")
    teresa.write({"Meta": "45 minutos de media al final del piloto, con menos de un 10 % de avisos falsos"})
    _save(teresa, "Qué se quiere conseguir")
    teresa.follow("Leerlo entero y enviarlo")
    teresa.confirm("Enviar a la Oficina Digital")
    teresa.told("Enviado")


def the_office_sets_terms(journey: Journey) -> None:
    """The terms, from their defaults, with the number of the case file."""
    olga = journey.person("olga")
    olga.desk()
    olga.follow(f"Revisar: Revisar el reto «{TITLE}»")
    olga.sees("atendido")
    olga.follow("Escribir las condiciones")
    journey.look(olga, "terms")
    olga.write({"Expediente": "711/2026/00123"})
    olga.press("Guardar las condiciones")
    olga.told("Las condiciones están guardadas")
    olga.follow("Preparar gasto y publicación")
    journey.look(olga, "spending")
    olga.write({"Número del certificado de RC": "RC-2026-000123"})
    olga.press("Reservar y enviar a la dirección")
    olga.told("El crédito está reservado")


def the_director_publishes(journey: Journey) -> None:
    """The director authorises the spending from her own session, which publishes the challenge for good."""
    dolores = journey.person("dolores")
    dolores.desk()
    dolores.follow(f"Decidir: Gasto y publicación de «{TITLE}»")
    dolores.sees("17.545 €", "77.455 €", "RC-2026-000123")
    journey.look(dolores, "decision on a publication")
    dolores.press("Autorizar el gasto y publicar")
    dolores.told("Aprobado")


def a_visitor_finds_it(journey: Journey) -> None:
    """Step 3: anybody finds it, with a spelling mistake too, and reads it in Spanish and English."""
    visitor = journey.person("visitor")
    visitor.goto("/")
    journey.look(visitor, "home")
    visitor.page.get_by_role("navigation", name="Principal").get_by_role("link", name="Retos").click()
    visitor.write({"Buscar retos": "bicicletas"})
    visitor.press("Buscar")
    expect(visitor.main.get_by_role("link", name=TITLE)).to_have_count(0)
    visitor.write({"Buscar retos": "cortez de agua"})
    visitor.press("Buscar")
    journey.look(visitor, "challenges")
    visitor.follow(TITLE)
    visitor.sees("RETO-2026-001", "Cortes de 2025 por calle")
    journey.look(visitor, "challenge")
    journey.notes["challenge"] = visitor.path
    visitor.page.get_by_role("banner").get_by_role("link", name="English").click()
    visitor.sees("We learn of water cuts too late")


QUESTION = "¿Los cortes de 2025 llevan la hora de la primera llamada?"
ANSWER = "Sí: la columna «aviso» es la hora de la primera llamada al 010."


def a_company_asks_and_the_department_answers(journey: Journey) -> None:
    """Step 4: the question goes without a name, also for the department; the answer is for everybody."""
    ana = journey.person("ana")
    ana.goto(journey.notes["challenge"])
    ana.follow("Hacer una pregunta")
    ana.write({"Tu pregunta": QUESTION})
    ana.press("Enviar la pregunta")
    ana.told("Tu pregunta se ha enviado")
    journey.look(ana, "questions")

    teresa = journey.person("teresa")
    teresa.desk()
    teresa.follow("Ver las preguntas")
    teresa.sees(QUESTION)
    teresa.sees_not("Ana Dueña")
    teresa.follow("Responder")
    journey.look(teresa, "answer")
    teresa.write({"Respuesta": ANSWER})
    teresa.press("Publicar la respuesta")

    visitor = journey.person("visitor")
    visitor.goto(journey.notes["challenge"])
    visitor.sees(QUESTION, ANSWER)
    visitor.sees_not("Ana Dueña")
