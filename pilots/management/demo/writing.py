"""Departments that share needs, a template of the Office, a draft shown to somebody outside."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from challenges.actions import challenge as challenges
from challenges.actions import preview
from challenges.actions import support as needs
from challenges.actions import template as templates
from challenges.calculations.step import STEPS
from challenges.models import Challenge, CriterionKind, Status
from govtech.reference.models import Department, PolicyArea
from pilots.management.demo import calls
from pilots.management.demo.calls import Stage
from pilots.management.demo.challenges import BY_KEY
from pilots.management.demo.replay import Story

SENSORS = [
    ("judgement", "Ajuste al lugar", "Fit to the place", "Se instala sin obra y sin molestar a quien pasa.", 30, 10),
    ("judgement", "Calidad de la medida", "Quality of the measure", "Error, frecuencia y qué pasa si falla un sensor.", 30, 10),
    ("judgement", "Mantenimiento y retirada", "Upkeep and removal", "Quién lo atiende y cómo queda el lugar después.", 25, 0),
    ("formula", "Precio", "Price", "Peso × precio más bajo / precio de la propuesta.", 15, 0),
]  # fmt: skip
# What a department tells of the same problem as another one's.
TWIN: dict[str, Any] = {
    "title": "La comida que sobra en los bares de Carabanchel acaba en la basura",
    "summary": "Los bares del distrito tiran raciones cada noche. Se busca que lleguen el mismo día a quien las necesita.",
    "problem": "Al cerrar, los bares y las tiendas pequeñas tiran comida buena. Quien podría recogerla no sabe dónde ni "
    "cuándo la hay, y a esa hora nadie contesta al teléfono.",
    "affected": "Unos 400 locales y 1.100 familias que piden ayuda para comer.",
    "tried": "Una lista de teléfonos en la junta. Dejó de usarse a los dos meses.",
    "outcome": "Que lo que sobra se recoja la misma noche.",
    "baseline": "Menos de 1 de cada 10 locales entrega algo (2025)",
    "target": "4 de cada 10 locales al final del piloto",
    "place": "Dos barrios de Carabanchel.",
    "systems": "Ninguno.",
    "data_available": "Lista de locales con licencia, sin nombres de personas.",
    "has_personal_data": False,
    "legal_limits": "Las normas de higiene de los alimentos.",
    "duration_months": 6,
    "contribution": "Una técnica del distrito, dos tardes por semana.",
    "adoption": "La Junta Municipal de Carabanchel, con su presupuesto de servicios sociales.",
    "max_amount_net": Decimal("6000.00"),
    "awards_planned": 1,
    "pass_mark": Decimal(60),
}


def all_stories(stage: Stage) -> Iterator[Story]:
    """Yield what departments and the Office do while challenges are written."""
    yield template(stage)
    yield idea(stage)
    yield shared(stage)
    yield merged(stage)


def template(stage: Stage) -> Story:
    """The Office keeps a template for challenges that put something in the street."""
    at = stage.days.on(-80, 11)
    yield at
    rows = [
        {
            "kind": CriterionKind(kind),
            "name": name,
            "name_en": name_en,
            "guidance": guidance,
            "guidance_en": "",
            "weight_percent": weight,
            "threshold_points": Decimal(least),
        }
        for kind, name, name_en, guidance, weight, least in SENSORS
    ]
    texts = {
        "problem": "¿Qué se mide hoy, quién lo mira y qué se descubre tarde?",
        "legal_limits": "Nada puede identificar a una persona. No se perfora la acera.",
    }
    templates.keep(
        None,
        name="Algo que se instala en la calle",
        purpose="Para sensores, contadores y equipos en la vía pública.",
        texts=texts,
        criteria=rows,
        pass_mark=Decimal(60),
        by=stage.cast["oficina"],
        at=at,
    )


def idea(stage: Stage) -> Story:
    """The department shows its draft as an idea, and sends a link of the preview to its legal service."""
    at = stage.days.on(-5, 12)
    yield at
    challenge = Challenge.objects.get(title=BY_KEY["agua"].title)
    by = stage.cast.delegate_of(challenge.department)
    needs.show_idea(challenge, shows=True, by=by, at=at)
    preview.make(challenge, days=14, label="Servicio jurídico del distrito", by=by, at=at)


def shared(stage: Stage) -> Story:
    """Two departments say that they need it too: a challenge under review, and the idea."""
    for offset, key, code, note in (
        (-4, "mercados", "A06", "En los comedores sociales nos falta esa comida: unas 200 raciones por semana."),
        (-3, "agua", "A05", "A los edificios municipales también les cortan el agua sin aviso: 40 veces en 2025."),
    ):
        at = stage.days.on(offset, 13)
        yield at
        department = Department.objects.get(code=code)
        challenge = Challenge.objects.select_related("department").get(title=BY_KEY[key].title)
        if challenge.department_id != department.pk:
            needs.support(challenge, department, note=note, by=stage.cast.delegate_of(department), at=at)


def merged(stage: Stage) -> Story:
    """Another department sends the same problem, and the Office merges it into the first."""
    at = stage.days.on(-6, 9)
    yield at
    department = Department.objects.get(code="D11")
    by = stage.cast.delegate_of(department)
    dates = calls.days_of_call(stage, stage.days.on(58, 14), open_days=24)
    area = PolicyArea.objects.get(slug=BY_KEY["mercados"].area)
    source = Challenge.objects.public().order_by("publish_at", "pk").first()
    challenge = challenges.create(department, title=TWIN["title"], by=by, at=at, source=source)
    values = {**TWIN, **dates, "policy_area": area}
    for step, columns in STEPS.items():
        data = {name: values[name] for name in columns if name in values}
        if data:
            challenge = challenges.save_step(challenge, step, version=0, data=data, by=by, at=at)
    challenge = challenges.submit(challenge, by=by, at=at)
    at = stage.days.after(at, 3, 10)
    yield at
    into = Challenge.objects.get(title=BY_KEY["mercados"].title, status=Status.SUBMITTED)
    reason = "Es el mismo problema: conviene una sola convocatoria, con bares y mercados."
    needs.merge(challenge, into, reason=reason, by=stage.cast["oficina2"], at=at)
