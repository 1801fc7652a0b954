# ruff: noqa: E501 - sentences read better unbroken
"""Three public challenges of other programmes, retold in outline, pass the guide: none lacks a field for what it says.

Told in our words from what the programmes published: CivTech (Scotland), GovTech Catalyst (United Kingdom), and the
open challenges of Barcelona. Figures that they left open are rounded guesses. Each is typed step by step as a delegate
would, in Spanish, in English, or both.
"""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from challenges.models import Challenge, Status
from challenges.policies import preflight
from challenges.policies.check import STOP
from govtech import clock
from govtech.reference.models import District, PolicyArea
from tests import people
from tests.challenges import factories
from tests.challenges.test_challenge_pages import criteria

pytestmark = pytest.mark.django_db

# CivTech, Scotland: "How can technology help create a more accessible and personalised visitor experience?"
CIVTECH = {
    "problema": {
        "title": "Quien tiene una discapacidad no sabe si podrá visitar un lugar",
        "title_en": "Disabled people can't tell beforehand whether they can visit a place",
        "summary": "La información de accesibilidad falta o no se cree. Buscamos que cualquiera pueda decidir una visita.",
        "summary_en": "Accessibility information is missing or not trusted. We want everybody to be able to plan a visit.",
        "area": "servicios-sociales-y-mayores",
        "problem": "Antes de salir, una persona con discapacidad busca si podrá entrar, moverse y usar el baño. La "
        "información falta, es vieja o dice «accesible» sin más. Muchas llaman por teléfono o no van.",
        "affected": "Una de cada cinco personas, y quienes las acompañan. Unas 300 atracciones y centros públicos.",
        "tried": "Guías en papel y sellos de calidad. Se quedaban viejas en un año y nadie las mantenía.",
    },
    "resultado": {
        "outcome": "Que quien visita decida con confianza antes de salir.\nQue los lugares sepan qué mejorar.",
        "baseline": "2 de cada 10 visitas con información suficiente (encuesta de 2023)",
        "target": "6 de cada 10 al final del piloto",
    },
    "contexto": {
        "place": "Veinte lugares de visita, en ciudad y en el campo.",
        "systems": "La web de turismo y las reservas de cada lugar. Ninguna integración es obligatoria.",
        "data_available": "Fichas de los lugares y encuestas de visitantes desde 2019, sin nombres.",
        "has_personal_data": "yes",
        "legal_limits": "Los datos de salud no se guardan. Cumple la norma de accesibilidad web.",
    },
    "piloto": {
        "duration_months": "6",
        "contribution": "Un patrocinador del servicio dos días a la semana y un grupo de 30 personas que prueban.",
        "adoption": "La Dirección General de Turismo, con su presupuesto de promoción, si los lugares la usan.",
    },
    "importe": {"max_amount_net": "14.900", "awards_planned": "1", "options_net": ""},
    "criterios": ((30, 25, 20, 15, 10), ("judgement",) * 4 + ("formula",)),
}
# GovTech Catalyst, UK: "Tackling loneliness and rural isolation" (Monmouthshire County Council)
CATALYST = {
    "problema": {
        "title": "En los pueblos, quien no conduce se queda sin compañía y sin transporte",
        "summary": "El autobús va vacío y hay gente que no puede salir de casa. Buscamos usar mejor lo que ya circula.",
        "area": "movilidad",
        "problem": "Hay pocas líneas de autobús y pasan cuando no hacen falta. Quien no conduce depende de un familiar. "
        "Los coches de los centros sociales y del colegio están parados medio día.",
        "affected": "Unas 9.000 personas viven en zonas sin parada a 15 minutos. 1 de cada 4 dice sentirse sola.",
        "tried": "Un servicio a la demanda por teléfono. Costaba 28 euros por viaje y había que llamar dos días antes.",
    },
    "resultado": {
        "outcome": "Que las personas aisladas salgan más y vean a más gente, sin comprar más vehículos.",
        "baseline": "1,2 salidas a la semana por persona aislada (encuesta de 2022)",
        "target": "3 salidas a la semana, a menos de 12 euros por viaje",
    },
    "contexto": {
        "place": "Tres valles con 40 núcleos de población.",
        "systems": "El registro de vehículos propios y el programa de rutas escolares, que exporta hojas de cálculo.",
        "data_available": "Viajes y ocupación desde 2018, por parada y hora.",
        "has_personal_data": "yes",
        "legal_limits": "Quien conduce debe tener licencia de transporte de personas. Sin seguimiento de personas.",
    },
    "piloto": {
        "duration_months": "12",
        "contribution": "Doce vehículos fuera de su horario, dos técnicas y el contacto con las asociaciones vecinales.",
        "adoption": "El Área de Movilidad, con la partida del transporte a la demanda desde el año siguiente.",
    },
    # the first phase paid several companies side by side: several awards, each an object of its own
    "importe": {"max_amount_net": "7.000", "awards_planned": "2", "options_net": "500"},
    "criterios": ((40, 30, 20, 10), ("judgement", "judgement", "judgement", "formula")),
}
# Barcelona, open challenge (BCN Open Challenge): "Automatic detection of pedestrian flows", "Empty local commercial space"
BARCELONA = {
    "problema": {
        "title": "No sabemos cuánta gente pasa a pie por las calles ni por dónde",
        "summary": "Las aceras se diseñan sin contar a quien anda. Buscamos conocer los pasos de peatones sin identificar a "
        "nadie.",
        "area": "movilidad",
        "problem": "Se cuentan los coches en 1.200 puntos y a las personas en ninguno. Una obra o una terraza cambian por "
        "dónde pasa la gente y nos enteramos por las quejas.",
        "affected": "El 40 % de los desplazamientos diarios se hacen andando: más de dos millones.",
        "tried": "Aforos a mano dos días al año en 30 calles. Son caros y no dicen nada del resto del año.",
    },
    "resultado": {
        "outcome": "Saber cada hora cuánta gente pasa por las calles elegidas.\nPoder comparar antes y después de una obra.",
        "baseline": "30 calles con 2 días de aforo al año (2024)",
        "target": "30 calles con aforo cada hora y menos de un 10 % de error",
    },
    "contexto": {
        "place": "Un eje comercial y una zona escolar, en dos distritos.",
        "systems": "La plataforma de datos abiertos y el mapa de la ciudad, con su interfaz pública.",
        "data_available": "Aforos a mano desde 2015, plano de aceras y calendario de obras.",
        "has_personal_data": "no",
        "legal_limits": "Nada puede identificar a una persona ni un teléfono. No se perfora la acera.",
    },
    "piloto": {
        "duration_months": "9",
        "contribution": "Permisos de la vía pública, corriente en el alumbrado y una técnica un día a la semana.",
        "adoption": "La Dirección General de Espacio Público, con cargo al contrato de aforos que vence en 2028.",
    },
    "importe": {"max_amount_net": "14.500", "awards_planned": "1", "options_net": "0"},
    "criterios": ((35, 25, 20, 10, 10), ("judgement",) * 4 + ("formula",)),
}


@pytest.mark.parametrize("outline", [CIVTECH, CATALYST, BARCELONA], ids=["CivTech", "GovTech Catalyst", "Barcelona"])
def test_a_challenge_of_another_programme_passes_the_guide(outline: dict[str, Any], client: Client) -> None:
    client.force_login(people.delegate())
    problem = {**outline["problema"]}
    client.post("/mis-retos/nuevo/", {"department": people.department().pk, "title": problem["title"]})
    challenge = Challenge.objects.get()
    problem["policy_area"] = PolicyArea.objects.get(slug=problem.pop("area")).pk
    pilot = {**outline["piloto"], "districts": [District.objects.order_by("pk").first().pk]}
    weights, kinds = outline["criterios"]
    days = {
        name: timezone.localtime(value).strftime("%Y-%m-%dT%H:%M") if hasattr(value, "hour") else value.isoformat()
        for name, value in factories.days_of_call(clock.now()).items()
    }
    steps = {**outline, "problema": problem, "piloto": pilot, "criterios": criteria(*weights, kinds=kinds)}

    for step, data in {**steps, "calendario": days}.items():
        answer = client.post(f"/mis-retos/{challenge.public_id}/{step}/", {"version": 0, **data})
        assert answer.status_code == 302, (step, answer.context["form"].errors if "form" in answer.context else "")

    challenge.refresh_from_db()
    stops = [check.text for check in preflight.checks(challenge, at=clock.now()) if check.level == STOP]
    assert stops == []
    for step in ("problema", "resultado", "contexto", "piloto"):  # every text typed is a column of the challenge
        for name, text in outline[step].items():
            if name not in ("area", "has_personal_data", "duration_months"):
                assert getattr(challenge, name) == text
    client.post(f"/mis-retos/{challenge.public_id}/enviar/")
    challenge.refresh_from_db()
    assert challenge.status == Status.SUBMITTED
