"""Challenges in each state, by the real actions where there is one. Dates are relative to the database's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from challenges.actions import challenge as actions
from challenges.actions import lifecycle
from challenges.actions import planned as planned_actions
from challenges.actions.follow import follow as follow_action
from challenges.calculations import calendar, period
from challenges.calculations.criteria import TEMPLATE
from challenges.calculations.step import KEYS
from challenges.models import Challenge, ChallengeStep, Criterion, PlannedChallenge
from govtech import clock
from govtech.accounts.models import User
from govtech.reference.models import CpvCode, Department, District, Holiday, PolicyArea, Rules
from tests import people
from tests.snapshots import kept

_number = count(1)
TEXTS = {
    "summary": "Los servicios sociales llegan tarde. Se busca probar en dos distritos un modo de anticiparse.",
    "problem": "Madrid tiene más de 150.000 personas mayores que viven solas.",
    "affected": "21.000 viviendas de dos barrios; 310 avisos al año.",
    "tried": "Llamadas periódicas desde los centros de mayores.",
    "outcome": "Identificar situaciones de soledad antes de que la persona lo pida.",
    "baseline": "310 casos detectados en 2025",
    "target": "Un 20 % más de casos detectados",
    "place": "Barrios de Berruguete y Valdeacederas, 9 centros municipales.",
    "systems": "Gestión de servicios sociales, con exportación semanal.",
    "data_available": "Datos agregados por barrio desde 2020, sin nombres.",
    "legal_limits": "Sin cámaras ni micrófonos en casa.",
    "contribution": "Dos trabajadoras sociales a media jornada.",
    "adoption": "El Área de Políticas Sociales, con su presupuesto de teleasistencia.",
}


def days_of_call(at: datetime, **kw: Any) -> dict[str, Any]:
    """Return a valid calendar of a call that opens the next working day."""
    rules = Rules.objects.in_force(clock.local_date(at))
    return calendar.propose(
        clock.local_date(at) + timedelta(days=1),
        open_days=rules.open_days_minimum,
        questions_close_days=rules.questions_close_days,
        answers_due_days=rules.answers_due_days,
        holidays=Holiday.objects.dates(),
        zone=ZoneInfo(settings.TIME_ZONE),
        **kw,
    )


def draft_challenge(
    *, complete: bool = True, department: Department | None = None, by: User | None = None, **fields: Any
) -> Challenge:
    """Return a draft: complete, so that nothing stops it, unless told otherwise. `fields` are columns."""
    department = department or people.department()
    number = next(_number)
    at = clock.now()
    values: dict[str, Any] = {"title": f"Detectar antes la soledad no deseada ({number})"}
    if complete:
        values |= {
            **TEXTS,
            **days_of_call(at),
            "policy_area": PolicyArea.objects.get(slug="servicios-sociales-y-mayores"),
            "has_personal_data": False,
            "duration_months": 6,
            "max_amount_net": Decimal("14500.00"),
            "cpv": CpvCode.objects.get(code="72000000-5"),
            "ip_clause": "La propiedad del desarrollo es de la empresa; el Ayuntamiento puede usarlo sin límite.",
        }
    values |= fields
    districts = values.pop("districts", None)
    challenge = Challenge.objects.create(
        department=department, created_at=at, created_by=by or people.delegate(department), **values
    )
    ChallengeStep.objects.bulk_create(ChallengeStep(challenge=challenge, key=key) for key in KEYS)
    if complete:
        challenge.districts.set(districts or District.objects.filter(slug__in=["tetuan", "carabanchel"]))
        with translation.override("es"):
            Criterion.objects.bulk_create(
                Criterion(
                    challenge=challenge,
                    position=position,
                    kind=kind,
                    name=str(name),
                    guidance=str(guidance),
                    weight_percent=weight,
                    threshold_points=threshold,
                )
                for position, (kind, name, guidance, weight, threshold) in enumerate(TEMPLATE, start=1)
            )
    return challenge


@kept
def submitted_challenge(**fields: Any) -> Challenge:
    """Return a challenge under review."""
    challenge = draft_challenge(**fields)
    return actions.submit(challenge, by=challenge.created_by, at=clock.now())


@contextmanager
def unfunded() -> Iterator[None]:
    """Publish without money: for tests of challenges alone. No trigger or foreign key is checked inside."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits is checked as things stand now
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


@kept
def published_challenge(*, publish_at: datetime | None = None, by: User | None = None, **fields: Any) -> Challenge:
    """Return a published challenge that nobody has authorised money for (see `unfunded`).

    `tests.pilots.money.published` makes one with its spending; use that where money matters.
    """
    challenge = submitted_challenge(**fields)
    with unfunded():
        return lifecycle.approve(challenge, publish_at=publish_at, by=by or people.director(), at=clock.now())


@kept
def open_challenge(**fields: Any) -> Challenge:
    """Return a challenge that takes proposals now: published and opened this instant."""
    return published_challenge(**{"opens_at": clock.now(), **fields})


def workday(start: date, days: int = 0) -> date:
    """Return the working day at `days` calendar days from `start`, or the next one."""
    return calendar.roll_forward(start + timedelta(days=days), Holiday.objects.dates())


def follow(user: User, thing: Challenge | PolicyArea | Department) -> None:
    """Make a person follow a thing."""
    follow_action(thing, by=user, at=clock.now())


def planned_challenge(*, by: User | None = None, **fields: Any) -> PlannedChallenge:
    """Return a challenge announced for the next quarter but one."""
    at = clock.now()
    officer = by or people.officer()
    first, last = period.days_of(period.ahead(clock.local_date(at))[1][2])
    values = {
        "title": f"Menos ruido en las terrazas ({next(_number)})",
        "summary": "Las quejas por ruido crecen cada verano y los servicios miden poco y tarde.",
        "department": people.department(),
        "policy_areas": [PolicyArea.objects.get(slug="medio-ambiente-y-energia")],
        "expected_from": first,
        "expected_until": last,
        "kept_by": officer,
        **fields,
    }
    return planned_actions.announce(by=officer, at=at, **values)
